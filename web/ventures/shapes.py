"""Competitions, applications, results and awards as rows that templates read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from charity.disclosure.models import Notice
from charity.money import Money
from projects.ventures.models import (
    Application,
    Award,
    AwardState,
    Competition,
    CompetitionFunder,
    CompetitionState,
    Ranking,
    TrancheState,
)
from web.filters import day, yuan
from web.labels import label
from web.notices.pages import left, manner
from web.standing.pages import said_of
from web.ventures import words
from web.ventures.sums import PoolView, pool_view

#: Places shown on the page; all of them are in the file.
RESULTS_MOST = 50


@dataclass(frozen=True, slots=True)
class CallCard:
    """A competition in a list."""

    url: str
    title: str
    level: str
    place: str
    organiser: str
    pool: PoolView
    count: str
    applications: int
    state: str
    manner: str
    due: str


def call_card(
    found: Competition, funders: Sequence[CompetitionFunder], count: int, *, desk: bool = False
) -> CallCard:
    """A competition as a card; on the organiser's desk it leads to its room there."""
    endpoint = "ventures.manage" if desk else "ventures.detail"
    return CallCard(
        url_for(endpoint, competition_id=found.id),
        found.title,
        label(found.level),
        found.region.name,
        found.organiser.name,
        pool_view(funders),
        str(_("%(n)s 个申报", n=count)) if count else "",
        count,
        label(found.state),
        words.state_manner(found.state),
        words.due_said(found),
    )


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application in a list; `url` is None where this reader may not open it."""

    url: str | None
    number: str
    title: str
    organisation: str
    track: str | None
    asked: Money
    state: str
    manner: str


def title_of(found: Application) -> str:
    """What an application is called; a draft may have no name yet."""
    return found.title or str(_("还没有名字的申报"))


def application_row(found: Application, *, named: bool, url: str | None) -> ApplicationRow:
    """An application as a row; `named` says whether its organisation is shown."""
    return ApplicationRow(
        url,
        str(found.number or ""),
        title_of(found),
        found.organisation.name if named else "",
        found.track.name if found.track else None,
        found.asked,
        label(found.state),
        words.application_manner(found.state),
    )


def application_url(found: Application) -> str:
    """The page of an application."""
    return url_for("ventures.application", application_id=found.id)


# ── results ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One place of a ranking."""

    place: int
    title: str
    organisation: str
    points: str
    url: str | None
    awarded: str
    #: Points of the total for a rated applicant; empty without.
    bonus: str


@dataclass(frozen=True, slots=True)
class Results:
    """A published ranking."""

    lead: str
    rows: list[ResultRow]
    method: str
    digest: str
    file_url: str
    is_cut: bool


def results_of(
    found: Competition,
    ranking: Ranking,
    applications: Mapping[int, Application],
    urls: Mapping[int, str],
    awarded: Mapping[int, Award],
    *,
    named: bool,
) -> Results:
    """A published ranking as a section; `urls` of those this reader may open."""
    told = {each["place"]: each for each in ranking.file.get("places", ())}
    rows = []
    for row in ranking.rows[:RESULTS_MOST]:
        entry = applications.get(row.application_id)
        if entry is None:
            continue
        award = awarded.get(entry.id)
        said = "" if award is None else yuan(award.amount)
        rows.append(
            ResultRow(
                row.place, title_of(entry), entry.organisation.name if named else "",
                words.points_said(row.points), urls.get(entry.id), said,
                words.bonus_points(told.get(row.place, {})),
            )
        )  # fmt: skip
    sheets = sum(row.sheets for row in ranking.rows)
    return Results(
        lead=str(
            _(
                "%(day)s 公布。%(n)s 个项目，%(sheets)s 份评分表。",
                day=day(ranking.published_at), n=len(ranking.rows), sheets=sheets,
            )
        ),
        rows=rows,
        method=words.method_said(found.terms),
        digest=ranking.digest,
        file_url=url_for("ventures.results_file", competition_id=found.id),
        is_cut=len(ranking.rows) > RESULTS_MOST,
    )  # fmt: skip


# ── notices and awards ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice of an award."""

    url: str
    title: str
    period: str
    state: str
    manner: str
    left: str
    objections: str


