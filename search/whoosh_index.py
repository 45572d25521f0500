"""The index on disk, kept by Whoosh: the default engine of a site on one machine.

Whoosh writes, merges, locks and reads posting lists; which documents match and in which order is
worked out in evaluation.py, because Whoosh's own matchers take ten times as long. No text of a
visitor ever reaches a Whoosh parser. This is the only file that knows Whoosh.
"""

import threading
import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex, LockError
from whoosh.matching.wrappers import FilterMatcher
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.writing import SegmentWriter

from search.bitmaps import everything, flags, numbers, pack
from search.boosts import day_number
from search.document import Document, digest
from search.errors import IndexBusy, IndexUnavailable, unavailable_when_damaged
from search.evaluation import View, evaluate
from search.generations import Generations
from search.leaf import CachedLeaf
from search.merging import to_merge
from search.port import Progress
from search.postings import Postings
from search.query import Query, Results
from search.weighting import filed

_PROGRESS_EVERY = 500
#: A finished rebuild waits longer than others for its turn to publish, in seconds.
_PUBLISH_PATIENCE = 60.0
#: A commit may clear away a file between our reading its name and opening it.
_ATTEMPTS = 5


class TermsField(fields.FieldType):
    """A field given as terms with their weights, ready to be filed: no analyzer runs.

    Whoosh keeps the schema pickled, so this class has to stay importable under this name.
    """

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(
        self, value: Mapping[str, float], **kwargs: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Hand each term to the writer as Whoosh wants it: bytes, frequency, weight, no value."""
        return ((term.encode(errors="replace"), 1, weight, b"") for term, weight in value.items())


class TermsMatcher(W3LeafMatcher):
    """A reader that hands out a posting list whole: ten times faster than one by one."""

    def whole(self) -> "tuple[array[int], array[float]]":
        """All documents and their weights; the reader is used up after that."""
        documents, weights = array("I"), array("f")
        while self.is_active():
            self._read_ids()
            self._read_weights()
            documents.extend(self._ids)
            weights.extend(self._weights)
            self._next_block()
        return documents, weights


class TermsCodec(W3Codec):
    """Whoosh's file format without lengths per posting: our weights have them in already.

    Looking a length up touches the file system once per posting, half the time of a rebuild.
    Segments are pickled with their codec, so this class has to stay importable under this name.
    """

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=1024)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> "TermsMatcher":
        """Whoosh asks here for a reader of one posting list."""
        return TermsMatcher(dbfile, *terminfo.extent(), format_, term=term, scorer=scorer)


SCHEMA = fields.Schema(
    text=TermsField(),
    key=TermsField(),
    kind=TermsField(),
    place=TermsField(),
    category=TermsField(),
    status=TermsField(),
    wants=TermsField(),
    id=fields.COLUMN(columns.VarBytesColumn(allow_offsets=False)),
    published=fields.COLUMN(columns.VarBytesColumn(allow_offsets=False)),
    amount=fields.COLUMN(columns.NumericColumn("q")),
    gap=fields.COLUMN(columns.NumericColumn("q")),
    ends=fields.COLUMN(columns.NumericColumn("i")),
    document=fields.STORED(),
)


class WhooshIndex:
    """A SearchIndex under `root`, shared by many reading processes and one writing at a time.

    `patience` is how many seconds a writer waits for another before it raises IndexBusy.
    """

    def __init__(self, root: Path, *, patience: float = 10.0) -> None:
        self._generations = Generations(root)
        self._patience = patience
        self._opening = threading.Lock()
        self._snapshot: _Snapshot | None = None

    def replace(self, documents: Iterable[Document]) -> None:
        """See SearchIndex."""
        batch = {document.id: document for document in documents}
        if batch:
            self._change(batch.keys(), batch.values())

    def remove(self, ids: Iterable[str]) -> None:
        """See SearchIndex."""
        gone = set(ids)
        if gone:
            self._change(gone, ())

    def search(self, query: Query) -> Results:
        """See SearchIndex."""
        with unavailable_when_damaged():
            return evaluate(self._current().views, query)

    def count(self) -> int:
        """See SearchIndex."""
        with unavailable_when_damaged():
            return sum(view.live.bit_count() for view in self._current().views)

    def digests(self) -> dict[str, str]:
        """See SearchIndex."""
        with unavailable_when_damaged():
            return {
                view.leaf.ids[number]: digest(view.leaf.document(number))
                for view in self._current().views
                for number in numbers(flags(view.live, view.leaf.size))
            }

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See SearchIndex."""
        with self._generations.rebuilding(self._patience) as folder:
            number = _fill(folder, documents, progress)
            with self._generations.writing(max(self._patience, _PUBLISH_PATIENCE)):
                for gone, new in self._generations.noted():
                    _commit(_Snapshot(folder, None), gone, [Document(*one) for one in new])
                self._generations.publish(folder)
        return number

    def close(self) -> None:
        """See SearchIndex."""
        with self._opening:
            self._snapshot = None

    def _change(self, gone: Iterable[str], new: Iterable[Document]) -> None:
        """Take out and put in as one commit, and into an index that is being built."""
        gone, new = list(gone), list(new)
        with self._generations.writing(self._patience), unavailable_when_damaged():
            noted = self._generations.note([gone, [astuple(document) for document in new]])
            try:
                snapshot = self._current()
            except IndexUnavailable:
                if noted:
                    return
                raise
            _commit(snapshot, gone, new)

    def _current(self) -> "_Snapshot":
        """The index as last committed; what has not changed since stays open."""
        folder = self._generations.current()
        with self._opening:
            before = self._snapshot
            for attempt in range(_ATTEMPTS):
                try:
                    if before is None or not before.is_current(folder):
                        self._snapshot = before = _Snapshot(folder, before)
                    return before
                except FileNotFoundError:
                    if attempt == _ATTEMPTS - 1:
                        raise
                    folder = self._generations.current()
        raise AssertionError("the loop above returns or raises")


class _Snapshot:
    """The segments of one commit. Segments that were open before are taken over."""

    def __init__(self, folder: Path, before: "_Snapshot | None") -> None:
        self.folder = folder
        self.index = FileIndex(FileStorage(str(folder)), schema=SCHEMA)
        toc = self.index._read_toc()
        self.generation: int = toc.generation
        known = before.segments if before is not None and before.folder == folder else {}
        self.segments: dict[str, CachedLeaf] = {}
        self.views: list[View] = []
        for segment in toc.segments:
            name = segment.segment_id()
            leaf = known.get(name) or _leaf(self.index.storage, segment)
            self.segments[name] = leaf
            removed = pack(segment.deleted_docs(), leaf.size)
            self.views.append(View(leaf, everything(leaf.size) & ~removed))

    def is_current(self, folder: Path) -> bool:
        """Whether nothing was committed since. Listing a folder is exact, its date is not."""
        return folder == self.folder and self.index.latest_generation() == self.generation

    def numbers_of(self, ids: Iterable[str]) -> Iterator[int]:
        """The numbers, counted through all segments, of the documents with these ids."""
        wanted = set(ids)
        base = 0
        for view in self.views:
            for number, name in enumerate(view.leaf.ids):
                if name in wanted and view.live >> number & 1:
                    yield base + number
            base += view.leaf.size


class _Source:
    """A segment as Whoosh reads it. Its readers share one position in the file."""

    def __init__(self, reader: SegmentReader) -> None:
        self._reader = reader

    def ids(self) -> list[str]:
        """See SegmentSource."""
        return self._column("id")

    def published(self) -> list[str]:
        """See SegmentSource."""
        return self._column("published")

    def numbers(self, field: str) -> list[int]:
        """See SegmentSource."""
        column = self._reader.column_reader(field, translate=False)
        return [int(column[number]) for number in range(self._reader.doc_count_all())]

    def postings(self, field: str, term: str) -> "tuple[array[int], array[float]]":
        """See SegmentSource."""
        try:
            matcher = self._reader.postings(field, term)
        except (KeyError, TermNotFound, UnicodeEncodeError):
            return array("I"), array("f")
        # What was removed before the segment was opened, Whoosh filters one by one; the live set
        # of the snapshot does the same for all at once.
        whole: TermsMatcher = matcher.child if isinstance(matcher, FilterMatcher) else matcher
        return whole.whole()

    def terms(self, field: str, beginning: str = "") -> Iterator[str]:
        """See SegmentSource."""
        return map(_text, self._reader.expand_prefix(field, beginning))

    def document(self, number: int) -> Document:
        """See SegmentSource."""
        return Document(*self._reader.stored_fields(number)["document"])

    def _column(self, field: str) -> list[str]:
        column = self._reader.column_reader(field, translate=False)
        return [_text(column[number]) for number in range(self._reader.doc_count_all())]


def _leaf(storage: FileStorage, segment: Any) -> CachedLeaf:
    """Open a segment. Its file closes when the last snapshot that shows it is gone."""
    reader = SegmentReader(storage, SCHEMA, segment)
    leaf = CachedLeaf(_Source(reader))
    weakref.finalize(leaf, reader.close)
    return leaf


def _text(raw: bytes) -> str:
    return bytes(raw).decode()


def _filed(document: Document) -> dict[str, object]:
    """A document as Whoosh takes it."""
    return {
        **filed(document),
        "id": document.id.encode(),
        "published": document.published_on.encode(),
        "amount": document.amount,
        "gap": document.gap,
        "ends": day_number(document.ends_on),
        "document": astuple(document),
    }


def _writer(index: FileIndex) -> SegmentWriter:
    try:
        writer = SegmentWriter(index, codec=TermsCodec())
    except LockError as error:
        raise IndexBusy("something else writes the index") from error
    writer.pool = Postings()
    return writer


def _commit(snapshot: "_Snapshot", gone: Iterable[str], new: Iterable[Document]) -> None:
    numbers, new = list(snapshot.numbers_of(gone)), list(new)
    if not numbers and not new:
        return
    writer = _writer(snapshot.index)
    with _cancelled_on_error(writer):
        for number in numbers:
            writer.delete_document(number)
        for document in new:
            writer.add_document(**_filed(document))
        writer.commit(mergetype=_merge_small)


def _fill(folder: Path, documents: Iterable[Document], progress: Progress | None) -> int:
    """Write a whole new index into an empty folder."""
    writer = _writer(FileIndex.create(FileStorage(str(folder)), SCHEMA))
    seen: set[str] = set()
    with _cancelled_on_error(writer):
        for document in documents:
            if document.id in seen:
                raise ValueError(f"two documents with the id {document.id!r}")
            seen.add(document.id)
            writer.add_document(**_filed(document))
            if progress is not None and len(seen) % _PROGRESS_EVERY == 0:
                progress(len(seen))
        writer.commit(merge=False)
    if progress is not None:
        progress(len(seen))
    return len(seen)


@contextmanager
def _cancelled_on_error(writer: SegmentWriter) -> Iterator[None]:
    try:
        yield
    except BaseException:
        # A writer that failed half-way through its commit may fail to cancel as well; what it
        # left lies in files that no table of contents names.
        with suppress(Exception):
            writer.cancel()
        raise


def _merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Move small segments into the one being written; answers which stay."""
    kept = [segment for segment in segments if segment.doc_count()]
    merged = [kept[n] for n in to_merge([segment.doc_count_all() for segment in kept])]
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in kept if segment not in merged]
