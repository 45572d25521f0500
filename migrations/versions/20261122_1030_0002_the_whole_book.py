"""The whole book: deeds, closings, origins, goods, published heads and kept totals.

Entries posted before keep their form (1). On SQLite three tables are made anew, because their
constraints change; the guards, which would refuse that, are set again by migrations/env.py.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from charity.ledger import guards

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Codes of the chart that books opened before do not have yet.
NEW_CODES = (
    "1101",
    "1121",
    "1122",
    "1141",
    "1201",
    "1301",
    "1401",
    "1402",
    "1501",
    "1502",
    "1506",
    "1601",
    "1701",
    "2101",
    "2201",
    "2202",
    "2203",
    "2204",
    "2206",
    "2209",
    "2401",
    "2501",
    "2502",
    "2601",
    "3901",
    "4201.1",
    "4201.2",
    "4301.1",
    "4301.2",
    "4401.1",
    "4401.2",
    "4501.1",
    "4501.2",
    "4601.1",
    "4601.2",
    "4901.1",
    "4901.2",
    "5401",
)

#: Newest first, so that each goes before what it refers to.
NEW_TABLES = (
    "outflow_share",
    "outflow_total",
    "fund_month",
    "account_day",
    "day_head",
    "goods_use",
    "goods_lot",
    "deed",
    "closing",
    "fund_closing",
    "purpose_decision",
    "committee_member",
    "account_mapping",
)

#: SQLite: table, and what its definition said and says now.
REBUILT: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "line",
        (
            (
                "earmark VARCHAR(200) NOT NULL, \n",
                "earmark VARCHAR(200) NOT NULL, \n\tkind VARCHAR(40) NOT NULL, \n",
            ),
            (
                "CONSTRAINT pk_line PRIMARY KEY (id), \n",
                "CONSTRAINT pk_line PRIMARY KEY (id), \n\tCONSTRAINT ck_line_earmark"
                " CHECK ((kind = 'general') = (earmark = '')), \n",
            ),
        ),
    ),
    (
        "entry",
        (
            (
                "occurred_on DATE NOT NULL, \n",
                "occurred_on DATE NOT NULL, \n\tbooked_on DATE NOT NULL, \n"
                "\treverses_id INTEGER, \n",
            ),
            (
                "transfers INTEGER NOT NULL, \n",
                "transfers INTEGER NOT NULL, \n\tform INTEGER NOT NULL, \n",
            ),
            (
                "CONSTRAINT ck_entry_transfers_positive CHECK (transfers > 0), \n",
                "CONSTRAINT ck_entry_transfers_declared"
                " CHECK ((kind = 'deed') = (transfers = 0)), \n"
                "\tCONSTRAINT ck_entry_booked_not_before CHECK (booked_on >= occurred_on), \n"
                "\tCONSTRAINT fk_entry_reverses_id FOREIGN KEY(reverses_id)"
                " REFERENCES entry (id), \n"
                "\tCONSTRAINT uq_entry_reverses_id UNIQUE (reverses_id), \n",
            ),
        ),
    ),
    (
        "inflow",
        (
            (
                "giver_digest BLOB NOT NULL, \n",
                "income VARCHAR(40) NOT NULL, \n\tgiver_digest BLOB, \n"
                "\torigin_outflow_id INTEGER, \n\torigin_offset INTEGER, \n",
            ),
            (
                "CONSTRAINT pk_inflow PRIMARY KEY (id), \n",
                "CONSTRAINT pk_inflow PRIMARY KEY (id), \n"
                "\tCONSTRAINT ck_inflow_origin CHECK ((origin_outflow_id IS NULL)"
                " = (origin_offset IS NULL) AND (origin_offset IS NULL OR origin_offset >= 0)), \n"
                "\tCONSTRAINT ck_inflow_internal CHECK (income <> 'internal'"
                " OR origin_outflow_id IS NOT NULL), \n"
                "\tCONSTRAINT fk_inflow_origin_outflow_id FOREIGN KEY(origin_outflow_id)"
                " REFERENCES outflow (id), \n"
                "\tCONSTRAINT uq_inflow_origin_outflow_id_origin_offset"
                " UNIQUE (origin_outflow_id, origin_offset), \n",
            ),
        ),
    ),
    (
        "outflow",
        (
            (
                "CONSTRAINT ck_outflow_fee_of_inflow"
                " CHECK ((kind = 'fee') = (of_inflow_id IS NOT NULL)), \n",
                "CONSTRAINT ck_outflow_of_inflow CHECK (of_inflow_id IS NOT NULL"
                " OR kind NOT IN ('fee', 'refund', 'reversal')), \n",
            ),
            (
                "UNIQUE (entry_id, number), \n\tCONSTRAINT uq_outflow_of_inflow_id"
                " UNIQUE (of_inflow_id)\n",
                "UNIQUE (entry_id, number)\n",
            ),
        ),
    ),
)


def upgrade() -> None:
    """Widen what is there, then add what is new."""
    remove_guards()
    if op.get_bind().dialect.name == "sqlite":
        rebuild("line", {"kind": "'general'"})
        rebuild(
            "entry",
            {"booked_on": "occurred_on", "reverses_id": "NULL", "form": "1"},
        )
        rebuild(
            "inflow",
            {"income": "'donation'", "origin_outflow_id": "NULL", "origin_offset": "NULL"},
        )
        rebuild("outflow", {})
    else:
        widen_line()
        widen_entry()
        widen_flows()
    op.create_index("ix_entry_book_id_booked_on", "entry", ["book_id", "booked_on"])
    op.create_index("ix_outflow_of_inflow_id", "outflow", ["of_inflow_id"])
    op.create_index(
        "ix_seal_book_id_first_position", "seal", ["book_id", "first_position"], unique=True
    )
    widen_the_rest()
    create_facts()
    create_totals()
    complete_charts()
    add_up_what_is_sealed()


def remove_guards() -> None:
    """Take the guards away while tables change; env.py sets them again."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        query = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.scalars(query).all():
            op.execute(f"DROP TRIGGER {name}")
    for statement in guards.removal(connection.dialect.name):
        op.execute(statement)


