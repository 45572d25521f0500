"""A published content put into words: what each value is called, sums in yuan, codes as labels."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from charity.disclosure.contents import Difference
from charity.disclosure.models import SurplusDisposal
from charity.money import Money
from charity.registry.models import PlanField, Relation
from web.filters import yuan
from web.labels import label
from web.labels.disclosure import CONTENT_WORDS, WAYS

#: Sums are whole numbers of fen under keys that end so.
_FEN = "_fen"
#: Keys whose texts are members of an enum.
_CODES: dict[str, type[enum.Enum]] = {
    "as": Relation,
    "changed": PlanField,
    "disposal": SurplusDisposal,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A list of rows of one content, each value beside its column's name."""

    name: str
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """A content as a page shows it: single values, tables, and the words of staff."""

    values: list[tuple[str, str]]
    tables: list[Table]
    words: list[str]


def told(content: Mapping[str, Any]) -> Told:
    """Everything a content holds, in its order; nothing is left out."""
    values: list[tuple[str, str]] = []
    tables: list[Table] = []
    words = str(content.get("words", ""))
    rest = {key: value for key, value in content.items() if key not in ("words", "figures")}
    _gather({**content.get("figures", {}), **rest}, "", values, tables)
    return Told(values, tables, [line for line in words.splitlines() if line.strip()])


def _gather(
    content: Mapping[str, Any],
    before: str,
    values: list[tuple[str, str]],
    tables: list[Table],
) -> None:
    for key, value in content.items():
        name = f"{before} · {name_of(key)}" if before else name_of(key)
        if isinstance(value, Mapping):
            _gather(value, name, values, tables)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            if value and all(isinstance(each, Mapping) for each in value):
                tables.append(_table(name, value))
            elif value:
                listed = [said(key, each) for each in value]
                values.append((name, escape(_("、")).join(listed)))
        elif value is not None and value != "":
            values.append((name, said(key, value)))


def _table(name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    listed = list(rows)
    keys = list(dict.fromkeys(key for row in listed for key in row))
    return Table(
        name,
        [name_of(key) + ("#" if key.endswith(_FEN) else "") for key in keys],
        [[said(key, row.get(key)) for key in keys] for row in listed],
    )


def name_of(key: str) -> str:
    """What a value is called; its key where nobody gave it a name."""
    key = key.removesuffix(_FEN)
    return str(CONTENT_WORDS.get(key, key))


def said(key: str, value: object) -> str:
    """A value as people read it."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if key.endswith(_FEN) and isinstance(value, int):
        return yuan(Money(value))
    if key == "way":
        return str(WAYS.get(str(value), value))
    codes = _CODES.get(key)
    if codes is not None and value in {each.value for each in codes}:
        return label(codes(value))
    return of_people(str(value))


def of_people(text: str) -> str:
    """What people wrote or are called: it stays in their language on a page in another one."""
    if text.isascii():
        return text
    return Markup('<span lang="zh-Hans">{}</span>').format(text)


def path_name(path: str) -> str:
    """What the value at the end of a way is called: `figures/lines/2/spent_fen`."""
    parts = [part for part in path.split("/") if part != "figures"]
    return " · ".join(
        _("第 %(n)s 行", n=part) if part.isdecimal() else name_of(part) for part in parts
    )


def changes(found: Difference) -> list[tuple[str, str, str]]:
    """Name, before and after of everything a correction changed, added or took out."""
    rows = [*found.changed, *found.added, *found.removed]
    return [
        (path_name(row.path), said(_key(row.path), row.before), said(_key(row.path), row.after))
        for row in rows
    ]


def _key(path: str) -> str:
    return next((part for part in reversed(path.split("/")) if not part.isdecimal()), "")
