"""The project bank: a village's project from draft through review to its public page."""
