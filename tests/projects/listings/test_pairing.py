"""Pairings: five things, visits, a promise of money, and nobody's own relatives (CHA-143)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations.models import GiverKind, Pledge
from charity.errors import Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import OrganisationKind, OrganisationState, Relation
from charity.registry.reasons import RegistryReason
from projects.listings.models import PAIRING_TRANSITIONS, Pairing, PairingState
from projects.listings.reasons import HomelandReason, NeedsReason
from projects.listings.services import pairing as services
from projects.listings.services.pairing import Helped, TaskDraft
from tests.factories import make_actor, make_organisation, make_region
from tests.projects.listings.village import VILLAGE, Village
from tests.web.world_homeland import SECRET, begin, tasks

#: A made-up number with a right check digit.
NUMBER = "11010519491231002X"


def person(**changed: Any) -> Helped:
    return Helped(**({"name": "张三丰", "identity": NUMBER} | changed))


def related(session: Session, village: Village, **changed: Any) -> None:
    """Somebody is related to the partner."""
    said: dict[str, Any] = {
        "organisation_id": village.partner.id, "name": "张三丰", "relation": Relation.COUNCIL,
        "since": clock.today() - timedelta(days=90), "secret": SECRET,
    }  # fmt: skip
    actor = make_actor(session, Grant(Role.OWNER, organisation_id=village.partner.id))
    registry.record_related(session, actor, **(said | changed))


def test_a_unit_pairs_with_a_village_and_promises_money(village: Village) -> None:
    session, project = village.session, village.published()
    made = begin(
        session, village.partner.id, VILLAGE, actor=village.editor, committed=Money.yuan(600),
        campaign_id=project.campaign_id,
    )  # fmt: skip
    pledge = session.get(Pledge, made.pledge_id)
    assert pledge is not None
    assert (pledge.amount, pledge.campaign_id) == (Money.yuan(600), project.campaign_id)
    assert (pledge.giver_kind, pledge.is_public) == (GiverKind.UNIT, True)
    assert pledge.promised_by <= project.ends_on
    assert (made.person_mask, made.person_hash) == ("", None)
    assert [task.position for task in made.tasks] == [1, 2, 3, 4, 5]

    task = services.finish_task(
        session, village.editor, task_id=made.tasks[2].id, done_on=clock.today(), note="送到了"
    )
    assert task.done_on == clock.today()
    with pytest.raises(InvalidState):
        services.finish_task(
            session, village.editor, task_id=task.id, done_on=clock.today(), note=""
        )
    services.record_visit(
        session,
        village.editor,
        pairing_id=made.id,
        visited_on=clock.today(),
        words="看望",
        visitors=3,
    )
    with pytest.raises(Invalid):
        services.record_visit(
            session, village.editor, pairing_id=made.id, words="看望",
            visited_on=clock.today() + timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(Denied):
        services.end_pairing(session, village.reviewer, pairing_id=made.id, result="好")
    services.end_pairing(session, village.editor, pairing_id=made.id, result="五件办了一件")
    with pytest.raises(InvalidState):
        services.record_visit(
            session, village.editor, pairing_id=made.id, visited_on=clock.today(), words="看望"
        )
    # what ended may begin again
    assert begin(session, village.partner.id, VILLAGE, actor=village.editor).id != made.id


def test_of_a_person_only_a_sign_and_a_hash_are_kept(village: Village) -> None:
    session = village.session
    made = begin(session, village.partner.id, VILLAGE, helped=person())
    assert made.person_mask == "张*"
    row = session.execute(text("SELECT * FROM pairing")).one()
    kept = " ".join(str(value) for value in row)
    assert "张三丰" not in kept
    assert NUMBER not in kept
    assert len(made.person_hash or b"") == 32
    with pytest.raises(Conflict):
        begin(session, village.partner.id, VILLAGE, helped=person(name="张三"))
    # the village itself is another than a person in it
    assert begin(session, village.partner.id, VILLAGE).person_hash is None
    with pytest.raises(Conflict):
        begin(session, village.partner.id, VILLAGE)


def test_cha_143_nobody_helps_a_related_person(village: Village) -> None:
    session = village.session
    related(session, village, name="李四", identity=NUMBER)
    with pytest.raises(Denied) as refused:
        begin(session, village.partner.id, VILLAGE, helped=person(not_the_same=True))
    assert refused.value.reason is HomelandReason.RELATED_PERSON
    assert refused.value.params["rule"] == "CHA-143"
    other = make_organisation(session, name="东湖志愿者协会")
    assert begin(session, other.id, VILLAGE, helped=person()).person_mask == "张*"


def test_cha_143_the_same_name_is_looked_at_first(village: Village) -> None:
    session = village.session
    related(session, village)
    with pytest.raises(Invalid) as refused:
        begin(session, village.partner.id, VILLAGE, helped=person())
    assert refused.value.reason is HomelandReason.SAME_NAME
    assert begin(session, village.partner.id, VILLAGE, helped=person(not_the_same=True)).id


def test_cha_143_nobody_is_paired_with_oneself(village: Village) -> None:
    session = village.session
    oneself = registry.add_person(
        session, Actor.system("test"), name="张三丰", identity=NUMBER, secret=SECRET
    )
    grant = Grant(Role.OWNER, organisation_id=village.partner.id)
    plain = make_actor(session, grant)
    actor = Actor(plain.kind, plain.user_id, oneself.id, plain.name, plain.grants)
    with pytest.raises(Denied) as refused:
        begin(session, village.partner.id, VILLAGE, actor=actor, helped=person())
    assert refused.value.reason is HomelandReason.RELATED_PERSON


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"tasks": tasks()[:4]}, "tasks"),
        ({"tasks": [*tasks(), TaskDraft("第六件", clock.today())]}, "tasks"),
        ({"helped": Helped(name="张三丰")}, "identity"),
        ({"helped": Helped(identity=NUMBER)}, "name"),
        ({"helped": Helped("张三丰", "110105194912310021")}, "identity"),
        ({"committed": Money.yuan(10)}, "campaign_id"),
        ({"committed": Money.yuan(10), "campaign_id": 99}, "campaign_id"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    village: Village, changed: dict[str, Any], field: str
) -> None:
    if "tasks" in changed:
        changed = {"tasks": (tasks() + tasks())[: len(changed["tasks"])]}
    with pytest.raises(Invalid) as refused:
        begin(village.session, village.partner.id, VILLAGE, **changed)
    assert refused.value.field == field
    assert village.session.scalars(select(Pairing)).all() == []


def test_who_may_not_pair(village: Village) -> None:
    session = village.session
    body = make_organisation(session, kind=OrganisationKind.VILLAGE_COLLECTIVE, region_code=VILLAGE)
    with pytest.raises(Invalid):
        begin(session, body.id, VILLAGE)
    pending = make_organisation(session, state=OrganisationState.PENDING)
    with pytest.raises(Denied):
        begin(session, pending.id, VILLAGE)
    with pytest.raises(Denied):
        begin(session, village.partner.id, VILLAGE, actor=village.reviewer)
    make_region(session, "420704002001", "杜山村")
    elsewhere = village.published().campaign_id
    with pytest.raises(Invalid) as refused:
        begin(
            session, village.partner.id, "420704002001", committed=Money.yuan(5),
            campaign_id=elsewhere,
        )  # fmt: skip
    assert refused.value.reason is HomelandReason.CAMPAIGN_ELSEWHERE


@pytest.mark.parametrize("held", list(PairingState))
@pytest.mark.parametrize("wanted", list(PairingState))
def test_the_steps_of_a_pairing_are_those_of_the_table(
    held: PairingState, wanted: PairingState
) -> None:
    pairing = Pairing(state=held)
    if wanted in PAIRING_TRANSITIONS[held]:
        pairing.move_to(wanted)
        assert pairing.state is wanted
    else:
        with pytest.raises(InvalidState):
            pairing.move_to(wanted)


def test_neither_the_name_nor_a_number_of_who_is_helped_is_public(village: Village) -> None:
    session = village.session
    for title, reason in (
        ("给张三 丰送米", NeedsReason.NAME_IN_TITLE),
        ("打 13800138000 约时间", RegistryReason.PERSONAL_NUMBER),
    ):
        named = [TaskDraft(title, clock.today()), *tasks()[1:]]
        with pytest.raises(Invalid) as refusal:
            begin(
                session, village.partner.id, VILLAGE, actor=village.editor, tasks=named,
                helped=person(),
            )  # fmt: skip
        assert (refusal.value.reason, refusal.value.field) == (reason, "tasks")
