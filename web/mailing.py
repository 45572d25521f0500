"""How a letter leaves the house: through the installation's mail server, or into a folder.

Two adapters of one verb. The folder is for a machine without a mail server: each letter lies there
as a file any mail program opens, so nothing that was promised in writing is lost.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import AbstractContextManager
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from web.config import Settings

#: Seconds a mail server may take to answer.
PATIENCE = 20
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Unreachable(Exception):
    """The server takes no letters at all at the moment: none of them is to blame."""


class Refused(Exception):
    """The server does not take this one letter."""


class Mailer(Protocol):
    """Takes letters while it is open; raises `Unreachable` on opening, `Refused` for a letter."""

    def send(self, message: EmailMessage) -> None:
        """Hand one letter over."""


class FolderMailer:
    """Lays each letter as an `.eml` file into a folder only the owner may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to close."""

    def send(self, message: EmailMessage) -> None:
        """Write beside, then rename; the same letter again is the same file."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        beside = self.folder / f".{name}.new"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
        beside.replace(self.folder / f"{name}.eml")


class SmtpMailer:
    """Speaks SMTP with the server of `WUSHE_SMTP_URL`; over TLS wherever the server offers it.

    A password is told to no server but through TLS, unless the server is this machine.
    """

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.host = self.parts.hostname or "localhost"
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        try:
            self._smtp = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"{type(error).__name__}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say good-bye; a server that has gone already hears nothing."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()

    def send(self, message: EmailMessage) -> None:
        """Hand one letter over; a connection that breaks is `Unreachable`."""
        assert self._smtp is not None  # noqa: S101  # the type of a mailer that was opened
        try:
            self._smtp.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            raise Unreachable("SMTPServerDisconnected") from error
        except smtplib.SMTPException as error:
            raise Refused(_said(error)) from error
        except OSError as error:
            raise Unreachable(type(error).__name__) from error

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        smtp: smtplib.SMTP
        if self.parts.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(
                self.host, self.parts.port or 465, timeout=PATIENCE, context=context
            )
        else:
            smtp = smtplib.SMTP(self.host, self.parts.port or 25, timeout=PATIENCE)
        try:
            self._greet(smtp, context)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        smtp.ehlo_or_helo_if_needed()
        is_safe = self.parts.scheme == "smtps" or self.host in _LOCAL
        if self.parts.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
            is_safe = True
        if self.parts.username is not None:
            if not is_safe:
                raise smtplib.SMTPNotSupportedError
            smtp.login(unquote(self.parts.username), unquote(self.parts.password or ""))


def mailer(settings: Settings) -> AbstractContextManager[Mailer]:
    """The way this installation's letters go."""
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url)
    return FolderMailer(settings.data / "mail")


def _said(error: smtplib.SMTPException) -> str:
    """What the server said, by its code alone: its words may name the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"SMTPRecipientsRefused {codes}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__
