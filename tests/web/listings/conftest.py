"""A site whose operator is a village's charity, and a way in for everybody a project needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Actor
from charity.rows import present
from tests.conftest import SetClock
from tests.projects.listings.village import Village, make_village
from tests.support.site import SignIn, SiteClient
from web.config import Settings


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site, and everybody a project needs."""
    made = make_village(session)
    session.commit()
    return made


@pytest.fixture
def settings(settings: Settings, village: Village) -> Settings:
    """The site is the village's operator's."""
    return replace(settings, operator_uscc=village.operator.uscc or "")


@pytest.fixture
def enter(sign_in: SignIn, village: Village) -> Any:
    """Sign an actor of the village in."""

    def as_actor(actor: Actor) -> SiteClient:
        return sign_in(present(village.session.get(User, actor.user_id)))

    return as_actor
