"""The book: accounts, funds, entries, and the lines of fen that follow each gift to its voucher."""
