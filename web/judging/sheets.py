"""What judges see: their competitions, their sheets, one sheet, and the order of the defence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from charity import clock
from charity.actor import Actor
from projects.ventures import judging_policy as policy
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Competition,
    CompetitionState,
    DefenceSlot,
    Judge,
    JudgeState,
    JudgingRound,
)
from projects.ventures.queries import judging as queries
from projects.ventures.services.sheets import SCORING
from projects.ventures.steps import has_reached
from web.filters import moment
from web.judging.forms import SheetForm, points_said
from web.labels import label
from web.ventures import words
from web.ventures.pages import is_blind
from web.ventures.shapes import title_of
from web.ventures.sums import budget_of

SHEET_MANNERS = {
    AssignmentState.OPEN: "wait",
    AssignmentState.LOCKED: "good",
    AssignmentState.RECUSED: "",
}


def round_of(found: Competition) -> JudgingRound:
    """The round judges work at: the defence once it is known who goes on to it."""
    if found.terms.has_defence and has_reached(found.state, CompetitionState.SHORTLISTED):
        return JudgingRound.DEFENCE
    return JudgingRound.REVIEW


def is_scoring(found: Competition, judging_round: JudgingRound) -> bool:
    """Whether sheets of this round may be filled in now."""
    return found.state is SCORING[judging_round]


def sheet_url(sheet_id: int) -> str:
    """The page of a sheet."""
    return url_for("judging.sheet", sheet_id=sheet_id)


# ── all of one's own ─────────────────────────────────────────────────────────────────────────────


def home_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The competitions this person was asked to judge, and what is left to do in each."""
    found = queries.judged_by(session, actor)
    return {
        "invited": [_invitation(each) for each in found if each.state is JudgeState.INVITED],
        "rooms": [
            _room(session, actor, each) for each in found if each.state is JudgeState.ACCEPTED
        ],
        "past": [
            (each.competition.title, label(each.state))
            for each in found
            if each.state in (JudgeState.DECLINED, JudgeState.WITHDRAWN)
        ],
    }


def _invitation(found: Judge) -> dict[str, Any]:
    competition = found.competition
    return {
        "title": competition.title,
        "competition_url": url_for("ventures.detail", competition_id=competition.id),
        "answer_url": url_for("judging.answer", judge_id=found.id),
        "facts": [
            (str(_("哪一级")), label(competition.level)),
            (str(_("谁办的")), competition.organiser.name),
            (str(_("评审到哪天")), _by(competition)),
        ],
    }


def _by(found: Competition) -> str | None:
    return found.review_until.isoformat() if found.review_until else None


def _room(session: Session, actor: Actor, found: Judge) -> dict[str, Any]:
    competition, judging_round = found.competition, round_of(found.competition)
    sheets = queries.own_sheets(session, actor, competition.id, judging_round)
    counting = [each for each in sheets if each.state is not AssignmentState.RECUSED]
    left = [each for each in counting if each.state is AssignmentState.OPEN]
    return {
        "title": competition.title,
        "round": label(judging_round),
        "state": label(competition.state),
        "manner": words.state_manner(competition.state),
        "due": words.due_said(competition),
        "scoring": is_scoring(competition, judging_round),
        "all": len(counting),
        "done": len(counting) - len(left),
        "left": len(left),
        "competition_url": url_for("ventures.detail", competition_id=competition.id),
        "defence_url": url_for("judging.defence", competition_id=competition.id)
        if judging_round is JudgingRound.DEFENCE
        else None,
        "sheets": [sheet_row(each, len(competition.criteria)) for each in sheets],
    }


def sheet_row(found: Assignment, lines: int) -> dict[str, Any]:
    """One own sheet in a list."""
    filled = len(found.scores)
    is_open = found.state is AssignmentState.OPEN
    said = label(found.state)
    if is_open and filled:
        said = str(_("填了 %(n)s 项，共 %(all)s 项", n=filled, all=lines))
    return {
        "url": sheet_url(found.id),
        "number": found.application.number,
        "title": title_of(found.application),
        "state": said,
        "manner": SHEET_MANNERS[found.state],
        "open": is_open,
        "points": points_said(sum(each.points for each in found.scores)) if filled else "",
    }


# ── one sheet ────────────────────────────────────────────────────────────────────────────────────


