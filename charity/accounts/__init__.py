"""People who sign in: users, the roles granted to them, and their sign-in sessions."""
