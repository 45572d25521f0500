"""Merkle trees in the form of RFC 6962, and the chain of their roots.

A leaf is hashed with the prefix 0x00, a node with 0x01, a link of the chain with 0x02, so that
none can be passed off as another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

#: The head of a chain that holds nothing yet.
GENESIS = bytes(32)


def leaf_hash(content: bytes) -> bytes:
    """Hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes; there is at least one.

    Built level by level; a last node without a sibling rises as it is, which gives the same tree
    as splitting at the largest power of two.
    """
    level = list(leaves)
    while len(level) > 1:
        paired = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


class Step(NamedTuple):
    """One step of a proof: the sibling's hash and whether it stands on the left."""

    sibling: bytes
    on_left: bool


def proof(leaves: Sequence[bytes], index: int) -> list[Step]:
    """The siblings from the leaf at `index` up to the root."""
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*proof(leaves[:middle], index), Step(root(leaves[middle:]), on_left=False)]
    return [*proof(leaves[middle:], index - middle), Step(root(leaves[:middle]), on_left=True)]


def root_of_proof(leaf: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a leaf and its proof lead to."""
    current = leaf
    for step in steps:
        current = _node(step.sibling, current) if step.on_left else _node(current, step.sibling)
    return current


def link(previous: bytes, content: bytes) -> bytes:
    """The next head of the chain."""
    return hashlib.sha256(b"\x02" + previous + content).digest()
