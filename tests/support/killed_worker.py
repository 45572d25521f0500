"""A worker that is killed in the middle of its task: `python -m tests.support.killed_worker`.

It reads numbers, one a line. For each it forks, lets the child do what the worker does when it is
woken, and kills it (SIGKILL) before the child's statement of that number reaches the database; 0
kills nobody. It answers each line with how many statements there were, or `killed`.
"""

import os
import signal
import sys
from typing import Any

from flask import Flask
from sqlalchemy import event

from web import create_app, jobs
from web.db import database


def work(app: Flask, number: int, report: int) -> None:
    """Catch up, and die before the statement of this number."""
    with app.app_context():
        seen = 0

        def count(*_args: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        engine = database().engine
        event.listen(engine, "before_cursor_execute", count)
        # commits are no statements, and the moment before one is the most interesting of all
        event.listen(engine, "commit", count)
        jobs.catch_up()
        os.write(report, str(seen).encode())


def main() -> None:
    """One child for each line; the app has no connection yet when they part."""
    app = create_app()
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                work(app, int(line), writing)
                os._exit(0)
            finally:
                os._exit(1)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        said = os.read(reading, 20).decode()
        os.close(reading)
        killed = os.WIFSIGNALED(status)
        sys.stdout.write(("killed" if killed else said or f"failed {status}") + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
