"""Questions are asked of books by night and by command, with every step told."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.audits.flags import RULES
from charity.audits.models import FlagRun, InspectionState, RedFlag
from charity.registry.models import Organisation
from tests.charity.audits.fieldwork import make_fieldwork, pay
from web import audit_jobs
from web.cli import group


def test_the_night_looks_through_books_under_inspection(app: Flask, session: Session) -> None:
    work = make_fieldwork(session)
    pay(work.world, 2_000, is_cash=True)
    session.commit()
    with app.app_context():
        audit_jobs.ask_books()
        audit_jobs.ask_books()
    [flag] = session.scalars(select(RedFlag))
    assert (flag.rule, flag.organisation_id) == ("RF-06", work.world.charity_id)
    assert session.scalar(select(func.count()).select_from(FlagRun)) == 1
    pay(work.world, 3_000, is_cash=True)
    work.inspection.state = InspectionState.CLOSED
    session.commit()
    with app.app_context():
        audit_jobs.ask_books()
    assert len(session.scalars(select(RedFlag)).all()) == 1


def test_the_command_tells_each_rule(app: Flask, session: Session) -> None:
    work = make_fieldwork(session)
    pay(work.world, 2_000, is_cash=True)
    code = session.get_one(Organisation, work.world.charity_id).uscc
    session.commit()
    runner = app.test_cli_runner()
    told = runner.invoke(group, ["audits", "flags", str(code)])
    assert told.exit_code == 0, told.output
    assert told.output.split()[:14] == ["looks", "facts", *RULES]
    assert "new: 1." in told.output
    assert runner.invoke(group, ["audits", "flags", "0"]).exit_code == 1
