"""Charts drawn by the server: layouts in whole numbers, words and links put in by the pages."""
