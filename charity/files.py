"""Where evidence is kept: bytes under the hash of their content.

The port is two verbs. The adapter here keeps files in a local folder; a shared or S3-compatible
store answers the same verbs and passes the same tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from charity.errors import CommonReason, NotFound


class FileStore(Protocol):
    """Keeps bytes for ever under their SHA-256; the same bytes are kept once."""

    def put(self, content: bytes) -> bytes:
        """Keep the content and return its digest (32 bytes); repeating it changes nothing."""

    def get(self, digest: bytes) -> bytes:
        """Return the content; raises `NotFound` for an unknown digest, `DamagedFile` for a lie."""


class DamagedFile(Exception):
    """What lies in the store is no longer what was put there."""


class LocalFileStore:
    """A folder of files named by their digest, in 256 folders by its first two figures."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> bytes:
        """Write beside, then rename: another reader sees the whole file or none."""
        digest = hashlib.sha256(content).digest()
        path = self._path(digest)
        if self._holds(path, content):
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
            raise
        return digest

    def get(self, digest: bytes) -> bytes:
        """Read the file and prove it: evidence that was changed on disk is never shown."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError as missing:
            raise NotFound(CommonReason.NOT_FOUND) from missing
        if hashlib.sha256(content).digest() != digest:
            raise DamagedFile(digest.hex())
        return content

    def _path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self.root / name[:2] / name[2:]

    def _holds(self, path: Path, content: bytes) -> bool:
        """Whether these very bytes are there; a damaged file is written anew."""
        try:
            return path.read_bytes() == content
        except FileNotFoundError:
            return False
