"""Who may do what with an award now, and the forms that stand on its page for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.disclosure.models import NoticeState
from charity.spending.queries import organisations_of_person
from projects.ventures import policy, queries
from projects.ventures.models import (
    Application,
    ApplicationState,
    Award,
    AwardState,
    AwardTranche,
    Competition,
    CompetitionState,
    EvaluationKind,
    TrancheNeed,
    TrancheState,
)
from web.awards import forms
from web.awards.agreement import notice_words
from web.filters import day
from web.ventures.shapes import title_of

_MILESTONES = {
    TrancheNeed.MIDTERM: EvaluationKind.MIDTERM,
    TrancheNeed.FINAL: EvaluationKind.FINAL,
}
_WORKING = (AwardState.SIGNED, AwardState.RUNNING)
_OVER = (AwardState.DROPPED, AwardState.TERMINATED)


@dataclass(frozen=True, slots=True)
class Part:
    """What one reader may do with an award."""

    charity_id: int | None
    belongs: frozenset[int]
    decides: bool
    signs: bool
    keeps: bool

    @property
    def is_inside(self) -> bool:
        """Whether the reader has anything to do with it."""
        return self.decides or self.signs or self.keeps


def part_of(session: Session, actor: Actor, found: Award) -> Part:
    """What this person may do."""
    charity_id = queries.charity_of(session, found.competition)
    belongs = frozenset(organisations_of_person(session, actor.person_id))
    return Part(
        charity_id,
        belongs,
        bool(policy.may_decide(actor, found.application, member_of=belongs)),
        bool(policy.may_sign(actor, found)),
        bool(policy.may_fund(actor, charity_id)),
    )


def is_due(award: Award, found: AwardTranche) -> bool:
    """Whether a stage may be asked for: those before are paid, its milestone is accepted."""
    if award.state not in _WORKING or found.state is not TrancheState.WITHHELD:
        return False
    if any(
        each.number < found.number and each.state is not TrancheState.PAID
        for each in award.tranches
    ):
        return False
    kind = _MILESTONES.get(found.needs)
    return kind is None or any(
        each.kind is kind and bool(each.accepted) for each in award.evaluations
    )


def why_not(found: Award) -> str:
    """Why an agreement cannot be signed yet; empty where it can (VEN-07)."""
    notice = found.notice
    if found.state is not AwardState.NOTICE or notice is None:
        return ""
    if any(each.answered_at is None for each in notice.objections):
        return str(_("还有异议没有答复，答复以后才能签协议。"))
    if notice.state is NoticeState.STANDING:
        return str(_("公示到 %(day)s，结束以后才能签协议。", day=day(notice.ends_on)))
    return ""


def decider_forms(session: Session, found: Award, part: Part) -> dict[str, Any]:
    """What an unconcerned organiser may do now."""
    if not part.decides:
        return {}
    offered: list[str] = []
    if found.state is AwardState.PROPOSED:
        offered += ["announce", "drop"]
    elif found.state is AwardState.NOTICE:
        offered.append("drop")
    elif found.state in _WORKING:
        if any(each.agreed is None for each in found.changes):
            offered.append("change")
        if found.state is AwardState.RUNNING:
            if any(each.accepted is None for each in found.evaluations):
                offered.append("evaluate")
            offered += ["settle", "askback"]
        offered += ["honour", "terminate"]
    elif found.state is AwardState.SETTLED:
        offered.append("honour")
    elif found.state in _OVER and found.competition.state in (
        CompetitionState.NOTICE,
        CompetitionState.AWARDED,
    ):
        offered.append("reallocate")
    return {each: decider_form(session, found, each, fresh=True) for each in offered}


_DECIDER = {
    "announce": forms.AnnounceForm,
    "drop": forms.ReasonForm,
    "evaluate": forms.EvaluateForm,
    "change": forms.DecideForm,
    "settle": forms.NoteForm,
    "askback": forms.AskBackForm,
    "honour": forms.HonourForm,
    "terminate": forms.ReasonForm,
    "reallocate": forms.ReallocateForm,
    "release": forms.StageForm,
}


def decider_form(session: Session, found: Award, verb: str, *, fresh: bool = False) -> Any:
    """A form of the organiser's, filled with what is usual where it was not sent."""
    kind = _DECIDER[verb]
    form: Any = _form(kind, verb, _usual(found, verb) if fresh else None)
    if verb == "reallocate":
        form.application_id.choices = [
            (entry.id, f"{place} · {title_of(entry)}")
            for place, entry in candidates(session, found.competition)
        ]
    return form


def _usual(found: Award, verb: str) -> dict[str, Any]:
    if verb == "announce":
        title, body = notice_words(found)
        return {"title": title, "body": body}
    if verb == "evaluate":
        waiting = next(each for each in found.evaluations if each.accepted is None)
        return {"kind": waiting.kind.value}
    if verb == "change":
        return {"change_id": next(each.id for each in found.changes if each.agreed is None)}
    return {}


_WINNER = {
    "sign": forms.SignForm,
    "report": forms.ReportForm,
    "change": forms.ChangeForm,
    "enter": forms.EnterForm,
}
_RECORDED = (AwardState.SIGNED, AwardState.RUNNING, AwardState.SETTLED)


def winner_forms(session: Session, found: Award, part: Part) -> dict[str, Any]:
    """What the winner's people may do now; named apart from the organiser's."""
    if not part.signs:
        return {}
    offered: list[str] = []
    if found.state is AwardState.NOTICE and not why_not(found):
        offered.append("sign")
    if found.state is AwardState.RUNNING and not _waits(found.evaluations):
        offered.append("report")
    if found.state in _WORKING:
        offered.append("change")
    if found.state in _RECORDED and queries.levels_above(session, found.competition):
        offered.append("enter")
    return {f"own_{each}": winner_form(session, found, each, fresh=True) for each in offered}


def _waits(found: Sequence[Any]) -> bool:
    return any(each.accepted is None for each in found)


def winner_form(session: Session, found: Award, verb: str, *, fresh: bool = False) -> Any:
    """A form of the winner's."""
    form: Any = _form(_WINNER[verb], f"own_{verb}", {} if fresh else None)
    if verb == "enter":
        form.competition_id.choices = [
            (each.id, each.title) for each in queries.levels_above(session, found.competition)
        ]
    return form


def _form(kind: Any, prefix: str, data: dict[str, Any] | None) -> Any:
    if data is None:
        return kind(prefix=f"{prefix}-")
    return kind(prefix=f"{prefix}-", formdata=None, data=data)


def knows(verb: str, *, winner: bool) -> bool:
    """Whether there is such an act."""
    return verb in (_WINNER if winner else _DECIDER)


def candidates(session: Session, found: Competition) -> list[tuple[int, Application]]:
    """Ranked entries that have no award, by place."""
    ranking = queries.published_ranking(session, found.id, queries.final_round(found))
    awarded = {
        each.application_id
        for each in queries.awards_of_competition(session, found.id)
        if each.state is not AwardState.DROPPED
    }
    entries = {each.id: each for each in queries.applications_of_competition(session, found.id)}
    open_ = {ApplicationState.ELIGIBLE, ApplicationState.SHORTLISTED, ApplicationState.NOT_AWARDED}
    return [
        (row.place, entries[row.application_id])
        for row in (ranking.rows if ranking else [])
        if row.application_id in entries
        and row.application_id not in awarded
        and entries[row.application_id].state in open_
    ]
