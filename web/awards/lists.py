"""The awards of a competition on the organiser's desk: the pool, who is next, who waits."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.money import Money
from projects.ventures import queries
from projects.ventures.models import (
    AwardState,
    Competition,
    CompetitionState,
)
from web.awards import forms
from web.awards.offers import candidates
from web.awards.pages import award_url, next_said
from web.labels import label
from web.ventures import running, words
from web.ventures.shapes import application_url, title_of


def proposing(found: Competition) -> bool:
    """Whether awards may be proposed now."""
    return found.state in (CompetitionState.RANKED, CompetitionState.NOTICE)


def usual(session: Session, found: Competition) -> dict[int, tuple[bool, Money]]:
    """What one would usually give: the whole of what was asked, to as many as there are places."""
    standing = sum(
        each.state is not AwardState.DROPPED
        for each in queries.awards_of_competition(session, found.id)
    )
    left = found.terms.places - standing
    return {
        entry.id: (
            number < left and not standing,
            min(entry.asked, found.terms.most_for(entry.total)),
        )
        for number, (_place, entry) in enumerate(candidates(session, found))
    }


def desk_context(
    session: Session, found: Competition, form: forms.ProposeForm | None
) -> dict[str, Any]:
    """The pool, who might be given what, and the awards there are."""
    awards = queries.awards_of_competition(session, found.id)
    pool = queries.pool_standing(session, found)
    rows = []
    if form is not None:
        for place, entry in candidates(session, found):
            if entry.id in form.rows:
                pick, amount, honour = form.rows[entry.id]
                rows.append(
                    {
                        "place": place, "title": title_of(entry), "asked": entry.asked,
                        "organisation": entry.organisation.name, "url": application_url(entry),
                        "pick": pick, "amount": amount, "honour": honour,
                    }
                )  # fmt: skip
    return {
        "competition": found,
        "crumbs": running.crumbs(found, str(_("资助"))),
        "tabs": running.rooms(found),
        "facts": [
            (pool.received, str(_("奖金池到账"))),
            (pool.available, str(_("还能答应"))),
            (pool.withheld, str(_("答应了还留着"))),
            (pool.paid, str(_("已经拨付"))),
        ],
        "form": form,
        "rows": rows,
        "proposed": sum(each.state is AwardState.PROPOSED for each in awards),
        "awards": [
            {
                "url": award_url(each.id),
                "place": each.place,
                "title": title_of(each.application),
                "organisation": each.application.organisation.name,
                "amount": each.amount,
                "paid": each.paid,
                "withheld": each.withheld,
                "state": label(each.state),
                "manner": words.AWARD_MANNERS.get(each.state, "jade"),
                "next": next_said(each),
            }
            for each in awards
        ],
        "next_url": url_for("ventures.manage", competition_id=found.id),
    }
