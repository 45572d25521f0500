"""Who represents an organisation, and who did before."""
