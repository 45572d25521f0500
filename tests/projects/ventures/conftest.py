"""The competition of these tests."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.projects.ventures.contest import Contest, make_contest


@pytest.fixture
def contest(session: Session, clock: SetClock) -> Contest:
    """A charity, an organiser and funders on 2026-03-16, with everybody a competition needs."""
    return make_contest(session, clock)
