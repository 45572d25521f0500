"""What the pages of claims show to the unit and to the side of the need."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission, require
from charity.donations.queries import pledges
from charity.rows import present
from projects.listings import policy, queries
from projects.listings.models import (
    HOLDING_CLAIMS,
    Claim,
    ClaimState,
    Evaluation,
    EvaluationSide,
)
from web.claims.forms import EvaluateForm, ReportForm
from web.filters import day, moment
from web.labels import label
from web.needs import pages as need_pages
from web.needs import shapes, words
from web.needs.forms import ReasonForm
from web.needs.shapes import ClaimRow
from web.needs.words import Step
from web.resources.fields import unit_of

#: Claims of one list.
MOST = 200


def managed(actor: Actor) -> list[int]:
    """The organisations for whose listings this actor acts."""
    return [
        grant.organisation_id
        for grant in actor.grants
        if grant.organisation_id is not None
        and Permission.LISTING_MANAGE in ROLE_PERMISSIONS[grant.role]
    ]


def list_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The newest claims of my units and my own: what waits for me first."""
    found = queries.claims_of_unit(
        session, organisation_ids=managed(actor), user_id=actor.user_id, limit=MOST
    )
    waiting: list[ClaimRow] = []
    running: list[ClaimRow] = []
    over: list[ClaimRow] = []
    for claim in found:
        row = shapes.claim_row(claim, actor, theirs=True)
        if claim.state is ClaimState.PROPOSED and row.waits:
            waiting.append(row)
        elif claim.state in (ClaimState.PROPOSED, ClaimState.ACCEPTED, ClaimState.SERVED):
            running.append(row)
        else:
            over.append(row)
    orders = queries.orders_of(session, actor.user_id) if actor.user_id is not None else []
    return {
        "groups": [(_("等你答复"), waiting), (_("正在办"), running), (_("办完的"), over)],
        "orders": orders,
    }


def visible(session: Session, actor: Actor, claim_id: int) -> Claim:
    """The claim, where this reader is of one of its sides; else it is absent."""
    claim = queries.claim(session, claim_id)
    require(policy.may_see_claim(actor, claim))
    return claim


def evaluation_to_hide(
    session: Session, actor: Actor, claim_id: int, evaluation_id: int
) -> tuple[Claim, Evaluation]:
    """An evaluation with words, for a dispatcher of the need's place; else it is absent."""
    claim = visible(session, actor, claim_id)
    require(policy.may_dispatch(actor, claim.need))
    made = next((each for each in claim.evaluations if each.id == evaluation_id), None)
    return claim, present(made)


def side_of(actor: Actor, claim: Claim) -> EvaluationSide:
    """For which side this reader speaks; who could speak for both speaks for the unit."""
    if policy.stands_for_unit(actor, claim):
        return EvaluationSide.UNIT
    return EvaluationSide.NEED


def detail_context(session: Session, actor: Actor, claim: Claim) -> dict[str, Any]:
    """Everything one side sees of a claim, with the forms of what it may do now."""
    need = claim.need
    is_unit = policy.stands_for_unit(actor, claim)
    of_need = policy.stands_for_need(actor, need)
    holds = claim.state in HOLDING_CLAIMS
    proposed = claim.state is ClaimState.PROPOSED
    gives = need.kind in need_pages.GIFTS
    return {
        "claim": claim,
        "need": need,
        "unit": words.unit_name(claim),
        "many": words.amount_of(need, claim.quantity),
        "measure": unit_of(need.kind, need.unit),
        "manner": shapes.MANNERS.get(claim.state, ""),
        "is_unit": is_unit,
        "steps": _steps(claim),
        "clock": words.answer_clock(claim) if proposed else None,
        "particulars": _particulars(claim),
        "contact": need_pages.contact_of(need) if of_need or (is_unit and holds) else None,
        "gift_url": _gift_url(session, claim) if is_unit else None,
        "records": [
            shapes.record_row(claim, record, asks=of_need and not is_unit and not gives)
            for record in claim.records
        ],
        "evaluations": [shapes.evaluation_row(made, claim) for made in claim.evaluations],
        "may_answer": proposed and bool(policy.may_answer(actor, claim)),
        "note_form": ReasonForm(formdata=None),
        **_unit_acts(claim, is_unit=is_unit, gives=gives),
        "may_confirm": claim.state is ClaimState.SERVED and of_need and not is_unit,
        "judge": _judging(actor, claim),
        **_leaving(actor, claim),
    }


