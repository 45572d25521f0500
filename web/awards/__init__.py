"""Awards on their pages: proposed, announced, signed for, paid in stages; a funder's trail."""
