"""The world that tests of the whole site walk through."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.web.walking import Walk, walk
from tests.web.world import World, make_world


@pytest.fixture
def world(session: Session, clock: SetClock, tmp_path: Path) -> World:
    """One of everything, on 2026-03-16; its files lie where the site under test looks."""
    return make_world(session, tmp_path / "instance" / "files")


@pytest.fixture(scope="session")
def walked(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Every row of the policy table as everybody was answered it; its tests are marked `WALKS`."""
    return walk(engine, tmp_path_factory.mktemp("walk"))
