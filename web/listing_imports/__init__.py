"""Lists of needs and resources from spreadsheets: an empty list, a dry run, the import."""
