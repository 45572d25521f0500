"""What the pages of promises show, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.donations import policy
from charity.donations.advertising import advertised_in
from charity.donations.models import (
    STANDING_PLEDGES,
    GivenBy,
    Pledge,
    PledgeFulfilment,
    PledgeHours,
    PledgeKind,
)
from charity.donations.queries import pledges as queries
from charity.donations.queries.pledges import AgeBand, AgedPledge
from charity.donations.services.pledges import LAPSE_AFTER_DAYS
from charity.errors import DomainError
from charity.money import Money
from charity.registry import queries as registry
from charity.registry.eligibility import blocking, giving_eligibility
from charity.registry.models import Campaign
from projects.listings import queries as listings
from web.db import get_session
from web.filters import day, yuan
from web.labels import label, sentence
from web.ports import settings


def in_hours(minutes: int) -> str:
    """Minutes as people say them: 90 → 1.5 小时."""
    hours = f"{minutes / 60:,.2f}".rstrip("0").rstrip(".")
    return str(_("%(n)s 小时", n=hours))


def in_words(pledge: Pledge, many: int) -> str:
    """So much of what was promised: a sum, goods in units, or hours."""
    if pledge.kind is PledgeKind.MONEY:
        return yuan(Money(many))
    if pledge.kind is PledgeKind.HOURS:
        return in_hours(many)
    return str(_("%(name)s %(n)s %(unit)s", name=pledge.goods, n=f"{many:,}", unit=pledge.unit))


def in_figures(pledge: Pledge, many: int) -> str:
    """The same without the name of the goods."""
    return f"{many:,} {pledge.unit}" if pledge.kind is PledgeKind.GOODS else in_words(pledge, many)


def why_no_promise(actor: Actor, campaign: Campaign) -> str | None:
    """Why nothing can be promised or offered today, in a sentence; None where it can."""
    verdict = policy.may_promise(actor, settings().operator_mode)
    if verdict.reason is not None:
        return sentence(verdict.reason, verdict.params)
    findings = blocking(giving_eligibility(campaign, clock.today()))
    return sentence(findings[0].reason, findings[0].params) if findings else None


def begin_with_promise(form: Any, token: str, campaign_id: int) -> Pledge | None:
    """The promise a gift is to keep, and its giver's words as a start; None where it is not one."""
    try:
        pledge = queries.pledge_for_gift(get_session(), token, campaign_id)
    except DomainError:
        return None
    if not form.is_submitted():
        for name in ("giver_name", "name_is_public", "contact"):
            form[name].data = getattr(pledge, name)
        form.giver_kind.data = pledge.giver_kind.value
    return pledge


def managed(actor: Actor) -> Collection[int] | None:
    """The organisations whose giving this actor manages; None for all of them."""
    grants = [
        held for held in actor.grants if Permission.GIVING_MANAGE in ROLE_PERMISSIONS[held.role]
    ]
    if any(grant.is_platform for grant in grants):
        return None
    return {grant.organisation_id for grant in grants if grant.organisation_id is not None}


def giver_for_staff(actor: Actor, campaign: Campaign, thing: GivenBy) -> tuple[str, str] | None:
    """Name and contact as far as this actor may read them; None where the giver keeps them."""
    if not policy.may_read_giver(actor, campaign, is_shown=thing.is_shown_to_organisation):
        return None
    return thing.giver_name or _("没有留名"), thing.contact or _("没有留联系方式")


def advertised(*said: str) -> str:
    """The words of tobacco in these texts, as one text; empty for none (CHA-145)."""
    return str(_("、")).join(advertised_in(*said))


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that kept a promise, or went back."""

    day: str
    words: str
    source: str


def own_context(session: Session, pledge: Pledge) -> dict[str, Any]:
    """The giver's page of one promise."""
    project = listings.project_of_campaign(session, pledge.campaign_id)
    campaign = registry.campaign(session, pledge.campaign_id)
    collects = bool(policy.may_give(Actor.guest(), settings().operator_mode))
    stands = pledge.state in STANDING_PLEDGES
    return {
        "pledge": pledge,
        "project": project,
        "campaign": campaign,
        "stands": stands,
        "promised": in_words(pledge, pledge.promised),
        "kept": in_figures(pledge, max(pledge.kept, 0)),
        "rest": in_figures(pledge, pledge.rest),
        "measure": (max(pledge.kept, 0), pledge.rest),
        "parts": [part(pledge, each) for each in pledge.fulfilments],
        "hours": [hours_row(each) for each in pledge.hours],
        "late": max((clock.today() - pledge.promised_by).days, 0) if stands else 0,
        "may_pay": stands and collects and pledge.kind is PledgeKind.MONEY and pledge.rest > 0,
        "may_withdraw": stands and not pledge.kept and not pledge.is_public,
        "is_mailed": "@" in pledge.contact,
        "units": units_of(pledge, project),
        "link": settings().base_url + url_for("pledges.own", token=pledge.token),
    }