def _unit_acts(claim: Claim, *, is_unit: bool, gives: bool) -> dict[str, Any]:
    """What the unit may do while it is at work; money and goods are reported by the gift."""
    works = claim.state is ClaimState.ACCEPTED and is_unit
    report = ReportForm.for_need(claim.need, fresh=True) if works and not gives else None
    came = any(record.refused_at is None for record in claim.records)
    return {"report": report, "may_finish": works and came}


def _leaving(actor: Actor, claim: Claim) -> dict[str, Any]:
    """The form of taking it back, while that is open."""
    may = claim.state in (ClaimState.PROPOSED, ClaimState.ACCEPTED) and bool(
        policy.may_withdraw_claim(actor, claim)
    )
    answers = claim.state is ClaimState.PROPOSED and bool(policy.may_answer(actor, claim))
    return {
        "may_withdraw": may and not answers,
        "withdraw": ReasonForm(formdata=None, prefix="withdraw-"),
    }


def _judging(actor: Actor, claim: Claim) -> EvaluateForm | None:
    """The form of stars, once it is over and this side has not spoken."""
    if claim.state is not ClaimState.CONFIRMED:
        return None
    said = {made.side for made in claim.evaluations}
    return None if side_of(actor, claim) in said else EvaluateForm(formdata=None)


def _gift_url(session: Session, claim: Claim) -> str | None:
    """The promise in `donations` by which money or goods come."""
    if claim.pledge_id is None:
        return None
    return url_for("pledges.own", token=pledges.pledge(session, claim.pledge_id).token)


def _particulars(claim: Claim) -> list[tuple[str, str | None]]:
    need = claim.need
    until = _("%(day)s 为止", day=day(need.ends_on)) if need.ends_on else None
    return [
        (_("地点"), need.region.name),
        (_("给谁"), label(need.beneficiary_group)),
        (_("从哪天起"), day(need.starts_on)),
        (_("到哪天"), until),
        (_("要求"), need.conditions or None),
        (_("留言"), claim.message or None),
        (_("用哪项资源"), claim.resource.title if claim.resource else None),
    ]


def _steps(claim: Claim) -> list[Step]:
    """The life of a claim: proposed, answered, served, confirmed, judged."""
    state, clock_now = claim.state, clock.now()
    ended = state not in HOLDING_CLAIMS and state is not ClaimState.PROPOSED
    answered = state in HOLDING_CLAIMS
    judged = len({made.side for made in claim.evaluations}) == len(EvaluationSide)
    due = None if clock_now > claim.answer_due_at else moment(claim.answer_due_at)
    steps: list[Step] = [(label(claim.origin), "done", moment(claim.proposed_at))]
    if ended:
        return [*steps, (label(state), "bad", day(claim.answered_at))]
    served = state in (ClaimState.SERVED, ClaimState.CONFIRMED)
    confirmed = state is ClaimState.CONFIRMED
    said = day(claim.answered_at) if answered else due and _("%(at)s 以前答复", at=due)
    steps += [
        (_("接单"), "done" if answered else "now", said),
        (
            _("服务"),
            "done" if served else "now" if answered else "todo",
            day(claim.served_at) if served else None,
        ),
        (
            _("需求方确认"),
            "done" if confirmed else "now" if served else "todo",
            day(claim.confirmed_at) if confirmed else None,
        ),
        (_("双方评价"), "done" if judged else "now" if confirmed else "todo", None),
    ]
    return steps
