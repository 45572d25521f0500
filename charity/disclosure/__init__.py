"""What the public is told, and by when: duties, snapshots, notices, and how a project ends."""
