"""A site whose index lies where its database does: in files beside SQLite, else in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from search import Query
from search.postgres_index import PostgresIndex
from search.whoosh_index import WhooshIndex
from tests.projects.listings.village import make_village
from tests.support.databases import Address, Databases
from tests.support.site import settings_in
from web import create_app, indexing
from web.db import database
from web.ports import ports

#: The village of the project, with another character of the same sound.
OTHER_CHARACTERS = "红港村"


@pytest.fixture
def site(fresh_database: Address, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    chosen = {"sqlite": "whoosh", "postgresql": "postgresql"}[databases.kind]
    settings = replace(settings_in(tmp_path, fresh_database.url), search=chosen)
    app = create_app(settings)
    with app.app_context():
        yield app
        ports().index.close()
        database().engine.dispose()


def test_what_was_published_is_found_on_the_page(site: Flask, databases: Databases) -> None:
    kinds = {"sqlite": WhooshIndex, "postgresql": PostgresIndex}
    assert isinstance(ports().index, kinds[databases.kind])
    assert indexing.is_missing(ports().index)
    with database().unit() as session:
        village = make_village(session)
        project = village.published()
        title, number = project.title, project.id
    with database().unit() as session:
        assert rebuilt(session) >= 1
    (hit, *_) = ports().index.search(Query(text=title)).hits
    assert hit.id == f"project:{number}"
    page = site.test_client().get("/search", query_string={"q": title}).text
    assert f'href="/projects/{number}"' in page
    assert "读音一样" not in page
    heard = site.test_client().get("/search", query_string={"q": OTHER_CHARACTERS}).text
    assert "读音一样" in heard
    assert f'href="/projects/{number}"' in heard


def rebuilt(session: Session) -> int:
    """Make the index from the database; how many documents it holds."""
    return indexing.rebuild(session, ports().index)
