"""Who fits whom, with the reasons in words: resources for a need, and needs for a resource."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from charity.actor import Actor
from projects.listings import policy
from projects.listings.matching import Match
from projects.listings.models import Claim, ClaimState, Need, NeedState, Resource
from projects.listings.queries.matching import matches_for_need, matches_for_resource
from web.labels import label, sentence
from web.resources.fields import unit_of, write_quantity
from web.resources.words import due_said, fit_kind, fit_said, left_said, wanted_said

#: Pairs shown on a page.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Fit:
    """One pair as the page draws it; what is typed into the field of how much comes with it."""

    title: str
    url: str
    fit: str
    fit_kind: str
    lead: str
    reasons: list[str]
    resource_id: int = 0
    need_id: int = 0
    typed: str = ""
    unit: str = ""
    #: A proposal that already stands between the two, in words.
    asked: str = ""
    #: Of the form that asks for it: sent twice, it is one proposal.
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True)
class NeedMatches:
    """The best resources for a need, and where a proposal to one of them is sent."""

    rows: list[Fit]
    action: str
    act: str
    #: More that the form sends: of the plan a row is added to.
    hidden: dict[str, str] = field(default_factory=dict)


def matches_of_need(session: Session, actor: Actor, need: Need) -> dict[str, NeedMatches]:
    """The part `matches` of a need's page; nothing for who may not invite anybody to it.

    A dispatcher of the place sends the need out, the organisation that posted it invites.
    """
    wants = need.state is NeedState.OPEN and need.rest != 0
    if not wants or not policy.stands_for_need(actor, need):
        return {}
    if policy.dispatches(actor, need.region_code):
        return {"matches": to_send(session, need)}
    action = url_for("resources.invite", need_id=need.id)
    return {"matches": NeedMatches(resource_fits(session, need), action, _("邀请他们"))}


def to_send(session: Session, need: Need) -> NeedMatches:
    """The best resources, each with the button that sends the need to its unit."""
    action = url_for("dispatch.send", need_id=need.id)
    return NeedMatches(resource_fits(session, need), action, _("派给他们"))


def resource_fits(session: Session, need: Need, top: int = SHOWN) -> list[Fit]:
    """The best resources for a need, the best first."""
    found = matches_for_need(session, need, top=top)
    resources = _resources(session, [match.resource_id for match in found])
    standing = _standing(session, Claim.resource_id, resources, Claim.need_id == need.id)
    rows = []
    for match in found:
        resource = resources.get(match.resource_id)
        if resource is not None:
            rows.append(_of_resource(need, resource, match, standing.get(resource.id)))
    return rows


def _of_resource(need: Need, resource: Resource, match: Match, state: ClaimState | None) -> Fit:
    lead = (giver_of(resource), resource.region.name, _("还有 %(left)s", left=left_said(resource)))
    return Fit(
        title=resource.title,
        url=url_for("resources.detail", resource_id=resource.id),
        fit=fit_said(match.score),
        fit_kind=fit_kind(match.score),
        lead=" · ".join(lead if resource.quantity is not None else lead[:2]),
        reasons=reasons_said(match),
        resource_id=resource.id,
        typed=_typed(need, match),
        unit=unit_of(need.kind, need.unit),
        asked=label(state),
    )


def need_fits(session: Session, resource: Resource, top: int = SHOWN) -> list[Fit]:
    """The best open needs for a resource, the best first."""
    found = matches_for_resource(session, resource, top=top)
    ids = [match.need_id for match in found]
    query = select(Need).where(Need.id.in_(ids)).options(joinedload(Need.region))
    needs = {need.id: need for need in session.scalars(query)} if ids else {}
    standing = _standing(session, Claim.need_id, ids, Claim.resource_id == resource.id)
    return [
        Fit(
            title=need.title,
            url=url_for("needs.detail", need_id=need.id),
            fit=fit_said(match.score),
            fit_kind=fit_kind(match.score),
            lead=" · ".join(
                part
                for part in (need.region.name, wanted_said(need), due_said(need.due_at))
                if part
            ),
            reasons=reasons_said(match),
            need_id=need.id,
            typed=_typed(need, match),
            unit=unit_of(need.kind, need.unit),
            asked=label(standing.get(need.id)),
        )
        for match in found
        if (need := needs.get(match.need_id)) is not None
    ]


def _lead(need: Need) -> str:
    parts = (need.region.name, wanted_said(need), due_said(need.due_at))
    return " · ".join(part for part in parts if part)


def reasons_said(match: Match) -> list[str]:
    """The reasons of a pair as sentences, those that count most first."""
    return [in_a_row(sentence(reason.code, reason.params)) for reason in match.reasons]


def in_a_row(said: str) -> str:
    """A sentence without its full stop, to stand among others."""
    ends = said and unicodedata.category(said[-1]) == "Po"
    return said[:-1] if ends else said


def giver_of(resource: Resource) -> str:
    """Who gives it: the volunteer team, else the organisation."""
    return resource.team.name if resource.team is not None else resource.organisation.name


def _resources(session: Session, ids: Collection[int]) -> dict[int, Resource]:
    if not ids:
        return {}
    query = (
        select(Resource)
        .where(Resource.id.in_(ids))
        .options(
            joinedload(Resource.region), joinedload(Resource.organisation),
            joinedload(Resource.team),
        )
    )  # fmt: skip
    return {resource.id: resource for resource in session.scalars(query)}


def _typed(need: Need, match: Match) -> str:
    """What stands in the field of how much; nothing where the need does not know."""
    return write_quantity(need.kind, match.quantity) if need.quantity is not None else ""


def _standing(
    session: Session,
    other: InstrumentedAttribute[Any],
    ids: Collection[int],
    mine: ColumnElement[bool],
) -> dict[int, ClaimState]:
    """Proposals and promises that stand between one thing and these others."""
    if not ids:
        return {}
    states = (ClaimState.PROPOSED, ClaimState.ACCEPTED)
    query = select(other, Claim.state).where(mine, other.in_(ids), Claim.state.in_(states))
    return {key: state for key, state in session.execute(query)}
