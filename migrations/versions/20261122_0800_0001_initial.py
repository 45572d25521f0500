"""The first schema: registry, accounts, ledger, approvals, donations, spending and listings.

The guards of the ledger and the grants are set by migrations/env.py after every upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from charity.ledger import guards

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("event", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", BIG_ID, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "person",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("identity_hash", name=op.f("uq_person_identity_hash")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", BIG_ID, nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("managed_by_code", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "(parent_code IS NULL AND level = 1) OR (parent_code IS NOT NULL AND "
            "length(parent_code) < length(code) AND parent_code = substr(code, 1, "
            "length(parent_code)))",
            name=op.f("ck_region_parent_contains"),
        ),
        sa.CheckConstraint(
            "level = CASE length(code) WHEN 2 THEN 1 WHEN 4 THEN 2 WHEN 6 THEN 3 WHEN 9 THEN "
            "4 WHEN 12 THEN 5 ELSE 0 END",
            name=op.f("ck_region_level_of_code"),
        ),
        sa.ForeignKeyConstraint(
            ["managed_by_code"], ["region.code"], name=op.f("fk_region_managed_by_code")
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index(op.f("ix_region_managed_by_code"), "region", ["managed_by_code"], unique=False)
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("login_name", sa.String(length=80), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        "ix_sign_in_attempt_address_hash_at",
        "sign_in_attempt",
        ["address_hash", "at"],
        unique=False,
    )
    op.create_index(
        "ix_sign_in_attempt_login_name_at", "sign_in_attempt", ["login_name", "at"], unique=False
    )
    op.create_table(
        "approval_request",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("quorum", BIG_ID, nullable=False),
        sa.Column("submitter_person_id", BIG_ID, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "granted",
                "refused",
                "void",
                name="approvalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (closed_at IS NULL)", name=op.f("ck_approval_request_closed")
        ),
        sa.CheckConstraint("quorum > 0", name=op.f("ck_approval_request_quorum_positive")),
        sa.ForeignKeyConstraint(
            ["submitter_person_id"],
            ["person.id"],
            name=op.f("fk_approval_request_submitter_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
        sa.UniqueConstraint(
            "id",
            "submitter_person_id",
            "content_hash",
            name=op.f("uq_approval_request_id_submitter_person_id_content_hash"),
        ),
    )
    op.create_index(
        op.f("ix_approval_request_subject"), "approval_request", ["subject"], unique=False
    )
    op.create_index(
        op.f("ix_approval_request_submitter_person_id"),
        "approval_request",
        ["submitter_person_id"],
        unique=False,
    )
    op.create_index(
        "uq_approval_request_open",
        "approval_request",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "user_account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("login_name", sa.String(length=80), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_user_account_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login_name", name=op.f("uq_user_account_login_name")),
    )
    op.create_index(op.f("ix_user_account_person_id"), "user_account", ["person_id"], unique=False)
    op.create_table(
        "approval_decision",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("request_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("submitter_person_id", BIG_ID, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "person_id <> submitter_person_id", name=op.f("ck_approval_decision_not_own")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_approval_decision_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "submitter_person_id", "content_hash"],
            [
                "approval_request.id",
                "approval_request.submitter_person_id",
                "approval_request.content_hash",
            ],
            name="fk_approval_decision_request",
        ),
        sa.ForeignKeyConstraint(
            ["submitter_person_id"],
            ["person.id"],
            name=op.f("fk_approval_decision_submitter_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_approval_decision_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_decision")),
        sa.UniqueConstraint(
            "request_id", "person_id", name=op.f("uq_approval_decision_request_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_approval_decision_person_id"), "approval_decision", ["person_id"], unique=False
    )
    op.create_index(
        "ix_approval_decision_request",
        "approval_decision",
        ["request_id", "submitter_person_id", "content_hash"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_decision_submitter_person_id"),
        "approval_decision",
        ["submitter_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_approval_decision_user_id"), "approval_decision", ["user_id"], unique=False
    )
    op.create_table(
        "organisation",
        sa.Column("id", BIG_ID, nullable=False),
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
                name="organisationkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=200), nullable=False),
        sa.Column("is_charity", sa.Boolean(), nullable=False),
        sa.Column("certificate_number", sa.String(length=200), nullable=True),
        sa.Column("certificate_from", sa.Date(), nullable=True),
        sa.Column("certificate_until", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "returned",
                "verified",
                name="organisationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_user_id", BIG_ID, nullable=True),
        sa.Column("verification_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'community_group') = (uscc IS NULL)", name=op.f("ck_organisation_credit_code")
        ),
        sa.CheckConstraint(
            "state <> 'verified' OR verified_at IS NOT NULL", name=op.f("ck_organisation_verified")
        ),
        sa.CheckConstraint(
            "(certificate_number IS NULL) = (certificate_from IS NULL)",
            name=op.f("ck_organisation_certificate"),
        ),
        sa.CheckConstraint(
            "certificate_number IS NULL OR is_charity",
            name=op.f("ck_organisation_certificate_of_charity"),
        ),
        sa.CheckConstraint(
            "certificate_until IS NULL OR (certificate_from IS NOT NULL AND certificate_from "
            "<= certificate_until)",
            name=op.f("ck_organisation_certificate_period"),
        ),
        sa.CheckConstraint(
            "uscc IS NULL OR length(uscc) = 18", name=op.f("ck_organisation_credit_code_length")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_organisation_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_organisation_verified_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
        sa.UniqueConstraint("uscc", name=op.f("uq_organisation_uscc")),
    )
    op.create_index(
        op.f("ix_organisation_region_code"), "organisation", ["region_code"], unique=False
    )
    op.create_index(
        op.f("ix_organisation_verified_by_user_id"),
        "organisation",
        ["verified_by_user_id"],
        unique=False,
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_sign_in_session_period")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sign_in_session_user_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"], unique=False
    )
    op.create_table(
        "book",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_book_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_book_organisation_id")),
    )
    op.create_table(
        "fundraising_plan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("charity_id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_fundraising_plan_period")),
        sa.ForeignKeyConstraint(
            ["charity_id"], ["organisation.id"], name=op.f("fk_fundraising_plan_charity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fundraising_plan")),
        sa.UniqueConstraint("number", name=op.f("uq_fundraising_plan_number")),
    )
    op.create_index(
        op.f("ix_fundraising_plan_charity_id"), "fundraising_plan", ["charity_id"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "owner",
                "editor",
                "verifier",
                "reviewer",
                "approver",
                "treasurer",
                "acceptor",
                "auditor",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", BIG_ID, nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_user_id", BIG_ID, nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_user_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "organisation_id IS NULL OR region_code IS NULL", name=op.f("ck_membership_one_scope")
        ),
        sa.CheckConstraint(
            "revoked_at IS NOT NULL OR revoked_by_user_id IS NULL",
            name=op.f("ck_membership_revoked"),
        ),
        sa.CheckConstraint(
            "revoked_at IS NULL OR granted_at <= revoked_at",
            name=op.f("ck_membership_revoked_after"),
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_membership_granted_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_membership_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_membership_revoked_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        op.f("ix_membership_granted_by_user_id"), "membership", ["granted_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_membership_region_code"), "membership", ["region_code"], unique=False)
    op.create_index(
        op.f("ix_membership_revoked_by_user_id"), "membership", ["revoked_by_user_id"], unique=False
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_index(
        "uq_membership_in_organisation",
        "membership",
        ["user_id", "role", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
    )
    op.create_index(
        "uq_membership_in_region",
        "membership",
        ["user_id", "role", "region_code"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL AND region_code IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND region_code IS NOT NULL"),
    )
    op.create_index(
        "uq_membership_on_platform",
        "membership",
        ["user_id", "role"],
        unique=True,
        sqlite_where=sa.text(
            "revoked_at IS NULL AND organisation_id IS NULL AND region_code IS NULL"
        ),
        postgresql_where=sa.text(
            "revoked_at IS NULL AND organisation_id IS NULL AND region_code IS NULL"
        ),
    )
    op.create_table(
        "partner_agreement",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("charity_id", BIG_ID, nullable=False),
        sa.Column("partner_id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("assessment_note", sa.Text(), nullable=False),
        sa.Column("assessed_by_user_id", BIG_ID, nullable=False),
        sa.CheckConstraint(
            "charity_id <> partner_id", name=op.f("ck_partner_agreement_two_parties")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR signed_on <= ends_on", name=op.f("ck_partner_agreement_period")
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_partner_agreement_assessed_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["charity_id"], ["organisation.id"], name=op.f("fk_partner_agreement_charity_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisation.id"], name=op.f("fk_partner_agreement_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_agreement")),
        sa.UniqueConstraint(
            "charity_id", "number", name=op.f("uq_partner_agreement_charity_id_number")
        ),
    )
    op.create_index(
        op.f("ix_partner_agreement_assessed_by_user_id"),
        "partner_agreement",
        ["assessed_by_user_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_partner_agreement_charity_id"), "partner_agreement", ["charity_id"], unique=False
    )
    op.create_index(
        op.f("ix_partner_agreement_partner_id"), "partner_agreement", ["partner_id"], unique=False
    )
    op.create_table(
        "account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_account_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("book_id", "code", name=op.f("uq_account_book_id_code")),
        sa.UniqueConstraint("book_id", "id", name=op.f("uq_account_book_id_id")),
    )
    op.create_index(op.f("ix_account_book_id"), "account", ["book_id"], unique=False)
    op.create_table(
        "book_head",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("positions", BIG_ID, nullable=False),
        sa.Column("seals", BIG_ID, nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_book_head_book_id")),
        sa.PrimaryKeyConstraint("book_id", name=op.f("pk_book_head")),
    )
    op.create_table(
        "entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("gift", "expense", "clearing", name="entrykind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("posted_at", BIG_ID, nullable=False),
        sa.Column("posted_by", BIG_ID, nullable=True),
        sa.Column("transfers", BIG_ID, nullable=False),
        sa.Column("note_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("transfers > 0", name=op.f("ck_entry_transfers_positive")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_entry_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("book_id", "id", name=op.f("uq_entry_book_id_id")),
        sa.UniqueConstraint("book_id", "source", name=op.f("uq_entry_book_id_source")),
    )
    op.create_index(op.f("ix_entry_book_id"), "entry", ["book_id"], unique=False)
    op.create_table(
        "fund",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "project",
                "village_mutual_aid",
                "street",
                "community",
                "named",
                "unrestricted",
                name="fundkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_fund_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("book_id", "id", name=op.f("uq_fund_book_id_id")),
    )
    op.create_index(op.f("ix_fund_book_id"), "fund", ["book_id"], unique=False)
    op.create_table(
        "seal",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("first_position", BIG_ID, nullable=False),
        sa.Column("entries", BIG_ID, nullable=False),
        sa.Column("previous", sa.LargeBinary(length=32), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_at", BIG_ID, nullable=False),
        sa.CheckConstraint("entries > 0", name=op.f("ck_seal_entries_positive")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_seal_book_id")),
        sa.PrimaryKeyConstraint("book_id", "number", name=op.f("pk_seal")),
        sa.UniqueConstraint("book_id", "head", name=op.f("uq_seal_book_id_head")),
    )
    op.create_index(op.f("ix_seal_sealed_at"), "seal", ["sealed_at"], unique=False)
    op.create_table(
        "budget",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_budget_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_budget_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_budget_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_budget_fund_id")),
    )
    op.create_index(op.f("ix_budget_organisation_id"), "budget", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_budget_region_code"), "budget", ["region_code"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("charity_id", BIG_ID, nullable=False),
        sa.Column("partner_id", BIG_ID, nullable=True),
        sa.Column("plan_id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column(
            "mode",
            sa.Enum("public_online", name="fundraisingmode", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "ended", name="campaignstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.CheckConstraint(
            "partner_id IS NULL OR partner_id <> charity_id", name=op.f("ck_campaign_two_parties")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_campaign_period")),
        sa.CheckConstraint("target > 0", name=op.f("ck_campaign_target_positive")),
        sa.ForeignKeyConstraint(
            ["charity_id"], ["organisation.id"], name=op.f("fk_campaign_charity_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_campaign_fund_id")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisation.id"], name=op.f("fk_campaign_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["fundraising_plan.id"], name=op.f("fk_campaign_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("fund_id", name=op.f("uq_campaign_fund_id")),
    )
    op.create_index(op.f("ix_campaign_charity_id"), "campaign", ["charity_id"], unique=False)
    op.create_index(op.f("ix_campaign_partner_id"), "campaign", ["partner_id"], unique=False)
    op.create_index(op.f("ix_campaign_plan_id"), "campaign", ["plan_id"], unique=False)
    op.create_table(
        "entry_note",
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_entry_note_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entry_note")),
    )
    op.create_table(
        "line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("earmark", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id", "fund_id"],
            ["fund.book_id", "fund.id"],
            name=op.f("fk_line_book_id_fund_id"),
        ),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_line_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("fund_id", "earmark", name=op.f("uq_line_fund_id_earmark")),
    )
    op.create_index(op.f("ix_line_book_id"), "line", ["book_id"], unique=False)
    op.create_index(op.f("ix_line_fund_id"), "line", ["fund_id"], unique=False)
    op.create_table(
        "sealed_entry",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_sealed_entry_book_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_sealed_entry_entry_id")),
        sa.PrimaryKeyConstraint("book_id", "position", name=op.f("pk_sealed_entry")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_sealed_entry_entry_id")),
    )
    op.create_table(
        "transfer",
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("debit_account_id", BIG_ID, nullable=False),
        sa.Column("debit_fund_id", BIG_ID, nullable=True),
        sa.Column("credit_account_id", BIG_ID, nullable=False),
        sa.Column("credit_fund_id", BIG_ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfer_amount_positive")),
        sa.CheckConstraint(
            "debit_account_id <> credit_account_id OR coalesce(debit_fund_id, 0) <> "
            "coalesce(credit_fund_id, 0)",
            name=op.f("ck_transfer_two_sides"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "credit_account_id"],
            ["account.book_id", "account.id"],
            name=op.f("fk_transfer_book_id_credit_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "credit_fund_id"],
            ["fund.book_id", "fund.id"],
            name=op.f("fk_transfer_book_id_credit_fund_id"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "debit_account_id"],
            ["account.book_id", "account.id"],
            name=op.f("fk_transfer_book_id_debit_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "debit_fund_id"],
            ["fund.book_id", "fund.id"],
            name=op.f("fk_transfer_book_id_debit_fund_id"),
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "entry_id"],
            ["entry.book_id", "entry.id"],
            name=op.f("fk_transfer_book_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_transfer")),
        sa.UniqueConstraint(
            "entry_id", "number", "amount", name=op.f("uq_transfer_entry_id_number_amount")
        ),
    )
    op.create_index(
        "ix_transfer_credit",
        "transfer",
        ["book_id", "credit_account_id", "credit_fund_id"],
        unique=False,
    )
    op.create_index(
        "ix_transfer_debit",
        "transfer",
        ["book_id", "debit_account_id", "debit_fund_id"],
        unique=False,
    )
    op.create_table(
        "unsealed",
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_unsealed_book_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_unsealed_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_unsealed")),
    )
    op.create_index(op.f("ix_unsealed_book_id"), "unsealed", ["book_id"], unique=False)
    op.create_table(
        "budget_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("budget_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "programme",
                "management",
                "fundraising",
                name="costkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_budget_line_amount_positive")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budget.id"], name=op.f("fk_budget_line_budget_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint("budget_id", "number", name=op.f("uq_budget_line_budget_id_number")),
    )
    op.create_index(op.f("ix_budget_line_budget_id"), "budget_line", ["budget_id"], unique=False)
    op.create_table(
        "deliverable",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("budget_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=False),
        sa.Column("target", BIG_ID, nullable=False),
        sa.CheckConstraint("target > 0", name=op.f("ck_deliverable_target_positive")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_deliverable_unit_cost_not_negative")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budget.id"], name=op.f("fk_deliverable_budget_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable")),
        sa.UniqueConstraint("budget_id", "number", name=op.f("uq_deliverable_budget_id_number")),
    )
    op.create_index(op.f("ix_deliverable_budget_id"), "deliverable", ["budget_id"], unique=False)
    op.create_table(
        "donation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("trail_token", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "giver_kind",
            sa.Enum(
                "individual", "enterprise", "unit", name="giverkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("giver_name", sa.String(length=200), nullable=False),
        sa.Column("name_is_public", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "settled",
                "cancelled",
                name="donationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", BIG_ID, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_donation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_donation_campaign_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_donation_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("client_id", name=op.f("uq_donation_client_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_donation_entry_id")),
        sa.UniqueConstraint("trail_token", name=op.f("uq_donation_trail_token")),
    )
    op.create_index(op.f("ix_donation_campaign_id"), "donation", ["campaign_id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_hold_amount_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_hold_line_id")),
        sa.PrimaryKeyConstraint("source", "line_id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_line_id"), "hold", ["line_id"], unique=False)
    op.create_table(
        "inflow",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("giver_digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id", "number", "amount"],
            ["transfer.entry_id", "transfer.number", "transfer.amount"],
            name=op.f("fk_inflow_entry_id_number_amount"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_inflow_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inflow")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_inflow_entry_id_number")),
    )
    op.create_index(op.f("ix_inflow_line_id"), "inflow", ["line_id"], unique=False)
    op.create_table(
        "line_head",
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("placed_end", BIG_ID, nullable=False),
        sa.Column("placed_count", BIG_ID, nullable=False),
        sa.Column("spent", BIG_ID, nullable=False),
        sa.Column("held", BIG_ID, nullable=False),
        sa.Column("cursor", BIG_ID, nullable=False),
        sa.CheckConstraint("0 <= cursor AND cursor <= spent", name=op.f("ck_line_head_cursor")),
        sa.CheckConstraint(
            "held >= 0 AND spent + held <= placed_end", name=op.f("ck_line_head_not_overspent")
        ),
        sa.CheckConstraint("placed_count >= 0", name=op.f("ck_line_head_placed_count")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_line_head_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_line_head")),
    )
    op.create_table(
        "project",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("organisation_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "elderly_adaptation",
                "happy_canteen",
                "happy_home",
                "children",
                "health",
                "environment",
                "shared_space",
                "governance",
                "education",
                "relief",
                name="projectcategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("beneficiaries", sa.String(length=200), nullable=False),
        sa.Column("beneficiary_count", BIG_ID, nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("plan_number", sa.String(length=200), nullable=False),
        sa.Column("plan_filed_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "published",
                name="projectstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_by_user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("budget_id", BIG_ID, nullable=False),
        sa.Column("campaign_id", BIG_ID, nullable=True),
        sa.CheckConstraint("beneficiary_count > 0", name=op.f("ck_project_beneficiaries_positive")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_project_period")),
        sa.CheckConstraint("target > 0", name=op.f("ck_project_target_positive")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_project_budget_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_project_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_user_id"], ["user_account.id"], name=op.f("fk_project_created_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_project_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_project_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("budget_id", name=op.f("uq_project_budget_id")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_project_campaign_id")),
    )
    op.create_index(op.f("ix_project_category"), "project", ["category"], unique=False)
    op.create_index(
        op.f("ix_project_created_by_user_id"), "project", ["created_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_organisation_id"), "project", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_project_published_at"), "project", ["published_at"], unique=False)
    op.create_index(op.f("ix_project_region_code"), "project", ["region_code"], unique=False)
    op.create_index(op.f("ix_project_state"), "project", ["state"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("deliverable_id", BIG_ID, nullable=False),
        sa.Column("units", BIG_ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "claimed",
                "accepted",
                "returned",
                name="deliverystate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("claimed_by_user_id", BIG_ID, nullable=False),
        sa.Column("claimed_by_person_id", BIG_ID, nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_user_id", BIG_ID, nullable=True),
        sa.Column("decided_by_person_id", BIG_ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'claimed') = (decided_by_person_id IS NULL) AND (decided_by_person_id "
            "IS NULL) = (decided_by_user_id IS NULL) AND (decided_by_person_id IS NULL) = "
            "(decided_at IS NULL)",
            name=op.f("ck_delivery_decided"),
        ),
        sa.CheckConstraint(
            "decided_by_person_id IS NULL OR decided_by_person_id <> claimed_by_person_id",
            name=op.f("ck_delivery_accepted_by_another"),
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_delivery_units_positive")),
        sa.ForeignKeyConstraint(
            ["claimed_by_person_id"], ["person.id"], name=op.f("fk_delivery_claimed_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by_user_id"], ["user_account.id"], name=op.f("fk_delivery_claimed_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_person_id"], ["person.id"], name=op.f("fk_delivery_decided_by_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_user_id"], ["user_account.id"], name=op.f("fk_delivery_decided_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverable.id"], name=op.f("fk_delivery_deliverable_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(
        op.f("ix_delivery_claimed_by_person_id"), "delivery", ["claimed_by_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_delivery_claimed_by_user_id"), "delivery", ["claimed_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_delivery_decided_by_person_id"), "delivery", ["decided_by_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_delivery_decided_by_user_id"), "delivery", ["decided_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_delivery_deliverable_id"), "delivery", ["deliverable_id"], unique=False
    )
    op.create_table(
        "expense",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("budget_line_id", BIG_ID, nullable=False),
        sa.Column("deliverable_id", BIG_ID, nullable=True),
        sa.Column("units", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payee_name", sa.String(length=200), nullable=False),
        sa.Column("payee_account", sa.String(length=40), nullable=False),
        sa.Column("voucher_number", sa.String(length=200), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "returned",
                "approved",
                "paid",
                name="expensestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_by_user_id", BIG_ID, nullable=False),
        sa.Column("submitter_person_id", BIG_ID, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(deliverable_id IS NULL) = (units IS NULL)",
            name=op.f("ck_expense_units_of_deliverable"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_expense_amount_positive")),
        sa.CheckConstraint("units IS NULL OR units > 0", name=op.f("ck_expense_units_positive")),
        sa.ForeignKeyConstraint(
            ["budget_line_id"], ["budget_line.id"], name=op.f("fk_expense_budget_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverable.id"], name=op.f("fk_expense_deliverable_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_expense_submitted_by_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["submitter_person_id"], ["person.id"], name=op.f("fk_expense_submitter_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
    )
    op.create_index(op.f("ix_expense_budget_line_id"), "expense", ["budget_line_id"], unique=False)
    op.create_index(op.f("ix_expense_deliverable_id"), "expense", ["deliverable_id"], unique=False)
    op.create_index(
        op.f("ix_expense_submitted_by_user_id"), "expense", ["submitted_by_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_expense_submitter_person_id"), "expense", ["submitter_person_id"], unique=False
    )
    op.create_table(
        "inflow_giver",
        sa.Column("inflow_id", BIG_ID, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("giver_key", sa.String(length=200), nullable=False),
        sa.Column("giver_kind", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["inflow_id"], ["inflow.id"], name=op.f("fk_inflow_giver_inflow_id")
        ),
        sa.PrimaryKeyConstraint("inflow_id", name=op.f("pk_inflow_giver")),
    )
    op.create_index(op.f("ix_inflow_giver_giver_key"), "inflow_giver", ["giver_key"], unique=False)
    op.create_table(
        "outflow",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("expense", "fee", name="outflowkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("of_inflow_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "(kind = 'fee') = (of_inflow_id IS NOT NULL)", name=op.f("ck_outflow_fee_of_inflow")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id", "number", "amount"],
            ["transfer.entry_id", "transfer.number", "transfer.amount"],
            name=op.f("fk_outflow_entry_id_number_amount"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_outflow_fund_id")),
        sa.ForeignKeyConstraint(
            ["of_inflow_id"], ["inflow.id"], name=op.f("fk_outflow_of_inflow_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outflow")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_outflow_entry_id_number")),
        sa.UniqueConstraint("of_inflow_id", name=op.f("uq_outflow_of_inflow_id")),
    )
    op.create_index(op.f("ix_outflow_fund_id"), "outflow", ["fund_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("donation_id", BIG_ID, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("order", sa.JSON(), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("remote_id", sa.String(length=255), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "open",
                "succeeded",
                "failed",
                "expired",
                name="paymentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint("fee >= 0 AND fee < amount", name=op.f("ck_payment_fee_within")),
        sa.ForeignKeyConstraint(
            ["donation_id"], ["donation.id"], name=op.f("fk_payment_donation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("gateway", "remote_id", name=op.f("uq_payment_gateway_remote_id")),
    )
    op.create_index(op.f("ix_payment_donation_id"), "payment", ["donation_id"], unique=False)
    op.create_index(
        "uq_payment_one_open",
        "payment",
        ["donation_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('created', 'open')"),
        postgresql_where=sa.text("state IN ('created', 'open')"),
    )
    op.create_table(
        "pending",
        sa.Column("inflow_id", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["inflow_id"], ["inflow.id"], name=op.f("fk_pending_inflow_id")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_pending_line_id")),
        sa.PrimaryKeyConstraint("inflow_id", name=op.f("pk_pending")),
    )
    op.create_index(op.f("ix_pending_line_id"), "pending", ["line_id"], unique=False)
    op.create_table(
        "placement",
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("start", BIG_ID, nullable=False),
        sa.Column("stop", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("inflow_id", BIG_ID, nullable=False),
        sa.Column(
            "previous_stop", BIG_ID, sa.Computed("nullif(start, 0)", persisted=True), nullable=True
        ),
        sa.Column(
            "previous_number",
            BIG_ID,
            sa.Computed("CASE WHEN start = 0 THEN NULL ELSE number - 1 END", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("(start = 0) = (number = 1)", name=op.f("ck_placement_first")),
        sa.CheckConstraint("start >= 0 AND stop > start", name=op.f("ck_placement_interval")),
        sa.ForeignKeyConstraint(["inflow_id"], ["inflow.id"], name=op.f("fk_placement_inflow_id")),
        sa.ForeignKeyConstraint(
            ["line_id", "previous_stop", "previous_number"],
            ["placement.line_id", "placement.stop", "placement.number"],
            name="fk_placement_previous",
        ),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_placement_line_id")),
        sa.PrimaryKeyConstraint("line_id", "start", name=op.f("pk_placement")),
        sa.UniqueConstraint("inflow_id", name=op.f("uq_placement_inflow_id")),
        sa.UniqueConstraint(
            "line_id", "stop", "number", name=op.f("uq_placement_line_id_stop_number")
        ),
    )
    op.create_table(
        "project_review",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("reviewer_user_id", BIG_ID, nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_review_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_user_id"],
            ["user_account.id"],
            name=op.f("fk_project_review_reviewer_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_review")),
    )
    op.create_index(
        op.f("ix_project_review_project_id"), "project_review", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_review_reviewer_user_id"),
        "project_review",
        ["reviewer_user_id"],
        unique=False,
    )
    op.create_table(
        "expense_duty",
        sa.Column("expense_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column(
            "duty",
            sa.Enum("submit", "approve", "pay", name="duty", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["expense_id"], ["expense.id"], name=op.f("fk_expense_duty_expense_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_expense_duty_person_id")
        ),
        sa.PrimaryKeyConstraint("expense_id", "person_id", name=op.f("pk_expense_duty")),
        sa.UniqueConstraint(
            "expense_id",
            "person_id",
            "duty",
            name=op.f("uq_expense_duty_expense_id_person_id_duty"),
        ),
    )
    op.create_index(op.f("ix_expense_duty_person_id"), "expense_duty", ["person_id"], unique=False)
    op.create_table(
        "gateway_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "succeeded",
                "failed",
                "expired",
                "other",
                name="noticekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("remote_id", sa.String(length=255), nullable=True),
        sa.Column("order_key", sa.String(length=255), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("payment_id", BIG_ID, nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "applied",
                "ignored",
                "quarantined",
                name="eventoutcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("outcome_note", sa.String(length=200), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_gateway_event_amount_not_negative")),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_gateway_event_fee_not_negative")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_gateway_event_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_event")),
        sa.UniqueConstraint("gateway", "event_id", name=op.f("uq_gateway_event_gateway_event_id")),
    )
    op.create_index(
        op.f("ix_gateway_event_payment_id"), "gateway_event", ["payment_id"], unique=False
    )
    op.create_index(
        "ix_gateway_event_quarantined",
        "gateway_event",
        ["id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'quarantined'"),
        postgresql_where=sa.text("outcome = 'quarantined'"),
    )
    op.create_index(
        "ix_gateway_event_waiting",
        "gateway_event",
        ["id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'waiting'"),
        postgresql_where=sa.text("outcome = 'waiting'"),
    )
    op.create_table(
        "piece",
        sa.Column("outflow_id", BIG_ID, nullable=False),
        sa.Column("start_offset", BIG_ID, nullable=False),
        sa.Column("line_id", BIG_ID, nullable=False),
        sa.Column("start", BIG_ID, nullable=False),
        sa.Column("stop", BIG_ID, nullable=False),
        sa.CheckConstraint("start >= 0 AND stop > start", name=op.f("ck_piece_interval")),
        sa.CheckConstraint("start_offset >= 0", name=op.f("ck_piece_start_offset")),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"], name=op.f("fk_piece_line_id")),
        sa.ForeignKeyConstraint(["outflow_id"], ["outflow.id"], name=op.f("fk_piece_outflow_id")),
        sa.PrimaryKeyConstraint("outflow_id", "start_offset", name=op.f("pk_piece")),
        sa.UniqueConstraint("line_id", "start", name=op.f("uq_piece_line_id_start")),
    )
    op.create_index("ix_piece_line_id_stop", "piece", ["line_id", "stop"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("expense_id", BIG_ID, nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("width", BIG_ID, nullable=False),
        sa.Column("height", BIG_ID, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["expense_id"], ["expense.id"], name=op.f("fk_voucher_expense_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint(
            "expense_id", "file_hash", name=op.f("uq_voucher_expense_id_file_hash")
        ),
    )
    op.create_index(op.f("ix_voucher_expense_id"), "voucher", ["expense_id"], unique=False)
    op.create_index(op.f("ix_voucher_file_hash"), "voucher", ["file_hash"], unique=False)
    op.create_table(
        "payout",
        sa.Column("expense_id", BIG_ID, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(length=200), nullable=False),
        sa.Column("paid_by_user_id", BIG_ID, nullable=False),
        sa.Column("payer_person_id", BIG_ID, nullable=False),
        sa.Column(
            "duty",
            sa.Enum("submit", "approve", "pay", name="duty", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.CheckConstraint("duty = 'pay'", name=op.f("ck_payout_duty")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payout_entry_id")),
        sa.ForeignKeyConstraint(
            ["expense_id", "payer_person_id", "duty"],
            ["expense_duty.expense_id", "expense_duty.person_id", "expense_duty.duty"],
            name="fk_payout_duty",
        ),
        sa.ForeignKeyConstraint(["expense_id"], ["expense.id"], name=op.f("fk_payout_expense_id")),
        sa.ForeignKeyConstraint(
            ["paid_by_user_id"], ["user_account.id"], name=op.f("fk_payout_paid_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_person_id"], ["person.id"], name=op.f("fk_payout_payer_person_id")
        ),
        sa.PrimaryKeyConstraint("expense_id", name=op.f("pk_payout")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_payout_bank_reference")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_payout_entry_id")),
    )
    op.create_index(
        "ix_payout_duty", "payout", ["expense_id", "payer_person_id", "duty"], unique=False
    )
    op.create_index(op.f("ix_payout_paid_by_user_id"), "payout", ["paid_by_user_id"], unique=False)
    op.create_index(op.f("ix_payout_payer_person_id"), "payout", ["payer_person_id"], unique=False)


def downgrade() -> None:
    """Drop every table; the guards' functions go with them."""
    op.drop_index(op.f("ix_payout_payer_person_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_paid_by_user_id"), table_name="payout")
    op.drop_index("ix_payout_duty", table_name="payout")
    op.drop_table("payout")
    op.drop_index(op.f("ix_voucher_file_hash"), table_name="voucher")
    op.drop_index(op.f("ix_voucher_expense_id"), table_name="voucher")
    op.drop_table("voucher")
    op.drop_index("ix_piece_line_id_stop", table_name="piece")
    op.drop_table("piece")
    op.drop_index(
        "ix_gateway_event_waiting",
        table_name="gateway_event",
        sqlite_where=sa.text("outcome = 'waiting'"),
        postgresql_where=sa.text("outcome = 'waiting'"),
    )
    op.drop_index(
        "ix_gateway_event_quarantined",
        table_name="gateway_event",
        sqlite_where=sa.text("outcome = 'quarantined'"),
        postgresql_where=sa.text("outcome = 'quarantined'"),
    )
    op.drop_index(op.f("ix_gateway_event_payment_id"), table_name="gateway_event")
    op.drop_table("gateway_event")
    op.drop_index(op.f("ix_expense_duty_person_id"), table_name="expense_duty")
    op.drop_table("expense_duty")
    op.drop_index(op.f("ix_project_review_reviewer_user_id"), table_name="project_review")
    op.drop_index(op.f("ix_project_review_project_id"), table_name="project_review")
    op.drop_table("project_review")
    op.drop_table("placement")
    op.drop_index(op.f("ix_pending_line_id"), table_name="pending")
    op.drop_table("pending")
    op.drop_index(
        "uq_payment_one_open",
        table_name="payment",
        sqlite_where=sa.text("state IN ('created', 'open')"),
        postgresql_where=sa.text("state IN ('created', 'open')"),
    )
    op.drop_index(op.f("ix_payment_donation_id"), table_name="payment")
    op.drop_table("payment")
    op.drop_index(op.f("ix_outflow_fund_id"), table_name="outflow")
    op.drop_table("outflow")
    op.drop_index(op.f("ix_inflow_giver_giver_key"), table_name="inflow_giver")
    op.drop_table("inflow_giver")
    op.drop_index(op.f("ix_expense_submitter_person_id"), table_name="expense")
    op.drop_index(op.f("ix_expense_submitted_by_user_id"), table_name="expense")
    op.drop_index(op.f("ix_expense_deliverable_id"), table_name="expense")
    op.drop_index(op.f("ix_expense_budget_line_id"), table_name="expense")
    op.drop_table("expense")
    op.drop_index(op.f("ix_delivery_deliverable_id"), table_name="delivery")
    op.drop_index(op.f("ix_delivery_decided_by_user_id"), table_name="delivery")
    op.drop_index(op.f("ix_delivery_decided_by_person_id"), table_name="delivery")
    op.drop_index(op.f("ix_delivery_claimed_by_user_id"), table_name="delivery")
    op.drop_index(op.f("ix_delivery_claimed_by_person_id"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_project_state"), table_name="project")
    op.drop_index(op.f("ix_project_region_code"), table_name="project")
    op.drop_index(op.f("ix_project_published_at"), table_name="project")
    op.drop_index(op.f("ix_project_organisation_id"), table_name="project")
    op.drop_index(op.f("ix_project_created_by_user_id"), table_name="project")
    op.drop_index(op.f("ix_project_category"), table_name="project")
    op.drop_table("project")
    op.drop_table("line_head")
    op.drop_index(op.f("ix_inflow_line_id"), table_name="inflow")
    op.drop_table("inflow")
    op.drop_index(op.f("ix_hold_line_id"), table_name="hold")
    op.drop_table("hold")
    op.drop_index(op.f("ix_donation_campaign_id"), table_name="donation")
    op.drop_table("donation")
    op.drop_index(op.f("ix_deliverable_budget_id"), table_name="deliverable")
    op.drop_table("deliverable")
    op.drop_index(op.f("ix_budget_line_budget_id"), table_name="budget_line")
    op.drop_table("budget_line")
    op.drop_index(op.f("ix_unsealed_book_id"), table_name="unsealed")
    op.drop_table("unsealed")
    op.drop_index("ix_transfer_debit", table_name="transfer")
    op.drop_index("ix_transfer_credit", table_name="transfer")
    op.drop_table("transfer")
    op.drop_table("sealed_entry")
    op.drop_index(op.f("ix_line_fund_id"), table_name="line")
    op.drop_index(op.f("ix_line_book_id"), table_name="line")
    op.drop_table("line")
    op.drop_table("entry_note")
    op.drop_index(op.f("ix_campaign_plan_id"), table_name="campaign")
    op.drop_index(op.f("ix_campaign_partner_id"), table_name="campaign")
    op.drop_index(op.f("ix_campaign_charity_id"), table_name="campaign")
    op.drop_table("campaign")
    op.drop_index(op.f("ix_budget_region_code"), table_name="budget")
    op.drop_index(op.f("ix_budget_organisation_id"), table_name="budget")
    op.drop_table("budget")
    op.drop_index(op.f("ix_seal_sealed_at"), table_name="seal")
    op.drop_table("seal")
    op.drop_index(op.f("ix_fund_book_id"), table_name="fund")
    op.drop_table("fund")
    op.drop_index(op.f("ix_entry_book_id"), table_name="entry")
    op.drop_table("entry")
    op.drop_table("book_head")
    op.drop_index(op.f("ix_account_book_id"), table_name="account")
    op.drop_table("account")
    op.drop_index(op.f("ix_partner_agreement_partner_id"), table_name="partner_agreement")
    op.drop_index(op.f("ix_partner_agreement_charity_id"), table_name="partner_agreement")
    op.drop_index(op.f("ix_partner_agreement_assessed_by_user_id"), table_name="partner_agreement")
    op.drop_table("partner_agreement")
    op.drop_index(
        "uq_membership_on_platform",
        table_name="membership",
        sqlite_where=sa.text(
            "revoked_at IS NULL AND organisation_id IS NULL AND region_code IS NULL"
        ),
        postgresql_where=sa.text(
            "revoked_at IS NULL AND organisation_id IS NULL AND region_code IS NULL"
        ),
    )
    op.drop_index(
        "uq_membership_in_region",
        table_name="membership",
        sqlite_where=sa.text("revoked_at IS NULL AND region_code IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND region_code IS NOT NULL"),
    )
    op.drop_index(
        "uq_membership_in_organisation",
        table_name="membership",
        sqlite_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
        postgresql_where=sa.text("revoked_at IS NULL AND organisation_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_revoked_by_user_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_region_code"), table_name="membership")
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_granted_by_user_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_fundraising_plan_charity_id"), table_name="fundraising_plan")
    op.drop_table("fundraising_plan")
    op.drop_table("book")
    op.drop_index(op.f("ix_sign_in_session_user_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index(op.f("ix_organisation_verified_by_user_id"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_region_code"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_approval_decision_user_id"), table_name="approval_decision")
    op.drop_index(op.f("ix_approval_decision_submitter_person_id"), table_name="approval_decision")
    op.drop_index("ix_approval_decision_request", table_name="approval_decision")
    op.drop_index(op.f("ix_approval_decision_person_id"), table_name="approval_decision")
    op.drop_table("approval_decision")
    op.drop_index(op.f("ix_user_account_person_id"), table_name="user_account")
    op.drop_table("user_account")
    op.drop_index(
        "uq_approval_request_open",
        table_name="approval_request",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_approval_request_submitter_person_id"), table_name="approval_request")
    op.drop_index(op.f("ix_approval_request_subject"), table_name="approval_request")
    op.drop_table("approval_request")
    op.drop_index("ix_sign_in_attempt_login_name_at", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_address_hash_at", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_index(op.f("ix_region_parent_code"), table_name="region")
    op.drop_index(op.f("ix_region_managed_by_code"), table_name="region")
    op.drop_table("region")
    op.drop_table("person")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.drop_table("outbox")
    for statement in guards.removal(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
