"""The pages of the book: a fund, the seals anyone may check, the whole book for auditors."""
