"""A giver's statement for any range of days: on the page, and as CSV, XLSX and PDF.

A signed-in giver sees the gifts made while signed in. A guest has no account to prove who they are,
and a contact alone proves nothing, since anybody can type anybody's: so a guest's statement opens
only by a signed link that is sent to the e-mail address the gift was made with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from charity import clock
from charity.donations.models import ReceiptState
from charity.donations.queries.givers import StatedGift
from charity.errors import CommonReason, NotFound
from charity.money import Money
from web import paper, spreadsheets
from web.certificates.words import number_of
from web.filters import day, yuan
from web.labels import label
from web.ports import settings
from web.spreadsheets import Cell

#: For how long a link sent to a guest opens the statement.
LINK_SECONDS = 7 * 24 * 3600
_SALT = "wushe giving statement"


@dataclass(frozen=True)
class Range:
    """The first and the last day that was asked for."""

    first: date
    last: date
    #: Whether a day that was asked for could not be read.
    is_guessed: bool = False

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> Range:
        """The range an address asks for; this year so far where it asks for none."""
        today = clock.today()
        first, good_first = _day(arguments.get("from"), today.replace(month=1, day=1))
        last, good_last = _day(arguments.get("to"), today)
        if first > last:
            return cls(last, first)
        return cls(first, last, is_guessed=not (good_first and good_last))

    @property
    def in_address(self) -> dict[str, str]:
        """The range as it stands in an address."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True)
class Statement:
    """What one giver gave in a range of days."""

    range: Range
    gifts: Sequence[StatedGift]

    @property
    def given(self) -> Money:
        """All that arrived."""
        return Money.total(gift.donation.amount for gift in self.gifts)

    @property
    def refunded(self) -> Money:
        """All that went back."""
        return Money.total(gift.refunded for gift in self.gifts)

    @property
    def kept(self) -> Money:
        """What counts in the end."""
        return self.given - self.refunded

    @property
    def title(self) -> str:
        """The statement's name."""
        return str(_("捐赠对账单 %(first)s 至 %(last)s", **self._days))

    @property
    def note(self) -> str:
        """What it is not."""
        return str(_("对账单不是公益事业捐赠票据，抵税请以票据为准。"))

    @property
    def _days(self) -> dict[str, str]:
        return {"first": day(self.range.first), "last": day(self.range.last)}


def file_of(statement: Statement, kind: str) -> Response:
    """The statement as a file, `kind` csv, xlsx or pdf; raises `NoFont` for a PDF without one."""
    if kind != "pdf":
        rows: list[list[Cell]] = [[statement.title], [statement.note], [*_names()]]
        rows += [_cells(gift) for gift in statement.gifts]
        rows.append([_("合计"), "", "", statement.given, statement.refunded, statement.kept, ""])
        return spreadsheets.download(rows, kind, name=statement.title, head=3)
    names = _names()
    shares = (15, 20, 44, 20, 18, 20, 28)
    columns = [
        paper.Column(name, share, is_figure=3 <= number <= 5)
        for number, (name, share) in enumerate(zip(names, shares, strict=True))
    ]
    body = paper.table(
        statement.title,
        [statement.note],
        columns,
        [[_paper_cell(cell) for cell in _cells(gift)] for gift in statement.gifts],
        [
            _(
                "共 %(n)s 笔，到账 %(given)s，退还 %(refunded)s，合计 %(kept)s（%(words)s）",
                n=len(statement.gifts),
                given=yuan(statement.given),
                refunded=yuan(statement.refunded),
                kept=yuan(statement.kept),
                words=statement.kept.in_words(),
            )
        ],
    )
    response = Response(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="statement.pdf"'
    return response


def sign(giver_key: str) -> str:
    """The secret part of a link that opens a guest's statement for a week."""
    signed = _signer().dumps(giver_key)
    return signed if isinstance(signed, str) else signed.decode()


def read_signed(signed: str) -> str:
    """The giver key of a link; raises `NotFound` for a link that is forged or too old."""
    try:
        key = _signer().loads(signed, max_age=LINK_SECONDS)
    except BadSignature as refusal:
        raise NotFound(CommonReason.NOT_FOUND) from refusal
    return str(key)


def receipt_said(gift: StatedGift) -> str:
    """What is known of a gift's receipt, in a few words."""
    if gift.receipt is None:
        return ""
    if gift.receipt.state is ReceiptState.ISSUED:
        return f"{gift.receipt.batch_code} {gift.receipt.number}"
    return label(gift.receipt.state)


def _names() -> list[str]:
    return [
        _("到账日"),
        _("捐赠编号"),
        _("捐给"),
        _("金额"),
        _("已退还"),
        _("实际捐出"),
        _("捐赠票据"),
    ]


def _cells(gift: StatedGift) -> list[Cell]:
    return [
        gift.arrived_on,
        number_of(gift.donation),
        gift.campaign.title,
        gift.donation.amount,
        gift.refunded,
        gift.kept,
        receipt_said(gift),
    ]


def _paper_cell(cell: Cell) -> str:
    return day(cell) if isinstance(cell, date) else "" if cell is None else str(cell)


def _day(text: str | None, default: date) -> tuple[date, bool]:
    if not text:
        return default, True
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return default, False
    # Databases hold other years than calendars; and nobody gave before there was a book.
    return (found, True) if 2000 <= found.year <= 2100 else (default, False)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=_SALT)
