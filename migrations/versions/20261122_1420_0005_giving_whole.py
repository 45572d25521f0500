"""Giving whole: promises, goods, months, teams, pools, refunds, statements, certificates, letters.

New columns are written as plain SQL that both databases read, with the constraint beside its
column, so that SQLite need not make a table anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Newest first, so that each goes before what it refers to.
NEW_TABLES = (
    "match_return",
    "match_sum",
    "cash_slip",
    "dispute",
    "cash_count",
    "statement_row",
    "refund",
    "gateway_drift",
    "receipt",
    "monthly_turn",
    "in_kind_item",
    "gift_match",
    "certificate",
    "pledge_hours",
    "pledge_fulfilment",
    "in_kind_gift",
    "pledge",
    "statement",
    "season_campaign",
    "refund_batch",
    "pool_exclusion",
    "pool_campaign",
    "monthly_plan",
    "match_flag",
    "giving_team",
    "campaign_member",
    "matching_pool",
    "season_organiser",
    "statement_mapping",
    "giving_season",
    "letter",
)

#: Table, column, its definition: `{id}` is the type of keys; what is there gets the default.
NEW_COLUMNS = (
    ("campaign", "platform_name", "VARCHAR(200)"),
    ("campaign", "platform_url", "TEXT"),
    (
        "donation",
        "refunded",
        "BIGINT NOT NULL DEFAULT 0 CONSTRAINT ck_donation_refunded_within"
        " CHECK (refunded >= 0 AND refunded <= amount)",
    ),
    (
        "donation",
        "pledge_id",
        "{id} CONSTRAINT fk_donation_pledge_id REFERENCES pledge (id)",
    ),
    (
        "donation",
        "team_id",
        "{id} CONSTRAINT fk_donation_team_id REFERENCES giving_team (id)",
    ),
    ("donation", "is_shown_to_organisation", "BOOLEAN NOT NULL DEFAULT {false}"),
    ("donation", "giver_key", "VARCHAR(64)"),
    ("donation", "forgotten_at", "{instant}"),
    ("donation", "person_id", "{id} CONSTRAINT fk_donation_person_id REFERENCES person (id)"),
    ("gateway_event", "subject_id", "VARCHAR(255)"),
    ("gateway_event", "intent_id", "VARCHAR(255)"),
    ("gateway_event", "attempts", "{id} NOT NULL DEFAULT 0"),
    ("gateway_event", "last_error", "TEXT"),
    (
        "gateway_event",
        "resolved_by_user_id",
        "{id} CONSTRAINT fk_gateway_event_resolved_by_user_id REFERENCES user_account (id)",
    ),
    ("gateway_event", "resolution", "TEXT NOT NULL DEFAULT ''"),
    ("payment", "fee_is_known", "BOOLEAN NOT NULL DEFAULT {true}"),
    ("payment", "account", "VARCHAR(20) NOT NULL DEFAULT '1009'"),
    ("payment", "intent_id", "VARCHAR(255)"),
    ("project", "mode", "VARCHAR(40) NOT NULL DEFAULT 'public_online'"),
    ("project", "platform_name", "VARCHAR(200) NOT NULL DEFAULT ''"),
    ("project", "platform_url", "TEXT NOT NULL DEFAULT ''"),
)

#: Columns of tables that were there, by which rows are looked up.
NEW_INDEXES = (
    ("donation", "giver_key"),
    ("donation", "person_id"),
    ("donation", "pledge_id"),
    ("donation", "team_id"),
    ("gateway_event", "resolved_by_user_id"),
    ("payment", "intent_id"),
)

WORDS = {
    "sqlite": {"id": "INTEGER", "instant": "DATETIME", "true": "1", "false": "0"},
    "postgresql": {
        "id": "BIGINT",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "true": "true",
        "false": "false",
    },
}


def upgrade() -> None:
    """Make the tables, then the columns that refer to them."""
    for make in TABLES:
        make()
    dialect = op.get_bind().dialect.name
    for table, column, definition in NEW_COLUMNS:
        words = definition.format(**WORDS[dialect])
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {words}")
        if dialect == "postgresql":
            op.alter_column(table, column, server_default=None)
    for table, column in NEW_INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    owed = sa.text("state = 'succeeded' AND NOT fee_is_known")
    op.create_index(
        "ix_payment_fee_owed", "payment", ["id"], sqlite_where=owed, postgresql_where=owed
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_payment_fee_owed", "payment")
    for table, column in NEW_INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, column, _ in reversed(NEW_COLUMNS):
        op.drop_column(table, column)
    for table in NEW_TABLES:
        op.drop_table(table)


def _letter() -> None:
    op.create_table(
        "letter",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", BIG_ID, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("source", name=op.f("uq_letter_source")),
    )
    op.create_index(
        "ix_letter_owed",
        "letter",
        ["id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def _giving_season() -> None:
    op.create_table(
        "giving_season",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("has_leaderboards", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.String(length=200), nullable=False),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_giving_season_period")),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_giving_season_created_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_giving_season")),
        sa.UniqueConstraint("name", name=op.f("uq_giving_season_name")),
    )
    op.create_index(
        op.f("ix_giving_season_created_by_user_id"),
        "giving_season",
        ["created_by_user_id"],
        unique=False,
    )


def _statement_mapping() -> None:
    op.create_table(
        "statement_mapping",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("bank", "platform", name="statementkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("changed_by_user_id", BIG_ID, nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_statement_mapping_changed_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_mapping")),
        sa.UniqueConstraint("name", name=op.f("uq_statement_mapping_name")),
    )
    op.create_index(
        op.f("ix_statement_mapping_changed_by_user_id"),
        "statement_mapping",
        ["changed_by_user_id"],
        unique=False,
    )


def _season_organiser() -> None:
    op.create_table(
        "season_organiser",
        sa.Column("season_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_season_organiser_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["giving_season.id"], name=op.f("fk_season_organiser_season_id")
        ),
        sa.PrimaryKeyConstraint("season_id", "organisation_id", name=op.f("pk_season_organiser")),
    )
    op.create_index(
        op.f("ix_season_organiser_organisation_id"),
        "season_organiser",
        ["organisation_id"],
        unique=False,
    )


def _matching_pool() -> None:
    op.create_table(
        "matching_pool",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sponsor_name", sa.String(length=200), nullable=False),
        sa.Column("sponsor_organisation_id", BIG_ID, nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("ratio_percent", BIG_ID, nullable=False),
        sa.Column("least_gift", sa.BigInteger(), nullable=False),
        sa.Column("cap_per_gift", sa.BigInteger(), nullable=True),
        sa.Column("cap_per_giver_day", sa.BigInteger(), nullable=True),
        sa.Column("cap_per_giver_campaign", sa.BigInteger(), nullable=True),
        sa.Column("cap_per_campaign", sa.BigInteger(), nullable=True),
        sa.Column("cap_per_organisation", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cooling_days", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "open", "frozen", "closed", name="poolstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rules_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "cap_per_campaign > 0", name=op.f("ck_matching_pool_cap_per_campaign_positive")
        ),
        sa.CheckConstraint("cap_per_gift > 0", name=op.f("ck_matching_pool_cap_per_gift_positive")),
        sa.CheckConstraint(
            "cap_per_giver_campaign > 0",
            name=op.f("ck_matching_pool_cap_per_giver_campaign_positive"),
        ),
        sa.CheckConstraint(
            "cap_per_giver_day > 0", name=op.f("ck_matching_pool_cap_per_giver_day_positive")
        ),
        sa.CheckConstraint(
            "cap_per_organisation > 0", name=op.f("ck_matching_pool_cap_per_organisation_positive")
        ),
        sa.CheckConstraint(
            "cooling_days BETWEEN 7 AND 15", name=op.f("ck_matching_pool_cooling_time")
        ),
        sa.CheckConstraint("least_gift > 0", name=op.f("ck_matching_pool_least_gift_positive")),
        sa.CheckConstraint("ratio_percent > 0", name=op.f("ck_matching_pool_ratio_positive")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_matching_pool_period")),
        sa.CheckConstraint("total > 0", name=op.f("ck_matching_pool_total_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_matching_pool_created_by_user_id"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_matching_pool_fund_id")),
        sa.ForeignKeyConstraint(
            ["sponsor_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_matching_pool_sponsor_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_pool")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_matching_pool_fund_id")),
    )
    op.create_index(
        op.f("ix_matching_pool_created_by_user_id"),
        "matching_pool",
        ["created_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_matching_pool_sponsor_organisation_id"),
        "matching_pool",
        ["sponsor_organisation_id"],
        unique=False,
    )


def _campaign_member() -> None:
    op.create_table(
        "campaign_member",
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column(
            "capacity",
            sa.Enum(
                "initiator",
                "council",
                "member",
                "resident",
                "staff",
                name="capacity",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("verified_by_user_id", BIG_ID, nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_member_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_campaign_member_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_campaign_member_verified_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_campaign_member")),
    )
    op.create_index(
        op.f("ix_campaign_member_person_id"), "campaign_member", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_campaign_member_verified_by_user_id"),
        "campaign_member",
        ["verified_by_user_id"],
        unique=False,
    )


def _giving_team() -> None:
    op.create_table(
        "giving_team",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("captain_token", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "villagers_away",
                "unit",
                "class",
                "family",
                "other",
                name="teamkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("captain_name", sa.String(length=200), nullable=False),
        sa.Column("captain_contact", sa.String(length=200), nullable=False),
        sa.Column("captain_user_id", BIG_ID, nullable=True),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="teamstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("target > 0", name=op.f("ck_giving_team_target_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_giving_team_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["captain_user_id"], ["user_account.id"], name=op.f("fk_giving_team_captain_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_giving_team")),
        sa.UniqueConstraint("captain_token", name=op.f("uq_giving_team_captain_token")),
        sa.UniqueConstraint("client_id", name=op.f("uq_giving_team_client_id")),
        sa.UniqueConstraint("code", name=op.f("uq_giving_team_code")),
    )
    op.create_index(
        op.f("ix_giving_team_campaign_id"), "giving_team", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_giving_team_captain_user_id"), "giving_team", ["captain_user_id"], unique=False
    )


def _match_flag() -> None:
    op.create_table(
        "match_flag",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pool_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cluster",
                "at_the_cap",
                "first_time",
                "loop",
                "beneficiary",
                name="flagkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "dismissed", "upheld", name="flagstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_match_flag_decided_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matching_pool.id"], name=op.f("fk_match_flag_pool_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_flag")),
        sa.UniqueConstraint(
            "pool_id", "kind", "subject", name=op.f("uq_match_flag_pool_id_kind_subject")
        ),
    )
    op.create_index(
        op.f("ix_match_flag_decided_by_user_id"), "match_flag", ["decided_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_match_flag_pool_id"), "match_flag", ["pool_id"], unique=False)


def _monthly_plan() -> None:
    op.create_table(
        "monthly_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("day_of_month", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "paused", "stopped", name="planstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "giver_kind",
            sa.Enum(
                "individual", "enterprise", "unit", name="giverkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("giver_name", sa.String(length=200), nullable=False),
        sa.Column("name_is_public", sa.Boolean(), nullable=False),
        sa.Column("is_shown_to_organisation", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("giver_key", sa.String(length=64), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_monthly_plan_amount_positive")),
        sa.CheckConstraint(
            "day_of_month BETWEEN 1 AND 28", name=op.f("ck_monthly_plan_day_of_each_month")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_monthly_plan_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_monthly_plan_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_plan")),
        sa.UniqueConstraint("client_id", name=op.f("uq_monthly_plan_client_id")),
        sa.UniqueConstraint("token", name=op.f("uq_monthly_plan_token")),
    )
    op.create_index(
        op.f("ix_monthly_plan_campaign_id"), "monthly_plan", ["campaign_id"], unique=False
    )
    op.create_index(op.f("ix_monthly_plan_giver_key"), "monthly_plan", ["giver_key"], unique=False)
    op.create_index(op.f("ix_monthly_plan_next_on"), "monthly_plan", ["next_on"], unique=False)
    op.create_index(op.f("ix_monthly_plan_person_id"), "monthly_plan", ["person_id"], unique=False)


def _pool_campaign() -> None:
    op.create_table(
        "pool_campaign",
        sa.Column("pool_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_pool_campaign_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matching_pool.id"], name=op.f("fk_pool_campaign_pool_id")
        ),
        sa.PrimaryKeyConstraint("pool_id", "campaign_id", name=op.f("pk_pool_campaign")),
    )
    op.create_index(
        op.f("ix_pool_campaign_campaign_id"), "pool_campaign", ["campaign_id"], unique=False
    )


def _pool_exclusion() -> None:
    op.create_table(
        "pool_exclusion",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pool_id", BIG_ID, nullable=False),
        sa.Column("giver_key", sa.String(length=64), nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "insider",
                "government_money",
                "beneficiary",
                "banned",
                name="exclusioncause",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added_by_user_id", BIG_ID, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(giver_key IS NOT NULL) OR (person_id IS NOT NULL) OR (organisation_id IS NOT NULL)",
            name=op.f("ck_pool_exclusion_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_pool_exclusion_added_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_pool_exclusion_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_pool_exclusion_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pool_exclusion_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matching_pool.id"], name=op.f("fk_pool_exclusion_pool_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_exclusion")),
    )
    op.create_index(
        op.f("ix_pool_exclusion_added_by_user_id"),
        "pool_exclusion",
        ["added_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pool_exclusion_campaign_id"), "pool_exclusion", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_pool_exclusion_giver_key"), "pool_exclusion", ["giver_key"], unique=False
    )
    op.create_index(
        op.f("ix_pool_exclusion_organisation_id"),
        "pool_exclusion",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pool_exclusion_person_id"), "pool_exclusion", ["person_id"], unique=False
    )
    op.create_index(op.f("ix_pool_exclusion_pool_id"), "pool_exclusion", ["pool_id"], unique=False)


def _refund_batch() -> None:
    op.create_table(
        "refund_batch",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "running",
                "stopped",
                "finished",
                "cancelled",
                name="refundbatchstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gifts", BIG_ID, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("last_gift", BIG_ID, nullable=False),
        sa.Column("reached_gift", BIG_ID, nullable=False),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("total > 0", name=op.f("ck_refund_batch_total_positive")),
        sa.CheckConstraint("gifts > 0", name=op.f("ck_refund_batch_gifts_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_refund_batch_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_refund_batch_created_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_batch")),
    )
    op.create_index(
        op.f("ix_refund_batch_campaign_id"), "refund_batch", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_refund_batch_created_by_user_id"),
        "refund_batch",
        ["created_by_user_id"],
        unique=False,
    )


def _season_campaign() -> None:
    op.create_table(
        "season_campaign",
        sa.Column("season_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_season_campaign_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["giving_season.id"], name=op.f("fk_season_campaign_season_id")
        ),
        sa.PrimaryKeyConstraint("season_id", "campaign_id", name=op.f("pk_season_campaign")),
    )
    op.create_index(
        op.f("ix_season_campaign_campaign_id"), "season_campaign", ["campaign_id"], unique=False
    )


def _statement() -> None:
    op.create_table(
        "statement",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("bank", "platform", name="statementkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("mapping_id", BIG_ID, nullable=True),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "read",
                "applying",
                "applied",
                "discarded",
                name="statementstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rows", BIG_ID, nullable=False),
        sa.Column("done", BIG_ID, nullable=False),
        sa.Column("stated_total", sa.BigInteger(), nullable=True),
        sa.Column("summed_total", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_by_user_id", BIG_ID, nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stated_total >= 0", name=op.f("ck_statement_stated_total_not_negative")
        ),
        sa.CheckConstraint(
            "summed_total >= 0", name=op.f("ck_statement_summed_total_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_statement_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["mapping_id"], ["statement_mapping.id"], name=op.f("fk_statement_mapping_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_statement_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_statement_uploaded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint(
            "organisation_id", "digest", name=op.f("uq_statement_organisation_id_digest")
        ),
    )
    op.create_index(op.f("ix_statement_campaign_id"), "statement", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_statement_mapping_id"), "statement", ["mapping_id"], unique=False)
    op.create_index(
        op.f("ix_statement_organisation_id"), "statement", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_statement_state"), "statement", ["state"], unique=False)
    op.create_index(
        op.f("ix_statement_uploaded_by_user_id"), "statement", ["uploaded_by_user_id"], unique=False
    )


def _pledge() -> None:
    op.create_table(
        "pledge",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("deliverable_id", BIG_ID, nullable=True),
        sa.Column(
            "kind",
            sa.Enum("money", "goods", "hours", name="pledgekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("goods", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("promised_by", sa.Date(), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "partly_kept",
                "kept",
                "withdrawn",
                "hardship_released",
                "lapsed",
                name="pledgestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", BIG_ID, nullable=False),
        sa.Column("reminders_off", sa.Boolean(), nullable=False),
        sa.Column("release_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_plea", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reported_to", sa.String(length=200), nullable=False),
        sa.Column("public_note", sa.Text(), nullable=False),
        sa.Column(
            "giver_kind",
            sa.Enum(
                "individual", "enterprise", "unit", name="giverkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("giver_name", sa.String(length=200), nullable=False),
        sa.Column("name_is_public", sa.Boolean(), nullable=False),
        sa.Column("is_shown_to_organisation", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("giver_key", sa.String(length=64), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.CheckConstraint("(kind = 'goods') = (unit <> '')", name=op.f("ck_pledge_unit_of_goods")),
        sa.CheckConstraint(
            "(kind = 'money') = (amount IS NOT NULL)", name=op.f("ck_pledge_amount_of_money")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_amount_positive")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_pledge_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_pledge_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverable.id"], name=op.f("fk_pledge_deliverable_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pledge_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("client_id", name=op.f("uq_pledge_client_id")),
        sa.UniqueConstraint("token", name=op.f("uq_pledge_token")),
    )
    op.create_index(op.f("ix_pledge_campaign_id"), "pledge", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_pledge_deliverable_id"), "pledge", ["deliverable_id"], unique=False)
    op.create_index(op.f("ix_pledge_giver_key"), "pledge", ["giver_key"], unique=False)
    op.create_index(op.f("ix_pledge_person_id"), "pledge", ["person_id"], unique=False)


def _in_kind_gift() -> None:
    op.create_table(
        "in_kind_gift",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("pledge_id", BIG_ID, nullable=True),
        sa.Column(
            "kind",
            sa.Enum("goods", "service", name="inkindkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("handover", sa.String(length=200), nullable=False),
        sa.Column("handover_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "half_confirmed",
                "received",
                "declined",
                "withdrawn",
                name="inkindstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("giver_code", sa.String(length=6), nullable=False),
        sa.Column("receiver_code", sa.String(length=6), nullable=False),
        sa.Column("giver_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receiver_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_codes", BIG_ID, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_user_id", BIG_ID, nullable=True),
        sa.Column("received_by_user_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column(
            "giver_kind",
            sa.Enum(
                "individual", "enterprise", "unit", name="giverkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("giver_name", sa.String(length=200), nullable=False),
        sa.Column("name_is_public", sa.Boolean(), nullable=False),
        sa.Column("is_shown_to_organisation", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("giver_key", sa.String(length=64), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_in_kind_gift_accepted_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_in_kind_gift_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_in_kind_gift_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_in_kind_gift_pledge_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_in_kind_gift_received_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_kind_gift")),
        sa.UniqueConstraint("client_id", name=op.f("uq_in_kind_gift_client_id")),
        sa.UniqueConstraint("token", name=op.f("uq_in_kind_gift_token")),
    )
    op.create_index(
        op.f("ix_in_kind_gift_accepted_by_user_id"),
        "in_kind_gift",
        ["accepted_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_in_kind_gift_campaign_id"), "in_kind_gift", ["campaign_id"], unique=False
    )
    op.create_index(op.f("ix_in_kind_gift_giver_key"), "in_kind_gift", ["giver_key"], unique=False)
    op.create_index(op.f("ix_in_kind_gift_person_id"), "in_kind_gift", ["person_id"], unique=False)
    op.create_index(op.f("ix_in_kind_gift_pledge_id"), "in_kind_gift", ["pledge_id"], unique=False)
    op.create_index(
        op.f("ix_in_kind_gift_received_by_user_id"),
        "in_kind_gift",
        ["received_by_user_id"],
        unique=False,
    )
    op.create_index(op.f("ix_in_kind_gift_state"), "in_kind_gift", ["state"], unique=False)


def _pledge_fulfilment() -> None:
    op.create_table(
        "pledge_fulfilment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pledge_id", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("quantity", BIG_ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_pledge_fulfilment_amount_not_zero")),
        sa.CheckConstraint(
            "amount IS NOT NULL OR quantity IS NOT NULL",
            name=op.f("ck_pledge_fulfilment_something"),
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_fulfilment_pledge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_fulfilment")),
        sa.UniqueConstraint("source", name=op.f("uq_pledge_fulfilment_source")),
    )
    op.create_index(
        op.f("ix_pledge_fulfilment_pledge_id"), "pledge_fulfilment", ["pledge_id"], unique=False
    )


def _pledge_hours() -> None:
    op.create_table(
        "pledge_hours",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("pledge_id", BIG_ID, nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("minutes", BIG_ID, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("giver_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_user_id", BIG_ID, nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_pledge_hours_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_hours_pledge_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_user_id"], ["user_account.id"], name=op.f("fk_pledge_hours_staff_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_hours")),
        sa.UniqueConstraint("client_id", name=op.f("uq_pledge_hours_client_id")),
    )
    op.create_index(op.f("ix_pledge_hours_pledge_id"), "pledge_hours", ["pledge_id"], unique=False)
    op.create_index(
        op.f("ix_pledge_hours_staff_user_id"), "pledge_hours", ["staff_user_id"], unique=False
    )


def _certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("picture", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_certificate_donation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_certificate_donation_id")),
    )


def _gift_match() -> None:
    op.create_table(
        "gift_match",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pool_id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("giver_mark", sa.String(length=64), nullable=False),
        sa.Column("gift", sa.BigInteger(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", BIG_ID, nullable=True),
        sa.Column("is_excluded", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("given_back", sa.BigInteger(), nullable=False),
        sa.Column(
            "limited_by",
            sa.Enum(
                "none",
                "least_gift",
                "unknown_giver",
                "excluded",
                "gift",
                "giver_day",
                "giver_campaign",
                "campaign",
                "organisation",
                "pool",
                name="matchlimit",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "reserved",
                "refused",
                "confirmed",
                "cancelled",
                name="matchstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirm_on", sa.Date(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_gift_match_amount_not_negative")),
        sa.CheckConstraint("gift > 0", name=op.f("ck_gift_match_gift_positive")),
        sa.CheckConstraint(
            "given_back >= 0 AND given_back <= amount",
            name=op.f("ck_gift_match_given_back_within"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_gift_match_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_gift_match_donation_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_gift_match_entry_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_gift_match_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matching_pool.id"], name=op.f("fk_gift_match_pool_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_match")),
        sa.UniqueConstraint(
            "pool_id", "donation_id", name=op.f("uq_gift_match_pool_id_donation_id")
        ),
        sa.UniqueConstraint("pool_id", "position", name=op.f("uq_gift_match_pool_id_position")),
    )
    op.create_index(
        "ix_gift_match_asked",
        "gift_match",
        ["pool_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(op.f("ix_gift_match_campaign_id"), "gift_match", ["campaign_id"], unique=False)
    op.create_index("ix_gift_match_cooling", "gift_match", ["state", "confirm_on"], unique=False)
    op.create_index(op.f("ix_gift_match_donation_id"), "gift_match", ["donation_id"], unique=False)
    op.create_index(op.f("ix_gift_match_entry_id"), "gift_match", ["entry_id"], unique=False)
    op.create_index(
        op.f("ix_gift_match_organisation_id"), "gift_match", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_gift_match_pool_id"), "gift_match", ["pool_id"], unique=False)


def _match_sum() -> None:
    op.create_table(
        "match_sum",
        sa.Column("pool_id", BIG_ID, nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_match_sum_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matching_pool.id"], name=op.f("fk_match_sum_pool_id")
        ),
        sa.PrimaryKeyConstraint("pool_id", "scope", name=op.f("pk_match_sum")),
    )


def _match_return() -> None:
    op.create_table(
        "match_return",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pool_id", BIG_ID, nullable=False),
        sa.Column("match_id", BIG_ID, nullable=False),
        sa.Column("refund_id", BIG_ID, nullable=True),
        sa.Column("flag_id", BIG_ID, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_position", BIG_ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_match_return_amount_not_negative")),
        sa.CheckConstraint("short >= 0", name=op.f("ck_match_return_short_not_negative")),
        sa.CheckConstraint(
            "refund_id IS NULL OR flag_id IS NULL", name=op.f("ck_match_return_one_cause")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_match_return_entry_id")),
        sa.ForeignKeyConstraint(
            ["flag_id"], ["match_flag.id"], name=op.f("fk_match_return_flag_id")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["gift_match.id"], name=op.f("fk_match_return_match_id")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["matching_pool.id"], name=op.f("fk_match_return_pool_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refund.id"], name=op.f("fk_match_return_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_return")),
    )
    op.create_index(
        "ix_match_return_asked",
        "match_return",
        ["pool_id", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for column in ("entry_id", "flag_id", "match_id", "pool_id", "refund_id"):
        op.create_index(op.f(f"ix_match_return_{column}"), "match_return", [column], unique=False)


def _in_kind_item() -> None:
    op.create_table(
        "in_kind_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("in_kind_gift_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "food",
                "medicine",
                "clothing",
                "equipment",
                "books",
                "other",
                name="goodscategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column(
            "condition",
            sa.Enum("new", "good", "used", name="goodscondition", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column(
            "valuation_basis",
            sa.Enum(
                "voucher",
                "market",
                "appraisal",
                "nominal",
                name="valuationbasis",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("photo", sa.LargeBinary(length=32), nullable=True),
        sa.Column("arrived", BIG_ID, nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint("arrived >= 0", name=op.f("ck_in_kind_item_arrived_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_in_kind_item_quantity_positive")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_in_kind_item_value_not_negative")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_in_kind_item_entry_id")),
        sa.ForeignKeyConstraint(
            ["in_kind_gift_id"], ["in_kind_gift.id"], name=op.f("fk_in_kind_item_in_kind_gift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_kind_item")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_in_kind_item_entry_id")),
    )
    op.create_index(
        op.f("ix_in_kind_item_in_kind_gift_id"), "in_kind_item", ["in_kind_gift_id"], unique=False
    )


def _monthly_turn() -> None:
    op.create_table(
        "monthly_turn",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "due", "paid", "skipped", "missed", name="turnstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_monthly_turn_amount_positive")),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_monthly_turn_donation_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["monthly_plan.id"], name=op.f("fk_monthly_turn_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_turn")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_monthly_turn_donation_id")),
        sa.UniqueConstraint("plan_id", "due_on", name=op.f("uq_monthly_turn_plan_id_due_on")),
    )
    op.create_index(op.f("ix_monthly_turn_plan_id"), "monthly_turn", ["plan_id"], unique=False)


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "issued",
                "waived",
                "anonymous",
                name="receiptstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payer_name", sa.String(length=200), nullable=False),
        sa.Column("payer_uscc", sa.String(length=18), nullable=False),
        sa.Column("batch_code", sa.String(length=20), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("check_code", sa.String(length=20), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'issued') = (number IS NOT NULL AND batch_code IS NOT NULL"
            " AND issued_on IS NOT NULL)",
            name=op.f("ck_receipt_number_when_issued"),
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_receipt_donation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_receipt_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("batch_code", "number", name=op.f("uq_receipt_batch_code_number")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_receipt_donation_id")),
    )
    op.create_index(
        op.f("ix_receipt_recorded_by_user_id"), "receipt", ["recorded_by_user_id"], unique=False
    )
    op.create_index(
        "ix_receipt_wanted",
        "receipt",
        ["donation_id"],
        unique=False,
        sqlite_where=sa.text("state = 'wanted'"),
        postgresql_where=sa.text("state = 'wanted'"),
    )


def _gateway_drift() -> None:
    op.create_table(
        "gateway_drift",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("remote_id", sa.String(length=255), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unknown_here",
                "unknown_there",
                "amount",
                "currency",
                "state",
                "refunded",
                name="driftkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payment_id", BIG_ID, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ours", sa.String(length=200), nullable=False),
        sa.Column("theirs", sa.String(length=200), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_user_id", BIG_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_gateway_drift_closed_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_gateway_drift_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_drift")),
        sa.UniqueConstraint(
            "gateway", "remote_id", "kind", name=op.f("uq_gateway_drift_gateway_remote_id_kind")
        ),
    )
    op.create_index(
        op.f("ix_gateway_drift_closed_by_user_id"),
        "gateway_drift",
        ["closed_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_gateway_drift_payment_id"), "gateway_drift", ["payment_id"], unique=False
    )


def _refund() -> None:
    op.create_table(
        "refund",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column("payment_id", BIG_ID, nullable=False),
        sa.Column("batch_id", BIG_ID, nullable=True),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("voluntary", "compelled", name="refundkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "donor_asked",
                "campaign_failed",
                "double_payment",
                "wrong_amount",
                "dispute_lost",
                "at_the_gateway",
                name="refundcause",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "path",
            sa.Enum("gateway", "transfer", name="refundpath", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "approved",
                "sent",
                "succeeded",
                "failed",
                "cancelled",
                name="refundstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_by_user_id", BIG_ID, nullable=True),
        sa.Column("remote_id", sa.String(length=255), nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.Column("reversal_entry_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["batch_id"], ["refund_batch.id"], name=op.f("fk_refund_batch_id")),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_refund_donation_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_refund_entry_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_refund_requested_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reversal_entry_id"], ["entry.id"], name=op.f("fk_refund_reversal_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_refund_entry_id")),
        sa.UniqueConstraint("gateway", "remote_id", name=op.f("uq_refund_gateway_remote_id")),
        sa.UniqueConstraint("reversal_entry_id", name=op.f("uq_refund_reversal_entry_id")),
    )
    op.create_index(op.f("ix_refund_batch_id"), "refund", ["batch_id"], unique=False)
    op.create_index(op.f("ix_refund_donation_id"), "refund", ["donation_id"], unique=False)
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)
    op.create_index(
        op.f("ix_refund_requested_by_user_id"), "refund", ["requested_by_user_id"], unique=False
    )
    op.create_index(
        "ix_refund_under_way",
        "refund",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state IN ('requested', 'approved', 'sent')"),
        postgresql_where=sa.text("state IN ('requested', 'approved', 'sent')"),
    )


def _statement_row() -> None:
    op.create_table(
        "statement_row",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("statement_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("bank", "platform", name="statementkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("row_key", sa.String(length=120), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "bad",
                "no_gift",
                "known",
                "matched",
                "unmatched",
                "applied",
                "ignored",
                name="rowstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("payer_name", sa.String(length=200), nullable=False),
        sa.Column("payer_account", sa.String(length=8), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("payment_id", BIG_ID, nullable=True),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_statement_row_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_statement_row_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_statement_row_decided_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_statement_row_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_statement_row_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_row_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_row")),
        sa.UniqueConstraint(
            "organisation_id",
            "kind",
            "row_key",
            name=op.f("uq_statement_row_organisation_id_kind_row_key"),
        ),
        sa.UniqueConstraint(
            "statement_id", "number", name=op.f("uq_statement_row_statement_id_number")
        ),
    )
    op.create_index(
        op.f("ix_statement_row_campaign_id"), "statement_row", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_statement_row_decided_by_user_id"),
        "statement_row",
        ["decided_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_statement_row_organisation_id"), "statement_row", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_statement_row_payment_id"), "statement_row", ["payment_id"], unique=False
    )
    op.create_index(
        op.f("ix_statement_row_reference"), "statement_row", ["reference"], unique=False
    )
    op.create_index(op.f("ix_statement_row_state"), "statement_row", ["state"], unique=False)
    op.create_index(
        op.f("ix_statement_row_statement_id"), "statement_row", ["statement_id"], unique=False
    )


def _cash_count() -> None:
    op.create_table(
        "cash_count",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unnamed", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "counted",
                "confirmed",
                "deposited",
                "void",
                name="cashstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_person_id", BIG_ID, nullable=False),
        sa.Column("second_person_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deposit_row_id", BIG_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_count_amount_positive")),
        sa.CheckConstraint(
            "second_person_id IS NULL OR second_person_id <> first_person_id",
            name=op.f("ck_cash_count_two_persons"),
        ),
        sa.CheckConstraint(
            "unnamed >= 0 AND unnamed <= amount", name=op.f("ck_cash_count_unnamed_within")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_cash_count_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["deposit_row_id"], ["statement_row.id"], name=op.f("fk_cash_count_deposit_row_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_person_id"], ["person.id"], name=op.f("fk_cash_count_first_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_person_id"], ["person.id"], name=op.f("fk_cash_count_second_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_count")),
        sa.UniqueConstraint("deposit_row_id", name=op.f("uq_cash_count_deposit_row_id")),
    )
    op.create_index(op.f("ix_cash_count_campaign_id"), "cash_count", ["campaign_id"], unique=False)
    op.create_index(
        op.f("ix_cash_count_first_person_id"), "cash_count", ["first_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_cash_count_second_person_id"), "cash_count", ["second_person_id"], unique=False
    )


def _dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("payment_id", BIG_ID, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("remote_id", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "won", "lost", name="disputestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_id", BIG_ID, nullable=True),
        sa.Column("fee_entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dispute_amount_positive")),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_dispute_fee_not_negative")),
        sa.ForeignKeyConstraint(
            ["fee_entry_id"], ["entry.id"], name=op.f("fk_dispute_fee_entry_id")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_dispute_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("fee_entry_id", name=op.f("uq_dispute_fee_entry_id")),
        sa.UniqueConstraint("gateway", "remote_id", name=op.f("uq_dispute_gateway_remote_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_dispute_refund_id")),
    )
    op.create_index(op.f("ix_dispute_payment_id"), "dispute", ["payment_id"], unique=False)


def _cash_slip() -> None:
    op.create_table(
        "cash_slip",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("cash_count_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("giver_name", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_slip_amount_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_cash_slip_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["cash_count_id"], ["cash_count.id"], name=op.f("fk_cash_slip_cash_count_id")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_cash_slip_donation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_slip")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_cash_slip_campaign_id_number")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_cash_slip_donation_id")),
    )
    op.create_index(op.f("ix_cash_slip_campaign_id"), "cash_slip", ["campaign_id"], unique=False)
    op.create_index(
        op.f("ix_cash_slip_cash_count_id"), "cash_slip", ["cash_count_id"], unique=False
    )


TABLES = (
    _letter,
    _giving_season,
    _statement_mapping,
    _season_organiser,
    _matching_pool,
    _campaign_member,
    _giving_team,
    _match_flag,
    _monthly_plan,
    _pool_campaign,
    _pool_exclusion,
    _refund_batch,
    _season_campaign,
    _statement,
    _pledge,
    _in_kind_gift,
    _pledge_fulfilment,
    _pledge_hours,
    _certificate,
    _gift_match,
    _in_kind_item,
    _monthly_turn,
    _receipt,
    _gateway_drift,
    _refund,
    _statement_row,
    _cash_count,
    _dispute,
    _cash_slip,
    _match_sum,
    _match_return,
)
