"""What the community does with the institution's funds: lists, later competitions, service."""
