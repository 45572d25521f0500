"""What competitions make wait for organisers and applicants: decisions, steps, drafts, money.

Parts of the desk's one question (see `law`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import BigInteger, Select, String, cast, func

from charity import clock
from charity.actor import Actor, Permission
from charity.ledger.models import Book, Fund
from charity.registry.models import Organisation
from projects.ventures.models import (
    Application,
    ApplicationState,
    Competition,
    CompetitionFunder,
    CompetitionState,
)
from web.desk.parts import Held, LawTask, row

_BEFORE_REVIEW = (CompetitionState.CALL, CompetitionState.ELIGIBILITY)
_OVER = (CompetitionState.CLOSED, CompetitionState.CANCELLED)


def _decide(actor: Actor) -> Iterator[Select[Any]]:
    """Competitions of ours with applications nobody has decided on; one row for each."""
    ours = Held.of(actor, Permission.VENTURE_MANAGE)
    if ours:
        waiting = cast(func.count(Application.id), String)
        yield (
            row(
                "venture_decide", waiting, Competition.id, Competition.title, "",
                None, Competition.review_until,
            )
            .select_from(Competition)
            .join(Application, Application.competition_id == Competition.id)
            .where(
                Application.state == ApplicationState.SUBMITTED,
                Competition.state.in_(_BEFORE_REVIEW),
                ours.reaches(Competition.organiser_id),
            )
            .group_by(Competition.id, Competition.title, Competition.review_until)
        )  # fmt: skip


def _go_on(actor: Actor) -> Iterator[Select[Any]]:
    """Calls of ours whose last day is over."""
    ours = Held.of(actor, Permission.VENTURE_MANAGE)
    if ours:
        yield (
            row(
                "venture_next", Competition.state, Competition.id, Competition.title,
                Organisation.name, None, Competition.call_until,
            )
            .select_from(Competition)
            .join(Organisation, Organisation.id == Competition.organiser_id)
            .where(
                Competition.state == CompetitionState.CALL,
                Competition.call_until < clock.today(),
                ours.reaches(Competition.organiser_id),
            )
        )  # fmt: skip


def _drafts(actor: Actor) -> Iterator[Select[Any]]:
    """Applications of ours that are begun and not handed in, while the call runs."""
    ours = Held.of(actor, Permission.VENTURE_APPLY)
    if ours:
        name = func.coalesce(func.nullif(Application.title, ""), Competition.title)
        yield (
            row(
                "venture_draft", Application.state, Application.id, name, Competition.title,
                None, Competition.call_until,
            )
            .select_from(Application)
            .join(Competition, Competition.id == Application.competition_id)
            .where(
                Application.state == ApplicationState.DRAFT,
                Competition.state == CompetitionState.CALL,
                Competition.call_until >= clock.today(),
                ours.reaches(Application.organisation_id),
            )
        )  # fmt: skip


def _money(actor: Actor) -> Iterator[Select[Any]]:
    """Pools of our books into which promised money has not come, one row for each."""
    ours = Held.of(actor, Permission.EXPENSE_PAY)
    if ours:
        yield (
            row(
                "venture_money", Competition.state, Competition.id, Competition.title,
                func.min(Organisation.name),
                # the sum of whole numbers is no whole number to PostgreSQL
                cast(func.sum(CompetitionFunder.pledged), BigInteger), None,
            )
            .select_from(Competition)
            .join(Organisation, Organisation.id == Competition.organiser_id)
            .join(CompetitionFunder, CompetitionFunder.competition_id == Competition.id)
            .outerjoin(Fund, Fund.id == Competition.fund_id)
            .outerjoin(Book, Book.id == Fund.book_id)
            .where(
                CompetitionFunder.entry_id.is_(None),
                Competition.state.not_in(_OVER),
                # without a pool it waits for the treasurer of the charity that runs the site
                ours.reaches(func.coalesce(Book.organisation_id, _operator_id())),
            )
            .group_by(Competition.id, Competition.state, Competition.title)
        )  # fmt: skip


def _operator_id() -> int:
    # the frame asks the desk for its count, so it is known only when a request comes
    from web.frame import operator_id

    return operator_id() or 0


VENTURE_PARTS = (_decide, _go_on, _drafts, _money)

_Shape = tuple[str, str, str, str]


def decide_shape(task: LawTask) -> _Shape:
    """Applications to decide on."""
    title = _("%(title)s：%(n)s 份等你决定", title=task.title, n=task.kind)
    url = url_for("ventures.eligibility", competition_id=task.id)
    return _("资格审查"), "gold", str(title), url


def next_shape(task: LawTask) -> _Shape:
    """A call that is over."""
    url = url_for("ventures.manage", competition_id=task.id)
    return _("申报已截止"), "gold", task.title, url


def draft_shape(task: LawTask) -> _Shape:
    """An application to finish."""
    return _("写申报书"), "", task.title, url_for("ventures.edit", application_id=task.id)


def money_shape(task: LawTask) -> _Shape:
    """Money that is promised and has not come."""
    return _("创投到账"), "jade", task.title, url_for("ventures.money", competition_id=task.id)


VENTURE_SHAPES = {
    "venture_decide": decide_shape,
    "venture_next": next_shape,
    "venture_draft": draft_shape,
    "venture_money": money_shape,
}
