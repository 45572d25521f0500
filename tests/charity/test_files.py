"""The file store: the same verbs, the same answers, whatever keeps the bytes."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from charity.errors import NotFound
from charity.files import DamagedFile, FileStore, LocalFileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return LocalFileStore(tmp_path / "files")


def test_what_was_put_is_got_under_its_hash(store: FileStore) -> None:
    for content in (b"", b"receipt", bytes(range(256)) * 4000):
        digest = store.put(content)
        assert digest == hashlib.sha256(content).digest()
        assert store.get(digest) == content


def test_what_was_never_put_is_not_found(store: FileStore) -> None:
    with pytest.raises(NotFound):
        store.get(bytes(32))


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    assert store.put(b"one") == store.put(b"one")
    store.put(b"two")
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 2


def test_a_file_changed_on_disk_is_not_shown_and_can_be_put_again(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    digest = store.put(b"receipt of 10 yuan")
    path = next(path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(b"receipt of 99 yuan")
    with pytest.raises(DamagedFile, match=digest.hex()):
        store.get(digest)
    store.put(b"receipt of 10 yuan")
    assert store.get(digest) == b"receipt of 10 yuan"


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalFileStore(tmp_path)

    def full_disk(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("charity.files.os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        store.put(b"receipt")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_many_put_the_same_at_once(store: FileStore) -> None:
    content = b"receipt" * 10_000
    with ThreadPoolExecutor(8) as threads:
        digests = set(threads.map(store.put, [content] * 32))
    assert [store.get(digest) for digest in digests] == [content]
