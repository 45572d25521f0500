"""The verbs of the book, and the only place that writes its rows."""

from charity.ledger.services.books import open_book, open_fund
from charity.ledger.services.days import publish_days
from charity.ledger.services.holding import hold, release_hold
from charity.ledger.services.paying import pay
from charity.ledger.services.placing import place
from charity.ledger.services.posting import Giver, move_to_bank, post_gift
from charity.ledger.services.sealing import seal

__all__ = [
    "Giver",
    "hold",
    "move_to_bank",
    "open_book",
    "open_fund",
    "pay",
    "place",
    "post_gift",
    "publish_days",
    "release_hold",
    "seal",
]
