"""The clock, the steps and the story of a need, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from projects.listings.models import (
    HOLDING_CLAIMS,
    Claim,
    ClaimOrigin,
    EvaluationSide,
    Need,
    NeedEscalation,
    NeedState,
)
from web.filters import day, moment
from web.labels import label
from web.resources.words import amount_said, due_said, is_late

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: What nobody goes on with.
ENDED = frozenset({NeedState.CLOSED, NeedState.DECLINED, NeedState.WITHDRAWN, NeedState.REFERRED})


@dataclass(frozen=True, slots=True)
class Clock:
    """How long is left or over, as people say it."""

    text: str
    is_late: bool


def span(length: timedelta) -> str:
    """A length of time, rounded down: 3 days, 36 hours, 20 minutes."""
    if length >= 2 * DAY:
        return str(_("%(n)s 天", n=length // DAY))
    if length >= HOUR:
        return str(_("%(n)s 小时", n=length // HOUR))
    return str(_("%(n)s 分钟", n=max(length // timedelta(minutes=1), 1)))


def clock_words(need: Need, now: datetime) -> Clock | None:
    """The clock of a need: what is left of its service level, how long it waits or took."""
    if need.state is NeedState.ORDERED:
        return Clock(_("已等 %(span)s", span=span(now - need.posted_at)), False)
    if need.state is NeedState.FULFILLED and need.confirmed_at and need.closed_at:
        took = span(need.closed_at - need.confirmed_at)
        late = need.due_at is not None and need.closed_at > need.due_at
        return Clock(_("用了 %(span)s", span=took), late)
    if need.state is not NeedState.OPEN or need.due_at is None:
        return None
    return Clock(due_said(need.due_at), is_late(need.due_at))


def answer_clock(claim: Claim) -> Clock:
    """How long is left to answer a proposed claim."""
    return Clock(due_said(claim.answer_due_at), is_late(claim.answer_due_at))


def unit_name(claim: Claim) -> str:
    """The unit of a claim; a volunteer who comes alone stays unnamed."""
    if claim.team is not None:
        return claim.team.name
    if claim.organisation is not None:
        return claim.organisation.name
    return str(_("一位志愿者"))


def poster_name(need: Need) -> str:
    """Who ordered: an organisation, or a resident who stays unnamed."""
    return need.organisation.name if need.organisation else str(_("居民"))


def amount_of(need: Need, many: int | None) -> str:
    """So much in the measure of a need."""
    return amount_said(need.kind, many, need.unit)


#: One step of the line of states: its name, its manner, and a small word beneath.
Step = tuple[str, str, str | None]


def states_of(need: Need, claims: Sequence[Claim]) -> list[Step]:
    """The steps from the order to the word of both sides, with when and by whom."""
    holding = [claim for claim in claims if claim.state in HOLDING_CLAIMS]
    judged = {made.side for claim in holding for made in claim.evaluations}
    is_open = need.state is NeedState.OPEN
    served = need.state is NeedState.FULFILLED
    return [
        (_("点单"), "done", f"{day(need.posted_at)} {poster_name(need)}"),
        _confirming(need),
        (
            _("接单"),
            "done" if holding else "now" if is_open else "todo",
            _taken(holding) if holding else None,
        ),
        (
            _("服务"),
            "done" if served else "now" if is_open and holding else "todo",
            day(need.first_delivered_at) if need.first_delivered_at else None,
        ),
        (
            _("双方评价"),
            "done" if len(judged) == len(EvaluationSide) else "now" if served else "todo",
            None,
        ),
    ]


def _confirming(need: Need) -> Step:
    if need.state is NeedState.ORDERED:
        return (_("社区确认"), "now", None)
    if need.confirmed_at is None and need.state in ENDED:
        return (label(need.state), "bad", day(need.closed_at) if need.closed_at else None)
    return (_("社区确认"), "done", f"{day(need.confirmed_at)} {need.region.name}")


def _taken(holding: Sequence[Claim]) -> str:
    first = min(holding, key=lambda claim: claim.answered_at or claim.proposed_at)
    since = day(first.answered_at or first.proposed_at)
    if len(holding) == 1:
        return f"{since} {unit_name(first)}"
    many = _("%(n)s 家接单", n=len(holding))
    return f"{since} {many}"


def story_of(
    need: Need, claims: Sequence[Claim], escalations: Sequence[NeedEscalation]
) -> list[tuple[str, str]]:
    """What happened, newest first: a moment and a sentence each."""
    told: list[tuple[datetime, str]] = [
        (need.posted_at, _("%(who)s点单", who=poster_name(need))),
    ]
    if need.confirmed_at is not None:
        told.append((need.confirmed_at, _("%(place)s确认并公布", place=need.region.name)))
    told += [
        (call.at, _("没有人按时接单，已请%(place)s协调（吹哨）", place=call.region.name))
        for call in escalations
    ]
    for claim in claims:
        told += _told_of(need, claim)
    if need.closed_at is not None:
        told.append((need.closed_at, label(need.state)))
    told.sort(key=lambda item: item[0])
    return [(moment(at), sentence) for at, sentence in reversed(told)]


def _told_of(need: Need, claim: Claim) -> list[tuple[datetime, str]]:
    who, many = unit_name(claim), amount_of(need, claim.quantity)
    told = [(claim.proposed_at, _begun(claim, who, many))]
    if claim.answered_at is not None and claim.state in HOLDING_CLAIMS:
        told.append((claim.answered_at, _("%(who)s接单", who=who)))
    elif claim.answered_at is not None:
        told.append((claim.answered_at, _("%(who)s：%(state)s", who=who, state=label(claim.state))))
    told += [
        (
            record.need_confirmed_at,
            _("%(who)s的服务双方确认：%(many)s", who=who, many=amount_of(need, record.quantity))
            if record.quantity
            else _("%(who)s的服务双方确认", who=who),
        )
        for record in claim.records
        if record.counts and record.need_confirmed_at is not None
    ]
    if claim.served_at is not None:
        told.append((claim.served_at, _("%(who)s说已经办好", who=who)))
    if claim.confirmed_at is not None:
        told.append((claim.confirmed_at, _("需求方确认%(who)s办好了", who=who)))
    told += [
        (made.made_at, _("%(side)s：%(n)s 星", side=label(made.side), n=made.stars))
        for made in claim.evaluations
    ]
    return told


def _begun(claim: Claim, who: str, many: str) -> str:
    if claim.origin is ClaimOrigin.UNIT:
        return str(_("%(who)s认领 %(many)s", who=who, many=many))
    if claim.origin is ClaimOrigin.COMMUNITY:
        return str(_("社区邀请%(who)s：%(many)s", who=who, many=many))
    return str(_("社区派单给%(who)s：%(many)s", who=who, many=many))
