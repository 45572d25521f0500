"""What the public pages of competitions show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, Permission, require
from charity.paging import Page
from charity.registry import queries as registry
from projects.listings.models import Need, NeedState
from projects.ventures import policy, queries
from projects.ventures.models import (
    Application,
    Award,
    AwardState,
    Competition,
    CompetitionLevel,
    CompetitionState,
    JudgingRound,
    Ranking,
)
from projects.ventures.queries.showing import (
    entries,
    entries_page,
    funders_of_many,
    objections_of_many,
)
from projects.ventures.steps import has_reached
from web.filters import day, yuan, yuan_short
from web.labels import choices, label
from web.listings.filters import place_options
from web.listings.posting import home_region
from web.ventures import shapes, words
from web.ventures.filters import CallFilters
from web.ventures.sums import cap_examples, caps_of, pool_view

#: Competitions on a page of the list.
SIZE = 30
#: Applications shown on the page of a competition, and on a page of their own list.
ENTRIES_MOST, PAGE_OF_ENTRIES = 30, 100


def index_context(session: Session, actor: Actor, chosen: CallFilters) -> dict[str, Any]:
    """The list: open calls, what goes on, what is over."""
    page = queries.competitions_page(
        session, chosen.page, level=chosen.level, region_code=chosen.place, size=SIZE
    )
    cards = cards_of(session, page.items)
    pairs = list(zip(page.items, cards, strict=True))
    calls = [card for found, card in pairs if found.state is CompetitionState.CALL]
    past = [card for found, card in pairs if shapes.is_past(found)]
    return {
        "page": page,
        "page_url": chosen.url,
        "open": calls,
        "running": [card for card in cards if card not in calls and card not in past],
        "past": past,
        "chosen": chosen,
        "levels": choices(CompetitionLevel),
        "places": place_options(session, chosen.place, home_region()),
        "mine_url": _if_holds(actor, Permission.VENTURE_APPLY, "ventures.mine"),
        "desk_url": _if_holds(actor, Permission.VENTURE_MANAGE, "ventures.desk"),
    }


def _if_holds(actor: Actor, permission: Permission, endpoint: str) -> str | None:
    return url_for(endpoint) if actor.holds_anywhere(permission) else None


def cards_of(
    session: Session, found: Sequence[Competition], *, desk: bool = False
) -> list[shapes.CallCard]:
    """Competitions as cards, two questions for all of them."""
    ids = [each.id for each in found]
    funders, counts = funders_of_many(session, ids), queries.counts_of_many(session, ids)
    return [
        shapes.call_card(each, funders.get(each.id, []), counts.get(each.id, 0), desk=desk)
        for each in found
    ]


def visible(session: Session, actor: Actor, competition_id: int) -> Competition:
    """The competition, where this reader may see it; else it is absent."""
    found = queries.competition(session, competition_id)
    require(policy.may_see_competition(actor, found))
    return found


def detail_context(session: Session, actor: Actor, found: Competition) -> dict[str, Any]:
    """Everything the page of one competition shows this reader."""
    terms, awards = found.terms, _announced(session, found)
    page = _entries(session, found, 1, ENTRIES_MOST)
    return {
        "competition": found,
        "intro": found.summary,
        "organiser": found.organiser,
        "path": registry.region_path(session, found.region_code),
        "parent": _parent(session, found),
        "state_label": label(found.state),
        "state_manner": words.state_manner(found.state),
        "cancelled": found.state_note if found.state is CompetitionState.CANCELLED else "",
        "steps": words.steps_view(found),
        "calendar": words.calendar_rows(found),
        "pool": pool_view(found.funders, found.fund_id, named=True),
        "tracks": [each.name for each in found.tracks],
        "caps": caps_of(terms),
        "cap_examples": cap_examples(terms),
        "rubric": [words.criterion_row(each) for each in found.criteria],
        "rules": words.rules_rows(terms),
        "rules_lead": _rules_lead(found),
        "rules_digest": found.rules_sha256,
        "needs": [need_row(each.need) for each in found.needs],
        "results": _results(session, actor, found, awards),
        "notices": _notices(session, awards),
        "awards": shapes.awards_view(awards),
        "showcase": [shapes.award_row(each) for each in awards if each.state is AwardState.SETTLED],
        **_listed(actor, found, page),
        **_act(session, actor, found),
    }


def _entries(session: Session, found: Competition, number: int, size: int) -> Page[Application]:
    """Who takes part, once that is decided."""
    if not has_reached(found.state, CompetitionState.REVIEW):
        return Page([], 1, size, 0)
    return entries_page(session, found.id, number, size)


def entries_context(
    session: Session, actor: Actor, found: Competition, number: int
) -> dict[str, Any]:
    """The whole list of who takes part, page by page."""
    page = _entries(session, found, number, PAGE_OF_ENTRIES)
    return {
        "competition": found,
        "page": page,
        "page_url": lambda at: url_for(
            "ventures.entries", competition_id=found.id, page=at if at > 1 else None
        ),
        **_listed(actor, found, page),
    }


def _announced(session: Session, found: Competition) -> list[Award]:
    if not has_reached(found.state, CompetitionState.NOTICE):
        return []
    return [
        each
        for each in queries.awards_of_competition(session, found.id)
        if each.notice_id is not None and each.state is not AwardState.DROPPED
    ]


def is_blind(found: Competition) -> bool:
    """Whether nobody is told yet which organisation stands behind an entry."""
    return found.terms.blind and not queries.is_ranked(found)


def _listed(actor: Actor, found: Competition, page: Page[Application]) -> dict[str, Any]:
    named = not is_blind(found)
    lead = _("资格审查以后公开，按送来的先后编号。")
    if page.items and not named:
        lead = _("评审结束以前只公开编号和名称，不公开是哪个单位。")
    rows = [
        shapes.application_row(each, named=named, url=_open_to(actor, each)) for each in page.items
    ]
    more = page.total > len(rows)
    here = url_for("ventures.entries", competition_id=found.id)
    return {
        "applications": rows,
        "applications_lead": str(lead),
        "entries_url": here if more else None,
        "entries_total": page.total,
    }


def _open_to(actor: Actor, found: Application) -> str | None:
    may = policy.may_see_application(actor, found)
    return shapes.application_url(found) if may else None


def need_row(need: Need) -> dict[str, str]:
    """A need the call asks for."""
    return {
        "url": url_for("needs.detail", need_id=need.id),
        "title": need.title,
        "place": need.region.name,
        "state": label(need.state),
        "manner": "good" if need.state is NeedState.FULFILLED else "wait",
    }


def _parent(session: Session, found: Competition) -> dict[str, str] | None:
    if found.parent_id is None:
        return None
    above = queries.competition(session, found.parent_id)
    if above.opened_at is None:
        return None
    return {"url": url_for("ventures.detail", competition_id=above.id), "title": above.title}


def _rules_lead(found: Competition) -> str:
    if found.opened_at is None:
        return str(_("草稿，开始征集时锁定。"))
    return str(_("%(day)s 锁定，之后谁也不能改。", day=day(found.opened_at)))


def ranking_of(session: Session, found: Competition) -> Ranking | None:
    """The ranking everybody may read: the final one once it is out, before it the review's."""
    if queries.is_ranked(found):
        return queries.published_ranking(session, found.id, queries.final_round(found))
    if found.terms.shortlist and has_reached(found.state, CompetitionState.SHORTLISTED):
        return queries.published_ranking(session, found.id, JudgingRound.REVIEW)
    return None


