"""Letters around inspections: to the organisation that is looked at, and to the team.

Written where somebody left an e-mail address: accounts by their login name, organisations by their
contact. Everybody else sees the same on the desk.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import letters
from charity.accounts.models import Membership, User
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.audits.models import AuditFinding, FindingState, Inspection
from charity.errors import CommonReason, Denied
from charity.registry import regions
from charity.rows import present

#: Days left of an order at which the organisation is reminded; -1 is the first day it is late.
STEPS = (7, 1, -1)

_OFFICERS = [role for role, held in ROLE_PERMISSIONS.items() if Permission.AUDIT_PLAN in held]
_ANSWERERS = [role for role, held in ROLE_PERMISSIONS.items() if Permission.AUDIT_ANSWER in held]


def write_to_organisation(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    kind: str,
    occasion: str,
    data: dict[str, object] | None = None,
) -> int:
    """Owe those who answer for the organisation a letter `audit.<kind>`; answers how many.

    The same `occasion` of an inspection writes one letter. Raises `Denied` for anyone but the
    installation, `NotFound`.
    """
    inspection = _inspection(session, actor, inspection_id)
    logins = (
        select(User.login_name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == inspection.organisation_id,
            Membership.role.in_(_ANSWERERS),
            Membership.revoked_at.is_(None),
            User.closed_at.is_(None),
        )
    )
    addresses = [*session.scalars(logins), inspection.organisation.contact_phone]
    return _owe(session, inspection, kind, occasion, addresses, data or {})


def write_to_team(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    kind: str,
    occasion: str,
    data: dict[str, object] | None = None,
) -> int:
    """Owe everybody on the team a letter `audit.<kind>`; answers how many.

    Raises `Denied` for anyone but the installation, `NotFound`.
    """
    inspection = _inspection(session, actor, inspection_id)
    users = [member.user_id for member in inspection.team]
    logins = select(User.login_name).where(User.id.in_(users), User.closed_at.is_(None))
    return _owe(session, inspection, kind, occasion, session.scalars(logins), data or {})


def write_to_office(
    session: Session,
    actor: Actor,
    *,
    inspection_id: int,
    kind: str,
    occasion: str,
    data: dict[str, object] | None = None,
) -> int:
    """Owe those who run the plan at its office a letter `audit.<kind>`; answers how many.

    They hold the role in the plan's place or above it. Raises `Denied` for anyone but the
    installation, `NotFound`.
    """
    inspection = _inspection(session, actor, inspection_id)
    logins = (
        select(User.login_name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.region_code.in_(regions.chain(inspection.plan.region_code)),
            Membership.role.in_(_OFFICERS),
            Membership.revoked_at.is_(None),
            User.closed_at.is_(None),
        )
    )
    return _owe(session, inspection, kind, occasion, session.scalars(logins), data or {})


def remind_of_orders(session: Session, actor: Actor, *, on: date) -> int:
    """Remind of orders that are due soon, and tell of those that are late; answers how many.

    Each step is told once for a last day, also where a day was missed (INS-09). Raises `Denied`
    for anyone but the installation.
    """
    last = on + timedelta(days=max(STEPS))
    found = session.scalars(
        select(AuditFinding)
        .where(
            AuditFinding.state == FindingState.ORDERED,
            AuditFinding.due_on <= last,
        )
        .order_by(AuditFinding.id)
    ).all()
    written = 0
    for finding in found:
        due_on = present(finding.due_on)
        left = (due_on - on).days
        step = min(each for each in STEPS if left <= each)
        written += write_to_organisation(
            session,
            actor,
            inspection_id=finding.inspection_id,
            kind="overdue" if left < 0 else "due",
            occasion=f"{finding.id}:{due_on}:{step}",
            data=said_of(finding) | {"days": abs(left)},
        )
    return written


def said_of(finding: AuditFinding) -> dict[str, object]:
    """What a letter says of a finding."""
    due_on = finding.due_on.isoformat() if finding.due_on else ""
    return {"title": finding.title, "due_on": due_on}


def _inspection(session: Session, actor: Actor, inspection_id: int) -> Inspection:
    if not actor.is_system:
        raise Denied(CommonReason.NOT_PERMITTED)
    return present(session.get(Inspection, inspection_id))


def _owe(
    session: Session,
    inspection: Inspection,
    kind: str,
    occasion: str,
    addresses: Iterable[str],
    data: dict[str, object],
) -> int:
    written = 0
    for address in sorted({each for each in addresses if "@" in each}):
        written += letters.write(
            session,
            source=f"inspection:{inspection.id}:{kind}:{occasion}:{address}"[:120],
            kind=f"audit.{kind}",
            address=address,
            inspection_id=inspection.id,
            organisation=inspection.organisation.name,
            plan=inspection.plan.title,
            **data,
        )
    return written
