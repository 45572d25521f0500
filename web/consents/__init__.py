"""What I agreed to, and taking it back."""
