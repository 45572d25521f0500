"""结对帮扶: who helps which village or person, the five things, the visits, the result."""
