"""Every code below the web has words for people."""

from __future__ import annotations

import enum
import importlib
import re
from datetime import UTC, date, datetime

import pytest

from charity import errors
from charity.errors import CommonReason, ReasonCode
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.support.source import modules
from web.labels import choices, label, sentence
from web.labels.enums import LABELS
from web.labels.reasons import SENTENCES

#: Enums whose members no page names.
UNSPOKEN = {
    "ActorKind",
    "NoticeKind",
    "Permission",
    "ProjectSort",
    "Severity",
    "Shown",
}

CHINESE = re.compile("[\u4e00-\u9fff]")


def classes_of(base: type[enum.Enum]) -> list[type[enum.Enum]]:
    """Every enum of the domain that inherits from `base`."""
    found = {}
    for module in modules("charity", "projects"):
        if "Enum" in module.text or "ReasonCode" in module.text:
            for thing in vars(importlib.import_module(module.name)).values():
                if isinstance(thing, type) and issubclass(thing, base):
                    found[f"{thing.__module__}.{thing.__name__}"] = thing
    return [thing for name, thing in sorted(found.items()) if name.startswith(("charity", "proj"))]


def reasons() -> list[ReasonCode]:
    """Every reason of every context."""
    return [reason for kind in classes_of(ReasonCode) for reason in kind]  # type: ignore[misc]


def test_every_reason_has_a_sentence() -> None:
    missing = [reason.value for reason in reasons() if reason.value not in SENTENCES]
    assert not missing, "\n".join(missing)


def test_no_sentence_is_of_a_reason_that_is_gone() -> None:
    assert set(SENTENCES) - {reason.value for reason in reasons()} == set()


def test_every_sentence_is_chinese_and_needs_no_parameter_to_be_said() -> None:
    for reason in reasons():
        said = sentence(reason)
        assert CHINESE.search(said), reason
        assert said.endswith(("。", "？")), reason
        assert "%(" not in said


def test_every_state_role_and_kind_has_a_label() -> None:
    missing = [
        f"{kind.__name__}.{member.name}"
        for kind in classes_of(enum.Enum)
        if not issubclass(kind, errors.ReasonCode) and kind.__name__ not in UNSPOKEN
        for member in kind
        if f"{kind.__name__}.{member.name}" not in LABELS
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Money.yuan("1234.5"), "¥1,234.50"),
        (date(2026, 3, 11), "2026-03-11"),
        (datetime(2026, 3, 11, 16, 5, tzinfo=UTC), "2026-03-12 00:05"),
    ],
)
def test_parameters_are_said_as_people_write_them(value: object, said: str) -> None:
    assert said in sentence(LedgerReason.INSUFFICIENT, {"available": value})


def test_nothing_has_an_empty_label() -> None:
    assert label(None) == ""


def test_choices_are_value_and_label() -> None:
    assert ("common.not_found", "common.not_found") in choices(CommonReason)
