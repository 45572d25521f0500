"""The real programs of an installation: `wushe` commands, and the site with its worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import forked
from tests.support.databases import Address
from tests.support.ports import LOOPBACK, free_port, wait_until_answers
from tests.support.source import ROOT

WUSHE = (sys.executable, "-m", "web.cli")


@dataclass(frozen=True)
class Installation:
    """One database and one folder that belong together, as on a machine that serves the site."""

    address: Address
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the variables of its processes; none of the developer's own leak in."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WUSHE_", "STRIPE_", "FLASK_")) and name != "PORT"
        }
        kept |= {"WUSHE_DATABASE_URL": self.address.url, "WUSHE_DATA": str(self.folder)}
        if self.address.owner_url != self.address.url:
            kept["WUSHE_OWNER_DATABASE_URL"] = self.address.owner_url
        return kept | {"PYTHONPATH": str(ROOT)} | self.settings

    def wushe(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; its exit code and what it printed are the test's to judge."""
        return forked.run(arguments, self.environment(), seconds=seconds)

    def program(self, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        """Run one command as a program started from nothing, for tests whose subject that is."""
        return subprocess.run(
            [*WUSHE, *arguments],
            env=self.environment(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Run web and worker as `make run` does and yield the address, `http://127.0.0.1:PORT`."""
        port = free_port()
        log_path = self.folder / "run.log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [*WUSHE, "run", "--port", str(port)],
                env=self.environment() | {"PORT": str(port)},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                if not wait_until_answers(port, seconds=60):
                    raise RuntimeError(f"the site did not start:\n{log_path.read_text()[-3000:]}")
                yield f"http://{LOOPBACK}:{port}"
            finally:
                _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop as Ctrl-C does; what has not ended in time is ended with its children."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