def units_of(pledge: Pledge, project: Any) -> str:
    """Which deliverable a sum is meant for, and how many units; empty for a plain sum."""
    if pledge.deliverable_id is None or project is None:
        return ""
    for made in project.budget.deliverables:
        if made.id == pledge.deliverable_id:
            words = _("%(name)s %(n)s %(unit)s", name=made.name, n=pledge.quantity, unit=made.unit)
            return str(words)
    return ""


def part(pledge: Pledge, fulfilment: PledgeFulfilment) -> Part:
    """One row of what kept a promise, in words."""
    many = fulfilment.amount.fen if fulfilment.amount is not None else fulfilment.quantity or 0
    said = {
        "donation": _("捐款到账"),
        "refund": _("退款") if many < 0 else _("退款没有成功，钱还在"),
        "in_kind_item": _("物资交接") if pledge.kind is PledgeKind.GOODS else _("服务完成"),
        "pledge_hours": _("双方确认的时间"),
    }
    source = said.get(fulfilment.source.partition(":")[0], fulfilment.source)
    words = in_words(pledge, abs(many))
    return Part(day(fulfilment.at), f"−{words}" if many < 0 else words, str(source))


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One report of time, and whose word is missing."""

    row: PledgeHours
    hours: str
    said: str
    waits_for_giver: bool
    waits_for_staff: bool


def hours_row(row: PledgeHours) -> HoursRow:
    """A report of time in words."""
    if row.refused_at is not None:
        said = _("对方说没有这一次，不计")
    elif row.counts:
        said = _("双方已确认")
    else:
        said = _("等机构确认") if row.giver_confirmed_at else _("等认捐人确认")
    open_ = row.refused_at is None
    return HoursRow(
        row,
        in_hours(row.minutes),
        str(said),
        open_ and row.giver_confirmed_at is None,
        open_ and row.staff_confirmed_at is None,
    )


@dataclass(frozen=True, slots=True)
class BandView:
    """One band of the aging list: how many promises, and what is still owed of each kind."""

    band: AgeBand
    label: str
    count: int
    money: Money
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One promise in the staff's list."""

    url: str
    title: str
    giver: str
    rest: str
    due: str
    age: str
    is_late: bool
    state: str
    asks: bool


def desk_context(session: Session, actor: Actor, band: str | None) -> dict[str, Any]:
    """The staff's list: the bands with their sums, and the promises of the chosen one."""
    ours = managed(actor)
    rows = queries.standing_pledges(session, ours, clock.today())
    bands = queries.by_band(rows)
    chosen = next((each for each in AgeBand if each.value == band), None)
    shown = bands[chosen] if chosen else rows
    return {
        "bands": [_band(each, bands[each], chosen) for each in AgeBand],
        "chosen": chosen,
        "rows": [_row(actor, each) for each in shown],
        "closed": [_row(actor, each) for each in queries.closed_pledges(session, ours, limit=20)],
        "hours": queries.hours_to_confirm(session, ours),
        "lapse_days": LAPSE_AFTER_DAYS,
    }


def _band(band: AgeBand, rows: list[AgedPledge], chosen: AgeBand | None) -> BandView:
    money = [row.pledge for row in rows if row.pledge.kind is PledgeKind.MONEY]
    return BandView(
        band,
        label(band),
        len(rows),
        Money(sum(each.rest for each in money)),
        url_for("pledges.desk", band=None if band is chosen else band.value),
        band is chosen,
    )


def _row(actor: Actor, aged: AgedPledge) -> DeskRow:
    pledge = aged.pledge
    giver = giver_for_staff(actor, aged.campaign, pledge)
    late = pledge.state in STANDING_PLEDGES and aged.days > 0
    return DeskRow(
        url=url_for("pledges.manage", pledge_id=pledge.id),
        title=aged.campaign.title,
        giver=giver[0] if giver else _("不对机构公开"),
        rest=in_words(pledge, pledge.rest),
        due=day(pledge.promised_by),
        age=str(_("过了 %(n)s 天", n=aged.days)) if late else label(pledge.state),
        is_late=late,
        state=label(pledge.state),
        asks=pledge.release_asked_at is not None,
    )
