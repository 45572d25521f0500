"""The treasurer's room for bank files: choose, export, hand to the bank, record what was paid."""
