"""Is this installation fit to work: findings by name, for `/readyz` and `wushe doctor`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from charity import letters
from charity.donations.queries import events
from charity.ledger import guards
from charity.ledger.checks import sealed_in_time
from web import indexing, migrate
from web.db import database
from web.ports import ports, settings


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; an empty sentence means it is well."""

    name: str
    sentence: str = ""
    is_fatal: bool = False


def findings() -> list[Finding]:
    """Look at everything, the schema first: without it the rest is not asked."""
    try:
        with database().session(reads=True) as session:
            connection = session.connection()
            found = [
                Finding("database"),
                _revision(connection),
                _guards(connection),
                _rights(connection),
            ]
            if not any(finding.is_fatal for finding in found):
                found += [_worker(session), *_set_aside(session), _letters(session)]
            return [*found, _index(), *_around()]
    except SQLAlchemyError as error:
        return [Finding("database", f"does not answer ({type(error).__name__})", is_fatal=True)]


def _revision(connection: Connection) -> Finding:
    at, newest = migrate.current(connection), migrate.newest()
    if at == newest:
        return Finding("revision")
    said = f"the database is at {at}, the code at {newest}: run `wushe db upgrade`"
    return Finding("revision", said, is_fatal=True)


def _guards(connection: Connection) -> Finding:
    """Every trigger that keeps the book append-only must be there."""
    missing = guards.missing(connection)
    if not missing:
        return Finding("guards")
    return Finding("guards", f"missing: {', '.join(missing)}", is_fatal=True)


def _rights(connection: Connection) -> Finding:
    """On PostgreSQL the site's role must not be able to rewrite the book."""
    if connection.dialect.name == "sqlite":
        return Finding("rights", "who can write wushe.db can rewrite the book; triggers guard it")
    if not inspect(connection).has_table("entry"):
        return Finding("rights")
    may = connection.scalar(
        text(
            "SELECT has_table_privilege('entry', 'UPDATE')"
            " OR has_table_privilege('entry', 'DELETE')"
            " OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'entry'::regclass),"
            " 'USAGE')"
        )
    )
    if not may:
        return Finding("rights")
    return Finding(
        "rights",
        "this role could rewrite the book: give the site its own role (WUSHE_DATABASE_URL) and "
        "keep the owner's for migrations (WUSHE_OWNER_DATABASE_URL)",
    )


def _worker(session: Session) -> Finding:
    """What waits too long for the sealer tells that no worker runs."""
    if not any(sealed_in_time(session)):
        return Finding("worker")
    return Finding("worker", "entries wait too long for the sealer: is `wushe worker` running?")


def _set_aside(session: Session) -> list[Finding]:
    """What gateways said and nobody could believe, and what does not move, is for people."""
    alarms = events.alarms(session)
    messages = alarms.quarantined + alarms.set_aside
    waiting = {
        "payments without a result for a day": alarms.stuck,
        "refunds without an answer for a day": alarms.unanswered,
        "differences with a gateway's list": alarms.drifts,
        "open disputes": alarms.disputes,
    }
    said = ", ".join(f"{number} {what}" for what, number in waiting.items() if number)
    return [
        Finding(
            "gateway events", f"{messages} set aside for people to look at" if messages else ""
        ),
        Finding("gateways", said),
    ]


def _letters(session: Session) -> Finding:
    """Letters that were tried too often are owed until people have looked."""
    failed = letters.failed(session)
    return Finding("letters", f"{failed} could not be sent: see `last_error`" if failed else "")


def _index() -> Finding:
    missing = indexing.is_missing(ports().index)
    return Finding("index", "not built: run `wushe search rebuild`" if missing else "")


def _around() -> list[Finding]:
    payments = "the sandbox: no real money moves" if ports().gateway.is_sandbox else ""
    secure = "" if settings().is_secure else "plain http: for this machine only"
    return [Finding("payments", payments), Finding("transport", secure)]
