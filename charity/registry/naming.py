"""Noticing a person in what will be public: a name in a title, a number that belongs to somebody.

A name is a guess (a surname, a given name, and a word that speaks of persons), so it only warns;
numbers with a check digit are none. Used for AID-01, AID-02, CHA-119, PII-04 and PII-11.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

from charity.errors import Invalid
from charity.registry import identity

_RESIDENT = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_CARD = re.compile(r"(?<![0-9])[3-6][0-9]{15,18}(?![0-9])")


def named_person(text: str) -> str | None:
    """The first thing in a title that looks like a person's name; None where nothing does."""
    pattern, never = _pattern()
    for match in pattern.finditer(text):
        name = match["called"] or match["helped"]
        if not never & set(name):
            return name
    return None


def personal_number(text: str) -> bool:
    """Whether a text holds a resident's number, a mobile telephone or a bank card."""
    if _MOBILE.search(text):
        return True
    if any(_is_identity(number) for number in _RESIDENT.findall(text)):
        return True
    return any(_luhn(number) for number in _CARD.findall(text))


def pressing_word(text: str) -> str | None:
    """The first word that presses people to give; None where nothing does (CHA-119)."""
    return next((word for word in _words()["pressing"] if word in text), None)


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    source = resources.files("charity.registry").joinpath("data/named_persons.csv")
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            words.setdefault(row["kind"], []).append(row["word"])
    return words


@cache
def _pattern() -> tuple[re.Pattern[str], frozenset[str]]:
    words = _words()

    def either(kind: str) -> str:
        return "|".join(sorted(map(re.escape, words[kind]), key=len, reverse=True))

    name = rf"(?:{either('surname')})[\u4e00-\u9fff]{{1,2}}?"
    called = f"(?P<called>{name})(?:{either('title')})"
    helped = rf"(?:{either('verb')})(?P<helped>{name})(?={either('after')}|[^\u4e00-\u9fff]|$)"
    return re.compile(f"{called}|{helped}"), frozenset(words["never"])


def _is_identity(number: str) -> bool:
    try:
        identity.normalise(number)
    except Invalid:
        return False
    return True


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
