"""What the pages of a project's end show, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.approvals import queries as approvals
from charity.approvals.models import RequirementState
from charity.approvals.policy import may_decide
from charity.disclosure import ending_policy, periods
from charity.disclosure.models import ProjectClosing, ProjectClosingState, SurplusDisposal
from charity.disclosure.queries import closings as queries
from charity.disclosure.queries.notices import notices_of
from charity.disclosure.queries.obstacles import Obstacle, ObstacleKind, obstacles
from charity.ledger import queries as books
from charity.ledger.models import Fund, FundClosing
from charity.money import Money
from charity.registry.models import Campaign
from projects.listings import queries as listings
from web.filters import moment
from web.labels import label

#: Whoever has a part in ending projects.
PARTS = (Permission.CLOSING_PREPARE, Permission.CLOSING_AGREE)


def charities_of(actor: Actor, *permissions: Permission) -> Collection[int] | None:
    """Where one of the permissions is held; None where it is held everywhere."""
    wanted = set(permissions or PARTS)
    grants = [held for held in actor.grants if ROLE_PERMISSIONS[held.role] & wanted]
    if any(grant.is_platform for grant in grants):
        return None
    return {grant.organisation_id for grant in grants if grant.organisation_id is not None}


@dataclass(frozen=True, slots=True)
class InTheWay:
    """One heap of things to settle first, with the page where one does."""

    words: str
    number: int
    amount: Money
    url: str


def may_be_ended(session: Session, actor: Actor) -> list[tuple[Campaign, str]]:
    """Campaigns of one's organisations whose fund is not ended nor on its way to be."""
    mine = charities_of(actor, Permission.CLOSING_PREPARE)
    running = select(ProjectClosing.fund_id).where(
        ProjectClosing.state != ProjectClosingState.WITHDRAWN
    )
    query = select(Campaign).where(
        Campaign.fund_id.not_in(select(FundClosing.fund_id)), Campaign.fund_id.not_in(running)
    )
    if mine is not None:
        query = query.where(Campaign.charity_id.in_(mine) | Campaign.partner_id.in_(mine))
    found = session.scalars(query.order_by(Campaign.ends_on, Campaign.id).limit(100)).all()
    return [(each, url_for("closings.new", fund=each.fund_id)) for each in found]


def wizard(session: Session, fund: Fund, campaign: Campaign | None) -> dict[str, Any]:
    """The figures of a fund, what stands in the way, and what its plan says."""
    plan = queries.plan_of(session, campaign)
    figures = queries.figures(session, fund.id)
    ways = queries.disposals(plan) if campaign is not None else (SurplusDisposal.SIMILAR,)
    return {
        "fund": fund,
        "campaign": campaign,
        "plan": plan,
        "wants_refunds": queries.wants_refunds(plan),
        "figures": figures,
        "ways": ways if figures.surplus else (),
        "obstacles": [
            _in_the_way(session, fund, each)
            for each in obstacles(session, fund.id, campaign.id if campaign is not None else None)
        ],
        "funds": queries.open_funds(session, book_id=fund.book_id, besides=fund.id),
    }


def _in_the_way(session: Session, fund: Fund, found: Obstacle) -> InTheWay:
    project = listings.project_of_fund(session, fund.id)
    expenses = (
        url_for("spending.expenses", project_id=project.id)
        if project is not None
        else url_for("ledger.fund", fund_id=fund.id)
    )
    url = {
        ObstacleKind.EXPENSES: expenses,
        ObstacleKind.ADVANCES: expenses,
        ObstacleKind.HOLDS: url_for("ledger.fund", fund_id=fund.id),
        ObstacleKind.PLEDGES: url_for("pledges.desk"),
        ObstacleKind.MATCHES: url_for("pools.index"),
        ObstacleKind.REFUNDS: url_for("refunds.index"),
        ObstacleKind.OFFERS: url_for("goods.desk"),
        ObstacleKind.GOODS: url_for("books.goods", book_id=fund.book_id),
    }[found.kind]
    return InTheWay(label(found.kind), found.number, found.amount, url)


def told_by(ended_on: date) -> date | None:
    """By when the use of the surplus is published; None before the rule was in force."""
    try:
        return periods.told_by(ended_on)
    except LookupError:
        return None


def detail_context(session: Session, actor: Actor, found: ProjectClosing) -> dict[str, Any]:
    """One closing: its figures, who was asked and answered, who agreed, and what comes next."""
    campaign = session.get(Campaign, found.campaign_id) if found.campaign_id else None
    partner_id = campaign.partner_id if campaign is not None else None
    names = books.fund_names(session, [found.fund_id, found.into_fund_id or 0])
    request = approvals.request_for(session, found.subject)
    asks = [
        each for each in approvals.requirements(session, found.subject)
        if each.state is not RequirementState.MET
    ]  # fmt: skip
    prepares = bool(ending_policy.may_prepare(actor, found.charity_id, partner_id))
    state = found.state
    submitted = state is ProjectClosingState.SUBMITTED
    agrees = submitted and bool(ending_policy.may_agree(actor, found))
    back, on = queries.sums(found)
    asking = found.disposal is SurplusDisposal.ASK
    return {
        "closing": found,
        "campaign": campaign,
        "name": names[found.fund_id],
        "into": names.get(found.into_fund_id or 0, ""),
        "figures": queries.figures(session, found.fund_id),
        "back": back,
        "on": on,
        "told_by": told_by(found.ended_on),
        "request": request,
        "log": _log(session, found),
        "notices": notices_of(session, found.subject),
        "waits_for_notice": bool(asks),
        "refunds": queries.refunds_of_closing(session, found),
        "answered": sum(answer.choice is not None for answer in found.answers),
        "may_ask": prepares and asking and state in _OPEN,
        "may_submit": prepares and _is_ready(found),
        "announces": queries.is_moved_openly(session, found),
        "may_agree": agrees and bool(may_decide(actor, request)),
        "may_withdraw": prepares and state in _OPEN | {ProjectClosingState.SUBMITTED},
        "may_finish": prepares and state is ProjectClosingState.AGREED,
        "may_recount": prepares and state in _OPEN,
        "first_day": periods.answers_until(clock.today()),
    }


_OPEN = frozenset({ProjectClosingState.PREPARED, ProjectClosingState.ASKING})


def _is_ready(found: ProjectClosing) -> bool:
    """Whether it may be sent for agreement: nobody is to be asked, or nobody may answer more."""
    if found.disposal is not SurplusDisposal.ASK:
        return found.state is ProjectClosingState.PREPARED
    if found.state is not ProjectClosingState.ASKING or found.answers_until is None:
        return False
    over = clock.today() > found.answers_until
    return over or all(answer.choice is not None for answer in found.answers)


def _log(session: Session, found: ProjectClosing) -> list[tuple[str, str]]:
    """Who did what, the newest first."""
    request = approvals.request_for(session, found.subject)
    decisions = list(request.decisions) if request is not None else []
    ids = {found.prepared_by_user_id} | {each.user_id for each in decisions}
    names = accounts.display_names(session, ids)
    log = [
        (
            moment(found.prepared_at),
            str(_("%(name)s 核对并填写", name=names.get(found.prepared_by_user_id, ""))),
        )
    ]
    for each in decisions:
        name = names.get(each.user_id, "")
        said = _("%(name)s 同意", name=name) if each.agreed else _(
            "%(name)s 退回：%(why)s", name=name, why=each.reason
        )  # fmt: skip
        log.append((moment(each.decided_at), str(said)))
    if found.done_at is not None:
        log.append((moment(found.done_at), str(_("办理完毕，项目结束"))))
    return log[::-1]
