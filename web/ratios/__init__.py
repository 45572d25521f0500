"""The annual spend and management cost of an organisation, for everybody to check."""
