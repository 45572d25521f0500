"""ZIP files written while they are sent: nothing of the archive is ever held whole.

Each member is one paper; its digest is taken on the way, and the list of all digests is the last
member, so that `sha256sum -c SHA256SUMS` proves the unpacked folder.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from charity.clock import CHINA

#: The last member of every archive.
DIGESTS = "SHA256SUMS"
#: Bytes sent at a time.
_PIECE = 1 << 16
#: A plain file that its owner may change and others read.
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """One paper of an archive: its name with `/` between folders, and how its bytes are had."""

    name: str
    read: Callable[[], bytes]
    #: Pictures and documents are small already.
    is_packed: bool = True


class _Pipe:
    """What zipfile writes into; it cannot be sought in, and is emptied by who sends it on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def stream(members: Iterable[Member], *, at: datetime) -> Iterator[bytes]:
    """The archive of these papers, piece by piece; `at` is the time each of them bears.

    The same members and time give the same bytes. Raises what reading a member raises.
    """
    pipe = _Pipe()
    digests: list[tuple[str, str]] = []
    stamp = at.astimezone(CHINA).timetuple()[:6]
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # it only writes
        for member in members:
            content = member.read()
            digests.append((hashlib.sha256(content).hexdigest(), member.name))
            yield from _write(archive, pipe, member, content, stamp)
        lines = "".join(f"{digest}  {name}\n" for digest, name in sorted(digests, key=_by_name))
        listed = Member(DIGESTS, lines.encode)
        yield from _write(archive, pipe, listed, lines.encode(), stamp)
    yield pipe.take()


def _by_name(line: tuple[str, str]) -> str:
    return line[1]


def _write(
    archive: zipfile.ZipFile,
    pipe: _Pipe,
    member: Member,
    content: bytes,
    stamp: tuple[int, ...],
) -> Iterator[bytes]:
    year, month, day, hour, minute, second = stamp
    info = zipfile.ZipInfo(member.name, (year, month, day, hour, minute, second))
    info.compress_type = zipfile.ZIP_DEFLATED if member.is_packed else zipfile.ZIP_STORED
    info.external_attr = _MODE
    with archive.open(info, "w") as paper:
        for start in range(0, len(content), _PIECE):
            paper.write(content[start : start + _PIECE])
            if piece := pipe.take():
                yield piece
    if piece := pipe.take():
        yield piece
