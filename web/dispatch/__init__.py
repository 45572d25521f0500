"""The desk of who dispatches: orders, open needs by their clock, and the plan of a district."""
