"""Published for good: digests anybody can check, corrections beside what they correct."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.disclosure import contents, policy, queries, services
from charity.disclosure.models import DisclosureKind
from charity.disclosure.reasons import DisclosureReason as Reason
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry.models import FundraisingMode
from tests.charity.disclosure.owed import Owing

PLAIN = (
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
)
CONTENTS = st.dictionaries(
    st.text(st.characters(categories=["L"]), min_size=1),
    st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    max_size=4,
)


@given(CONTENTS, CONTENTS)
def test_contents_are_one_when_their_digests_are(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    again = dict(reversed(json.loads(json.dumps(one)).items()))
    assert contents.digest(again) == contents.digest(one)
    assert contents.difference(one, again).is_empty
    same = contents.digest(one) == contents.digest(other)
    assert contents.difference(one, other).is_empty == same


def test_a_correction_shows_what_it_added_removed_and_changed() -> None:
    before = {"raised": 100, "spent": [{"line": "材料", "amount": 60}], "note": "初稿"}
    after = {
        "raised": 110,
        "spent": [{"line": "材料", "amount": 60}, {"line": "人工", "amount": 5}],
    }
    found = contents.difference(before, after)
    assert [(row.path, row.before, row.after) for row in found.changed] == [("raised", 100, 110)]
    assert [row.path for row in found.added] == ["spent/2/amount", "spent/2/line"]
    assert [row.path for row in found.removed] == ["note"]


@pytest.mark.parametrize(
    "value", [1.5, {1: 2}, b"x", "\ud800", {"a": {"b": {"c": {"d": {"e": {"f": [1]}}}}}}]
)
def test_a_content_is_texts_and_whole_numbers(value: object) -> None:
    with pytest.raises(Invalid):
        contents.digest({"value": value})


@pytest.fixture
def owing(session: Session, clock: Any) -> Owing:
    return Owing.begin(session)


def published(owing: Owing, **more: Any) -> Any:
    values: dict[str, Any] = {
        "kind": DisclosureKind.CHARTER,
        "subject": f"organisation:{owing.charity.id}",
        "organisation_id": owing.charity.id,
        "campaign_id": None,
        "title": "章程与理事会",
        "content": {"council": ["张**", "李**"], "since": "2026-01-05"},
    }
    return services.publish_entry(owing.session, owing.publisher, **(values | more))


def test_dis_211_what_is_published_is_corrected_by_a_successor_only(owing: Owing) -> None:
    session, first = owing.session, published(owing)
    made = '{"council":["张**","李**"],"since":"2026-01-05"}'.encode()
    assert first.content_hash == hashlib.sha256(made).hexdigest()
    correct: dict[str, Any] = {
        "content": {"council": ["张**"], "since": "2026-01-05"},
        "explanation": "李**已离任",
    }
    with pytest.raises(Invalid) as refusal:
        services.correct_entry(
            session, owing.publisher, entry_id=first.id, **(correct | {"explanation": " "})
        )
    assert (refusal.value.reason, refusal.value.field) == (CommonReason.REQUIRED, "explanation")
    with pytest.raises(Invalid) as refusal:
        services.correct_entry(
            session, owing.publisher, entry_id=first.id, content=first.content, explanation="无"
        )
    assert refusal.value.reason is Reason.SAYS_THE_SAME
    second = services.correct_entry(session, owing.publisher, entry_id=first.id, **correct)
    assert (second.supersedes_id, first.content["council"]) == (first.id, ["张**", "李**"])
    with pytest.raises(Conflict) as taken:
        services.correct_entry(session, owing.publisher, entry_id=first.id, **correct)
    assert taken.value.reason is Reason.ALREADY_CORRECTED
    third = services.correct_entry(
        session, owing.publisher, entry_id=second.id, content=first.content, explanation="记错了"
    )
    assert queries.history(session, second) == [first, second, third]
    page = queries.entries_page(session, organisation_id=owing.charity.id)
    assert page.items == [third]
    for statement in ("UPDATE disclosure_entry SET title = ''", "DELETE FROM disclosure_entry"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))


def test_only_those_who_publish_for_the_organisation_do(owing: Owing, session: Session) -> None:
    stranger = Owing.begin(session).publisher
    first = published(owing)
    with pytest.raises(Denied):
        services.publish_entry(
            session, stranger, kind=DisclosureKind.CHARTER, subject="organisation:1",
            organisation_id=owing.charity.id, campaign_id=None, title="x", content={},
        )  # fmt: skip
    with pytest.raises(Denied):
        services.correct_entry(session, stranger, entry_id=first.id, content={}, explanation="x")


def test_dis_212_a_members_campaign_is_told_to_its_members_alone(owing: Owing) -> None:
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 2, 1), mode=FundraisingMode.TARGETED)
    owing.run(date(2026, 2, 2))
    [duty] = owing.of(campaign, DisclosureKind.MEMBERS_REPORT)
    assert (duty.rule_id, duty.due_on) == ("DIS-212", date(2026, 3, 3))
    with pytest.raises(Invalid) as refusal:
        owing.publish(duty)
    assert refusal.value.reason is Reason.MEMBERS_ONLY
    entry = owing.publish(duty, is_public=False)
    assert not queries.entries_page(owing.session).items
    guest = Actor.guest()
    assert not policy.may_read(guest, entry, is_member=False)
    assert policy.may_read(guest, entry, is_member=True)
    assert policy.may_read(owing.publisher, entry, is_member=False)
    assert queries.late_duties(owing.session, date(2026, 6, 1)) == []


def test_a_duty_is_fulfilled_once_and_by_what_it_asks(owing: Owing) -> None:
    campaign = owing.campaign(date(2026, 1, 1), date(2026, 2, 1))
    owing.run(date(2026, 3, 1))
    [duty] = owing.of(campaign, DisclosureKind.CAMPAIGN_RESULT)
    with pytest.raises(InvalidState) as refusal:
        owing.publish(duty, kind=DisclosureKind.CHARTER)
    assert refusal.value.reason is Reason.OTHER_DUTY
    entry = owing.publish(duty, duty_id=None)
    assert (entry.duty_id, duty.fulfilled_at) == (duty.id, entry.published_at)
    with pytest.raises(InvalidState) as refusal:
        owing.publish(duty)
    assert refusal.value.reason is Reason.DUTY_FULFILLED
