"""The folder of an index: generations side by side, one of them in use, one writer at a time.

A rebuild fills a new generation while searches read the one in use; publishing is the exchange of
one small file. The lock belongs to a process and not to a file, so that what a killed writer
leaves behind keeps nobody out.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search.errors import IndexBusy, IndexUnavailable

_CURRENT = "current"
_WRITE_LOCK, _REBUILD_LOCK = "write.lock", "rebuild.lock"
_CHANGES = "changes"
_PREFIX = "g"
#: How often a waiting writer looks whether the lock is free, in seconds.
_PAUSE = 0.02


class Generations:
    """The generations of one index under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

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
        with self._locked(_WRITE_LOCK, patience):
            yield

    @contextmanager
    def rebuilding(self, patience: float) -> Iterator[Path]:
        """The folder of a new generation; nobody else rebuilds meanwhile.

        Others may go on writing into the generation in use; what they `note` is for this one too.
        When the block fails the folder is cleared away.
        """
        with self._locked(_REBUILD_LOCK, patience):
            (self.root / _CHANGES).unlink(missing_ok=True)
            numbers = [int(path.name[len(_PREFIX) :]) for path in self._all()]
            fresh = self.root / f"{_PREFIX}{max(numbers, default=0) + 1}"
            fresh.mkdir(mode=0o700)
            try:
                yield fresh
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise

    def note(self, change: object) -> bool:
        """Write a change (as JSON) down for a rebuild under way; False when there is none.

        Only while writing.
        """
        try:
            with self._locked(_REBUILD_LOCK, patience=0.0):
                return False
        except IndexBusy:
            with (self.root / _CHANGES).open("a", encoding="ascii") as changes:
                changes.write(json.dumps(change) + "\n")
            return True

    def noted(self) -> list[Any]:
        """The changes written down since the rebuild began, in order. Only while writing."""
        try:
            lines = (self.root / _CHANGES).read_text(encoding="ascii").splitlines(keepends=True)
        except FileNotFoundError:
            return []
        # A line without an end is from a writer that was killed; its change is still owed to us.
        return [json.loads(line) for line in lines if line.endswith("\n")]

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

    @contextmanager
    def _locked(self, name: str, patience: float) -> Iterator[None]:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / name).open("wb") as lock:
            _wait_for(lock.fileno(), patience)
            yield

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
                raise IndexBusy("another writer is at work on the index") from error
            time.sleep(_PAUSE)
        else:
            return
