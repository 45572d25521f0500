"""Questions are asked of books by night and by command, with every step told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import outbox
from charity.audits import services
from charity.audits.flags import RULES
from charity.audits.models import FlagRun, InspectionState, RedFlag
from charity.audits.queries.flags import FLAGS_ASKED, AskedLook, asked_look
from charity.errors import NotFound
from charity.registry.models import Organisation
from tests.charity.audits.fieldwork import make_fieldwork, pay
from web import audit_jobs, jobs
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


def test_a_large_book_is_looked_through_by_the_worker(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button only asks; a look that fails says so on its row and may be asked for again."""
    work = make_fieldwork(session)
    pay(work.world, 2_000, is_cash=True)
    organisation_id = work.world.charity_id
    for _twice in range(2):
        services.ask_flags(session, work.inspector, organisation_id=organisation_id)
    session.commit()
    [row] = outbox.waiting(session, only=FLAGS_ASKED)
    with app.app_context():
        jobs.drain_outbox()
        assert asked_look(session, organisation_id) == AskedLook(waits=True, step="")
        monkeypatch.setattr(audit_jobs, "unlooked", _fail)
        for _try in range(outbox.TRIES):
            assert audit_jobs.look_through_asked() == 1
        assert audit_jobs.look_through_asked() == 0
        session.expire_all()
        assert asked_look(session, organisation_id) == AskedLook(waits=False, step="")
        assert row.last_error == "OSError: the disk is gone"
        monkeypatch.undo()
        services.ask_flags(session, work.inspector, organisation_id=organisation_id)
        session.commit()
        assert audit_jobs.look_through_asked() == 1
    session.expire_all()
    assert [flag.rule for flag in session.scalars(select(RedFlag))] == ["RF-06"]
    assert asked_look(session, organisation_id) is None
    with pytest.raises(NotFound):
        services.ask_flags(session, work.owner, organisation_id=organisation_id)


def _fail(*_args: object) -> list[bytes]:
    raise OSError("the disk is gone")
