"""Asking the eligibility function and keeping its answer, with the rows it used.

An equal answer about a subject is kept once a day. The caller refuses (`findings.refuse`) when it
is told what blocks; whoever wants a refusal kept asks in a unit of work of its own first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.registry import queries
from charity.registry.eligibility import giving_eligibility
from charity.registry.eligibility_organisations import organisation_eligibility
from charity.registry.findings import Finding, as_kept, blocking
from charity.registry.models import Campaign, DecidedAct, EligibilityDecision, Organisation
from charity.rows import insert_many, insert_new

#: Answers known to be kept, by database: a gift does not write what the last gift wrote.
_KEPT: WeakKeyDictionary[Engine | Connection, set[tuple[str, DecidedAct, date, str]]] = (
    WeakKeyDictionary()
)
#: A set that long is begun anew; it holds one key a campaign and day.
_MOST_KEPT = 20_000


def judge(
    session: Session,
    actor: Actor,
    *,
    act: DecidedAct,
    subject: str,
    organisation: Organisation,
    campaign: Campaign | None = None,
    on: date | None = None,
) -> list[Finding]:
    """Whether `organisation` may do `act` on a day in China, today unless said; kept for `subject`.

    POSTING, GRANTING and PAYING ask its state and its restrictions, and those of the campaign and
    its charity; DONATING asks the campaign as well. A payee is asked by
    `eligibility_organisations.payee_eligibility`.
    """
    day = on or clock.today()
    concerned = {organisation.id}
    if campaign is not None:
        concerned |= {campaign.charity_id, campaign.partner_id or campaign.charity_id}
    restrictions = queries.restrictions_of(
        session,
        organisation_ids=concerned,
        campaign_id=campaign.id if campaign is not None else None,
    )
    findings = organisation_eligibility(
        organisation,
        act=act,
        on=day,
        restrictions=restrictions,
        last_active=queries.last_campaign_day(session, organisation.id, day)
        if organisation.is_charity
        else None,
    )
    if campaign is not None and act is DecidedAct.DONATING:
        findings += giving_eligibility(campaign, day)
    keep_decision(session, actor, act=act, subject=subject, findings=findings, on=day)
    return findings


def may_give(session: Session, actor: Actor, *, campaign: Campaign, on: date) -> list[Finding]:
    """Whether a gift to this campaign may be begun on a day in China.

    What stops it was read with the campaign; the answer is written once a day, so that a gift
    asks the database nothing more.
    """
    findings = giving_eligibility(campaign, on)
    if not blocking(findings):
        keep_decision(
            session,
            actor,
            act=DecidedAct.DONATING,
            subject=f"campaign:{campaign.id}",
            findings=findings,
            on=on,
        )
    return findings


def keep_decision(
    session: Session,
    actor: Actor,
    *,
    act: DecidedAct,
    subject: str,
    findings: Sequence[Finding],
    on: date,
) -> None:
    """Keep what was found, once a day where it is the same."""
    kept, digest = _kept(findings)
    key = (subject, act, on, digest)
    known = _KEPT.setdefault(session.get_bind(), set())
    if key in known:
        return
    insert_new(
        session,
        EligibilityDecision,
        subject=subject,
        act=act,
        decided_on=on,
        allowed=not blocking(findings),
        findings=kept,
        digest=digest,
        decided_at=clock.now(),
    )
    if len(known) > _MOST_KEPT:
        known.clear()
    # what is rolled back was not kept
    event.listen(session, "after_commit", lambda _: known.add(key), once=True)


def keep_decisions(
    session: Session,
    actor: Actor,
    *,
    act: DecidedAct,
    decided: Mapping[str, Sequence[Finding]],
    on: date,
) -> None:
    """Keep what was found about many subjects at once; the caller holds what they belong to.

    Answers that are kept already that day stay as they are.
    """
    rows = {subject: _kept(findings) for subject, findings in decided.items()}
    query = select(EligibilityDecision.subject, EligibilityDecision.digest).where(
        EligibilityDecision.act == act, EligibilityDecision.decided_on == on
    )
    known = {(subject, digest) for subject, digest in session.execute(query)}
    now = clock.now()
    insert_many(
        session,
        EligibilityDecision,
        [
            {
                "subject": subject,
                "act": act,
                "decided_on": on,
                "allowed": not blocking(decided[subject]),
                "findings": kept,
                "digest": digest,
                "decided_at": now,
            }
            for subject, (kept, digest) in rows.items()
            if (subject, digest) not in known
        ],
    )


def _kept(findings: Sequence[Finding]) -> tuple[list[dict[str, Any]], str]:
    """Findings as they are kept, and their digest."""
    kept = [as_kept(finding) for finding in findings]
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return kept, hashlib.sha256(text.encode()).hexdigest()
