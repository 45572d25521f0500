"""The treasurer's page of a prize pool: open it, and say what arrived."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import require
from charity.ledger.models import Fund
from charity.money import Money
from charity.rows import present
from projects.ventures import policy, queries, services
from projects.ventures.models import Competition
from web.db import get_session
from web.frame import operator_id
from web.security.sessions import current_actor
from web.ventures import running
from web.ventures.blueprint import bp
from web.ventures.forms_desk import PoolForm, ReceiveForm
from web.ventures.views_desk import done


@bp.get("/desk/competitions/<int:competition_id>/money")
def money(competition_id: int) -> ResponseReturnValue:
    """The prize pool, for the treasurer who opens it and says what arrived."""
    return _money(competition_id)


def receive_form(funder_id: int, amount: Money) -> ReceiveForm:
    """An empty form of one funder; several stand on the page."""
    return ReceiveForm(formdata=None, prefix=f"f{funder_id}-", amount=amount)


def _money(
    competition_id: int, pool: PoolForm | None = None, wrong: dict[int, ReceiveForm] | None = None
) -> ResponseReturnValue:
    found = _funded(competition_id)
    if pool is None and found.fund_id is None:
        pool = PoolForm(formdata=None, name=_("%(title)s奖金池", title=found.title))
    funds = _granting(found)
    forms = {
        each.id: receive_form(each.id, amount=each.pledged).among(funds)
        for each in found.funders
        if each.entry_id is None and found.fund_id is not None
    }
    context = running.money_context(found, pool, {**forms, **(wrong or {})})
    status = 422 if wrong or (pool is not None and pool.errors) else 200
    return render_template("ventures/money.html", **context), status


def _granting(found: Competition) -> list[tuple[Fund, Money]]:
    return queries.granting_funds(get_session(), found.fund_id) if found.fund_id else []


def _funded(competition_id: int) -> Competition:
    """The competition, for the treasurer of the charity that keeps or would keep its pool."""
    session = get_session()
    found = queries.competition(session, competition_id)
    charity_id = queries.charity_of(session, found) if found.fund_id else operator_id()
    require(policy.may_fund(current_actor(), charity_id))
    return found


@bp.post("/desk/competitions/<int:competition_id>/pool")
def open_pool(competition_id: int) -> ResponseReturnValue:
    """Open the prize pool in the operator's book."""
    actor, form = current_actor(), PoolForm()
    _funded(competition_id)

    def act(work: Session) -> object:
        return services.open_prize_pool(
            work, actor, competition_id=competition_id,
            charity_id=operator_id() or 0, name=form.name.data or "",
        )  # fmt: skip

    if done(form, act, _("奖金池开好了，钱到账就在这里登记。")):
        return redirect(url_for("ventures.money", competition_id=competition_id), 303)
    return _money(competition_id, form)


@bp.post("/desk/competitions/<int:competition_id>/funders/<int:funder_id>/received")
def receive(competition_id: int, funder_id: int) -> ResponseReturnValue:
    """Say that a funder's money is in the account."""
    found = _funded(competition_id)
    actor = current_actor()
    form = ReceiveForm(prefix=f"f{funder_id}-").among(_granting(found))
    present(next((each for each in found.funders if each.id == funder_id), None))

    def act(work: Session) -> object:
        return services.receive_funding(
            work, actor, funder_id=funder_id,
            amount=form.arrived, received_on=form.day, from_fund_id=form.from_fund_id,
        )  # fmt: skip

    if done(form, act, _("已入账。出钱的单位可以一路查到凭证。")):
        return redirect(url_for("ventures.money", competition_id=competition_id), 303)
    return _money(competition_id, wrong={funder_id: form})
