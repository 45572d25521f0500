"""Judging competitions: the judges' pages on a phone, the organiser's desk, votes and rankings."""
