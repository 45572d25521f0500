"""Giving together (一起捐): a team page for a village's people away from home, a unit, a class.

Money never passes the captain: each gift goes straight to the campaign's account, the team only
counts them. So a captain needs no account and can change words, not sums.
"""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.models import GivingTeam, TeamKind, TeamState
from charity.donations.reasons import TogetherReason
from charity.donations.services.giving import require_client_id
from charity.donations.services.promisers import require_same, require_taking
from charity.errors import Invalid, InvalidState
from charity.money import Money
from charity.registry.queries import campaign
from charity.rows import insert_new, locked, present

#: Signs of the team's address: no look-alikes, no vowels, so that no word comes about.
_SIGNS = "23456789bcdfghjkmnpqrstvwxz"
_CODE_LENGTH = 8
LENGTHS = {"name": 40, "captain_name": 40, "captain_contact": 120, "message": 300}


def found_team(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    campaign_id: int,
    kind: TeamKind,
    name: str,
    captain_name: str,
    captain_contact: str = "",
    message: str = "",
    target: Money | None = None,
    operator_mode: str,
) -> GivingTeam:
    """Found a team for a campaign; anybody may, and becomes its captain by the secret link.

    The same `client_id` with the same team answers the team that is there. Raises `Invalid` beside
    the field (a text empty or too long, a target not positive), `Denied` where the campaign takes
    nothing today, `Conflict` for another team under one id.
    """
    require(policy.may_give(actor, operator_mode))
    said = {
        "campaign_id": campaign_id,
        "kind": kind,
        **_words(name, captain_name, captain_contact, message),
        "target": _positive(target),
    }
    known = _known(session, require_client_id(client_id), said)
    if known is not None:
        return known
    require_taking(session, actor, campaign_id)
    team = insert_new(
        session,
        GivingTeam,
        client_id=client_id,
        code="".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH)),
        captain_token=secrets.token_urlsafe(32),
        captain_user_id=actor.user_id,
        state=TeamState.OPEN,
        created_at=clock.now(),
        **said,
    )
    return team if team is not None else present(_known(session, client_id, said))


def edit_team(
    session: Session,
    actor: Actor,
    *,
    team_id: int,
    captain_token: str = "",
    name: str,
    captain_name: str,
    captain_contact: str = "",
    message: str = "",
    target: Money | None = None,
) -> GivingTeam:
    """Other words or another target, by the captain or the campaign's staff.

    Raises `Denied` for anyone else, `InvalidState` for a team that is closed, `Invalid` as
    `found_team`.
    """
    team = _lock(session, actor, team_id, captain_token)
    if team.state is TeamState.CLOSED:
        raise InvalidState(TogetherReason.TEAM_CLOSED)
    for column, words in _words(name, captain_name, captain_contact, message).items():
        setattr(team, column, words)
    team.target = _positive(target)
    session.flush()
    return team


def close_team(
    session: Session, actor: Actor, *, team_id: int, captain_token: str = ""
) -> GivingTeam:
    """Take no more gifts through the team; its page stays. Closed twice is closed once."""
    team = _lock(session, actor, team_id, captain_token)
    if team.state is TeamState.OPEN:
        team.move_to(TeamState.CLOSED)
        team.closed_at = clock.now()
        session.flush()
    return team


def _words(name: str, captain_name: str, captain_contact: str, message: str) -> dict[str, object]:
    return {
        "name": texts.line(name, field="name", limit=LENGTHS["name"]),
        "captain_name": texts.line(
            captain_name, field="captain_name", limit=LENGTHS["captain_name"]
        ),
        "captain_contact": texts.line(
            captain_contact,
            field="captain_contact",
            limit=LENGTHS["captain_contact"],
            required=False,
        ),
        "message": texts.line(message, field="message", limit=LENGTHS["message"], required=False),
    }


def _positive(target: Money | None) -> Money | None:
    if target is not None and target.fen <= 0:
        raise Invalid(TogetherReason.TEAM_TARGET, field="target")
    return target


def _known(session: Session, client_id: str, said: dict[str, object]) -> GivingTeam | None:
    found = session.scalar(select(GivingTeam).where(GivingTeam.client_id == client_id))
    if found is not None:
        require_same(found, said)
    return found


def _lock(session: Session, actor: Actor, team_id: int, captain_token: str) -> GivingTeam:
    team = locked(session, select(GivingTeam).where(GivingTeam.id == team_id))
    if not secrets.compare_digest(team.captain_token, captain_token):
        require(policy.may_manage_giving(actor, campaign(session, team.campaign_id)))
    return team
