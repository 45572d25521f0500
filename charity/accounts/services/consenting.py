"""Consent is given for one purpose at a time, and taken back as easily (PII-01).

Bank accounts, health, poverty and disability are asked apart (PII-03), so is publishing (PII-04);
for a child under fourteen a parent or guardian agrees (PII-02).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import policy, queries
from charity.accounts.consents import SUBJECT, TEXT_VERSIONS
from charity.accounts.models import Consent, ConsentPurpose
from charity.accounts.reasons import AccountsReason
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.rows import insert_or, locked

#: A child's consent is its guardian's.
GUARDIAN = "PII-02"


def give_consent(
    session: Session,
    actor: Actor,
    *,
    subject: str,
    purpose: ConsentPurpose,
    text_version: str | None = None,
    guardian_name: str = "",
) -> Consent:
    """Keep that somebody agreed to one purpose, in the words in use or those of `text_version`.

    The subject's own consent, or one that staff saw signed: who recorded it is kept. The same again
    is the one that stands; other words take its place. Raises `Denied` for a guest and for another
    account's consent, `Invalid` on `subject` or `guardian_name`.
    """
    if not SUBJECT.fullmatch(subject):
        raise Invalid(CommonReason.NOT_FOUND, field="subject")
    require(policy.may_record_consent(actor, subject))
    guardian = texts.line(guardian_name, field="guardian_name", limit=80, required=False)
    if purpose is ConsentPurpose.CHILD and not guardian:
        raise Invalid(AccountsReason.GUARDIAN_NEEDED, field="guardian_name", rule=GUARDIAN)
    version = text_version or TEXT_VERSIONS[purpose]
    standing = queries.consent(session, subject, purpose)
    if standing is not None:
        if (standing.text_version, standing.guardian_name) == (version, guardian):
            return standing
        standing.withdrawn_at = clock.now()
        session.flush()
    made = Consent(
        subject=subject,
        purpose=purpose,
        text_version=version,
        guardian_name=guardian,
        given_at=clock.now(),
        recorded_by_user_id=actor.user_id,
    )
    insert_or(session, made, Conflict(AccountsReason.CONSENT_STANDS))
    outbox.write(session, "consent.given", f"consent:{made.id}")
    return made


def withdraw_consent(session: Session, actor: Actor, *, consent_id: int) -> Consent:
    """Take a consent back: whose it is, or who recorded it for them; from now on it covers nothing.

    What was done while it stood was lawful and stays. Raises `Denied`, `NotFound`, `InvalidState`
    where it was taken back before.
    """
    found = locked(session, select(Consent).where(Consent.id == consent_id))
    own = queries.subjects_of(session, actor)
    require(policy.may_withdraw_consent(actor, found, own))
    if found.withdrawn_at is not None:
        raise InvalidState(CommonReason.WRONG_STATE)
    found.withdrawn_at = clock.now()
    session.flush()
    outbox.write(session, "consent.withdrawn", f"consent:{found.id}")
    return found
