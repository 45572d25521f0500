"""Who gave money that did not come through this site, as the book knows them: by a code alone."""

from __future__ import annotations

import hashlib
import hmac

from charity.ledger.services import Giver
from web.ports import settings


def giver(book_id: int, *, kind: str, name: str, token: str, place: str = "") -> Giver:
    """A giver of this book: the same name is the same giver, without a name each gift has its own.

    The code is made with the installation's secret, so that nobody guesses names from it.
    """
    said = f"{book_id}\n{kind}\n{name}" if name else f"{book_id}\n{token}"
    code = hmac.new(settings().secret, b"giver\n" + said.encode(), hashlib.sha256).hexdigest()
    return Giver(key=f"book:{book_id}:{code[:32]}", kind=kind, place=place)
