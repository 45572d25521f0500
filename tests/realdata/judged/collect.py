"""The Hubei data as documents: places, what hospitals need, what factories and hotels give.

Streets of the whole province and the villages of one prefecture; needs and offers as their tables
write them. Nothing is mended: what a table says twice is two documents.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from charity.registry import regions
from search import Document
from tests.realdata import hubei

#: The prefecture whose villages are in it: 鄂州.
PREFECTURE = "4207"


def documents(folder: Path) -> list[Document]:
    """Every document, from the folder of outside data."""
    names = dict(hubei.places(folder))
    places = [*_places(folder, "streets_hubei"), *_places(folder, "villages_hubei")]
    names |= dict(places)
    return [
        *(_place(code, name, names) for code, name in places),
        *_listings(folder, names),
    ]


def _places(folder: Path, file: str) -> Iterator[tuple[str, str]]:
    path = folder / "china_divisions" / f"{file}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if len(row["code"]) < 12 or row["code"].startswith(PREFECTURE):
                yield row["code"], row["name"].strip()


def _place(code: str, name: str, names: dict[str, str]) -> Document:
    chain = tuple(regions.chain(code))
    return Document(
        id=f"region:{code}",
        kind="region",
        title=name,
        place_codes=chain,
        url=f"/regions/{code}",
        also=("".join(names.get(step, "") for step in chain[:-1]),),
    )


def _listings(folder: Path, names: dict[str, str]) -> Iterator[Document]:
    """Needs, factories and hotels; where the source's place is known by its name, its code too."""
    counties = {name: code for code, name in names.items() if len(code) in (4, 6)}
    groups = {
        "need": hubei.needs(folder),
        "resource": [*hubei.factories(folder), *hubei.hotels(folder)],
    }
    for kind, rows in groups.items():
        for number, row in enumerate(rows, start=1):
            code = counties.get(row["所在地"], "")
            yield Document(
                id=f"{kind}:{number}",
                kind=kind,
                title=row["标题"],
                body="\n".join(part for part in (row["物品"], row.get("条件", "")) if part),
                place_codes=tuple(regions.chain(code)) if code else (),
                category="protective" if kind == "need" else "",
                organisation=row.get("提供单位", ""),
                status="open",
                url=f"/{kind}s/{number}",
                also=(row["所在地"], row["类别"]),
            )
