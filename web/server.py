"""The processes of an installation: gunicorn for the site, and site and worker side by side."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import DBAPIError

from web import create_app, indexing
from web.db import database

#: Threads per process; pages wait for the database more than they compute.
THREADS = 8
#: Seconds the two processes get to end by themselves.
GRACE = 15


class Site(BaseApplication):
    """Gunicorn with our settings in place of a configuration file."""

    def __init__(self, options: dict[str, Any], *, quiet: bool) -> None:
        self._options = options
        self._quiet = quiet
        super().__init__()

    def load_config(self) -> None:
        """Hand over the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the app inside the worker process, so that each has its own connections."""
        log_to_terminal(quiet=self._quiet)
        app = create_app()
        _learn_places(app)
        _spare_the_collector()
        return app


def serve(bind: str, workers: int, *, quiet: bool = False) -> None:
    """Serve until stopped; does not return. `quiet` leaves out the line per request."""
    Site(
        {
            "bind": bind,
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": GRACE - 5,
            "keepalive": 5,
            "loglevel": "warning",
            "proc_name": "wushe",
        },
        quiet=quiet,
    ).run()


def _learn_places(app: Flask) -> None:
    """Teach the search the names of places once, before the first visitor asks for one."""
    with app.app_context(), database().session(reads=True) as session:
        try:
            indexing.learn_places(session)
        except DBAPIError:
            logging.getLogger("wushe.search").warning("names of places could not be read")


def _spare_the_collector() -> None:
    """Leave what lives as long as the process out of the search for garbage, and search less often.

    A whole search walks through everything that was ever imported, a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def log_to_terminal(*, quiet: bool = False) -> None:
    """Our own lines at INFO, others' and all quiet ones at WARNING, on standard error."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("wushe").setLevel(logging.WARNING if quiet else logging.INFO)


def run_together(port: int, greeting: Sequence[str] = ()) -> int:
    """Start site and worker, print the address, and stop both as soon as one ends or Ctrl-C."""
    told = _Told()
    serving = ["serve", "--quiet", "--bind", f"127.0.0.1:{port}"]
    working = ["worker", "--quiet"]
    children = [
        subprocess.Popen(  # noqa: S603 - our own words, no shell
            [sys.executable, "-m", "web.cli", *words],
            env=os.environ | {"PORT": str(port)},
        )
        for words in (serving, working)
    ]
    click.echo(f"\n  五社汇  http://127.0.0.1:{port}\n")
    for line in greeting:
        click.echo(f"  {line}")
    click.echo("\n  Ctrl-C stops the site and its worker.\n")
    while not told.to_stop and all(child.poll() is None for child in children):
        time.sleep(0.2)
    return _stop(children, failed=not told.to_stop)


class _Told:
    """Whether somebody asked us to stop."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.to_stop = True


def _stop(children: list[subprocess.Popen[bytes]], *, failed: bool) -> int:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    until = time.monotonic() + GRACE
    for child in children:
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 1 if failed else 0
