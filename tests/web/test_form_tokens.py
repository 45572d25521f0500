"""Every form of every page carries the token without which its own POST would be refused."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound

import web
from tests.web.test_security import SIGNED
from tests.web.walking import WALKS, Walk
from web.security.access import Answer
from web.security.routes import ROUTES

#: Shown in states this world is not in, by a template or macro that other forms here share.
SHARED = {"registry.edit", "donations.pay"}
#: Shown in states this world is not in; that they carry the token is read in their templates.
ELSEWHERE = {
    "accounts.code", "accounts.factor", "audits.appeal", "audits.close", "audits.close_inspection",
    "awards.announce_all", "awards.desk", "awards.pay",
    "budgets.budget", "closings.agree", "closings.finish",
    "judging.answer", "judging.cast",
    "claims.accept", "claims.again", "claims.confirm", "claims.decline", "claims.evaluate",
    "closings.new", "closings.refuse", "closings.submit", "consents.withdraw",
    "fieldwork.answer", "fieldwork.deliver", "fieldwork.drop_filter", "fieldwork.evaluate",
    "fieldwork.hand_in", "fieldwork.keep_filter", "fieldwork.respond",
    "forces.leave", "givers.send_link",
    "goods.confirm", "goods.handover", "goods.restart", "listing_imports.tried", "monthly.resume",
    "needs.fulfil", "project_life.accept", "project_life.close", "project_life.resume",
    "project_life.send_back", "project_life.unfollow",
    "needs.own_confirm", "needs.own_evaluate", "needs.own_record", "needs.reopen",
    "needs.withdraw", "pledges.answer",
    "plans.file", "pledges.decline", "pledges.judge", "pledges.report", "pledges.report_for",
    "refunds.batch_agree", "refunds.batch_new", "refunds.batch_refuse", "refunds.by_hand",
    "refunds.event_retry", "refunds.event_take", "refunds.pay", "seasons.join", "seasons.publish",
    "searches.end", "searches.follow", "searches.look",
    "standing.leave", "statements.decide", "statements.deposit", "statements.pay_donation",
    "statements.reconsider", "ventures.move_on", "ventures.open_call",
}  # fmt: skip
TEMPLATES = Path(web.__file__).parent / "templates"
#: A form of a template, from its tag to its end.
FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)
TOKEN = re.compile(r"csrf|hidden_tag")


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: where each goes, and its tokens."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[tuple[str, list[str]]] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "form":
            self._inside = (held.get("method") or "get").lower() == "post"
            if self._inside:
                self.found.append((held.get("action") or self.path, []))
        elif tag == "input" and self._inside and held.get("name") == "csrf_token":
            self.found[-1][1].append(held.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def endpoint_of(app: Flask, path: str) -> str:
    """The endpoint that a form sent to this address reaches."""
    try:
        bare = urlsplit(path).path
        name, _ = app.url_map.bind("localhost").match(bare, method="POST")
    except (NotFound, MethodNotAllowed):
        return f"nothing at {path}"
    return str(name)


@WALKS
@pytest.mark.once
def test_every_form_of_every_page_carries_its_token(walked: Walk) -> None:
    """All pages are opened by all who may, and a form for every POST of the site is among them."""
    bare: list[str] = []
    reached: set[str] = set()
    for seen in (*walked.pages, *walked.also):
        if seen.row.audience.expects(seen.who) is not Answer.COME_IN:
            continue
        for action, tokens in Forms(seen.path, seen.html).found:
            reached.add(endpoint_of(walked.app, action))
            if len(tokens) != 1 or not tokens[0]:
                bare.append(f"{seen.place}: the form to {action} has {len(tokens)}")
    assert not bare, "\n".join(bare)
    wanted = {row.endpoint for row in ROUTES if row.method == "POST"} - SIGNED - SHARED
    assert reached <= wanted
    missing = wanted - reached - ELSEWHERE
    assert not missing, " ".join(sorted(missing))


def test_every_form_of_every_template_asks_for_its_token() -> None:
    bare = [
        f"{template.relative_to(TEMPLATES)}: {found[0][:80]}"
        for template in sorted(TEMPLATES.rglob("*.html"))
        for found in FORM.finditer(template.read_text(encoding="utf-8"))
        if not TOKEN.search(found[0])
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("token", ["", '<input name="csrf_token" value="">'])
def test_a_form_without_its_token_would_be_seen(token: str) -> None:
    text = f'<form action="/get"></form><form method="POST" action="/here">{token}</form>'
    [(action, tokens)] = Forms("/", text).found
    assert action == "/here"
    assert not any(tokens)
