"""What the pages of needs show: the list, one need, and the orderer's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Permission, require
from charity.registry import queries as registry
from charity.registry.models import Campaign, Organisation
from projects.listings import policy, queries
from projects.listings.models import (
    HOLDING_CLAIMS,
    Claim,
    ClaimState,
    EvaluationSide,
    Need,
    NeedState,
    ResourceKind,
)
from projects.listings.queries.needs import NeedFilter
from web.claims.forms import EvaluateForm
from web.filters import day
from web.labels import label
from web.listings import posting
from web.listings.filters import place_options
from web.needs import shapes, words
from web.needs.filters import NeedFilters, choices_of
from web.needs.forms import ConfirmForm, ReasonForm
from web.resources.matches import matches_of_need

#: What comes as a gift, through a campaign's fund.
GIFTS = frozenset({ResourceKind.MONEY, ResourceKind.GOODS})


def list_context(
    session: Session, actor: Actor, chosen: NeedFilters, *, posts: bool
) -> dict[str, Any]:
    """One page of needs, or of posts, with what was asked for."""
    endpoint = "needs.posts" if posts else "needs.index"
    now = clock.now()
    page = queries.public_needs(
        session,
        _asked(chosen, posts=posts),
        after=chosen.after,
        before=chosen.before,
        last=chosen.last,
    )
    return {
        "rows": [shapes.need_row(need, now) for need in page.items],
        "chosen": chosen,
        "filters": choices_of(chosen, posts=posts),
        "places": place_options(session, chosen.place, posting.home_region()),
        "is_posts": posts,
        "turns": _turns(chosen, endpoint, page.before, page.after),
        "may_clerk": actor.holds_anywhere(Permission.NEED_DISPATCH),
        "may_post": actor.holds_anywhere(Permission.LISTING_MANAGE),
    }


def _turns(
    chosen: NeedFilters, endpoint: str, before: str, after: str
) -> list[tuple[str, str, str | None]]:
    """Where one can go on: words, address, and how the address relates to this page."""
    turns: list[tuple[str, str, str | None]] = []
    if before:
        turns += [
            (_("第一页"), chosen.url(endpoint), None),
            (_("上一页"), chosen.url(endpoint, before=before), "prev"),
        ]
    if after:
        turns += [
            (_("下一页"), chosen.url(endpoint, after=after), "next"),
            (_("最后一页"), chosen.url(endpoint, last="1"), None),
        ]
    return turns


def _asked(chosen: NeedFilters, *, posts: bool) -> NeedFilter:
    return NeedFilter(
        region_code=chosen.place,
        kind=chosen.kind,
        category=chosen.category,
        group=chosen.group,
        urgency=chosen.urgency,
        state=chosen.state,
        words=chosen.q,
        posts=posts,
    )


def visible(session: Session, actor: Actor, need_id: int) -> Need:
    """The need, where this reader may see it; else it is absent."""
    need = queries.need(session, need_id)
    require(policy.may_see_need(actor, need))
    return need


def campaigns_for(session: Session, need: Need) -> Sequence[Campaign]:
    """The campaigns that may receive what comes as money or goods."""
    return queries.campaigns_for_need(session, need) if need.kind in GIFTS else ()


def detail_context(session: Session, actor: Actor, need: Need) -> dict[str, Any]:
    """Everything the page of one need shows this reader."""
    claims = queries.claims_of_need(session, need.id)
    leads = policy.dispatches(actor, need.region_code)
    speaks = policy.stands_for_need(actor, need)
    theirs = speaks or any(
        policy.stands_for_unit(actor, claim) for claim in claims if claim.state in HOLDING_CLAIMS
    )
    return {
        "need": need,
        "path": registry.region_path(session, need.region_code),
        "steps": words.states_of(need, claims),
        "clock": words.clock_words(need, clock.now()),
        "story": words.story_of(need, claims, queries.escalations_of(session, need.id)),
        "amounts": _amounts(need),
        "particulars": _particulars(need),
        "contact": contact_of(need) if theirs else None,
        "claims": [
            shapes.claim_row(claim, actor, theirs=speaks or policy.stands_for_unit(actor, claim))
            for claim in claims
        ],
        "records": [
            shapes.record_row(claim, record)
            for claim in claims
            for record in claim.records
            if record.counts
        ],
        "evaluations": [
            shapes.evaluation_row(made, claim, hides=leads)
            for claim in claims
            for made in claim.evaluations
        ],
        "act": _act(need, leads=leads),
        **matches_of_need(session, actor, need),
        **_community(session, actor, need, claims, leads=leads, speaks=speaks),
    }


def _community(
    session: Session,
    actor: Actor,
    need: Need,
    claims: Sequence[Claim],
    *,
    leads: bool,
    speaks: bool,
) -> dict[str, Any]:
    """The acts of the need's side, as empty forms where they are open now."""
    context: dict[str, Any] = {"wants_campaign": need.kind in GIFTS}
    if leads and need.state is NeedState.ORDERED:
        offered = campaigns_for(session, need)
        context["confirm"] = ConfirmForm.for_need(need, offered, fresh=True)
        context["decline"] = ReasonForm(formdata=None, prefix="decline-")
    if speaks and need.state is NeedState.OPEN:
        context["close"] = ReasonForm(formdata=None, prefix="close-")
        came = need.first_delivered_at is not None
        context["may_fulfil"] = need.quantity is None and came
    if speaks and need.state is NeedState.FULFILLED:
        context["reopen"] = ReasonForm(formdata=None, prefix="reopen-")
    if leads and need.state is NeedState.OPEN:
        context["dispatch_url"] = url_for("dispatch.need", need_id=need.id)
    if need.state in (NeedState.ORDERED, NeedState.OPEN) and not _busy(claims):
        context["may_withdraw"] = bool(policy.may_withdraw_need(actor, need))
    return context


