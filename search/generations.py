"""The folder of an index: generations side by side, one of them in use, one writer at a time.

A rebuild fills a new generation while searches read the one in use; publishing is the exchange of
one small file. The lock belongs to a process and not to a file, so that what a killed writer
leaves behind keeps nobody out.
"""

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import IndexBusy, IndexUnavailable

_CURRENT = "current"
_LOCK = "write.lock"
_PREFIX = "g"
#: How often a waiting writer looks whether the lock is free, in seconds.
_PAUSE = 0.02


class Generations:
    """The generations of one index under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._threads = threading.Lock()

    def current(self) -> Path:
        """The folder of the generation in use. Raises IndexUnavailable when there is none."""
        try:
            name = (self.root / _CURRENT).read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise IndexUnavailable("the index has not been built") from error
        if not name.startswith(_PREFIX) or os.sep in name:
            raise IndexUnavailable("the index names no generation")
        return self.root / name

    @contextmanager
    def writing(self, patience: float) -> Iterator[None]:
        """Be the only writer. Waits `patience` seconds for another one, then raises IndexBusy."""
        if not self._threads.acquire(timeout=patience):
            raise IndexBusy("another thread writes the index")
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.root / _LOCK).open("wb") as lock:
                _wait_for(lock.fileno(), patience)
                yield
        finally:
            self._threads.release()

    def begin(self) -> Path:
        """A folder for a new generation. Only while writing."""
        numbers = [int(path.name[len(_PREFIX) :]) for path in self._all()]
        fresh = self.root / f"{_PREFIX}{max(numbers, default=0) + 1}"
        fresh.mkdir(mode=0o700)
        return fresh

    def publish(self, generation: Path) -> None:
        """Put a generation to use, and clear away all but it and the one used before.

        The former one stays for searches that are still reading it. Only while writing.
        """
        try:
            former: Path | None = self.current()
        except IndexUnavailable:
            former = None
        note = self.root / f"{_CURRENT}.new"
        note.write_text(generation.name, encoding="ascii")
        note.replace(self.root / _CURRENT)
        for path in self._all():
            if path not in (generation, former):
                shutil.rmtree(path, ignore_errors=True)

    def discard(self, generation: Path) -> None:
        """Clear away a generation that did not come about."""
        shutil.rmtree(generation, ignore_errors=True)

    def _all(self) -> list[Path]:
        found = self.root.glob(f"{_PREFIX}*")
        return [path for path in found if path.name[len(_PREFIX) :].isdecimal() and path.is_dir()]


def _wait_for(descriptor: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise IndexBusy("another process writes the index") from error
            time.sleep(_PAUSE)
        else:
            return
