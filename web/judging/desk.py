"""The organiser's judging desk: judges, what binds them, who has what, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from charity import clock
from charity.actor import Actor, require
from projects.ventures import judging_policy as policy
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Competition,
    CompetitionState,
    Judge,
    JudgeState,
    JudgingRound,
)
from projects.ventures.queries import applications as applications_of
from projects.ventures.queries import judging as queries
from projects.ventures.steps import has_reached
from web.filters import day, moment
from web.judging.forms import InviteForm, MoveForm, PairForm, PlanForm, points_said
from web.judging.sheets import SHEET_MANNERS, is_scoring, round_of, slots_of
from web.labels import label
from web.ventures import running
from web.ventures.shapes import title_of

JUDGE_MANNERS = {
    JudgeState.INVITED: "wait",
    JudgeState.ACCEPTED: "good",
    JudgeState.DECLINED: "",
    JudgeState.WITHDRAWN: "",
}
#: Steps in which judges may be invited, and in which sheets are given out.
_INVITING = frozenset(
    {
        CompetitionState.CALL, CompetitionState.ELIGIBILITY, CompetitionState.REVIEW,
        CompetitionState.SHORTLISTED, CompetitionState.DEFENCE,
    }
)  # fmt: skip
_GIVING = {
    JudgingRound.REVIEW: frozenset({CompetitionState.REVIEW}),
    JudgingRound.DEFENCE: frozenset({CompetitionState.SHORTLISTED, CompetitionState.DEFENCE}),
}


def gives_out(found: Competition) -> bool:
    """Whether sheets are given out at this step."""
    return found.state in _GIVING[round_of(found)]


def desk_context(
    session: Session, actor: Actor, found: Competition, wrong: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything of the desk; `wrong` holds forms that must be mended."""
    judges, judging_round = queries.judges(session, found.id), round_of(found)
    by_judge, by_entry = queries.progress(session, actor, found.id, judging_round)
    counts = {each.id: each for each in by_judge}
    entries = {each.id: each for each in applications_of.applications_of_competition(
        session, found.id) if each.number is not None}  # fmt: skip
    open_ = sum(each.open for each in by_entry)
    locked = sum(each.locked for each in by_entry)
    return {
        "competition": found,
        "crumbs": running.crumbs(found, str(_("评委打分"))),
        "tabs": running.rooms(found),
        "round": label(judging_round),
        "act": lambda verb: url_for("judging.act", competition_id=found.id, verb=verb),
        "judges": [_judge_row(each, counts.get(each.id)) for each in judges],
        "said": _said(judges, open_, locked),
        "all": open_ + locked,
        "locked": locked,
        "entries": [
            {
                "url": url_for("judging.entry", application_id=each.id),
                "number": entries[each.id].number,
                "title": title_of(entries[each.id]),
                "done": each.locked,
                "all": each.sheets,
                "recused": each.recused,
                "few": each.sheets < found.terms.least_judges,
            }
            for each in by_entry
            if each.id in entries
        ],
        "conflicts": _conflicts(session, judges, entries),
        "gives": gives_out(found),
        "scoring": is_scoring(found, judging_round),
        "given": bool(by_entry),
        "each": found.terms.judges_per_application,
        "plans": found.terms.has_defence,
        "forms": {**_forms(session, found, judges, list(entries.values())), **wrong},
    }


def _said(judges: Sequence[Judge], open_: int, locked: int) -> str:
    here = sum(each.state is JudgeState.ACCEPTED for each in judges)
    if not open_ + locked:
        return str(_("%(n)s 位评委答应了。评分表还没有分。", n=here))
    return str(
        _("%(n)s 位评委，%(all)s 份评分表，交了 %(done)s 份。", n=here, all=open_ + locked,
          done=locked)
    )  # fmt: skip


def _judge_row(found: Judge, progress: Any) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "affiliation": found.affiliation,
        "expertise": found.expertise,
        "state": label(found.state),
        "manner": JUDGE_MANNERS[found.state],
        "progress": f"{progress.locked} / {progress.sheets}" if progress else "—",
        "stays": found.state in (JudgeState.INVITED, JudgeState.ACCEPTED),
    }


def _conflicts(
    session: Session, judges: Sequence[Judge], entries: Mapping[int, Application]
) -> list[dict[str, Any]]:
    names = {each.id: each.name for each in judges}
    if not names:
        return []
    found = queries.conflicts(session, judges[0].competition_id)
    return [
        {
            "judge": names.get(each.judge_id, ""),
            "entry": f"{entries[each.application_id].number} · "
            f"{title_of(entries[each.application_id])}",
            "kind": label(each.kind),
            "note": each.note,
            "at": day(each.found_at),
        }
        for each in found
        if each.application_id in entries
    ]


