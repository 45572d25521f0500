"""The five parties: places, persons, organisations, fundraising plans and campaigns."""
