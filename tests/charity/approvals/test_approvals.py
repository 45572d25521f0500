"""Agreement: different persons, exactly this content, once; an edit makes it worthless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.approvals import queries
from charity.approvals import services as approvals
from charity.approvals.freezing import frozen_hash
from charity.approvals.models import (
    APPROVAL_TRANSITIONS,
    ApprovalRequest,
    ApprovalState,
)
from charity.approvals.policy import may_decide
from charity.approvals.reasons import ApprovalsReason
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from tests.charity.spending.world import make_actor

pytestmark = pytest.mark.usefixtures("clock")

CONTENT: dict[str, str | int] = {"amount": 600_000, "payee": "某公司"}
SUBJECT = "expense:1"


class Room:
    """People around one request."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.asker, self.one, self.two, self.three = (
            make_actor(session, name) for name in ("asker", "one", "two", "three")
        )

    def ask(self, *, quorum: int = 2, content: dict[str, str | int] = CONTENT) -> ApprovalRequest:
        assert self.asker.person_id is not None
        return approvals.open_request(
            self.session, self.asker, subject=SUBJECT, content=content, quorum=quorum,
            submitter_person_id=self.asker.person_id,
        )  # fmt: skip

    def decide(self, actor: Actor, agreed: bool = True, **changes: Any) -> ApprovalState:
        form: dict[str, Any] = {"reason": "", "content": CONTENT, "subject": SUBJECT} | changes
        return approvals.decide(self.session, actor, agreed=agreed, **form)


@pytest.fixture
def room(session: Session) -> Room:
    return Room(session)


def test_granted_by_as_many_persons_as_asked(room: Room) -> None:
    request = room.ask(quorum=3)
    assert room.decide(room.one) is ApprovalState.OPEN
    assert room.decide(room.two) is ApprovalState.OPEN
    assert request.closed_at is None
    assert room.decide(room.three) is ApprovalState.GRANTED
    assert request.closed_at is not None
    assert queries.request_for(room.session, SUBJECT) is request
    assert [each.person_id for each in request.decisions] == [
        room.one.person_id, room.two.person_id, room.three.person_id,
    ]  # fmt: skip
    assert queries.request_for(room.session, "expense:2") is None


def test_one_refusal_is_enough_and_says_why(room: Room) -> None:
    room.ask()
    room.decide(room.one)
    with pytest.raises(Invalid) as refused:
        room.decide(room.two, agreed=False, reason=" ")
    assert (refused.value.field, refused.value.reason) == ("reason", CommonReason.REQUIRED)
    assert room.decide(room.two, agreed=False, reason="太贵") is ApprovalState.REFUSED
    with pytest.raises(InvalidState) as late:
        room.decide(room.three)
    assert late.value.reason is ApprovalsReason.NOT_OPEN


def test_the_asker_and_a_second_voice_are_refused(room: Room) -> None:
    room.ask()
    room.decide(room.one)
    twin = make_actor(room.session, "twin", person_id=room.one.person_id)
    for actor in (room.asker, room.one, twin):
        with pytest.raises(Denied) as refused:
            room.decide(actor)
        assert refused.value.reason is CommonReason.SAME_PERSON


@pytest.mark.parametrize("actor", [Actor.guest(), Actor.system("job")])
def test_only_persons_agree(room: Room, actor: Actor) -> None:
    room.ask()
    with pytest.raises(Denied) as refused:
        room.decide(actor)
    assert refused.value.reason is CommonReason.SIGN_IN_FIRST


def test_other_content_than_was_asked_is_refused(room: Room) -> None:
    room.ask()
    with pytest.raises(InvalidState) as refused:
        room.decide(room.one, content=CONTENT | {"amount": 600_001})
    assert refused.value.reason is ApprovalsReason.CONTENT_CHANGED


def test_asking_anew_voids_what_was_agreed(room: Room) -> None:
    first = room.ask()
    room.decide(room.one)
    changed = CONTENT | {"amount": 1}
    second = room.ask(content=changed)
    assert (first.state, second.state) == (ApprovalState.VOID, ApprovalState.OPEN)
    assert queries.request_for(room.session, SUBJECT) is second
    assert room.decide(room.one, content=changed) is ApprovalState.OPEN
    assert room.decide(room.two, content=changed) is ApprovalState.GRANTED


def test_voiding_takes_back_what_stands_and_nothing_else(room: Room) -> None:
    approvals.void(room.session, room.asker, subject=SUBJECT)
    request = room.ask(quorum=1)
    room.decide(room.one)
    approvals.void(room.session, room.asker, subject=SUBJECT)
    assert request.state is ApprovalState.VOID
    approvals.void(room.session, room.asker, subject=SUBJECT)
    refused = room.ask()
    room.decide(room.one, agreed=False, reason="不")
    approvals.void(room.session, room.asker, subject=SUBJECT)
    assert refused.state is ApprovalState.REFUSED


def test_nothing_asked_nothing_decided(room: Room) -> None:
    with pytest.raises(InvalidState):
        room.decide(room.one)
    assert queries.request_for(room.session, SUBJECT) is None
    assert may_decide(room.one, None).reason is CommonReason.WRONG_STATE


@pytest.mark.parametrize("before", ApprovalState)
@pytest.mark.parametrize("after", ApprovalState)
def test_states_move_by_the_table_only(before: ApprovalState, after: ApprovalState) -> None:
    request = ApprovalRequest(state=before)
    if after in APPROVAL_TRANSITIONS[before]:
        request.move_to(after)
        assert request.state is after
    else:
        with pytest.raises(InvalidState):
            request.move_to(after)


def test_the_frozen_form_never_changes() -> None:
    """What was agreed years ago is checked by the same figure."""
    assert frozen_hash("expense:42", {"b": 1, "a": "村"}).hex() == (
        "e0e79aec975c0f44da052ba1a53edc628e57decec5cbafda09071bcd02d9fc68"
    )


_contents = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4)


@given(_contents, _contents, st.text(max_size=3), st.text(max_size=3))
def test_equal_hashes_mean_equal_content(
    one: dict[str, str | int], other: dict[str, str | int], subject: str, second: str
) -> None:
    same = (subject, one) == (second, other)
    assert (frozen_hash(subject, one) == frozen_hash(second, other)) is same
    assert frozen_hash(subject, dict(reversed(one.items()))) == frozen_hash(subject, one)
