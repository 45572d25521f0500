"""The browser, sites to visit, and visitors who notice what a page does not say.

A console error, an exception, a breach of the content security policy or a request to a foreign
host fails the test that opened the page. Pictures of failed tests are left in tests/.artifacts.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from tests.support import chromium
from tests.support.databases import Databases
from tests.support.devices import give_devices
from tests.support.live import Installation
from tests.support.source import ROOT
from tests.web.world import World, make_world
from web.db import make_engine

ARTIFACTS = ROOT / "tests" / ".artifacts"
FAILED = pytest.StashKey[bool]()

#: Opens a page as a fresh visitor: `new_visitor(base_url, size=PHONE, language="en")`.
NewVisitor = Callable[..., Page]


class WorldSite(NamedTuple):
    """Where the site of one of everything answers, and what is what there."""

    base_url: str
    world: World
    installation: Installation


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser's tests on one worker: they share one browser and one demo site."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """The browser itself, started once."""
    with chromium.browser() as running:
        yield running


@pytest.fixture
def site(installation: Installation) -> Iterator[str]:
    """The address of a running site of the test's own."""
    with installation.serving() as address:
        yield address


@pytest.fixture(scope="session")
def demo_site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site with the demo district; tests that share it only add to it."""
    address = databases.migrated()
    demo = Installation(address, tmp_path_factory.mktemp("demo"))
    for command in (("demo", "load", "--once"), ("search", "rebuild", "--if-missing")):
        done = demo.wushe(*command, seconds=600)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    with demo.serving() as base_url:
        yield base_url
    databases.drop(address)


@pytest.fixture(scope="session")
def world_site(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorldSite]:
    """A running site with one of everything (tests/web/world.py); its tests only add to it."""
    address = databases.migrated()
    installation = Installation(address, tmp_path_factory.mktemp("world"))
    engine = make_engine(address.url)
    with Session(engine) as session:
        world = make_world(session, installation.folder / "files")
        give_devices(session, installation, world.people.values())
        session.commit()
    engine.dispose()
    assert installation.wushe("search", "rebuild").returncode == 0
    with installation.serving() as base_url:
        yield WorldSite(base_url, world, installation)
    databases.drop(address)


@pytest.fixture
def new_visitor(chromium_browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewVisitor]:
    """Open pages as fresh visitors: `new_visitor(site, size=PHONE, language="en", allow=["404"])`.

    `allow` lists words of console lines that the test expects, such as "404".
    """
    opened: list[tuple[Page, chromium.Watch]] = []

    def visit(
        base_url: str,
        *,
        size: tuple[int, int] = chromium.DESKTOP,
        language: str = "zh-CN",
        allow: list[str] | None = None,
        scripts: bool = True,
    ) -> Page:
        context = chromium.new_context(
            chromium_browser, size=size, base_url=base_url, language=language, scripts=scripts
        )
        watch = chromium.Watch(base_url, allow=allow or [])
        page = watch.attach(context.new_page())
        opened.append((page, watch))
        return page

    yield visit
    for number, (page, _watch) in enumerate(opened):
        if request.node.stash.get(FAILED, False) and not page.is_closed():
            name = re.sub(r"\W+", "-", request.node.nodeid)
            page.screenshot(path=ARTIFACTS / f"{name}-{number}.png", full_page=True)
        page.context.close()
    for _page, watch in opened:
        watch.assert_clean()


@pytest.fixture
def desktop_page(demo_site: str, new_visitor: NewVisitor) -> Page:
    """A visitor of the demo site at a desk, 1280×900, in Chinese."""
    return new_visitor(demo_site, size=chromium.DESKTOP)


@pytest.fixture
def phone_page(demo_site: str, new_visitor: NewVisitor) -> Page:
    """A visitor of the demo site with a phone, 360×640, in Chinese."""
    return new_visitor(demo_site, size=chromium.PHONE)
