"""What a campaign or a project comes to, counted from rows and book at the moment of publishing.

Staff adds only words: every figure of the snapshot stands on gifts, entries and accepted work that
the site's other pages show too. Sums are fen, days are ISO; nobody who gave or was helped is named.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.disclosure.models import DisclosureDuty, DisclosureKind
from charity.disclosure.queries import reports
from charity.donations.models import (
    Donation,
    DonationState,
    InKindGift,
    InKindItem,
    InKindKind,
    InKindState,
    Match,
    MatchState,
    Payment,
    PaymentState,
)
from charity.ledger import queries as ledger
from charity.ledger.models import Fund
from charity.money import ZERO, Money
from charity.registry.models import Campaign, Organisation
from charity.rows import present
from charity.spending import queries as spending
from charity.spending.models import Budget

#: Kinds whose content is a snapshot of a campaign, and of a fund with its campaign.
OF_CAMPAIGNS = frozenset(
    {
        DisclosureKind.CAMPAIGN_PROGRESS,
        DisclosureKind.CAMPAIGN_RESULT,
        DisclosureKind.EMERGENCY_RECEIPTS,
        DisclosureKind.MEMBERS_REPORT,
    }
)
OF_PROJECTS = frozenset({DisclosureKind.PROJECT_PROGRESS, DisclosureKind.PROJECT_RESULT})

_ARRIVED = (DonationState.SETTLED, DonationState.REFUNDED)
Content = dict[str, Any]


def computed(session: Session, duty: DisclosureDuty) -> Content:
    """The figures a duty asks for, as they are now; its days alone where only words can be said."""
    if duty.kind in OF_CAMPAIGNS:
        return campaign_snapshot(session, _id_of(duty), duty.period_from, duty.period_until)
    if duty.kind in OF_PROJECTS:
        return project_snapshot(session, _id_of(duty), duty.period_from, duty.period_until)
    return reports.figures(session, duty)


def campaign_snapshot(session: Session, campaign_id: int, first: date, last: date) -> Content:
    """What a campaign raised, in all and on the days of the report, and what became of it."""
    campaign = present(session.get(Campaign, campaign_id))
    return {
        "campaign": campaign.title,
        "charity": _name(session, campaign.charity_id),
        "partner": _name(session, campaign.partner_id),
        "plan": None if campaign.plan.awaits_filing else campaign.plan.number,
        "target_fen": campaign.target.fen,
        **_head(first, last),
        "raised": _raised(session, campaign_id),
        "in_period": _in_period(session, campaign_id, first, last),
        "by_way": _by_way(session, campaign_id),
        "goods": _goods(session, campaign_id),
        "matched_fen": _matched(session, campaign_id),
        **_used(session, campaign.fund_id),
    }


def project_snapshot(session: Session, fund_id: int, first: date, last: date) -> Content:
    """What a project did with money and goods; with what its campaign raised, where it has one."""
    campaign = session.scalars(select(Campaign).where(Campaign.fund_id == fund_id)).one_or_none()
    if campaign is not None:
        return campaign_snapshot(session, campaign.id, first, last)
    fund = present(session.get(Fund, fund_id))
    charity_id = ledger.book(session, fund.book_id).organisation_id
    return {
        "project": fund.name,
        "charity": _name(session, charity_id),
        **_head(first, last),
        **_used(session, fund_id),
    }


def _head(first: date, last: date) -> Content:
    return {
        "from": first.isoformat(),
        # published before its last day, it tells of the days that have been
        "until": min(last, clock.today()).isoformat(),
        "counted_on": clock.today().isoformat(),
    }


def _id_of(duty: DisclosureDuty) -> int:
    return int(duty.subject.partition(":")[2])


def _name(session: Session, organisation_id: int | None) -> str | None:
    if organisation_id is None:
        return None
    return present(session.get(Organisation, organisation_id)).name


def _raised(session: Session, campaign_id: int) -> Content:
    query = select(func.count(), func.sum(Donation.amount), func.sum(Donation.refunded)).where(
        Donation.campaign_id == campaign_id, Donation.state.in_(_ARRIVED)
    )
    gifts, given, back = session.execute(query).one()
    return {"gifts": gifts, "amount_fen": _fen(given), "given_back_fen": _fen(back)}


def _in_period(session: Session, campaign_id: int, first: date, last: date) -> Content:
    query = select(func.count(), func.sum(Donation.amount)).where(
        Donation.campaign_id == campaign_id,
        Donation.state.in_(_ARRIVED),
        Donation.settled_at >= clock.start_of(first),
        Donation.settled_at < clock.start_of(last + timedelta(days=1)),
    )
    gifts, given = session.execute(query).one()
    return {"gifts": gifts, "amount_fen": _fen(given)}


def _by_way(session: Session, campaign_id: int) -> list[Content]:
    """What arrived by each way of paying, the largest first."""
    query = (
        select(Payment.gateway, func.count(), func.sum(Donation.amount))
        .join(Donation, Donation.id == Payment.donation_id)
        .where(
            Donation.campaign_id == campaign_id,
            Donation.state.in_(_ARRIVED),
            Payment.state == PaymentState.SUCCEEDED,
        )
        .group_by(Payment.gateway)
    )
    rows = [
        {"way": way, "gifts": gifts, "amount_fen": _fen(amount)}
        for way, gifts, amount in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (-int(str(row["amount_fen"])), str(row["way"])))


def _goods(session: Session, campaign_id: int) -> list[Content]:
    """What was handed over, by name and unit."""
    query = (
        select(InKindItem.name, InKindItem.unit, func.sum(InKindItem.arrived))
        .join(InKindGift, InKindGift.id == InKindItem.in_kind_gift_id)
        .where(
            InKindGift.campaign_id == campaign_id,
            InKindGift.state == InKindState.RECEIVED,
            InKindGift.kind == InKindKind.GOODS,
        )
        .group_by(InKindItem.name, InKindItem.unit)
        .order_by(InKindItem.name, InKindItem.unit)
    )
    return [
        {"name": name, "unit": unit, "quantity": int(quantity or 0)}
        for name, unit, quantity in session.execute(query)
    ]


def _matched(session: Session, campaign_id: int) -> int:
    """Fen that pools added to its gifts, less what went back to them."""
    query = (
        select(func.sum(Match.amount), func.sum(Match.given_back))
        .join(Donation, Donation.id == Match.donation_id)
        .where(Donation.campaign_id == campaign_id, Match.state == MatchState.CONFIRMED)
    )
    added, back = session.execute(query).one()
    return _fen(added) - _fen(back)


def _used(session: Session, fund_id: int) -> Content:
    """What left the fund, line by line of its budget, the work accepted, and what is in hand."""
    position = ledger.fund_position(session, fund_id)
    content: Content = {
        "spent_fen": position.spent.fen,
        "granted_fen": position.granted.fen,
        "fees_fen": position.fees.fen,
        "unspent_fen": position.in_hand.fen,
        "lines": [],
        "delivered": [],
    }
    budget_id = session.scalar(select(Budget.id).where(Budget.fund_id == fund_id))
    if budget_id is None:
        return content
    content["lines"] = [
        {"line": each.line.name, "planned_fen": each.line.amount.fen, "spent_fen": each.spent.fen}
        for each in spending.lines_with_spending(session, budget_id)
    ]
    content["delivered"] = [
        {
            "name": each.deliverable.name,
            "unit": each.deliverable.unit,
            "wanted": each.deliverable.target,
            "accepted": each.accepted,
        }
        for each in spending.deliverable_progress(session, [budget_id])[budget_id]
    ]
    return content


def _fen(amount: Money | None) -> int:
    return (amount or ZERO).fen
