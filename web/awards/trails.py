"""A funder's trail: through the pool and the awards to the vouchers, to the fen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger import tracing
from charity.ledger.tracing import GiftTrail, Stage
from charity.money import Money
from charity.spending.models import Expense
from charity.spending.queries import expense_by_entry_sources
from projects.ventures import queries
from projects.ventures.models import Award, Competition, CompetitionFunder
from web.awards.pages import award_url
from web.filters import day, percent
from web.labels import label
from web.ventures.shapes import title_of

_STAGE_PAID = re.compile(r"award_tranche:(\d+):paid")


def trail_context(
    session: Session, found: Competition, funder: CompetitionFunder
) -> dict[str, Any]:
    """Where a funder's money is: in the pool, with which award, in which voucher."""
    context: dict[str, Any] = {
        "competition": found,
        "funder": funder,
        "tier": label(funder.tier),
        "name": funder.organisation.name,
        "trail": None,
    }
    if funder.entry_id is None:
        return context
    trail = tracing.trail_of_entry(session, funder.entry_id)
    awards = queries.awards_of_funds(session, {each.fund_id for each in trail.stages})
    expenses = expense_by_entry_sources(session, {each.source for each in trail.steps})
    given = Money.total(each.amount for each in trail.stages if each.fund_id in awards)
    held = trail.root.in_hand
    return {
        **context,
        "trail": trail,
        "waits": trail.interval is None,
        "facts": [
            (trail.amount, str(_("到账"))),
            (given, str(_("拨给项目"))),
            (trail.spent, str(_("已经花掉"))),
            (held, str(_("还在奖金池"))),
        ],
        "segments": [
            ("spent", trail.spent.fen),
            ("match", (trail.unspent - held).fen),
            ("held", held.fen),
        ],
        "legend": [
            ("spent", str(_("已经花掉")), trail.spent),
            ("match", str(_("项目手上")), trail.unspent - held),
            ("held", str(_("还在奖金池")), held),
        ],
        "rows": _rows(trail, awards, expenses),
        "fund_url": url_for("ledger.fund", fund_id=found.fund_id) if found.fund_id else None,
        "proof_url": url_for("ledger.proof_of_entry", entry_id=funder.entry_id)
        if trail.interval is not None
        else None,
    }


def _rows(
    trail: GiftTrail, awards: Mapping[int, Award], expenses: Mapping[str, Expense]
) -> list[dict[str, Any]]:
    """One row for every part that went to an award, with what of it became of it."""
    rows = []
    for stage in trail.stages:
        for step in stage.steps:
            for onward in step.onward:
                if onward.fund_id not in awards:
                    continue
                found = awards[onward.fund_id]
                rows.append(
                    {
                        "amount": onward.amount,
                        "share": percent(onward.amount.fen, trail.amount.fen),
                        "title": title_of(found.application),
                        "stage": _stage_name(found, step.source),
                        "who": found.application.organisation.name,
                        "url": award_url(found.id),
                        "day": day(step.occurred_on),
                        "in_hand": onward.in_hand,
                        "steps": _gone(onward, expenses),
                    }
                )
    return rows


def _stage_name(found: Award, source: str) -> str:
    match = _STAGE_PAID.fullmatch(source)
    numbers = {each.id: each.number for each in found.tranches}
    number = numbers.get(int(match[1])) if match else None
    return str(_("第 %(n)s 笔", n=number)) if number else ""


def _gone(stage: Stage, expenses: Mapping[str, Expense]) -> list[tuple[Money, str, str | None]]:
    """What an award spent of these fen, with the page of each expense."""
    found = []
    for step in stage.steps:
        for part in step.gone():
            expense = expenses.get(part.source)
            name = expense.title if expense is not None else str(_("退回或者冲正"))
            url = (
                url_for("spending.expense", expense_id=expense.id) if expense is not None else None
            )
            found.append((part.amount, name, url))
    return found
