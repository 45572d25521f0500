"""Spending as people see it: ask with evidence, agree, pay, deliver, accept."""
