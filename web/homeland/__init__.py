"""幸福家园: villages, their funds and posters, and the places help flows to first."""
