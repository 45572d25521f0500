"""The five parties at work: stations, teams, incubation, trusts, and lists from a file."""
