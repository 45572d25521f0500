"""Pages of a community: people who were helped, and who of them died or moved away."""
