"""Asking a judged set of an index: the worth of each answer, by the ways of asking."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import opencc

from search import Document, Query, SearchIndex, ask
from tests.search.grading import DEPTH, grade, ndcg

#: The least worth of a whole set, and of each way of asking in it.
LEAST, LEAST_OF_KIND = 0.90, 0.75


@dataclass
class Judged:
    """What was asked and what the answers are worth."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)
    poor: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many questions were asked."""
        return sum(map(len, self.by_kind.values()))

    @property
    def worth(self) -> float:
        """The mean over all questions."""
        return fmean(worth for group in self.by_kind.values() for worth in group)

    @property
    def least_kind(self) -> float:
        """The mean of the way of asking that is answered worst."""
        return min(map(fmean, self.by_kind.values()))


def judge(index: SearchIndex, documents: Sequence[Document], queries: Path, today: str) -> Judged:
    """Ask every question of a set; `index` holds the documents."""
    judged = Judged()
    with queries.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            reply = ask(index, Query(text=row["query"], limit=DEPTH, today=today))
            grades = {document.id: grade(document, row["meant"]) for document in documents}
            worth = ndcg([hit.id for hit in reply.results.hits], grades)
            judged.by_kind.setdefault(row["set"], []).append(worth)
            if worth < LEAST:
                judged.poor.append(f"{row['query']} {worth:.2f}")
    return judged


def lost_by_title(index: SearchIndex, documents: Sequence[Document]) -> list[str]:
    """The titles, in both scripts, that do not lead at once to what is called so.

    Of more things of one title than are looked at, as many as that are enough.
    """
    traditional = opencc.OpenCC("s2t")
    titles = dict.fromkeys(document.title for document in documents)
    lost = []
    for title in titles:
        called_so = {document.id for document in documents if document.title == title}
        for written in (title, traditional.convert(title)):
            hits = index.search(Query(text=written, limit=DEPTH)).hits
            if len(called_so & {hit.id for hit in hits}) < min(len(called_so), DEPTH):
                lost.append(written)
    return lost
