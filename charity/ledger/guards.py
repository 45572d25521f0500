"""The last wall: what the database itself refuses, whoever asks.

Facts are only inserted; a transfer beyond the number its entry declared is late; an interval that
overlaps, leaves the line or exceeds its outflow is no piece. The piece trigger *updates* the
line's head rather than only reading it, so that two spenders under any isolation level collide
there instead of consuming the same fen.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from charity.ledger.models import ERASABLE, FACTS

#: Facts of other contexts that are only inserted as well.
OTHER_FACTS = ("approval_decision", "payout", "project_review")

_SQLITE = {
    "transfer_declared": """BEFORE INSERT ON transfer BEGIN
  SELECT raise(ABORT, 'guard: late transfer') WHERE NEW.number < 0
    OR NEW.number >= (SELECT transfers FROM entry WHERE id = NEW.entry_id);
END""",
    "placement_fits": """BEFORE INSERT ON placement BEGIN
  SELECT raise(ABORT, 'guard: placement differs from inflow') WHERE NOT EXISTS (
    SELECT 1 FROM inflow WHERE id = NEW.inflow_id AND line_id = NEW.line_id
      AND amount = NEW.stop - NEW.start);
END""",
    "piece_free": """BEFORE INSERT ON piece BEGIN
  SELECT raise(ABORT, 'guard: consumed twice') WHERE
    (SELECT stop FROM piece WHERE line_id = NEW.line_id AND start < NEW.stop
     ORDER BY start DESC LIMIT 1) > NEW.start;
  SELECT raise(ABORT, 'guard: beyond the line') WHERE NEW.stop > coalesce(
    (SELECT stop FROM placement WHERE line_id = NEW.line_id ORDER BY start DESC LIMIT 1), 0);
  SELECT raise(ABORT, 'guard: beyond the outflow') WHERE NEW.start_offset <> coalesce(
    (SELECT start_offset + stop - start FROM piece WHERE outflow_id = NEW.outflow_id
     ORDER BY start_offset DESC LIMIT 1), 0)
    OR NEW.start_offset + NEW.stop - NEW.start >
       (SELECT amount FROM outflow WHERE id = NEW.outflow_id);
END""",
    "piece_spent": """AFTER INSERT ON piece BEGIN
  UPDATE line_head SET spent = spent + NEW.stop - NEW.start WHERE line_id = NEW.line_id;
END""",
    "hold_taken": """AFTER INSERT ON hold BEGIN
  UPDATE line_head SET held = held + NEW.amount WHERE line_id = NEW.line_id;
END""",
    "hold_given_back": """AFTER DELETE ON hold BEGIN
  UPDATE line_head SET held = held - OLD.amount WHERE line_id = OLD.line_id;
END""",
    "hold_fixed": """BEFORE UPDATE ON hold BEGIN
  SELECT raise(ABORT, 'guard: a hold is taken or given back, never changed');
