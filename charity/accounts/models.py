"""Tables of accounts: users, roles granted and revoked, sign-in sessions and attempts."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from charity.actor import Role
from charity.base import Base, Id


def _held_once(name: str, scope: str, *columns: str) -> Index:
    """Nobody holds one role twice at the same time in the same place."""
    held = text(f"revoked_at IS NULL AND {scope}")
    return Index(name, *columns, unique=True, sqlite_where=held, postgresql_where=held)


class User(Base):
    """An account one person signs in with."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    #: Folded to lower case; what the person types to sign in.
    login_name: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Membership(Base):
    """A role granted to a user; never changed, only revoked once."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("organisation_id IS NULL OR region_code IS NULL", name="one_scope"),
        CheckConstraint("revoked_at IS NOT NULL OR revoked_by_user_id IS NULL", name="revoked"),
        CheckConstraint("revoked_at IS NULL OR granted_at <= revoked_at", name="revoked_after"),
        _held_once(
            "uq_membership_in_organisation",
            "organisation_id IS NOT NULL",
            "user_id",
            "role",
            "organisation_id",
        ),
        _held_once(
            "uq_membership_in_region",
            "region_code IS NOT NULL",
            "user_id",
            "role",
            "region_code",
        ),
        _held_once(
            "uq_membership_on_platform",
            "organisation_id IS NULL AND region_code IS NULL",
            "user_id",
            "role",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    granted_at: Mapped[datetime]
    #: None for what the installation itself granted (first administrator, demo).
    granted_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    revoked_at: Mapped[datetime | None]
    #: None for what the installation itself revoked.
    revoked_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )


class SignInSession(Base):
    """A signed-in browser; the cookie holds the secret, this row its hash."""

    __tablename__ = "sign_in_session"
    __table_args__ = (CheckConstraint("created_at < expires_at", name="period"),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    #: When a code of the second factor was last given in this session.
    confirmed_at: Mapped[datetime | None]


class SecondFactor(Base):
    """A person's device that makes one-time codes (TOTP, RFC 6238), sealed with the site's key."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed_secret: Mapped[bytes]
    created_at: Mapped[datetime]
    #: None until the first right code proves that the device holds the secret.
    confirmed_at: Mapped[datetime | None]
    #: The time step of the last code taken; a code counts once (RFC 6238 5.2).
    last_step: Mapped[int] = mapped_column(default=0)
    #: When a lost device was last taken off the account, and by whom; None for the installation.
    reset_at: Mapped[datetime | None]
    reset_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)


class RecoveryCode(Base):
    """A code on paper for the day the device is lost; it counts once."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    used_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One try to sign in, kept to slow down guessing for every worker alike."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login_name_at", "login_name", "at"),
        Index("ix_sign_in_attempt_address_hash_at", "address_hash", "at"),
    )

    id: Mapped[Id]
    login_name: Mapped[str] = mapped_column(String(80))
    address_hash: Mapped[bytes]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class ConsentPurpose(enum.StrEnum):
    """What somebody agreed to; each purpose that the law sets apart is asked for apart."""

    #: Keeping what a person told in order to help or thank them (PII-01).
    PROCESSING = "processing"
    #: Bank account, health, poverty, disability: a consent of its own (PII-03).
    SENSITIVE = "sensitive"
    #: Name or picture before everybody (PII-04).
    PUBLISHING = "publishing"
    #: Data of a child under fourteen: a parent or guardian agrees (PII-02).
    CHILD = "child"


class Consent(Base):
    """Somebody agreed to one purpose in the words of one version; taken back as easily (PII-01)."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("withdrawn_at IS NULL OR given_at <= withdrawn_at", name="withdrawn_after"),
        CheckConstraint("purpose <> 'child' OR guardian_name <> ''", name="guardian_of_child"),
        Index(
            "uq_consent_standing",
            "subject",
            "purpose",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    #: Whose data: `user:5`, `person:3`, `payee:<keyed hash>`, `report_picture:9`, `pairing:7`.
    subject: Mapped[str] = mapped_column(String(120), index=True)
    purpose: Mapped[ConsentPurpose]
    #: Which words were agreed to.
    text_version: Mapped[str] = mapped_column(String(40))
    guardian_name: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime]
    recorded_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    withdrawn_at: Mapped[datetime | None]
