"""A Stripe on the loopback with state and with bad days: the fake gateway behind Stripe's wire.

It stands where stripe-mock cannot: the real library talks to it while it refuses, hangs, breaks off
in the middle of an answer, answers errors, or does the work and loses the answer.
"""

import enum
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from charity.donations.gateway import CheckoutOrder, GatewayRefused, RefundOrder
from charity.money import Money
from tests.fakes import FakeGateway


class Day(enum.StrEnum):
    """What happens to one request."""

    HANG = "hang"
    RESET = "reset"
    #: The work is done, the connection dies before the answer.
    LOST = "lost"
    #: The work is done, the answer stops half way.
    HALF = "half"
    E500 = "500"
    E503 = "503"
    E409 = "409"
    E429 = "429"
    E401 = "401"
    E400 = "400"


_ERRORS = {
    Day.E500: (500, "api_error"),
    Day.E503: (503, "api_error"),
    Day.E409: (409, "invalid_request_error"),
    Day.E429: (429, "invalid_request_error"),
    Day.E401: (401, "invalid_request_error"),
    Day.E400: (400, "invalid_request_error"),
}


class StripeDouble(ThreadingHTTPServer):
    """Serves `/v1/checkout/sessions` and `/v1/refunds`; `days` are the fates of the next requests.

    None among them is a good day.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gateway = FakeGateway()
        self.days: deque[Day | None] = deque()
        #: (verb, idempotency key) of each request that came.
        self.requests: list[tuple[str, str]] = []
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A peer that gave up is part of the plan."""


@contextmanager
def running() -> Iterator[StripeDouble]:
    """Serve while the block runs."""
    server = StripeDouble()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: StripeDouble
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        key = self.headers.get("Idempotency-Key", "")
        self.server.requests.append(("create", key))
        if self._bad_before():
            return
        if self.path == "/v1/refunds":
            self._refund(key, form)
            return
        order = CheckoutOrder(
            key=key,
            amount=Money(int(form["line_items[0][price_data][unit_amount]"][0])),
            currency=form["line_items[0][price_data][currency]"][0].upper(),
            description=form["line_items[0][price_data][product_data][name]"][0],
            return_url=form["success_url"][0],
            cancel_url=form["cancel_url"][0],
            locale=form["locale"][0],
        )
        assert form["client_reference_id"] == [key]
        try:
            made = self.server.gateway.create_checkout(order)
        except GatewayRefused:
            self._error(400, "idempotency_error")
            return
        self._session(made.remote_id)

    def do_GET(self) -> None:
        remote_id = self.path.rpartition("/")[2]
        self.server.requests.append(("fetch", remote_id))
        if self._bad_before():
            return
        if remote_id not in self.server.gateway.sessions:
            self._error(404, "invalid_request_error")
            return
        self._session(remote_id)

    def _bad_before(self) -> bool:
        """Spoil the request before any work is done; False where it goes on."""
        self._day = self.server.days.popleft() if self.server.days else None
        if self._day is Day.HANG:
            self.server.closing.wait(30)
            self.close_connection = True
        elif self._day is Day.RESET:
            self.close_connection = True
        elif self._day in _ERRORS:
            self._error(*_ERRORS[self._day])
        else:
            return False
        return True

    def _refund(self, key: str, form: dict[str, list[str]]) -> None:
        assert form["metadata[key]"] == [key]
        order = RefundOrder(
            key=key,
            remote_id=form["payment_intent"][0].removeprefix("pi_"),
            amount=Money(int(form["amount"][0])),
            currency="CNY",
        )
        try:
            made = self.server.gateway.refund(order)
        except GatewayRefused:
            self._error(400, "invalid_request_error")
            return
        self._say(self.server.gateway.refunds[made.remote_id])

    def _session(self, remote_id: str) -> None:
        session = self.server.gateway.sessions[remote_id]
        self._say({**session, "url": f"https://pay.example/{remote_id}"})

    def _say(self, said: dict[str, object]) -> None:
        """Answer with an object, as far as the day lets it through."""
        answer = json.dumps(said).encode()
        if self._day is Day.LOST:
            self.close_connection = True
            return
        self._answer(200, answer, cut=len(answer) // 2 if self._day is Day.HALF else None)

    def _error(self, status: int, kind: str) -> None:
        self._answer(status, json.dumps({"error": {"type": kind, "message": kind}}).encode())

    def _answer(self, status: int, body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])
        if cut is not None:
            self.close_connection = True