def _results(
    session: Session, actor: Actor, found: Competition, awards: Sequence[Award]
) -> shapes.Results | None:
    ranking = ranking_of(session, found)
    if ranking is None:
        return None
    shown = entries(session, [row.application_id for row in ranking.rows[: shapes.RESULTS_MOST]])
    urls = {id_: url for id_, each in shown.items() if (url := _open_to(actor, each))}
    return shapes.results_of(
        found,
        ranking,
        shown,
        urls,
        {each.application_id: each for each in awards},
        named=not is_blind(found),
    )


def _notices(session: Session, awards: Sequence[Award]) -> list[shapes.NoticeLine]:
    notices = [each.notice for each in awards if each.notice is not None]
    objections = objections_of_many(session, {each.id for each in notices})
    return [shapes.notice_line(each, objections.get(each.id, (0, 0))) for each in notices]


# ── what one can do ──────────────────────────────────────────────────────────────────────────────


def _act(session: Session, actor: Actor, found: Competition) -> dict[str, Any]:
    """The one act of the page, the facts beside it, and the reader's own applications."""
    terms, opens = found.terms, words.takes_applications(found)
    facts: list[tuple[str, str | None]] = [
        (str(_("申报截止")), day(found.call_until)),
        (str(_("还有几天")), words.due_said(found) if opens else None),
        (str(_("单个项目最多")), yuan_short(terms.cap)),
        (str(_("自己要筹")), str(_("预算的 %(share)s 以上", share=_share(terms)))),
    ]
    url = url_for("ventures.apply", competition_id=found.id)
    return {
        "act": {"url": url, "label": str(_("申报"))} if opens else _later_act(found),
        "act_title": str(_("申报")) if opens else label(found.state),
        "act_facts": facts if opens else _later_facts(found, _handed(session, found)),
        "act_note": str(_("登记过的社会组织都可以申报，草稿随时存。")) if opens else "",
        "own": own_rows(session, actor, found.id),
        "manage_url": url_for("ventures.manage", competition_id=found.id)
        if policy.manages(actor, found)
        else None,
    }


def _handed(session: Session, found: Competition) -> int:
    return queries.counts_of_many(session, [found.id]).get(found.id, 0)


def _later_act(found: Competition) -> dict[str, str] | None:
    """What everybody may do after the call: vote, or see who presents when."""
    if found.state is CompetitionState.VOTE:
        url = url_for("judging.vote", competition_id=found.id)
        return {"url": url, "label": str(_("去投票"))}
    if found.state is CompetitionState.DEFENCE:
        url = url_for("judging.defence", competition_id=found.id)
        return {"url": url, "label": str(_("答辩现场"))}
    return None


def _share(terms: Any) -> str:
    return f"{terms.self_raised_permille // 10}%"


def _later_facts(found: Competition, handed_in: int) -> list[tuple[str, str | None]]:
    return [
        (str(_("还剩多久")), words.due_said(found) or None),
        (str(_("申报数")), str(_("%(n)s 个", n=handed_in)) if handed_in else None),
        (str(_("奖补资金")), yuan(pool_view(found.funders).total)),
    ]


def own_rows(session: Session, actor: Actor, competition_id: int) -> list[shapes.ApplicationRow]:
    """What the reader's own organisations have written for a competition."""
    mine = queries.applications_of_organisations(
        session, actor.organisation_ids, competition_id=competition_id
    )
    return [
        shapes.application_row(each, named=True, url=shapes.application_url(each))
        for each in mine
        if policy.may_see_application(actor, each)
    ]