def sheet_context(
    session: Session, actor: Actor, found: Assignment, form: SheetForm | None, declare: Any
) -> dict[str, Any]:
    """A sheet beside its entry; `form` where it may be filled in."""
    competition, entry = found.application.competition, found.application
    own = bool(policy.may_answer(actor, found.judge))
    hides = found.round is JudgingRound.REVIEW and is_blind(competition)
    return {
        "sheet": found,
        "number": entry.number,
        "title": title_of(entry),
        "competition": competition,
        "crumbs": _crumbs(competition, title_of(entry), own=own),
        "round": label(found.round),
        "state": label(found.state),
        "manner": SHEET_MANNERS[found.state],
        "who": str(_("盲评：看不到是哪个单位")) if hides else entry.organisation.name,
        "facts": _facts(entry),
        "entry": entry,
        "budget": budget_of(entry, competition.terms),
        "rubric": [words.criterion_row(each) for each in competition.criteria],
        "form": form,
        "declare": declare,
        "declares": own and found.state is AssignmentState.OPEN,
        "waits": own and found.state is AssignmentState.OPEN and form is None,
        "rows": [
            (each.criterion.title, points_said(each.points), each.criterion.weight, each.comment)
            for each in found.scores
        ],
        "total": points_said(sum(each.points for each in found.scores)),
        "locked": moment(found.locked_at) if found.locked_at else "",
        "others": _others(session, actor, found),
        "back": url_for("judging.defence", competition_id=competition.id)
        if found.round is JudgingRound.DEFENCE
        else url_for("judging.index"),
    }


def _crumbs(found: Competition, title: str, *, own: bool) -> list[tuple[str, str | None]]:
    if own:
        return [(str(_("我的评审")), url_for("judging.index")), (title, None)]
    return [
        (found.title, url_for("judging.desk", competition_id=found.id)), (title, None),
    ]  # fmt: skip


def _facts(entry: Application) -> list[tuple[str, Any]]:
    return [
        (str(_("方向")), entry.track.name if entry.track else None),
        (str(_("在哪里做")), entry.region.name),
        (str(_("办哪一件事")), entry.need.title if entry.need else None),
        (str(_("预算一共")), entry.total),
        (str(_("申请资助")), entry.asked),
    ]


def _others(session: Session, actor: Actor, found: Assignment) -> list[tuple[str, str, str]]:
    """What the others gave, for those who may know it by now."""
    if found.state is not AssignmentState.LOCKED:
        return []
    sheets = queries.sheets_of(session, actor, found.application_id, found.round)
    return [
        (
            each.judge.name,
            points_said(sum(score.points for score in each.scores)),
            each.comment,
        )
        for each in sheets
        if each.id != found.id
    ]


# ── the defence ──────────────────────────────────────────────────────────────────────────────────


def slots_of(session: Session, competition_id: int) -> Sequence[DefenceSlot]:
    """The plan of a defence by time."""
    query = (
        select(DefenceSlot)
        .join(Application, Application.id == DefenceSlot.application_id)
        .where(Application.competition_id == competition_id)
        .order_by(DefenceSlot.starts_at, DefenceSlot.id)
        .options(joinedload(DefenceSlot.application).joinedload(Application.organisation))
    )
    return session.scalars(query).all()


def defence_context(
    session: Session, actor: Actor, found: Competition, *, shown: bool
) -> dict[str, Any]:
    """The order of the defence: who is on now, who is next, and one's own sheets beside it."""
    slots = slots_of(session, found.id) if shown else []
    mine = {
        each.application_id: each
        for each in queries.own_sheets(session, actor, found.id, JudgingRound.DEFENCE)
    }
    now = clock.now()
    at = _on_now(slots, now)
    rows = [
        {
            "at": moment(each.starts_at),
            "until": moment(each.starts_at + timedelta(minutes=each.minutes))[-5:],
            "number": each.application.number,
            "title": title_of(each.application),
            "who": each.application.organisation.name,
            "place": each.place,
            "when": _when(number, at, each, now),
            "sheet": sheet_row(mine[each.application_id], len(found.criteria))
            if each.application_id in mine
            else None,
        }
        for number, each in enumerate(slots)
    ]
    return {
        "competition": found,
        "rows": rows,
        "current": rows[at] if at is not None else None,
        "judges": bool(mine),
        "scoring": is_scoring(found, JudgingRound.DEFENCE),
        "left": sum(each.state is AssignmentState.OPEN for each in mine.values()),
    }


def _on_now(slots: Sequence[DefenceSlot], now: datetime) -> int | None:
    """Who is on, or comes next; None when all is over."""
    for number, each in enumerate(slots):
        if now < each.starts_at + timedelta(minutes=each.minutes):
            return number
    return None


def _when(number: int, at: int | None, slot: DefenceSlot, now: datetime) -> tuple[str, str]:
    """Where an entry stands in the order, in a word and a colour."""
    if at is None or number < at:
        return str(_("讲完了")), "good"
    if number > at:
        return "", ""
    return (str(_("正在讲")), "gold") if slot.starts_at <= now else (str(_("下一个")), "wait")
