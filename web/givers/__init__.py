"""What is the giver's own: switches, receipts, statements, and personal data to take or delete."""
