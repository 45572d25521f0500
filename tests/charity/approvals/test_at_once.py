"""Several voices at the same moment count like one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity.accounts import services as accounts
from charity.accounts.models import Membership
from charity.actor import Actor, Grant, Permission, Role
from charity.approvals import services as approvals
from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.errors import Denied, InvalidState
from tests.factories import make_actor, make_organisation

QUORUM = 3
ROUNDS = 3


def test_exactly_the_quorum_of_six_voices_at_once_is_heard(fresh_engine: Engine) -> None:
    """Nobody's lock around it: the request's own makes each voice see those before it."""
    with Session(fresh_engine) as session:
        asker, *voices = [make_actor(session) for _ in range(2 * QUORUM + 1)]
        for number in range(ROUNDS):
            assert asker.person_id is not None
            approvals.open_request(
                session, asker, subject=f"expense:{number}", content={}, quorum=QUORUM,
                submitter_person_id=asker.person_id,
            )  # fmt: skip
        session.commit()
    together = Barrier(len(voices))

    def say_yes(actor: Actor, subject: str) -> ApprovalState | None:
        together.wait(30)
        with Session(fresh_engine) as session:
            try:
                state = approvals.decide(
                    session, actor, subject=subject, agreed=True, reason="", content={}
                )
            except InvalidState:
                return None
            session.commit()
            return state

    with ThreadPoolExecutor(len(voices)) as pool:
        for number in range(ROUNDS):
            subjects = [f"expense:{number}"] * len(voices)
            states = list(pool.map(say_yes, voices, subjects))
            assert states.count(ApprovalState.GRANTED) == 1
            assert states.count(ApprovalState.OPEN) == QUORUM - 1
    with Session(fresh_engine) as session:
        decided = select(func.count()).group_by(ApprovalDecision.request_id)
        assert session.scalars(decided.select_from(ApprovalDecision)).all() == [QUORUM] * ROUNDS
        assert set(session.scalars(select(ApprovalRequest.state))) == {ApprovalState.GRANTED}


@pytest.mark.parametrize(("reads_afresh", "granted"), [(True, False), (False, True)])
def test_who_is_being_removed_agrees_to_nothing(
    fresh_engine: Engine, monkeypatch: pytest.MonkeyPatch, reads_afresh: bool, granted: bool
) -> None:
    """The control, without the fresh look at the role, shows what the look is for."""
    with Session(fresh_engine) as session:
        charity = make_organisation(session).id
        asker, voice = make_actor(session), make_actor(session, Grant(Role.APPROVER, charity))
        assert asker.person_id is not None
        approvals.open_request(
            session, asker, subject="expense:1", content={}, quorum=1,
            submitter_person_id=asker.person_id,
        )  # fmt: skip
        query = select(Membership.id).where(Membership.user_id == voice.user_id)
        held = session.scalars(query).one()
        session.commit()
    if not reads_afresh:
        monkeypatch.setattr(accounts, "keep_role", lambda *_, **__: None)
    removed = Event()

    def remove() -> None:
        with Session(fresh_engine) as session:
            accounts.revoke_role(session, Actor.system("test"), membership_id=held)
            removed.set()
            sleep(0.3)  # the voice is heard while the removal is not committed yet
            session.commit()

    def say_yes() -> bool:
        removed.wait(30)
        with Session(fresh_engine) as session:
            try:
                state = approvals.decide(
                    session, voice, subject="expense:1", agreed=True, reason="", content={},
                    permission=Permission.EXPENSE_APPROVE, organisation_id=charity,
                )  # fmt: skip
            except Denied:
                return False
            session.commit()
            return state is ApprovalState.GRANTED

    with ThreadPoolExecutor(2) as pool:
        leaving, heard = pool.submit(remove), pool.submit(say_yes)
        leaving.result(60)
        assert heard.result(60) is granted
