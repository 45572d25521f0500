"""结项: ending a project with its surplus to the fen, and asking givers what becomes of it."""