def _busy(claims: Sequence[Claim]) -> bool:
    return any(claim.state in (ClaimState.ACCEPTED, ClaimState.SERVED) for claim in claims)


def _act(need: Need, *, leads: bool) -> dict[str, str] | None:
    """The one act asked for: the community confirms, everybody takes what is left."""
    if need.state is NeedState.ORDERED and leads:
        return {"url": "#confirm", "label": _("看过了，去确认")}
    if need.state is not NeedState.OPEN or need.rest == 0:
        return None
    says = _("认领这个岗位") if need.is_post else _("认领这件事")
    return {"url": url_for("needs.claim", need_id=need.id), "label": says}


def _amounts(need: Need) -> dict[str, str | None]:
    nothing = None
    known = need.quantity is not None
    return {
        "all": words.amount_of(need, need.quantity),
        "promised": words.amount_of(need, need.promised) if known or need.promised else nothing,
        "delivered": words.amount_of(need, need.delivered) if known or need.delivered else nothing,
        "rest": words.amount_of(need, need.rest) if known else nothing,
    }


def _particulars(need: Need) -> list[tuple[str, str | None]]:
    until = _("%(day)s 为止", day=day(need.ends_on)) if need.ends_on else _("不限")
    return [
        (_("给谁"), label(need.beneficiary_group)),
        (_("多少人"), f"{need.people:,}" if need.people else None),
        (_("东西"), need.item or None),
        (_("从哪天起"), day(need.starts_on)),
        (_("到哪天"), until),
        (_("谁点的"), words.poster_name(need)),
        (_("款物进"), need.campaign.title if need.campaign else None),
    ]


def contact_of(need: Need) -> str:
    """Whom to call and where, as one line."""
    said = (need.contact_name, need.contact_phone, need.address)
    return " · ".join(part for part in said if part) or str(_("联系方式已经删除"))


# ── the orderer's own page ───────────────────────────────────────────────────────────────────────


def own_context(session: Session, need: Need, wrong: dict[int, EvaluateForm]) -> dict[str, Any]:
    """What the orderer sees by the secret link; `wrong` holds evaluations to be mended."""
    claims = queries.claims_of_need(session, need.id)
    open_states = (NeedState.ORDERED, NeedState.OPEN)
    return {
        "need": need,
        "steps": words.states_of(need, claims),
        "clock": words.clock_words(need, clock.now()),
        "claims": [
            _own_claim(claim, wrong.get(claim.id))
            for claim in claims
            if claim.state in HOLDING_CLAIMS
        ],
        "link": url_for("needs.own", token=need.token, _external=True),
        "is_public": need.state in policy.PUBLIC_NEEDS,
        "may_withdraw": need.state in open_states and not _busy(claims),
    }


def _own_claim(claim: Claim, wrong: EvaluateForm | None) -> dict[str, Any]:
    said = {made.side for made in claim.evaluations}
    asks = claim.state is ClaimState.CONFIRMED and EvaluationSide.NEED not in said
    return {
        "id": claim.id,
        "unit": words.unit_name(claim),
        "many": words.amount_of(claim.need, claim.quantity),
        "message": claim.message,
        "state": label(claim.state),
        "manner": shapes.MANNERS.get(claim.state, ""),
        "records": [shapes.record_row(claim, each, asks=True) for each in claim.records],
        "may_confirm": claim.state is ClaimState.SERVED,
        "form": wrong or (EvaluateForm(formdata=None) if asks else None),
        "evaluations": [shapes.evaluation_row(made, claim) for made in claim.evaluations],
    }


def organisations_of(session: Session, actor: Actor) -> list[Organisation]:
    """The organisations for which this person may post and claim."""
    if not actor.organisation_ids:
        return []
    found = registry.organisations(session, actor.organisation_ids)
    return [each for each in found if policy.may_post_listing(actor, each)]
