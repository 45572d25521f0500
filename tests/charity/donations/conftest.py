"""A campaign that takes gifts, and short words for what a giver and a gateway do."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.charity.donations.giving import Giving, open_giving
from tests.charity.donations.giving_back import GivingBack, giving_back
from tests.conftest import SetClock
from tests.fakes import FakeGateway


@pytest.fixture
def gateway() -> FakeGateway:
    """A stateful gateway of our own."""
    return FakeGateway()


@pytest.fixture
def giving(session: Session, clock: SetClock, gateway: FakeGateway) -> Giving:
    """An open campaign of a charity with a certificate, on 2026-03-16."""
    return open_giving(session, gateway)


@pytest.fixture
def another(giving: Giving) -> Callable[[FakeGateway], Giving]:
    """The same campaign, given to through another gateway."""
    return lambda gateway: Giving(giving.session, gateway, giving.campaign)


@pytest.fixture
def back(giving: Giving) -> GivingBack:
    """The same campaign with the staff of its charity, for what goes back."""
    return giving_back(giving)
