"""Rankings and the organiser's report as rows that templates read."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import DomainError
from projects.ventures import queries as ventures
from projects.ventures.models import Competition, CompetitionState, JudgingRound, Ranking
from projects.ventures.queries import judging
from projects.ventures.queries import ranking as queries
from projects.ventures.ranking import DecidedBy
from projects.ventures.replaying import FORMAT
from projects.ventures.scoring import shown
from projects.ventures.scrutiny import Change, Look, Report
from projects.ventures.steps import has_reached
from web.filters import day, moment
from web.judging.forms import NumberForm
from web.labels import label, sentence
from web.ventures import running, words
from web.ventures.shapes import title_of


def rounds_of(found: Competition) -> list[JudgingRound]:
    """The rounds that are ranked: the one that names the shortlist, and the deciding one."""
    final = ventures.final_round(found)
    if final is JudgingRound.DEFENCE and found.terms.shortlist:
        return [JudgingRound.REVIEW, final]
    return [final]


def ranking_context(
    session: Session, actor: Actor, found: Competition, wrong: Mapping[JudgingRound, NumberForm]
) -> dict[str, Any]:
    """Each round with its ranking, and what can be done with it."""
    return {
        "competition": found,
        "crumbs": running.crumbs(found, str(_("名次"))),
        "tabs": running.rooms(found),
        "method": words.method_said(found.terms),
        "tie": label(found.terms.tie_rule),
        "format": FORMAT,
        "rounds": [
            _round(session, actor, found, each, wrong.get(each)) for each in rounds_of(found)
        ],
    }


def _round(
    session: Session,
    actor: Actor,
    found: Competition,
    judging_round: JudgingRound,
    form: NumberForm | None,
) -> dict[str, Any]:
    ranking = queries.latest_ranking(session, actor, found.id, judging_round)
    left = judging.open_sheets(session, found.id, judging_round)
    is_final = judging_round is ventures.final_round(found)
    published = ranking is not None and ranking.published_at is not None
    return {
        "round": judging_round.value,
        "name": label(judging_round),
        "is_final": is_final,
        "left": left,
        "makes": not left and _may_make(found, judging_round, ranking),
        "form": form or number_form(judging_round, fresh=True),
        "ranking": ranking,
        "published": day(ranking.published_at) if ranking and published else "",
        "made": moment(ranking.made_at) if ranking else "",
        "digest": ranking.digest if ranking else "",
        "draw": _draw(ranking) if ranking else "",
        "votes": bool(ranking and ranking.file["rules"]["vote_permille"]),
        "rows": _rows(session, ranking) if ranking else [],
        "publish_url": url_for("judging.act", competition_id=found.id, verb="publish"),
        "rank_url": url_for("judging.act", competition_id=found.id, verb="rank"),
        "report_url": url_for(
            "judging.report", competition_id=found.id, round_name=judging_round.value
        )
        if not left
        else None,
        "file_url": url_for("ventures.results_file", competition_id=found.id)
        if published and (is_final is ventures.is_ranked(found))
        else None,
    }


def number_form(judging_round: JudgingRound, *, fresh: bool = False) -> NumberForm:
    """The form of the public number of a round."""
    prefix = f"{judging_round.value}-"
    return NumberForm(prefix=prefix, formdata=None) if fresh else NumberForm(prefix=prefix)


def _may_make(found: Competition, judging_round: JudgingRound, ranking: Ranking | None) -> bool:
    """Whether it may be ranked now; once published only where the public's votes come to it."""
    if not has_reached(found.state, CompetitionState.REVIEW) or ventures.is_ranked(found):
        return False
    if judging_round is JudgingRound.DEFENCE and not has_reached(
        found.state, CompetitionState.DEFENCE
    ):
        return False
    if ranking is None or ranking.published_at is None:
        return True
    waits = found.terms.vote_permille and not ranking.file["rules"]["vote_permille"]
    return bool(waits) and found.state is CompetitionState.VOTE


