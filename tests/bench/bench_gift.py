"""A guest's gift over HTTP, every request from the form to the thank-you.

PostgreSQL, `wushe serve` with 2 gunicorn workers, 16 givers at once. The CPU counted is that of the
site's processes and of PostgreSQL's; the givers' own is left out. The yardstick of the CPU is the
form page alone, asked for by the same givers in the same run.
"""

import html
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from tests.bench import Row
from tests.bench.world import World, open_world
from tests.support.ports import LOOPBACK, free_port, wait_until_answers
from tests.support.source import ROOT
from web import db

GIVERS, GIFTS = 16, 320
_FIELD = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Giver:
    """A browser of one visitor: keeps cookies, follows redirects."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection(LOOPBACK, port, timeout=60)
        self.cookies: dict[str, str] = {}
        #: Where the last redirect led.
        self.at = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        """One request and its redirects; the last page."""
        self.at = path
        body = urlencode(form) if form else None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status in {302, 303}:
            target = urlsplit(answer.getheader("Location") or "")
            return self.ask("GET", target.path + ("?" + target.query if target.query else ""))
        assert answer.status == 200, (answer.status, path, page[:400])
        return page

    def give(self, project_id: int) -> None:
        """The form, the sandbox's page, and the thank-you."""
        path = f"/projects/{project_id}/donate"
        form = hidden(self.ask("GET", path))
        page = self.ask("POST", path, form | {"own_amount": "20", "giver_kind": "individual"})
        assert "sandbox/pay" in self.at, page[:600]
        page = self.ask("POST", self.at, hidden(page) | {"paid": "1"})
        assert "¥20.00" in page, page[:600]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    main = page[page.index("<main") :]
    fields = (match.groups() for match in _FIELD.finditer(main) if "hidden" in match[0])
    return {name: html.unescape(value) for name, value in fields}


def processes(root: int) -> set[int]:
    """A process and all below it."""
    found, queue = set(), [root]
    while queue:
        pid = queue.pop()
        found.add(pid)
        out = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
        queue.extend(int(line) for line in out.stdout.split())
    return found


def cpu_seconds(roots: list[int]) -> float:
    """User and system time of these processes, of those below them and of those that ended."""
    ticks = 0
    for pid in set().union(*(processes(root) for root in roots)):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def crowd(port: int, times: int, act: Callable[[Giver], None]) -> list[float]:
    """Let the givers act `times` times in all; seconds of each."""
    left, lock, seconds, errors = [times], threading.Lock(), [], []

    def one() -> None:
        giver = Giver(port)
        while True:
            with lock:
                if not left[0] or errors:
                    return
                left[0] -= 1
            begun = time.monotonic()
            try:
                act(giver)
            except BaseException as error:
                errors.append(error)
                raise
            with lock:
                seconds.append(time.monotonic() - begun)

    threads = [threading.Thread(target=one) for _ in range(GIVERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    return sorted(seconds)


def postmaster(world: World) -> int:
    """The process PostgreSQL's backends stand below."""
    engine = db.make_engine(world.address.url)
    with engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with open(f"/proc/{backend}/stat") as stat:
            parent = int(stat.read().rsplit(")", 1)[1].split()[1])
    engine.dispose()
    return parent


def rows() -> Iterator[Row]:
    """CPU per gift, gifts per second, and the slowest of a hundred."""
    with open_world("postgresql") as world:
        port = free_port()
        environment = os.environ | {
            "WUSHE_DATABASE_URL": world.address.url,
            "WUSHE_DATA": str(world.folder),
            "WUSHE_WORKERS": "2",
            "PORT": str(port),
            "PYTHONPATH": str(ROOT),
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve"], env=environment, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert wait_until_answers(port)
            yield from measure(world, port, [server.pid, postmaster(world)])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def measure(world: World, port: int, roots: list[int]) -> Iterator[Row]:
    """The forms alone, then whole gifts."""
    path = f"/projects/{world.project_id}/donate"
    # PostgreSQL plans a statement anew until a connection has sent it some ten times.
    crowd(port, GIFTS, lambda giver: giver.give(world.project_id))
    before = cpu_seconds(roots)
    crowd(port, GIFTS, lambda giver: giver.ask("GET", path) and None)
    form_cpu = (cpu_seconds(roots) - before) * 1000 / GIFTS
    before, begun = cpu_seconds(roots), time.monotonic()
    seconds = crowd(port, GIFTS, lambda giver: giver.give(world.project_id))
    lasted = time.monotonic() - begun
    gift_cpu = (cpu_seconds(roots) - before) * 1000 / GIFTS
    yield Row("guest gift, CPU per gift (web + PostgreSQL)", gift_cpu, "ms", "its form", form_cpu)
    yield Row("guest gifts, 16 givers at once", GIFTS / lasted, "gifts/s")
    yield Row("guest gift, p99", seconds[int(len(seconds) * 0.99) - 1] * 1000, "ms")
