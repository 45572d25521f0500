"""The draw: from a frozen frame and a seed to whom is checked and who checks, the same for ever.

Anyone repeats it in any language (docs/repeat_draw.md): the seed is the SHA-256 of a secret that
was committed to and a public number; who is drawn are the first of a list sorted by the SHA-256 of
seed, label and id (INS-04). The frame is one text of lines, frozen by its own hash beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Version of this rule; a draw keeps the one it was made by.
VERSION = "1"
#: The label under which inspectors are put in order.
INSPECTORS = "inspectors"
#: The label of targets, of all of them or (`targets:foundation/large`) of one stratum.
TARGETS = "targets"


@dataclass(frozen=True, slots=True)
class Target:
    """One organisation of the frame: credit code, what it is, and the stratum it stands in."""

    id: str
    label: str
    kind: str
    size: str
    risk: str
    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be drawn to inspect."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Barred:
    """A target and a candidate who do not meet (INS-06, INS-11)."""

    target: str
    inspector: str
    relation: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything the draw depends on besides its seed."""

    #: How many are drawn, by label.
    counts: Mapping[str, int]
    #: How many inspect one target.
    team: int
    targets: tuple[Target, ...]
    inspectors: tuple[Candidate, ...]
    recusals: tuple[Barred, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One target that was drawn, its rank from 1, and its team in the order taken."""

    rank: int
    id: str
    label: str
    team: tuple[str, ...]


def sha256(text: str) -> str:
    """Lower-case SHA-256 hex of the UTF-8 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def commitment_of(secret: str) -> str:
    """What is published of a secret before its time."""
    return sha256(secret)


def seed_of(secret: str, number: str) -> str:
    r"""The seed: SHA-256 of `secret\nnumber`; an empty secret where the number decides alone."""
    return sha256(f"{secret}\n{number}")


def in_order(seed: str, label: str, ids: Iterable[str]) -> list[str]:
    r"""Ids by the SHA-256 of `seed\nlabel\nid`, ties by id."""
    return sorted(ids, key=lambda each: (sha256(f"{seed}\n{label}\n{each}"), each))


def wanted(total: int, percent: int) -> int:
    """How many of `total` are at least `percent` of them, in whole numbers (INS-01)."""
    return -(-total * percent // 100)


def label_of(stratum: str) -> str:
    """The label of a stratum's targets; an undivided frame has no stratum."""
    return f"{TARGETS}:{stratum}" if stratum else TARGETS


def allocate(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """How many of each stratum: largest remainder, ties by name, and at least 1 of each.

    So more than `total` may come out where strata are many; never less. Empty strata get 0.
    """
    everybody = sum(sizes.values())
    if not everybody:
        return dict.fromkeys(sorted(sizes), 0)
    shares = {name: divmod(size * total, everybody) for name, size in sizes.items()}
    given = {name: whole for name, (whole, _) in shares.items()}
    by_rest = sorted(shares, key=lambda name: (-shares[name][1], name))
    for name in by_rest[: total - sum(given.values())]:
        given[name] += 1
    return {name: max(given[name], 1 if sizes[name] else 0) for name in sorted(sizes)}


def frame_text(frame: Frame) -> str:
    r"""The frame as lines of columns parted by tabs, each ended by `\n`: this is what is hashed."""
    lines = [["wushe-frame", VERSION], ["team", str(frame.team)]]
    lines += [["draw", label, str(frame.counts[label])] for label in sorted(frame.counts)]
    lines += [
        ["target", each.label, each.id, each.kind, each.size, each.risk, _plain(each.name)]
        for each in sorted(frame.targets, key=lambda each: each.id)
    ]
    lines += [
        ["inspector", each.id, _plain(each.name)]
        for each in sorted(frame.inspectors, key=lambda each: each.id)
    ]
    lines += [
        ["recusal", each.target, each.inspector, each.relation] for each in sorted(frame.recusals)
    ]
    return "".join("\t".join(line) + "\n" for line in lines)


def read_frame(text: str) -> Frame:
    """The frame behind its text; raises `ValueError` for anything that is none."""
    if not text.endswith("\n"):
        raise ValueError("the last line of a frame ends like the others")
    rows = [line.split("\t") for line in text[:-1].split("\n")]
    if rows[0] != ["wushe-frame", VERSION]:
        raise ValueError(f"not a frame of version {VERSION}")
    try:
        frame = Frame(
            counts={label: int(count) for _, label, count in _of(rows, "draw")},
            team=int(_of(rows, "team")[0][1]),
            targets=tuple(
                Target(code, label, kind, size, risk, name)
                for _, label, code, kind, size, risk, name in _of(rows, "target")
            ),
            inspectors=tuple(Candidate(code, name) for _, code, name in _of(rows, "inspector")),
            recusals=tuple(Barred(*rest) for _, *rest in _of(rows, "recusal")),
        )
    except (TypeError, IndexError) as error:
        raise ValueError("a line of the frame has the wrong columns") from error
    if frame_text(frame) != text:
        raise ValueError("lines of the frame are missing, unknown or out of order")
    return frame


def draw(frame: Frame, seed: str) -> list[Drawn]:
    """Who is checked by whom.

    Labels in the order of their names; of each the first of its order. Inspectors stand in one
    queue in their order: each target takes the first who are not barred from it, and who was taken
    goes to the queue's end in the order taken; who was passed over keeps their place.
    """
    queue = in_order(seed, INSPECTORS, (each.id for each in frame.inspectors))
    barred = {(each.target, each.inspector) for each in frame.recusals}
    drawn: list[Drawn] = []
    for label in sorted(frame.counts):
        ids = (each.id for each in frame.targets if each.label == label)
        for target in in_order(seed, label, ids)[: frame.counts[label]]:
            team = [each for each in queue if (target, each) not in barred][: frame.team]
            queue = [each for each in queue if each not in team] + team
            drawn.append(Drawn(len(drawn) + 1, target, label, tuple(team)))
    return drawn


def next_in_line(order: Sequence[str], leaver: str, *, without: Collection[str]) -> str | None:
    """Who follows somebody that leaves a team: the next of the inspectors' order, round and round.

    `without` are those already on the team and those barred from the target; None: nobody is left.
    """
    place = order.index(leaver)
    for each in (*order[place + 1 :], *order[:place]):
        if each not in without:
            return each
    return None


def too_few(frame: Frame) -> list[str]:
    """The targets whom fewer than a whole team may inspect."""
    barred: dict[str, set[str]] = {}
    for each in frame.recusals:
        barred.setdefault(each.target, set()).add(each.inspector)
    enough = len(frame.inspectors) - frame.team
    return [each.id for each in frame.targets if len(barred.get(each.id, ())) > enough]


def _of(rows: list[list[str]], head: str) -> list[list[str]]:
    return [row for row in rows if row[0] == head]


def _plain(name: str) -> str:
    """A name without what parts columns and lines."""
    return " ".join(name.split())
