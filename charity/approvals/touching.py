"""Whom a thing touches, as it is kept with its review while that is open."""

from __future__ import annotations

from collections.abc import Sequence

from charity.registry.queries import Touch


def written(touches: Sequence[Touch]) -> str:
    """Touches as they are kept: `12:identity+account 15:name`."""
    return " ".join(f"{touch.party.id}:{'+'.join(touch.matched_on)}" for touch in touches)


def read_back(note: str) -> list[tuple[int, tuple[str, ...]]]:
    """Party ids and marks of what `written` kept; other words are nothing."""
    found = []
    for word in note.split():
        party, colon, marks = word.partition(":")
        if colon and party.isascii() and party.isdigit():
            found.append((int(party), tuple(marks.split("+"))))
    return found
