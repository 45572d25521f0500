"""Commands run in processes of their own that need not read the whole site again.

To import the site takes seconds, to run a command tenths of one. One process beside the tests has
imported it and forks for every command: each has its own environment, folder, output and exit
code, as if a person had typed it. That `python -m web.cli` starts from nothing is proved where the
site is served, and where a test asks for a whole process.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.support.source import ROOT


@cache
def _forks() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(["web.cli"])
    return context


def run(
    arguments: Sequence[str], environment: Mapping[str, str], *, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run `wushe` with these arguments to its end; raises `subprocess.TimeoutExpired`."""
    with tempfile.TemporaryDirectory(prefix="wushe-command-") as kept:
        said, complained = Path(kept, "stdout"), Path(kept, "stderr")
        process = _forks().Process(
            target=_command, args=(list(arguments), dict(environment), str(said), str(complained))
        )
        process.start()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), seconds)
        return subprocess.CompletedProcess(
            list(arguments),
            process.exitcode if process.exitcode is not None else -1,
            said.read_text(encoding="utf-8"),
            complained.read_text(encoding="utf-8"),
        )


def _command(arguments: list[str], environment: dict[str, str], said: str, complained: str) -> None:
    """Become the command: what a shell sets before a program starts is set here."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    for number, path in ((1, said), (2, complained)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["wushe", *arguments]
    from web.cli import main

    main()
