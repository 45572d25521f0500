"""Letters: words by kind, sent by a real server or laid into a folder, tried again, blanked."""

from __future__ import annotations

import ast
import email
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import letters
from charity.letters import DELAYS, TRIES, Letter
from tests.conftest import SetClock
from tests.support.mail import Mailbox, mail_server
from tests.support.ports import free_port
from tests.support.source import ROOT, modules
from web import jobs, ports
from web.config import SettingError, Settings
from web.letters import put_into_words, send_owed
from web.readiness import findings

THANKS: dict[str, object] = {
    "token": "a-token", "amount": 123_450, "day": "2026-03-16", "campaign": "五百户扶手",
    "charity": "鄂城区慈善总会",
}  # fmt: skip


@pytest.fixture
def inside(app: Flask, clock: SetClock) -> Iterator[Flask]:
    """Inside the app, as the worker is."""
    with app.app_context():
        yield app


@pytest.fixture
def mailbox(inside: Flask) -> Iterator[Mailbox]:
    """A mail server that this installation's letters go through."""
    with mail_server() as box:
        use_server(inside, f"smtp://127.0.0.1:{box.port}")
        yield box


def use_server(app: Flask, url: str | None) -> None:
    found: ports.Ports = app.extensions["wushe.ports"]
    changed = replace(found.settings, smtp_url=url, mail_from="letters@wushe.example")
    ports.init_app(app, replace(found, settings=changed))


def owe(session: Session, number: int = 1, address: str = "w@example.org", **data: object) -> None:
    letters.write(
        session,
        source=f"donation:{number}:thanks",
        kind="donation.thanks",
        address=address,
        **{**THANKS, **data},
    )
    session.commit()


def rows(session: Session) -> list[Letter]:
    session.expire_all()
    return list(session.scalars(select(Letter).order_by(Letter.id)))


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_says_sum_day_and_link_in_chinese(inside: Flask) -> None:
    subject, text = put_into_words("donation.thanks", THANKS)
    assert subject == "谢谢你捐的 ¥1,234.50"
    assert "2026-03-16" in text
    assert "http://localhost/donations/a-token\n" in text
    assert "五百户扶手" in text


def test_what_a_giver_typed_is_neither_markup_nor_a_header(inside: Flask) -> None:
    evil = "<b>x</b>{{ 7*7 }}\r\nBcc: everybody@example.org"
    subject, text = put_into_words("donation.thanks", {**THANKS, "campaign": evil})
    assert "<b>x</b>{{ 7*7 }}" in text
    assert "49" not in text
    assert "\n" not in subject


