"""The draw is the same for ever: here, in the shell of the docs, and in code of another hand."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from charity.audits import draw, replaying
from charity.audits.draw import Barred, Candidate, Frame, Target
from tests.support.source import ROOT
from web.audit_commands import audit_commands

SECRET, NUMBER = "河里的石头", "05 11 17 23 28 31"
LARGE, SMALL = draw.label_of("foundation/large"), draw.label_of("foundation/small")


def frame_of(targets: int = 8, inspectors: int = 5, team: int = 2) -> Frame:
    """Organisations of two strata, and inspectors of whom some may not meet some."""
    return Frame(
        counts={LARGE: 2, SMALL: 2},
        team=team,
        targets=tuple(
            Target(
                f"5342070{n:03}MJ", LARGE if n % 2 else SMALL, "foundation", "large", "normal",
                f"基金会 {n}",
            )
            for n in range(targets)
        ),
        inspectors=tuple(Candidate(f"{n:03}", f"检查员{n}") for n in range(1, inspectors + 1)),
        recusals=tuple(
            Barred(f"5342070{n:03}MJ", f"{n % inspectors + 1:03}", "related")
            for n in range(targets)
        ),
    )  # fmt: skip


FRAME_HASH = "6c6c7948d6f9d2cceaf7bc074c6d4a3e73592621862d4b331557b40b28896714"
SEED = "f44441022da2e5bb58a8d3ac2e7e339e8c831e0a6c46f017218208a4a76693bb"
DRAWN = [
    ("5342070003MJ", ("005", "003")),
    ("5342070007MJ", ("001", "004")),
    ("5342070004MJ", ("002", "003")),
    ("5342070006MJ", ("005", "001")),
]

frames = st.builds(
    frame_of,
    targets=st.integers(1, 30),
    inspectors=st.integers(3, 9),
    team=st.integers(2, 2),
)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)


@pytest.mark.parametrize(
    ("total", "percent", "drawn"),
    [(284, 3, 9), (222, 3, 7), (1000, 4, 40), (0, 3, 0), (1, 3, 1), (284, 100, 284), (300, 3, 9)],
)
def test_ins_01_the_share_is_rounded_up_in_whole_numbers(
    total: int, percent: int, drawn: int
) -> None:
    assert draw.wanted(total, percent) == drawn


@pytest.mark.parametrize(
    ("sizes", "total", "given"),
    [
        ({"a": 35, "b": 253}, 9, {"a": 1, "b": 8}),
        ({"a": 1, "b": 1, "c": 98}, 3, {"a": 1, "b": 1, "c": 3}),
        ({"a": 5, "b": 5}, 3, {"a": 2, "b": 1}),
        ({"a": 0, "b": 4}, 2, {"a": 0, "b": 2}),
        ({}, 0, {}),
    ],
)
def test_strata_get_their_share_and_at_least_one(
    sizes: dict[str, int], total: int, given: dict[str, int]
) -> None:
    assert draw.allocate(sizes, total) == given


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 400)), st.integers(1, 100))
def test_an_allocation_never_falls_short_nor_beyond_a_stratum(
    sizes: dict[str, int], percent: int
) -> None:
    total = draw.wanted(sum(sizes.values()), percent)
    given_ = draw.allocate(sizes, total)
    assert total <= sum(given_.values()) <= total + len(sizes)
    assert all(min(1, size) <= given_[name] <= size for name, size in sizes.items())


def test_the_vectors_of_version_1_never_change() -> None:
    seed = draw.seed_of(SECRET, NUMBER)
    frame = frame_of()
    assert draw.sha256(draw.frame_text(frame)) == FRAME_HASH
    assert seed == SEED
    assert [(each.id, each.team) for each in draw.draw(frame, seed)] == DRAWN


@given(frames, texts, texts)
def test_a_draw_keeps_what_it_promises(frame: Frame, secret: str, number: str) -> None:
    """As many as wanted of each label, whole teams, nobody barred, everybody in turn."""
    seed = draw.seed_of(secret, number)
    drawn = draw.draw(frame, seed)
    labels = {each.id: each.label for each in frame.targets}
    for label, count in frame.counts.items():
        there = sum(each == label for each in labels.values())
        assert sum(labels[each.id] == label for each in drawn) == min(count, there)
    barred = {(each.target, each.inspector) for each in frame.recusals}
    assert not any((each.id, code) in barred for each in drawn for code in each.team)
    if not draw.too_few(frame):
        assert all(len(set(each.team)) == frame.team for each in drawn)
    assert draw.draw(replace(frame, targets=frame.targets[::-1]), seed) == drawn
    assert draw.read_frame(draw.frame_text(frame)) == replace(
        frame,
        recusals=tuple(sorted(frame.recusals)),
        targets=tuple(sorted(frame.targets, key=lambda each: each.id)),
    )


@given(frames, st.data())
def test_one_changed_row_is_another_hash(frame: Frame, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(frame.targets) - 1))
    changed = list(frame.targets)
    changed[at] = replace(changed[at], name=changed[at].name + "改")
    before, after = draw.frame_text(frame), draw.frame_text(replace(frame, targets=tuple(changed)))
    assert draw.sha256(before) != draw.sha256(after)


@pytest.mark.parametrize("damage", ["", "x\n", "wushe-frame\t2\n", "wushe-frame\t1\nteam\t2"])
def test_what_is_no_frame_is_refused(damage: str) -> None:
    with pytest.raises(ValueError, match=r"frame"):
        draw.read_frame(damage)


def test_lines_out_of_order_are_no_frame() -> None:
    lines = draw.frame_text(frame_of()).splitlines(keepends=True)
    for changed in ([*lines[:-2], lines[-1], lines[-2]], [*lines, "more\n"], lines[:1] + lines[2:]):
        with pytest.raises(ValueError, match=r"frame"):
            draw.read_frame("".join(changed))


def other_hand(text: str, secret: str, number: str) -> str:
    """The rule of docs/repeat_draw.md written anew, sharing nothing with the product."""

    def figure(*parts: str) -> bytes:
        return hashlib.new("sha256", "\n".join(parts).encode("utf-8")).hexdigest().encode()

    seed = figure(secret, number).decode()
    table: dict[str, list[list[str]]] = {}
    for line in text.rstrip("\n").split("\n"):
        head, *rest = line.split("\t")
        table.setdefault(head, []).append(rest)
    queue = [code for code, _name in table["inspector"]]
    queue.sort(key=lambda code: (figure(seed, "inspectors", code), code))
    never = {tuple(pair[:2]) for pair in table.get("recusal", [])}
    out = [figure(text).decode(), seed]
    for label, count in sorted(table["draw"]):
        chosen = [row[1] for row in table["target"] if row[0] == label]
        chosen.sort(key=lambda code: (figure(seed, label, code), code))
        for target in chosen[: int(count)]:
            team: list[str] = []
            passed: list[str] = []
            while queue and len(team) < int(table["team"][0][0]):
                first = queue.pop(0)
                (passed if (target, first) in never else team).append(first)
            queue = passed + queue + team
            out.append(" ".join([target, *team]))
    return "\n".join(out) + "\n"


@pytest.mark.parametrize("secret", [SECRET, ""])
def test_shell_another_hand_and_the_command_say_the_same_bytes(tmp_path: Path, secret: str) -> None:
    text = draw.frame_text(frame_of())
    (tmp_path / "frame.txt").write_bytes(text.encode())
    page = (ROOT / "docs/repeat_draw.md").read_text(encoding="utf-8")
    [recipe] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    shell = subprocess.run(
        ["sh", "-eu", "-c", recipe, "sh", secret, NUMBER],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    ours = CliRunner().invoke(
        audit_commands,
        ["draw", str(tmp_path / "frame.txt"), "--secret", secret, "--number", NUMBER],
    )
    assert ours.exit_code == 0
    assert shell.stdout == other_hand(text, secret, NUMBER).encode() == ours.output.encode()
    assert shell.stdout.count(b"\n") == 6


def draw_file(**changed: object) -> dict[str, object]:
    """The file of a draw whose first announcement was void and whose second drew."""
    frame = frame_of()
    seed = draw.seed_of("", NUMBER)
    drawn = draw.draw(frame, seed)
    void = {
        "number": 1, "state": "void", "commitment": draw.commitment_of(SECRET), "secret": None,
        "public_number": None, "seed": None,
    }  # fmt: skip
    alone = {
        "number": 2, "state": "drawn", "commitment": "", "secret": "", "public_number": NUMBER,
        "seed": seed,
    }  # fmt: skip
    return {
        "format": replaying.FORMAT,
        "frame_hash": draw.sha256(draw.frame_text(frame)),
        "frame": draw.frame_text(frame).splitlines(),
        "draws": [void, alone],
        "targets": [{"id": each.id, "team": list(each.team)} for each in drawn],
        "inspectors": draw.in_order(seed, "inspectors", (each.id for each in frame.inspectors)),
    } | changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"frame_hash": "0" * 64}, "frame_hash"),
        ({"targets": []}, "targets"),
        ({"inspectors": []}, "inspectors"),
        ({"draws": []}, "0 draws"),
    ],
)
def test_a_replay_names_what_does_not_hold(
    changed: dict[str, object], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(draw_file(**changed)), encoding="utf-8")
    answer = CliRunner().invoke(audit_commands, ["replay", str(path)])
    assert answer.exit_code == (1 if said else 0), answer.output
    assert said in answer.output


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ({"secret": "another"}, "a secret nobody committed to"),
        ({"commitment": draw.commitment_of("x"), "secret": "x"}, "the number decides alone"),
        ({"commitment": draw.commitment_of("x")}, "not the one committed to"),
        ({"public_number": "1"}, "not made of secret and number"),
    ],
)
def test_a_replay_trusts_no_announcement(lie: dict[str, str], said: str) -> None:
    file = draw_file()
    draws = file["draws"]
    assert isinstance(draws, list)
    draws[1] |= lie
    assert any(said in problem for problem in replaying.problems(file))


@pytest.mark.parametrize("text", ["{}", "[", '{"format": "wushe-draw/1"}'])
def test_what_is_no_file_of_a_draw_ends_with_2(text: str, tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    path.write_text(text, encoding="utf-8")
    assert CliRunner().invoke(audit_commands, ["replay", str(path)]).exit_code == 2
    assert CliRunner().invoke(audit_commands, ["draw", str(path), "--number", "1"]).exit_code == 2


def test_who_leaves_is_followed_by_the_next_in_line() -> None:
    order = ["003", "001", "004", "002"]
    assert draw.next_in_line(order, "001", without={"001", "004"}) == "002"
    assert draw.next_in_line(order, "002", without={"002"}) == "003"
    assert draw.next_in_line(order, "002", without=set(order)) is None
