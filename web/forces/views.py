"""Public lists: social-work stations, volunteer teams, incubation, charitable trusts."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from charity import clock
from charity.registry import policy, queries
from charity.registry.models import IncubationState, StationTier
from web.db import get_session
from web.forces import pages, views_desk, views_lists, views_organisations, views_trusts
from web.forces.blueprint import bp
from web.labels import choices, label
from web.listings.filters import page_number, place_options
from web.listings.posting import home_region
from web.registry.filters import known_place
from web.security.sessions import current_actor

__all__ = ["bp"]

#: The views of the desk; importing them registers their routes.
PARTS = (views_desk, views_lists, views_organisations, views_trusts)


@bp.get("/stations")
def stations() -> ResponseReturnValue:
    """Every open station and room, by place and tier."""
    session = get_session()
    place = known_place(session, request.args.get("place", ""))
    asked = request.args.get("tier", "")
    tier = StationTier(asked) if asked in set(StationTier) else None
    number = page_number(request.args.get("page", ""))
    page = queries.stations_page(session, region_code=place, tier=tier, page=number)
    return render_template(
        "forces/stations.html",
        page=page,
        checks=queries.checks_of(session, [one.id for one in page.items]),
        counts=[(n, label(of)) for of, n in queries.station_counts(session, place).items()],
        places=place_options(session, place or "", home_region()),
        place=place,
        tier=asked if tier else "",
        tiers=choices(StationTier),
        keeps=bool(policy.may_keep_register(current_actor())),
        page_url=lambda n: url_for("forces.stations", place=place, tier=tier, page=n),
    )


@bp.get("/stations/<int:station_id>")
def station(station_id: int) -> ResponseReturnValue:
    """One station: who runs it, the five modules, what stands below it."""
    session, actor = get_session(), current_actor()
    found = queries.station(session, station_id)
    return render_template("forces/station.html", **pages.station_context(session, actor, found))


@bp.get("/volunteer-teams")
def volunteer_teams() -> ResponseReturnValue:
    """Main teams with their branches, by place."""
    session = get_session()
    place = known_place(session, request.args.get("place", ""))
    page = queries.volunteer_teams_page(
        session, region_code=place, page=page_number(request.args.get("page", ""))
    )
    return render_template(
        "forces/volunteer_teams.html",
        page=page,
        branches=queries.branches_of(session, [one.id for one in page.items]),
        places=place_options(session, place or "", home_region()),
        place=place,
        keeps=bool(policy.may_keep_register(current_actor())),
        page_url=lambda n: url_for("forces.volunteer_teams", place=place, page=n),
    )


@bp.get("/incubation")
def incubation() -> ResponseReturnValue:
    """Who grows up where, and how far they are."""
    session = get_session()
    asked = request.args.get("state", "")
    state = IncubationState(asked) if asked in set(IncubationState) else None
    page = queries.incubations_page(
        session, state=state, page=page_number(request.args.get("page", ""))
    )
    return render_template(
        "forces/incubation.html",
        page=page,
        counts=queries.incubation_counts(session),
        state=state,
        page_url=lambda n: url_for("forces.incubation", state=state, page=n),
    )


@bp.get("/trusts")
def trusts() -> ResponseReturnValue:
    """Every charitable trust, the newest first."""
    session = get_session()
    page = queries.trusts_page(session, page_number(request.args.get("page", "")))
    reports = queries.trust_reports(session, [one.id for one in page.items])
    today = clock.today()
    return render_template(
        "forces/trusts.html",
        page=page,
        findings={one.id: pages.trust_findings(one, reports[one.id], today) for one in page.items},
        keeps=bool(policy.may_keep_register(current_actor())),
        page_url=lambda n: url_for("forces.trusts", page=n),
    )


@bp.get("/trusts/<int:trust_id>")
def trust(trust_id: int) -> ResponseReturnValue:
    """One trust: who settled it, who holds it, when it was filed, what it told of itself."""
    session, actor = get_session(), current_actor()
    found = queries.trust(session, trust_id)
    return render_template("forces/trust.html", **pages.trust_context(session, actor, found))
