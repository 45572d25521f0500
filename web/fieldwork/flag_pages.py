"""What the page of red flags shows: each a question with the rows it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.audits import policy
from charity.audits.flags import RULES
from charity.audits.models import FlagRun, FlagState, Inspection, RedFlag
from charity.audits.queries import fieldwork as queries
from charity.audits.queries.flags import asked_look, last_run
from charity.spending.models import Expense
from web.fieldwork import voucher, words
from web.fieldwork.flag_subjects import Named, named
from web.fieldwork.forms import NoteForm
from web.fieldwork.frame import head_of
from web.fieldwork.pages import signed
from web.filters import day, moment, yuan
from web.labels import kept_sentence, label
from web.labels.checklist import FLAG_TITLES
from web.labels.flags import spoken

#: Steps of a look before its rules: the pictures, and the facts.
_BEFORE = 2


def context(
    session: Session, actor: Actor, inspection: Inspection, sent: Mapping[int, NoteForm]
) -> dict[str, Any]:
    """The flags of the organisation, those that wait for an answer first."""
    flags = queries.flags_about(session, inspection.organisation_id)
    asked = asked_look(session, inspection.organisation_id)
    working = asked is not None and asked.waits
    works = bool(policy.may_inspect(actor, inspection))
    users = {each.answered_by_user_id for each in flags if each.answered_by_user_id is not None}
    names = accounts.display_names(session, users)
    expenses = _expenses(session, flags)
    others = named(session, (subject for flag in flags for subject in flag.subjects))
    return {
        "head": head_of(inspection),
        "part": "flags",
        "may_raise": works and not working,
        "working": working,
        "failed": asked is not None and not asked.waits,
        "steps": len(RULES) + _BEFORE,
        "step": _step(asked.step if asked else ""),
        "run": _run(last_run(session, inspection.organisation_id)),
        "looked": queries.was_looked_at(session, inspection.organisation_id),
        "flags": [
            {
                "id": flag.id,
                "title": f"{flag.rule} {FLAG_TITLES.get(flag.rule, '')}",
                "state": label(flag.state),
                "manner": words.FLAG_MANNERS[flag.state],
                "words": flag_words(flag),
                "subjects": [_subject(each, expenses, others) for each in flag.subjects],
                "explanation": flag.explanation,
                "by": signed(names, flag.answered_by_user_id, flag.answered_at),
                "form": _form(flag, sent) if works else None,
            }
            for flag in flags
        ],
    }


def _step(name: str) -> dict[str, Any]:
    """How far a look is that the worker does: so many steps are done, and what is looked at now."""
    if name in RULES:
        return {"done": RULES.index(name) + _BEFORE, "words": f"{name} {FLAG_TITLES.get(name, '')}"}
    said = {"looks": _("看凭证图片"), "facts": _("读账")}
    return {"done": list(said).index(name) if name in said else 0, "words": said.get(name, "")}


def _run(run: FlagRun | None) -> str | None:
    """When somebody looked last, at how much, and what came of it."""
    if run is None:
        return None
    return str(
        _(
            "上次查账：%(at)s，看了 %(n)s 笔付款，新提出 %(raised)s 个疑问。",
            at=moment(run.run_at),
            n=run.figures.get("payments", 0),
            raised=run.raised,
        )
    )


def flag_words(flag: RedFlag) -> str:
    """The question of a flag; sums are yuan in it, shares percent."""
    return kept_sentence(str(flag.params.get("reason", "")), spoken(flag.params))


def _form(flag: RedFlag, sent: Mapping[int, NoteForm]) -> NoteForm | None:
    if flag.state is not FlagState.OPEN:
        return None
    return sent.get(flag.id) or NoteForm(formdata=None, prefix=f"flag-{flag.id}-")


def _expenses(session: Session, flags: Sequence[RedFlag]) -> dict[str, Expense]:
    """The expenses that flags are about, by subject, in one question."""
    ids = {
        int(subject.removeprefix(voucher.EXPENSE))
        for flag in flags
        for subject in flag.subjects
        if subject.startswith(voucher.EXPENSE)
    }
    found = queries.by_ids(session, Expense, ids)
    return {f"{voucher.EXPENSE}{each.id}": each for each in found}


def _subject(subject: str, expenses: Mapping[str, Expense], others: Mapping[str, Named]) -> Named:
    """A row that a flag is about: what it is, and where it is read."""
    expense = expenses.get(subject)
    if expense is None:
        return others.get(subject) or {"words": subject, "url": None}
    said = _(
        "第 %(n)s 号支出 · %(day)s · %(payee)s · %(sum)s · %(title)s",
        n=expense.id,
        day=day(expense.spent_on),
        payee=expense.payee_name,
        sum=yuan(expense.amount),
        title=expense.title,
    )
    return {"words": str(said), "url": url_for("spending.expense", expense_id=expense.id)}
