"""What the frame of every page says: the operator, the book's latest seal, what waits for me."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app, g, request

from charity.actor import Actor
from charity.errors import DomainError
from charity.ledger import queries as ledger
from charity.ledger import tracing
from charity.registry import queries as registry
from web.db import get_session
from web.desk.inbox import count_waiting
from web.labels.enums import OPERATOR_MODES
from web.languages import HTML, language, language_switch_url
from web.ports import ports, settings
from web.security.sessions import current_actor

#: Seconds for which the frame may be a little behind the book.
FRESH_SECONDS = 5.0

#: Users whose figure is kept at most; then all are looked up anew.
MOST_COUNTS = 1000

_EXTENSION = "wushe.frame"
_COUNTS = "wushe.frame.counts"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class OperatorCard:
    """Who runs this site, as the foot of the page says it."""

    id: int
    name: str
    certificate: str | None
    region_code: str

    @property
    def mode_label(self) -> str:
        """What it is by law, in the language of the page."""
        return str(OPERATOR_MODES.get(settings().operator_mode, ""))


def init_app(app: Flask) -> None:
    """Give the frame's values to every template."""
    app.extensions[_EXTENSION] = {}
    app.extensions[_COUNTS] = {}
    app.extensions.setdefault("wushe.after_commit", []).append(app.extensions[_COUNTS].clear)
    app.context_processor(_values)


def operator() -> OperatorCard | None:
    """The operator's card; None while the installation is empty."""
    return _fresh("operator", _read_operator)


def operator_id() -> int:
    """The operator's organisation, for services that want it; 0 (nobody) in an empty database."""
    found = operator()
    return found.id if found is not None else 0


def latest_head() -> str | None:
    """The head of the operator's book as hex; None before the first seal."""
    return _fresh("latest_head", _read_head)


def _values() -> dict[str, object]:
    values: dict[str, object] = {
        "html_lang": HTML[language()],
        "language_switch_url": language_switch_url,
        "local_only": not settings().is_secure,
        "sandbox_payments": ports().gateway.is_sandbox,
        "operator": None,
        "latest_head": None,
        "desk_count": 0,
    }
    if request and not g.get("bare"):
        actor = current_actor()
        values["operator"] = operator()
        values["latest_head"] = latest_head()
        values["desk_count"] = _desk_count(actor) if actor.grants else 0
        values["actor"] = actor
    return values


def _desk_count(actor: Actor) -> int:
    """What waits for this actor, as it was within the last seconds; never from before a change.

    To look it up is the dearest part of many pages, and a commit in this process forgets it.
    """
    kept: dict[object, tuple[float, int]] = current_app.extensions[_COUNTS]
    key = (actor.user_id, actor.grants)
    at, count = kept.get(key, (0.0, -1))
    if "waiting" in g or count < 0 or time.monotonic() - at > FRESH_SECONDS:
        count = count_waiting(get_session(), actor)
        if len(kept) >= MOST_COUNTS:
            kept.clear()
        kept[key] = (time.monotonic(), count)
    return count


def _fresh(key: str, read: Callable[[], _Value]) -> _Value:
    """The value read within the last seconds by any request of this process, else read now."""
    kept: dict[str, tuple[float, _Value]] = current_app.extensions[_EXTENSION]
    at, value = kept.get(key, (0.0, None))
    if value is None or time.monotonic() - at > FRESH_SECONDS:
        value = read()
        kept[key] = (time.monotonic(), value)
    return value


def _read_operator() -> OperatorCard | None:
    found = registry.organisation_by_uscc(get_session(), settings().operator_uscc)
    if found is None:
        return None
    return OperatorCard(found.id, found.name, found.certificate_number, found.region_code)


def _read_head() -> str | None:
    found = operator()
    if found is None:
        return None
    session = get_session()
    try:
        seal = tracing.latest_seal(session, ledger.book_of(session, found.id).id)
    except DomainError:
        return None
    return None if seal is None else seal.head.hex()
