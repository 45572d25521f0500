"""The desk of money that goes back, and of what gateways said."""
