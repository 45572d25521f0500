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
