"""The register of rules says what the code says, and leaves no rule without a keeper."""

from __future__ import annotations

import time

from charity.rules.handbook import rules
from web.rules import register

#: Kinds of rules that refuse, warn or set a day: somebody must keep them, or say when.
ACTS = ("BLOCK", "WARN", "TASK")


def test_the_register_is_up_to_date_and_quickly_written() -> None:
    began = time.process_time()
    page = register.page()
    assert time.process_time() - began < 2
    kept = (register.ROOT / register.PAGE).read_text(encoding="utf-8")
    assert kept == page, "run `wushe rules`"


def test_every_rule_is_kept_or_promised() -> None:
    assert register.unkept() == []


def test_every_rule_that_acts_has_a_test() -> None:
    found = register.scan(register.ROOT)
    untested = [
        rule.id
        for rule in rules()
        if rule.kind.startswith(ACTS)
        and not rule.later
        and not (found[rule.id].tests or found[rule.id].mentioned)
    ]
    assert untested == []


def test_each_rule_is_listed_once() -> None:
    page = register.page()
    ids = [rule.id for rule in rules()]
    assert len(ids) == len(set(ids))
    assert all(page.count(f"\n| {rule_id} | ") == 1 for rule_id in ids)
