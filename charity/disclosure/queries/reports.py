"""The figures behind reports that are about no campaign: years, bodies, dealings, trusts, partners.

Names stand here only where the law makes them public: members of the bodies of a charity, the
partner of a campaign, the trustee of a trust. Who was paid or related is counted, not named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.disclosure.models import DisclosureDuty, DisclosureKind, RatioReport
from charity.disclosure.owing.organisations import BODIES
from charity.donations.models import Donation
from charity.ledger import queries as ledger
from charity.ledger import statements
from charity.ledger.models import Fund, Inflow, Line
from charity.ledger.statements import Period
from charity.registry import queries as registry
from charity.registry.models import (
    Campaign,
    CharitableTrust,
    LegalRepresentative,
    Organisation,
    PlanChange,
    RelatedParty,
)
from charity.rows import present
from charity.spending import queries as spending
from charity.spending.models import Budget

Content = dict[str, Any]


def figures(session: Session, duty: DisclosureDuty) -> Content:
    """What rows and book say for a duty of such a kind; empty where only people can say it."""
    ask = _BY_KIND.get(duty.kind)
    head: Content = {"from": duty.period_from.isoformat(), "until": duty.period_until.isoformat()}
    return head | (ask(session, duty) if ask is not None else {})


def _year(session: Session, duty: DisclosureDuty) -> Content:
    """The year in the book's figures."""
    book = ledger.book_kept_by(session, duty.organisation_id)
    if book is None:
        return {}
    period = Period(duty.period_from, duty.period_until)
    activities = statements.activities(session, book.id, period)
    sheet = statements.balance_sheet(session, book.id, period.last)
    return {
        "income_fen": activities.total_income.total.fen,
        "costs_fen": activities.total_costs.total.fen,
        "net_assets_fen": sheet.line("total_net_assets").closing.fen,
        "assets_fen": sheet.line("total_assets").closing.fen,
    }


def _bodies(session: Session, duty: DisclosureDuty) -> Content:
    """Who is in the bodies on the last day of the period."""
    return {
        "members": [
            {"name": party.name, "as": party.relation.value, "since": party.since.isoformat()}
            for party in _parties(session, duty)
            if party.relation in BODIES
        ]
    }


def _related(session: Session, duty: DisclosureDuty) -> Content:
    """Related parties by relation, and those in the bodies by name."""
    counted = Counter(party.relation.value for party in _parties(session, duty))
    return {"related": dict(sorted(counted.items()))} | _bodies(session, duty)


def _parties(session: Session, duty: DisclosureDuty) -> list[RelatedParty]:
    query = (
        select(RelatedParty)
        .where(
            RelatedParty.organisation_id == duty.organisation_id,
            RelatedParty.since <= duty.period_until,
            RelatedParty.until.is_(None) | (RelatedParty.until >= duty.period_until),
        )
        .order_by(RelatedParty.relation, RelatedParty.since, RelatedParty.id)
    )
    return list(session.scalars(query))


def _payment(session: Session, duty: DisclosureDuty) -> Content:
    """One payment; its payee is named where it is an organisation of the registry."""
    expense = spending.expense(session, _id_of(duty))
    payee = None
    if expense.payee_organisation_id is not None:
        payee = present(session.get(Organisation, expense.payee_organisation_id)).name
    return {
        "what": expense.title,
        "line": expense.budget_line.name,
        "amount_fen": expense.amount.fen,
        "paid_on": expense.payout.paid_on.isoformat() if expense.payout is not None else None,
        "payee": payee,
    }


def _dealing(session: Session, duty: DisclosureDuty) -> Content:
    """A payment to a related party, or a gift from one: how much and when, never who gave."""
    if duty.subject.startswith("entry:"):
        return _stage(session, duty)
    if not duty.subject.startswith("donation:"):
        return _payment(session, duty)
    gift = present(session.get(Donation, _id_of(duty)))
    return {
        "campaign": present(session.get(Campaign, gift.campaign_id)).title,
        "amount_fen": gift.amount.fen,
        "given_on": duty.period_from.isoformat(),
    }


