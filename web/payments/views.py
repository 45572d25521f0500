"""Pages of bank files."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import ROLE_PERMISSIONS, Actor, Permission, require
from charity.approvals import queries as approvals
from charity.approvals.queries import STANDING_IN_THE_WAY
from charity.errors import Denied, DomainError, NotFound
from charity.registry import queries as registry
from charity.spending import policy, queries, services
from charity.spending.models import Expense, ExpenseState, PaymentBatch
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.forms import BaseForm, DateField, Required, attach
from web.labels import label, sentence
from web.paper_field import PaperField
from web.payments.writing import CSV, KINDS, writer
from web.ports import ports
from web.security.sessions import current_actor
from web.spending.blueprint import look_at
from web.spending.marks import hash_account

bp = Blueprint("payments", __name__)

#: The longest number a bank gives a payment.
LONGEST = 200


class PaidForm(BaseForm):
    """The day the bank paid, and its paper; the numbers stand beside the lines."""

    paid_on = DateField(_l("付款日期"), [Required()])
    proof = PaperField(_l("银行回单"))


@bp.get("/desk/bank-files")
def index() -> ResponseReturnValue:
    """What is agreed to and may be paid, and the files made so far."""
    session, actor = get_session(), current_actor()
    charities = _charities(actor)
    names = {each.id: each.name for each in registry.organisations(session, charities)}
    chosen = {
        charity_id: _rows(session, queries.payable(session, [charity_id]))
        for charity_id in charities
    }
    return render_template(
        "payments/index.html",
        names=names,
        chosen=chosen,
        batches=queries.batches_of(session, charities),
        resting=queries.resting_accounts(session, charities),
    )


def _charities(actor: Actor) -> list[int]:
    """The organisations this person writes bank files for."""
    return sorted(
        grant.organisation_id
        for grant in actor.grants
        if grant.organisation_id is not None
        and Permission.BANK_FILE in ROLE_PERMISSIONS[grant.role]
    )


def _rows(session: Session, expenses: list[Expense]) -> list[tuple[Expense, list[str]]]:
    """Each expense with the names of what still stands in its way."""
    asked = approvals.requirements_of(session, [each.subject for each in expenses])
    return [
        (
            each,
            [
                label(one.kind)
                for one in asked[each.subject]
                if one.before and one.state in STANDING_IN_THE_WAY
            ],
        )
        for each in expenses
    ]


@bp.post("/desk/bank-files")
def make() -> ResponseReturnValue:
    """Write the chosen expenses into a file."""
    actor = current_actor()
    file_format = request.form.get("format", CSV)
    charity_id = read_id(request.form.get("charity")) or 0
    chosen = [found for text in request.form.getlist("expense") if (found := read_id(text))]
    try:
        for expense_id in chosen:
            with unit_of_work() as session:
                services.look_again(
                    session, actor, expense_id=expense_id, hash_account=hash_account
                )
        with unit_of_work() as session:
            made = services.make_bank_file(
                session,
                actor,
                charity_id=charity_id,
                expense_ids=chosen,
                file_format=file_format if file_format in KINDS else CSV,
                write=writer(file_format if file_format in KINDS else CSV),
                files=ports().files,
            ).id
    except NotFound:
        raise
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
        return redirect(url_for("payments.index"), 303)
    flash(_("付款文件做好了，交给银行以后回到这里登记。"), "success")
    return redirect(url_for("payments.batch", batch_id=made), 303)


@bp.get("/desk/bank-files/<int:batch_id>")
def batch(batch_id: int) -> ResponseReturnValue:
    """One file: its lines, what became of each, and the next act."""
    session, actor = get_session(), current_actor()
    return _page(session, actor, _visible(session, actor, batch_id))


def _visible(session: Session, actor: Actor, batch_id: int) -> PaymentBatch:
    found = queries.batch(session, batch_id)
    require(policy.may_see_bank_file(actor, found.charity_id))
    return found


def _page(
    session: Session, actor: Actor, found: PaymentBatch, form: PaidForm | None = None
) -> ResponseReturnValue:
    form = form or PaidForm(formdata=None)
    standing = [item for item in found.items if item.is_standing]
    unpaid = [item for item in standing if item.expense.state is ExpenseState.APPROVED]
    context: dict[str, Any] = {
        "batch": found,
        "charity": registry.organisation(session, found.charity_id),
        "maker": accounts.display_names(session, [found.made_by_user_id])[found.made_by_user_id],
        "form": form,
        "unpaid": unpaid,
        "typed": request.form if form.is_submitted() else {},
        "may_write": policy.may_write_bank_file(actor, found.charity_id),
        "may_withdraw": found.withdrawn_at is None and len(unpaid) == len(standing),
    }
    return render_template("payments/batch.html", **context), 422 if form.errors else 200


@bp.get("/desk/bank-files/<int:batch_id>/file")
def download(batch_id: int) -> ResponseReturnValue:
    """The very bytes that were written, under their hash."""
    found = _visible(get_session(), current_actor(), batch_id)
    require(policy.may_write_bank_file(current_actor(), found.charity_id))
    ending, media_type = KINDS[found.format]
    response: Response = make_response(ports().files.get(found.file_hash))
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = (
        f'attachment; filename="bank-file-{found.id}.{ending}"'
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/desk/bank-files/<int:batch_id>/paid")
def paid(batch_id: int) -> ResponseReturnValue:
    """The bank paid the lines that have a number beside them."""
    session, actor, form = get_session(), current_actor(), PaidForm()
    found = _visible(session, actor, batch_id)
    require(policy.may_write_bank_file(actor, found.charity_id))
    references = {
        item.expense_id: typed[:LONGEST]
        for item in found.items
        if (typed := request.form.get(f"reference-{item.expense_id}", "").strip())
    }
    if look_at(session, form) and form.paid_on.data is not None:
        try:
            with unit_of_work() as work:
                services.pay_bank_file(
                    work,
                    actor,
                    batch_id=batch_id,
                    paid_on=form.paid_on.data,
                    references=references,
                    proof=form.proof.evidence,
                    files=ports().files,
                )
        except (Denied, NotFound):
            raise
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已登记 %(n)s 笔付款，账簿里都有了。", n=len(references)), "success")
            return redirect(url_for("payments.batch", batch_id=batch_id), 303)
    session = get_session()
    return _page(session, actor, _visible(session, actor, batch_id), form)


@bp.post("/desk/bank-files/<int:batch_id>/withdraw")
def withdraw(batch_id: int) -> ResponseReturnValue:
    """Take a file back before the bank had it."""
    with unit_of_work() as session:
        services.withdraw_bank_file(session, current_actor(), batch_id=batch_id)
    flash(_("付款文件已撤回，里面的支出可以重新选。"), "success")
    return redirect(url_for("payments.index"), 303)


@bp.post("/desk/bank-files/<int:batch_id>/take-out")
def take_out(batch_id: int) -> ResponseReturnValue:
    """The bank refused one line."""
    expense_id = read_id(request.form.get("expense")) or 0
    with unit_of_work() as session:
        services.take_out_of_bank_file(
            session, current_actor(), batch_id=batch_id, expense_id=expense_id
        )
    flash(_("已从文件里拿出，可以退回改好，或放进别的文件。"), "success")
    return redirect(url_for("payments.batch", batch_id=batch_id), 303)
