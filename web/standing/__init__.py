"""The standing of organisations: what authorities said, who looked at papers, what is checked."""
