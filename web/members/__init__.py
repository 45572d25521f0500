"""Those a campaign is for, where it is not for everybody."""
