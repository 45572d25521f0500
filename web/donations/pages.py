"""What the donor's pages show: who takes the money and on what ground, and how a gift stands."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.donations import policy as donations_policy
from charity.donations.counter_gateway import TRANSFER
from charity.donations.models import Donation, DonationState, GivingTeam, Payment
from charity.donations.queries import open_payment_of
from charity.donations.queries.pools import matches_of
from charity.donations.queries.receipts import receipt_of
from charity.donations.queries.together import team_by_code
from charity.donations.references import in_groups
from charity.errors import CommonReason, NotFound
from charity.ledger import tracing
from charity.ledger.models import OutflowKind
from charity.ledger.tracing import InclusionProof
from charity.money import ZERO, Money
from charity.registry import queries as registry
from charity.registry.eligibility import blocking, giving_eligibility
from charity.registry.models import Campaign, CampaignState, FundraisingMode
from charity.registry.reasons import RegistryReason
from projects.listings import queries
from projects.listings.models import Project
from projects.listings.queries import DonationTrail
from projects.listings.queries.trails import DonationStep
from web.filters import day
from web.labels import sentence
from web.plans.words import plan_number
from web.pools.pages import match_words
from web.ports import settings

#: How long after the start of a payment the page looks again, and how often, in seconds.
_LOOKS = ((120, 4), (900, 20), (7200, 120))


def open_project(session: Session, actor: Actor, project_id: int) -> tuple[Project, Campaign]:
    """A published project with its campaign; raises `NotFound` for any other."""
    project = queries.readable(session, actor, queries.project_for_giving(session, project_id))
    if project.campaign is None:
        raise NotFound(CommonReason.NOT_FOUND)
    return project, project.campaign


def why_not_now(actor: Actor, campaign: Campaign) -> str | None:
    """Why no gift can be begun today, in a sentence; None where one can."""
    verdict = donations_policy.may_give(actor, settings().operator_mode)
    if verdict.reason is not None:
        return sentence(verdict.reason, verdict.params)
    findings = blocking(giving_eligibility(campaign, clock.today()))
    if not findings and campaign.mode is FundraisingMode.PUBLIC_OFFLINE:
        return sentence(RegistryReason.OFFLINE_ONLY, {})
    return sentence(findings[0].reason, findings[0].params) if findings else None


def grounds(project: Project, campaign: Campaign) -> list[tuple[str, object]]:
    """Who takes the money, for what, and on what ground (CHA-117)."""
    charity = campaign.charity
    return [
        (_("收款与记账"), charity.name),
        (_("公开募捐资格证书"), charity.certificate_number),
        (_("募捐方案备案号"), plan_number(campaign.plan)),
        (_("联系"), f"{charity.contact_name} {charity.contact_phone}".strip() or None),
        (_("查询"), _("备案号可在“慈善中国”查询；账目在项目页逐笔公开。")),
        (_("做事的组织"), project.organisation.name),
        (_("只用于"), campaign.title),
        (_("帮助谁"), project.beneficiaries),
        (_("募捐到"), day(campaign.ends_on)),
    ]


def joined_team(session: Session, code: str, campaign: Campaign) -> GivingTeam:
    """The team a gift is given through; raises `NotFound` for one of another campaign."""
    team = team_by_code(session, code)
    if team.campaign_id != campaign.id:
        raise NotFound(CommonReason.NOT_FOUND)
    return team


class Standing(enum.StrEnum):
    """How a gift stands with its giver."""

    #: The money is there.
    ARRIVED = "arrived"
    #: The giver is paying, or has paid and the gateway has not said so yet.
    PAYING = "paying"
    #: Recorded, and no checkout is open: none was given, or it ended without money.
    UNPAID = "unpaid"
    CANCELLED = "cancelled"


def standing(donation: Donation) -> Standing:
    """How the gift stands now."""
    # Where it went is told of a gift that was sent back whole as well.
    if donation.state in {DonationState.SETTLED, DonationState.REFUNDED}:
        return Standing.ARRIVED
    if donation.state is DonationState.CANCELLED:
        return Standing.CANCELLED
    attempt = open_payment_of(donation)
    return Standing.PAYING if attempt and attempt.checkout_url else Standing.UNPAID


def goes_on(project: Project | None) -> bool:
    """Whether a project still raises money: nobody is asked about a surplus before it ended."""
    campaign = project.campaign if project is not None else None
    return campaign is not None and campaign.state is CampaignState.OPEN


def look_again(attempt: Payment | None, at: datetime) -> int | None:
    """Seconds after which the page of a payment asks for itself again; None when no more."""
    if attempt is None:
        return None
    age = (at - attempt.created_at).total_seconds()
    return next((every for until, every in _LOOKS if age < until), None)


def is_transfer(attempt: Payment | None) -> bool:
    """Whether the giver chose to transfer to the operator's account."""
    return attempt is not None and attempt.gateway == TRANSFER


