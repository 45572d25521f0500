"""What is published, as one canonical text: its digest, and what a correction changed (DIS-211).

A content is texts, whole numbers (sums in fen, days in ISO form), and lists and maps of them. Its
canonical form is JSON with sorted keys and no spaces in UTF-8, so that a stranger with the file
computes the same SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from charity.disclosure.reasons import DisclosureReason
from charity.errors import Invalid

#: The rule that a correction stands beside what it corrects, with an explanation.
CORRECTED_OPENLY = "DIS-211"

#: How deep lists and maps may lie in each other, and how long the whole may be in bytes.
DEPTH, LENGTH = 6, 400_000


def canonical(content: Mapping[str, object]) -> bytes:
    """The bytes that are hashed; raises `Invalid` for what no content may hold (a float)."""
    _check(content, DEPTH)
    made = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()
    if len(made) > LENGTH:
        raise Invalid(DisclosureReason.CONTENT_TOO_LONG, field="content")
    return made


def digest(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a content, by the way to it: `spent/2/amount`; None where it is missing."""

    path: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Difference:
    """What a correction changed: what it added, took out, and says otherwise."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both contents say the same."""
        return not (self.added or self.removed or self.changed)


def difference(before: Mapping[str, object], after: Mapping[str, object]) -> Difference:
    """Every value that differs, in the order of the ways to them; nothing twice."""
    was, now = dict(_leaves(before)), dict(_leaves(after))
    return Difference(
        added=tuple(Row(path, None, now[path]) for path in now if path not in was),
        removed=tuple(Row(path, was[path], None) for path in was if path not in now),
        changed=tuple(
            Row(path, was[path], now[path])
            for path in was
            if path in now and (type(was[path]), was[path]) != (type(now[path]), now[path])
        ),
    )


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value with the way to it; an empty list or map is a value of its own."""
    if isinstance(value, Mapping) and value:
        for key in sorted(value):
            yield from _leaves(value[key], f"{path}/{key}" if path else str(key))
    elif isinstance(value, list | tuple) and value:
        for number, each in enumerate(value, 1):
            yield from _leaves(each, f"{path}/{number}")
    else:
        yield path, value


def _check(value: object, depth: int) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        if value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value):
            return
        # half a pair of surrogates has no bytes in UTF-8
        raise Invalid(DisclosureReason.CONTENT_UNREADABLE, field="content")
    if depth and isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        for each in value.values():
            _check(each, depth - 1)
        return
    if depth and isinstance(value, list | tuple):
        for each in value:
            _check(each, depth - 1)
        return
    raise Invalid(DisclosureReason.CONTENT_UNREADABLE, field="content")
