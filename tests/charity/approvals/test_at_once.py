"""Several voices at the same moment count like one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.approvals import services as approvals
from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.errors import InvalidState
from tests.factories import make_actor

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