def rebuild(table: str, values: dict[str, str], *, back: bool = False) -> None:
    """SQLite: make a table anew with other constraints, keep its rows and indexes.

    `values` says what new columns hold in the rows that are there. The rows wait in a table beside
    and come back under their keys: what other tables refer to is missed and found again, so that
    the deferred count of broken references is zero in the end. (A renamed copy leaves it open.)
    """
    connection = op.get_bind()
    op.execute("PRAGMA defer_foreign_keys = ON")
    definition, indexes, columns = _described(connection, table)
    for old, new in dict(REBUILT)[table]:
        before, after = (new, old) if back else (old, new)
        if before not in definition:
            raise RuntimeError(f"the definition of {table} is not the one this migration knows")
        definition = definition.replace(before, after)
    kept = [name for name in columns if f"\t{name} " in definition]
    whole = sa.select(*map(sa.column, kept)).select_from(sa.table(table))
    op.execute(f"CREATE TEMP TABLE waiting AS {whole}")
    op.execute(sa.delete(sa.table(table)))
    op.execute(f"DROP TABLE {table}")
    op.execute(definition)
    filled = [sa.literal_column(value) for value in values.values()]
    rows = sa.select(*map(sa.column, kept), *filled).select_from(sa.table("waiting"))
    target = sa.table(table, *map(sa.column, [*kept, *values]))
    op.execute(target.insert().from_select([*kept, *values], rows))
    op.execute("DROP TABLE waiting")
    for index in indexes:
        op.execute(index)


def _described(connection: sa.Connection, table: str) -> tuple[str, list[str], list[str]]:
    rows = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :t AND sql IS NOT NULL"),
        {"t": table},
    ).all()
    definition = next(sql for kind, sql in rows if kind == "table")
    indexes = [sql for kind, sql in rows if kind == "index"]
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    return definition.replace(f'"{table}"', table, 1), indexes, columns


def widen_entry() -> None:
    """PostgreSQL: the day an entry counts for, what it reverses, its form."""
    op.add_column("entry", sa.Column("booked_on", sa.Date(), nullable=True))
    op.add_column("entry", sa.Column("reverses_id", BIG_ID, nullable=True))
    op.add_column("entry", sa.Column("form", BIG_ID, nullable=False, server_default=sa.text("1")))
    op.execute("UPDATE entry SET booked_on = occurred_on")
    op.alter_column("entry", "booked_on", nullable=False)
    op.alter_column("entry", "form", server_default=None)
    op.create_foreign_key("fk_entry_reverses_id", "entry", "entry", ["reverses_id"], ["id"])
    op.create_unique_constraint("uq_entry_reverses_id", "entry", ["reverses_id"])
    op.drop_constraint(op.f("ck_entry_transfers_positive"), "entry", type_="check")
    op.create_check_constraint(
        op.f("ck_entry_transfers_declared"), "entry", "(kind = 'deed') = (transfers = 0)"
    )
    op.create_check_constraint(
        op.f("ck_entry_booked_not_before"), "entry", "booked_on >= occurred_on"
    )


