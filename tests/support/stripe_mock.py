"""Stripe's own stand-in, stripe-mock: found, started on a free loopback port, and stopped.

It proves the shape of what `stripe_gateway.py` sends and reads; it keeps no state. The states are
driven by the fake gateway of tests/fakes.py.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import LOOPBACK, free_port, wait_until_answers

VERSION = "v0.197.0"
MODULE = f"github.com/stripe/stripe-mock@{VERSION}"


def program() -> Path:
    """Return stripe-mock's path: beside this Python first, then on PATH, then where Go puts it.

    Raises FileNotFoundError with a sentence that says how to get it.
    """
    beside = Path(sys.prefix) / "bin" / "stripe-mock"
    on_path = shutil.which("stripe-mock")
    go_folder = Path(os.environ.get("GOPATH") or Path.home() / "go") / "bin" / "stripe-mock"
    for candidate in (beside, Path(on_path) if on_path else beside, go_folder):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"no stripe-mock: run 'make test', or 'go install {MODULE}'")


@contextmanager
def running() -> Iterator[str]:
    """Run stripe-mock while the block runs and yield its base address, `http://127.0.0.1:PORT`."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key != "PORT"}
    process = subprocess.Popen(
        [
            str(program()),
            "-http-addr",
            f"{LOOPBACK}:{port}",
            # Left unsaid it also takes a fixed port of its own, where a second one cannot start.
            "-https-addr",
            f"{LOOPBACK}:0",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        if not wait_until_answers(port):
            raise RuntimeError(f"stripe-mock did not answer on port {port}")
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
