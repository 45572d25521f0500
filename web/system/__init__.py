"""Whether the installation is alive and ready."""
