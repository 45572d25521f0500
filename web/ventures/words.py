"""Steps, days and rules of a competition in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from charity import clock
from projects.ventures.models import (
    ApplicationState,
    AwardState,
    Competition,
    CompetitionState,
    Criterion,
    RankingMethod,
    TrancheState,
)
from projects.ventures.steps import has_reached, steps_of
from projects.ventures.terms import CompetitionTerms
from web.filters import day, percent
from web.labels import label

STATE_MANNERS = {
    CompetitionState.CALL: "seal",
    CompetitionState.CLOSED: "good",
    CompetitionState.CANCELLED: "bad",
    CompetitionState.DRAFT: "",
}
APPLICATION_MANNERS = {
    ApplicationState.DRAFT: "",
    ApplicationState.ELIGIBLE: "jade",
    ApplicationState.SHORTLISTED: "jade",
    ApplicationState.INELIGIBLE: "bad",
    ApplicationState.AWARDED: "good",
    ApplicationState.WITHDRAWN: "",
    ApplicationState.NOT_SHORTLISTED: "",
    ApplicationState.NOT_AWARDED: "",
}
AWARD_MANNERS = {
    AwardState.NOTICE: "wait",
    AwardState.SETTLED: "good",
    AwardState.TERMINATED: "bad",
}
TRANCHE_MANNERS = {
    TrancheState.WITHHELD: "",
    TrancheState.RELEASABLE: "wait",
    TrancheState.PAID: "good",
    TrancheState.CANCELLED: "bad",
}


def state_manner(state: CompetitionState) -> str:
    """The colour of a competition's state."""
    return STATE_MANNERS.get(state, "wait")


def application_manner(state: ApplicationState) -> str:
    """The colour of an application's state."""
    return APPLICATION_MANNERS.get(state, "wait")


# ── days ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the calendar."""

    name: str
    days: str
    left: str
    now: bool
    done: bool


def period_of(found: Competition, step: CompetitionState) -> tuple[date | None, date | None]:
    """The first and the last day of a step, as far as the calendar names them."""
    return {
        CompetitionState.CALL: (found.call_from, found.call_until),
        CompetitionState.REVIEW: (None, found.review_until),
        CompetitionState.DEFENCE: (found.defence_on, found.defence_on),
        CompetitionState.VOTE: (found.vote_from, found.vote_until),
        CompetitionState.AWARDED: (None, found.work_until),
    }.get(step, (None, None))


def days_said(first: date | None, last: date | None) -> str:
    """A period in words; empty without a day."""
    if last is None:
        return "" if first is None else str(_("%(day)s 起", day=day(first)))
    if first == last:
        return day(last)
    if first is None:
        return str(_("%(day)s 以前", day=day(last)))
    return str(_("%(a)s 至 %(b)s", a=day(first), b=day(last)))


def left_said(first: date | None, last: date | None) -> str:
    """How long until it begins or ends; empty without a day."""
    today = clock.today()
    if first is not None and today < first:
        return str(_("%(n)s 天后开始", n=(first - today).days))
    if last is None:
        return ""
    left = (last - today).days
    if left < 0:
        return str(_("已经过了"))
    return str(_("今天最后一天")) if left == 0 else str(_("还有 %(n)s 天", n=left))


def calendar_rows(found: Competition) -> list[StepRow]:
    """The steps it uses, with their days."""
    rows = []
    for step in _shown_steps(found):
        first, last = period_of(found, step)
        now = found.state is step
        done = has_reached(found.state, step) and not now
        left = "" if done else left_said(first, last)
        rows.append(StepRow(label(step), days_said(first, last), left, now, done))
    return rows


def steps_view(found: Competition) -> list[tuple[str, str, str | None]]:
    """The steps as `states` of macros/page.html draws them."""
    shown = []
    for step in _shown_steps(found):
        last = period_of(found, step)[1]
        now, reached = found.state is step, has_reached(found.state, step)
        manner = "now" if now else "done" if reached else "todo"
        shown.append((label(step), manner, day(last) if last else None))
    return shown


