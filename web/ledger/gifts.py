"""Who stands behind money that left: the gifts that paid a voucher, through any number of funds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import queries, tracing
from charity.ledger.backing import Share
from charity.ledger.models import IncomeSource, ShareOf
from charity.ledger.tracing import GiftPart
from charity.money import Money
from charity.registry import queries as registry
from web.labels import label
from web.ledger.flows import giver_words


@dataclass(frozen=True, slots=True)
class ShareView:
    """One kind of giver, place or source of income, with its part of the money."""

    name: str
    amount: Money
    gifts: int
    givers: int
    #: In 1/10000 of the outflow.
    share: int


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of one gift; nobody is named here, kinds and places only."""

    entry_id: int
    day: object
    kind: str
    place: str
    through: str
    amount: Money


def context(session: Session, entry_id: int, after: int) -> dict[str, Any]:
    """The gifts behind the money an entry took out; raises `NotFound` where it took none."""
    outflow_id = queries.outflow_of_entry(session, entry_id)
    backing = tracing.backing_of(session, outflow_id)
    page = tracing.gifts_page(session, outflow_id, after=after)
    codes = {part.place for part in page.items}
    codes |= {share.value for share in backing.shares[ShareOf.PLACE]}
    places = registry.region_names(session, codes)
    return {
        "backing": backing,
        "kinds": _shares(backing.shares[ShareOf.GIVER_KIND], backing.amount, kind_name),
        "places": _shares(
            backing.shares[ShareOf.PLACE],
            backing.amount,
            lambda code: places.get(code) or _("没有说明"),
        ),
        "incomes": _shares(backing.shares[ShareOf.INCOME], backing.amount, income_name),
        "parts": [_part(part, places) for part in page.items],
        "next": page.after,
        "first": after == 0,
    }


def kind_name(kind: str) -> str:
    """The words for a kind of giver; '' where nobody is known any more."""
    return giver_words(kind) if kind else _("期初结存或已注销资料")


def income_name(income: str) -> str:
    """The words for a source of income."""
    return label(IncomeSource(income)) if income in set(IncomeSource) else income


def _shares(shares: Iterable[Share], whole: Money, name: Any) -> list[ShareView]:
    views = [
        ShareView(
            name(share.value),
            Money(share.amount),
            share.gifts,
            share.givers,
            share.amount * 10_000 // whole.fen,
        )
        for share in shares
    ]
    return sorted(views, key=lambda view: (-view.amount.fen, view.name))


def _part(part: GiftPart, places: dict[str, str]) -> PartView:
    through = [fund.name for fund in part.through]
    return PartView(
        entry_id=part.entry_id,
        day=part.occurred_on,
        kind=kind_name(part.giver_kind),
        place=places.get(part.place, ""),
        through=" → ".join(through) if len(through) > 1 else "",
        amount=part.amount,
    )
