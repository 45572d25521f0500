"""Telling what has been done, in words and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import services as accounts
from charity.accounts.consents import of_picture
from charity.accounts.models import ConsentPurpose
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.evidence import Evidence
from charity.files import FileStore
from charity.registry.naming import personal_number
from charity.registry.reasons import RegistryReason
from charity.rows import insert_or, locked
from projects.listings.models import SHOWN_STATES, ProgressReport, Project, ReportPicture
from projects.listings.policy.life import may_report
from projects.listings.reasons import LifeReason

PICTURES_MAXIMUM = 6
TITLE_MAXIMUM, WORDS_MAXIMUM, CAPTION_MAXIMUM = 60, 3000, 80


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A picture drawn anew (`charity.evidence.reencode`), and whether those on it agree."""

    evidence: Evidence
    caption: str = ""
    #: Nobody can be known on it, or all who can have agreed to its publication (PII-04).
    consent_stated: bool = False
    #: The parent or guardian who agreed, where a child under fourteen can be known (PII-02).
    guardian_name: str = ""


def publish_report(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    project_id: int,
    title: str,
    words: str,
    pictures: Sequence[PictureDraft] = (),
    files: FileStore,
    reported_on: date | None = None,
) -> ProgressReport:
    """Publish a report of a project; the same `client_id` again is the report that is there.

    Raises `Denied`, `InvalidState` before it is published, `Invalid` on `title`, `words`,
    `reported_on` (a day to come), `pictures` (more than six) and `consent`: a picture on which
    somebody can be known who has not agreed is not taken, nor is anybody's number (PII-04).
    """
    project = locked(session, select(Project).where(Project.id == project_id))
    require(may_report(actor, project))
    known = session.scalar(select(ProgressReport).where(ProgressReport.client_id == client_id))
    if known is not None:
        return known
    if project.state not in SHOWN_STATES:
        raise InvalidState(LifeReason.NOT_PUBLISHED)
    report = ProgressReport(
        client_id=client_id,
        project_id=project.id,
        title=texts.line(title, field="title", limit=TITLE_MAXIMUM),
        words=texts.prose(words, field="words", limit=WORDS_MAXIMUM, required=True),
        reported_on=reported_on or clock.today(),
        published_at=clock.now(),
        written_by_user_id=actor.user_id,
    )
    _refuse_unfit(report, pictures)
    insert_or(session, report, Conflict(CommonReason.WRONG_STATE))
    for position, picture in enumerate(pictures, 1):
        report.pictures.append(_kept(picture, position, files))
    outbox.write(
        session, "project.reported", f"project:{project.id}", report_id=report.id,
        title=report.title,
    )  # fmt: skip
    session.flush()
    for kept, draft in zip(report.pictures, pictures, strict=True):
        _keep_consent(session, actor, kept, draft)
    return report


def _keep_consent(
    session: Session, actor: Actor, picture: ReportPicture, draft: PictureDraft
) -> None:
    """PII-04, PII-02: what was stated of a picture stands in the register of consents."""
    subject = of_picture(picture.id)
    accounts.give_consent(session, actor, subject=subject, purpose=ConsentPurpose.PUBLISHING)
    if draft.guardian_name:
        accounts.give_consent(
            session, actor, subject=subject, purpose=ConsentPurpose.CHILD,
            guardian_name=draft.guardian_name,
        )  # fmt: skip


def _refuse_unfit(report: ProgressReport, pictures: Sequence[PictureDraft]) -> None:
    """What must not be public, or cannot be true."""
    if report.reported_on > clock.today():
        raise Invalid(LifeReason.REPORTED_LATER, field="reported_on")
    for field in ("title", "words"):
        if personal_number(getattr(report, field)):
            raise Invalid(RegistryReason.PERSONAL_NUMBER, field=field, rule="PII-04")
    if len(pictures) > PICTURES_MAXIMUM:
        limit = PICTURES_MAXIMUM
        raise Invalid(LifeReason.PICTURES_TOO_MANY, field="pictures", maximum=limit)
    if any(not picture.consent_stated for picture in pictures):
        raise Invalid(LifeReason.CONSENT_MISSING, field="consent", rule="PII-04")
    if any(personal_number(picture.caption) for picture in pictures):
        raise Invalid(RegistryReason.PERSONAL_NUMBER, field="pictures", rule="PII-04")


def _kept(picture: PictureDraft, position: int, files: FileStore) -> ReportPicture:
    evidence = picture.evidence
    return ReportPicture(
        position=position,
        digest=files.put(evidence.content),
        media_type=evidence.media_type,
        width=evidence.width,
        height=evidence.height,
        caption=texts.line(
            picture.caption, field="pictures", limit=CAPTION_MAXIMUM, required=False
        ),
        consent_stated=picture.consent_stated,
    )
