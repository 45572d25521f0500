"""What the page of ratios shows: shares beside their limits, rows used, links to statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Permission, require
from charity.disclosure import policy
from charity.disclosure.queries import ratios as queries
from charity.disclosure.ratios import RatioKind, RatioOutcome
from charity.ledger import queries as ledger
from charity.money import Money
from charity.registry.models import Organisation
from web.filters import yuan
from web.labels import label

#: How an outcome is tinted.
_TAGS = {
    RatioOutcome.MET: "good",
    RatioOutcome.MISSED: "bad",
    RatioOutcome.UNKNOWN: "wait",
}


@dataclass(frozen=True, slots=True)
class RatioRow:
    """One ratio of one year in words."""

    kind: str
    rule: str
    share: str
    limit: str
    outcome: str
    tag: str
    base: str
    #: The rows used: name, where it is written, first day.
    used: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class YearOfRatios:
    """One year: its figures with the statement behind each (or None), and its ratios."""

    year: int
    is_running: bool
    figures: list[tuple[str, str, str | None]]
    rows: list[RatioRow]
    #: Why the income of the year before was adjusted; empty where it was not (RAT-12).
    adjusted_because: str


def require_publisher(actor: Actor, organisation_id: int) -> None:
    """Only those who publish for the organisation compute its ratios; raises `Denied`."""
    require(policy.may_publish(actor, organisation_id))


def report_context(session: Session, actor: Actor, found: Organisation) -> dict[str, Any]:
    """Everything on the page of an organisation's ratios."""
    book = ledger.book_kept_by(session, found.id)
    reads = actor.holds(Permission.BOOK_READ, organisation_id=found.id)
    book_id = book.id if book is not None and reads else None
    this_year = clock.today().year
    years = [
        year_view(report.content, book_id=book_id, is_running=False)
        for report in queries.reports(session, found.id)
    ]
    running = queries.so_far(session, found, this_year)
    if running is not None:
        years.insert(0, year_view(running, book_id=book_id, is_running=True))
    return {
        "organisation": found,
        "years": years,
        "may_compute": book is not None and bool(policy.may_publish(actor, found.id)),
        "last_year": this_year - 1,
        "allocation": queries.allocation_key(session, found.id, clock.today()),
    }


def year_view(content: dict[str, Any], *, book_id: int | None, is_running: bool) -> YearOfRatios:
    """A year in words."""
    year = int(content["year"])
    return YearOfRatios(
        year=year,
        is_running=is_running,
        figures=[
            *(
                (name, yuan(Money(content[key])), _statement(book_id, year, "activities"))
                for name, key in (
                    (_("慈善活动支出"), "charitable_fen"),
                    (_("管理费用"), "management_fen"),
                    (_("全年总支出"), "total_fen"),
                )
            ),
            *_before(content, book_id, year),
            *_adjustments(content, year),
        ],
        adjusted_because=content.get("adjusted_because", ""),
        rows=[_row(each) for each in content["verdicts"]],
    )


def _before(
    content: dict[str, Any], book_id: int | None, year: int
) -> list[tuple[str, str, str | None]]:
    """Income and net assets of the years before, the last one first."""
    found = []
    for which, key, statement in (
        (_("%(year)s 年收入"), "incomes_fen", "activities"),
        (_("%(year)s 年末净资产"), "net_assets_before_fen", "balance-sheet"),
    ):
        for ago, fen in enumerate(content[key], 1):
            then = year - ago
            link = _statement(book_id, then, statement)
            found.append((which % {"year": then}, yuan(Money(fen)), link))
    return found


def _adjustments(content: dict[str, Any], year: int) -> list[tuple[str, str, str | None]]:
    """What the income of the year before does not count, or counts besides (RAT-12)."""
    named = (
        (_("%(year)s 年收入中当年不能用的（已扣除）", year=year - 1), "not_usable_fen"),
        (_("%(year)s 年解除时间限制的净资产（已加上）", year=year - 1), "lifted_fen"),
    )
    return [(name, yuan(Money(content[key])), None) for name, key in named if content.get(key)]


def _statement(book_id: int | None, year: int, which: str) -> str | None:
    """The statement a figure comes from, for those who may read the book."""
    if book_id is None:
        return None
    days: dict[str, Any] = {
        "from": date(year, 1, 1).isoformat(),
        "to": date(year, 12, 31).isoformat(),
    }
    return url_for("ledger.statement", which=which, book=book_id, **days)


def _row(verdict: dict[str, Any]) -> RatioRow:
    outcome = RatioOutcome(verdict["outcome"])
    kind = RatioKind(verdict["kind"])
    limit = _percent(verdict["limit_millionths"])
    sign = "≥" if kind is RatioKind.SPENDING else "≤"
    return RatioRow(
        kind=label(kind),
        rule=verdict["rule"],
        share=_percent(verdict["share_millionths"]),
        limit=f"{sign} {limit}",
        outcome=label(outcome),
        tag=_TAGS.get(outcome, ""),
        base=_base(verdict),
        used=[(each["rule"], each["source"], each["since"]) for each in verdict["used"]],
    )


def _base(verdict: dict[str, Any]) -> str:
    if verdict["base_fen"] is None:
        return str(_("没有上一年的数"))
    amount = yuan(Money(verdict["base_fen"]))
    if verdict["is_average"]:
        return str(_("前三年平均 %(amount)s", amount=amount))
    return amount


def _percent(millionths: int | None) -> str:
    """Two digits behind the point, rounded down: a share just missed does not read as met."""
    if millionths is None:
        return "—"
    whole, rest = divmod(abs(millionths) // 100, 100)
    return f"{'-' if millionths < 0 else ''}{whole}.{rest:02d}%"
