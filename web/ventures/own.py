"""What applicants see: beginning, writing, signing, their applications and each one's page."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.evidence import MAX_BYTES
from charity.registry import queries as registry
from charity.registry.models import Organisation, Person
from projects.ventures import policy, queries
from projects.ventures.models import Application, ApplicationState, Competition
from web.filters import day, moment
from web.labels import label
from web.ventures import shapes, words
from web.ventures.commitment import Commitment
from web.ventures.forms import ApplicationForm
from web.ventures.pages import own_rows
from web.ventures.sums import budget_of, budget_view

_OPEN = ApplicationState.DRAFT


def organisations_for(session: Session, actor: Actor, found: Competition) -> list[Organisation]:
    """The organisations this person may apply for here."""
    if not actor.organisation_ids:
        return []
    mine = registry.organisations(session, actor.organisation_ids)
    return [each for each in mine if policy.may_apply(actor, found, each)]


def apply_context(session: Session, actor: Actor, found: Competition) -> dict[str, Any]:
    """The page where one begins."""
    return {
        "competition": found,
        "closed": "" if words.takes_applications(found) else closed_said(found),
        "deadline": day(found.call_until),
        "own": own_rows(session, actor, found.id),
    }


def closed_said(found: Competition) -> str:
    """Why nobody can apply now."""
    return words.due_said(found) or label(found.state)


def editable(session: Session, actor: Actor, application_id: int) -> Application:
    """The application for whoever may write it; to others it is absent or refused."""
    found = queries.application(session, application_id)
    require(policy.may_edit_application(actor, found))
    return found


def deadline_said(found: Competition) -> str:
    """Until when it may be handed in."""
    return str(_("%(day)s 截止，%(left)s", day=day(found.call_until), left=words.due_said(found)))


def crumbs(found: Application, last: str | None = None) -> list[tuple[str, str | None]]:
    """The way to an application, or to a page of it."""
    competition = found.competition
    there = url_for("ventures.detail", competition_id=competition.id)
    way: list[tuple[str, str | None]] = [
        (str(_("公益创投")), url_for("ventures.index")),
        (competition.title, there),
    ]
    if last is None:
        return [*way, (shapes.title_of(found), None)]
    return [*way, (shapes.title_of(found), shapes.application_url(found)), (last, None)]


def papers_of(found: Application) -> list[dict[str, Any]]:
    """The papers of an application, as links."""
    return [
        {
            "id": each.id,
            "name": each.name,
            "url": url_for("ventures.paper", application_id=found.id, file_id=each.id),
            "may_drop": found.state is _OPEN,
        }
        for each in found.files
    ]


def edit_context(
    session: Session, found: Application, form: ApplicationForm, *, saved: bool
) -> dict[str, Any]:
    """The page where one writes; the sums are of what is typed now."""
    competition = queries.competition(session, found.competition_id)
    return {
        "form": form,
        "competition": competition,
        "organisation": found.organisation,
        "crumbs": crumbs(found, str(_("写申报书"))),
        "deadline": deadline_said(competition),
        "blind": competition.terms.blind,
        "budget": budget_view(form.typed(), competition.terms),
        "papers": papers_of(found),
        "most_megabytes": MAX_BYTES // 10**6,
        "saved": saved,
    }


def missing_of(found: Application, budget_checks: list[Any]) -> list[str]:
    """What must still be written before it can be signed, each a short line."""
    missing = [
        (str(_("项目名称")), found.title),
        (str(_("一句话说清楚")), found.summary),
        (str(_("打算怎么做")), found.plan),
        (str(_("预算")), found.lines),
        (str(_("方向")), found.track_id or not found.competition.tracks),
    ]
    said = [str(_("还没有写：%(what)s", what=what)) for what, there in missing if not there]
    if found.lines and not found.asked:
        said.append(str(_("还没有写申请多少资助")))
    return said + [check.said for check in budget_checks if check.ok is False]


def sign_context(found: Application, words_signed: Commitment) -> dict[str, Any]:
    """The page where one reads it all once more and signs."""
    budget = budget_of(found, found.competition.terms)
    return {
        "application": found,
        "crumbs": crumbs(found, str(_("签告知承诺"))),
        "deadline": deadline_said(found.competition),
        "facts": facts_of(found),
        "budget": budget,
        "missing": missing_of(found, budget.checks),
        "commitment": words_signed,
        "edit_url": url_for("ventures.edit", application_id=found.id),
    }


def person_name(session: Session, actor: Actor) -> str:
    """The name of the person who signs."""
    person = session.get(Person, actor.person_id or 0)
    return person.name if person else ""


def facts_of(found: Application) -> list[tuple[str, str | None]]:
    """Who, where, in which track, for which need."""
    return [
        (str(_("创投")), found.competition.title),
        (str(_("申报单位")), found.organisation.name),
        (str(_("编号")), str(found.number) if found.number else None),
        (str(_("方向")), found.track.name if found.track else None),
        (str(_("在哪里做")), found.region.name),
        (str(_("办哪一件事")), found.need.title if found.need else None),
        (str(_("附件")), str(_("%(n)s 份", n=len(found.files))) if found.files else None),
    ]


# ── the page of one application ──────────────────────────────────────────────────────────────────


def application_context(session: Session, actor: Actor, found: Application) -> dict[str, Any]:
    """One application: in full for its people and the organiser, in public what is public."""
    own = found.organisation_id in actor.organisation_ids
    inside = own or policy.manages(actor, found.competition)
    may_edit = bool(policy.may_edit_application(actor, found))
    return {
        "application": found,
        "crumbs": crumbs(found),
        "state_label": label(found.state),
        "state_manner": words.application_manner(found.state),
        "track": found.track.name if found.track else "",
        "place": found.region.name,
        "who": found.organisation.name,
        "steps": _steps(found),
        "is_own": own,
        "is_inside": inside,
        "reason": _reason(found) if inside else None,
        "budget": budget_of(found, found.competition.terms),
        "facts": _aside(found),
        "acts": _acts(found, may_edit=may_edit),
        "withdraws": may_edit and _may_leave(found),
        "need": {
            "url": url_for("needs.detail", need_id=found.need.id),
            "title": found.need.title,
        }
        if found.need
        else None,
        "findings": shapes.finding_rows(found) if inside else [],
        "papers": papers_of(found) if inside else [],
        "commitment": _signed(found) if inside else None,
    }


def _may_leave(found: Application) -> bool:
    left = {ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE,
            ApplicationState.SHORTLISTED}  # fmt: skip
    return found.state in left and not queries.is_ranked(found.competition)


def _acts(found: Application, *, may_edit: bool) -> list[dict[str, Any]]:
    if not may_edit or found.state is not _OPEN or not words.takes_applications(found.competition):
        return []
    sign = url_for("ventures.sign", application_id=found.id)
    edit = url_for("ventures.edit", application_id=found.id)
    return [
        {"url": edit, "label": str(_("接着写")), "quiet": False},
        {"url": sign, "label": str(_("看一遍，签名送出")), "quiet": True},
    ]


def _aside(found: Application) -> list[tuple[str, Any]]:
    return [
        (str(_("预算一共")), found.total),
        (str(_("自筹")), found.self_raised),
        (str(_("创投")), found.competition.title),
        (str(_("编号")), str(found.number) if found.number else None),
        (str(_("申报截止")), day(found.competition.call_until) if found.state is _OPEN else None),
        (str(_("送出时间")), moment(found.submitted_at) if found.submitted_at else None),
    ]


def _reason(found: Application) -> dict[str, str] | None:
    if not found.decision_note:
        return None
    titles = {
        ApplicationState.INELIGIBLE: _("没有进入评审的理由"),
        ApplicationState.WITHDRAWN: _("撤回的理由"),
    }
    return {"title": str(titles.get(found.state, _("审查意见"))), "text": found.decision_note}


_PATH = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.SHORTLISTED,
    ApplicationState.AWARDED,
)
_REPLACED = {
    ApplicationState.INELIGIBLE: ApplicationState.ELIGIBLE,
    ApplicationState.NOT_SHORTLISTED: ApplicationState.SHORTLISTED,
    ApplicationState.NOT_AWARDED: ApplicationState.AWARDED,
}


def _steps(found: Application) -> list[tuple[str, str, str | None]]:
    """How far it is; a refusal stands where the step would have been."""
    if found.state is ApplicationState.WITHDRAWN:
        return [(label(found.state), "bad", None)]
    path = [
        step
        for step in _PATH
        if step is not ApplicationState.SHORTLISTED or found.competition.terms.shortlist
    ]
    at = path.index(_REPLACED.get(found.state, found.state))
    shown: list[tuple[str, str, str | None]] = []
    for number, step in enumerate(path):
        if number == at:
            refused = found.state in _REPLACED
            shown.append((label(found.state), "bad" if refused else "now", None))
        else:
            shown.append((label(step), "done" if number < at else "todo", None))
    return shown


def _signed(found: Application) -> dict[str, Any] | None:
    if found.signed_at is None:
        return None
    facts = [
        (str(_("签于")), moment(found.signed_at)),
        (str(_("文本")), found.commitment_version),
    ]
    return {"facts": facts, "digest": found.commitment_sha256, "text": found.commitment_text}


# ── all of them ──────────────────────────────────────────────────────────────────────────────────


def mine_context(session: Session, actor: Actor) -> dict[str, Any]:
    """Everything the reader's organisations applied for."""
    found = queries.applications_of_organisations(session, actor.organisation_ids)
    return {"rows": [_mine(each) for each in found]}


def _mine(found: Application) -> dict[str, Any]:
    competition = found.competition
    is_draft = found.state is _OPEN
    over = is_draft and not words.takes_applications(competition)
    return {
        "url": shapes.application_url(found),
        "title": shapes.title_of(found),
        "organisation": found.organisation.name,
        "competition": competition.title,
        "competition_url": url_for("ventures.detail", competition_id=competition.id),
        "asked": found.asked,
        "state": str(_("没有送出")) if over else label(found.state),
        "manner": words.application_manner(found.state),
        "reason": found.decision_note,
        "due": words.due_said(competition) if is_draft else "",
    }
