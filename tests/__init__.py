"""Proof that the site does what it promises; the tree mirrors the packages it tests."""
