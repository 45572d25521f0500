"""Following a search, and telling those who do what was newly found for them.

What is found is a matter of the index and comes from outside; here it is kept who was told what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from charity import clock, letters
from charity.actor import Actor
from charity.errors import CommonReason, Conflict, Denied, Invalid, NotFound
from charity.rows import insert_new, locked, present
from projects.listings.models import FollowedSearch, SearchFind
from projects.listings.reasons import LifeReason
from projects.listings.services.following import ADDRESS_MAXIMUM

#: One person follows so many searches, and a question is so long at most.
SEARCHES_MAXIMUM = 50
ASKED_MAXIMUM = 1000
#: Finds older than this cannot come again: what is looked through begins later.
_KEPT = timedelta(days=60)
#: Names of new finds that a letter tells; the page has them all.
TOLD = 8
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def follow_search(
    session: Session, actor: Actor, *, asked: str, known: Sequence[str], address: str = ""
) -> FollowedSearch:
    """Follow a question; again, it stays and takes the new address.

    `known` are the documents it finds already that were published today: no news. Raises `Denied`
    for a guest, `Invalid` on `address`, `Conflict` (SEARCHES_TOO_MANY) beyond fifty.
    """
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    said = address.strip()
    if said and (len(said) > ADDRESS_MAXIMUM or not _ADDRESS.fullmatch(said)):
        raise Invalid(LifeReason.ADDRESS_FORM, field="address")
    standing = _standing(session, actor.user_id, asked)
    if standing is None:
        _require_room(session, actor.user_id)
        standing = insert_new(
            session,
            FollowedSearch,
            user_id=actor.user_id,
            asked=asked[:ASKED_MAXIMUM],
            address=said,
            since=clock.now(),
            looked_on=clock.today(),
        ) or present(_standing(session, actor.user_id, asked))
        _keep(session, standing.id, known)
    standing.address = said or standing.address
    session.flush()
    return standing


def unfollow_search(session: Session, actor: Actor, *, search_id: int) -> None:
    """Follow it no longer; its address and its finds are forgotten. Raises `NotFound`."""
    found = _own(session, actor, search_id)
    found.ended_at = clock.now()
    found.address = ""
    found.unseen = 0
    session.execute(delete(SearchFind).where(SearchFind.search_id == found.id))
    session.flush()


def see_finds(session: Session, actor: Actor, *, search_id: int) -> FollowedSearch:
    """Its finds were looked at: none is unseen. Raises `NotFound`."""
    found = _own(session, actor, search_id)
    found.unseen = 0
    session.flush()
    return found


def record_finds(
    session: Session, actor: Actor, *, search_id: int, found: Sequence[tuple[str, str]]
) -> int:
    """Keep what a search found, as (document, title), and owe a letter about what is new.

    `found` is what was published since `looked_on`. Answers how many are new; done again it writes
    nothing. A search that was ended meanwhile finds nothing.
    """
    search = locked(session, select(FollowedSearch).where(FollowedSearch.id == search_id))
    if search.ended_at is not None:
        return 0
    documents = [document for document, _ in found]
    query = select(SearchFind.document).where(
        SearchFind.search_id == search_id, SearchFind.document.in_(documents)
    )
    told = set(session.scalars(query))
    new = [(document, title) for document, title in found if document not in told]
    _keep(session, search_id, [document for document, _ in new])
    search.unseen += len(new)
    search.looked_on = clock.today()
    old = clock.today() - _KEPT
    session.execute(
        delete(SearchFind).where(SearchFind.search_id == search_id, SearchFind.found_on < old)
    )
    if new:
        letters.write(
            session,
            source=f"search:{search_id}:{new[0][0]}:{clock.today()}",
            kind="search.found",
            address=search.address,
            asked=search.asked,
            count=len(new),
            titles=[title for _, title in new[:TOLD]],
        )
    session.flush()
    return len(new)


def _keep(session: Session, search_id: int, documents: Sequence[str]) -> None:
    today = clock.today()
    session.add_all(
        SearchFind(search_id=search_id, document=document, found_on=today)
        for document in dict.fromkeys(documents)
    )
    session.flush()


def _require_room(session: Session, user_id: int) -> None:
    query = select(func.count()).where(
        FollowedSearch.user_id == user_id, FollowedSearch.ended_at.is_(None)
    )
    if (session.scalar(query) or 0) >= SEARCHES_MAXIMUM:
        raise Conflict(LifeReason.SEARCHES_TOO_MANY, maximum=SEARCHES_MAXIMUM)


def _own(session: Session, actor: Actor, search_id: int) -> FollowedSearch:
    found = session.get(FollowedSearch, search_id)
    if found is None or found.ended_at is not None or found.user_id != actor.user_id:
        raise NotFound(CommonReason.NOT_FOUND)
    return found


def _standing(session: Session, user_id: int, asked: str) -> FollowedSearch | None:
    query = select(FollowedSearch).where(
        FollowedSearch.user_id == user_id,
        FollowedSearch.asked == asked[:ASKED_MAXIMUM],
        FollowedSearch.ended_at.is_(None),
    )
    return session.scalar(query)