def pair_form(
    session: Session, found: Competition, prefix: str, *, fresh: bool = False
) -> PairForm:
    """A judge and an entry to choose."""
    judges = [
        each for each in queries.judges(session, found.id) if each.state is JudgeState.ACCEPTED
    ]
    entries = [
        each
        for each in applications_of.applications_of_competition(session, found.id)
        if each.number is not None
    ]
    return _offered(prefix, judges, entries, fresh=fresh)


def _offered(
    prefix: str, judges: Sequence[Judge], entries: Sequence[Application], *, fresh: bool
) -> PairForm:
    if fresh:
        return PairForm(prefix=f"{prefix}-", formdata=None).among(judges, entries)
    form = PairForm(prefix=f"{prefix}-")
    return form.among(judges, entries)


def _forms(
    session: Session, found: Competition, judges: Sequence[Judge], entries: Sequence[Application]
) -> dict[str, Any]:
    forms: dict[str, Any] = {}
    here = [each for each in judges if each.state is JudgeState.ACCEPTED]
    if found.state in _INVITING:
        forms["invite"] = InviteForm(prefix="invite-", formdata=None)
    if here and entries and not has_reached(found.state, CompetitionState.RANKED):
        forms["declare"] = _offered("declare", here, entries, fresh=True)
    if here and gives_out(found):
        in_it = queries.in_round(session, found, round_of(found))
        forms["give"] = _offered("give", here, in_it, fresh=True)
    return forms


# ── one entry ────────────────────────────────────────────────────────────────────────────────────


def entry_of(session: Session, actor: Actor, application_id: int) -> Application:
    """An entry for those who run its competition."""
    found = applications_of.application(session, application_id)
    require(policy.may_run_judging(actor, found.competition))
    return found


def entry_context(session: Session, actor: Actor, found: Application) -> dict[str, Any]:
    """Who judges an entry; points only once nobody's sheet is open any more."""
    competition, judging_round = found.competition, round_of(found.competition)
    query = (
        select(Assignment)
        .where(Assignment.application_id == found.id, Assignment.round == judging_round)
        .options(joinedload(Assignment.judge))
        .order_by(Assignment.judge_id)
    )
    shown = {each.id: each for each in queries.sheets_of(session, actor, found.id, judging_round)}
    return {
        "application": found,
        "title": title_of(found),
        "crumbs": [
            *running.crumbs(competition, str(_("评委打分")))[:-1],
            (str(_("评委打分")), url_for("judging.desk", competition_id=competition.id)),
            (title_of(found), None),
        ],
        "round": label(judging_round),
        "recuse_url": url_for("judging.act", competition_id=competition.id, verb="recuse"),
        "hidden": not shown,
        "rows": [
            {
                "id": each.id,
                "judge": each.judge.name,
                "state": label(each.state),
                "manner": SHEET_MANNERS[each.state],
                "because": each.recused_because,
                "open": each.state is AssignmentState.OPEN,
                "url": url_for("judging.sheet", sheet_id=each.id) if each.id in shown else None,
                "points": points_said(sum(score.points for score in shown[each.id].scores))
                if each.id in shown
                else "",
            }
            for each in session.scalars(query)
        ],
    }


# ── the defence ──────────────────────────────────────────────────────────────────────────────────


def planning_context(
    session: Session, found: Competition, form: PlanForm | None, moved: Mapping[int, MoveForm]
) -> dict[str, Any]:
    """The plan of the defence with a form for each slot."""
    slots = slots_of(session, found.id)
    begin = found.defence_on or clock.today()
    if form is None:
        form = PlanForm(formdata=None, data={"day": begin, "minutes": 15, "pause": 5})
    return {
        "competition": found,
        "crumbs": running.crumbs(found, str(_("安排答辩"))),
        "tabs": running.rooms(found),
        "form": form,
        "act": lambda verb: url_for("judging.act", competition_id=found.id, verb=verb),
        "rows": [
            {
                "id": each.id,
                "at": moment(each.starts_at),
                "minutes": each.minutes,
                "place": each.place,
                "number": each.application.number,
                "title": title_of(each.application),
                "form": moved.get(each.id) or move_form(each.id, each.starts_at, each.place),
            }
            for each in slots
        ],
    }


def move_form(slot_id: int, at: Any = None, place: str = "") -> MoveForm:
    """The form of one slot; with what stands in it, unless it was sent."""
    prefix = f"slot{slot_id}-"
    if at is None:
        return MoveForm(prefix=prefix)
    here = at.astimezone(clock.CHINA)
    return MoveForm(
        prefix=prefix, formdata=None, data={"day": here.date(), "at": here.time(), "place": place}
    )
