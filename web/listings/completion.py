"""How far a project is in money, goods and hours, in words beside one bar each."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.donations.models import Pledge
from charity.donations.queries.completion import (
    Completion,
    Measure,
    Progress,
    completion,
    has_promises,
)
from charity.donations.queries.pledges import released_pledges
from charity.money import Money
from projects.listings.models import Project
from projects.listings.queries.help import Help, Labour, Posts, labour_of_projects, with_labour
from web.filters import day, yuan
from web.pledges.pages import in_hours, in_words


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure: its name, the parts of its bar, and a sentence that says the same."""

    name: str
    #: (kind, amount) as macros/strip.html draws them.
    segments: tuple[tuple[str, int], ...]
    total: int
    arrived: str
    promised: str
    target: str


@dataclass(frozen=True, slots=True)
class CompletionView:
    """The section of a project's page."""

    bars: tuple[Bar, ...]
    #: Sentences about units promised in money, one per deliverable.
    units: tuple[str, ...]
    givers: int
    #: Promises released for hardship, as the law wants them published (CHA-151).
    released: tuple[tuple[str, str, str], ...]


def completion_view(session: Session, project: Project) -> CompletionView | None:
    """Money, goods, hours and posts; None where there was never more than gifts of money."""
    if project.campaign_id is None:
        return None
    labour = labour_of_projects(session, [project.id])
    if labour == Labour() and not has_promises(session, project.campaign_id):
        return None
    found = completion(session, project.campaign_id)
    if labour == Labour() and not found.has_more_than_money and not found.released:
        return None
    rows = released_pledges(session, project.campaign_id) if found.released else []
    hours = with_labour(found.hours, labour)
    return CompletionView(
        help_bars(Help(found.money, found.goods, hours, labour.posts)),
        tuple(_units(found, project)),
        found.givers,
        tuple(map(_release, rows)),
    )


def help_bars(found: Help) -> tuple[Bar, ...]:
    """One bar for each measure of which anything is wanted, promised or there."""
    measures = (found.money, *found.goods, found.hours)
    bars = [bar for each in measures if (bar := _bar(each)) is not None]
    return (*bars, _posts(found.posts)) if found.posts.wanted else tuple(bars)


def _posts(posts: Posts) -> Bar:
    """Posts that somebody has adopted, of those there are."""
    return Bar(
        name=str(_("岗位")),
        segments=(("held", posts.adopted), ("pledged", 0)),
        total=posts.wanted,
        arrived=str(_("%(n)s 个有人认领", n=posts.adopted)),
        promised=str(_("%(n)s 个", n=0)),
        target=str(_("%(n)s 个", n=posts.wanted)),
    )


def _bar(each: Progress) -> Bar | None:
    if each.measure is not Measure.MONEY and not (each.promised or each.arrived or each.target):
        return None
    names = {Measure.MONEY: _("善款"), Measure.GOODS: each.name, Measure.HOURS: _("时间")}
    return Bar(
        name=str(names[each.measure]),
        segments=(("held", each.arrived), ("pledged", each.promised)),
        total=max(each.target or 0, each.arrived + each.promised),
        arrived=_said(each, each.arrived),
        promised=_said(each, each.promised),
        target=_said(each, each.target) if each.target else "",
    )


def _said(each: Progress, many: int) -> str:
    if each.measure is Measure.MONEY:
        return yuan(Money(many))
    if each.measure is Measure.HOURS:
        return in_hours(many)
    return f"{many:,} {each.unit}"


def _units(found: Completion, project: Project) -> list[str]:
    made = {each.id: each for each in project.budget.deliverables}
    return [
        str(
            _(
                "%(name)s：有人认捐 %(many)s %(unit)s，其中 %(kept)s %(unit)s 的钱已到齐",
                name=made[each.deliverable_id].name,
                unit=made[each.deliverable_id].unit,
                many=each.promised,
                kept=each.kept,
            )
        )
        for each in found.units
        if each.deliverable_id in made
    ]


def _release(pledge: Pledge) -> tuple[str, str, str]:
    """When, how much was released, and the words that were published."""
    return day(pledge.closed_at), in_words(pledge, pledge.rest), pledge.public_note
