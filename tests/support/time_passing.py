"""Time that passes for what the database keeps as it was announced.

A page in a browser is served by a process with a clock of its own, so a day is brought nearer by
writing it anew; where a trigger refuses that, the owner takes the trigger away for the moment.
"""

from sqlalchemy import Connection, create_engine, text

from tests.support.databases import Address


def write_against_guard(
    address: Address, table: str, guard: str, statement: str, **values: object
) -> None:
    """Run one statement that this trigger of the table refuses, as the owner."""
    engine = create_engine(address.owner_url)
    with engine.begin() as owner:
        if engine.dialect.name == "postgresql":
            owner.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {guard}"))
            owner.execute(text(statement), values)
            owner.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {guard}"))
        else:
            kept = _written(owner, guard)
            owner.execute(text(f"DROP TRIGGER {guard}"))
            owner.execute(text(statement), values)
            owner.exec_driver_sql(kept)
    engine.dispose()


def _written(owner: Connection, guard: str) -> str:
    """How SQLite was told of a trigger."""
    query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    return str(owner.execute(query, {"name": guard}).scalar_one())
