"""Pages of the account: signing in and out, registering, my roles, my password."""
