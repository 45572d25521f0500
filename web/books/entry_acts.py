"""Which acts an entry leads to: what may be given back, brought back or taken back."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from charity.actor import Actor
from charity.ledger import policy
from charity.ledger.models import Book, Entry, EntryKind
from web.books import reads
from web.db import get_session

#: Entries that are taken back by other means than a reversing entry, or not at all.
NOT_REVERSED = frozenset({EntryKind.DEED, EntryKind.CLOSING, EntryKind.REVERSAL})


def acts_on(entry: Entry, book: Book, actor: Actor) -> list[tuple[str, str]]:
    """The label and address of each act, for whoever keeps the book; the services decide."""
    if not policy.may_keep(actor, book) or reads.is_reversed(get_session(), entry):
        return []
    acts: list[tuple[str, str]] = []
    match entry.kind:
        case EntryKind.GIFT:
            acts = [
                (_("退款给捐赠人"), "books.refund"),
                (_("必须退回的钱"), "books.compel_refund"),
                (_("补记手续费"), "books.fee"),
            ]
        case EntryKind.EXPENSE:
            acts = [(_("付款退回来了"), "books.bring_back")]
        case EntryKind.GRANT:
            acts = [(_("拨款退回来了"), "books.bring_back")]
    if entry.kind not in NOT_REVERSED:
        acts.append((_("记错了，冲销"), "books.reverse"))
    return [(words, url_for(name, book_id=book.id, entry_id=entry.id)) for words, name in acts]
