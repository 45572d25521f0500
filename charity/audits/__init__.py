"""Audits: plans, draws anyone can repeat, fieldwork, samples, red flags, findings, results."""
