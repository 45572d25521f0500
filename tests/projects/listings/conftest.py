"""The village of these tests."""

import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.projects.listings.community import Community, make_community
from tests.projects.listings.village import Village, make_village


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village on 2026-03-16, with everybody a project needs."""
    return make_village(session)


@pytest.fixture
def community(session: Session, clock: SetClock) -> Community:
    """A community on 2026-03-16, with everybody a need meets."""
    return make_community(session)
