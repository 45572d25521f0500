"""A mail server of the loopback for one test: it speaks SMTP and keeps what it is given."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast


@dataclass
class Mailbox:
    """What arrived, in order, and whom the server will not take."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


class _Handler(socketserver.StreamRequestHandler):
    """One conversation by RFC 5321, as far as a sender needs it."""

    def handle(self) -> None:
        """Answer until the other side says good-bye."""
        mailbox = cast("_Server", self.server).mailbox
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ", 1)[0].split(":", 1)[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                mailbox.messages.append(self._message())
                self._say("250 kept")
            elif verb == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                if address in mailbox.refused:
                    self._say(f"550 no such user {address}")
                else:
                    mailbox.recipients.append(address)
                    self._say("250 fine")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _message(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return email.message_from_bytes(b"".join(lines), policy=default)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mailbox = mailbox
        address: Any = self.server_address
        mailbox.port = address[1]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A server on a free port until the block ends."""
    mailbox = Mailbox()
    with _Server(mailbox) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
