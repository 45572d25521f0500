"""What only the index on disk has to bear: killed writers, lost files, locks, many segments."""

import fcntl
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace as altered
from pathlib import Path

import pytest

from search import Document, IndexBusy, IndexUnavailable, Query
from search.whoosh_index import WhooshIndex
from tests.search.made import DISTRICT, HANDRAILS, READING

ROOT = Path(__file__).parents[2]

#: Whoosh leaves a file that it could not read to the garbage collector.
damaging = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> Iterator[WhooshIndex]:
    index = WhooshIndex(folder, patience=0.2)
    index.rebuild(DISTRICT)
    yield index
    index.close()


def test_an_index_that_was_never_built_is_unavailable(folder: Path) -> None:
    index = WhooshIndex(folder)
    with pytest.raises(IndexUnavailable):
        index.search(Query())
    with pytest.raises(IndexUnavailable):
        index.count()
    with pytest.raises(IndexUnavailable):
        index.replace([HANDRAILS])
    assert index.rebuild([HANDRAILS]) == 1
    assert index.count() == 1
    index.close()


def test_a_lost_index_is_unavailable_until_rebuilt(index: WhooshIndex, folder: Path) -> None:
    assert index.count() == 4
    shutil.rmtree(folder)
    with pytest.raises(IndexUnavailable):
        index.search(Query())
    index.rebuild(DISTRICT)
    assert index.count() == 4


@damaging
@pytest.mark.parametrize(
    "damage",
    [b"", b"\x00" * 64, b"current", b"g../../x", b"g999"],
    ids=["empty", "zeros", "words", "elsewhere", "nowhere"],
)
@pytest.mark.parametrize("which", ["current", "*.toc", "*.seg"])
def test_damage_makes_it_unavailable_never_wrong(
    index: WhooshIndex, folder: Path, which: str, damage: bytes
) -> None:
    for path in folder.rglob(which):
        path.write_bytes(damage)
    fresh = WhooshIndex(folder)
    with pytest.raises(IndexUnavailable):
        fresh.search(Query(text="老人"))
    with pytest.raises(IndexUnavailable):
        fresh.replace([READING])
    fresh.rebuild(DISTRICT)
    assert fresh.search(Query(text="老人")).total == 3
    fresh.close()


@damaging
def test_random_damage_never_raises_anything_else(folder: Path) -> None:
    chance = random.Random(5)
    index = WhooshIndex(folder)
    for _ in range(30):
        index.rebuild(DISTRICT)
        (segment,) = (folder / (folder / "current").read_text()).glob("*.seg")
        content = bytearray(segment.read_bytes())
        for _ in range(20):
            content[chance.randrange(len(content))] = chance.randrange(256)
        segment.write_bytes(content)
        try:
            index.search(Query(text="独居老人 改造", place="4207"))
        except IndexUnavailable:
            continue
    index.close()


def test_another_process_sees_each_commit(index: WhooshIndex, folder: Path) -> None:
    reader = WhooshIndex(folder)
    assert reader.count() == 4
    index.replace([altered(READING, title="绘本馆")])
    assert [hit.id for hit in reader.search(Query(text="绘本馆")).hits] == ["project:3"]
    index.rebuild([READING])
    assert reader.count() == 1
    reader.close()


def test_a_lock_file_left_behind_keeps_nobody_out(index: WhooshIndex, folder: Path) -> None:
    for path in [folder, *folder.glob("g*")]:
        for name in ("write.lock", "MAIN_WRITELOCK"):
            (path / name).write_bytes(b"1234")
    index.remove(["project:1"])
    assert index.count() == 3


def test_a_writer_at_work_makes_others_wait_then_say_so(index: WhooshIndex, folder: Path) -> None:
    with (folder / "write.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexBusy):
            index.replace([READING])
        assert index.search(Query(text="老人")).total == 3
    index.replace([READING])


def test_what_changes_during_the_first_build_is_in_it(folder: Path) -> None:
    index = WhooshIndex(folder)

    def documents() -> Iterator[Document]:
        yield HANDRAILS
        index.replace([READING])
        with pytest.raises(IndexUnavailable):
            index.count()

    index.rebuild(documents())
    assert index.count() == 2
    index.close()


def test_a_note_cut_short_by_a_kill_is_passed_over(index: WhooshIndex, folder: Path) -> None:
    def documents() -> Iterator[Document]:
        yield HANDRAILS
        index.replace([READING])
        with (folder / "changes").open("a") as changes:
            changes.write('[["project:1"], [')

    index.rebuild(documents())
    assert index.count() == 2


KILLED = """
import sys, time
from pathlib import Path
from search import Document, whoosh_index
filed = whoosh_index._filed
def slow(document):
    print("writing", flush=True)
    time.sleep(30)
    return filed(document)
whoosh_index._filed = slow
index = whoosh_index.WhooshIndex(Path(sys.argv[1]))
getattr(index, sys.argv[2])([Document("project:1", "project", "杀")])
"""


@pytest.mark.parametrize("verb", ["replace", "rebuild"])
def test_a_killed_writer_loses_only_its_own_batch(
    index: WhooshIndex, folder: Path, verb: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), verb], cwd=ROOT, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        with pytest.raises(IndexBusy):
            getattr(index, verb)([READING])
        writer.send_signal(signal.SIGKILL)
    assert index.count() == 4
    index.replace([altered(READING, title="绘本馆")])
    assert index.search(Query(text="绘本馆")).total == 1
    assert index.count() == 4


def test_old_generations_are_cleared_away(index: WhooshIndex, folder: Path) -> None:
    for _ in range(4):
        index.rebuild(DISTRICT)
    assert len(list(folder.glob("g*"))) == 2


def test_many_small_commits_stay_few_segments(index: WhooshIndex, folder: Path) -> None:
    for n in range(70):
        index.replace([altered(READING, id=f"project:{n}", published_on=f"2025-01-{n % 28 + 1}")])
    index.remove([f"project:{n}" for n in range(0, 70, 2)])
    assert index.count() == 36
    assert index.search(Query(text="阅读")).total == 35
    assert len(list(folder.rglob("*.seg"))) <= 2 * 8
    # Nothing is left of what was changed or taken out.
    assert index.search(Query(text="扶手")).total == 0


def test_what_was_committed_can_be_read_by_a_new_process(index: WhooshIndex, folder: Path) -> None:
    index.replace([READING])
    script = (
        "import sys; from pathlib import Path; from search import Query;"
        "from search.whoosh_index import WhooshIndex;"
        "index = WhooshIndex(Path(sys.argv[1]));"
        "print(index.search(Query(text='阅读')).total); index.close()"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert answer.stdout == b"1\n"


def test_the_folder_is_for_the_owner_alone(index: WhooshIndex, folder: Path) -> None:
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.glob("g*")]} == {0}
