"""What the public is told, what is late, and the desk of those who publish."""
