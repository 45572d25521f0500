"""What the organiser's desk shows: the room of a competition, its rubric, who may take part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import ROLE_PERMISSIONS, Actor, Permission, require
from charity.money import ZERO
from projects.listings.queries.life import parties_to_choose
from projects.listings.queries.needs import NeedFilter, public_needs
from projects.ventures import policy, queries
from projects.ventures.models import (
    Application,
    ApplicationState,
    Competition,
    CompetitionState,
    JudgingRound,
)
from projects.ventures.queries.showing import waiting_page
from projects.ventures.steps import has_reached, next_step
from web.filters import day
from web.labels import label
from web.ventures import own, shapes, words
from web.ventures.forms import WithdrawApplicationForm
from web.ventures.forms_desk import AdmitForm, FunderForm, ReasonForm, TracksForm
from web.ventures.pages import PAGE_OF_ENTRIES, cards_of, need_row
from web.ventures.promises import changes_pool, drop_url, promise_url, takes_promises
from web.ventures.sums import budget_of, pool_view

#: Needs offered to choose from.
NEEDS_MOST = 60
Crumbs = list[tuple[str, str | None]]


def organiser_ids(actor: Actor) -> set[int]:
    """The organisations for which this person runs competitions."""
    return {
        grant.organisation_id
        for grant in actor.grants
        if Permission.VENTURE_MANAGE in ROLE_PERMISSIONS[grant.role]
        and grant.organisation_id is not None
    }


def desk_context(session: Session, actor: Actor) -> dict[str, Any]:
    """The competitions this person runs."""
    found = queries.competitions_of(session, organiser_ids(actor))
    return {"rows": cards_of(session, found, desk=True)}


def managed(session: Session, actor: Actor, competition_id: int) -> Competition:
    """The competition for those who run it; to others it is absent or refused."""
    found = queries.competition(session, competition_id)
    require(policy.may_manage(actor, found))
    return found


def crumbs(found: Competition, last: str | None = None) -> Crumbs:
    """The way to the room of a competition, or to a page of it."""
    here = url_for("ventures.manage", competition_id=found.id)
    way: Crumbs = [
        (str(_("待办")), url_for("desk.home")),
        (str(_("办创投")), url_for("ventures.desk")),
    ]
    if last is None:
        return [*way, (found.title, None)]
    return [*way, (found.title, here), (last, None)]


def rooms(found: Competition) -> list[tuple[str, str, str]]:
    """The rooms of a competition, as far as it has come to them."""

    def to(endpoint: str) -> str:
        return url_for(endpoint, competition_id=found.id)

    shown = [("manage", str(_("概况")), to("ventures.manage"))]
    if has_reached(found.state, CompetitionState.CALL):
        shown.append(("eligibility", str(_("资格审查")), to("ventures.eligibility")))
    if found.terms.shortlist and has_reached(found.state, CompetitionState.REVIEW):
        shown.append(("shortlist", str(_("入围")), to("ventures.shortlist")))
    if has_reached(found.state, CompetitionState.CALL):
        shown.append(("judging", str(_("评委打分")), to("judging.desk")))
    if has_reached(found.state, CompetitionState.REVIEW):
        shown.append(("ranking", str(_("名次")), to("judging.ranking")))
    if has_reached(found.state, CompetitionState.RANKED):
        shown.append(("awards", str(_("资助")), to("awards.desk")))
    return shown


def manage_context(
    session: Session, actor: Actor, found: Competition, wrong: Mapping[str, Any]
) -> dict[str, Any]:
    """The room of a competition; `wrong` holds forms that must be mended."""
    is_draft = found.state is CompetitionState.DRAFT
    weights = sum(each.weight for each in found.criteria)
    return {
        "competition": found,
        "crumbs": crumbs(found),
        "tabs": rooms(found),
        "state_label": label(found.state),
        "state_manner": words.state_manner(found.state),
        "due": words.due_said(found),
        "is_public": found.opened_at is not None,
        "is_draft": is_draft,
        "steps": words.steps_view(found),
        "calendar": words.calendar_rows(found),
        "missing": missing_of(found) if is_draft else [],
        "next": _next(found),
        "next_note": _next_note(found),
        "counts": _counts(session, found),
        "rubric": [words.criterion_row(each) for each in found.criteria],
        "rubric_said": str(_("一共 %(n)s 分，要正好 100 分。", n=weights))
        if weights != 100
        else str(_("满分 100 分。")),
        "pool": pool_view(found.funders, found.fund_id, named=True),
        "change_url": promise_url(found),
        "pool_url": url_for("ventures.change_pool", competition_id=found.id)
        if changes_pool(found)
        else None,
        "tracks": [each.name for each in found.tracks],
        "needs": [{**need_row(each.need), "drop_url": drop_url(found, each.need_id)}
                  for each in found.needs],
        "takes_needs": is_draft or found.state is CompetitionState.CALL,
        "forms": _forms(session, found, wrong),
    }  # fmt: skip


def _forms(session: Session, found: Competition, wrong: Mapping[str, Any]) -> dict[str, Any]:
    """The forms that are open now; those with faults as they were sent."""
    over = (CompetitionState.CLOSED, CompetitionState.CANCELLED)
    forms: dict[str, Any] = {}
    if found.state is CompetitionState.DRAFT:
        forms["tracks"] = TracksForm(
            formdata=None, names="\n".join(each.name for each in found.tracks)
        )
    if takes_promises(found):
        forms["funder"] = funder_form(session, found, fresh=True)
    if not has_reached(found.state, CompetitionState.NOTICE) and found.state not in over:
        forms["cancel"] = ReasonForm(formdata=None)
    return {**forms, **wrong}


def funder_form(session: Session, found: Competition, *, fresh: bool) -> FunderForm:
    """The form of a promise, with the organisations of the district and above."""
    named = {each.organisation_id for each in found.funders}
    offered = [
        each for each in parties_to_choose(session, found.region_code) if each.id not in named
    ]
    form = FunderForm.among(offered)
    if fresh:
        form.process(formdata=None)
    return form


def missing_of(found: Competition) -> list[str]:
    """What must be there before the call may open."""
    terms, weights = found.terms, sum(each.weight for each in found.criteria)
    voted = bool(found.vote_from and found.vote_until)
    wanted = (
        (weights == 100, _("打分表要正好 100 分，现在 %(n)s 分", n=weights)),
        (found.fund_id is not None, _("请募捐的慈善组织出纳开立奖金池")),
        (bool(found.funders), _("写上谁出多少钱")),
        (found.review_until is not None, _("写上评审到哪天")),
        (found.call_until >= clock.today(), _("申报截止的日子已经过了，请改")),
        (not terms.vote_permille or voted, _("写上投票的起止日子")),
    )
    return [str(said) for there, said in wanted if not there]


def _next(found: Competition) -> dict[str, Any] | None:
    """The one act that brings it on; None where something else must happen first."""
    if found.state is CompetitionState.DRAFT:
        if missing_of(found):
            return None
        return {
            "url": url_for("ventures.open_call", competition_id=found.id),
            "label": str(_("开始征集")),
            "confirm": str(_("规则、打分表、方向和截止日期从此锁定，谁也不能改。")),
        }
    step = next_step(found.state, found.terms)
    waits = found.state is CompetitionState.CALL and clock.today() <= found.call_until
    if step is None or step is CompetitionState.NOTICE or waits:
        return None
    return {
        "url": url_for("ventures.move_on", competition_id=found.id),
        "label": str(_("下一步：%(step)s", step=label(step))),
        "confirm": _warning(step),
    }


def _warning(step: CompetitionState) -> str:
    said = {
        CompetitionState.ELIGIBILITY: _("以后不再收申报。"),
        CompetitionState.REVIEW: _("每份申报都要先有决定。够条件的会公开编号和名称。"),
        CompetitionState.SHORTLISTED: _("按公布的名次定入围，落选的单位会看到结果。"),
        CompetitionState.RANKED: _("名次公布以后不能再改。"),
        CompetitionState.AWARDED: _("没有拿到资助的单位会看到结果。"),
        CompetitionState.CLOSED: _("结束以后只能看，不能再办。"),
    }
    return str(said.get(step, _("进入以后不能退回上一步。")))


def _next_note(found: Competition) -> str:
    if found.state is CompetitionState.CALL and clock.today() <= found.call_until:
        return str(_("申报到 %(day)s 为止。已经送来的可以先审查。", day=day(found.call_until)))
    if found.state is CompetitionState.RANKED:
        return str(_("名次已经公布。下一步在“资助”里提出名单，公示。"))
    return ""


def _counts(session: Session, found: Competition) -> list[tuple[str, str]]:
    if found.state is CompetitionState.DRAFT:
        return []
    counted = queries.counts(session, found.id)
    return [
        (label(state), str(_("%(n)s 份", n=counted[state])))
        for state in ApplicationState
        if state is not ApplicationState.DRAFT and counted.get(state)
    ]


# ── needs of the place ───────────────────────────────────────────────────────────────────────────


def needs_context(session: Session, found: Competition) -> dict[str, Any]:
    """Needs of the place that nobody has finished, and that are not in the call yet."""
    there = {each.need_id for each in found.needs}
    asked = NeedFilter(region_code=found.region_code, wanting=True, posts=False)
    page = public_needs(session, asked, size=NEEDS_MOST)
    rows = [
        {**need_row(each), "id": each.id, "group": label(each.beneficiary_group)}
        for each in page.items
        if each.id not in there
    ]
    return {
        "competition": found,
        "crumbs": crumbs(found, str(_("居民提出的事"))),
        "place": found.region.name,
        "rows": rows,
        "back": url_for("ventures.manage", competition_id=found.id, _anchor="needs"),
    }


# ── who may take part ────────────────────────────────────────────────────────────────────────────


def eligibility_context(session: Session, found: Competition, number: int) -> dict[str, Any]:
    """What was handed in, a page of it: what the rules found, and what was decided."""
    page = waiting_page(session, found.id, number, PAGE_OF_ENTRIES)
    waiting = queries.counts(session, found.id).get(ApplicationState.SUBMITTED, 0)
    before = found.state in (CompetitionState.CALL, CompetitionState.ELIGIBILITY)
    return {
        "competition": found,
        "crumbs": crumbs(found, str(_("资格审查"))),
        "tabs": rooms(found),
        "said": str(_("一共 %(n)s 份，还有 %(left)s 份等决定。", n=page.total, left=waiting)),
        "decides": bool(waiting) and before,
        "checked": all(each.checked_at for each in page.items),
        "rows": [_eligibility_row(each) for each in page.items],
        "page": page,
        "page_url": lambda at: url_for(
            "ventures.eligibility", competition_id=found.id, page=at if at > 1 else None
        ),
    }


def _eligibility_row(found: Application) -> dict[str, Any]:
    rows = shapes.finding_rows(found)
    blocks = [row for row in rows if row.blocks]
    warns = [row for row in rows if row.rule and not row.blocks]
    if found.checked_at is None:
        said, manner = _("还没有查"), ""
    elif blocks:
        said, manner = _("不够条件"), "bad"
    elif warns:
        said, manner = _("请注意"), "wait"
    else:
        said, manner = _("符合"), "good"
    return {
        "url": url_for("ventures.admission", application_id=found.id),
        "number": found.number,
        "title": shapes.title_of(found),
        "organisation": found.organisation.name,
        "asked": found.asked,
        "found": str(said),
        "found_manner": manner,
        "problems": [row.said for row in (*blocks, *warns)],
        "state": label(found.state),
        "manner": words.application_manner(found.state),
    }


def handed_in(session: Session, actor: Actor, application_id: int) -> Application:
    """An application for those who run its competition."""
    found = queries.application(session, application_id)
    require(policy.may_see_application(actor, found))
    require(policy.may_manage(actor, found.competition))
    return found


def admission_context(
    session: Session, actor: Actor, found: Application, admit: AdmitForm, refuse: ReasonForm
) -> dict[str, Any]:
    """One application before who decides on it."""
    findings = shapes.finding_rows(found)
    waits = found.state is ApplicationState.SUBMITTED
    return {
        "application": found,
        "title": shapes.title_of(found),
        "crumbs": [
            *crumbs(found.competition, str(_("资格审查")))[:-1],
            (str(_("资格审查")), url_for("ventures.eligibility",
                                      competition_id=found.competition_id)),
            (shapes.title_of(found), None),
        ],
        "state_label": label(found.state),
        "state_manner": words.application_manner(found.state),
        "who": found.organisation.name,
        "facts": own.facts_of(found),
        "budget": budget_of(found, found.competition.terms),
        "findings": findings,
        "blocked": any(row.blocks for row in findings),
        "papers": own.papers_of(found),
        "may_decide": waits and bool(policy.may_decide(actor, found)),
        "decided": found.decision_note,
        "admit": admit,
        "refuse": refuse,
    }  # fmt: skip


# ── the shortlist ────────────────────────────────────────────────────────────────────────────────


def shortlist_context(session: Session, found: Competition) -> dict[str, Any]:
    """The published ranking of the review, and who goes on by it."""
    size = found.terms.shortlist
    ranking = queries.published_ranking(session, found.id, JudgingRound.REVIEW)
    applications = {
        each.id: each for each in queries.applications_of_competition(session, found.id)
    }
    rows = [
        {
            "place": row.place,
            "title": shapes.title_of(applications[row.application_id]),
            "url": shapes.application_url(applications[row.application_id]),
            "points": words.points_said(row.points),
            "state": str(_("入围")) if row.place <= size else str(_("不入围")),
            "manner": "good" if row.place <= size else "",
        }
        for row in (ranking.rows if ranking else [])
        if row.application_id in applications
    ]
    names = found.state is CompetitionState.REVIEW and bool(rows)
    return {
        "competition": found,
        "crumbs": crumbs(found, str(_("入围"))),
        "tabs": rooms(found),
        "said": str(_("前 %(n)s 名入围，按公布的评审名次。", n=size)),
        "rows": rows,
        "size": size,
        "shortlist_url": url_for("ventures.move_on", competition_id=found.id) if names else None,
    }


# ── the treasurer's page ─────────────────────────────────────────────────────────────────────────


def money_context(found: Competition, pool: Any, forms: Mapping[int, Any]) -> dict[str, Any]:
    """The pool for the treasurer who opens it and says what arrived."""
    view = pool_view(found.funders, found.fund_id, named=True)
    return {
        "competition": found,
        "pool": view,
        "open_form": pool,
        "forms": forms,
        "left": view.total - view.arrived if view.total > view.arrived else ZERO,
    }


def withdraw_form() -> WithdrawApplicationForm:
    """An empty form of withdrawing."""
    return WithdrawApplicationForm(formdata=None)
