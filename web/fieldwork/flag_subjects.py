"""What a question is about, in words: funds, people, vouchers of a list, gifts, entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.audits.models import VoucherListRow
from charity.audits.queries import fieldwork as queries
from charity.ledger.models import Fund
from charity.registry.models import Person
from web.filters import day, yuan


class Named(TypedDict):
    """One thing a question is about, and where it is read."""

    words: str
    url: str | None


def named(session: Session, subjects: Iterable[str]) -> Mapping[str, Named]:
    """Every subject but expenses in words, in one question to the base for each kind."""
    ids: dict[str, set[int]] = {}
    for subject in subjects:
        kind, _colon, number = subject.partition(":")
        if number.isdigit():
            ids.setdefault(kind, set()).add(int(number))
    found: dict[str, Named] = {"gifts": {"words": str(_("全部收入")), "url": None}}
    for fund in queries.by_ids(session, Fund, ids.get("fund", ())):
        found[f"fund:{fund.id}"] = {
            "words": fund.name,
            "url": url_for("ledger.fund", fund_id=fund.id),
        }
    for person in queries.by_ids(session, Person, ids.get("person", ())):
        found[f"person:{person.id}"] = {"words": person.name, "url": None}
    for row in queries.by_ids(session, VoucherListRow, ids.get("voucher_list_row", ())):
        said = _(
            "清单第 %(n)s 行 · %(day)s · %(payee)s · %(sum)s",
            n=row.number,
            day=day(row.booked_on),
            payee=row.payee,
            sum=yuan(row.amount),
        )
        found[f"voucher_list_row:{row.id}"] = {"words": str(said), "url": None}
    for id_ in ids.get("entry", ()):
        found[f"entry:{id_}"] = {
            "words": str(_("第 %(n)s 号分录", n=id_)),
            "url": url_for("ledger.entry", entry_id=id_),
        }
    for id_ in ids.get("donation", ()):
        found[f"donation:{id_}"] = {"words": str(_("第 %(n)s 笔捐赠", n=id_)), "url": None}
    return found