def test_every_kind_that_is_written_has_its_words() -> None:
    """A kind named anywhere in the house has a template: a letter without words goes nowhere."""
    named = {
        str(keyword.value.value)
        for module in modules("charity", "projects", "web")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("letters.write")
        for keyword in node.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert "donation.thanks" in named
    words = ROOT / "web" / "templates" / "letters"
    assert {kind for kind in named if not (words / f"{kind}.txt").exists()} == set()


# ── through a server ─────────────────────────────────────────────────────────────────────────────


def test_a_letter_goes_once_and_is_blanked(
    inside: Flask, session: Session, mailbox: Mailbox
) -> None:
    owe(session)
    jobs.send_letters()
    jobs.send_letters()
    (mail,) = mailbox.messages
    assert mailbox.recipients == ["w@example.org"]
    assert mail["From"] == "五社汇 <letters@wushe.example>"
    assert mail["Subject"] == "谢谢你捐的 ¥1,234.50"
    assert "a-token" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"
    (row,) = rows(session)
    assert row.sent_at is not None
    assert (row.address, row.data, row.attempts) == ("", {}, 1)


def test_one_refused_address_keeps_no_other_waiting(
    inside: Flask, session: Session, mailbox: Mailbox
) -> None:
    mailbox.refused.add("gone@example.org")
    owe(session, 1, "gone@example.org")
    owe(session, 2, "here@example.org")
    assert send_owed() == 1
    first, second = rows(session)
    assert (first.sent_at, first.attempts) == (None, 1)
    assert first.last_error == "SMTPRecipientsRefused [550]", "the address is not repeated"
    assert second.sent_at is not None


def test_a_refused_letter_is_tried_after_longer_and_longer_and_then_people_look(
    inside: Flask, session: Session, mailbox: Mailbox, clock: SetClock
) -> None:
    mailbox.refused.add("gone@example.org")
    owe(session, 1, "gone@example.org")
    for attempt in range(1, TRIES + 1):
        send_owed()
        send_owed()
        assert rows(session)[0].attempts == attempt, "no second try at once"
        longer = DELAYS[min(attempt, TRIES - 1)] - DELAYS[attempt - 1]
        clock.advance(seconds=longer.total_seconds())
    send_owed()
    assert rows(session)[0].attempts == TRIES
    said = {finding.name: finding.sentence for finding in findings()}
    assert said["letters"].startswith("1 ")


def test_a_server_that_is_away_uses_up_no_try(inside: Flask, session: Session) -> None:
    use_server(inside, f"smtp://127.0.0.1:{free_port()}")
    owe(session)
    assert send_owed() == 0
    assert rows(session)[0].attempts == 0


def test_a_password_is_told_to_no_server_in_the_clear(
    inside: Flask, session: Session, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.mailing._LOCAL", ())
    use_server(inside, f"smtp://user:word@127.0.0.1:{mailbox.port}")
    owe(session)
    assert send_owed() == 0
    assert mailbox.messages == []


def test_a_letter_without_words_or_with_an_impossible_address_is_counted(
    inside: Flask, session: Session, mailbox: Mailbox
) -> None:
    letters.write(session, source="x:1", kind="no.such", address="w@example.org")
    owe(session, 2, "two lines\r\nBcc: x@example.org")
    assert send_owed() == 0
    assert [row.last_error for row in rows(session)] == [
        "words: TemplateNotFound",
        "no such address can be",
    ]


# ── into a folder ────────────────────────────────────────────────────────────────────────────────


def test_without_a_server_letters_lie_in_the_data_folder(
    inside: Flask, session: Session, settings: Settings
) -> None:
    owe(session)
    assert send_owed() == 1
    (file,) = (settings.data / "mail").iterdir()
    assert (file.suffix, file.stat().st_mode & 0o777) == (".eml", 0o600)
    mail = cast(EmailMessage, email.message_from_bytes(file.read_bytes(), policy=default))
    assert mail["To"] == "w@example.org"
    assert "谢谢你捐的" in str(mail["Subject"])


# ── settings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"WUSHE_SMTP_URL": "mail.example.org"}, "WUSHE_SMTP_URL"),
        ({"WUSHE_SMTP_URL": "http://mail.example.org"}, "WUSHE_SMTP_URL"),
        ({"WUSHE_SMTP_URL": "smtp://me@mail.example.org"}, "WUSHE_SMTP_URL"),
        ({"WUSHE_SMTP_URL": "smtp://mail.example.org:port"}, "WUSHE_SMTP_URL"),
        ({"WUSHE_SMTP_URL": "smtp://mail.example.org"}, "WUSHE_MAIL_FROM"),
        ({"WUSHE_MAIL_FROM": "五社汇"}, "WUSHE_MAIL_FROM"),
        ({"WUSHE_MAIL_FROM": "a@b.cn\nBcc: c@d.cn"}, "WUSHE_MAIL_FROM"),
    ],
)
def test_a_wrong_setting_is_named_and_its_password_is_not(
    tmp_path: Path, env: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingError) as told:
        Settings.from_env({"WUSHE_DATA": str(tmp_path), **env})
    assert named in str(told.value)
    assert "me@mail" not in str(told.value)


def test_a_good_server_is_taken(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "WUSHE_DATA": str(tmp_path),
            "WUSHE_SMTP_URL": "smtps://user:word@mail.example.org:465",
            "WUSHE_MAIL_FROM": "letters@example.org",
        }
    )
    assert settings.smtp_url is not None
    assert "word" not in repr(settings)
