"""The law as living checks: standing, related parties, codes, requirements, payees, disclosure.

New columns are written as plain SQL that both databases read, with the constraint beside its
column, so that SQLite need not make a table anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Newest first, so that each goes before what it refers to.
NEW_TABLES = (
    "advance_voucher",
    "surplus_answer",
    "project_closing",
    "payment_batch_item",
    "household_item",
    "household_delivery",
    "restriction_lift",
    "household",
    "disclosure_entry",
    "budget_change_part",
    "site_allocation",
    "restriction",
    "disclosure_duty",
    "budget_change",
    "programme",
    "trust_report",
    "trust_beneficiary",
    "station_check",
    "objection",
    "volunteer_team",
    "verification",
    "social_work_station",
    "related_party",
    "ratio_report",
    "rating",
    "payment_batch",
    "payee_account",
    "notice",
    "list_entry",
    "incubation",
    "honour",
    "federation_member",
    "charitable_trust",
    "annual_inspection",
    "second_factor",
    "requirement",
    "registry_import",
    "recovery_code",
    "plan_sheet",
    "eligibility_decision",
)

#: Table, column, its definition: `{id}` is the type of keys; what is there gets the default.
NEW_COLUMNS = (
    ("approval_request", "tier", "VARCHAR(60) NOT NULL DEFAULT ''"),
    ("budget_line", "unit_cost", "BIGINT"),
    (
        "budget_line",
        "quantity",
        "{id} CONSTRAINT ck_budget_line_unit_cost_and_quantity CHECK"
        " ((unit_cost IS NULL) = (quantity IS NULL) AND (quantity IS NULL OR quantity > 0)"
        " AND (unit_cost IS NULL OR unit_cost >= 0))",
    ),
    ("budget_line", "unit", "VARCHAR(20) NOT NULL DEFAULT ''"),
    ("campaign", "ended_on", "DATE"),
    ("deliverable", "earmark", "VARCHAR(200) NOT NULL DEFAULT ''"),
    ("expense", "payment_kind", "VARCHAR(40) NOT NULL DEFAULT 'direct'"),
    ("expense", "is_cash", "BOOLEAN NOT NULL DEFAULT {false}"),
    ("expense", "payee_identity_hash", "{bytes}"),
    (
        "expense",
        "payee_organisation_id",
        "{id} CONSTRAINT fk_expense_payee_organisation_id REFERENCES organisation (id)",
    ),
    (
        "fundraising_plan",
        "sheet_id",
        "{id} CONSTRAINT fk_fundraising_plan_sheet_id REFERENCES plan_sheet (id)",
    ),
    ("fundraising_plan", "emergency", "VARCHAR(200) NOT NULL DEFAULT ''"),
    (
        "organisation",
        "host_id",
        "{id} CONSTRAINT fk_organisation_host_id REFERENCES organisation (id)"
        " CONSTRAINT ck_organisation_host_of_group"
        " CHECK (host_id IS NULL OR kind = 'community_group')",
    ),
    ("organisation", "filing_number", "VARCHAR(200)"),
    ("organisation", "established_on", "DATE"),
    ("organisation", "registrar_code", "VARCHAR(12)"),
    ("organisation", "is_social_work_agency", "BOOLEAN NOT NULL DEFAULT {false}"),
    ("organisation", "charity_since", "DATE"),
    ("organisation", "certificate_basis", "VARCHAR(40)"),
    ("organisation", "certificate_revoked_on", "DATE"),
    ("organisation", "deductible_from", "DATE"),
    (
        "organisation",
        "deductible_until",
        "DATE CONSTRAINT ck_organisation_deductible_period CHECK (deductible_until IS NULL"
        " OR (deductible_from IS NOT NULL AND deductible_from <= deductible_until))",
    ),
    ("partner_agreement", "supervision_note", "TEXT NOT NULL DEFAULT ''"),
    ("payout", "proof_hash", "{bytes}"),
    ("payout", "proof_media_type", "VARCHAR(40) NOT NULL DEFAULT ''"),
    (
        "project",
        "plan_sheet_id",
        "{id} CONSTRAINT fk_project_plan_sheet_id REFERENCES plan_sheet (id)",
    ),
    ("refund_batch", "agreed_as", "VARCHAR(80) NOT NULL DEFAULT ''"),
    ("sign_in_session", "confirmed_at", "{instant}"),
    ("voucher", "pages", "{id} NOT NULL DEFAULT 1"),
)

#: Columns of tables that were there, by which rows are looked up.
NEW_INDEXES = (
    ("expense", "payee_organisation_id"),
    ("organisation", "host_id"),
)

#: What pages of long lists of organisations are found by: the rows of one half, in their order.
LISTED = (
    ("registered", ["id", "kind", "region_code"], "state = 'verified' AND uscc IS NOT NULL"),
    ("filed", ["id", "kind", "region_code"], "state = 'verified' AND uscc IS NULL"),
    ("waiting", ["registered_at", "id"], "state = 'pending'"),
)

#: A sheet belongs to one plan, and to one project.
NEW_KEYS = (
    ("uq_fundraising_plan_sheet", "fundraising_plan", "sheet_id"),
    ("uq_project_plan_sheet", "project", "plan_sheet_id"),
)

WORDS = {
    "sqlite": {"id": "INTEGER", "instant": "DATETIME", "bytes": "BLOB", "false": "0"},
    "postgresql": {
        "id": "BIGINT",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "bytes": "BYTEA",
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
    for half, columns, condition in LISTED:
        where = sa.text(condition)
        op.create_index(
            f"ix_organisation_{half}",
            "organisation",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )
    for name, table, column in NEW_KEYS:
        op.create_index(name, table, [column], unique=True)


def downgrade() -> None:
    """Take them away again."""
    for name, table, _ in NEW_KEYS:
        op.drop_index(name, table)
    for half, _, _ in LISTED:
        op.drop_index(f"ix_organisation_{half}", "organisation")
    for table, column in NEW_INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table, column, _ in reversed(NEW_COLUMNS):
        op.drop_column(table, column)
    for table in NEW_TABLES:
        op.drop_table(table)


def _eligibility_decision() -> None:
    op.create_table(
        "eligibility_decision",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "posting",
                "donating",
                "granting",
                "paying",
                name="decidedact",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_decision")),
        sa.UniqueConstraint(
            "subject",
            "act",
            "decided_on",
            "digest",
            name=op.f("uq_eligibility_decision_subject_act_decided_on_digest"),
        ),
    )


def _plan_sheet() -> None:
    op.create_table(
        "plan_sheet",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("territory", sa.String(length=200), nullable=False),
        sa.Column("responsible_name", sa.String(length=200), nullable=False),
        sa.Column("office_address", sa.String(length=200), nullable=False),
        sa.Column("ways_of_giving", sa.String(length=200), nullable=False),
        sa.Column("bank_account", sa.String(length=200), nullable=False),
        sa.Column("beneficiaries", sa.Text(), nullable=False),
        sa.Column("use_of_money", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column(
            "surplus_way",
            sa.Enum(
                "similar_project",
                "ask_givers",
                "refund",
                name="surplusway",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("surplus_rule", sa.Text(), nullable=False),
        sa.Column("second_filing", sa.String(length=200), nullable=False),
        sa.Column("emergency", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "cost IS NULL OR cost >= 0", name=op.f("ck_plan_sheet_cost_not_negative")
        ),
        sa.CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on",
            name=op.f("ck_plan_sheet_period"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_sheet")),
    )


def _recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)


def _registry_import() -> None:
    op.create_table(
        "registry_import",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("rows", BIG_ID, nullable=False),
        sa.Column("created", BIG_ID, nullable=False),
        sa.Column("changed", BIG_ID, nullable=False),
        sa.Column("unchanged", BIG_ID, nullable=False),
        sa.Column("refused", BIG_ID, nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("applied_by_user_id", BIG_ID, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["applied_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_registry_import_applied_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_import")),
        sa.UniqueConstraint("file_hash", name=op.f("uq_registry_import_file_hash")),
    )
    op.create_index(
        op.f("ix_registry_import_applied_by_user_id"),
        "registry_import",
        ["applied_by_user_id"],
        unique=False,
    )


def _requirement() -> None:
    op.create_table(
        "requirement",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "village_decision",
                "public_notice",
                "county_approval",
                "conflict_review",
                "account_hold",
                "judged_by_hand",
                "accepted_work",
                "evidence",
                "advance_settled",
                name="requirementkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "met",
                "refused",
                "dropped",
                name="requirementstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_by_user_id", BIG_ID, nullable=True),
        sa.Column("met_by_person_id", BIG_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.CheckConstraint("(state = 'open') = (met_at IS NULL)", name=op.f("ck_requirement_met")),
        sa.ForeignKeyConstraint(
            ["met_by_person_id"], ["person.id"], name=op.f("fk_requirement_met_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["met_by_user_id"], ["user_account.id"], name=op.f("fk_requirement_met_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("subject", "kind", name=op.f("uq_requirement_subject_kind")),
    )
    op.create_index(
        op.f("ix_requirement_met_by_person_id"), "requirement", ["met_by_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_requirement_met_by_user_id"), "requirement", ["met_by_user_id"], unique=False
    )
    op.create_index(
        "ix_requirement_waiting",
        "requirement",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _second_factor() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", BIG_ID, nullable=False),
        sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reset_by_user_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["reset_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_second_factor_reset_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_index(
        op.f("ix_second_factor_reset_by_user_id"),
        "second_factor",
        ["reset_by_user_id"],
        unique=False,
    )


def _annual_inspection() -> None:
    op.create_table(
        "annual_inspection",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("year", BIG_ID, nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "pass",
                "basic_pass",
                "fail",
                "not_submitted",
                "report_only",
                name="inspectionresult",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_annual_inspection_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_annual_inspection_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_inspection")),
        sa.UniqueConstraint(
            "organisation_id", "year", name=op.f("uq_annual_inspection_organisation_id_year")
        ),
    )
    op.create_index(
        op.f("ix_annual_inspection_organisation_id"),
        "annual_inspection",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_annual_inspection_recorded_by_user_id"),
        "annual_inspection",
        ["recorded_by_user_id"],
        unique=False,
    )


def _charitable_trust() -> None:
    op.create_table(
        "charitable_trust",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("trustee_id", BIG_ID, nullable=False),
        sa.Column("settlor_name", sa.String(length=200), nullable=False),
        sa.Column("settlor_identity_hash", sa.LargeBinary(), nullable=True),
        sa.Column("supervisor_name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filing_number", sa.String(length=200), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_charitable_trust_amount_positive")),
        sa.CheckConstraint(
            "ended_on IS NULL OR signed_on <= ended_on", name=op.f("ck_charitable_trust_period")
        ),
        sa.CheckConstraint(
            "filed_on IS NULL OR signed_on <= filed_on",
            name=op.f("ck_charitable_trust_filed_after"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_charitable_trust_recorded_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_charitable_trust_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["trustee_id"], ["organisation.id"], name=op.f("fk_charitable_trust_trustee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charitable_trust")),
        sa.UniqueConstraint("filing_number", name=op.f("uq_charitable_trust_filing_number")),
        sa.UniqueConstraint("name", name=op.f("uq_charitable_trust_name")),
    )
    op.create_index(
        op.f("ix_charitable_trust_recorded_by_user_id"),
        "charitable_trust",
        ["recorded_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_charitable_trust_region_code"), "charitable_trust", ["region_code"], unique=False
    )
    op.create_index(
        op.f("ix_charitable_trust_trustee_id"), "charitable_trust", ["trustee_id"], unique=False
    )


def _federation_member() -> None:
    op.create_table(
        "federation_member",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("federation_id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "federation_id <> member_id", name=op.f("ck_federation_member_two_parties")
        ),
        sa.CheckConstraint(
            "left_on IS NULL OR joined_on <= left_on", name=op.f("ck_federation_member_period")
        ),
        sa.ForeignKeyConstraint(
            ["federation_id"], ["organisation.id"], name=op.f("fk_federation_member_federation_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["organisation.id"], name=op.f("fk_federation_member_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federation_member")),
        sa.UniqueConstraint(
            "federation_id",
            "member_id",
            "joined_on",
            name=op.f("uq_federation_member_federation_id_member_id_joined_on"),
        ),
    )
    op.create_index(
        op.f("ix_federation_member_federation_id"),
        "federation_member",
        ["federation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_federation_member_member_id"), "federation_member", ["member_id"], unique=False
    )


def _honour() -> None:
    op.create_table(
        "honour",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("awarded_by", sa.String(length=200), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_honour_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"], ["user_account.id"], name=op.f("fk_honour_recorded_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour")),
        sa.UniqueConstraint(
            "organisation_id",
            "title",
            "awarded_on",
            name=op.f("uq_honour_organisation_id_title_awarded_on"),
        ),
    )
    op.create_index(op.f("ix_honour_organisation_id"), "honour", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_honour_recorded_by_user_id"), "honour", ["recorded_by_user_id"], unique=False
    )


def _incubation() -> None:
    op.create_table(
        "incubation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column(
            "tier",
            sa.Enum("centre", "base", "room", name="incubationtier", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "applied",
                "incubating",
                "graduated",
                "registered",
                "left",
                name="incubationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=False),
        sa.Column("support_minutes", BIG_ID, nullable=False),
        sa.CheckConstraint("support_minutes >= 0", name=op.f("ck_incubation_support_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_incubation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incubation")),
    )
    op.create_index(
        op.f("ix_incubation_organisation_id"), "incubation", ["organisation_id"], unique=False
    )


def _list_entry() -> None:
    op.create_table(
        "list_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column(
            "list",
            sa.Enum("abnormal", "serious", name="creditlist", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.CheckConstraint(
            "removed_on IS NULL OR listed_on <= removed_on", name=op.f("ck_list_entry_period")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_list_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_list_entry_recorded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")),
        sa.UniqueConstraint(
            "organisation_id",
            "list",
            "listed_on",
            name=op.f("uq_list_entry_organisation_id_list_listed_on"),
        ),
    )
    op.create_index(
        op.f("ix_list_entry_organisation_id"), "list_entry", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_list_entry_recorded_by_user_id"),
        "list_entry",
        ["recorded_by_user_id"],
        unique=False,
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "village_project",
                "beneficiaries",
                "payout",
                "award",
                "surplus",
                "evaluation",
                "registration",
                "other",
                name="publicnoticekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "standing", "ended", "withdrawn", name="noticestate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("published_by_user_id", BIG_ID, nullable=False),
        sa.Column("publisher_person_id", BIG_ID, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_notice_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_notice_published_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["publisher_person_id"], ["person.id"], name=op.f("fk_notice_publisher_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_notice_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_organisation_id"), "notice", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_notice_published_by_user_id"), "notice", ["published_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_notice_publisher_person_id"), "notice", ["publisher_person_id"], unique=False
    )
    op.create_index(op.f("ix_notice_region_code"), "notice", ["region_code"], unique=False)
    op.create_index("ix_notice_state_ends_on", "notice", ["state", "ends_on"], unique=False)
    op.create_index(op.f("ix_notice_subject"), "notice", ["subject"], unique=False)
    op.create_index(
        "uq_notice_standing_subject",
        "notice",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("state = 'standing' AND subject <> ''"),
        postgresql_where=sa.text("state = 'standing' AND subject <> ''"),
    )


def _payee_account() -> None:
    op.create_table(
        "payee_account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("charity_id", BIG_ID, nullable=False),
        sa.Column("payee_name", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usable_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_used_at <= usable_from", name=op.f("ck_payee_account_rest")),
        sa.ForeignKeyConstraint(
            ["charity_id"], ["organisation.id"], name=op.f("fk_payee_account_charity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_account")),
        sa.UniqueConstraint(
            "charity_id",
            "payee_name",
            "account",
            name=op.f("uq_payee_account_charity_id_payee_name_account"),
        ),
    )
    op.create_index(
        op.f("ix_payee_account_charity_id"), "payee_account", ["charity_id"], unique=False
    )


def _payment_batch() -> None:
    op.create_table(
        "payment_batch",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("charity_id", BIG_ID, nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("count", BIG_ID, nullable=False),
        sa.Column("made_by_user_id", BIG_ID, nullable=False),
        sa.Column("maker_person_id", BIG_ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("count > 0", name=op.f("ck_payment_batch_count_positive")),
        sa.CheckConstraint("total > 0", name=op.f("ck_payment_batch_total_positive")),
        sa.ForeignKeyConstraint(
            ["charity_id"], ["organisation.id"], name=op.f("fk_payment_batch_charity_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_user_id"], ["user_account.id"], name=op.f("fk_payment_batch_made_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["maker_person_id"], ["person.id"], name=op.f("fk_payment_batch_maker_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batch")),
    )
    op.create_index(
        op.f("ix_payment_batch_charity_id"), "payment_batch", ["charity_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_batch_made_by_user_id"), "payment_batch", ["made_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_batch_maker_person_id"), "payment_batch", ["maker_person_id"], unique=False
    )


def _rating() -> None:
    op.create_table(
        "rating",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("grade", BIG_ID, nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_rating_grade")),
        sa.CheckConstraint("rated_on < expires_on", name=op.f("ck_rating_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_rating_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"], ["user_account.id"], name=op.f("fk_rating_recorded_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "organisation_id", "rated_on", name=op.f("uq_rating_organisation_id_rated_on")
        ),
    )
    op.create_index(op.f("ix_rating_organisation_id"), "rating", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_rating_recorded_by_user_id"), "rating", ["recorded_by_user_id"], unique=False
    )


def _ratio_report() -> None:
    op.create_table(
        "ratio_report",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("year", BIG_ID, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ratio_report_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratio_report")),
        sa.UniqueConstraint(
            "organisation_id",
            "year",
            "computed_at",
            name=op.f("uq_ratio_report_organisation_id_year_computed_at"),
        ),
    )
    op.create_index(
        op.f("ix_ratio_report_organisation_id"), "ratio_report", ["organisation_id"], unique=False
    )


def _related_party() -> None:
    op.create_table(
        "related_party",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "founder",
                "major_donor",
                "legal_representative",
                "council",
                "supervisor",
                "manager",
                "staff",
                "relative",
                "vendor",
                name="relation",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("relative_of_id", BIG_ID, nullable=True),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(), nullable=True),
        sa.Column(
            "office",
            sa.Enum(
                "none", "chair", "secretary_general", name="office", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("employer", sa.String(length=200), nullable=False),
        sa.Column("is_full_time", sa.Boolean(), nullable=False),
        sa.Column("is_mainland", sa.Boolean(), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by_user_id", BIG_ID, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "relation <> 'relative' OR relative_of_id IS NOT NULL",
            name=op.f("ck_related_party_relative_of"),
        ),
        sa.CheckConstraint("until IS NULL OR since <= until", name=op.f("ck_related_party_period")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_related_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_related_party_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_related_party_recorded_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["relative_of_id"], ["related_party.id"], name=op.f("fk_related_party_relative_of_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_party")),
    )
    op.create_index(
        op.f("ix_related_party_organisation_id"), "related_party", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_related_party_organisation_id_account_hash",
        "related_party",
        ["organisation_id", "account_hash"],
        unique=False,
    )
    op.create_index(
        "ix_related_party_organisation_id_address_hash",
        "related_party",
        ["organisation_id", "address_hash"],
        unique=False,
    )
    op.create_index(
        "ix_related_party_organisation_id_identity_hash",
        "related_party",
        ["organisation_id", "identity_hash"],
        unique=False,
    )
    op.create_index(
        "ix_related_party_organisation_id_name",
        "related_party",
        ["organisation_id", "name"],
        unique=False,
    )
    op.create_index(
        "ix_related_party_organisation_id_phone_hash",
        "related_party",
        ["organisation_id", "phone_hash"],
        unique=False,
    )
    op.create_index(
        op.f("ix_related_party_person_id"), "related_party", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_related_party_recorded_by_user_id"),
        "related_party",
        ["recorded_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_related_party_relative_of_id"), "related_party", ["relative_of_id"], unique=False
    )


def _social_work_station() -> None:
    op.create_table(
        "social_work_station",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "tier",
            sa.Enum("centre", "station", "room", name="stationtier", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("operator_id", BIG_ID, nullable=True),
        sa.Column("workers", BIG_ID, nullable=False),
        sa.Column("is_model", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(tier = 'centre') = (parent_id IS NULL)",
            name=op.f("ck_social_work_station_below_another"),
        ),
        sa.CheckConstraint(
            "closed_on IS NULL OR opened_on <= closed_on",
            name=op.f("ck_social_work_station_period"),
        ),
        sa.CheckConstraint(
            "workers >= 0", name=op.f("ck_social_work_station_workers_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["organisation.id"], name=op.f("fk_social_work_station_operator_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["social_work_station.id"], name=op.f("fk_social_work_station_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_social_work_station_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_work_station")),
        sa.UniqueConstraint(
            "region_code", "name", name=op.f("uq_social_work_station_region_code_name")
        ),
    )
    op.create_index(
        op.f("ix_social_work_station_operator_id"),
        "social_work_station",
        ["operator_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_social_work_station_parent_id"), "social_work_station", ["parent_id"], unique=False
    )
    op.create_index(
        op.f("ix_social_work_station_region_code"),
        "social_work_station",
        ["region_code"],
        unique=False,
    )


def _verification() -> None:
    op.create_table(
        "verification",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column(
            "thing",
            sa.Enum(
                "registration",
                "certificate",
                "host",
                "collective_account",
                name="verifiedthing",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("verified_by_user_id", BIG_ID, nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_verification_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_verification_verified_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(
        op.f("ix_verification_organisation_id"), "verification", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_verification_verified_by_user_id"),
        "verification",
        ["verified_by_user_id"],
        unique=False,
    )


def _volunteer_team() -> None:
    op.create_table(
        "volunteer_team",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("leader_name", sa.String(length=200), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("disbanded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "disbanded_on IS NULL OR formed_on <= disbanded_on",
            name=op.f("ck_volunteer_team_period"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_volunteer_team_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["volunteer_team.id"], name=op.f("fk_volunteer_team_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_volunteer_team_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_team")),
        sa.UniqueConstraint("region_code", "name", name=op.f("uq_volunteer_team_region_code_name")),
    )
    op.create_index(
        op.f("ix_volunteer_team_organisation_id"),
        "volunteer_team",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_volunteer_team_parent_id"), "volunteer_team", ["parent_id"], unique=False
    )
    op.create_index(
        op.f("ix_volunteer_team_region_code"), "volunteer_team", ["region_code"], unique=False
    )


def _objection() -> None:
    op.create_table(
        "objection",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("notice_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_objection_answered")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (upheld IS NULL)", name=op.f("ck_objection_judged")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_objection_answered_by_user_id"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_objection_notice_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_objection_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index(
        op.f("ix_objection_answered_by_user_id"), "objection", ["answered_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_objection_notice_id"), "objection", ["notice_id"], unique=False)
    op.create_index(op.f("ix_objection_user_id"), "objection", ["user_id"], unique=False)


def _station_check() -> None:
    op.create_table(
        "station_check",
        sa.Column("station_id", BIG_ID, nullable=False),
        sa.Column(
            "module",
            sa.Enum(
                "party_building",
                "livelihood",
                "social_service",
                "governance",
                "case_and_group",
                name="stationmodule",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by_user_id", BIG_ID, nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_station_check_checked_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["social_work_station.id"], name=op.f("fk_station_check_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", "module", name=op.f("pk_station_check")),
    )
    op.create_index(
        op.f("ix_station_check_checked_by_user_id"),
        "station_check",
        ["checked_by_user_id"],
        unique=False,
    )


def _trust_beneficiary() -> None:
    op.create_table(
        "trust_beneficiary",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("trust_id", BIG_ID, nullable=False),
        sa.Column("masked_name", sa.String(length=200), nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trust_id"], ["charitable_trust.id"], name=op.f("fk_trust_beneficiary_trust_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trust_beneficiary")),
        sa.UniqueConstraint(
            "trust_id", "identity_hash", name=op.f("uq_trust_beneficiary_trust_id_identity_hash")
        ),
    )
    op.create_index(
        op.f("ix_trust_beneficiary_trust_id"), "trust_beneficiary", ["trust_id"], unique=False
    )


def _trust_report() -> None:
    op.create_table(
        "trust_report",
        sa.Column("trust_id", BIG_ID, nullable=False),
        sa.Column("year", BIG_ID, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trust_id"], ["charitable_trust.id"], name=op.f("fk_trust_report_trust_id")
        ),
        sa.PrimaryKeyConstraint("trust_id", "year", name=op.f("pk_trust_report")),
    )


def _programme() -> None:
    op.create_table(
        "programme",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("funder_id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_programme_period")),
        sa.CheckConstraint("total > 0", name=op.f("ck_programme_total_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_programme_created_by_user_id"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_programme_fund_id")),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["organisation.id"], name=op.f("fk_programme_funder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
    )
    op.create_index(
        op.f("ix_programme_created_by_user_id"), "programme", ["created_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_programme_fund_id"), "programme", ["fund_id"], unique=False)
    op.create_index(op.f("ix_programme_funder_id"), "programme", ["funder_id"], unique=False)


def _budget_change() -> None:
    op.create_table(
        "budget_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("budget_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "made",
                "refused",
                "withdrawn",
                name="budgetchangestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("largest_permille", BIG_ID, nullable=False),
        sa.Column("asked_by_user_id", BIG_ID, nullable=False),
        sa.Column("asker_person_id", BIG_ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "largest_permille >= 0", name=op.f("ck_budget_change_share_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_budget_change_asked_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asker_person_id"], ["person.id"], name=op.f("fk_budget_change_asker_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budget.id"], name=op.f("fk_budget_change_budget_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_change")),
    )
    op.create_index(
        op.f("ix_budget_change_asked_by_user_id"),
        "budget_change",
        ["asked_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_budget_change_asker_person_id"), "budget_change", ["asker_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_budget_change_budget_id"), "budget_change", ["budget_id"], unique=False
    )
    op.create_index(
        "uq_budget_change_asked",
        "budget_change",
        ["budget_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )


def _disclosure_duty() -> None:
    op.create_table(
        "disclosure_duty",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "charter",
                "annual_report",
                "campaign_progress",
                "campaign_result",
                "project_progress",
                "project_result",
                "major_transaction",
                "related_dealing",
                "related_parties",
                "major_projects",
                "surplus",
                "trust",
                "members_report",
                "beneficiary_rules",
                "pay_and_standards",
                "emergency_receipts",
                "emergency_filing",
                "partner_supervision",
                "trust_filing",
                "trust_report",
                "ratio_missed",
                name="disclosurekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_because = '')", name=op.f("ck_disclosure_duty_dropped")
        ),
        sa.CheckConstraint("period_from <= period_until", name=op.f("ck_disclosure_duty_period")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_disclosure_duty_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_disclosure_duty_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_duty")),
        sa.UniqueConstraint(
            "rule_id",
            "subject",
            "kind",
            "period_until",
            name=op.f("uq_disclosure_duty_rule_id_subject_kind_period_until"),
        ),
    )
    op.create_index(
        op.f("ix_disclosure_duty_campaign_id"), "disclosure_duty", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_disclosure_duty_organisation_id"),
        "disclosure_duty",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_disclosure_duty_subject"), "disclosure_duty", ["subject"], unique=False
    )
    op.create_index(
        "ix_disclosure_duty_waiting",
        "disclosure_duty",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("fulfilled_at IS NULL AND dropped_at IS NULL"),
        postgresql_where=sa.text("fulfilled_at IS NULL AND dropped_at IS NULL"),
    )


def _restriction() -> None:
    op.create_table(
        "restriction",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column(
            "act",
            sa.Enum(
                "post",
                "collect",
                "receive_grant",
                "pay",
                name="restrictedact",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (campaign_id IS NULL)",
            name=op.f("ck_restriction_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_restriction_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_restriction_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
        sa.UniqueConstraint("source", "act", name=op.f("uq_restriction_source_act")),
    )
    op.create_index(
        "ix_restriction_campaign_id_act", "restriction", ["campaign_id", "act"], unique=False
    )
    op.create_index(
        "ix_restriction_organisation_id_act",
        "restriction",
        ["organisation_id", "act"],
        unique=False,
    )


def _site_allocation() -> None:
    op.create_table(
        "site_allocation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("programme_id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("community", "street", name="sitekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("budget_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_site_allocation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budget.id"], name=op.f("fk_site_allocation_budget_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_site_allocation_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_site_allocation_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_allocation")),
        sa.UniqueConstraint("budget_id", name=op.f("uq_site_allocation_budget_id")),
        sa.UniqueConstraint(
            "programme_id", "region_code", name=op.f("uq_site_allocation_programme_id_region_code")
        ),
    )
    op.create_index(
        op.f("ix_site_allocation_programme_id"), "site_allocation", ["programme_id"], unique=False
    )
    op.create_index(
        op.f("ix_site_allocation_region_code"), "site_allocation", ["region_code"], unique=False
    )


def _budget_change_part() -> None:
    op.create_table(
        "budget_change_part",
        sa.Column("change_id", BIG_ID, nullable=False),
        sa.Column("budget_line_id", BIG_ID, nullable=False),
        sa.Column("was", sa.BigInteger(), nullable=False),
        sa.Column("becomes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "was > 0 AND becomes > 0", name=op.f("ck_budget_change_part_amounts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["budget_line_id"],
            ["budget_line.id"],
            name=op.f("fk_budget_change_part_budget_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["budget_change.id"], name=op.f("fk_budget_change_part_change_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "budget_line_id", name=op.f("pk_budget_change_part")),
    )
    op.create_index(
        op.f("ix_budget_change_part_budget_line_id"),
        "budget_change_part",
        ["budget_line_id"],
        unique=False,
    )


def _disclosure_entry() -> None:
    op.create_table(
        "disclosure_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("duty_id", BIG_ID, nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "charter",
                "annual_report",
                "campaign_progress",
                "campaign_result",
                "project_progress",
                "project_result",
                "major_transaction",
                "related_dealing",
                "related_parties",
                "major_projects",
                "surplus",
                "trust",
                "members_report",
                "beneficiary_rules",
                "pay_and_standards",
                "emergency_receipts",
                "emergency_filing",
                "partner_supervision",
                "trust_filing",
                "trust_report",
                "ratio_missed",
                name="disclosurekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_user_id", BIG_ID, nullable=True),
        sa.Column("supersedes_id", BIG_ID, nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (explanation = '')",
            name=op.f("ck_disclosure_entry_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_disclosure_entry_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id"], ["disclosure_duty.id"], name=op.f("fk_disclosure_entry_duty_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_disclosure_entry_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_disclosure_entry_published_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["disclosure_entry.id"],
            name=op.f("fk_disclosure_entry_supersedes_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_entry")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_disclosure_entry_supersedes_id")),
    )
    op.create_index(
        op.f("ix_disclosure_entry_campaign_id"), "disclosure_entry", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_disclosure_entry_duty_id"), "disclosure_entry", ["duty_id"], unique=False
    )
    op.create_index(
        op.f("ix_disclosure_entry_organisation_id"),
        "disclosure_entry",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_disclosure_entry_published",
        "disclosure_entry",
        ["is_public", "published_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_disclosure_entry_published_by_user_id"),
        "disclosure_entry",
        ["published_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_disclosure_entry_subject"), "disclosure_entry", ["subject"], unique=False
    )


def _household() -> None:
    op.create_table(
        "household",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("deliverable_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("masked_name", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverable.id"], name=op.f("fk_household_deliverable_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_household_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint(
            "deliverable_id", "number", name=op.f("uq_household_deliverable_id_number")
        ),
    )
    op.create_index(
        op.f("ix_household_deliverable_id"), "household", ["deliverable_id"], unique=False
    )
    op.create_index(op.f("ix_household_region_code"), "household", ["region_code"], unique=False)


def _restriction_lift() -> None:
    op.create_table(
        "restriction_lift",
        sa.Column("restriction_id", BIG_ID, nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_user_id", BIG_ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lifted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_restriction_lift_lifted_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["restriction_id"], ["restriction.id"], name=op.f("fk_restriction_lift_restriction_id")
        ),
        sa.PrimaryKeyConstraint("restriction_id", name=op.f("pk_restriction_lift")),
    )
    op.create_index(
        op.f("ix_restriction_lift_lifted_by_user_id"),
        "restriction_lift",
        ["lifted_by_user_id"],
        unique=False,
    )


def _household_delivery() -> None:
    op.create_table(
        "household_delivery",
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.Column("household_id", BIG_ID, nullable=False),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_household_delivery_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_delivery_household_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", "household_id", name=op.f("pk_household_delivery")),
    )
    op.create_index(
        op.f("ix_household_delivery_household_id"),
        "household_delivery",
        ["household_id"],
        unique=False,
    )
    op.create_index(
        "uq_household_delivery_standing",
        "household_delivery",
        ["household_id"],
        unique=True,
        sqlite_where=sa.text("is_standing"),
        postgresql_where=sa.text("is_standing"),
    )


def _household_item() -> None:
    op.create_table(
        "household_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("household_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quantity", BIG_ID, nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_household_item_quantity_positive")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_household_item_unit_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_item_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_item")),
        sa.UniqueConstraint(
            "household_id", "number", name=op.f("uq_household_item_household_id_number")
        ),
    )
    op.create_index(
        op.f("ix_household_item_household_id"), "household_item", ["household_id"], unique=False
    )


def _payment_batch_item() -> None:
    op.create_table(
        "payment_batch_item",
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("expense_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_batch_item_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["expense_id"], ["expense.id"], name=op.f("fk_payment_batch_item_expense_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "expense_id", name=op.f("pk_payment_batch_item")),
        sa.UniqueConstraint(
            "batch_id", "number", name=op.f("uq_payment_batch_item_batch_id_number")
        ),
    )
    op.create_index(
        op.f("ix_payment_batch_item_expense_id"), "payment_batch_item", ["expense_id"], unique=False
    )
    op.create_index(
        "uq_payment_batch_item_standing",
        "payment_batch_item",
        ["expense_id"],
        unique=True,
        sqlite_where=sa.text("is_standing"),
        postgresql_where=sa.text("is_standing"),
    )


def _project_closing() -> None:
    op.create_table(
        "project_closing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.Column("charity_id", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "asking",
                "submitted",
                "agreed",
                "done",
                "withdrawn",
                name="projectclosingstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("surplus", sa.BigInteger(), nullable=False),
        sa.Column(
            "disposal",
            sa.Enum(
                "none",
                "by_plan",
                "similar",
                "ask",
                name="surplusdisposal",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("into_fund_id", BIG_ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("answers_until", sa.Date(), nullable=True),
        sa.Column("prepared_by_user_id", BIG_ID, nullable=False),
        sa.Column("preparer_person_id", BIG_ID, nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(disposal = 'none') = (surplus = 0)",
            name=op.f("ck_project_closing_disposal_of_surplus"),
        ),
        sa.CheckConstraint(
            "into_fund_id IS NULL OR into_fund_id <> fund_id",
            name=op.f("ck_project_closing_two_funds"),
        ),
        sa.CheckConstraint("surplus >= 0", name=op.f("ck_project_closing_surplus_not_negative")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_project_closing_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["charity_id"], ["organisation.id"], name=op.f("fk_project_closing_charity_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["disclosure_entry.id"], name=op.f("fk_project_closing_entry_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_project_closing_fund_id")),
        sa.ForeignKeyConstraint(
            ["into_fund_id"], ["fund.id"], name=op.f("fk_project_closing_into_fund_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_project_closing_prepared_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["preparer_person_id"],
            ["person.id"],
            name=op.f("fk_project_closing_preparer_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_closing")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_project_closing_entry_id")),
    )
    op.create_index(
        op.f("ix_project_closing_campaign_id"), "project_closing", ["campaign_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_closing_charity_id"), "project_closing", ["charity_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_closing_fund_id"), "project_closing", ["fund_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_closing_into_fund_id"), "project_closing", ["into_fund_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_closing_prepared_by_user_id"),
        "project_closing",
        ["prepared_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_project_closing_preparer_person_id"),
        "project_closing",
        ["preparer_person_id"],
        unique=False,
    )
    op.create_index(
        "uq_project_closing_running",
        "project_closing",
        ["fund_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def _advance_voucher() -> None:
    op.create_table(
        "advance_voucher",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("expense_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("seller_name", sa.String(length=200), nullable=False),
        sa.Column("voucher_number", sa.String(length=200), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("added_by_user_id", BIG_ID, nullable=False),
        sa.Column("adder_person_id", BIG_ID, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_advance_voucher_amount_positive")),
        sa.ForeignKeyConstraint(
            ["expense_id"], ["expense.id"], name=op.f("fk_advance_voucher_expense_id")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_advance_voucher_added_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["adder_person_id"], ["person.id"], name=op.f("fk_advance_voucher_adder_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advance_voucher")),
        sa.UniqueConstraint(
            "expense_id",
            "seller_name",
            "voucher_number",
            name=op.f("uq_advance_voucher_expense_id_seller_name_voucher_number"),
        ),
    )
    for column in ("expense_id", "added_by_user_id", "adder_person_id"):
        op.create_index(op.f(f"ix_advance_voucher_{column}"), "advance_voucher", [column])


def _surplus_answer() -> None:
    op.create_table(
        "surplus_answer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("closing_id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum("move", "refund", name="surpluschoice", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(choice IS NULL) = (answered_at IS NULL)", name=op.f("ck_surplus_answer_answered")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_surplus_answer_amount_positive")),
        sa.ForeignKeyConstraint(
            ["closing_id"], ["project_closing.id"], name=op.f("fk_surplus_answer_closing_id")
        ),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_surplus_answer_donation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surplus_answer")),
        sa.UniqueConstraint(
            "closing_id", "donation_id", name=op.f("uq_surplus_answer_closing_id_donation_id")
        ),
    )
    op.create_index(
        op.f("ix_surplus_answer_closing_id"), "surplus_answer", ["closing_id"], unique=False
    )
    op.create_index(
        op.f("ix_surplus_answer_donation_id"), "surplus_answer", ["donation_id"], unique=False
    )


TABLES = (
    _eligibility_decision,
    _plan_sheet,
    _recovery_code,
    _registry_import,
    _requirement,
    _second_factor,
    _annual_inspection,
    _charitable_trust,
    _federation_member,
    _honour,
    _incubation,
    _list_entry,
    _notice,
    _payee_account,
    _payment_batch,
    _rating,
    _ratio_report,
    _related_party,
    _social_work_station,
    _verification,
    _volunteer_team,
    _objection,
    _station_check,
    _trust_beneficiary,
    _trust_report,
    _programme,
    _budget_change,
    _disclosure_duty,
    _restriction,
    _site_allocation,
    _budget_change_part,
    _disclosure_entry,
    _household,
    _restriction_lift,
    _household_delivery,
    _household_item,
    _payment_batch_item,
    _project_closing,
    _surplus_answer,
    _advance_voucher,
)
