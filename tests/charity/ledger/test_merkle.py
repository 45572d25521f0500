"""Trees and proofs: RFC 6962's own vectors, and every leaf proved."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.ledger import merkle

LEAVES = st.lists(st.binary(max_size=8).map(merkle.leaf_hash), min_size=1, max_size=40)

#: Inputs and roots of the test tree published with the reference implementation of RFC 6962.
RFC_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
RFC_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}  # fmt: skip


@pytest.mark.parametrize(("size", "expected"), RFC_ROOTS.items())
def test_published_roots(size: int, expected: str) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in RFC_INPUTS[:size]]
    assert merkle.root(leaves).hex() == expected


@given(LEAVES, st.data())
def test_every_leaf_is_proved_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = merkle.proof(leaves, index)
    root = merkle.root(leaves)
    assert merkle.root_of_proof(leaves[index], steps) == root
    assert merkle.root_of_proof(merkle.leaf_hash(b"another leaf, longer"), steps) != root
    assert len(steps) <= (len(leaves) - 1).bit_length()


def test_kinds_of_hashes_cannot_be_mixed_up() -> None:
    content = bytes(64)
    hashes = {
        merkle.leaf_hash(content),
        merkle.root([content[:32], content[32:]]),
        merkle.link(content[:32], content[32:]),
        hashlib.sha256(content).digest(),
    }
    assert len(hashes) == 4
