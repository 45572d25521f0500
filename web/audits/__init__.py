"""Audits before everybody: plans, draws to repeat, results, 整改, the annual register."""
