"""公益创投: competitions, applications, judging, rankings, awards and what follows them.

The walls around locked sheets and frozen terms are set by migrations/env.py after every upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: Newest first, so that each goes before what it refers to.
NEW_TABLES = (
    "score",
    "level_entry",
    "award_tranche",
    "award_recovery",
    "award_evaluation",
    "award_change",
    "ranking_row",
    "public_vote",
    "judge_conflict",
    "defence_slot",
    "award",
    "assignment",
    "application_line",
    "application_file",
    "call_need",
    "application",
    "ranking",
    "judge",
    "criterion",
    "competition_track",
    "competition_funder",
    "competition",
)


def upgrade() -> None:
    """Make the tables, each after what it refers to."""
    for make in TABLES:
        make()


def downgrade() -> None:
    """Take them away again."""
    for table in NEW_TABLES:
        op.drop_table(table)


def _competition() -> None:
    op.create_table(
        "competition",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("organiser_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "street",
                "district",
                "city",
                "province",
                "national",
                name="competitionlevel",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=True),
        sa.Column("parent_id", BIG_ID, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "call",
                "eligibility",
                "review",
                "shortlisted",
                "defence",
                "vote",
                "ranked",
                "notice",
                "awarded",
                "closed",
                "cancelled",
                name="competitionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("call_from", sa.Date(), nullable=False),
        sa.Column("call_until", sa.Date(), nullable=False),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("defence_on", sa.Date(), nullable=True),
        sa.Column("vote_from", sa.Date(), nullable=True),
        sa.Column("vote_until", sa.Date(), nullable=True),
        sa.Column("work_until", sa.Date(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_sha256", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state_note", sa.Text(), nullable=False),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR rules_sha256 IS NOT NULL",
            name=op.f("ck_competition_opened_is_frozen"),
        ),
        sa.CheckConstraint(
            "(rules_sha256 IS NULL) = (opened_at IS NULL)",
            name=op.f("ck_competition_frozen_at_opening"),
        ),
        sa.CheckConstraint("call_from <= call_until", name=op.f("ck_competition_call_period")),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> id", name=op.f("ck_competition_another_above")
        ),
        sa.CheckConstraint(
            "vote_from IS NULL OR vote_until IS NULL OR vote_from <= vote_until",
            name=op.f("ck_competition_vote_period"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_competition_created_by_user_id"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_competition_fund_id")),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organisation.id"], name=op.f("fk_competition_organiser_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["competition.id"], name=op.f("fk_competition_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_competition_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition")),
        sa.UniqueConstraint("client_id", name=op.f("uq_competition_client_id")),
    )
    op.create_index(
        op.f("ix_competition_created_by_user_id"),
        "competition",
        ["created_by_user_id"],
        unique=False,
    )
    op.create_index(op.f("ix_competition_fund_id"), "competition", ["fund_id"], unique=False)
    op.create_index(
        op.f("ix_competition_organiser_id"), "competition", ["organiser_id"], unique=False
    )
    op.create_index(op.f("ix_competition_parent_id"), "competition", ["parent_id"], unique=False)
    op.create_index(
        op.f("ix_competition_region_code"), "competition", ["region_code"], unique=False
    )
    op.create_index(
        "ix_competition_state_call_until", "competition", ["state", "call_until"], unique=False
    )


def _competition_funder() -> None:
    op.create_table(
        "competition_funder",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "province",
                "city",
                "district",
                "street",
                "social",
                name="fundertier",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pledged", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(received IS NULL) = (entry_id IS NULL)"
            " AND (received IS NULL) = (received_on IS NULL)",
            name=op.f("ck_competition_funder_received_by_entry"),
        ),
        sa.CheckConstraint("pledged > 0", name=op.f("ck_competition_funder_pledged_positive")),
        sa.CheckConstraint(
            "received IS NULL OR received > 0", name=op.f("ck_competition_funder_received_positive")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competition.id"],
            name=op.f("fk_competition_funder_competition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_competition_funder_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_competition_funder_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_funder")),
        sa.UniqueConstraint(
            "competition_id",
            "organisation_id",
            name=op.f("uq_competition_funder_competition_id_organisation_id"),
        ),
        sa.UniqueConstraint("entry_id", name=op.f("uq_competition_funder_entry_id")),
    )
    op.create_index(
        op.f("ix_competition_funder_competition_id"),
        "competition_funder",
        ["competition_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_competition_funder_organisation_id"),
        "competition_funder",
        ["organisation_id"],
        unique=False,
    )


def _competition_track() -> None:
    op.create_table(
        "competition_track",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_competition_track_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competition_track")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_competition_track_competition_id_number")
        ),
    )
    op.create_index(
        op.f("ix_competition_track_competition_id"),
        "competition_track",
        ["competition_id"],
        unique=False,
    )


def _criterion() -> None:
    op.create_table(
        "criterion",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("weight", BIG_ID, nullable=False),
        sa.Column("anchors", sa.Text(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_criterion_weight")),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_criterion_competition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_criterion_competition_id_number")
        ),
    )
    op.create_index(
        op.f("ix_criterion_competition_id"), "criterion", ["competition_id"], unique=False
    )


def _judge() -> None:
    op.create_table(
        "judge",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("affiliation", sa.String(length=200), nullable=False),
        sa.Column("expertise", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "accepted",
                "declined",
                "withdrawn",
                name="judgestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_user_id", BIG_ID, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'invited') = (answered_at IS NULL)", name=op.f("ck_judge_answered")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_judge_competition_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_user_id"], ["user_account.id"], name=op.f("fk_judge_invited_by_user_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_judge_person_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_judge_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.UniqueConstraint(
            "competition_id", "person_id", name=op.f("uq_judge_competition_id_person_id")
        ),
    )
    op.create_index(op.f("ix_judge_competition_id"), "judge", ["competition_id"], unique=False)
    op.create_index(
        op.f("ix_judge_invited_by_user_id"), "judge", ["invited_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_judge_person_id"), "judge", ["person_id"], unique=False)
    op.create_index(op.f("ix_judge_user_id"), "judge", ["user_id"], unique=False)


def _ranking() -> None:
    op.create_table(
        "ranking",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column(
            "round",
            sa.Enum("review", "defence", name="judginground", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "mean", "trimmed", "severity", name="rankingmethod", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("file", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_user_id", BIG_ID, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_ranking_competition_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_user_id"], ["user_account.id"], name=op.f("fk_ranking_made_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
    )
    op.create_index(
        "ix_ranking_competition_id_round",
        "ranking",
        ["competition_id", "round", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ranking_made_by_user_id"), "ranking", ["made_by_user_id"], unique=False
    )


def _application() -> None:
    op.create_table(
        "application",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("track_id", BIG_ID, nullable=True),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("need_id", BIG_ID, nullable=True),
        sa.Column("demand_score", BIG_ID, nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("commitment_version", sa.String(length=40), nullable=False),
        sa.Column("commitment_text", sa.Text(), nullable=False),
        sa.Column("commitment_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_by_user_id", BIG_ID, nullable=True),
        sa.Column("signer_person_id", BIG_ID, nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "eligible",
                "ineligible",
                "shortlisted",
                "not_shortlisted",
                "awarded",
                "not_awarded",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (commitment_sha256 = '')"
            " AND (signed_at IS NULL) = (signer_person_id IS NULL)",
            name=op.f("ck_application_signed_words"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (number IS NOT NULL"
            " AND signed_at IS NOT NULL AND submitted_at IS NOT NULL)",
            name=op.f("ck_application_submitted_is_signed"),
        ),
        sa.CheckConstraint(
            "demand_score IS NULL OR demand_score >= 0",
            name=op.f("ck_application_demand_not_negative"),
        ),
        sa.CheckConstraint(
            "total >= 0 AND asked >= 0 AND asked <= total",
            name=op.f("ck_application_asked_of_total"),
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_application_competition_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_application_created_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_application_decided_by_user_id"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_application_need_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_application_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_application_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_application_signed_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_person_id"], ["person.id"], name=op.f("fk_application_signer_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["competition_track.id"], name=op.f("fk_application_track_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("client_id", name=op.f("uq_application_client_id")),
        sa.UniqueConstraint(
            "competition_id", "number", name=op.f("uq_application_competition_id_number")
        ),
    )
    op.create_index(
        "ix_application_competition_id_state",
        "application",
        ["competition_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_application_created_by_user_id"),
        "application",
        ["created_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_application_decided_by_user_id"),
        "application",
        ["decided_by_user_id"],
        unique=False,
    )
    op.create_index(op.f("ix_application_need_id"), "application", ["need_id"], unique=False)
    op.create_index(
        op.f("ix_application_organisation_id"), "application", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_application_region_code"), "application", ["region_code"], unique=False
    )
    op.create_index(
        op.f("ix_application_signed_by_user_id"), "application", ["signed_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_application_signer_person_id"), "application", ["signer_person_id"], unique=False
    )
    op.create_index(op.f("ix_application_track_id"), "application", ["track_id"], unique=False)


def _call_need() -> None:
    op.create_table(
        "call_need",
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("need_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_call_need_competition_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_call_need_need_id")),
        sa.PrimaryKeyConstraint("competition_id", "need_id", name=op.f("pk_call_need")),
    )
    op.create_index(op.f("ix_call_need_need_id"), "call_need", ["need_id"], unique=False)


def _application_file() -> None:
    op.create_table(
        "application_file",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("added_by_user_id", BIG_ID, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_application_file_added_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_file_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_file")),
        sa.UniqueConstraint(
            "application_id", "file_hash", name=op.f("uq_application_file_application_id_file_hash")
        ),
    )
    op.create_index(
        op.f("ix_application_file_added_by_user_id"),
        "application_file",
        ["added_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_application_file_application_id"),
        "application_file",
        ["application_id"],
        unique=False,
    )


def _application_line() -> None:
    op.create_table(
        "application_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "staff",
                "activity",
                "goods",
                "management",
                "other",
                name="applicationlinekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("self_raised", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND asked >= 0 AND self_raised >= 0 AND amount = asked + self_raised",
            name=op.f("ck_application_line_two_parts"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_line_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_line")),
        sa.UniqueConstraint(
            "application_id", "number", name=op.f("uq_application_line_application_id_number")
        ),
    )
    op.create_index(
        op.f("ix_application_line_application_id"),
        "application_line",
        ["application_id"],
        unique=False,
    )


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column(
            "round",
            sa.Enum("review", "defence", name="judginground", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("judge_id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "locked", "recused", name="assignmentstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recused_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'locked') = (locked_at IS NOT NULL)"
            " AND (state = 'locked') = (digest IS NOT NULL)",
            name=op.f("ck_assignment_locked_with_digest"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_assignment_application_id")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["judge.id"], name=op.f("fk_assignment_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("client_id", name=op.f("uq_assignment_client_id")),
        sa.UniqueConstraint(
            "round",
            "judge_id",
            "application_id",
            name=op.f("uq_assignment_round_judge_id_application_id"),
        ),
    )
    op.create_index(
        "ix_assignment_application_id_round",
        "assignment",
        ["application_id", "round"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_judge_id_state", "assignment", ["judge_id", "state"], unique=False
    )


def _award() -> None:
    op.create_table(
        "award",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("place", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("honour", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "notice",
                "signed",
                "running",
                "settled",
                "terminated",
                "dropped",
                name="awardstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reallocated_from_id", BIG_ID, nullable=True),
        sa.Column("notice_id", BIG_ID, nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_user_id", BIG_ID, nullable=False),
        sa.Column("proposer_person_id", BIG_ID, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_user_id", BIG_ID, nullable=True),
        sa.Column("agreement", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("agreement_sha256", sa.String(length=64), nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=True),
        sa.Column("budget_id", BIG_ID, nullable=True),
        sa.Column("project_id", BIG_ID, nullable=True),
        sa.Column("work_until", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (agreement_sha256 = '')"
            " AND (signed_at IS NULL) = (budget_id IS NULL)"
            " AND (signed_at IS NULL) = (fund_id IS NULL)",
            name=op.f("ck_award_signed_with_fund"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_amount_positive")),
        sa.CheckConstraint("place > 0", name=op.f("ck_award_place_positive")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_award_application_id")
        ),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_award_budget_id")),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_award_competition_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_award_fund_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_award_notice_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_award_project_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_user_id"], ["user_account.id"], name=op.f("fk_award_proposed_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_person_id"], ["person.id"], name=op.f("fk_award_proposer_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reallocated_from_id"], ["award.id"], name=op.f("fk_award_reallocated_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_user_id"], ["user_account.id"], name=op.f("fk_award_signed_by_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("budget_id", name=op.f("uq_award_budget_id")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_award_fund_id")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_award_notice_id")),
    )
    op.create_index(op.f("ix_award_application_id"), "award", ["application_id"], unique=False)
    op.create_index(
        "ix_award_competition_id_state", "award", ["competition_id", "state"], unique=False
    )
    op.create_index(op.f("ix_award_project_id"), "award", ["project_id"], unique=False)
    op.create_index(
        op.f("ix_award_proposed_by_user_id"), "award", ["proposed_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_proposer_person_id"), "award", ["proposer_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_reallocated_from_id"), "award", ["reallocated_from_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_signed_by_user_id"), "award", ["signed_by_user_id"], unique=False
    )
    op.create_index(
        "uq_award_application_standing",
        "award",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'dropped'"),
        postgresql_where=sa.text("state <> 'dropped'"),
    )


def _defence_slot() -> None:
    op.create_table(
        "defence_slot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", BIG_ID, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f("ck_defence_slot_minutes_range")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_defence_slot_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_slot")),
        sa.UniqueConstraint("application_id", name=op.f("uq_defence_slot_application_id")),
    )


def _judge_conflict() -> None:
    op.create_table(
        "judge_conflict",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("judge_id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "same_organisation",
                "past_award",
                "shared_contact",
                "related_party",
                "declared",
                name="conflictkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by_user_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_judge_conflict_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_judge_conflict_declared_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["judge.id"], name=op.f("fk_judge_conflict_judge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_conflict")),
        sa.UniqueConstraint(
            "judge_id",
            "application_id",
            "kind",
            name=op.f("uq_judge_conflict_judge_id_application_id_kind"),
        ),
    )
    op.create_index(
        op.f("ix_judge_conflict_application_id"), "judge_conflict", ["application_id"], unique=False
    )
    op.create_index(
        op.f("ix_judge_conflict_declared_by_user_id"),
        "judge_conflict",
        ["declared_by_user_id"],
        unique=False,
    )


def _public_vote() -> None:
    op.create_table(
        "public_vote",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("competition_id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_public_vote_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competition.id"], name=op.f("fk_public_vote_competition_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_public_vote_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_public_vote_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_vote")),
        sa.UniqueConstraint(
            "competition_id", "person_id", name=op.f("uq_public_vote_competition_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_public_vote_application_id"), "public_vote", ["application_id"], unique=False
    )
    op.create_index(op.f("ix_public_vote_person_id"), "public_vote", ["person_id"], unique=False)
    op.create_index(op.f("ix_public_vote_user_id"), "public_vote", ["user_id"], unique=False)


def _ranking_row() -> None:
    op.create_table(
        "ranking_row",
        sa.Column("ranking_id", BIG_ID, nullable=False),
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("place", BIG_ID, nullable=False),
        sa.Column("points", BIG_ID, nullable=False),
        sa.Column("sheets", BIG_ID, nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_ranking_row_place_positive")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_ranking_row_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["ranking_id"], ["ranking.id"], name=op.f("fk_ranking_row_ranking_id")
        ),
        sa.PrimaryKeyConstraint("ranking_id", "application_id", name=op.f("pk_ranking_row")),
    )
    op.create_index(
        op.f("ix_ranking_row_application_id"), "ranking_row", ["application_id"], unique=False
    )


def _award_change() -> None:
    op.create_table(
        "award_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("award_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("team", "time", name="awardchangekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_user_id", BIG_ID, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(kind = 'time') = (until IS NOT NULL)", name=op.f("ck_award_change_time_has_a_day")
        ),
        sa.CheckConstraint(
            "(agreed IS NULL) = (decided_at IS NULL)", name=op.f("ck_award_change_decided")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_user_id"], ["user_account.id"], name=op.f("fk_award_change_asked_by_user_id")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_award_change_award_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_award_change_decided_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_change")),
    )
    op.create_index(
        op.f("ix_award_change_asked_by_user_id"), "award_change", ["asked_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_award_change_award_id"), "award_change", ["award_id"], unique=False)
    op.create_index(
        op.f("ix_award_change_decided_by_user_id"),
        "award_change",
        ["decided_by_user_id"],
        unique=False,
    )
    op.create_index(
        "uq_award_change_waiting",
        "award_change",
        ["award_id", "kind"],
        unique=True,
        sqlite_where=sa.text("agreed IS NULL"),
        postgresql_where=sa.text("agreed IS NULL"),
    )


def _award_evaluation() -> None:
    op.create_table(
        "award_evaluation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("award_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("midterm", "final", name="evaluationkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_user_id", BIG_ID, nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(accepted IS NULL) = (decided_at IS NULL)", name=op.f("ck_award_evaluation_decided")
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.id"], name=op.f("fk_award_evaluation_award_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_award_evaluation_decided_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_award_evaluation_reported_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_evaluation")),
    )
    op.create_index(
        op.f("ix_award_evaluation_award_id"), "award_evaluation", ["award_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_evaluation_decided_by_user_id"),
        "award_evaluation",
        ["decided_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_award_evaluation_reported_by_user_id"),
        "award_evaluation",
        ["reported_by_user_id"],
        unique=False,
    )
    op.create_index(
        "uq_award_evaluation_standing",
        "award_evaluation",
        ["award_id", "kind"],
        unique=True,
        sqlite_where=sa.text("accepted IS NULL OR accepted"),
        postgresql_where=sa.text("accepted IS NULL OR accepted"),
    )


def _award_recovery() -> None:
    op.create_table(
        "award_recovery",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("award_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recovered", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("demanded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demanded_by_user_id", BIG_ID, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_recovery_amount_positive")),
        sa.CheckConstraint(
            "recovered >= 0 AND recovered <= amount",
            name=op.f("ck_award_recovery_recovered_of_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["award.id"], name=op.f("fk_award_recovery_award_id")
        ),
        sa.ForeignKeyConstraint(
            ["demanded_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_award_recovery_demanded_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_recovery")),
    )
    op.create_index(
        op.f("ix_award_recovery_award_id"), "award_recovery", ["award_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_recovery_demanded_by_user_id"),
        "award_recovery",
        ["demanded_by_user_id"],
        unique=False,
    )


def _award_tranche() -> None:
    op.create_table(
        "award_tranche",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("award_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("percent", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "needs",
            sa.Enum(
                "agreement", "midterm", "final", name="trancheneed", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "withheld",
                "releasable",
                "paid",
                "cancelled",
                name="tranchestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_user_id", BIG_ID, nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_by_user_id", BIG_ID, nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(state = 'paid') = (entry_id IS NOT NULL)"
            " AND (state = 'paid') = (paid_on IS NOT NULL)",
            name=op.f("ck_award_tranche_paid_by_entry"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_tranche_amount_positive")),
        sa.CheckConstraint(
            "percent BETWEEN 1 AND 100", name=op.f("ck_award_tranche_percent_range")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_award_tranche_award_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_award_tranche_entry_id")),
        sa.ForeignKeyConstraint(
            ["paid_by_user_id"], ["user_account.id"], name=op.f("fk_award_tranche_paid_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_award_tranche_released_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_tranche")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_award_tranche_award_id_number")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_award_tranche_entry_id")),
    )
    op.create_index(op.f("ix_award_tranche_award_id"), "award_tranche", ["award_id"], unique=False)
    op.create_index(
        op.f("ix_award_tranche_paid_by_user_id"), "award_tranche", ["paid_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_award_tranche_released_by_user_id"),
        "award_tranche",
        ["released_by_user_id"],
        unique=False,
    )


def _level_entry() -> None:
    op.create_table(
        "level_entry",
        sa.Column("application_id", BIG_ID, nullable=False),
        sa.Column("award_id", BIG_ID, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_user_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_level_entry_application_id")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_level_entry_award_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_level_entry_entered_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_level_entry")),
    )
    op.create_index(op.f("ix_level_entry_award_id"), "level_entry", ["award_id"], unique=False)
    op.create_index(
        op.f("ix_level_entry_entered_by_user_id"),
        "level_entry",
        ["entered_by_user_id"],
        unique=False,
    )


def _score() -> None:
    op.create_table(
        "score",
        sa.Column("assignment_id", BIG_ID, nullable=False),
        sa.Column("criterion_id", BIG_ID, nullable=False),
        sa.Column("points", BIG_ID, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 1000", name=op.f("ck_score_points_range")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_score_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id")
        ),
        sa.PrimaryKeyConstraint("assignment_id", "criterion_id", name=op.f("pk_score")),
    )
    op.create_index(op.f("ix_score_criterion_id"), "score", ["criterion_id"], unique=False)


#: Oldest first.
TABLES = (
    _competition,
    _competition_funder,
    _competition_track,
    _criterion,
    _judge,
    _ranking,
    _application,
    _call_need,
    _application_file,
    _application_line,
    _assignment,
    _award,
    _defence_slot,
    _judge_conflict,
    _public_vote,
    _ranking_row,
    _award_change,
    _award_evaluation,
    _award_recovery,
    _award_tranche,
    _level_entry,
    _score,
)
