"""Every page for everybody: no barrier that axe knows, no sideways scroll, in both languages.

The pages are those of the policy table (web/security/routes.py), each opened by somebody who may,
so that a page which comes later is looked at without being named here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, url_for
from playwright.sync_api import Page

from tests.browser import people
from tests.browser.conftest import NewVisitor, WorldSite
from tests.support.chromium import DESKTOP, PHONE
from web.security.access import Answer, Row, Who
from web.security.routes import ROUTES

#: Not pages for people to read.
NO_PAGES = (
    "static",
    "system.healthz",
    "system.readyz",
    "spending.voucher",
    "standing.paper",
    "spending.requirement_paper",
    "spending.advance_voucher",
    "spending.proof",
    "payments.download",
    "ledger.heads",
    "disclosures.file",
    "ventures.rules_file",
    "ventures.results_file",
    "ventures.paper",
    "judging.empty",
    "timeliness.matching_file",
    "timeliness.linked_file",
    "listing_imports.empty",
    "ledger.statement_file",
    "donations.proof",
    "certificates.picture",
    "certificates.pdf",
    "givers.data",
    "givers.statement_file",
    "givers.all_data",
    "receipts.owed",
    "goods.photo",
    "goods.desk_photo",
    "pools.matches",
    "teams.poster",
    "homeland.poster_picture",
    "homeland.poster_paper",
    "statements.errors",
    "project_life.picture",
    "fieldwork.paper",
    "fieldwork.voucher_file",
    "fieldwork.evidence",
    "fieldwork.room_evidence",
    "fieldwork.archive",
    "fieldwork.report",
    "audits.draw_file",
    "audits.firm_paper",
)
#: Who opens what guests may not, those with the most on their page first.
READERS = (
    Who.GUEST, Who.STAFF, Who.APPROVER, Who.REVIEWER, Who.VERIFIER, Who.TREASURER, Who.ACCEPTOR,
    Who.REGULATOR, Who.INSPECTOR, Who.AUDITOR, Who.DISPATCHER, Who.USER,
    Who.OTHER_STAFF,
)  # fmt: skip
#: Pages that look different to somebody else, or that no row of the table names.
MORE: tuple[tuple[Who, str, str], ...] = (
    (Who.APPROVER, "/desk", ""),
    (Who.TREASURER, "/desk", ""),
    (Who.APPROVER, "/expenses/{}", "expense"),
    (Who.TREASURER, "/expenses/{}", "approved_expense"),
    (Who.STAFF, "/expenses/{}", "returned_expense"),
    (Who.STAFF, "/projects/{}/deliveries", "published_project"),
    (Who.ACCEPTOR, "/deliveries/{}", "delivery"),
    (Who.REVIEWER, "/projects/{}", "submitted_project"),
    (Who.GUEST, "/search?q=扶手", ""),
    (Who.GUEST, "/no-such-page", ""),
    (Who.STAFF, "/audits/entries", ""),
    (Who.DISPATCHER, "/needs/{}", "need"),
    (Who.OTHER_STAFF, "/claims/{}", "claim"),
)
#: The narrowest screens: the 320 pixels of WCAG 1.4.10, and the smallest phone still sold.
NARROW = (320, PHONE[0])
#: WCAG 2.2 AA; advice beyond it is left to the eye.
AXE = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
GRAVE = ("serious", "critical")


@pytest.fixture
def pages(app: Flask, world_site: WorldSite) -> dict[Who, list[str]]:
    """Every page to look at, by who opens it; `app` only knows their addresses."""
    found: dict[Who, list[str]] = {}
    with app.test_request_context():
        for row in ROUTES:
            who = _reader(row)
            if row.method == "GET" and row.endpoint not in NO_PAGES and who is not None:
                address = url_for(row.endpoint, **world_site.world.arguments(dict(row.sample)))
                found.setdefault(who, []).append(address)
    for who, address, thing in MORE:
        address = address.format(world_site.world.things[thing] if thing else "")
        found.setdefault(who, []).append(address)
    return found


def _reader(row: Row) -> Who | None:
    """Who opens it; None where the table's sample is shown to nobody."""
    allowed = (who for who in READERS if row.audience.expects(who) is Answer.COME_IN)
    return next(allowed, None)


@pytest.fixture
def visited(
    world_site: WorldSite,
    new_visitor: NewVisitor,
    pages: dict[Who, list[str]],
) -> Iterator[Any]:
    """Open the pages: `for page, address in visited("en", 320)`; every page in one language."""

    def walk(language: str, width: int) -> Iterator[tuple[Page, str]]:
        for who, addresses in pages.items():
            page = new_visitor(world_site.base_url, allow=["404", "403"])
            if who is not Who.GUEST:
                people.enter(page, world_site.world.people[who])
            page.goto(f"/proof?lang={language}")
            for number, address in enumerate(addresses):
                if number % 2 != (language == "en"):
                    continue
                page.set_viewport_size({"width": width, "height": DESKTOP[1]})
                page.goto(address)
                yield page, f"{who}: {address}"

    return walk


@pytest.mark.once
@pytest.mark.parametrize(
    ("language", "spoken", "width"), [("zh", "zh-Hans", DESKTOP[0]), ("en", "en", NARROW[0])]
)
def test_no_page_keeps_anybody_out(visited: Any, language: str, spoken: str, width: int) -> None:
    """Axe looks in Chinese on a wide screen and in English on a narrow one."""
    axe, problems = Axe(), []
    for page, address in visited(language, width):
        problems += _barriers(axe, page, address)
        if page.locator("html").get_attribute("lang") != spoken:
            problems.append(f"{address}: does not say that it speaks {spoken}")
        for narrow in NARROW:
            page.set_viewport_size({"width": narrow, "height": PHONE[1]})
            problems += _too_wide(page, address, narrow)
    assert problems == []


def _barriers(axe: Axe, page: Page, address: str) -> list[str]:
    page.evaluate(axe.axe_script)
    # only what is wrong comes back: a page's thousand right answers cost as long as to find them
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", AXE)
    return [
        f"{address}: {each['impact']} {each['id']}: {each['help']}: "
        + "; ".join(str(node["target"]) for node in each["nodes"][:3])
        for each in found
        if each["impact"] in GRAVE
    ]


def _too_wide(page: Page, address: str, width: int) -> list[str]:
    reached = page.evaluate("document.documentElement.scrollWidth")
    if reached <= width:
        return []
    culprits = page.evaluate(
        """width => [...document.querySelectorAll('body *')]
            .filter(part => part.getBoundingClientRect().right > width + 1)
            .slice(0, 3).map(part => part.outerHTML.slice(0, 80))""",
        width,
    )
    return [f"{address}: {reached} px wide at {width}: {culprits}"]