def _draw(found: Ranking) -> str:
    draw = found.file["draw"]
    if not draw["number"]:
        return ""
    return str(_("抽签用 %(name)s 的号码 %(number)s。", name=draw["number_name"],
                 number=draw["number"]))  # fmt: skip


def _rows(session: Session, found: Ranking) -> list[dict[str, Any]]:
    told = {row["place"]: row for row in found.file["places"]}
    entries = {
        each.id: each
        for each in ventures.applications_of_competition(session, found.competition_id)
    }
    return [
        {
            "place": row.place,
            "number": entries[row.application_id].number,
            "title": title_of(entries[row.application_id]),
            "url": url_for("judging.entry", application_id=row.application_id),
            "points": told[row.place]["points"],
            "vote_points": told[row.place]["vote_points"],
            "total": words.points_said(row.points),
            "bonus": words.bonus_points(told[row.place]),
            "sheets": row.sheets,
            "decided": label(DecidedBy(told[row.place]["decided_by"])),
        }
        for row in found.rows
        if row.application_id in entries and row.place in told
    ]


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def report_context(
    session: Session, actor: Actor, found: Competition, judging_round: JudgingRound
) -> dict[str, Any]:
    """How the judges judged, and what another method or one judge less would change."""
    context: dict[str, Any] = {
        "competition": found,
        "crumbs": [
            *running.crumbs(found, str(_("名次")))[:-1],
            (str(_("名次")), url_for("judging.ranking", competition_id=found.id)),
            (str(_("打分情况")), None),
        ],
        "round": label(judging_round),
        "refused": "",
    }
    try:
        told = queries.organisers_report(session, actor, found.id, judging_round)
    except DomainError as refusal:
        if refusal.reason.value.startswith("judging."):
            return {**context, "refused": sentence(refusal.reason, refusal.params)}
        raise
    names = {code: judge.name for code, judge in told.judges.items()}
    entries = {code: str(each.number) for code, each in told.applications.items()}
    report = told.report
    return {
        **context,
        "looks": [_look(each, names) for each in report.looks],
        "outliers": [
            (names.get(each.judge, each.judge), signed(each.effect)) for each in report.outliers
        ],
        "connected": report.is_connected,
        "own": _own(report),
        "methods": [
            (label(method), _changed(change, entries))
            for method, change in report.by_method.items()
        ],
        "leaving": [
            (names.get(code, code), _changed(change, entries))
            for code, change in report.by_judge.items()
        ],
    }


def signed(value: Fraction | None) -> str:
    """A figure with its sign and one digit behind the point; a dash for None."""
    if value is None:
        return "—"
    said = shown(value, 1)
    return said if value < 0 or said == "0.0" else f"+{said}"


def _look(found: Look, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": found.judge,
        "name": names.get(found.judge, ""),
        "sheets": found.sheets,
        "mean": shown(found.mean, 1),
        "spread": "—" if found.spread is None else f"{found.spread:.1f}",
        "effect": signed(found.effect),
        "error": "" if found.error is None else f"±{found.error:.1f}",
        "outlier": found.is_outlier,
        "own": signed(found.own_bias) if found.own_sheets else "—",
        "own_sheets": found.own_sheets,
    }


def _own(found: Report) -> str:
    if found.own_bias is None:
        return ""
    return str(
        _("给本地项目的分，比给别处的平均多 %(n)s 分（%(sheets)s 份）。", n=signed(found.own_bias),
          sheets=found.own_sheets)
    )  # fmt: skip


def _changed(found: Change, entries: Mapping[str, str]) -> dict[str, str]:
    """A change of places in words."""
    if found.refusal is not None:
        return {"said": str(_("这样排不出名次")), "enter": "", "leave": ""}
    comma = _("、")
    return {
        "said": str(
            _("%(n)s 个换了名次，最多差 %(far)s 名", n=found.moved, far=found.farthest)
            if found.moved
            else _("名次不变")
        ),
        "enter": comma.join(entries.get(each, each) for each in found.enter),
        "leave": comma.join(entries.get(each, each) for each in found.leave),
    }
