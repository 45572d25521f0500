"""Monthly giving: begin it on one page, and everything about it in one tap on its own page."""
