"""The judged set over the Hubei data: what people ask, and what they mean by it."""
