"""Findings: write them, order, look again, close; and the papers beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.audits import checklist, policy, services
from charity.audits.models import AuditFinding, FindingSeverity, RedFlag
from charity.audits.queries import fieldwork as queries
from charity.errors import Denied, DomainError, NotFound
from charity.money import ZERO
from web import papers as paper_files
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.fieldwork import finding_pages
from web.fieldwork.blueprint import bp, perform, submit
from web.fieldwork.flag_pages import flag_words
from web.fieldwork.forms import FindingForm, NoteForm, OrderForm, RecheckForm
from web.fieldwork.frame import head_of, workspace
from web.fieldwork.pages import item_choices
from web.forms import BaseForm, attach
from web.ports import ports
from web.security.sessions import current_actor


@bp.get("/audits/inspections/<int:inspection_id>/findings")
def findings(inspection_id: int) -> ResponseReturnValue:
    """What was found."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    context = finding_pages.list_context(session, actor, inspection)
    return render_template("fieldwork/findings.html", **context)


@bp.route("/audits/inspections/<int:inspection_id>/findings/new", methods=["GET", "POST"])
def new_finding(inspection_id: int) -> ResponseReturnValue:
    """Write a finding; one that follows from a red flag begins with its question."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    require(policy.may_inspect(actor, inspection))
    form = FindingForm(items=item_choices())
    if request.method == "GET":
        flag_id = read_id(request.args.get("flag"))
        if flag_id is not None:
            _begin(form, queries.flag_about(session, inspection.organisation_id, flag_id))

    def write(work: Session) -> AuditFinding:
        return services.record_finding(work, actor, inspection_id=inspection_id, **_said(form))

    return _written(inspection_id, form, write, None)


@bp.route(
    "/audits/inspections/<int:inspection_id>/findings/<int:finding_id>/edit",
    methods=["GET", "POST"],
)
def change_finding(inspection_id: int, finding_id: int) -> ResponseReturnValue:
    """Change a finding nobody was told of yet."""
    session, actor = get_session(), current_actor()
    require(policy.may_inspect(actor, workspace(session, actor, inspection_id)))
    found = queries.finding_in(session, inspection_id, finding_id)
    form = FindingForm(items=item_choices(), obj=found)

    def change(work: Session) -> AuditFinding:
        return services.change_finding(work, actor, finding_id=finding_id, **_said(form))

    return _written(inspection_id, form, change, finding_id)


def _begin(form: FindingForm, flag: RedFlag) -> None:
    """What the flag asks stands in the finding; the item is one its rule hints at."""
    form.body.data = flag_words(flag)
    hinted = [each.item for each in checklist.items() if flag.rule in each.flags]
    form.item.data = hinted[0] if hinted else None


def _said(form: FindingForm) -> dict[str, Any]:
    return {
        "item": form.item.data or "",
        "rule_id": form.rule_id.data or form.item.data or "",
        "severity": FindingSeverity(form.severity.data),
        "title": form.title.data or "",
        "body": form.body.data or "",
        "amount": form.amount.data or ZERO,
    }


def _written(
    inspection_id: int,
    form: FindingForm,
    write: Callable[[Session], AuditFinding],
    finding_id: int | None,
) -> ResponseReturnValue:
    """Show the form, or do what it says with its paper; then the finding's own page."""
    actor, status = current_actor(), 200
    if request.method == "POST":
        # drawing a paper takes seconds: the database is let go meanwhile
        get_session().rollback()
        status = 422
        if form.validate():
            try:
                with unit_of_work() as work:
                    made = write(work)
                    _file(work, actor, made, form)
                    there = finding_url(made)
            except (Denied, NotFound):
                raise
            except DomainError as refusal:
                attach(form, refusal)
                status = status_of(refusal)
            else:
                return redirect(there, 303)
    inspection = workspace(get_session(), actor, inspection_id)
    html = render_template(
        "fieldwork/finding_form.html",
        head=head_of(inspection),
        part="findings",
        form=form,
        finding_id=finding_id,
    )
    return html, status


def _file(work: Session, actor: Actor, finding: AuditFinding, form: FindingForm) -> None:
    if form.paper.evidence is not None:
        services.file_evidence(
            work,
            actor,
            finding_id=finding.id,
            title=form.title.data or "",
            evidence=form.paper.evidence,
            files=ports().files,
        )


