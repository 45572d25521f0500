"""The judged set: the demo district's documents and what people ask of them."""