def _shown_steps(found: Competition) -> list[CompetitionState]:
    """The steps between the draft and the end; the end only once it is reached."""
    steps = steps_of(found.terms)[1:]
    return steps if found.state is CompetitionState.CLOSED else steps[:-1]


def due_said(found: Competition) -> str:
    """What is going on and for how long, in one short line."""
    if found.state is CompetitionState.CALL:
        if clock.today() > found.call_until:
            return str(_("申报已经截止"))
        if clock.today() < found.call_from:
            return str(_("%(day)s 开始申报", day=day(found.call_from)))
        left = (found.call_until - clock.today()).days
        return str(_("今天截止")) if left == 0 else str(_("还有 %(n)s 天截止", n=left))
    first, last = period_of(found, found.state)
    return left_said(first, last)


def takes_applications(found: Competition) -> bool:
    """Whether one may apply today."""
    is_open = found.state is CompetitionState.CALL
    return is_open and found.call_from <= clock.today() <= found.call_until


# ── rules ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One line of the rubric."""

    title: str
    weight: int
    anchors: tuple[str, ...]


def criterion_row(found: Criterion) -> CriterionRow:
    """A line of the rubric as a row."""
    lines = tuple(line.strip() for line in found.anchors.splitlines() if line.strip())
    return CriterionRow(found.title, found.weight, lines)


def method_said(terms: CompetitionTerms) -> str:
    """How scores become points, in one sentence."""
    if terms.method is RankingMethod.TRIMMED:
        return str(_("%(n)s 位评委起，去掉最高分和最低分，再平均。", n=terms.trim_from))
    if terms.method is RankingMethod.SEVERITY:
        return str(_("先算出每位评委给分的松紧，扯平以后再比。"))
    return str(_("所有评委的分加起来平均。"))


def rules_rows(terms: CompetitionTerms) -> list[tuple[str, str | None]]:
    """The frozen terms, one a line, in words."""
    stages = _("、").join(f"{part}%" for part in terms.tranches)
    vote = percent(terms.vote_permille, 1000) if terms.vote_permille else ""
    return [
        (_("几位评委"), _("每个项目 %(n)s 位", n=terms.judges_per_application)),
        (_("怎么算分"), method_said(terms)),
        (_("分数一样"), label(terms.tie_rule)),
        (_("盲评"), _("评委只看编号和方案，看不到单位") if terms.blind else _("不盲评")),
        (_("回避"), _("%(n)s 年内有资助往来、是亲属或同事的，不能评", n=terms.conflict_years)),
        (_("入围"), _("前 %(n)s 名", n=terms.shortlist) if terms.shortlist else None),
        (_("现场答辩"), _("有，以答辩得分定名次") if terms.has_defence else None),
        (_("公众投票"), _("一人一票，占总分 %(share)s", share=vote) if vote else None),
        (_("评估等级加分"), bonus_said(terms)),
        (_("公示"), notice_said(terms)),
        (_("分几次给"), stages),
    ]


def bonus_said(terms: CompetitionTerms) -> str | None:
    """What a rated applicant is given on top (ORG-15); None where nothing is."""
    if not terms.rating_bonus:
        return None
    points = f"{terms.rating_bonus // 10}.{terms.rating_bonus % 10}".removesuffix(".0")
    said = _("申报截止那天评估等级在 3A 以上的单位，总分加 %(n)s 分", n=points)
    return str(said)


def notice_said(terms: CompetitionTerms) -> str:
    """How long results stand for objections."""
    if terms.notice_rule.endswith(".workdays"):
        return str(_("五个工作日，有异议先答复"))
    return str(_("七天，有异议先答复"))


def bonus_points(row: Mapping[str, Any]) -> str:
    """The points on top in a row of a ranking's file; empty without any."""
    bonus = str(row.get("bonus", ""))
    return bonus if bonus.strip("0.") else ""


def points_said(millionths: int) -> str:
    """Points with two decimals, rounded half up."""
    hundredths = (millionths + 5_000) // 10_000
    return f"{hundredths // 100}.{hundredths % 100:02}"
