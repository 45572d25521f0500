"""Letters in words: each owed row becomes a mail, written by the page's own catalogue and sent.

The words of a kind stand in `templates/letters/<kind>.txt`: the first line is the subject, the rest
the text. A template is given the row's data by name, and `link(endpoint, …)` for an address of this
site; sums come as fen (`{{ amount|fen }}`), days in ISO form. Letters are plain text: what a giver
typed is never markup. They are Chinese unless the row's data says `language: en`.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import Flask, current_app, g, render_template, url_for
from flask_babel import gettext as _

from charity import clock, letters
from charity.letters import Letter
from charity.money import Money
from web.config import Settings
from web.db import database
from web.filters import yuan
from web.languages import LOCALES
from web.mailing import Mailer, Refused, Unreachable, mailer
from web.ports import settings

log = logging.getLogger("wushe.letters")

#: Letters taken in one run.
BATCH = 100


@dataclass(frozen=True)
class Mail:
    """A letter in words, apart from any database row."""

    letter_id: int
    address: str
    subject: str
    text: str


def init_app(app: Flask) -> None:
    """Make the filter of letters known to the templates."""
    app.add_template_filter(fen)


def fen(amount: object) -> str:
    """A sum that a letter's row keeps as a number of fen: ¥1,234.50."""
    return yuan(Money(int(str(amount))))


def put_into_words(kind: str, data: Mapping[str, object]) -> tuple[str, str]:
    """Subject and text of a letter of this kind; raises jinja's errors for a broken template."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # of werkzeug's proxy
    with app.app_context(), app.test_request_context(base_url=settings().base_url):
        g.language = "en" if data.get("language") == "en" else "zh"
        said = render_template(
            f"letters/{kind}.txt", **data, link=_link, locale=LOCALES[g.language]
        )
        sign_off = _("这封信由五社汇自动发出，请不要直接回复。")
    subject, _newline, text = said.strip().partition("\n")
    return _one_line(subject), f"{text.strip()}\n\n--\n{sign_off}\n{settings().base_url}\n"


def send_owed() -> int:
    """Send what is owed and due; answers how many went.

    No database transaction stays open while the mail server is spoken to. A letter that cannot be
    put into words or is refused counts a try; a server that does not answer blames none of them.
    """
    with database().unit() as session:
        waiting = [
            (row.id, row.kind, row.address, dict(row.data))
            for row in letters.owed(session, limit=BATCH)
        ]
    mails = [mail for row in waiting if (mail := _mail(*row)) is not None]
    if not mails:
        return 0
    sent = 0
    try:
        with mailer(settings()) as way:
            for mail in mails:
                sent += _send(way, mail)
    except Unreachable as error:
        log.warning("letters: the mail server does not answer (%s)", error)
    return sent


def message(mail: Mail, settings: Settings) -> EmailMessage:
    """The mail as it travels; its id is the letter's, so that sent twice it is one."""
    made = EmailMessage()
    host = urlsplit(settings.base_url).hostname or "localhost"
    made["Subject"] = mail.subject
    made["From"] = Address(display_name=_("五社汇"), addr_spec=settings.mail_from)
    made["To"] = mail.address
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<letter-{mail.letter_id}@{host}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text, charset="utf-8", cte="base64")
    return made


def _mail(letter_id: int, kind: str, address: str, data: Mapping[str, object]) -> Mail | None:
    try:
        return Mail(letter_id, address, *put_into_words(kind, data))
    except Exception as error:
        log.exception("letter id=%s kind=%s cannot be put into words", letter_id, kind)
        _record(letter_id, f"words: {type(error).__name__}")
        return None


def _send(way: Mailer, mail: Mail) -> int:
    try:
        made = message(mail, settings())
    except ValueError:
        _record(mail.letter_id, "no such address can be")
        return 0
    try:
        way.send(made)
    except Refused as refusal:
        log.warning("letter id=%s refused: %s", mail.letter_id, refusal)
        _record(mail.letter_id, str(refusal))
        return 0
    _record(mail.letter_id, None)
    return 1


def _record(letter_id: int, error: str | None) -> None:
    with database().unit() as session:
        letter = session.get(Letter, letter_id)
        if letter is None:
            # The giver had it deleted while it was on its way.
            return
        if error is None:
            letters.record_sent(letter)
        else:
            letters.record_failure(letter, error)


def _link(endpoint: str, **values: object) -> str:
    """A whole address of this site."""
    return url_for(endpoint, _external=True, **values)  # type: ignore[arg-type]  # values of routes


def _one_line(text: str) -> str:
    """A subject: one line without control characters, so that no header follows another."""
    plain = "".join(" " if unicodedata.category(each).startswith("C") else each for each in text)
    return " ".join(plain.split())[:150]
