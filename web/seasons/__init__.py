"""Seasons of giving: their public page, and the desk where the operator holds them."""
