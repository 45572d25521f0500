"""Asking questions of an organisation's book, and writing down what became of each (HANDBOOK 3.4).

A flag is a question and never a finding: it is explained, or an inspection takes it up and looks.
The organisation is not told before somebody asks it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.audits import policy
from charity.audits.flags import Figures, Flag, Tally, Usual, figures_on, look
from charity.audits.flags.columns import NAMED
from charity.audits.looks import look_of
from charity.audits.models import FlagRun, FlagState, Inspection, PictureLook, RedFlag
from charity.audits.queries import beside
from charity.audits.queries.facts import Earlier, HashAccount, facts_of
from charity.audits.queries.flags import (
    FLAGS_ASKED,
    asked_look,
    inspections_about,
    last_run,
)
from charity.audits.queries.touched import reached
from charity.collecting import few_collections
from charity.errors import NotFound
from charity.files import DamagedFile, FileStore
from charity.registry.models import Organisation
from charity.rows import insert_new, locked, present

#: Pictures looked at in one run: some twenty seconds of work; the next run goes on.
LOOKS_A_RUN = 2_000
#: Told while one waits: `looks`, `facts`, then each rule, `RF-01` to `RF-12`.
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found, before it is written: questions, how far it reached, and its sums."""

    flags: Sequence[Flag]
    watermark: dict[str, int]
    version: str
    payments: int
    whole: bool
    usual: Usual
    tallies: Mapping[int, Tally]


def raise_flags(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    progress: Progress | None = None,
    files: FileStore | None = None,
    hash_account: HashAccount | None = None,
) -> FlagRun:
    """Look through everything of an organisation that is new, or through all of it the first time.

    The same question is written once, whoever asks it and however often; one that is open gets the
    newest figures. Where no row and no threshold is new, the last run is the answer. With `files`
    pictures are compared by how they look, with `hash_account` payees by their accounts. Raises
    `Denied`, `NotFound`.
    """
    _may_look(session, actor, organisation_id)
    tell = progress or _silent
    if files is not None:
        tell("looks")
        digests = beside.unlooked(session, organisation_id, LOOKS_A_RUN)
        keep_looks(session, actor, looks=looks_of(files, digests))
    found = look_through(
        session, actor, organisation_id=organisation_id, progress=tell, hash_account=hash_account
    )
    if found is None:
        return present(last_run(session, organisation_id))
    return keep_found(session, actor, organisation_id=organisation_id, found=found)


def look_through(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    progress: Progress | None = None,
    hash_account: HashAccount | None = None,
) -> Found | None:
    """What a look finds, only read; None where no row and no threshold is new since the last.

    So a long look keeps nobody from writing. Raises `Denied`, `NotFound`.
    """
    _may_look(session, actor, organisation_id)
    tell, figures = progress or _silent, figures_on(clock.today())
    watermark, version = reached(session, organisation_id), _version(figures)
    last = last_run(session, organisation_id)
    if last is not None and (last.watermark, last.thresholds_version) == (watermark, version):
        return None
    tell("facts")
    with few_collections():
        facts = facts_of(
            session,
            organisation_id,
            today=clock.today(),
            hash_account=hash_account,
            earlier=_earlier(last, version),
        )
        looked = look(facts, figures, tell)
    return Found(
        flags=looked.flags,
        watermark=watermark,
        version=version,
        payments=len(facts.payments),
        whole=facts.scope is None,
        usual=looked.usual,
        tallies=looked.tallies,
    )


def keep_found(session: Session, actor: Actor, *, organisation_id: int, found: Found) -> FlagRun:
    """Write down what a look found, as `raise_flags` says. Raises `Denied`, `NotFound`."""
    _may_look(session, actor, organisation_id)
    raised = _write(session, organisation_id, found.flags, whole=found.whole)
    run = FlagRun(
        organisation_id=organisation_id,
        watermark=found.watermark,
        figures={
            "payments": found.payments,
            "whole": found.whole,
            "flags": dict(Counter(flag.rule for flag in found.flags)),
            "usual": astuple(found.usual),
            "tallies": {str(person): astuple(one) for person, one in found.tallies.items()},
        },
        thresholds_version=found.version,
        raised=raised,
        run_at=clock.now(),
        run_by_user_id=actor.user_id,
    )
    session.add(run)
    session.flush()
    outbox.write(session, "flags.raised", f"organisation:{organisation_id}", run_id=run.id)
    return run


def ask_flags(session: Session, actor: Actor, *, organisation_id: int) -> None:
    """Ask for a look that takes longer than a page waits: the worker does it (FLAGS_ASKED).

    Asked again while it waits, nothing more is owed. Raises `Denied`, `NotFound`.
    """
    _may_look(session, actor, organisation_id)
    asked = asked_look(session, organisation_id)
    if asked is None or not asked.waits:
        outbox.write(session, FLAGS_ASKED, f"organisation:{organisation_id}")