def widen_line() -> None:
    """PostgreSQL: kinds of lines."""
    op.add_column(
        "line",
        sa.Column("kind", sa.String(40), nullable=False, server_default=sa.text("'general'")),
    )
    op.alter_column("line", "kind", server_default=None)
    op.create_check_constraint(
        op.f("ck_line_earmark"), "line", "(kind = 'general') = (earmark = '')"
    )


def widen_flows() -> None:
    """PostgreSQL: where money comes from, and outflows of one inflow that are no fee."""
    op.add_column(
        "inflow",
        sa.Column("income", sa.String(40), nullable=False, server_default=sa.text("'donation'")),
    )
    op.alter_column("inflow", "income", server_default=None)
    op.alter_column("inflow", "giver_digest", nullable=True)
    op.add_column("inflow", sa.Column("origin_outflow_id", BIG_ID, nullable=True))
    op.add_column("inflow", sa.Column("origin_offset", BIG_ID, nullable=True))
    op.create_foreign_key(
        "fk_inflow_origin_outflow_id", "inflow", "outflow", ["origin_outflow_id"], ["id"]
    )
    op.create_unique_constraint(
        "uq_inflow_origin_outflow_id_origin_offset",
        "inflow",
        ["origin_outflow_id", "origin_offset"],
    )
    op.create_check_constraint(
        op.f("ck_inflow_origin"),
        "inflow",
        "(origin_outflow_id IS NULL) = (origin_offset IS NULL)"
        " AND (origin_offset IS NULL OR origin_offset >= 0)",
    )
    op.create_check_constraint(
        op.f("ck_inflow_internal"),
        "inflow",
        "income <> 'internal' OR origin_outflow_id IS NOT NULL",
    )
    op.drop_constraint(op.f("ck_outflow_fee_of_inflow"), "outflow", type_="check")
    op.drop_constraint(op.f("uq_outflow_of_inflow_id"), "outflow", type_="unique")
    op.create_check_constraint(
        op.f("ck_outflow_of_inflow"),
        "outflow",
        "of_inflow_id IS NOT NULL OR kind NOT IN ('fee', 'refund', 'reversal')",
    )


