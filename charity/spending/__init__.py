"""How money leaves: budgets, deliverables, expenses with their vouchers, and payouts."""
