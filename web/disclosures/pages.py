"""What the pages of disclosure show: late first, then what was published, with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.disclosure import contents, due, policy, queries
from charity.disclosure.models import DisclosureDuty, DisclosureEntry
from charity.disclosure.queries import Owed
from charity.registry import queries as registry
from charity.registry.models import Organisation
from web.addresses import read_id
from web.disclosures import words
from web.filters import day
from web.labels import label
from web.listings.filters import page_number


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A duty as a list shows it; `late` is the number of days, 0 in time."""

    duty_id: int
    kind: str
    about: str
    organisation: str
    organisation_id: int
    period: str
    due_on: str
    rule: str
    late: int
    left: int
    #: The last working day in time, where the last day is none.
    office_day: str | None


def owed_row(owed: Owed) -> OwedRow:
    """The words of a duty that waits."""
    duty, today = owed.duty, clock.today()
    office = due.last_workday(duty.due_on)
    return OwedRow(
        duty_id=duty.id,
        kind=label(duty.kind),
        about=owed.campaign or owed.organisation,
        organisation=owed.organisation,
        organisation_id=duty.organisation_id,
        period=period(duty),
        due_on=day(duty.due_on),
        rule=duty.rule_id,
        late=queries.days_late(duty, today),
        left=owed.days_left(today),
        office_day=day(office) if office != duty.due_on else None,
    )


def period(duty: DisclosureDuty) -> str:
    """The days a report tells of."""
    if duty.period_from == duty.period_until:
        return day(duty.period_from)
    return str(_("%(a)s 至 %(b)s", a=day(duty.period_from), b=day(duty.period_until)))


def index_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The public list: of all organisations, or of the one that was asked for."""
    wanted = read_id(request.args.get("organisation"))
    chosen = registry.organisation(session, wanted) if wanted else None
    page = queries.entries_page(
        session,
        page_number(request.args.get("page", "")),
        organisation_id=chosen.id if chosen else None,
    )
    late = queries.late_duties(
        session, clock.today(), organisation_id=chosen.id if chosen else None
    )
    mine = queries.entries_for_member(session, actor.person_id) if actor.person_id else []

    def page_url(number: int) -> str:
        organisation = chosen.id if chosen else None
        return url_for("disclosures.index", organisation=organisation, page=number)

    return {
        "chosen": chosen,
        "late": [owed_row(each) for each in late],
        "page": page,
        "page_url": page_url,
        "for_members": mine,
        "names": _names(session, [*page.items, *mine]),
    }


def _names(session: Session, entries: list[DisclosureEntry]) -> dict[int, str]:
    ids = {entry.organisation_id for entry in entries}
    found: list[Organisation] = registry.organisations(session, list(ids))
    return {each.id: each.name for each in found}


def readable(session: Session, actor: Actor, entry_id: int) -> DisclosureEntry:
    """The entry, or 404 for whom it is not."""
    found = queries.entry(session, entry_id)
    is_member = (
        not found.is_public
        and found.campaign_id is not None
        and registry.is_member(session, actor, registry.campaign(session, found.campaign_id))
    )
    require(policy.may_read(actor, found, is_member=is_member))
    return found


def entry_context(session: Session, actor: Actor, found: DisclosureEntry) -> dict[str, Any]:
    """One entry whole, with what it corrects and what corrects it."""
    chain = queries.history(session, found)
    here = chain.index(found)
    before = chain[here - 1] if here else None
    changed = contents.difference(before.content, found.content) if before is not None else None
    return {
        "entry": found,
        "told": words.told(found.content),
        "organisation": registry.organisation(session, found.organisation_id),
        "chain": chain,
        "before": before,
        "successor": chain[here + 1] if here + 1 < len(chain) else None,
        "changes": words.changes(changed) if changed is not None else [],
        "file": url_for("disclosures.file", entry_id=found.id, _external=True),
        "late_by": _late_by(found),
        "may_correct": here + 1 == len(chain)
        and bool(policy.may_publish(actor, found.organisation_id)),
    }


def _late_by(found: DisclosureEntry) -> int:
    """How many days late a duty was fulfilled; 0 for a correction and what was in time."""
    if found.duty is None or found.supersedes_id is not None:
        return 0
    return max((clock.day_of(found.published_at) - found.duty.due_on).days, 0)


def default_title(session: Session, duty: DisclosureDuty) -> str:
    """The headline a form begins with."""
    if duty.campaign_id is not None:
        about = registry.campaign(session, duty.campaign_id).title
    else:
        about = registry.organisation(session, duty.organisation_id).name
    return str(_("%(about)s：%(kind)s", about=about, kind=label(duty.kind)))[:120]


def late_of(
    session: Session, *, organisation_id: int | None = None, campaign_id: int | None = None
) -> list[OwedRow]:
    """What is late, for the page of an organisation or a campaign."""
    found = queries.late_duties(
        session,
        clock.today(),
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        limit=5,
    )
    return [owed_row(each) for each in found]
