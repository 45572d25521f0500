"""The stories in a real browser, on the screen of a desk and of a small phone."""
