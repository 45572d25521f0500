"""The last wall: what the database itself refuses, whoever asks.

Facts are only inserted; a transfer beyond the number its entry declared is late; an interval that
overlaps, leaves the line or exceeds its outflow is no piece. The piece trigger *updates* the
line's head rather than only reading it, so that two spenders under any isolation level collide
there instead of consuming the same fen. What is posted is never changed (GL-01).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from charity.ledger.guards.postgresql import DEFINER, INDEX_ONLY, POSTGRESQL
from charity.ledger.guards.sqlite import SQLITE
from charity.ledger.models import ERASABLE, FACTS

#: Facts of other contexts that are only inserted as well.
OTHER_FACTS = (
    "approval_decision",
    "disclosure_entry",
    "eligibility_decision",
    "payout",
    "person_departure",
    "project_review",
    "restriction",
    "restriction_lift",
    "verification",
)


@dataclass(frozen=True, slots=True)
class GuardSet:
    """The walls of another context, set and looked after together with the book's.

    `facts` are tables that are only inserted. `sqlite` holds triggers by name, each from `BEFORE`
    on; `postgresql` when, declarations and body by name; `definer` those that run as the owner,
    because they lock what the application's role may only read.
    """

    context: str
    facts: tuple[str, ...] = ()
    sqlite: Mapping[str, str] = field(default_factory=dict)
    postgresql: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    definer: tuple[str, ...] = ()


#: By context; each adds its own when its tables become known (`add`).
_MORE: dict[str, GuardSet] = {}


def add(more: GuardSet) -> None:
    """Make the walls of another context known; the same context again replaces its own."""
    _MORE[more.context] = more


def facts() -> tuple[str, ...]:
    """Every table that is only inserted, whichever context it is of."""
    return (*FACTS, *OTHER_FACTS, *(table for more in _MORE.values() for table in more.facts))


def _of_sqlite() -> dict[str, str]:
    return {**SQLITE, **{k: v for more in _MORE.values() for k, v in more.sqlite.items()}}


def _of_postgresql() -> dict[str, tuple[str, str, str]]:
    return {**POSTGRESQL, **{k: v for more in _MORE.values() for k, v in more.postgresql.items()}}


def _definers() -> tuple[str, ...]:
    return (*DEFINER, *(name for more in _MORE.values() for name in more.definer))


def statements(dialect: str) -> list[str]:
    """The DDL that sets up every guard, for `sqlite` or `postgresql`."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def triggers(dialect: str) -> set[str]:
    """Names of the triggers that must be present."""
    names = {f"guard_{table}_update" for table in (*facts(), *ERASABLE)}
    names |= {f"guard_{table}_delete" for table in facts()}
    if dialect == "sqlite":
        return names | {f"guard_{name}" for name in _of_sqlite()}
    names |= {f"guard_{table}_truncate" for table in (*facts(), *ERASABLE)}
    return names | {f"guard_{name}" for name in _of_postgresql()}


def missing(connection: Connection) -> list[str]:
    """Names of the triggers that should guard this database and are absent or switched off."""
    dialect = connection.dialect.name
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    )
    return sorted(triggers(dialect) - set(connection.scalars(text(query))))


def _sqlite() -> list[str]:
    ddl = [f"CREATE TRIGGER guard_{name} {body}" for name, body in _of_sqlite().items()]
    for table in (*facts(), *ERASABLE):
        for operation in ("UPDATE",) if table in ERASABLE else ("UPDATE", "DELETE"):
            ddl.append(
                f"CREATE TRIGGER guard_{table}_{operation.lower()} BEFORE {operation} ON {table} "
                "BEGIN SELECT raise(ABORT, 'guard: append-only'); END"
            )
    return ddl


def _postgresql() -> list[str]:
    ddl = [
        "CREATE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING ERRCODE = '23514', "
        "MESSAGE = 'guard: append-only: ' || TG_OP || ' on ' || TG_TABLE_NAME; END $$"
    ]
    for name, (when, declare, body) in _of_postgresql().items():
        ddl.append(
            f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ {declare} {body} $$"
        )
        if name in _definers():
            ddl.append(
                f"ALTER FUNCTION guard_{name}() SECURITY DEFINER"
                " SET search_path = pg_catalog, public, pg_temp"
            )
        if name in INDEX_ONLY:
            ddl.append(f"ALTER FUNCTION guard_{name}() SET enable_seqscan = off")
        constraint = "CONSTRAINT " if "DEFERRABLE" in when else ""
        ddl.append(
            f"CREATE {constraint}TRIGGER guard_{name} {when} EXECUTE FUNCTION guard_{name}()"
        )
    for table in (*facts(), *ERASABLE):
        for operation in ("UPDATE",) if table in ERASABLE else ("UPDATE", "DELETE"):
            ddl.append(_refuse(table, operation, "ROW"))
        ddl.append(_refuse(table, "TRUNCATE", "STATEMENT"))
    return ddl


def _refuse(table: str, operation: str, each: str) -> str:
    return (
        f"CREATE TRIGGER guard_{table}_{operation.lower()} BEFORE {operation} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION guard_append_only()"
    )


def removal(dialect: str) -> list[str]:
    """The DDL that takes the guards' functions away again, once their tables are dropped."""
    if dialect == "sqlite":
        return []
    names = ["append_only", *_of_postgresql()]
    return [f"DROP FUNCTION IF EXISTS guard_{name}() CASCADE" for name in names]


def grants(role: str, tables: Iterable[str]) -> list[str]:
    """What the application's role may do on PostgreSQL, table by table.

    Facts: read and append. Erasable texts: also delete. Everything else: the usual four.
    """
    quoted = '"' + role.replace('"', '""') + '"'
    ddl = [f"GRANT USAGE ON SCHEMA public TO {quoted}"]
    inserted = facts()
    for table in sorted(tables):
        if table in inserted:
            rights = "SELECT, INSERT"
        elif table in ERASABLE:
            rights = "SELECT, INSERT, DELETE"
        elif table == "alembic_version":
            rights = "SELECT"
        else:
            rights = "SELECT, INSERT, UPDATE, DELETE"
        ddl.append(f"REVOKE ALL ON TABLE {table} FROM {quoted}")
        ddl.append(f"GRANT {rights} ON TABLE {table} TO {quoted}")
    ddl.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
    return ddl
