"""Statements at the desk: hand in, look at the dry run, confirm, decide what is left."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import Permission, require
from charity.donations import policy, services
from charity.donations.models import RowState, StatementKind
from charity.donations.queries import statements as queries
from charity.donations.services.statement_deciding import PORTION
from charity.errors import DomainError
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.forms import attach
from web.labels import sentence
from web.listings.filters import page_number
from web.security.sessions import current_actor
from web.statements import pages, views_cash, work
from web.statements.blueprint import bp
from web.statements.forms import MappingForm, UploadForm

#: The views of counted cash; importing them registers their routes.
PARTS = (views_cash,)


@bp.get("/desk/statements")
def index() -> ResponseReturnValue:
    """Every statement handed in, the newest first."""
    session, actor = get_session(), current_actor()
    mine = pages.held(session, actor, Permission.STATEMENT_IMPORT)
    page = queries.statements_page(session, mine, page_number(request.args.get("page", "")))
    return render_template(
        "statements/index.html",
        page=page,
        tallies=queries.tallies(session, [one.id for one in page.items]),
        waiting=queries.queue_length(session, mine),
        page_url=lambda n: url_for("statements.index", page=n),
    )


@bp.route("/desk/statements/upload", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Hand in a file; nothing is posted yet."""
    session, actor = get_session(), current_actor()
    form = UploadForm()
    pages.offer(session, actor, form)
    if form.validate_on_submit():
        try:
            statement_id = pages.take_in(form)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            return redirect(url_for("statements.detail", statement_id=statement_id), 303)
    status = 422 if form.errors else 200
    return render_template("statements/upload.html", form=form), status


@bp.get("/desk/statements/<int:statement_id>")
def detail(statement_id: int) -> ResponseReturnValue:
    """The dry run, or what became of it: totals, rows, errors by row and column."""
    session, actor = get_session(), current_actor()
    statement = queries.statement(session, statement_id)
    require(policy.may_import_statements(actor, statement.organisation_id))
    wanted = request.args.get("state", "")
    states = [RowState(wanted)] if wanted in set(RowState) else []
    number = page_number(request.args.get("page", ""))
    context = pages.statement_context(session, statement, states, number)
    headers = {"Refresh": "3"} if context["is_working"] else {}
    context["page_url"] = lambda n: url_for(
        "statements.detail", statement_id=statement_id, state=wanted or None, page=n
    )
    return render_template("statements/detail.html", wanted=wanted, **context), headers


@bp.post("/desk/statements/<int:statement_id>/apply")
def apply(statement_id: int) -> ResponseReturnValue:
    """Confirm the dry run; what is little is done at once, the rest by the worker."""
    with unit_of_work() as session:
        services.start_applying(session, current_actor(), statement_id=statement_id)
        found = queries.tallies(session, [statement_id])[statement_id]
    matched = found[RowState.MATCHED].rows if RowState.MATCHED in found else 0
    if matched <= PORTION:
        work.apply_statement(statement_id)
        flash(_("已入账。"), "success")
    return redirect(url_for("statements.detail", statement_id=statement_id), 303)


@bp.post("/desk/statements/<int:statement_id>/discard")
def discard(statement_id: int) -> ResponseReturnValue:
    """Throw the dry run away."""
    with unit_of_work() as session:
        services.discard_statement(session, current_actor(), statement_id=statement_id)
    flash(_("这次试读已作废，什么也没有入账。"), "success")
    return redirect(url_for("statements.index"), 303)


@bp.get("/desk/statements/<int:statement_id>/errors.xlsx")
def errors(statement_id: int) -> Response:
    """The sheet handed back, with a column that says what is wrong in which row."""
    session, actor = get_session(), current_actor()
    statement = queries.statement(session, statement_id)
    require(policy.may_import_statements(actor, statement.organisation_id))
    return pages.error_sheet(session, statement)


# ── the queue ────────────────────────────────────────────────────────────────────────────────────