def widen_the_rest() -> None:
    """Names of sub-accounts, places that have an origin."""
    op.add_column(
        "account", sa.Column("name", sa.String(200), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "placement",
        sa.Column("derived", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_placement_derived",
        "placement",
        ["line_id", "stop"],
        postgresql_where=sa.text("derived"),
        sqlite_where=sa.text("derived"),
    )


def complete_charts() -> None:
    """Give every book the accounts of the chart it was opened without."""
    connection = op.get_bind()
    for book_id in connection.scalars(sa.text("SELECT id FROM book ORDER BY id")).all():
        has = sa.text("SELECT code FROM account WHERE book_id = :book")
        there = set(connection.scalars(has, {"book": book_id}))
        for code in [code for code in NEW_CODES if code not in there]:
            connection.execute(
                sa.text("INSERT INTO account (book_id, code, name) VALUES (:book, :code, '')"),
                {"book": book_id, "code": code},
            )


def create_facts() -> None:
    """Deeds, closings, decisions, goods, the heads of days; and two tables that may change."""
    op.create_table(
        "day_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seals", BIG_ID, nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_head")),
        sa.UniqueConstraint("head", name=op.f("uq_day_head_head")),
    )
    op.create_table(
        "account_mapping",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("shown_code", sa.String(length=20), nullable=False),
        sa.Column("shown_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_account_mapping_book_id")),
        sa.PrimaryKeyConstraint(
            "book_id", "code", "in_force_from", name=op.f("pk_account_mapping")
        ),
    )
    op.create_table(
        "closing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("of_year", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_closing_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("book_id", "through", name=op.f("uq_closing_book_id_through")),
    )
    op.create_index(op.f("ix_closing_book_id"), "closing", ["book_id"], unique=False)
    op.create_table(
        "committee_member",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_committee_member_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_member")),
    )
    op.create_index(
        op.f("ix_committee_member_fund_id"), "committee_member", ["fund_id"], unique=False
    )
    op.create_table(
        "deed",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", BIG_ID, nullable=False),
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_deed_entry_id")),
        sa.PrimaryKeyConstraint("subject", "subject_id", name=op.f("pk_deed")),
    )
    op.create_index(op.f("ix_deed_entry_id"), "deed", ["entry_id"], unique=False)
    op.create_table(
        "fund_closing",
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_closing_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_fund_closing")),
    )
    op.create_table(
        "purpose_decision",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("into_fund_id", BIG_ID, nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("refiling_number", sa.String(length=200), nullable=False),
        sa.Column("consents", sa.String(length=64), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(basis = 'refiled') = (refiling_number <> '')",
            name=op.f("ck_purpose_decision_refiling_number"),
        ),
        sa.CheckConstraint("fund_id <> into_fund_id", name=op.f("ck_purpose_decision_two_funds")),
        sa.ForeignKeyConstraint(
            ["book_id", "fund_id"],
            ["fund.book_id", "fund.id"],
            name=op.f("fk_purpose_decision_book_id_fund_id"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "into_fund_id"],
            ["fund.book_id", "fund.id"],
            name=op.f("fk_purpose_decision_book_id_into_fund_id"),
        ),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_purpose_decision_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purpose_decision")),
    )
    op.create_index(
        op.f("ix_purpose_decision_book_id"), "purpose_decision", ["book_id"], unique=False
    )
    op.create_index(
        op.f("ix_purpose_decision_fund_id"), "purpose_decision", ["fund_id"], unique=False
    )
    op.create_index(
        op.f("ix_purpose_decision_into_fund_id"), "purpose_decision", ["into_fund_id"], unique=False
    )
    op.create_table(
        "goods_lot",
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_goods_lot_quantity_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_goods_lot_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_goods_lot")),
    )
    op.create_table(
        "goods_use",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("outflow_id", BIG_ID, nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_goods_use_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["goods_lot.line_id"], name=op.f("fk_goods_use_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["outflow_id"], ["outflow.id"], name=op.f("fk_goods_use_outflow_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_use")),
        sa.UniqueConstraint("outflow_id", name=op.f("uq_goods_use_outflow_id")),
    )
    op.create_index(op.f("ix_goods_use_line_id"), "goods_use", ["line_id"], unique=False)


def create_totals() -> None:
    """What is kept when entries are sealed."""
    op.create_table(
        "account_day",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("debit >= 0 AND credit >= 0", name=op.f("ck_account_day_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_day_account_id")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_account_day_book_id")),
        sa.PrimaryKeyConstraint("book_id", "day", "account_id", name=op.f("pk_account_day")),
    )
    op.create_table(
        "fund_month",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("debit >= 0 AND credit >= 0", name=op.f("ck_fund_month_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_fund_month_account_id")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_fund_month_book_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_month_fund_id")),
        sa.PrimaryKeyConstraint(
            "book_id", "month", "fund_id", "account_id", name=op.f("pk_fund_month")
        ),
    )
    op.create_index(op.f("ix_fund_month_fund_id"), "fund_month", ["fund_id"], unique=False)
    op.create_index(op.f("ix_fund_month_account_id"), "fund_month", ["account_id"], unique=False)
    op.create_index(op.f("ix_account_day_account_id"), "account_day", ["account_id"], unique=False)
    op.create_table(
        "outflow_share",
        sa.Column("outflow_id", BIG_ID, nullable=False),
        sa.Column("share_of", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("gifts", BIG_ID, nullable=False),
        sa.Column("givers", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["outflow_id"], ["outflow.id"], name=op.f("fk_outflow_share_outflow_id")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_outflow_share_amount_positive")),
        sa.PrimaryKeyConstraint("outflow_id", "share_of", "value", name=op.f("pk_outflow_share")),
    )
    op.create_table(
        "outflow_total",
        sa.Column("outflow_id", BIG_ID, nullable=False),
        sa.Column("gifts", BIG_ID, nullable=False),
        sa.Column("givers", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["outflow_id"], ["outflow.id"], name=op.f("fk_outflow_total_outflow_id")
        ),
        sa.PrimaryKeyConstraint("outflow_id", name=op.f("pk_outflow_total")),
    )


#: One side of every sealed transfer. Form 1 knows no origins: the gifts behind an outflow stand on
#: the line it left.
SIDE = """
SELECT t.book_id, {day} AS day, t.{side}_fund_id AS fund_id, t.{side}_account_id AS account_id,
       {debit} AS debit, {credit} AS credit
FROM transfer t
JOIN entry e ON e.id = t.entry_id
JOIN sealed_entry s ON s.entry_id = e.id
"""
ACCOUNT_DAYS = """
INSERT INTO account_day (book_id, day, account_id, debit, credit)
SELECT book_id, day, account_id, sum(debit), sum(credit) FROM ({sides}) AS side
GROUP BY book_id, day, account_id
"""
FUND_MONTHS = """
INSERT INTO fund_month (book_id, month, fund_id, account_id, debit, credit)
SELECT book_id, day, fund_id, account_id, sum(debit), sum(credit) FROM ({sides}) AS side
WHERE fund_id IS NOT NULL
GROUP BY book_id, day, fund_id, account_id
"""
GIFTS = """
SELECT o.id AS outflow_id, i.id AS inflow_id, i.income,
       CASE WHEN p.stop < c.stop THEN p.stop ELSE c.stop END
       - CASE WHEN p.start > c.start THEN p.start ELSE c.start END AS fen,
       coalesce(g.giver_key, 'inflow:' || i.id) AS giver_key,
       coalesce(g.giver_kind, '') AS giver_kind, coalesce(g.place, '') AS place
FROM outflow o
JOIN sealed_entry s ON s.entry_id = o.entry_id
JOIN piece c ON c.outflow_id = o.id
JOIN placement p ON p.line_id = c.line_id AND p.start < c.stop AND p.stop > c.start
JOIN inflow i ON i.id = p.inflow_id
LEFT JOIN inflow_giver g ON g.inflow_id = i.id
"""
OUTFLOW_TOTALS = """
INSERT INTO outflow_total (outflow_id, gifts, givers)
SELECT outflow_id, count(DISTINCT inflow_id), count(DISTINCT giver_key)
FROM ({gifts}) AS gift GROUP BY outflow_id
"""
OUTFLOW_SHARES = """
INSERT INTO outflow_share (outflow_id, share_of, value, amount, gifts, givers)
SELECT outflow_id, '{share}', {share}, sum(fen),
       count(DISTINCT inflow_id), count(DISTINCT giver_key)
FROM ({gifts}) AS gift GROUP BY outflow_id, {share}
"""


def add_up_what_is_sealed() -> None:
    """Keep the totals of what was sealed before they were kept."""
    month = "date_trunc('month', e.booked_on)::date"
    if op.get_bind().dialect.name == "sqlite":
        month = "date(e.booked_on, 'start of month')"
    for totals, day in ((ACCOUNT_DAYS, "e.booked_on"), (FUND_MONTHS, month)):
        debits = SIDE.format(day=day, side="debit", debit="t.amount", credit="0")
        credits_ = SIDE.format(day=day, side="credit", debit="0", credit="t.amount")
        op.execute(totals.format(sides=f"{debits} UNION ALL {credits_}"))
    op.execute(OUTFLOW_TOTALS.format(gifts=GIFTS))
    for share in ("giver_kind", "place", "income"):
        op.execute(OUTFLOW_SHARES.format(gifts=GIFTS, share=share))


def downgrade() -> None:
    """Lead back, unless something was posted in the new form, which the old code cannot check."""
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT count(*) FROM entry WHERE form > 1")):
        raise RuntimeError("entries posted since this migration cannot be taken back")
    remove_guards()
    for table in NEW_TABLES:
        op.drop_table(table)
    op.drop_index("ix_entry_book_id_booked_on", table_name="entry")
    op.drop_index("ix_outflow_of_inflow_id", table_name="outflow")
    op.drop_index("ix_seal_book_id_first_position", table_name="seal")
    op.drop_index("ix_placement_derived", table_name="placement")
    op.drop_column("placement", "derived")
    op.drop_column("account", "name")
    if connection.dialect.name == "sqlite":
        for table, _ in REBUILT:
            rebuild(table, {}, back=True)
    else:
        op.drop_constraint(op.f("ck_line_earmark"), "line", type_="check")
        op.drop_column("line", "kind")
        narrow_flows()
        narrow_entry()


def narrow_flows() -> None:
    """PostgreSQL: back to fees as the only outflows of an inflow."""
    op.drop_constraint(op.f("ck_outflow_of_inflow"), "outflow", type_="check")
    op.create_check_constraint(
        op.f("ck_outflow_fee_of_inflow"), "outflow", "(kind = 'fee') = (of_inflow_id IS NOT NULL)"
    )
    op.create_unique_constraint("uq_outflow_of_inflow_id", "outflow", ["of_inflow_id"])
    for column in ("origin_offset", "origin_outflow_id"):
        op.drop_column("inflow", column)
    op.drop_column("inflow", "income")
    op.alter_column("inflow", "giver_digest", nullable=False)


def narrow_entry() -> None:
    """PostgreSQL: back to entries that count for the day they happened."""
    op.drop_constraint(op.f("ck_entry_transfers_declared"), "entry", type_="check")
    op.drop_constraint(op.f("ck_entry_booked_not_before"), "entry", type_="check")
    op.create_check_constraint(op.f("ck_entry_transfers_positive"), "entry", "transfers > 0")
    for column in ("form", "reverses_id", "booked_on"):
        op.drop_column("entry", column)
