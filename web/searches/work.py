"""Looking through what was newly published for those who follow a search.

The index is asked, not the database: a search finds for its follower what its page would show.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

from charity.actor import Actor
from projects.listings import queries, services
from search import IndexUnavailable, Sort
from search.query import MAX_LIMIT
from web.db import database
from web.home.asked import Asked
from web.ports import ports

log = logging.getLogger("wushe.search")

TELLER = Actor.system("searches")
#: Searches looked through in one transaction.
BATCH = 50


def finds(asked: Asked, since: date) -> list[tuple[str, str]]:
    """Document and title of what a question finds that was published since a day.

    The newest hundred at most. Nothing while there is no index to ask.
    """
    first = max(asked.since, since.isoformat())
    query = replace(
        asked.query(), published_from=first, sort=Sort.NEWEST, limit=MAX_LIMIT, offset=0
    )
    try:
        hits = ports().index.search(query).hits
    except IndexUnavailable:
        return []
    return [(hit.id, "".join(text for text, _ in hit.title_highlight)) for hit in hits]


def tell_searchers() -> None:
    """Look through every followed search; each in a transaction of its own."""
    after, told = 0, 0
    while True:
        with database().session(reads=True) as session:
            batch = [
                (each.id, each.asked, each.looked_on)
                for each in queries.searches_to_look(session, after=after, limit=BATCH)
            ]
        if not batch:
            break
        for search_id, asked, looked_on in batch:
            found = finds(Asked.kept(asked), looked_on)
            with database().unit() as session:
                told += services.record_finds(session, TELLER, search_id=search_id, found=found)
        after = batch[-1][0]
    if told:
        log.info("followed searches told=%s", told)
