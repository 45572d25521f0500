"""The three lists: needs, resources, claims, dispatch, villages, pairings, the life of projects.

Beside them what the law still wanted: consents, representatives, changes of plans, complaints. New
columns are written as plain SQL that both databases read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Newest first, so that each goes before what it refers to.
NEW_TABLES = (
    "gift_rate",
    "allocation_key",
    "service_record",
    "evaluation",
    "pairing_visit",
    "pairing_task",
    "claim",
    "report_picture",
    "pairing",
    "need_escalation",
    "dispatch_row",
    "project_role",
    "project_revision",
    "progress_report",
    "need",
    "milestone",
    "village_fund",
    "booking",
    "resource",
    "plan_change",
    "legal_representative",
    "complaint",
    "priority_area",
    "follow",
    "dispatch_plan",
    "consent",
    "listing_counter",
)

#: Table, column, its definition; what is there gets the default.
NEW_COLUMNS = (
    ("project", "state_note", "TEXT NOT NULL DEFAULT ''"),
    ("fundraising_plan", "awaits_filing", "BOOLEAN NOT NULL DEFAULT FALSE"),
    ("project", "template", "VARCHAR(40) NOT NULL DEFAULT ''"),
)


def upgrade() -> None:
    """Make the tables, then the columns that refer to them."""
    for make in TABLES:
        make()
    dialect = op.get_bind().dialect.name
    for table, column, definition in NEW_COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")
        if dialect == "postgresql":
            op.alter_column(table, column, server_default=None)
    op.execute("INSERT INTO listing_counter (name, number) VALUES ('need', 0), ('resource', 0)")


def downgrade() -> None:
    """Take them away again."""
    for table, column, _ in reversed(NEW_COLUMNS):
        op.drop_column(table, column)
    for table in NEW_TABLES:
        op.drop_table(table)


def _listing_counter() -> None:
    op.create_table(
        "listing_counter",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_listing_counter")),
    )


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "processing",
                "sensitive",
                "publishing",
                "child",
                name="consentpurpose",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("guardian_name", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose <> 'child' OR guardian_name <> ''", name=op.f("ck_consent_guardian_of_child")
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR given_at <= withdrawn_at",
            name=op.f("ck_consent_withdrawn_after"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_consent_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        op.f("ix_consent_recorded_by_user_id"), "consent", ["recorded_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_consent_subject"), "consent", ["subject"], unique=False)
    op.create_index(
        "uq_consent_standing",
        "consent",
        ["subject", "purpose"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _dispatch_plan() -> None:
    op.create_table(
        "dispatch_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("made_by_user_id", BIG_ID, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_seen", BIG_ID, nullable=False),
        sa.Column("resources_seen", BIG_ID, nullable=False),
        sa.Column("optimal_score", BIG_ID, nullable=False),
        sa.Column("greedy_score", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "sent", "discarded", name="dispatchplanstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("greedy_score >= 0", name=op.f("ck_dispatch_plan_score_not_negative")),
        sa.CheckConstraint(
            "optimal_score >= greedy_score", name=op.f("ck_dispatch_plan_never_below_greedy")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_user_id"], ["user_account.id"], name=op.f("fk_dispatch_plan_made_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_dispatch_plan_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_plan")),
    )
    op.create_index(
        op.f("ix_dispatch_plan_made_by_user_id"), "dispatch_plan", ["made_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_dispatch_plan_region_code"), "dispatch_plan", ["region_code"], unique=False
    )


def _follow() -> None:
    op.create_table(
        "follow",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_follow_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
    )
    op.create_index("ix_follow_subject", "follow", ["subject"], unique=False)
    op.create_index(op.f("ix_follow_user_id"), "follow", ["user_id"], unique=False)
    op.create_index(
        "uq_follow_standing",
        "follow",
        ["user_id", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _priority_area() -> None:
    op.create_table(
        "priority_area",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.CheckConstraint("until IS NULL OR since <= until", name=op.f("ck_priority_area_period")),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_priority_area_recorded_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_priority_area_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_area")),
    )
    op.create_index(
        op.f("ix_priority_area_recorded_by_user_id"),
        "priority_area",
        ["recorded_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_priority_area_region_code"), "priority_area", ["region_code"], unique=False
    )


def _gift_rate() -> None:
    op.create_table(
        "gift_rate",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("permille", BIG_ID, nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("permille BETWEEN 0 AND 1000", name=op.f("ck_gift_rate_permille")),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_gift_rate_donation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_gift_rate_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_gift_rate_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_rate")),
        sa.UniqueConstraint("donation_id", name=op.f("uq_gift_rate_donation_id")),
    )
    op.create_index(
        op.f("ix_gift_rate_organisation_id"), "gift_rate", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_gift_rate_recorded_by_user_id"), "gift_rate", ["recorded_by_user_id"], unique=False
    )


def _allocation_key() -> None:
    op.create_table(
        "allocation_key",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_allocation_key_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_allocation_key_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_key")),
        sa.UniqueConstraint(
            "organisation_id", "since", name=op.f("uq_allocation_key_organisation_id_since")
        ),
    )
    op.create_index(
        op.f("ix_allocation_key_organisation_id"),
        "allocation_key",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_allocation_key_recorded_by_user_id"),
        "allocation_key",
        ["recorded_by_user_id"],
        unique=False,
    )


def _complaint() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "answered", name="complaintstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (answer <> '')", name=op.f("ck_complaint_answered")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_complaint_answered_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_complaint_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("token", name=op.f("uq_complaint_token")),
    )
    op.create_index(
        op.f("ix_complaint_answered_by_user_id"), "complaint", ["answered_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_complaint_organisation_id"), "complaint", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_complaint_state"), "complaint", ["state"], unique=False)
    op.create_index(op.f("ix_complaint_subject"), "complaint", ["subject"], unique=False)


def _legal_representative() -> None:
    op.create_table(
        "legal_representative",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR since <= until", name=op.f("ck_legal_representative_period")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_legal_representative_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_legal_representative_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_representative")),
        sa.UniqueConstraint(
            "organisation_id", "since", name=op.f("uq_legal_representative_organisation_id_since")
        ),
    )
    op.create_index(
        op.f("ix_legal_representative_organisation_id"),
        "legal_representative",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_legal_representative_recorded_by_user_id"),
        "legal_representative",
        ["recorded_by_user_id"],
        unique=False,
    )


def _plan_change() -> None:
    op.create_table(
        "plan_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("supplemented_on", sa.Date(), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "supplemented_on IS NULL OR changed_on <= supplemented_on",
            name=op.f("ck_plan_change_supplemented_after"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["fundraising_plan.id"], name=op.f("fk_plan_change_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_plan_change_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
    )
    op.create_index(op.f("ix_plan_change_plan_id"), "plan_change", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_plan_change_recorded_by_user_id"),
        "plan_change",
        ["recorded_by_user_id"],
        unique=False,
    )


def _resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "money",
                "goods",
                "skills",
                "hours",
                "space",
                "equipment",
                "lending",
                name="resourcekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "elderly_care",
                "home_adaptation",
                "meals",
                "child_care",
                "study",
                "counselling",
                "health",
                "medical_supplies",
                "disability",
                "household_goods",
                "clothing",
                "food",
                "repair",
                "cleaning",
                "greening",
                "safety",
                "legal",
                "culture",
                "training",
                "jobs",
                "farming",
                "transport",
                "venue",
                "funding",
                name="listingcategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "beneficiary_group",
            sa.Enum(
                "elderly",
                "left_behind_children",
                "children",
                "women",
                "disabled",
                "patients",
                "low_income",
                "veterans",
                "frontline",
                "residents",
                name="beneficiarygroup",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("serves_code", sa.String(length=12), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("quantity", BIG_ID, nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("team_id", BIG_ID, nullable=True),
        sa.Column("posted_by_user_id", BIG_ID, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "paused",
                "used_up",
                "withdrawn",
                name="resourcestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised", BIG_ID, nullable=False),
        sa.Column("change_number", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_resource_period")
        ),
        sa.CheckConstraint("promised >= 0", name=op.f("ck_resource_promised_not_negative")),
        sa.CheckConstraint(
            "quantity IS NULL OR promised <= quantity", name=op.f("ck_resource_never_over_promised")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_resource_quantity_positive")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_resource_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_user_id"], ["user_account.id"], name=op.f("fk_resource_posted_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_resource_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["serves_code"], ["region.code"], name=op.f("fk_resource_serves_code")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["volunteer_team.id"], name=op.f("fk_resource_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("client_id", name=op.f("uq_resource_client_id")),
        sa.UniqueConstraint("source", name=op.f("uq_resource_source")),
    )
    op.create_index(op.f("ix_resource_change_number"), "resource", ["change_number"], unique=False)
    op.create_index(op.f("ix_resource_item"), "resource", ["item"], unique=False)
    op.create_index(
        op.f("ix_resource_organisation_id"), "resource", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_resource_posted_by_user_id"), "resource", ["posted_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_resource_region_code"), "resource", ["region_code"], unique=False)
    op.create_index(op.f("ix_resource_serves_code"), "resource", ["serves_code"], unique=False)
    op.create_index("ix_resource_posted_at", "resource", ["posted_at", "id"], unique=False)
    op.create_index(
        "ix_resource_state_category", "resource", ["state", "category", "id"], unique=False
    )
    op.create_index(
        "ix_resource_state_posted_at", "resource", ["state", "posted_at", "id"], unique=False
    )
    op.create_index(
        "ix_resource_state_region_code", "resource", ["state", "region_code"], unique=False
    )
    op.create_index(op.f("ix_resource_team_id"), "resource", ["team_id"], unique=False)


def _booking() -> None:
    op.create_table(
        "booking",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("resource_id", BIG_ID, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "agreed",
                "returned",
                "declined",
                "withdrawn",
                name="bookingstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_booking_period")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_booking_resource_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_booking_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("client_id", name=op.f("uq_booking_client_id")),
    )
    op.create_index(op.f("ix_booking_resource_id"), "booking", ["resource_id"], unique=False)
    op.create_index(
        "ix_booking_resource_id_starts_at", "booking", ["resource_id", "starts_at"], unique=False
    )
    op.create_index(op.f("ix_booking_user_id"), "booking", ["user_id"], unique=False)


def _village_fund() -> None:
    op.create_table(
        "village_fund",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("committee_id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=True),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked", "agreed", "returned", name="villagefundstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_user_id", BIG_ID, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'agreed') = (fund_id IS NOT NULL)", name=op.f("ck_village_fund_fund")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_user_id"], ["user_account.id"], name=op.f("fk_village_fund_asked_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["organisation.id"], name=op.f("fk_village_fund_committee_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_village_fund_decided_by_user_id"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_village_fund_fund_id")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_village_fund_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_fund")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_village_fund_fund_id")),
        sa.UniqueConstraint("region_code", name=op.f("uq_village_fund_region_code")),
    )
    op.create_index(
        op.f("ix_village_fund_asked_by_user_id"), "village_fund", ["asked_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_village_fund_committee_id"), "village_fund", ["committee_id"], unique=False
    )
    op.create_index(
        op.f("ix_village_fund_decided_by_user_id"),
        "village_fund",
        ["decided_by_user_id"],
        unique=False,
    )


def _milestone() -> None:
    op.create_table(
        "milestone",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "claimed",
                "accepted",
                "dropped",
                name="milestonestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("claimed_on", sa.Date(), nullable=True),
        sa.Column("claimed_by_user_id", BIG_ID, nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_user_id", BIG_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_milestone_accepted_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_milestone_claimed_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_milestone_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint(
            "project_id", "position", name=op.f("uq_milestone_project_id_position")
        ),
    )
    op.create_index(
        op.f("ix_milestone_accepted_by_user_id"), "milestone", ["accepted_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_milestone_claimed_by_user_id"), "milestone", ["claimed_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_milestone_project_id"), "milestone", ["project_id"], unique=False)


def _need() -> None:
    op.create_table(
        "need",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "money",
                "goods",
                "skills",
                "hours",
                "space",
                "equipment",
                "lending",
                name="resourcekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "elderly_care",
                "home_adaptation",
                "meals",
                "child_care",
                "study",
                "counselling",
                "health",
                "medical_supplies",
                "disability",
                "household_goods",
                "clothing",
                "food",
                "repair",
                "cleaning",
                "greening",
                "safety",
                "legal",
                "culture",
                "training",
                "jobs",
                "farming",
                "transport",
                "venue",
                "funding",
                name="listingcategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "beneficiary_group",
            sa.Enum(
                "elderly",
                "left_behind_children",
                "children",
                "women",
                "disabled",
                "patients",
                "low_income",
                "veterans",
                "frontline",
                "residents",
                name="beneficiarygroup",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("people", BIG_ID, nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("quantity", BIG_ID, nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("least_part", BIG_ID, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "urgency",
            sa.Enum("urgent", "normal", name="urgency", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("is_post", sa.Boolean(), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("project_id", BIG_ID, nullable=True),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("posted_by_user_id", BIG_ID, nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ordered",
                "open",
                "fulfilled",
                "closed",
                "declined",
                "withdrawn",
                "referred",
                name="needstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_user_id", BIG_ID, nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.Text(), nullable=False),
        sa.Column("escalated_to_code", sa.String(length=12), nullable=True),
        sa.Column("promised", BIG_ID, nullable=False),
        sa.Column("delivered", BIG_ID, nullable=False),
        sa.Column("change_number", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.CheckConstraint("NOT is_post OR kind = 'hours'", name=op.f("ck_need_post_of_hours")),
        sa.CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name=op.f("ck_need_period")),
        sa.CheckConstraint("people IS NULL OR people > 0", name=op.f("ck_need_people_positive")),
        sa.CheckConstraint(
            "promised >= 0 AND delivered >= 0", name=op.f("ck_need_counts_not_negative")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR promised <= quantity", name=op.f("ck_need_never_over_matched")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_need_quantity_positive")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_need_campaign_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_user_id"], ["user_account.id"], name=op.f("fk_need_confirmed_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["escalated_to_code"], ["region.code"], name=op.f("fk_need_escalated_to_code")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_need_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["posted_by_user_id"], ["user_account.id"], name=op.f("fk_need_posted_by_user_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_need_project_id")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_need_region_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("client_id", name=op.f("uq_need_client_id")),
        sa.UniqueConstraint("source", name=op.f("uq_need_source")),
        sa.UniqueConstraint("token", name=op.f("uq_need_token")),
    )
    op.create_index(op.f("ix_need_campaign_id"), "need", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_need_change_number"), "need", ["change_number"], unique=False)
    op.create_index(
        op.f("ix_need_confirmed_by_user_id"), "need", ["confirmed_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_need_escalated_to_code"), "need", ["escalated_to_code"], unique=False)
    op.create_index(op.f("ix_need_item"), "need", ["item"], unique=False)
    op.create_index(op.f("ix_need_organisation_id"), "need", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_need_posted_by_user_id"), "need", ["posted_by_user_id"], unique=False)
    op.create_index(op.f("ix_need_project_id"), "need", ["project_id"], unique=False)
    op.create_index(op.f("ix_need_region_code"), "need", ["region_code"], unique=False)
    op.create_index(
        "ix_need_is_post_posted_at", "need", ["is_post", "posted_at", "id"], unique=False
    )
    op.create_index("ix_need_posted_at", "need", ["posted_at", "id"], unique=False)
    op.create_index("ix_need_state_category", "need", ["state", "category", "id"], unique=False)
    op.create_index("ix_need_state_posted_at", "need", ["state", "posted_at", "id"], unique=False)
    op.create_index("ix_need_state_region_code", "need", ["state", "region_code"], unique=False)


def _progress_report() -> None:
    op.create_table(
        "progress_report",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_user_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_progress_report_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_progress_report_written_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint("client_id", name=op.f("uq_progress_report_client_id")),
    )
    op.create_index(
        op.f("ix_progress_report_project_id"), "progress_report", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_progress_report_written_by_user_id"),
        "progress_report",
        ["written_by_user_id"],
        unique=False,
    )


def _project_revision() -> None:
    op.create_table(
        "project_revision",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("submitted_by_user_id", BIG_ID, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_revision_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_project_revision_submitted_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_revision")),
        sa.UniqueConstraint(
            "project_id", "number", name=op.f("uq_project_revision_project_id_number")
        ),
    )
    op.create_index(
        op.f("ix_project_revision_project_id"), "project_revision", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_revision_submitted_by_user_id"),
        "project_revision",
        ["submitted_by_user_id"],
        unique=False,
    )


def _project_role() -> None:
    op.create_table(
        "project_role",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "party_leadership",
                "civil_affairs_guidance",
                "charity_funding",
                "industry_coordination",
                "agency_delivery",
                name="partyrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (signed_by_user_id IS NULL)", name=op.f("ck_project_role_signed")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_project_role_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_role_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_project_role_signed_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_role")),
        sa.UniqueConstraint(
            "project_id",
            "role",
            "organisation_id",
            name=op.f("uq_project_role_project_id_role_organisation_id"),
        ),
    )
    op.create_index(
        op.f("ix_project_role_organisation_id"), "project_role", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_role_project_id"), "project_role", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_role_signed_by_user_id"),
        "project_role",
        ["signed_by_user_id"],
        unique=False,
    )


def _dispatch_row() -> None:
    op.create_table(
        "dispatch_row",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "optimal", "greedy", "manual", name="dispatchmethod", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("need_id", BIG_ID, nullable=False),
        sa.Column("resource_id", BIG_ID, nullable=False),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("score", BIG_ID, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_dispatch_row_quantity_positive")),
        sa.CheckConstraint("score >= 0", name=op.f("ck_dispatch_row_score_not_negative")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_dispatch_row_need_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["dispatch_plan.id"], name=op.f("fk_dispatch_row_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_dispatch_row_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_row")),
        sa.UniqueConstraint(
            "plan_id",
            "method",
            "need_id",
            "resource_id",
            name=op.f("uq_dispatch_row_plan_id_method_need_id_resource_id"),
        ),
    )
    op.create_index(op.f("ix_dispatch_row_need_id"), "dispatch_row", ["need_id"], unique=False)
    op.create_index(op.f("ix_dispatch_row_plan_id"), "dispatch_row", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_dispatch_row_resource_id"), "dispatch_row", ["resource_id"], unique=False
    )


def _need_escalation() -> None:
    op.create_table(
        "need_escalation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("need_id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_escalation_need_id")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_need_escalation_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_escalation")),
    )
    op.create_index(
        op.f("ix_need_escalation_need_id"), "need_escalation", ["need_id"], unique=False
    )
    op.create_index(
        op.f("ix_need_escalation_region_code"), "need_escalation", ["region_code"], unique=False
    )


def _pairing() -> None:
    op.create_table(
        "pairing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("person_mask", sa.String(length=40), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(), nullable=True),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("pledge_id", BIG_ID, nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "ended", name="pairingstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_hash IS NULL) = (person_mask = '')", name=op.f("ck_pairing_masked_person")
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (result <> '')", name=op.f("ck_pairing_ended_with_result")
        ),
        sa.CheckConstraint("committed >= 0", name=op.f("ck_pairing_committed_not_negative")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_pairing_period")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_pairing_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"], ["user_account.id"], name=op.f("fk_pairing_created_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_pairing_organisation_id")
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pairing_pledge_id")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_pairing_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    op.create_index(op.f("ix_pairing_campaign_id"), "pairing", ["campaign_id"], unique=False)
    op.create_index(
        op.f("ix_pairing_created_by_user_id"), "pairing", ["created_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_pairing_organisation_id"), "pairing", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_pairing_pledge_id"), "pairing", ["pledge_id"], unique=False)
    op.create_index(op.f("ix_pairing_region_code"), "pairing", ["region_code"], unique=False)


def _report_picture() -> None:
    op.create_table(
        "report_picture",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("report_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", BIG_ID, nullable=False),
        sa.Column("height", BIG_ID, nullable=False),
        sa.Column("caption", sa.String(length=200), nullable=False),
        sa.Column("consent_stated", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "width > 0 AND height > 0", name=op.f("ck_report_picture_size_positive")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["progress_report.id"], name=op.f("fk_report_picture_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_picture")),
        sa.UniqueConstraint(
            "report_id", "position", name=op.f("uq_report_picture_report_id_position")
        ),
    )
    op.create_index(
        op.f("ix_report_picture_report_id"), "report_picture", ["report_id"], unique=False
    )


def _claim() -> None:
    op.create_table(
        "claim",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("need_id", BIG_ID, nullable=False),
        sa.Column("resource_id", BIG_ID, nullable=True),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("team_id", BIG_ID, nullable=True),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column(
            "origin",
            sa.Enum(
                "unit", "community", "dispatch", name="claimorigin", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("quantity", BIG_ID, nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "served",
                "confirmed",
                "declined",
                "lapsed",
                "withdrawn",
                name="claimstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_user_id", BIG_ID, nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("pledge_id", BIG_ID, nullable=True),
        sa.Column("plan_row_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR user_id IS NOT NULL", name=op.f("ck_claim_has_a_unit")
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_claim_quantity_positive")
        ),
        sa.CheckConstraint(
            "team_id IS NULL OR organisation_id IS NOT NULL", name=op.f("ck_claim_team_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"], ["user_account.id"], name=op.f("fk_claim_answered_by_user_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_claim_need_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_claim_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_row_id"], ["dispatch_row.id"], name=op.f("fk_claim_plan_row_id")
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_claim_pledge_id")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_claim_resource_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["volunteer_team.id"], name=op.f("fk_claim_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_claim_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("client_id", name=op.f("uq_claim_client_id")),
    )
    op.create_index(
        op.f("ix_claim_answered_by_user_id"), "claim", ["answered_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_claim_need_id"), "claim", ["need_id"], unique=False)
    op.create_index(op.f("ix_claim_organisation_id"), "claim", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_claim_plan_row_id"), "claim", ["plan_row_id"], unique=False)
    op.create_index(op.f("ix_claim_pledge_id"), "claim", ["pledge_id"], unique=False)
    op.create_index(op.f("ix_claim_resource_id"), "claim", ["resource_id"], unique=False)
    op.create_index(
        "ix_claim_state_answer_due_at", "claim", ["state", "answer_due_at"], unique=False
    )
    op.create_index(op.f("ix_claim_team_id"), "claim", ["team_id"], unique=False)
    op.create_index(op.f("ix_claim_user_id"), "claim", ["user_id"], unique=False)
    op.create_index(
        "uq_claim_standing_of_resource",
        "claim",
        ["need_id", "resource_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'accepted') AND resource_id IS NOT NULL"),
        postgresql_where=sa.text("state IN ('proposed', 'accepted') AND resource_id IS NOT NULL"),
    )


def _pairing_task() -> None:
    op.create_table(
        "pairing_task",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pairing_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pairing_id"], ["pairing.id"], name=op.f("fk_pairing_task_pairing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_task")),
        sa.UniqueConstraint(
            "pairing_id", "position", name=op.f("uq_pairing_task_pairing_id_position")
        ),
    )
    op.create_index(
        op.f("ix_pairing_task_pairing_id"), "pairing_task", ["pairing_id"], unique=False
    )


def _pairing_visit() -> None:
    op.create_table(
        "pairing_visit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("pairing_id", BIG_ID, nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("visitors", BIG_ID, nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pairing_id"], ["pairing.id"], name=op.f("fk_pairing_visit_pairing_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_pairing_visit_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_visit")),
    )
    op.create_index(
        op.f("ix_pairing_visit_pairing_id"), "pairing_visit", ["pairing_id"], unique=False
    )
    op.create_index(
        op.f("ix_pairing_visit_recorded_by_user_id"),
        "pairing_visit",
        ["recorded_by_user_id"],
        unique=False,
    )


def _evaluation() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("claim_id", BIG_ID, nullable=False),
        sa.Column(
            "side",
            sa.Enum("unit", "need", name="evaluationside", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("stars", BIG_ID, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_because", sa.Text(), nullable=False),
        sa.Column("hidden_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(hidden_at IS NULL) = (hidden_because = '')", name=op.f("ck_evaluation_hidden")
        ),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_evaluation_one_to_five")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_evaluation_claim_id")),
        sa.ForeignKeyConstraint(
            ["hidden_by_user_id"], ["user_account.id"], name=op.f("fk_evaluation_hidden_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_evaluation_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("claim_id", "side", name=op.f("uq_evaluation_claim_id_side")),
    )
    op.create_index(op.f("ix_evaluation_claim_id"), "evaluation", ["claim_id"], unique=False)
    op.create_index(
        op.f("ix_evaluation_hidden_by_user_id"), "evaluation", ["hidden_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_evaluation_user_id"), "evaluation", ["user_id"], unique=False)


def _service_record() -> None:
    op.create_table(
        "service_record",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=80), nullable=False),
        sa.Column("claim_id", BIG_ID, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("minutes", BIG_ID, nullable=False),
        sa.Column("people", BIG_ID, nullable=False),
        sa.Column("times", BIG_ID, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_confirmed_by_user_id", BIG_ID, nullable=True),
        sa.Column("need_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("need_confirmed_by_user_id", BIG_ID, nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_simulated", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_service_record_minutes_not_negative")),
        sa.CheckConstraint(
            "people >= 0 AND times >= people", name=op.f("ck_service_record_people_and_times")
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_service_record_quantity_not_negative")),
        sa.CheckConstraint(
            "value IS NULL OR value >= 0", name=op.f("ck_service_record_value_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_service_record_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["need_confirmed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_service_record_need_confirmed_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_confirmed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_service_record_unit_confirmed_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
        sa.UniqueConstraint("client_id", name=op.f("uq_service_record_client_id")),
    )
    op.create_index(
        op.f("ix_service_record_claim_id"), "service_record", ["claim_id"], unique=False
    )
    op.create_index(
        "ix_service_record_delivered_on", "service_record", ["delivered_on"], unique=False
    )
    op.create_index(
        op.f("ix_service_record_need_confirmed_by_user_id"),
        "service_record",
        ["need_confirmed_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_service_record_unit_confirmed_by_user_id"),
        "service_record",
        ["unit_confirmed_by_user_id"],
        unique=False,
    )


TABLES = (
    _listing_counter,
    _consent,
    _dispatch_plan,
    _follow,
    _priority_area,
    _complaint,
    _legal_representative,
    _plan_change,
    _resource,
    _booking,
    _village_fund,
    _milestone,
    _need,
    _progress_report,
    _project_revision,
    _project_role,
    _dispatch_row,
    _need_escalation,
    _pairing,
    _report_picture,
    _claim,
    _pairing_task,
    _pairing_visit,
    _evaluation,
    _service_record,
    _gift_rate,
    _allocation_key,
)
