"""Audits: plans and draws, inspections, samples, red flags, findings, results.

What these tables refuse of themselves stands in `charity/audits/guards.py`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for make in TABLES:
        make()


def downgrade() -> None:
    """Take them away again, newest first."""
    for make in reversed(TABLES):
        op.drop_table(make.__name__.removeprefix("_"))


def _picture_look() -> None:
    op.create_table(
        "picture_look",
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("look", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("file_hash", name=op.f("pk_picture_look")),
    )


def _saved_filter() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint(
            "user_id", "area", "name", name=op.f("uq_saved_filter_user_id_area_name")
        ),
    )


def _audit_plan() -> None:
    op.create_table(
        "audit_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "regular", "irregular", "special", name="auditkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "county",
                "city",
                "province",
                "ministry",
                name="auditlevel",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("payer_id", BIG_ID, nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("checklist_version", sa.String(length=20), nullable=False),
        sa.Column("coverage", BIG_ID, nullable=False),
        sa.Column("frame_filter", sa.JSON(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("team_size", BIG_ID, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("response_days", BIG_ID, nullable=False),
        sa.Column("rectification_days", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "framed",
                "drawn",
                "published",
                "closed",
                name="auditplanstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("frame_hash", sa.String(length=64), nullable=True),
        sa.Column("framed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("framed_by_user_id", BIG_ID, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by_user_id", BIG_ID, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (frame_hash IS NULL)", name=op.f("ck_audit_plan_framed")
        ),
        sa.CheckConstraint(
            "(frame_hash IS NULL) = (framed_at IS NULL)", name=op.f("ck_audit_plan_framed_at")
        ),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_audit_plan_budget_not_negative")),
        sa.CheckConstraint("coverage BETWEEN 0 AND 100", name=op.f("ck_audit_plan_coverage")),
        sa.CheckConstraint("period_from <= period_until", name=op.f("ck_audit_plan_period")),
        sa.CheckConstraint(
            "response_days > 0 AND rectification_days > 0",
            name=op.f("ck_audit_plan_days_to_answer"),
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_audit_plan_days")),
        sa.CheckConstraint("team_size >= 2", name=op.f("ck_audit_plan_team_of_two")),
        sa.ForeignKeyConstraint(
            ["framed_by_user_id"], ["user_account.id"], name=op.f("fk_audit_plan_framed_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_user_id"], ["user_account.id"], name=op.f("fk_audit_plan_made_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["organisation.id"], name=op.f("fk_audit_plan_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_audit_plan_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_plan")),
    )
    op.create_index(
        op.f("ix_audit_plan_framed_by_user_id"), "audit_plan", ["framed_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_audit_plan_made_by_user_id"), "audit_plan", ["made_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_audit_plan_payer_id"), "audit_plan", ["payer_id"], unique=False)
    op.create_index(op.f("ix_audit_plan_region_code"), "audit_plan", ["region_code"], unique=False)


def _flag_run() -> None:
    op.create_table(
        "flag_run",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("watermark", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("thresholds_version", sa.String(length=20), nullable=False),
        sa.Column("raised", BIG_ID, nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_by_user_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_flag_run_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_by_user_id"], ["user_account.id"], name=op.f("fk_flag_run_run_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_run")),
    )
    op.create_index(
        "ix_flag_run_organisation_id_id", "flag_run", ["organisation_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_flag_run_run_by_user_id"), "flag_run", ["run_by_user_id"], unique=False
    )


def _audit_draw() -> None:
    op.create_table(
        "audit_draw",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("number_name", sa.String(length=200), nullable=False),
        sa.Column("number_on", sa.Date(), nullable=False),
        sa.Column("secret_due_on", sa.Date(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by_user_id", BIG_ID, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "announced", "drawn", "void", name="auditdrawstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.String(length=200), nullable=True),
        sa.Column("public_number", sa.String(length=200), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_user_id", BIG_ID, nullable=True),
        sa.Column("code_version", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(commitment = '') = (secret_due_on IS NULL)",
            name=op.f("ck_audit_draw_due_with_secret"),
        ),
        sa.CheckConstraint(
            "(state = 'announced') = (ended_at IS NULL)", name=op.f("ck_audit_draw_ended")
        ),
        sa.CheckConstraint(
            "(state = 'drawn') = (public_number IS NOT NULL)",
            name=op.f("ck_audit_draw_drawn_by_number"),
        ),
        sa.CheckConstraint(
            "(state = 'drawn') = (seed IS NOT NULL)", name=op.f("ck_audit_draw_drawn_by_seed")
        ),
        sa.CheckConstraint("length(commitment) IN (0, 64)", name=op.f("ck_audit_draw_commitment")),
        sa.CheckConstraint(
            "secret_due_on IS NULL OR number_on <= secret_due_on",
            name=op.f("ck_audit_draw_number_first"),
        ),
        sa.ForeignKeyConstraint(
            ["announced_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_draw_announced_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_user_id"], ["user_account.id"], name=op.f("fk_audit_draw_ended_by_user_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["audit_plan.id"], name=op.f("fk_audit_draw_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_draw")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_audit_draw_plan_id_number")),
    )
    op.create_index(
        op.f("ix_audit_draw_announced_by_user_id"),
        "audit_draw",
        ["announced_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_audit_draw_ended_by_user_id"), "audit_draw", ["ended_by_user_id"], unique=False
    )
    op.create_index(
        "uq_audit_draw_running",
        "audit_draw",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )


def _audit_firm() -> None:
    op.create_table(
        "audit_firm",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("accountants", "tax", "law", name="firmkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("paper_hash", sa.LargeBinary(), nullable=True),
        sa.Column("paper_media_type", sa.String(length=40), nullable=False),
        sa.Column("added_by_user_id", BIG_ID, nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_user_id"], ["user_account.id"], name=op.f("fk_audit_firm_added_by_user_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["audit_plan.id"], name=op.f("fk_audit_firm_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_firm")),
        sa.UniqueConstraint("plan_id", "uscc", name=op.f("uq_audit_firm_plan_id_uscc")),
    )
    op.create_index(
        op.f("ix_audit_firm_added_by_user_id"), "audit_firm", ["added_by_user_id"], unique=False
    )


def _frame_row() -> None:
    op.create_table(
        "frame_row",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "association",
                "social_service_org",
                "foundation",
                "community_group",
                "grassroots_committee",
                "village_collective",
                "enterprise",
                "government",
                "party_unit",
                name="organisationkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "size",
            sa.Enum(
                "unknown",
                "small",
                "medium",
                "large",
                name="organisationsize",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "risk",
            sa.Enum("low", "normal", "high", name="organisationrisk", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_frame_row_organisation_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["audit_plan.id"], name=op.f("fk_frame_row_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_row")),
        sa.UniqueConstraint(
            "plan_id", "organisation_id", name=op.f("uq_frame_row_plan_id_organisation_id")
        ),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_frame_row_plan_id_position")),
        sa.UniqueConstraint("plan_id", "uscc", name=op.f("uq_frame_row_plan_id_uscc")),
    )
    op.create_index(
        op.f("ix_frame_row_organisation_id"), "frame_row", ["organisation_id"], unique=False
    )


def _inspection() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("rank", BIG_ID, nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column(
            "procedure",
            sa.Enum("written", "on_site", name="inspectionprocedure", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "drawn",
                "notified",
                "fieldwork",
                "draft_findings",
                "org_response",
                "final",
                "rectifying",
                "verified",
                "closed",
                "referred",
                "obstructed",
                name="inspectionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_note", sa.Text(), nullable=False),
        sa.Column("notice_number", sa.String(length=40), nullable=True),
        sa.Column("notice_delivered_on", sa.Date(), nullable=True),
        sa.Column("notice_text", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_media_type", sa.String(length=40), nullable=False),
        sa.Column("fieldwork_from", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_due_on", sa.Date(), nullable=True),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("responded_by_user_id", BIG_ID, nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'drawn' OR notice_delivered_on IS NOT NULL",
            name=op.f("ck_inspection_notice_first"),
        ),
        sa.CheckConstraint(
            "(notice_delivered_on IS NULL) = (notice_number IS NULL)",
            name=op.f("ck_inspection_notice_numbered"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_inspection_organisation_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["audit_plan.id"], name=op.f("fk_inspection_plan_id")),
        sa.ForeignKeyConstraint(
            ["responded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_inspection_responded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("notice_number", name=op.f("uq_inspection_notice_number")),
        sa.UniqueConstraint(
            "plan_id", "organisation_id", name=op.f("uq_inspection_plan_id_organisation_id")
        ),
        sa.UniqueConstraint("plan_id", "rank", name=op.f("uq_inspection_plan_id_rank")),
    )
    op.create_index(
        op.f("ix_inspection_organisation_id"), "inspection", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_responded_by_user_id"),
        "inspection",
        ["responded_by_user_id"],
        unique=False,
    )


def _audit_appeal() -> None:
    op.create_table(
        "audit_appeal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_by_user_id", BIG_ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_by_user_id", BIG_ID, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(upheld IS NULL) = (answered_at IS NULL)", name=op.f("ck_audit_appeal_answered")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_appeal_answered_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_audit_appeal_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_user_id"], ["user_account.id"], name=op.f("fk_audit_appeal_made_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_appeal")),
    )
    op.create_index(
        op.f("ix_audit_appeal_answered_by_user_id"),
        "audit_appeal",
        ["answered_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_audit_appeal_inspection_id"), "audit_appeal", ["inspection_id"], unique=False
    )
    op.create_index(
        op.f("ix_audit_appeal_made_by_user_id"), "audit_appeal", ["made_by_user_id"], unique=False
    )
    op.create_index(
        "uq_audit_appeal_open",
        "audit_appeal",
        ["inspection_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _audit_finding() -> None:
    op.create_table(
        "audit_finding",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "minor", "serious", "grave", name="findingseverity", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "told",
                "ordered",
                "answered",
                "verified",
                "closed",
                "referred",
                "dropped",
                name="findingstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found_by_user_id", BIG_ID, nullable=False),
        sa.Column("found_by_person_id", BIG_ID, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_text", sa.Text(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by_user_id", BIG_ID, nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_audit_finding_closed")
        ),
        sa.CheckConstraint(
            "state <> 'ordered' OR ordered_on IS NOT NULL", name=op.f("ck_audit_finding_ordered")
        ),
        sa.CheckConstraint(
            "(ordered_on IS NULL) = (due_on IS NULL)", name=op.f("ck_audit_finding_order_has_day")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_audit_finding_amount_not_negative")),
        sa.CheckConstraint(
            "ordered_on IS NULL OR ordered_on <= due_on", name=op.f("ck_audit_finding_order_period")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_finding_answered_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["found_by_person_id"], ["person.id"], name=op.f("fk_audit_finding_found_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_finding_found_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_audit_finding_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_finding")),
        sa.UniqueConstraint(
            "inspection_id", "number", name=op.f("uq_audit_finding_inspection_id_number")
        ),
    )
    op.create_index(
        op.f("ix_audit_finding_answered_by_user_id"),
        "audit_finding",
        ["answered_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_audit_finding_found_by_person_id"),
        "audit_finding",
        ["found_by_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_audit_finding_found_by_user_id"),
        "audit_finding",
        ["found_by_user_id"],
        unique=False,
    )
    op.create_index(
        "ix_audit_finding_state_due_on", "audit_finding", ["state", "due_on"], unique=False
    )


def _audit_result() -> None:
    op.create_table(
        "audit_result",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("corrects_id", BIG_ID, nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column(
            "conclusion",
            sa.Enum(
                "no_issue",
                "issues_found",
                "put_right",
                "referred",
                "obstructed",
                name="auditconclusion",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_by_user_id", BIG_ID, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(number = 1) = (corrects_id IS NULL)", name=op.f("ck_audit_result_first_corrects_none")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_audit_result_digest")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["audit_result.id"], name=op.f("fk_audit_result_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_audit_result_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_result_published_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_result")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_audit_result_corrects_id")),
        sa.UniqueConstraint(
            "inspection_id", "number", name=op.f("uq_audit_result_inspection_id_number")
        ),
    )
    op.create_index(
        op.f("ix_audit_result_published_by_user_id"),
        "audit_result",
        ["published_by_user_id"],
        unique=False,
    )


def _audit_sample() -> None:
    op.create_table(
        "audit_sample",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "random",
                "stratified",
                "systematic",
                "attribute",
                "mus",
                "risk",
                name="samplemethod",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_until", sa.Date(), nullable=True),
        sa.Column("frame_hash", sa.String(length=64), nullable=False),
        sa.Column("population", BIG_ID, nullable=False),
        sa.Column("book_value", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum("drawn", "evaluated", name="auditsamplestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("evaluation", sa.JSON(), nullable=False),
        sa.Column("drawn_by_user_id", BIG_ID, nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'evaluated') = (evaluated_at IS NOT NULL)",
            name=op.f("ck_audit_sample_evaluated"),
        ),
        sa.CheckConstraint(
            "book_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_audit_sample_book_value"),
        ),
        sa.CheckConstraint("population >= 0 AND size >= 0", name=op.f("ck_audit_sample_sizes")),
        sa.ForeignKeyConstraint(
            ["drawn_by_user_id"], ["user_account.id"], name=op.f("fk_audit_sample_drawn_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_audit_sample_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
        sa.UniqueConstraint(
            "inspection_id", "number", name=op.f("uq_audit_sample_inspection_id_number")
        ),
    )
    op.create_index(
        op.f("ix_audit_sample_drawn_by_user_id"), "audit_sample", ["drawn_by_user_id"], unique=False
    )


def _checklist_answer() -> None:
    op.create_table(
        "checklist_answer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "ok",
                "issue",
                "not_applicable",
                name="checklistverdict",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_by_user_id", BIG_ID, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_checklist_answer_answered_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_checklist_answer_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_answer")),
        sa.UniqueConstraint(
            "inspection_id", "item", name=op.f("uq_checklist_answer_inspection_id_item")
        ),
    )
    op.create_index(
        op.f("ix_checklist_answer_answered_by_user_id"),
        "checklist_answer",
        ["answered_by_user_id"],
        unique=False,
    )


def _plan_inspector() -> None:
    op.create_table(
        "plan_inspector",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("firm_id", BIG_ID, nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["audit_firm.id"], name=op.f("fk_plan_inspector_firm_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plan_inspector_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["audit_plan.id"], name=op.f("fk_plan_inspector_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_plan_inspector_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_inspector")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_plan_inspector_plan_id_code")),
        sa.UniqueConstraint(
            "plan_id", "person_id", name=op.f("uq_plan_inspector_plan_id_person_id")
        ),
    )
    op.create_index(op.f("ix_plan_inspector_firm_id"), "plan_inspector", ["firm_id"], unique=False)
    op.create_index(
        op.f("ix_plan_inspector_person_id"), "plan_inspector", ["person_id"], unique=False
    )
    op.create_index(op.f("ix_plan_inspector_user_id"), "plan_inspector", ["user_id"], unique=False)


def _red_flag() -> None:
    op.create_table(
        "red_flag",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "explained", "taken_up", name="flagstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("answered_by_user_id", BIG_ID, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspection_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_red_flag_answered")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_red_flag_answered_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_red_flag_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_red_flag_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_red_flag")),
        sa.UniqueConstraint(
            "organisation_id", "rule", "key", name=op.f("uq_red_flag_organisation_id_rule_key")
        ),
    )
    op.create_index(
        op.f("ix_red_flag_answered_by_user_id"), "red_flag", ["answered_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_red_flag_inspection_id"), "red_flag", ["inspection_id"], unique=False)
    op.create_index(
        "ix_red_flag_organisation_id_state", "red_flag", ["organisation_id", "state"], unique=False
    )


def _team_note() -> None:
    op.create_table(
        "team_note",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by_user_id", BIG_ID, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_team_note_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_team_note_written_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_note")),
    )
    op.create_index(
        op.f("ix_team_note_inspection_id"), "team_note", ["inspection_id"], unique=False
    )
    op.create_index(
        op.f("ix_team_note_written_by_user_id"), "team_note", ["written_by_user_id"], unique=False
    )


def _voucher_list() -> None:
    op.create_table(
        "voucher_list",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("rows_hash", sa.String(length=64), nullable=False),
        sa.Column("row_count", BIG_ID, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("handed_in_by_user_id", BIG_ID, nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_voucher_list_rows_not_negative")),
        sa.CheckConstraint(
            "total BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_voucher_list_total"),
        ),
        sa.ForeignKeyConstraint(
            ["handed_in_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_voucher_list_handed_in_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_voucher_list_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_list")),
        sa.UniqueConstraint(
            "inspection_id", "rows_hash", name=op.f("uq_voucher_list_inspection_id_rows_hash")
        ),
    )
    op.create_index(
        op.f("ix_voucher_list_handed_in_by_user_id"),
        "voucher_list",
        ["handed_in_by_user_id"],
        unique=False,
    )


def _work_paper() -> None:
    op.create_table(
        "work_paper",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("filed_by_user_id", BIG_ID, nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["filed_by_user_id"], ["user_account.id"], name=op.f("fk_work_paper_filed_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_work_paper_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_paper")),
        sa.UniqueConstraint(
            "inspection_id", "number", name=op.f("uq_work_paper_inspection_id_number")
        ),
    )
    op.create_index(
        op.f("ix_work_paper_filed_by_user_id"), "work_paper", ["filed_by_user_id"], unique=False
    )


def _audit_sample_item() -> None:
    op.create_table(
        "audit_sample_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("sample_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("hits", BIG_ID, nullable=False),
        sa.Column("is_certainty", sa.Boolean(), nullable=False),
        sa.Column("audited_amount", sa.BigInteger(), nullable=True),
        sa.Column("deviation", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by_user_id", BIG_ID, nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(checked_at IS NULL) = (deviation IS NULL)", name=op.f("ck_audit_sample_item_checked")
        ),
        sa.CheckConstraint(
            "amount BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_audit_sample_item_amount"),
        ),
        sa.CheckConstraint(
            "audited_amount BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_audit_sample_item_audited_amount"),
        ),
        sa.CheckConstraint("hits > 0", name=op.f("ck_audit_sample_item_hits")),
        sa.ForeignKeyConstraint(
            ["checked_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_sample_item_checked_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_sample.id"], name=op.f("fk_audit_sample_item_sample_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample_item")),
        sa.UniqueConstraint(
            "sample_id", "number", name=op.f("uq_audit_sample_item_sample_id_number")
        ),
        sa.UniqueConstraint(
            "sample_id", "subject", name=op.f("uq_audit_sample_item_sample_id_subject")
        ),
    )
    op.create_index(
        op.f("ix_audit_sample_item_checked_by_user_id"),
        "audit_sample_item",
        ["checked_by_user_id"],
        unique=False,
    )


def _extension_ask() -> None:
    op.create_table(
        "extension_ask",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("finding_id", BIG_ID, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_user_id", BIG_ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_extension_ask_asked_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["audit_finding.id"], name=op.f("fk_extension_ask_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_ask")),
    )
    op.create_index(
        op.f("ix_extension_ask_asked_by_user_id"),
        "extension_ask",
        ["asked_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_extension_ask_finding_id"), "extension_ask", ["finding_id"], unique=False
    )


def _finding_check() -> None:
    op.create_table(
        "finding_check",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("finding_id", BIG_ID, nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("found_by_person_id", BIG_ID, nullable=False),
        sa.Column("checked_by_person_id", BIG_ID, nullable=False),
        sa.Column("checked_by_user_id", BIG_ID, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "checked_by_person_id <> found_by_person_id",
            name=op.f("ck_finding_check_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_person_id"],
            ["person.id"],
            name=op.f("fk_finding_check_checked_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_finding_check_checked_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["audit_finding.id"], name=op.f("fk_finding_check_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_by_person_id"], ["person.id"], name=op.f("fk_finding_check_found_by_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_check")),
    )
    op.create_index(
        op.f("ix_finding_check_checked_by_person_id"),
        "finding_check",
        ["checked_by_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finding_check_checked_by_user_id"),
        "finding_check",
        ["checked_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finding_check_finding_id"), "finding_check", ["finding_id"], unique=False
    )
    op.create_index(
        op.f("ix_finding_check_found_by_person_id"),
        "finding_check",
        ["found_by_person_id"],
        unique=False,
    )


def _finding_extension() -> None:
    op.create_table(
        "finding_extension",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("finding_id", BIG_ID, nullable=False),
        sa.Column("was_due_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by_user_id", BIG_ID, nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("was_due_on < until", name=op.f("ck_finding_extension_longer")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["audit_finding.id"], name=op.f("fk_finding_extension_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_finding_extension_granted_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_extension")),
    )
    op.create_index(
        op.f("ix_finding_extension_finding_id"), "finding_extension", ["finding_id"], unique=False
    )
    op.create_index(
        op.f("ix_finding_extension_granted_by_user_id"),
        "finding_extension",
        ["granted_by_user_id"],
        unique=False,
    )


def _finding_paper() -> None:
    op.create_table(
        "finding_paper",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("finding_id", BIG_ID, nullable=False),
        sa.Column(
            "side",
            sa.Enum("team", "organisation", name="paperside", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("filed_by_user_id", BIG_ID, nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["filed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_finding_paper_filed_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["audit_finding.id"], name=op.f("fk_finding_paper_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_paper")),
    )
    op.create_index(
        op.f("ix_finding_paper_filed_by_user_id"),
        "finding_paper",
        ["filed_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finding_paper_finding_id"), "finding_paper", ["finding_id"], unique=False
    )


def _inspection_member() -> None:
    op.create_table(
        "inspection_member",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("inspection_id", BIG_ID, nullable=False),
        sa.Column("inspector_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("rank", BIG_ID, nullable=False),
        sa.Column("replaces_id", BIG_ID, nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_member_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["plan_inspector.id"], name=op.f("fk_inspection_member_inspector_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_inspection_member_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["inspection_member.id"], name=op.f("fk_inspection_member_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_inspection_member_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_member")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_inspection_member_replaces_id")),
    )
    op.create_index(
        op.f("ix_inspection_member_inspection_id"),
        "inspection_member",
        ["inspection_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inspection_member_inspector_id"),
        "inspection_member",
        ["inspector_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inspection_member_person_id"), "inspection_member", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_inspection_member_user_id"), "inspection_member", ["user_id"], unique=False
    )
    op.create_index(
        "uq_inspection_member_standing",
        "inspection_member",
        ["inspection_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _recusal() -> None:
    op.create_table(
        "recusal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("inspector_id", BIG_ID, nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "related",
                "member",
                "bookkeeper",
                "declared",
                name="recusalrelation",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("declared_by_user_id", BIG_ID, nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["declared_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_recusal_declared_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"], ["plan_inspector.id"], name=op.f("fk_recusal_inspector_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recusal_organisation_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["audit_plan.id"], name=op.f("fk_recusal_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint(
            "plan_id",
            "organisation_id",
            "inspector_id",
            name=op.f("uq_recusal_plan_id_organisation_id_inspector_id"),
        ),
    )
    op.create_index(
        op.f("ix_recusal_declared_by_user_id"), "recusal", ["declared_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_recusal_inspector_id"), "recusal", ["inspector_id"], unique=False)
    op.create_index(
        op.f("ix_recusal_organisation_id"), "recusal", ["organisation_id"], unique=False
    )


def _voucher_list_row() -> None:
    op.create_table(
        "voucher_list_row",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("voucher_list_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("voucher_number", sa.String(length=80), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("is_cash", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_voucher_list_row_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_list_id"],
            ["voucher_list.id"],
            name=op.f("fk_voucher_list_row_voucher_list_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_list_row")),
        sa.UniqueConstraint(
            "voucher_list_id", "number", name=op.f("uq_voucher_list_row_voucher_list_id_number")
        ),
    )


TABLES = (
    _picture_look,
    _saved_filter,
    _audit_plan,
    _flag_run,
    _audit_draw,
    _audit_firm,
    _frame_row,
    _inspection,
    _audit_appeal,
    _audit_finding,
    _audit_result,
    _audit_sample,
    _checklist_answer,
    _plan_inspector,
    _red_flag,
    _team_note,
    _voucher_list,
    _work_paper,
    _audit_sample_item,
    _extension_ask,
    _finding_check,
    _finding_extension,
    _finding_paper,
    _inspection_member,
    _recusal,
    _voucher_list_row,
)
