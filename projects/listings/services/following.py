"""Following a project or a need, and telling those who follow.

Who follows is told by letter where there is an address, and always on the page of what they follow.
"""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, letters
from charity.actor import Actor, require
from charity.errors import CommonReason, Denied, Invalid, NotFound
from charity.registry import queries as registry
from charity.rows import insert_new, present
from projects.listings.models import Follow, Need, Project
from projects.listings.policy.life import may_follow
from projects.listings.policy.listing import PUBLIC_NEEDS
from projects.listings.reasons import LifeReason

ADDRESS_MAXIMUM = 200
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def follow(session: Session, actor: Actor, *, subject: str, address: str = "") -> Follow:
    """Follow `project:5` or `need:7`; again, it stays and takes the new address.

    `address` is where letters go, none without. Raises `Denied` for a guest, `NotFound` for what
    one may not read, `Invalid` on `address`.
    """
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    kind, number = named(subject)
    if kind == "project":
        project = present(session.get(Project, number))
        campaign = project.campaign
        is_member = campaign is not None and registry.is_member(session, actor, campaign)
        require(may_follow(actor, project, is_member=is_member))
    else:
        _require_public_need(session, number)
    said = address.strip()
    if said and (len(said) > ADDRESS_MAXIMUM or not _ADDRESS.fullmatch(said)):
        raise Invalid(LifeReason.ADDRESS_FORM, field="address")
    standing = _standing(session, actor.user_id, subject)
    if standing is None:
        made = insert_new(
            session, Follow, user_id=actor.user_id, subject=subject, since=clock.now()
        )
        standing = made or present(_standing(session, actor.user_id, subject))
    standing.address = said or standing.address
    session.flush()
    return standing


def unfollow(session: Session, actor: Actor, *, subject: str) -> bool:
    """Follow it no longer; its address is forgotten. Answers whether one did."""
    standing = _standing(session, actor.user_id or 0, subject)
    if standing is None:
        return False
    standing.ended_at = clock.now()
    standing.address = ""
    session.flush()
    return True


def tell_followers(
    session: Session, actor: Actor, *, subject: str, source: str, kind: str, **data: object
) -> int:
    """Owe each follower with an address one letter of this kind, once per `source`.

    Answers how many letters are owed for it; done again it writes none anew.
    """
    query = select(Follow).where(
        Follow.subject == subject, Follow.ended_at.is_(None), Follow.address != ""
    )
    written = 0
    for each in session.scalars(query.order_by(Follow.id)):
        written += letters.write(
            session, source=f"follow:{each.id}:{source}", kind=kind, address=each.address, **data
        )
    return written


def named(subject: str) -> tuple[str, int]:
    """The kind and id of a subject; raises `NotFound` for anything that cannot be followed."""
    kind, _, number = subject.partition(":")
    if kind not in ("project", "need") or not (number.isascii() and number.isdecimal()):
        raise NotFound(CommonReason.NOT_FOUND)
    if len(number) > 18:
        raise NotFound(CommonReason.NOT_FOUND)
    return kind, int(number)


def _require_public_need(session: Session, number: int) -> None:
    need = present(session.get(Need, number))
    if need.state not in PUBLIC_NEEDS:
        raise NotFound(CommonReason.NOT_FOUND)


def _standing(session: Session, user_id: int, subject: str) -> Follow | None:
    query = select(Follow).where(
        Follow.user_id == user_id, Follow.subject == subject, Follow.ended_at.is_(None)
    )
    return session.scalar(query)
