"""Searches that people follow: following, the page of one's searches, telling new finds."""
