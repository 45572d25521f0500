"""The letters around needs: every kind that is owed has its words, with the link that helps."""

import re
from pathlib import Path

import pytest
from flask import Flask

from web.letters import put_into_words

ROOT = Path(__file__).resolve().parents[2]
_OWED = re.compile(r'tell_(?:orderer|dispatchers|unit)\([^"]*"(\w+)"')
KINDS = sorted(
    {
        kind
        for path in (ROOT / "projects/listings/services").glob("*.py")
        for kind in _OWED.findall(path.read_text(encoding="utf-8"))
    }
    | {"declined", "referred"}
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_has_words_and_one_link(app: Flask, kind: str) -> None:
    data = {"need_id": 7, "title": "灯要修", "token": "secret", "due_at": "", "claim_id": 3}
    with app.app_context():
        subject, text = put_into_words(f"need.{kind}", data)
    assert "灯要修" in subject
    assert len(re.findall(r"/needs/\S+", text)) == 1


@pytest.mark.parametrize(
    "kind",
    [
        "booking.agreed", "booking.declined", "village_fund.asked", "village_fund.agreed",
        "village_fund.returned", "pairing.begun", "pairing.ended",
    ],
)  # fmt: skip
def test_letters_of_loans_funds_and_pairings_have_words_and_one_link(app: Flask, kind: str) -> None:
    data = {
        "title": "轮椅", "token": "secret", "place": "洪港村", "committee": "洪港村委会",
        "note": "缺章",
        "village_fund_id": 3, "region_code": "420704101201", "pairing_id": 5,
        "unit": "洪港村的朋友",
        "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    with app.app_context():
        subject, text = put_into_words(kind, data)
    assert "轮椅" in subject or "洪港村" in subject
    assert len(re.findall(r"https?://\S+/\S+", text)) == 1
