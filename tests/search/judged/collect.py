"""Write the documents of a site with the demo district to the file the judged set is asked of.

`WUSHE_DATA=… python -m tests.search.judged.collect`, after `wushe demo load`. The demo is ours, so
its texts may lie here; no other site's may.
"""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import asdict, fields
from pathlib import Path

from search import Document
from web import create_app
from web.db import get_session
from web.indexing import documents_for

DOCUMENTS = Path(__file__).parent / "documents.csv.gz"
#: Between the values of a field that has several.
_BETWEEN = "\x1f"
_SEVERAL = frozenset({"place_codes", "keys", "also"})


def collect() -> None:
    """Read every document of the site and write them, sorted by id."""
    with create_app().app_context():
        found = sorted(documents_for(get_session()), key=lambda one: one.id)
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Document)], lineterminator="\n")
    writer.writeheader()
    for document in found:
        row = asdict(document)
        writer.writerow(
            {
                name: _BETWEEN.join(value) if name in _SEVERAL else value
                for name, value in row.items()
            }
        )
    DOCUMENTS.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


def documents() -> list[Document]:
    """The documents as they were collected."""
    with gzip.open(DOCUMENTS, "rt", encoding="utf-8", newline="") as file:
        return [_document(row) for row in csv.DictReader(file)]


def _document(row: dict[str, str]) -> Document:
    single = {name: value for name, value in row.items() if name not in _SEVERAL}
    several = {
        name: tuple(row[name].split(_BETWEEN)) if row[name] else () for name in sorted(_SEVERAL)
    }
    return Document(**single, **several)  # type: ignore[arg-type]


if __name__ == "__main__":
    collect()
