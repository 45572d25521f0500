"""Score sheets filled in on paper: choose a file, look at the dry run, bring it in."""

from __future__ import annotations

from collections import Counter

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Actor
from charity.errors import CommonReason, DomainError, NotFound
from projects.ventures import services
from projects.ventures.models import Competition, JudgingRound
from projects.ventures.queries.importing import (
    JudgedSheet,
    SheetOutcome,
    judge_score_sheets,
    rubric,
)
from projects.ventures.reading import SheetList, read_score_sheets, template_heads
from web import spreadsheets
from web.db import get_session, unit_of_work
from web.forces.lists import row_name
from web.forms import attach
from web.judging.blueprint import bp
from web.judging.forms import ScoreListForm
from web.judging.sheets import round_of
from web.labels import label, sentence
from web.ports import ports
from web.security.sessions import current_actor
from web.ventures import running

#: What is said of rows, on one page.
_NAMED = 200
_COMING = frozenset({SheetOutcome.LOCKED, SheetOutcome.SAVED})


@bp.route("/desk/competitions/<int:competition_id>/scores", methods=["GET", "POST"])
def upload(competition_id: int) -> ResponseReturnValue:
    """Hand in a list; nothing is stored of its sheets yet."""
    found = running.managed(get_session(), current_actor(), competition_id)
    form = ScoreListForm()
    if request.method == "GET":
        form.round.data = round_of(found)
    if form.validate_on_submit():
        try:
            read_score_sheets(form.content, rubric(found))
        except DomainError as refusal:
            attach(form, refusal)
        else:
            digest = ports().files.put(form.content).hex()
            return redirect(
                url_for("judging.tried", competition_id=competition_id, digest=digest,
                        round=form.round.data.value),
                303,
            )  # fmt: skip
    html = render_template(
        "judging/upload.html",
        form=form,
        competition=found,
        crumbs=running.crumbs(found, str(_("导入评分表"))),
    )
    return html, 422 if form.errors else 200


@bp.route("/desk/competitions/<int:competition_id>/scores/<digest>", methods=["GET", "POST"])
def tried(competition_id: int, digest: str) -> ResponseReturnValue:
    """What would become of every row; and the import."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    name = request.values.get("round", JudgingRound.REVIEW.value)
    if name not in set(JudgingRound):
        abort(404)
    judging_round, listed = JudgingRound(name), _read(found, digest)
    if request.method == "POST":
        with unit_of_work() as work:
            brought = services.import_score_sheets(
                work, actor, competition_id=competition_id, judging_round=judging_round,
                rows=listed.rows,
            )  # fmt: skip
            count = sum(each.outcome in _COMING for each in brought)
        flash(_("导入了 %(n)s 份。", n=count), "success")
        return redirect(request.full_path.rstrip("?"), 303)
    return _tried(found, actor, listed, judging_round, digest)


def _tried(
    found: Competition, actor: Actor, listed: SheetList, judging_round: JudgingRound, digest: str
) -> ResponseReturnValue:
    judged = judge_score_sheets(
        get_session(), actor, competition_id=found.id, judging_round=judging_round,
        rows=listed.rows,
    )  # fmt: skip
    outcomes = Counter(each.outcome for each in judged)
    told = _told(judged, listed)
    return render_template(
        "judging/tried.html",
        competition=found,
        crumbs=running.crumbs(found, str(_("导入评分表"))),
        round=label(judging_round),
        rows=len(judged),
        coming=sum(outcomes[each] for each in _COMING),
        counts=[(outcomes[outcome], label(outcome)) for outcome in SheetOutcome],
        url=url_for(
            "judging.tried", competition_id=found.id, digest=digest, round=judging_round.value
        ),
        told=told[:_NAMED],
        more=max(0, len(told) - _NAMED),
    )


def _told(judged: list[JudgedSheet], listed: SheetList) -> list[tuple[str, str, str, bool]]:
    """Row, column, what is wrong, and whether the row is refused for it."""
    flaws = [flaw for each in judged for flaw in each.flaws]
    return [
        (
            row_name(flaw.number),
            listed.head.get(flaw.column, ""),
            sentence(flaw.reason, flaw.params),
            flaw.refuses,
        )
        for flaw in sorted(flaws, key=lambda flaw: (not flaw.refuses, flaw.number))
    ]


@bp.get("/desk/competitions/<int:competition_id>/scores/empty.<file>")
def empty(competition_id: int, file: str) -> ResponseReturnValue:
    """An empty list with this competition's rubric above its columns."""
    found = running.managed(get_session(), current_actor(), competition_id)
    if file not in (spreadsheets.CSV, spreadsheets.XLSX):
        abort(404)
    rows = [template_heads(rubric(found))]
    return spreadsheets.download(rows, file, name=str(_("评分表")), head=1)


def _read(found: Competition, digest: str) -> SheetList:
    """The list that was handed in; raises `NotFound`."""
    try:
        content = ports().files.get(bytes.fromhex(digest))
    except ValueError:
        raise NotFound(CommonReason.NOT_FOUND) from None
    return read_score_sheets(content, rubric(found))
