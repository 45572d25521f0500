"""Who judges what: everybody their share, nobody in conflict, experts where there are some."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charity.errors import Invalid
from projects.ventures.assigning import Candidate, Pair, Reader, assign
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.scoring import Sheet
from projects.ventures.severity import parts


def make_lists(entries: int, judges: int) -> tuple[list[Candidate], list[Reader]]:
    """Entries over three topics, each judge knowing one."""
    return (
        [Candidate(f"E{number:02}", f"topic{number % 3}") for number in range(entries)],
        [Reader(f"J{number:02}", frozenset({f"topic{number % 3}"})) for number in range(judges)],
    )


@given(
    st.integers(1, 12),
    st.integers(3, 8),
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 11)), max_size=8),
)
@settings(max_examples=25)
def test_every_entry_has_its_judges_and_nobody_judges_in_conflict(
    entries: int, judges: int, conflicts: set[tuple[int, int]]
) -> None:
    candidates, readers = make_lists(entries, judges)
    barred = {(f"J{judge:02}", f"E{entry:02}") for judge, entry in conflicts}
    per_entry = Counter(entry for judge, entry in barred if int(judge[1:]) < judges)
    names = [one.name for one in candidates]
    if any(judges - per_entry[name] < 3 for name in names):
        with pytest.raises(Invalid) as told:
            assign(candidates, readers, each=3, barred=barred, seed="s")
        assert told.value.reason is JudgingReason.TOO_FEW_JUDGES
        return
    found = assign(candidates, readers, each=3, barred=barred, seed="s")
    assert not barred & set(found)
    assert Counter(entry for _, entry in found) == dict.fromkeys(names, 3)
    assert len(set(found)) == len(found)
    assert found == assign(candidates, readers, each=3, barred=barred, seed="s")
    if not barred:
        loads = Counter(judge for judge, _ in found)
        shares = [loads[reader.name] for reader in readers]
        assert max(shares) - min(shares) <= 1


def test_every_entry_meets_one_who_knows_its_topic_and_the_panel_holds_together() -> None:
    candidates, readers = make_lists(30, 9)
    found = assign(candidates, readers, each=3, seed="s")
    knows = {(reader.name, topic) for reader in readers for topic in reader.topics}
    for candidate in candidates:
        judges = [judge for judge, entry in found if entry == candidate.name]
        assert any((judge, candidate.topic) in knows for judge in judges)
    assert len(parts([Sheet(*pair, 0) for pair in found])) == 1
    assert found != assign(candidates, readers, each=3, seed="other")


def test_what_is_kept_counts_and_only_the_rest_is_assigned() -> None:
    candidates, readers = make_lists(4, 4)
    kept: list[Pair] = [("J00", "E00"), ("J00", "E01"), ("J00", "E02"), ("J01", "E03")]
    found = assign(candidates, readers, each=2, kept=kept, seed="s")
    assert len(found) == 4
    assert not set(found) & set(kept)
    loads = Counter(judge for judge, _ in (*found, *kept))
    assert (loads["J00"], sum(loads.values()), min(loads.values())) == (3, 8, 1)
    assert assign(candidates, readers, each=1, kept=kept, seed="s") == []


def test_nobody_gets_more_than_they_offered() -> None:
    candidates, _ = make_lists(4, 0)
    readers = [Reader("A", limit=1), Reader("B"), Reader("C")]
    found = assign(candidates, readers, each=2, seed="s")
    assert Counter(judge for judge, _ in found)["A"] <= 1
    with pytest.raises(Invalid):
        assign(candidates, [Reader("A", limit=1), Reader("B")], each=2, seed="s")
