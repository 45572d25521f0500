"""What is shown of an organisation's standing: to everybody the facts, to staff what follows."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.registry import policy, queries
from charity.registry.eligibility import giving_eligibility
from charity.registry.eligibility_organisations import organisation_eligibility, payee_eligibility
from charity.registry.findings import Finding, Severity, as_kept
from charity.registry.models import (
    Campaign,
    DecidedAct,
    EligibilityDecision,
    ListEntry,
    Organisation,
    PlanField,
    Rating,
    RestrictedAct,
    Restriction,
)
from charity.registry.rating_rules import list_findings
from web.filters import day
from web.frame import operator_id
from web.labels import kept_sentence, label

#: What an organisation may be asked for on its own; gifts are asked of a campaign.
ASKED = (DecidedAct.POSTING, DecidedAct.GRANTING, DecidedAct.PAYING)
#: Parameters of kept findings that are members of these.
_MEMBERS: dict[str, type[enum.Enum]] = {"act": RestrictedAct, "column": PlanField}


@dataclass(frozen=True, slots=True)
class Said:
    """One finding in words: its rule, the sentence, whether it refuses, the figure it used."""

    rule: str
    words: str
    blocks: bool
    used: str


@dataclass(frozen=True, slots=True)
class Check:
    """One answer of the eligibility function, in words."""

    act: str
    when: str
    allowed: bool
    findings: tuple[Said, ...]


def public_context(session: Session, found: Organisation) -> dict[str, Any]:
    """What anybody may read of an organisation's standing, each with its source."""
    today = clock.today()
    agreement = queries.agreement_between(session, operator_id(), found.id, today)
    return {
        "papers": _papers(found),
        "agreement": agreement,
        "representatives": queries.representatives(session, found.id),
        "inspections": queries.inspections(session, found.id),
        "ratings": [
            (rating, rating_words(rating)) for rating in queries.ratings(session, found.id)
        ],
        "entries": [
            (entry, entry_words(entry)) for entry in queries.list_entries(session, found.id)
        ],
        "verifications": queries.verifications(session, found.id),
        "restrictions": [
            restriction_words(row)
            for row in queries.restrictions(session, organisation_id=found.id)
        ],
    }


def standing_context(session: Session, actor: Actor, found: Organisation) -> dict[str, Any]:
    """The same, with the checks for staff and the way to the desk for who records."""
    checks: list[Check] = []
    if policy.may_read_checks(actor, found):
        checks = checks_of(session, found)
    may_record = bool(policy.may_record_standing(actor, found)) and not actor.is_system
    return {
        "standing": public_context(session, found),
        "checks": checks,
        "representatives_url": url_for("representatives.index", organisation_id=found.id)
        if policy.may_name_representative(actor, found) and not actor.is_system
        else None,
        "standing_url": url_for("standing.desk", organisation_id=found.id) if may_record else None,
    }


def checks_of(session: Session, found: Organisation) -> list[Check]:
    """May it post, receive a grant, be paid out today: asked anew, not from memory."""
    today = clock.today()
    restrictions = queries.restrictions(session, organisation_id=found.id)
    active = queries.last_campaign_day(session, found.id, today) if found.is_charity else None
    lists = list_findings(queries.list_entries(session, found.id), today)
    made = []
    for act in ASKED:
        findings = organisation_eligibility(
            found, act=act, on=today, restrictions=restrictions, last_active=active
        )
        if act is DecidedAct.PAYING:
            findings += payee_eligibility(found)
        made.append(_check(label(act), day(today), [*findings, *lists]))
        lists = []
    return made


def campaign_checks(
    session: Session, actor: Actor, campaign: Campaign | None, project_id: int, owner: Organisation
) -> list[Check]:
    """The answers about a project: what was kept, and whether it takes gifts today; for staff."""
    if not policy.may_read_checks(actor, owner):
        return []
    made = [kept_check(each) for each in queries.decisions(session, f"project:{project_id}", 3)]
    if campaign is not None:
        today = clock.today()
        made.insert(
            0, _check(label(DecidedAct.DONATING), day(today), giving_eligibility(campaign, today))
        )
    return made


def kept_check(decision: EligibilityDecision) -> Check:
    """A kept answer in words."""
    said = tuple(said_of(finding) for finding in decision.findings)
    return Check(label(decision.act), day(decision.decided_on), decision.allowed, said)


def rating_words(rating: Rating) -> str:
    """A rating and until when it holds."""
    if rating.expires_on <= clock.today():
        return str(_("%(n)sA，%(day)s 到期", n=rating.grade, day=day(rating.expires_on)))
    return str(_("%(n)sA，有效到 %(day)s", n=rating.grade, day=day(rating.expires_on)))


def entry_words(entry: ListEntry) -> str:
    """An entry and its days."""
    if entry.removed_on is None:
        return str(_("%(a)s 列入", a=day(entry.listed_on)))
    return str(_("%(a)s 列入，%(b)s 移出", a=day(entry.listed_on), b=day(entry.removed_on)))


def restriction_words(row: Restriction) -> str:
    """What is stopped, since when, and by which rule."""
    return str(
        _(
            "从 %(day)s 起停止%(act)s（规则 %(rule)s）",
            day=day(row.since),
            act=label(row.act),
            rule=row.rule_id,
        )
    )


def _papers(found: Organisation) -> list[tuple[str, object]]:
    """Charity, certificate and tax, with their days."""
    today = clock.today()
    if not found.is_charity:
        return [(_("慈善组织"), _("不是慈善组织"))]
    since = found.charity_since
    return [
        (_("慈善组织"), _("%(day)s 登记或认定", day=day(since)) if since else _("是")),
        (_("公开募捐资格证书"), _certificate(found)),
        (_("取得方式"), label(found.certificate_basis) or None),
        (
            _("公益性捐赠税前扣除资格"),
            _("有，%(a)s 至 %(b)s", a=day(found.deductible_from), b=day(found.deductible_until))
            if found.is_deductible_on(today)
            else _("没有记录"),
        ),
    ]


def _certificate(found: Organisation) -> str | None:
    if found.certificate_number is None:
        return None
    said: dict[str, object] = {
        "number": found.certificate_number,
        "a": day(found.certificate_from),
        "b": day(found.certificate_until),
    }
    if found.is_revoked_on(clock.today()):
        return str(_("%(number)s，%(b)s 被吊销", number=found.certificate_number,
                     b=day(found.certificate_revoked_on)))  # fmt: skip
    if found.certificate_until is None:
        return str(_("%(number)s，%(a)s 起有效", **said))
    return str(_("%(number)s，%(a)s 至 %(b)s 有效", **said))


def _check(act: str, when: str, findings: Sequence[Finding]) -> Check:
    said = tuple(said_of(as_kept(finding)) for finding in findings)
    return Check(act, when, not any(each.blocks for each in said), said)


def said_of(kept: dict[str, Any]) -> Said:
    """A kept finding (`as_kept`) in words."""
    params = {
        name: _MEMBERS[name](value) if name in _MEMBERS else value
        for name, value in kept["params"].items()
    }
    used = kept["used"]
    return Said(
        rule=str(kept["rule"]),
        words=kept_sentence(str(kept["reason"]), params),
        blocks=kept["severity"] == Severity.BLOCK.value,
        used=f"{used['value']} · {used['source']} · {used['from']}" if used else "",
    )
