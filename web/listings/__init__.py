"""The project bank's pages: the list, a project, its flow of money, posting and review."""
