"""Gifts: the donation a person makes, the payment that carries it, the gateway that settles it."""
