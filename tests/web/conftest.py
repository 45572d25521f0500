"""The world that tests of the whole site walk through."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from charity import clock as house_clock
from tests.conftest import SetClock
from tests.support.databases import Databases
from tests.web.walking import Walk, walk
from tests.web.world import World, make_world
from web import db


@dataclass(frozen=True)
class Made:
    """The world as it was made once in this process: its rows in a database, its files."""

    world: World
    engine: Engine
    folder: Path


@pytest.fixture(scope="session")
def made_world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """One of everything, on 2026-03-16, in a database of its own."""
    address = databases.migrated()
    engine = db.make_engine(address.url)
    folder = tmp_path_factory.mktemp("world")
    with house_clock.at(datetime(2026, 3, 16, 2, tzinfo=UTC)), Session(engine) as session:
        world = make_world(session, folder)
        session.commit()
    yield Made(world, engine, folder)
    engine.dispose()
    databases.drop(address)


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """One connection inside a transaction that never commits: to the world, where it is asked for.

    What a test does to the world is undone with it.
    """
    wants_world = "world" in request.fixturenames
    engine = request.getfixturevalue("made_world").engine if wants_world else None
    engine = engine or request.getfixturevalue("engine")
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def world(made_world: Made, clock: SetClock, tmp_path: Path) -> World:
    """One of everything, on 2026-03-16; its files lie where the site under test looks."""
    shutil.copytree(made_world.folder, tmp_path / "instance" / "files", dirs_exist_ok=True)
    return made_world.world


@pytest.fixture(scope="session")
def walked(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Every row of the policy table as everybody was answered it; its tests are marked `WALKS`."""
    return walk(engine, tmp_path_factory.mktemp("walk"))
