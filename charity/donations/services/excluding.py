"""Whose gifts a pool does not match: insiders, beneficiaries, public money, the banned.

Insiders are found without anybody naming them: who holds a role in the charity, the partner or the
sponsor, and these organisations giving in their own name (MAT-03); whom a campaign is for is on
its list (MAT-06). The rest are rows that staff add.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts.models import Membership, User
from charity.donations.models import GiverKind, MatchingPool, PoolExclusion
from charity.registry.models import Campaign, CampaignMember, Organisation


class Asking(NamedTuple):
    """A gift that asks, with what is known of who gives it."""

    match_id: int
    campaign_id: int
    giver_key: str | None
    person_id: int | None
    giver_kind: GiverKind
    giver_name: str


def excluded(session: Session, pool: MatchingPool, asking: Sequence[Asking]) -> set[int]:
    """The matches, by id, whose givers this pool excludes."""
    listed = session.scalars(select(PoolExclusion).where(PoolExclusion.pool_id == pool.id)).all()
    insiders = _Insiders(session, pool, asking, listed)
    return {
        each.match_id
        for each in asking
        if insiders.has(each) or any(_names(row, each) for row in listed)
    }


def folded(name: str) -> str:
    """A name as it is compared: without blanks, lower case."""
    return "".join(name.split()).lower()


def _names(row: PoolExclusion, asking: Asking) -> bool:
    if row.campaign_id is not None and row.campaign_id != asking.campaign_id:
        return False
    by_key = row.giver_key is not None and row.giver_key == asking.giver_key
    by_person = row.person_id is not None and row.person_id == asking.person_id
    return by_key or by_person


class _Insiders:
    """The people and names that stand for the organisations of a batch, looked up set-wise."""

    def __init__(
        self,
        session: Session,
        pool: MatchingPool,
        asking: Sequence[Asking],
        listed: Sequence[PoolExclusion],
    ) -> None:
        campaigns = {each.campaign_id for each in asking}
        query = select(Campaign.id, Campaign.charity_id, Campaign.partner_id)
        rows = session.execute(query.where(Campaign.id.in_(campaigns)))
        everywhere = {pool.sponsor_organisation_id}
        everywhere |= {row.organisation_id for row in listed if row.campaign_id is None}
        self._of = {row[0]: {row[1], row[2], *everywhere} - {None} for row in rows}
        for row in listed:
            if row.campaign_id in self._of and row.organisation_id is not None:
                self._of[row.campaign_id].add(row.organisation_id)
        concerned = set().union(*self._of.values()) if self._of else set()
        people = {each.person_id for each in asking if each.person_id is not None}
        self._roles: set[tuple[int | None, int | None]] = set()
        self._members: set[tuple[int, int]] = set()
        if people:
            self._roles = _roles(session, people, concerned)
            self._members = _members(session, people, campaigns)
        self._names: dict[int, str] = {}
        if any(each.giver_kind is not GiverKind.INDIVIDUAL for each in asking):
            found = select(Organisation.id, Organisation.name).where(Organisation.id.in_(concerned))
            self._names = {id_: folded(name) for id_, name in session.execute(found)}

    def has(self, asking: Asking) -> bool:
        """Whether a gift comes from inside, or from one its campaign is for."""
        around = self._of.get(asking.campaign_id, set())
        if asking.person_id is not None and (
            (asking.campaign_id, asking.person_id) in self._members
            or any((asking.person_id, each) in self._roles for each in around)
        ):
            return True
        if asking.giver_kind is GiverKind.INDIVIDUAL or not asking.giver_name:
            return False
        return folded(asking.giver_name) in {self._names.get(each or 0) for each in around}


def _roles(
    session: Session, people: set[int], organisations: set[int | None]
) -> set[tuple[int | None, int | None]]:
    """Who of these people holds a role now in which of these organisations."""
    query = (
        select(User.person_id, Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.person_id.in_(people),
            Membership.organisation_id.in_(organisations),
            Membership.revoked_at.is_(None),
        )
    )
    return {(row[0], row[1]) for row in session.execute(query)}


def _members(session: Session, people: set[int], campaigns: set[int]) -> set[tuple[int, int]]:
    """Whom of these people a campaign is for."""
    query = select(CampaignMember.campaign_id, CampaignMember.person_id).where(
        CampaignMember.campaign_id.in_(campaigns), CampaignMember.person_id.in_(people)
    )
    return {(row[0], row[1]) for row in session.execute(query)}
