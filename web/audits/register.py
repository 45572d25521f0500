"""What the pages of the annual register, of 整改 and of quiet organisations show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.audits.queries import board
from charity.audits.queries import register as queries
from charity.audits.queries.board import Shown
from charity.paging import Page
from charity.registry import queries as registry
from charity.registry.models import InspectionResult
from charity.rules import parameter
from projects.listings.queries.signs import last_signs
from web.audits import shapes
from web.filters import day, percent
from web.labels import choices, label
from web.listings.filters import page_number, place_options
from web.listings.posting import home_region
from web.registry.filters import known_place

_MANNERS = {
    InspectionResult.PASS: "good",
    InspectionResult.BASIC_PASS: "wait",
    InspectionResult.FAIL: "bad",
    InspectionResult.NOT_SUBMITTED: "bad",
}
#: Results that stand in columns of their own beside 合格.
_COLUMNS = (
    InspectionResult.PASS,
    InspectionResult.BASIC_PASS,
    InspectionResult.FAIL,
    InspectionResult.NOT_SUBMITTED,
)
#: Quiet organisations on one page.
QUIET_ROWS = 30


def register_context(session: Session, actor: Actor, args: Mapping[str, str]) -> dict[str, Any]:
    """The pass rate year by year, and the rows asked for."""
    place = known_place(session, args.get("place", "")) or ""
    year = (
        int(args["year"]) if args.get("year", "").isdecimal() and len(args["year"]) == 4 else None
    )
    said = args.get("result", "")
    result = InspectionResult(said) if said in set(InspectionResult) else None
    years = queries.pass_rates(session, region_code=place)
    page = queries.register_page(
        session, page_number(args.get("page", "")), region_code=place, year=year, result=result
    )

    def url(**change: Any) -> str:
        asked = {"place": place or None, "year": year, "result": said if result else None} | change
        return url_for("audits.register", **asked)

    rows = [
        {
            "name": organisation.name,
            "url": url_for("registry.organisation", organisation_id=organisation.id),
            "year": row.year,
            "result": label(row.result),
            "manner": _MANNERS.get(row.result, ""),
            "decided": day(row.decided_on),
            "source": row.source_url,
        }
        for row, organisation in page.items
    ]
    return {
        "supervises": shapes.supervises(actor),
        "place": place,
        "places": place_options(session, place, home_region()),
        "year": year,
        "result": said if result else "",
        "results": choices(InspectionResult),
        "years": [_year(row) for row in years],
        "heads": [f"{label(each)}#" for each in _COLUMNS],
        "trend": trend_said(years),
        "page": Page(rows, page.number, page.size, page.total),
        "page_url": lambda n: f"{url(page=n)}#rows",
        "url": url,
    }


def _year(row: queries.InspectionYear) -> dict[str, Any]:
    counts = row.counts
    return {
        "year": row.year,
        "due": row.due,
        "passed": row.passed,
        "basic": counts.get(InspectionResult.BASIC_PASS, 0),
        "rate": percent(row.passed, row.due) if row.due else "—",
        "counts": [(each.value, label(each), counts.get(each, 0)) for each in _COLUMNS],
    }


def trend_said(years: Sequence[queries.InspectionYear]) -> str | None:
    """From the first year to the last, in points; nothing where there is one year."""
    graded = [row for row in years if row.due]
    if len(graded) < 2:
        return None
    first, last = graded[0], graded[-1]
    points = last.per_mille // 10 - first.per_mille // 10
    said = {
        "a": first.year, "b": last.year, "n": abs(points),
        "p": percent(first.passed, first.due), "q": percent(last.passed, last.due),
    }  # fmt: skip
    if points > 0:
        return str(_("从 %(a)s 年的 %(p)s 到 %(b)s 年的 %(q)s，升了 %(n)s 个百分点。", **said))
    if points < 0:
        return str(_("从 %(a)s 年的 %(p)s 到 %(b)s 年的 %(q)s，降了 %(n)s 个百分点。", **said))
    return str(_("从 %(a)s 年到 %(b)s 年都在 %(q)s 左右。", **said))


# ── 整改 ─────────────────────────────────────────────────────────────────────────────────────────


def closure_context(session: Session, actor: Actor, args: Mapping[str, str]) -> dict[str, Any]:
    """The rate of closure, and every finding it is counted from."""
    plans = board.plans_with_orders(session)
    asked = args.get("plan", "")
    plan_id = next((each.id for each in plans if str(each.id) == asked), None)
    said = args.get("show", "")
    show = Shown(said) if said in set(Shown) else Shown.ALL
    today = clock.today()
    sums = board.closure(session, plan_id, today)
    page = board.orders_page(
        session, page_number(args.get("page", "")), plan_id=plan_id, show=show, on=today
    )
    rows = [shapes.finding_row(each) for each in page.items]
    return {
        "supervises": shapes.supervises(actor),
        "rate": percent(sums.closed, sums.ordered) if sums.ordered else "—",
        "total": sums.ordered,
        "closed": sums.closed,
        "overdue": sums.overdue,
        "plan": str(plan_id or ""),
        "plans": [(str(each.id), each.title) for each in plans],
        "show": show.value,
        "shows": [
            (Shown.ALL.value, _("全部")),
            (Shown.OPEN.value, _("还没改好的")),
            (Shown.OVERDUE.value, _("超过期限的")),
            (Shown.CLOSED.value, _("已改好的")),
        ],
        "page": Page(rows, page.number, page.size, page.total),
        "page_url": lambda n: url_for(
            "audits.closure", plan=plan_id, show=show.value if show.value else None, page=n
        ),
    }


# ── quiet organisations ──────────────────────────────────────────────────────────────────────────


def dormant_context(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    """Whom an office may ask after, in its places."""
    codes, today = shapes.office_codes(actor), clock.today()
    found = queries.dormant(session, region_codes=codes, on=today, also=last_signs(session))
    start = (number - 1) * QUIET_ROWS
    shown = found[start : start + QUIET_ROWS]
    names = registry.region_names(session, {each.organisation.region_code for each in shown})
    where = (
        _("全部地方")
        if codes is None
        else str(_("、")).join(registry.region_names(session, codes).values())
    )
    rows = [_quiet(each, names.get(each.organisation.region_code, "")) for each in shown]
    return {
        "where": where,
        "rule": _(
            "%(days)s 天里没有募捐、记账、支出、信息公开、发布或者认领，或者连续 %(years)s 年"
            "没有参加年检的，列在这里。",
            days=parameter(queries.QUIET, today).number,
            years=parameter(queries.MISSED, today).number,
        ),
        "page": Page(rows, number, QUIET_ROWS, len(found)),
        "page_url": lambda n: url_for("audits.dormant", page=n),
    }  # fmt: skip


def _quiet(row: queries.Dormant, place: str) -> dict[str, Any]:
    reasons = []
    if row.is_quiet:
        reasons.append(_("%(n)s 天没有动静", n=parameter(queries.QUIET, clock.today()).number))
    if row.missed:
        years = str(_("、")).join(str(year) for year in row.missed)
        reasons.append(_("%(years)s 年没有参加年检", years=years))
    organisation = row.organisation
    return {
        "name": organisation.name,
        "url": url_for("registry.organisation", organisation_id=organisation.id),
        "kind": label(organisation.kind),
        "place": place,
        "last": day(row.last_on) if row.last_on else _("在本站没有记录"),
        "reasons": reasons,
    }
