"""What the notice board and its desk show, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.disclosure import ending_policy, periods
from charity.disclosure.models import Notice, NoticeState, PublicNoticeKind
from charity.disclosure.queries import closings
from charity.disclosure.queries.notices import Reach, notices_of
from charity.errors import DomainError
from charity.ledger import queries as books
from charity.registry import queries as registry
from charity.registry.models import Organisation
from charity.spending import queries as spending
from charity.workdays import is_published
from web.filters import day, yuan


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice of a list."""

    notice: Notice
    organisation: str
    place: str
    left: str
    #: The manner of its tag.
    manner: str


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a notice about a thing begins with."""

    subject: str
    organisation_id: int
    kind: PublicNoticeKind
    region_code: str
    title: str
    body: str
    rule_id: str


def rows(session: Session, notices: Collection[Notice]) -> list[NoticeRow]:
    """Notices with the names of their organisations and places, in two questions."""
    ids = {notice.organisation_id for notice in notices}
    names = {found.id: found.name for found in registry.organisations(session, ids)}
    places = registry.region_names(session, {notice.region_code for notice in notices})
    return [
        NoticeRow(
            notice,
            names.get(notice.organisation_id, ""),
            places.get(notice.region_code, ""),
            left(notice),
            manner(notice),
        )
        for notice in notices
    ]


def left(notice: Notice) -> str:
    """How long one may still object, or what became of it."""
    if notice.state is not NoticeState.STANDING:
        return day(notice.closed_at)
    days = (notice.ends_on - clock.today()).days
    if days < 0:
        return str(_("公示期满，等异议答复"))
    return str(_("今天最后一天")) if days == 0 else str(_("还有 %(n)s 天", n=days))


def manner(notice: Notice) -> str:
    """The manner of a notice's tag."""
    return {
        NoticeState.STANDING: "wait",
        NoticeState.ENDED: "good",
        NoticeState.WITHDRAWN: "bad",
    }[notice.state]


def period_said(notice: Notice) -> str:
    """The rule that sets the period, for people."""
    said = {
        periods.SEVEN_DAYS: _("公示七天"),
        periods.WORKDAYS: _("公示五个工作日"),
        periods.VILLAGE_PAYOUT: _("村社拨付，公示七天"),
    }.get(notice.rule_id, notice.rule_id)
    if notice.rule_id == periods.WORKDAYS and not is_published(notice.ends_on.year):
        return str(_("%(rule)s（那一年的放假安排还没有公布，按周一到周五算）", rule=said))
    return str(said)


def reach_of(actor: Actor) -> Reach:
    """The notices this person looks after."""
    held = [
        grant for grant in actor.grants if Permission.NOTICE_PUBLISH in ROLE_PERMISSIONS[grant.role]
    ]
    if any(grant.is_platform for grant in held):
        return Reach(None, ())
    organisations = {grant.organisation_id for grant in held if grant.organisation_id is not None}
    places = [grant.region_code for grant in held if grant.region_code is not None]
    return Reach(organisations, places)


def announcers(session: Session, actor: Actor, besides: int | None = None) -> list[Organisation]:
    """The organisations this person may announce for; of a place, those verified there."""
    reach = reach_of(actor)
    ids = set(reach.organisation_ids or ()) | ({besides} if besides else set())
    found = {each.id: each for each in registry.organisations(session, ids)}
    if reach.organisation_ids is None:
        found |= {each.id: each for each in registry.verified_organisations(session)}
    for code in reach.region_codes:
        page = registry.organisations_page(session, region_code=code, page=1)
        found |= {each.id: each for each in page.items}
    return sorted(found.values(), key=lambda each: each.name)


def prefill(session: Session, subject: str) -> Prefill | None:
    """The beginning of a notice about an expense or a closing; None for anything else."""
    kind, _colon, number = subject.partition(":")
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        if kind == "expense":
            return _of_expense(session, subject, int(number))
        if kind == "project_closing":
            return _of_closing(session, subject, int(number))
    except DomainError:
        return None
    return None


def surplus_words(name: str, into: str, amount: str, ended_on: date) -> tuple[str, str]:
    """Title and text of the notice about money that goes to a project of a similar purpose."""
    title = _("“%(name)s”剩余财产去向公示", name=name)
    body = _(
        "“%(name)s”已于 %(day)s 结束，剩余 %(sum)s，拟按募捐方案或者同类用途转入“%(into)s”，"
        "继续用于相同或者相近的慈善目的。对去向有不同意见的，请在公示期内提出，并写明依据。",
        name=name, day=day(ended_on), sum=amount, into=into,
    )  # fmt: skip
    return str(title), str(body)


def _of_expense(session: Session, subject: str, expense_id: int) -> Prefill:
    expense = spending.expense(session, expense_id)
    budget = expense.budget_line.budget
    title = _("%(title)s 拨付公示", title=expense.title)
    body = _(
        "拟拨付 %(sum)s 给%(payee)s，用于：%(title)s。对这笔拨付有不同意见的，请在公示期内提出，"
        "并写明依据。",
        sum=yuan(expense.amount), payee=expense.payee_name, title=expense.title,
    )  # fmt: skip
    return Prefill(
        subject,
        budget.organisation_id,
        PublicNoticeKind.PAYOUT,
        budget.region_code or "",
        str(title),
        str(body),
        periods.VILLAGE_PAYOUT,
    )


def _of_closing(session: Session, subject: str, closing_id: int) -> Prefill:
    closing = closings.closing(session, closing_id)
    names = books.fund_names(session, [closing.fund_id, closing.into_fund_id or 0])
    title, body = surplus_words(
        names[closing.fund_id],
        names.get(closing.into_fund_id or 0, ""),
        yuan(closing.surplus),
        closing.ended_on,
    )
    where = registry.organisation(session, closing.charity_id).region_code
    return Prefill(
        subject,
        closing.charity_id,
        PublicNoticeKind.SURPLUS,
        where,
        title,
        body,
        periods.SEVEN_DAYS,
    )


def notice_urls(
    session: Session, actor: Actor, subject: str, *, organisation_id: int, region_code: str
) -> tuple[str | None, str | None]:
    """The latest notice about a subject, and where one is put up by who may while none stands."""
    found = notices_of(session, subject)
    shown = url_for("notices.detail", notice_id=found[0].id) if found else None
    stands = any(notice.state is NoticeState.STANDING for notice in found)
    may = bool(ending_policy.may_announce(actor, organisation_id, region_code))
    return shown, url_for("notices.new", subject=subject) if may and not stands else None


def subject_url(notice: Notice) -> str | None:
    """The page of what a notice is about, where everybody may have one."""
    kind, _colon, number = notice.subject.partition(":")
    if kind == "expense" and number.isdecimal():
        return url_for("spending.expense", expense_id=int(number))
    if kind == "award" and number.isdecimal():
        return url_for("awards.detail", award_id=int(number))
    return None
