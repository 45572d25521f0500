"""An installation that is not the demo: the operator is entered, people get their roles."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import Permission
from charity.ledger.models import Book
from charity.registry import queries as registry
from tests.support.live import Installation
from web import db

USCC = "53100000500009637W"
OPEN = (
    "operator", "open", "江城公益基金会", "--kind", "foundation", "--region", "420704",
    "--contact", "王芳", "--phone", "0711-0000002",
    "--certificate", "A4207-0099", "--certificate-from", "2025-01-01",
)  # fmt: skip
GRANT = ("users", "grant", "teller", "treasurer", "--organisation", USCC)


@pytest.mark.long
def test_an_operator_is_entered_and_a_treasurer_appointed(installation: Installation) -> None:
    installation.settings["WUSHE_OPERATOR"] = USCC
    installation.settings["WUSHE_NEW_PASSWORD"] = "a calm river in Ezhou"
    assert "--yes" in installation.wushe(*OPEN).stdout
    opened = installation.wushe(*OPEN, "--yes")
    assert opened.returncode == 0, opened.stderr
    added = installation.wushe("users", "add", "teller", "--name", "李明")
    assert added.returncode == 0, added.stderr
    assert "would" in installation.wushe(*GRANT).stdout
    granted = installation.wushe(*GRANT, "--yes")
    assert granted.returncode == 0, granted.stderr
    nobody = installation.wushe("users", "grant", "nobody", "auditor", "--yes")
    assert (nobody.returncode, "nobody" in nobody.stderr) == (1, True)

    engine = db.make_engine(installation.address.url)
    with Session(engine) as session:
        charity = registry.organisation_by_uscc(session, USCC)
        assert charity is not None
        assert charity.certificate_number == "A4207-0099"
        assert session.scalars(select(Book.organisation_id)).all() == [charity.id]
        teller = accounts.user_by_login(session, "teller")
        assert teller is not None
        actor = accounts.actor_for_user(session, teller.id)
        assert actor.holds(Permission.EXPENSE_PAY, organisation_id=charity.id)
        assert not actor.holds(Permission.EXPENSE_APPROVE, organisation_id=charity.id)
    engine.dispose()