def finding_url(finding: AuditFinding) -> str:
    """The page of a finding."""
    return url_for("fieldwork.finding", inspection_id=finding.inspection_id, finding_id=finding.id)


# ── one finding ──────────────────────────────────────────────────────────────────────────────────


@bp.get("/audits/inspections/<int:inspection_id>/findings/<int:finding_id>")
def finding(inspection_id: int, finding_id: int) -> ResponseReturnValue:
    """One finding with the proof of both sides."""
    return _finding(inspection_id, finding_id, {}, 200)


def _finding(
    inspection_id: int, finding_id: int, forms: dict[str, BaseForm], status: int
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    found = queries.finding_in(session, inspection_id, finding_id)
    context = finding_pages.detail_context(session, actor, inspection, found, forms)
    return render_template("fieldwork/finding.html", **context), status


@bp.post(
    "/audits/inspections/<int:inspection_id>/findings/<int:finding_id>/"
    "<any(order, check, close, refer, drop):act>"
)
def act_on_finding(inspection_id: int, finding_id: int, act: str) -> ResponseReturnValue:
    """Order it put right, look again, close, refer, or drop it."""
    session, actor = get_session(), current_actor()
    inspection = workspace(session, actor, inspection_id)
    require(policy.may_inspect(actor, inspection) or policy.may_order(actor, inspection))
    found = queries.finding_in(session, inspection_id, finding_id)
    back = finding_url(found)
    if act == "close":
        return perform(
            lambda work: services.close_finding(work, actor, finding_id=finding_id),
            _("结案了。"),
            back,
        )
    form, call, said = _ACTS[act](act)

    def do(work: Session) -> None:
        call(work, actor, finding_id)

    again = partial(_again, inspection_id, finding_id, act, form)
    return submit(form, do, said, back, again)


def _again(
    inspection_id: int, finding_id: int, act: str, form: BaseForm, status: int
) -> ResponseReturnValue:
    return _finding(inspection_id, finding_id, {act: form}, status)


#: What an act does: its form, the verb with what was typed, and what is said afterwards.
Deed = tuple[BaseForm, Callable[[Session, Actor, int], object], str]


def _order(act: str) -> Deed:
    form = OrderForm(prefix=f"{act}-")

    def do(work: Session, actor: Actor, finding_id: int) -> object:
        return services.order_rectification(
            work, actor, finding_id=finding_id, order=form.note.data or ""
        )

    return form, do, _("整改要求已下达，组织会收到通知。")


def _check(act: str) -> Deed:
    form = RecheckForm(prefix=f"{act}-")

    def do(work: Session, actor: Actor, finding_id: int) -> object:
        return services.check_order(
            work,
            actor,
            finding_id=finding_id,
            is_right=form.is_right.data == "yes",
            note=form.note.data or "",
        )

    return form, do, _("复查记下了。")


def _refer(act: str) -> Deed:
    form = NoteForm(prefix=f"{act}-")

    def do(work: Session, actor: Actor, finding_id: int) -> object:
        return services.refer_finding(work, actor, finding_id=finding_id, note=form.note.data or "")

    return form, do, _("移交了。")


def _drop(act: str) -> Deed:
    form = NoteForm(prefix=f"{act}-")

    def do(work: Session, actor: Actor, finding_id: int) -> object:
        return services.drop_finding(work, actor, finding_id=finding_id, note=form.note.data or "")

    return form, do, _("撤掉了。")


_ACTS: dict[str, Callable[[str], Deed]] = {
    "order": _order,
    "check": _check,
    "refer": _refer,
    "drop": _drop,
}


@bp.get("/audits/inspections/<int:inspection_id>/evidence/<int:paper_id>")
def evidence(inspection_id: int, paper_id: int) -> ResponseReturnValue:
    """A paper beside a finding, of either side."""
    session = get_session()
    workspace(session, current_actor(), inspection_id)
    found = queries.finding_paper(session, inspection_id, paper_id)
    return paper_files.send(found.file_hash, found.media_type, name=f"evidence-{found.id}")