@bp.get("/desk/statements/queue")
def queue() -> ResponseReturnValue:
    """Rows that nothing matched, with the gifts they may pay."""
    session, actor = get_session(), current_actor()
    mine = pages.held(session, actor, Permission.STATEMENT_IMPORT)
    page = queries.queue_page(session, mine, page_number(request.args.get("page", "")))
    return render_template(
        "statements/queue.html",
        page=page,
        suggestions=queries.suggestions(session, page.items),
        campaigns=queries.campaigns_of(session, mine),
        page_url=lambda n: url_for("statements.queue", page=n),
    )


@bp.post("/desk/statements/rows")
def decide() -> ResponseReturnValue:
    """Say what the chosen rows are: gifts to a campaign, or none of this site."""
    ids = [found for text in request.form.getlist("row") if (found := read_id(text))]
    campaign_id = read_id(request.form.get("campaign_id"))
    if not ids or (request.form.get("act") == "assign" and not campaign_id):
        flash(_("请先勾选，再选记给哪个项目。"), "warning")
        return redirect(url_for("statements.queue"), 303)
    try:
        with unit_of_work() as session:
            if request.form.get("act") == "assign":
                rows = services.assign_to_campaign(
                    session, current_actor(), row_ids=ids, campaign_id=campaign_id or 0
                )
            else:
                note = request.form.get("note") or _("不是本站的捐款")
                rows = services.ignore_rows(session, current_actor(), row_ids=ids, note=note)
            touched = {row.statement_id for row in rows}
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        pages.settle(touched)
        flash(_("已处理 %(n)s 笔。", n=len(ids)), "success")
    return redirect(url_for("statements.queue"), 303)


@bp.post("/desk/statements/rows/<int:row_id>/donation/<int:donation_id>")
def pay_donation(row_id: int, donation_id: int) -> ResponseReturnValue:
    """Say that a row pays a gift that waits."""
    try:
        with unit_of_work() as session:
            row = services.assign_to_donation(
                session, current_actor(), row_id=row_id, donation_id=donation_id
            )
            touched = {row.statement_id}
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        pages.settle(touched)
        flash(_("已记到这笔捐款，它的去向页现在能看到。"), "success")
    return redirect(url_for("statements.queue"), 303)


@bp.post("/desk/statements/rows/<int:row_id>/reconsider")
def reconsider(row_id: int) -> ResponseReturnValue:
    """Take back that a row is no gift."""
    with unit_of_work() as session:
        row = services.reconsider_row(session, current_actor(), row_id=row_id)
        statement_id = row.statement_id
    return redirect(url_for("statements.detail", statement_id=statement_id), 303)


# ── mappings ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/desk/statements/mappings")
def mappings() -> ResponseReturnValue:
    """The formats that can be read."""
    found = queries.mappings(get_session())
    return render_template("statements/mappings.html", mappings=[pages.named(one) for one in found])


@bp.route("/desk/statements/mappings/edit", methods=["GET", "POST"])
def mapping() -> ResponseReturnValue:
    """Change a format's words, or write a new one; `name` in the address says which."""
    session, actor = get_session(), current_actor()
    name = request.args.get("name", "")
    known = next((one for one in queries.mappings(session) if one.name == name), None)
    form = MappingForm.of(
        name, str(known.kind) if known else StatementKind.BANK, dict(known.columns) if known else {}
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as work_session:
                services.save_mapping(
                    work_session,
                    actor,
                    organisation_id=pages.first_held(work_session, actor),
                    name=form.name.data or "",
                    kind=StatementKind(form.kind.data),
                    columns=form.columns,
                    mapping_id=getattr(known, "id", None),
                )
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("格式已保存，下次读文件时用它。"), "success")
            return redirect(url_for("statements.mappings"), 303)
    return render_template("statements/mapping.html", form=form, known=known), (
        422 if form.errors else 200
    )
