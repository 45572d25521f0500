"""Letters to publishers about what they owe: 14 and 3 days before, on the day, each week after.

Each is written once, in the transaction that notes it. Who signs in with a name that is no e-mail
address is reminded by the desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import letters
from charity.accounts.models import Membership, User
from charity.actor import ROLE_PERMISSIONS, Actor, Permission, require
from charity.disclosure import due, policy
from charity.disclosure.models import DisclosureDuty
from charity.disclosure.services.publishing import source_of
from charity.registry.models import Organisation

_PUBLISHERS = [
    role for role, held in ROLE_PERMISSIONS.items() if Permission.DISCLOSURE_PUBLISH in held
]


def remind_of_duties(
    session: Session, actor: Actor, *, on: date, also: Mapping[int, str] | None = None
) -> int:
    """Write the reminders due on a day; answers how many duties were reminded of.

    `also` names a further address of an organisation, by its id. Raises `Denied` for anyone but
    the installation.
    """
    require(policy.may_keep_duties(actor))
    query = (
        select(DisclosureDuty, Organisation.name)
        .join(Organisation, Organisation.id == DisclosureDuty.organisation_id)
        .where(
            DisclosureDuty.fulfilled_at.is_(None),
            DisclosureDuty.dropped_at.is_(None),
            DisclosureDuty.due_on <= on + timedelta(days=max(due.REMINDERS)),
        )
        .order_by(DisclosureDuty.id)
    )
    ready = [
        (duty, name, step)
        for duty, name in session.execute(query)
        if (step := due.reminder_of(duty.due_on, duty.reminded_on, on)) is not None
    ]
    addresses = _addresses(session, {duty.organisation_id for duty, _, _ in ready}, also or {})
    for duty, name, step in ready:
        _remind(session, duty, name, step, addresses[duty.organisation_id])
        duty.reminded_on = on
    session.flush()
    return len(ready)


def _remind(
    session: Session, duty: DisclosureDuty, name: str, step: int, addresses: Iterable[str]
) -> None:
    for number, address in enumerate(addresses):
        letters.write(
            session,
            source=f"{source_of(duty.id)}:{duty.due_on}:{step}:{number}",
            kind="disclosure.reminder",
            address=address,
            what=duty.kind.value,
            rule=duty.rule_id,
            organisation=name,
            due_on=duty.due_on.isoformat(),
            days=step,
            duty_id=duty.id,
        )


def _addresses(
    session: Session, organisation_ids: Iterable[int], also: Mapping[int, str]
) -> dict[int, list[str]]:
    """The e-mail addresses of those who publish for each organisation, in a fixed order."""
    rows = session.execute(
        select(Membership.organisation_id, User.login_name)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            Membership.role.in_(_PUBLISHERS),
            Membership.revoked_at.is_(None),
            User.closed_at.is_(None),
            User.login_name.contains("@"),
        )
        .order_by(User.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for organisation_id, address in rows:
        if organisation_id is not None and address not in found[organisation_id]:
            found[organisation_id].append(address)
    for organisation_id, address in also.items():
        if address and address not in found[organisation_id]:
            found[organisation_id].append(address)
    return found
