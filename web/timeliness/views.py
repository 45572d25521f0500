"""Figures of match and timeliness and of linked resources: pages, the rows behind, files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from projects.listings import matching as matching_of
from projects.listings.models import ListingCategory, ResourceKind
from projects.listings.queries.timeliness import (
    NeedsAsked,
    deliveries_behind,
    needs_behind,
    simulated_needs,
)
from projects.listings.timeliness import CAPACITY_DAYS, level_of
from web import spreadsheets
from web.db import get_session
from web.labels import choices
from web.listings.filters import page_number, place_options
from web.listings.posting import home_region
from web.resources.words import amount_said
from web.timeliness import pages
from web.timeliness.filters import Filters

bp = Blueprint("timeliness", __name__)


@bp.get("/statistics/matching")
def matching() -> ResponseReturnValue:
    """匹配度 and 及时性 of a place, by the places below it and by category."""
    session = get_session()
    filters = Filters.read(session, request.args)
    return render_template(
        "timeliness/matching.html",
        found=pages.matching(session, filters),
        lot=matching_of.lots()[ResourceKind.GOODS],
        days=CAPACITY_DAYS,
        **_common(session, filters),
    )


@bp.get("/statistics/matching.<kind>")
def matching_file(kind: str) -> ResponseReturnValue:
    """The same figures as CSV or XLSX."""
    session = get_session()
    filters = Filters.read(session, request.args)
    _require_kind(kind)
    rows = pages.matching_table(pages.matching(session, filters), filters)
    return spreadsheets.download(rows, kind, name=str(_("匹配度与及时性")), head=1)


@bp.get("/statistics/matching/needs")
def needs() -> ResponseReturnValue:
    """The needs behind a figure."""
    session = get_session()
    filters = Filters.read(session, request.args)
    asked = request.args.get("which", "")
    which = NeedsAsked(asked) if asked in set(NeedsAsked) else NeedsAsked.ALL
    now = clock.now()
    page = needs_behind(
        session, filters.scope, which, now, page_number(request.args.get("page", ""))
    )
    return render_template(
        "timeliness/needs.html",
        page=page,
        which=which,
        kinds=choices(NeedsAsked),
        simulated=simulated_needs(session, [need.id for need in page.items]),
        level=lambda need: level_of(pages.facts_of(need), now),
        amount_said=amount_said,
        page_url=lambda n: filters.url("needs", which=which.value, page=n),
        **_common(session, filters),
    )


@bp.get("/statistics/linked")
def linked() -> ResponseReturnValue:
    """链接资源: value of money and goods delivered, time given, people and times apart."""
    session = get_session()
    filters = Filters.read(session, request.args)
    return render_template(
        "timeliness/linked.html",
        found=pages.linked_page(session, filters),
        minutes_said=pages.minutes_said,
        **_common(session, filters),
    )


@bp.get("/statistics/linked.<kind>")
def linked_file(kind: str) -> ResponseReturnValue:
    """The same sums as CSV or XLSX."""
    session = get_session()
    filters = Filters.read(session, request.args)
    _require_kind(kind)
    rows = pages.linked_table(pages.linked_page(session, filters), filters)
    return spreadsheets.download(rows, kind, name=str(_("链接资源")), head=1)


@bp.get("/statistics/linked/deliveries")
def deliveries() -> ResponseReturnValue:
    """The deliveries behind a sum."""
    session = get_session()
    filters = Filters.read(session, request.args)
    asked = request.args.get("kind", "")
    kind = ResourceKind(asked) if asked in set(ResourceKind) else None
    page = deliveries_behind(
        session, filters.scope, kind, page_number(request.args.get("page", ""))
    )
    return render_template(
        "timeliness/deliveries.html",
        page=page,
        kind=asked if kind else "",
        kinds=choices(ResourceKind),
        amount_said=amount_said,
        minutes_said=pages.minutes_said,
        page_url=lambda n: filters.url("deliveries", kind=asked if kind else None, page=n),
        **_common(session, filters),
    )


def _require_kind(kind: str) -> None:
    if kind not in (spreadsheets.CSV, spreadsheets.XLSX):
        abort(404)


def _common(session: Session, filters: Filters) -> dict[str, Any]:
    return {
        "filters": filters,
        "url": filters.url,
        "places": place_options(session, filters.place, home_region()),
        "categories": choices(ListingCategory),
        "share": pages.share_said,
        "wait": pages.wait_said,
        "amount_row": pages.amount_row,
        "asked": NeedsAsked,
    }