def _stage(session: Session, duty: DisclosureDuty) -> Content:
    """Money of a prize pool for a related party's work; who works for an award is public."""
    query = (
        select(Fund.name, Inflow.amount, Organisation.name)
        .join(Line, Line.fund_id == Fund.id)
        .join(Inflow, Inflow.line_id == Line.id)
        .join(Budget, Budget.fund_id == Fund.id)
        .join(Organisation, Organisation.id == Budget.organisation_id)
        .where(Inflow.entry_id == _id_of(duty))
    )
    what, amount, payee = session.execute(query).one()
    return {
        "what": what,
        "amount_fen": amount.fen,
        "paid_on": duty.period_from.isoformat(),
        "payee": payee,
    }


def _trust(session: Session, duty: DisclosureDuty) -> Content:
    trust = present(session.get(CharitableTrust, _id_of(duty)))
    return {
        "name": trust.name,
        "trustee": trust.trustee.name,
        "amount_fen": trust.amount.fen,
        "signed_on": trust.signed_on.isoformat(),
        "filing_number": trust.filing_number,
        "purpose": trust.purpose,
    }


def _partner(session: Session, duty: DisclosureDuty) -> Content:
    """The partner of a campaign, the agreement, and what was seen of it (CHA-134)."""
    campaign = present(session.get(Campaign, duty.campaign_id))
    if campaign.partner_id is None:
        return {}
    found = registry.agreement_between(
        session, campaign.charity_id, campaign.partner_id, campaign.starts_on
    )
    content: Content = {"partner": present(session.get(Organisation, campaign.partner_id)).name}
    if found is None:
        return content
    return content | {
        "agreement": found.number,
        "assessment": found.assessment_note,
        "supervision": found.supervision_note,
    }


def _leaving(session: Session, duty: DisclosureDuty) -> Content:
    """Who represented the organisation up to that day, as the registrar publishes it too."""
    query = select(LegalRepresentative).where(
        LegalRepresentative.organisation_id == duty.organisation_id,
        LegalRepresentative.until == duty.period_until,
    )
    left = session.scalars(query).one_or_none()
    if left is None:
        return {}
    return {"name": left.name, "since": left.since.isoformat()}


def _supplement(session: Session, duty: DisclosureDuty) -> Content:
    """What changed in a plan and why; `changed` holds the values of `PlanField`."""
    change = present(session.get(PlanChange, _id_of(duty)))
    return {
        "plan": registry.plan(session, change.plan_id).number,
        "changed": change.fields.split(","),
        "reason": change.reasons,
    }


def _ratios(session: Session, duty: DisclosureDuty) -> Content:
    query = (
        select(RatioReport)
        .where(
            RatioReport.organisation_id == duty.organisation_id,
            RatioReport.year == duty.period_until.year,
        )
        .order_by(RatioReport.id.desc())
        .limit(1)
    )
    report = session.scalars(query).one_or_none()
    return {"ratios": report.content} if report is not None else {}


def _annual(session: Session, duty: DisclosureDuty) -> Content:
    return _year(session, duty) | _ratios(session, duty)


def _id_of(duty: DisclosureDuty) -> int:
    return int(duty.subject.partition(":")[2])


_BY_KIND: dict[DisclosureKind, Callable[[Session, DisclosureDuty], Content]] = {
    DisclosureKind.ANNUAL_REPORT: _annual,
    DisclosureKind.CHARTER: _bodies,
    DisclosureKind.LEAVING_AUDIT: _leaving,
    DisclosureKind.MAJOR_PROJECTS: _year,
    DisclosureKind.MAJOR_TRANSACTION: _payment,
    DisclosureKind.PARTNER_SUPERVISION: _partner,
    DisclosureKind.PLAN_SUPPLEMENT: _supplement,
    DisclosureKind.RATIO_MISSED: _ratios,
    DisclosureKind.RELATED_DEALING: _dealing,
    DisclosureKind.RELATED_PARTIES: _related,
    DisclosureKind.TRUST: _trust,
    DisclosureKind.TRUST_FILING: _trust,
    DisclosureKind.TRUST_REPORT: _trust,
}