END""",
}

_POSTGRESQL = {
    "transfer_declared": (
        "BEFORE INSERT ON transfer FOR EACH ROW",
        "",
        """BEGIN
  IF NEW.number < 0 OR NEW.number >= (SELECT transfers FROM entry WHERE id = NEW.entry_id) THEN
    RAISE EXCEPTION 'guard: late transfer' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "entry_complete": (
        "AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "",
        """BEGIN
  IF (SELECT count(*) FROM transfer WHERE entry_id = NEW.id) <> NEW.transfers THEN
    RAISE EXCEPTION USING ERRCODE = '23514',
      MESSAGE = 'guard: entry ' || NEW.id || ' lacks transfers';
  END IF;
  RETURN NULL;
END""",
    ),
    "placement_fits": (
        "BEFORE INSERT ON placement FOR EACH ROW",
        "",
        """BEGIN
  IF NOT EXISTS (SELECT 1 FROM inflow WHERE id = NEW.inflow_id AND line_id = NEW.line_id
                 AND amount = NEW.stop - NEW.start) THEN
    RAISE EXCEPTION 'guard: placement differs from inflow' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "piece_free": (
        "BEFORE INSERT ON piece FOR EACH ROW",
        "DECLARE found bigint;",
        """BEGIN
  UPDATE line_head SET spent = spent + NEW.stop - NEW.start WHERE line_id = NEW.line_id;
  SELECT stop INTO found FROM piece WHERE line_id = NEW.line_id AND start < NEW.stop
    ORDER BY start DESC LIMIT 1;
  IF found > NEW.start THEN
    RAISE EXCEPTION 'guard: consumed twice' USING ERRCODE = '23514';
  END IF;
  SELECT stop INTO found FROM placement WHERE line_id = NEW.line_id ORDER BY start DESC LIMIT 1;
  IF NEW.stop > coalesce(found, 0) THEN
    RAISE EXCEPTION 'guard: beyond the line' USING ERRCODE = '23514';
  END IF;
  SELECT start_offset + stop - start INTO found FROM piece WHERE outflow_id = NEW.outflow_id
    ORDER BY start_offset DESC LIMIT 1;
  IF NEW.start_offset <> coalesce(found, 0) OR NEW.start_offset + NEW.stop - NEW.start >
     (SELECT amount FROM outflow WHERE id = NEW.outflow_id) THEN
    RAISE EXCEPTION 'guard: beyond the outflow' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END""",
    ),
    "outflow_covered": (
        "AFTER INSERT ON outflow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
        "DECLARE covered bigint; reach bigint;",
        """BEGIN
  IF EXISTS (SELECT 1 FROM pending WHERE inflow_id = NEW.of_inflow_id) THEN
    RETURN NULL;
  END IF;
  SELECT sum(stop - start), max(start_offset + stop - start) INTO covered, reach
    FROM piece WHERE outflow_id = NEW.id;
  IF covered IS DISTINCT FROM NEW.amount OR reach <> NEW.amount THEN
    RAISE EXCEPTION USING ERRCODE = '23514',
      MESSAGE = 'guard: outflow ' || NEW.id || ' is not covered';
  END IF;
  RETURN NULL;
END""",
    ),
    "hold_taken": (
        "AFTER INSERT ON hold FOR EACH ROW",
        "",
        """BEGIN
  UPDATE line_head SET held = held + NEW.amount WHERE line_id = NEW.line_id;
  RETURN NULL;
END""",
    ),
    "hold_given_back": (
        "AFTER DELETE ON hold FOR EACH ROW",
        "",
        """BEGIN
  UPDATE line_head SET held = held - OLD.amount WHERE line_id = OLD.line_id;
  RETURN NULL;
END""",
    ),
    "hold_fixed": (
        "BEFORE UPDATE ON hold FOR EACH ROW",
        "",
        """BEGIN
  RAISE EXCEPTION 'guard: a hold is taken or given back, never changed' USING ERRCODE = '23514';
END""",
    ),
}

#: Neighbour look-ups planned while tables were empty must not become table scans later.
_INDEX_ONLY = ("piece_free", "placement_fits", "transfer_declared")


def statements(dialect: str) -> list[str]:
    """The DDL that sets up every guard, for `sqlite` or `postgresql`."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def triggers(dialect: str) -> set[str]:
    """Names of the triggers that must be present."""
    facts = (*FACTS, *OTHER_FACTS)
    names = {f"guard_{table}_update" for table in (*facts, *ERASABLE)}
    names |= {f"guard_{table}_delete" for table in facts}
    if dialect == "sqlite":
        return names | {f"guard_{name}" for name in _SQLITE}
    names |= {f"guard_{table}_truncate" for table in (*facts, *ERASABLE)}
    return names | {f"guard_{name}" for name in _POSTGRESQL}


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
    ddl = [f"CREATE TRIGGER guard_{name} {body}" for name, body in _SQLITE.items()]
    for table in (*FACTS, *OTHER_FACTS, *ERASABLE):
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
    for name, (when, declare, body) in _POSTGRESQL.items():
        ddl.append(
            f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = pg_catalog, public AS $$ {declare} {body} $$"
        )
        if name in _INDEX_ONLY:
            ddl.append(f"ALTER FUNCTION guard_{name}() SET enable_seqscan = off")
        constraint = "CONSTRAINT " if "DEFERRABLE" in when else ""
        ddl.append(
            f"CREATE {constraint}TRIGGER guard_{name} {when} EXECUTE FUNCTION guard_{name}()"
        )
    for table in (*FACTS, *OTHER_FACTS, *ERASABLE):
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
    names = ["append_only", *_POSTGRESQL]
    return [f"DROP FUNCTION IF EXISTS guard_{name}() CASCADE" for name in names]


def grants(role: str, tables: Iterable[str]) -> list[str]:
    """What the application's role may do on PostgreSQL, table by table.

    Facts: read and append. Erasable texts: also delete. Everything else: the usual four.
    """
    quoted = '"' + role.replace('"', '""') + '"'
    ddl = [f"GRANT USAGE ON SCHEMA public TO {quoted}"]
    for table in sorted(tables):
        if table in FACTS or table in OTHER_FACTS:
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