def transfer_context(session: Session, donation: Donation) -> dict[str, Any]:
    """Where to transfer to, and the reference in groups that can be read aloud."""
    attempt = open_payment_of(donation)
    reference = attempt.remote_id if attempt else None
    return {
        "payee": registry.campaign(session, donation.campaign_id).charity.name,
        "bank_name": settings().bank_name,
        "bank_account": settings().bank_account,
        "reference": in_groups(reference or ""),
    }


def trail_context(session: Session, donation: Donation) -> dict[str, Any]:
    """The whole page of one gift."""
    trail = queries.donation_trail(session, donation)
    proof = None
    if donation.entry_id is not None:
        proof = tracing.proof_of_entry(session, donation.entry_id)
    return {
        "donation": donation,
        "standing": standing(donation),
        "attempt": open_payment_of(donation) if donation.entry_id is None else None,
        "project": trail.project,
        "trail": trail,
        "mine": [tuple(trail.interval)] if trail.interval else [],
        "map_label": _map_label(trail),
        "number": f"D-{clock.day_of(donation.created_at):%y}-{donation.id:06d}",
        "ahead": _ahead(trail),
        "step_name": step_name,
        "proof": proof,
        "proof_items": proof_items(proof) if proof else [],
        "link": settings().base_url + url_for("donations.trail", token=donation.trail_token),
        "matches": matches_of(session, donation.id),
        "match_words": match_words,
        "receipt": receipt_of(session, donation.id) if donation.settled_at else None,
    }


def step_name(step: DonationStep) -> str:
    """What a part of a gift became where no expense of this site says it."""
    names = {
        OutflowKind.FEE: _("付款渠道的手续费"),
        OutflowKind.REFUND: _("退还给捐赠人"),
        OutflowKind.REVERSAL: _("记错了，已冲回"),
    }
    return str(names.get(step.kind, _("由受助方的账簿付出")))


def proof_items(proof: InclusionProof) -> list[tuple[str, str]]:
    """What one needs to find an entry in the chain and to compute the way up to its seal."""
    return [
        (_("分录"), _("第 %(n)s 号", n=proof.entry_id)),
        (_("分录指纹"), proof.digest.hex()),
        (_("在账簿里的位置"), _("第 %(n)s 位", n=proof.position + 1)),
        (_("叶子"), proof.leaf.hex()),
        (_("封存根"), proof.seal.root.hex()),
        (_("封存号（第 %(n)s 次）", n=proof.seal.number), proof.seal.head.hex()),
    ]


def _map_label(trail: DonationTrail) -> str:
    end, spent = f"{trail.line_end:,}", f"{trail.line_spent:,}"
    words = _(
        "这个项目的钱按到账先后排成的线：共 %(end)s 分，已用 %(spent)s 分", end=end, spent=spent
    )
    return str(words)


def _ahead(trail: DonationTrail) -> Money:
    """The money of earlier gifts that will be used before the rest of this one."""
    if trail.interval is None or trail.spent:
        return ZERO
    return Money(max(trail.interval.start - trail.line_spent, 0))