def looks_of(files: FileStore, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """How pictures look, by the hash of their bytes; one gone or damaged looks like nothing."""
    looks = {}
    for digest in digests:
        try:
            looks[digest] = look_of(files.get(digest))
        except (NotFound, DamagedFile):
            looks[digest] = bytes(16)
    return looks


def keep_looks(session: Session, actor: Actor, *, looks: Mapping[bytes, bytes]) -> None:
    """Keep how pictures look; what somebody else kept meanwhile stays."""
    for digest, seen in looks.items():
        insert_new(session, PictureLook, file_hash=digest, look=seen)


def explain_flag(session: Session, actor: Actor, *, flag_id: int, explanation: str) -> RedFlag:
    """Write down why what a flag asks about is all right.

    Raises `Invalid` without words, `InvalidState`, `Denied`, `NotFound`.
    """
    flag = _flag(session, actor, flag_id)
    said = texts.prose(explanation, field="explanation", required=True)
    return _answer(session, actor, flag, FlagState.EXPLAINED, said)


def take_up_flag(
    session: Session, actor: Actor, *, flag_id: int, inspection_id: int, note: str = ""
) -> RedFlag:
    """Take a question up in an inspection of the organisation: its team looks into it.

    Raises `NotFound` for an inspection of somebody else, `InvalidState`, `Denied`.
    """
    flag = _flag(session, actor, flag_id)
    inspection = present(session.get(Inspection, inspection_id))
    if inspection.organisation_id != flag.organisation_id:
        present(None)
    require(policy.may_inspect(actor, inspection))
    said = texts.prose(note, field="note")
    flag.inspection_id = inspection.id
    return _answer(session, actor, flag, FlagState.TAKEN_UP, said)


def _may_look(session: Session, actor: Actor, organisation_id: int) -> None:
    organisation = present(session.get(Organisation, organisation_id))
    inspections = inspections_about(session, organisation_id)
    require(policy.may_look_through(actor, organisation, inspections))


def _silent(step: str) -> None:
    """Nobody waits."""


def _version(figures: Figures) -> str:
    """A short digest of all figures: other figures ask other questions."""
    lines = (f"{rule} {name} {value}\n" for (rule, name), value in sorted(figures.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def _earlier(last: FlagRun | None, version: str) -> Earlier | None:
    """What the last look left for this one; None where it asked by other figures."""
    if last is None or last.thresholds_version != version:
        return None
    usual, tallies = last.figures.get("usual"), last.figures.get("tallies")
    if not isinstance(usual, list) or not isinstance(tallies, dict):
        return None
    counted = {int(person): Tally(*counts) for person, counts in tallies.items()}
    return Earlier(last.watermark, Usual(*usual), counted)


def _write(session: Session, organisation_id: int, flags: Sequence[Flag], *, whole: bool) -> int:
    """Write new questions, refresh open ones; answers how many are new.

    A look that only goes on names what is new: it is put beside what was named before.
    """
    query = select(RedFlag).where(RedFlag.organisation_id == organisation_id)
    known = {(flag.rule, flag.key): flag for flag in session.scalars(query)}
    now, raised = clock.now(), 0
    for flag in flags:
        before = known.get((flag.rule, flag.key))
        if before is None:
            made = insert_new(
                session,
                RedFlag,
                organisation_id=organisation_id,
                rule=flag.rule,
                key=flag.key,
                params={"reason": flag.reason.value, **flag.params},
                subjects=list(flag.subjects),
                first_seen_at=now,
                last_seen_at=now,
                state=FlagState.OPEN,
                explanation="",
            )
            raised += made is not None
            continue
        before.last_seen_at = now
        if before.state is FlagState.OPEN:
            before.params = {"reason": flag.reason.value, **flag.params}
            named = () if whole else before.subjects
            before.subjects = list(dict.fromkeys((*named, *flag.subjects)))[:NAMED]
    session.flush()
    return raised


def _flag(session: Session, actor: Actor, flag_id: int) -> RedFlag:
    flag = locked(session, select(RedFlag).where(RedFlag.id == flag_id))
    inspections = inspections_about(session, flag.organisation_id)
    require(policy.may_look_through(actor, flag.organisation, inspections))
    return flag


def _answer(session: Session, actor: Actor, flag: RedFlag, state: FlagState, words: str) -> RedFlag:
    flag.move_to(state)
    flag.explanation = words
    flag.answered_by_user_id, flag.answered_at = actor.user_id, clock.now()
    outbox.write(
        session, f"red_flag.{state}", f"organisation:{flag.organisation_id}", flag_id=flag.id
    )
    session.flush()
    return flag
