"""What the suite stands on: databases of its own, outside programs, and the runner."""
