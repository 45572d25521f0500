"""The organiser puts right what surrounds a call: who pays how much, which pool, which needs."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import queries as ledger
from charity.rows import present
from projects.ventures import queries, services
from projects.ventures.models import Competition, CompetitionState, FunderTier
from web.db import get_session
from web.needs.blueprint import perform
from web.security.sessions import current_actor
from web.ventures import promises, running
from web.ventures.blueprint import bp
from web.ventures.forms_desk import ChoosePoolForm, PromiseForm
from web.ventures.views_desk import done


def _room(competition_id: int, anchor: str) -> str:
    return url_for("ventures.manage", competition_id=competition_id, _anchor=anchor)


@bp.route(
    "/desk/competitions/<int:competition_id>/funders/<int:funder_id>", methods=["GET", "POST"]
)
def funder(competition_id: int, funder_id: int) -> ResponseReturnValue:
    """Correct a promise, until its money came."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    row = present(next((each for each in found.funders if each.id == funder_id), None))
    if row.entry_id is not None or not promises.takes_promises(found):
        flash(_("钱已经到账，或者比赛已经结束，不能再改。"), "error")
        return redirect(_room(competition_id, "money"), 303)
    form = PromiseForm(data={"tier": row.tier.value, "pledged": row.pledged})

    def write(work: Session) -> object:
        return services.change_funder(
            work, actor, funder_id=funder_id, tier=FunderTier(form.tier.data),
            pledged=form.promised,
        )  # fmt: skip

    if done(form, write, _("已改。")):
        return redirect(_room(competition_id, "money"), 303)
    html = render_template(
        "ventures/funder.html",
        form=form,
        competition=found,
        name=row.organisation.name,
        crumbs=running.crumbs(found, row.organisation.name),
        drop_url=url_for("ventures.drop_funder", competition_id=found.id, funder_id=funder_id)
        if found.state is CompetitionState.DRAFT
        else None,
        back=_room(found.id, "money"),
    )
    return html, 422 if form.errors else 200


@bp.post("/desk/competitions/<int:competition_id>/funders/<int:funder_id>/drop")
def drop_funder(competition_id: int, funder_id: int) -> ResponseReturnValue:
    """Take a funder of a draft away again."""
    actor = current_actor()
    found = running.managed(get_session(), actor, competition_id)
    present(next((each for each in found.funders if each.id == funder_id), None))
    return perform(
        lambda work: services.drop_funder(work, actor, funder_id=funder_id),
        _("已去掉。"),
        _room(competition_id, "money"),
    )


@bp.post("/desk/competitions/<int:competition_id>/needs/<int:need_id>/drop")
def drop_need(competition_id: int, need_id: int) -> ResponseReturnValue:
    """Take a need out of a draft's call again."""
    actor = current_actor()
    running.managed(get_session(), actor, competition_id)
    return perform(
        lambda work: services.detach_need(
            work, actor, competition_id=competition_id, need_id=need_id
        ),
        _("已去掉。"),
        _room(competition_id, "needs"),
    )


@bp.route("/desk/competitions/<int:competition_id>/pool/change", methods=["GET", "POST"])
def change_pool(competition_id: int) -> ResponseReturnValue:
    """Let another prize pool of the same book pay, while no money came."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    if not promises.changes_pool(found):
        flash(_("钱已经到账，或者征集已经结束，奖金池不能再换。"), "error")
        return redirect(_room(competition_id, "money"), 303)
    form = ChoosePoolForm(data={"fund_id": found.fund_id})
    form.fund_id.choices = _pools(session, found)

    def write(work: Session) -> object:
        return services.set_pool(
            work, actor, competition_id=competition_id, fund_id=form.fund_id.data
        )

    if done(form, write, _("已换。")):
        return redirect(_room(competition_id, "money"), 303)
    html = render_template(
        "ventures/pool.html",
        form=form,
        competition=found,
        crumbs=running.crumbs(found, str(_("奖金池"))),
        back=_room(found.id, "money"),
    )
    return html, 422 if form.errors else 200


def _pools(session: Session, found: Competition) -> list[tuple[int, str]]:
    """The pools there are, with what is free in each."""
    fund = ledger.fund(session, present(found.fund_id))
    pools = queries.pools_to_choose(session, found, fund.book_id)
    return [(pool.id, promises.pool_said(session, pool)) for pool in pools]
