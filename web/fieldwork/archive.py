"""The whole file of an inspection as one archive: index, papers, evidence, digests, and a check.

What is said of it is read at once; the papers themselves are read one by one while the archive is
sent, so that it may be as large as it likes. Notes of the team are in no archive.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _

from charity.evidence import DOCUMENT_TYPE, PICTURE_TYPE
from charity.files import FileStore
from web import spreadsheets
from web.archives import Member
from web.fieldwork import verify
from web.spreadsheets import Cell

#: The end of a file's name, by its kind.
_ENDINGS = {
    PICTURE_TYPE: "jpg",
    DOCUMENT_TYPE: "pdf",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A stored file of the archive, by its digest."""

    #: Folder and name without an ending: `papers/003`.
    place: str
    digest: bytes
    media_type: str
    title: str
    #: Who filed it and when.
    by: str

    @property
    def name(self) -> str:
        """Where it lies in the archive."""
        return f"{self.place}.{_ENDINGS.get(self.media_type, 'bin')}"


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything of an inspection that goes into its archive, apart from any session."""

    title: str
    #: The inspection as plain values, for programs.
    data: dict[str, object]
    #: Tables for people: name of the file, rows with the head first.
    tables: list[tuple[str, list[list[Cell]]]]
    report: bytes
    papers: list[Paper]


def members(dossier: Dossier, files: FileStore) -> Iterator[Member]:
    """The members of the archive in their order; papers are read when they are sent.

    Reading raises `NotFound` where the store has nothing under a paper's digest.
    """
    yield Member("README.txt", _told(_readme(dossier)))
    yield Member("verify.py", _told(inspect.getsource(verify)))
    yield Member("inspection.json", _told(_json(dossier.data)))
    yield Member("report.docx", lambda: dossier.report, is_packed=False)
    yield _table("index", _index(dossier.papers))
    for name, rows in dossier.tables:
        yield _table(name, rows)
    for paper in dossier.papers:
        yield Member(paper.name, partial(files.get, paper.digest), is_packed=False)


def _told(text: str) -> Callable[[], bytes]:
    return text.encode


def _table(name: str, rows: Sequence[Sequence[Cell]]) -> Member:
    return Member(f"{name}.csv", partial(spreadsheets.as_csv, rows))


def _json(data: dict[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def _index(papers: Sequence[Paper]) -> list[list[Cell]]:
    head: list[Cell] = [_("文件"), _("是什么"), _("谁、什么时候"), "SHA-256"]
    rows: list[list[Cell]] = [head]
    rows += [[each.name, each.title, each.by, each.digest.hex()] for each in papers]
    return rows


def _readme(dossier: Dossier) -> str:
    lines = (
        dossier.title,
        "",
        _("index.csv 是目录，inspection.json 是全部内容，report.docx 是检查报告。"),
        _("papers 是底稿，findings 是问题的证据和整改材料，vouchers 是抽到的凭证。"),
        _("检查有没有被改过：解开以后在这个文件夹里运行下面任何一行。"),
        "",
        "    sha256sum -c SHA256SUMS",
        "    python3 verify.py",
        "",
    )
    return "\n".join(str(line) for line in lines)