def notice_line(found: Notice, objections: tuple[int, int]) -> NoticeLine:
    """A notice as a row; `objections` are how many there are and how many are answered."""
    many, answered = objections
    said = _("%(n)s 条，%(open)s 条等答复", n=many, open=many - answered)
    return NoticeLine(
        url_for("notices.detail", notice_id=found.id),
        found.title,
        words.days_said(found.starts_on, found.ends_on),
        label(found.state),
        manner(found),
        left(found),
        str(said) if many > answered else str(_("%(n)s 条，都答复了", n=many)) if many else "—",
    )


@dataclass(frozen=True, slots=True)
class TrancheRow:
    """One stage of an award."""

    name: str
    percent: str
    amount: Money
    needs: str
    state: str
    manner: str


@dataclass(frozen=True, slots=True)
class AwardRow:
    """One award with its stages."""

    url: str | None
    title: str
    organisation: str
    state: str
    manner: str
    honour: str
    said: str
    tranches: list[TrancheRow]
    fund_url: str | None
    summary: str
    award_url: str


def award_row(found: Award) -> AwardRow:
    """An award as a section of its competition."""
    return AwardRow(
        application_url(found.application),
        title_of(found.application),
        found.application.organisation.name,
        label(found.state),
        words.AWARD_MANNERS.get(found.state, "jade"),
        found.honour,
        str(
            _(
                "一共 %(sum)s，已经给 %(paid)s，还留着 %(held)s。",
                sum=yuan(found.amount), paid=yuan(found.paid), held=yuan(found.withheld),
            )
        ),
        [
            TrancheRow(
                str(_("第 %(n)s 笔", n=each.number)),
                f"{each.percent}%",
                each.amount,
                label(each.needs),
                _stage_said(found, each.state),
                words.TRANCHE_MANNERS[each.state],
            )
            for each in found.tranches
        ],
        None if found.fund_id is None else url_for("ledger.fund", fund_id=found.fund_id),
        found.closed_because or found.application.summary,
        url_for("awards.detail", award_id=found.id),
    )  # fmt: skip


def _stage_said(found: Award, state: TrancheState) -> str:
    if state is TrancheState.WITHHELD and found.state is AwardState.NOTICE:
        return str(_("公示中，还没有给"))
    return label(state)


@dataclass(frozen=True, slots=True)
class AwardsView:
    """All awards of a competition: what is paid, what is withheld."""

    total: Money
    segments: list[tuple[str, int]]
    legend: list[tuple[str, str, Money]]
    said: str
    rows: list[AwardRow]


def awards_view(found: Sequence[Award]) -> AwardsView | None:
    """The awards everybody may see; None while there are none."""
    if not found:
        return None
    total = Money.total(each.amount for each in found)
    paid = Money.total(each.paid for each in found)
    held = Money.total(each.withheld for each in found)
    return AwardsView(
        total,
        [("spent", paid.fen), ("held", held.fen)],
        [("spent", str(_("已经给")), paid), ("held", str(_("还留着")), held)],
        str(
            _(
                "一共奖补 %(sum)s，已经给 %(paid)s，还留着 %(held)s",
                sum=yuan(total), paid=yuan(paid), held=yuan(held),
            )
        ),
        [award_row(each) for each in found],
    )  # fmt: skip


# ── findings ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One thing the rules say of an application."""

    verdict: str
    manner: str
    said: str
    rule: str
    blocks: bool


def finding_rows(found: Application) -> list[FindingRow]:
    """What the rules said when they were asked; one good line where nothing was found."""
    if found.checked_at is None:
        return []
    if not found.findings:
        return [
            FindingRow(
                str(_("符合")), "good", str(_("登记、名录、年检和资金都没有发现问题。")), "", False
            )
        ]
    return [_finding(kept) for kept in found.findings]


def _finding(kept: dict[str, Any]) -> FindingRow:
    said = said_of(kept)
    return FindingRow(
        str(_("不够条件")) if said.blocks else str(_("请注意")),
        "bad" if said.blocks else "wait",
        said.words,
        said.rule,
        said.blocks,
    )


def is_past(found: Competition) -> bool:
    """Whether it is over."""
    return found.state in (CompetitionState.CLOSED, CompetitionState.CANCELLED)
