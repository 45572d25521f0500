"""The search index, looked after: built where it is lost, put right where it drifted."""

from __future__ import annotations

import logging

from search import IndexBusy, IndexUnavailable
from web import indexing
from web.db import database
from web.indexing import checking
from web.indexing.checking import Drift
from web.ports import ports

log = logging.getLogger("wushe.search")


def keep_index() -> None:
    """Make a lost index anew and repair one that drifted; another's rebuild is left to it."""
    try:
        if indexing.is_missing(ports().index):
            with database().session(reads=True) as session:
                number = indexing.rebuild(session, ports().index)
            log.warning("index was lost and made anew: %s documents", number)
            return
        drift = check_index(repairing=True)
    except (IndexBusy, IndexUnavailable) as error:
        log.warning("index not looked after: %s", type(error).__name__)
        return
    if drift.ids:
        log.warning("index drifted: %s of %s documents", len(drift.ids), drift.documents)


def check_index(*, repairing: bool = False) -> Drift:
    """Hold the index against the database. Raises `IndexUnavailable`, `IndexBusy`."""
    with database().session(reads=True) as session:
        drift = checking.check(session, ports().index)
    if repairing and drift.ids:
        # a later moment than the look's, so that nothing older than it is written
        with database().session(reads=True) as session:
            checking.repair(session, ports().index, drift)
    return drift
