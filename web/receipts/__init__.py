"""The desk of those who issue receipts, and the organisation's list of its givers."""
