"""Pages of related parties: who is related to an organisation, and conflict reviews."""
