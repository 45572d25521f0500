"""What the pages of resources show, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Verdict
from charity.clock import CHINA
from projects.listings import policy
from projects.listings import queries as listings
from projects.listings.intake import LENT
from projects.listings.models import (
    Booking,
    BookingState,
    Claim,
    Resource,
    ResourceState,
)
from web.filters import mask_name
from web.labels import label
from web.resources.forms import BookingForm
from web.resources.matches import giver_of, need_fits
from web.resources.words import amount_said, left_said

#: Days of the calendar.
CALENDAR_DAYS = 14
#: Voices of others shown on a page.
VOICES = 3
#: Claims shown to its people.
USES = 50

_STATE_KINDS = {
    BookingState.ASKED: "wait",
    BookingState.AGREED: "good",
    BookingState.DECLINED: "bad",
}


def card(resource: Resource) -> dict[str, str]:
    """An offer in the list."""
    known = resource.quantity is not None
    left = left_said(resource)
    return {
        "title": resource.title,
        "url": url_for("resources.detail", resource_id=resource.id),
        "kind": label(resource.kind),
        "category": label(resource.category),
        "left": _("还有 %(left)s", left=left) if known else left,
        "state": "" if resource.state is ResourceState.OPEN else label(resource.state),
        "unit": giver_of(resource),
        "reach": resource.region.name,
        "window": _until(resource.ends_on) if resource.ends_on else "",
    }


def _until(day: date) -> str:
    return str(_("到 %(day)s", day=day.isoformat()))


def detail_context(
    session: Session, actor: Actor, resource: Resource, form: BookingForm | None = None
) -> dict[str, Any]:
    """Everything on the page of one offer; `form` is a booking somebody just tried."""
    manages = bool(policy.may_manage_resource(actor, resource))
    is_open = resource.state is ResourceState.OPEN
    lent = resource.kind in LENT
    told = listings.voices_of(session, resource.organisation_id, limit=VOICES)
    context: dict[str, Any] = {
        "resource": resource,
        "left": left_said(resource),
        "facts": _facts(resource),
        "trust": _trust(session, resource),
        "voices": [_("%(n)s 星：%(words)s", n=one.stars, words=one.words) for one in told],
        "may_manage": manages,
        "order_url": url_for("needs.order"),
        "booking": (form or BookingForm(formdata=None)) if lent and is_open else None,
        "days": _calendar(session, resource) if lent else [],
        "matches": need_fits(session, resource) if manages and is_open else None,
        "claims": [
            _claim(claim) for claim in listings.uses_of_resource(session, resource.id, limit=USES)
        ] if manages else [],
        "waiting": [], "lent": [], "mine": [],
    }  # fmt: skip
    if lent and actor.is_signed_in:
        context |= _bookings(session, actor, resource, manages=manages)
    return context


def _facts(resource: Resource) -> list[tuple[str, Any]]:
    ends = resource.ends_on
    days = resource.starts_on.isoformat()
    group = resource.beneficiary_group
    return [
        (_("谁提供"), giver_of(resource)),
        (_("由谁负责"), resource.organisation.name if resource.team else None),
        (_("一共"), amount_said(resource.kind, resource.quantity, resource.unit)
            if resource.quantity is not None and resource.promised else None),
        (_("物品"), resource.item or None),
        (_("给谁用"), label(group) if group else _("谁都可以")),
        (_("在哪里"), resource.region.name),
        (_("能帮到哪里"), resource.serves.name),
        (_("什么时候"), f"{days} — {ends.isoformat()}" if ends else _("%(day)s 起", day=days)),
    ]  # fmt: skip


def _trust(session: Session, resource: Resource) -> list[tuple[str, Any]]:
    """How those whom the organisation served speak of it, its rating, and a list it stands on."""
    trust = listings.trust_of(session, resource.organisation_id, clock.today())
    said = _("还没有")
    if trust.evaluations:
        tenths = trust.stars * 10 // trust.evaluations
        stars = f"{tenths // 10}.{tenths % 10}"
        said = _("%(stars)s 星（%(n)s 次）", stars=stars, n=trust.evaluations)
    grade = trust.grade
    return [
        (_("需求方评价"), said),
        (_("信用"), _("列入异常或失信名单") if trust.is_listed else None),
        (_("社会组织评估"), _("%(n)s A 级", n=grade) if grade is not None else None),
    ]


def _claim(claim: Claim) -> dict[str, str]:
    return {
        "url": url_for("claims.detail", claim_id=claim.id),
        "title": claim.need.title,
        "amount": amount_said(claim.need.kind, claim.quantity, claim.need.unit),
        "state": label(claim.state),
    }


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────


def _calendar(session: Session, resource: Resource) -> list[dict[str, Any]]:
    """The next two weeks, each day with the times that are taken."""
    first = clock.today()
    begin = clock.start_of(first)
    end = begin + timedelta(days=CALENDAR_DAYS)
    booked = listings.bookings_between(session, resource.id, begin, end)
    days = (first + timedelta(days=n) for n in range(CALENDAR_DAYS))
    return [
        {
            "day": day.isoformat()[5:],
            "weekday": format_date(day, "EEE", rebase=False),
            "spans": [span for one in booked if (span := _span(one, day))],
        }
        for day in days
    ]


def _span(booking: Booking, day: date) -> str:
    """The part of a booking on one day; empty where it has none."""
    begin = clock.start_of(day)
    end = begin + timedelta(days=1)
    first, last = max(booking.starts_at, begin), min(booking.ends_at, end)
    if first >= last:
        return ""
    if first == begin and last == end:
        return str(_("整天约好"))
    until = "24:00" if last == end else _hour(last)
    return str(_("%(a)s–%(b)s 约好", a=_hour(first), b=until))


def _hour(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%H:%M")


def _bookings(
    session: Session, actor: Actor, resource: Resource, *, manages: bool
) -> dict[str, Any]:
    """For the lender who waits for an answer and who has it; for others what they asked for."""
    found = listings.bookings_of(session, resource.id)
    if not manages:
        # guests ask too: what nobody's account asked for belongs to no reader
        own = [one for one in found if actor.is_signed_in and one.user_id == actor.user_id]
        return {"mine": [_booking(one) for one in own]}
    agreed = [one for one in found if one.state is BookingState.AGREED]
    asked = [one for one in found if one.state is BookingState.ASKED]
    return {
        "waiting": [_booking(one) | {"clash": _clashes(one, agreed)} for one in asked],
        "lent": [_booking(one) for one in sorted(agreed, key=lambda one: one.starts_at)],
    }


def _clashes(asked: Booking, agreed: Sequence[Booking]) -> bool:
    return any(one.starts_at < asked.ends_at and asked.starts_at < one.ends_at for one in agreed)


def _booking(booking: Booking) -> dict[str, Any]:
    first, last = (at.astimezone(CHINA) for at in (booking.starts_at, booking.ends_at))
    until = last.strftime("%H:%M" if first.date() == last.date() else "%m-%d %H:%M")
    return {
        "id": booking.id,
        "when": f"{first.strftime('%m-%d %H:%M')}–{until}",
        "purpose": booking.purpose,
        "contact": f"{booking.contact_name} {booking.contact_phone}".strip(),
        "masked": mask_name(booking.contact_name),
        "state": label(booking.state),
        "state_kind": _STATE_KINDS.get(booking.state, ""),
        "note": booking.note,
        "begun": booking.starts_at <= clock.now(),
        "may_cancel": booking.state in (BookingState.ASKED, BookingState.AGREED),
    }


def own_booking_context(booking: Booking) -> dict[str, Any]:
    """A guest's own page: what was asked for, how far it is, and the link to keep."""
    return {
        "booking": booking,
        "row": _booking(booking),
        "link": url_for("resources.own_booking", token=booking.token, _external=True),
        "resource_url": url_for("resources.detail", resource_id=booking.resource_id)
        if booking.resource.state in listings.PUBLIC_RESOURCES
        else None,
    }


def may_see(actor: Actor, resource: Resource) -> Verdict:
    """Read an offer: everybody while it is on the list, then its own people."""
    if resource.state in listings.PUBLIC_RESOURCES or policy.may_manage_resource(actor, resource):
        return Verdict.yes()
    return Verdict.absent()
