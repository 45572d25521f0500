"""Organisations and places: who they are, how they are verified, what happens where."""
