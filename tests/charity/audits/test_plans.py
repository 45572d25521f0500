"""Plans by their floors, frames by who is registered, and what freezing holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.actor import Grant, Permission, Role
from charity.audits import draw, services
from charity.audits.models import (
    AuditKind,
    AuditLevel,
    FirmKind,
    FrameStratum,
    OrganisationRisk,
    OrganisationSize,
    RecusalRelation,
)
from charity.audits.plan_drafts import FrameFilter
from charity.audits.queries import frames, plans
from charity.audits.reasons import AuditsReason
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.ledger.statements.period import Period
from charity.registry.models import (
    AnnualInspection,
    CreditList,
    InspectionResult,
    ListEntry,
    OrganisationKind,
    OrganisationState,
    Rating,
    RelatedParty,
    Relation,
)
from tests.charity.audits.checking import PLACE, Checking, draft
from tests.charity.ledger.storybook import Storybook
from tests.factories import make_actor, make_organisation, make_region

pytestmark = pytest.mark.usefixtures("clock")

PAPER = {"paper_hash": b"x" * 32, "paper_media_type": "application/pdf"}
FIRM = {"name": "公正会计师事务所", "uscc": "91110000600037341L", "kind": FirmKind.ACCOUNTANTS}


@pytest.fixture
def checking(session: Session) -> Checking:
    return Checking.begin(session)


@pytest.mark.rule("INS-01.county")
@pytest.mark.rule("INS-01.city")
@pytest.mark.rule("INS-01.province")
@pytest.mark.rule("INS-01.ministry")
def test_ins_01_a_regular_check_never_falls_below_its_floor(session: Session) -> None:
    floors = {"420704": ("county", 3), "4207": ("city", 4), "42": ("province", 5)}
    make_region(session, "420704")
    for place, (level, floor) in [*floors.items(), ("420704", ("ministry", 10))]:
        office = make_actor(session, Grant(Role.REGULATOR))
        said: dict[str, Any] = {
            "kind": AuditKind.REGULAR, "level": AuditLevel(level), "region_code": place,
        }  # fmt: skip
        plan = services.make_plan(session, office, draft=draft(**said))
        assert plan.coverage == floor
        with pytest.raises(Invalid) as refused:
            services.make_plan(session, office, draft=draft(**said, coverage=floor - 1))
        assert refused.value.params == {"floor": floor}
        services.change_plan(session, office, plan_id=plan.id, draft=draft(**said, coverage=100))


@pytest.mark.rule("INS-06")
@pytest.mark.rule("INS-09.response")
@pytest.mark.rule("INS-09.rectify")
def test_ins_06_and_09_a_plan_takes_its_figures_from_the_rules(checking: Checking) -> None:
    plan = checking.plan()
    assert (plan.team_size, plan.response_days, plan.rectification_days) == (2, 10, 30)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"team_size": 1}, "team_size"),
        ({"coverage": 0}, "coverage"),
        ({"coverage": 101}, "coverage"),
        ({"period_until": date(2024, 12, 31)}, "period_until"),
        ({"ends_on": date(2026, 3, 1)}, "ends_on"),
        ({"response_days": 0}, "response_days"),
        ({"level": AuditLevel.CITY}, "region_code"),
        ({"title": " "}, "title"),
    ],
)
def test_a_wrong_plan_is_refused_beside_its_field(
    checking: Checking, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        checking.plan(**said)
    assert refused.value.field == field


def test_only_the_office_of_the_place_plans_and_others_see_no_draft(checking: Checking) -> None:
    plan = checking.plan()
    make_region(checking.session, "4208")
    elsewhere = make_actor(checking.session, Grant(Role.REGULATOR, region_code="4208"))
    owner = checking.owners[checking.organisations[0].id]
    for actor in (elsewhere, checking.inspectors[0], owner):
        with pytest.raises(Denied):
            checking.do(services.make_plan, actor, draft=draft())
        with pytest.raises(NotFound):
            checking.do(services.freeze_frame, actor, plan_id=plan.id)
        assert plans.plans_seen(checking.session, actor) == []
    assert plans.plans_seen(checking.session, checking.office) == [plan]


def test_ins_04_the_frame_is_who_is_registered_there(session: Session) -> None:
    """Filed groups, others' registrations, the unverified and other kinds are not in it."""
    checking = Checking.begin(session, organisations=2)
    for kind in (OrganisationKind.COMMUNITY_GROUP, OrganisationKind.ENTERPRISE):
        make_organisation(session, kind=kind, region_code=PLACE)
    make_organisation(session, region_code=PLACE, state=OrganisationState.PENDING)
    make_organisation(session, region_code=PLACE).registrar_code = "420700"
    foundation = make_organisation(session, kind=OrganisationKind.FOUNDATION, region_code=PLACE)
    session.flush()
    plan = checking.plan()
    found = frames.framed(session, plan, date(2026, 3, 16))
    assert {each.organisation.id for each in found} == {
        foundation.id, *(each.id for each in checking.organisations)
    }  # fmt: skip
    assert [each.uscc for each in found] == sorted(each.uscc for each in found)
    plan.frame_filter = FrameFilter(kinds=(OrganisationKind.FOUNDATION,)).stored()
    plan.strata = [FrameStratum.KIND.value, FrameStratum.RISK.value]
    [only] = frames.framed(session, plan, date(2026, 3, 16))
    assert (only.organisation.id, only.stratum) == (foundation.id, "foundation/normal")


def test_risk_follows_lists_inspections_and_ratings(checking: Checking) -> None:
    """INS-02: high by a list or a failed year, low by a pass with three A, else normal."""
    session, user_id = checking.session, checking.office.user_id
    listed, failed, good = (each.id for each in checking.organisations)
    said = {"recorded_by_user_id": user_id}
    session.add_all(
        [
            ListEntry(
                organisation_id=listed, list=CreditList.ABNORMAL, listed_on=date(2026, 1, 5),
                recorded_on=date(2026, 1, 5), reason="联系不上", **said,
            ),
            *(
                AnnualInspection(
                    organisation_id=each, year=2024, result=result, decided_on=date(2025, 6, 1),
                    **said,
                )
                for each, result in (
                    (failed, InspectionResult.FAIL), (good, InspectionResult.PASS),
                )
            ),
            Rating(
                organisation_id=good, grade=3, rated_on=date(2024, 1, 1),
                expires_on=date(2029, 1, 1), authority="民政局", **said,
            ),
        ]
    )  # fmt: skip
    session.flush()
    ids = [listed, failed, good]
    high, low = OrganisationRisk.HIGH, OrganisationRisk.LOW
    assert frames.risks_of(session, ids, date(2026, 3, 16)) == {
        listed: high, failed: high, good: low
    }  # fmt: skip
    assert frames.risks_of(session, ids, date(2026, 1, 4)) == {failed: high, good: low}


@pytest.mark.rule("INS-02")
def test_ins_02_the_size_follows_the_income_of_the_book(session: Session) -> None:
    story = Storybook(session)
    books = {name: story.book(name) for name in ("small", "medium", "large")}
    for name, yuan in (("small", 999_999), ("medium", 1_000_000), ("large", 10_000_000)):
        story.give(story.fund(books[name]), yuan * 100)
    ids = {name: book.organisation_id for name, book in books.items()}
    period = Period.year(2026)
    found = frames.sizes_of(session, [*ids.values(), -1], period, date(2026, 3, 16))
    assert found == {ids[size.value]: size for size in OrganisationSize if size.value in ids}


def test_ins_06_ties_are_recused_with_the_frame(checking: Checking) -> None:
    """Roster, role and declaration become rows of the frame; what is late is kept apart."""
    session, plan = checking.session, checking.plan()
    first, second, third, fourth = checking.inspectors
    one, two, three = checking.organisations
    session.add(
        RelatedParty(
            organisation_id=one.id, name="甲", relation=Relation.SUPERVISOR,
            person_id=first.person_id, since=date(2020, 1, 1), until=date(2021, 1, 1),
            recorded_by_user_id=checking.office.user_id, recorded_at=plan.made_at,
        )
    )  # fmt: skip
    session.flush()
    make_actor(
        session,
        Grant(Role.EDITOR, organisation_id=two.id),
        user=session.get_one(User, second.user_id),
    )
    ids = {"plan_id": plan.id, "organisation_id": three.id}
    checking.do(services.declare_recusal, third, **ids, note="同学")
    with pytest.raises(Conflict):
        checking.do(services.declare_recusal, third, **ids)
    with pytest.raises(NotFound):
        checking.do(services.declare_recusal, third, plan_id=plan.id, organisation_id=one.id,
                    inspector_id=plan.inspectors[3].id)  # fmt: skip
    checking.do(services.freeze_frame, plan_id=plan.id)
    checking.do(services.declare_recusal, fourth, **ids)
    found = {
        (each.organisation_id, each.inspector.user_id): (each.relation, each.is_late)
        for each in plans.recusals_of(session, plan.id)
    }
    assert found == {
        (one.id, first.user_id): (RecusalRelation.RELATED, False),
        (two.id, second.user_id): (RecusalRelation.MEMBER, False),
        (three.id, third.user_id): (RecusalRelation.DECLARED, False),
        (three.id, fourth.user_id): (RecusalRelation.DECLARED, True),
    }
    assert plan.frame_hash == draw.sha256(plans.frame_text(session, plan.id))


@pytest.mark.rule("INS-07")
def test_ins_07_a_firm_shows_its_letter_and_sends_two(checking: Checking) -> None:
    plan = checking.plan()
    firm = checking.do(services.add_firm, plan_id=plan.id, **FIRM)
    ids = {"plan_id": plan.id}
    with pytest.raises(InvalidState) as refused:
        checking.do(services.freeze_frame, **ids)
    assert refused.value.reason is AuditsReason.FIRM_PAPER_MISSING
    checking.do(services.file_firm_paper, firm_id=firm.id, **PAPER)
    with pytest.raises(InvalidState) as refused:
        checking.do(services.freeze_frame, **ids)
    assert refused.value.reason is AuditsReason.FIRM_STAFF
    for _ in range(2):
        staff = make_actor(checking.session, Grant(Role.INSPECTOR, region_code=PLACE))
        checking.do(services.add_inspector, **ids, user_id=staff.user_id, firm_id=firm.id)
    assert checking.do(services.freeze_frame, **ids).frame_hash
    with pytest.raises(InvalidState):
        checking.do(services.add_firm, **ids, **FIRM)


def test_ins_11_a_firm_on_the_roster_does_not_audit_there(checking: Checking) -> None:
    plan = checking.plan()
    firm = checking.do(services.add_firm, plan_id=plan.id, **FIRM, **PAPER)
    with pytest.raises(Conflict):
        checking.do(services.add_firm, plan_id=plan.id, **FIRM)
    for _ in range(2):
        staff = make_actor(checking.session, Grant(Role.INSPECTOR, region_code=PLACE))
        checking.do(services.add_inspector, plan_id=plan.id, user_id=staff.user_id, firm_id=firm.id)
    served = checking.organisations[0].id
    checking.session.add(
        RelatedParty(
            organisation_id=served, name=FIRM["name"], relation=Relation.VENDOR,
            since=date(2025, 1, 1), recorded_by_user_id=checking.office.user_id,
            recorded_at=plan.made_at,
        )
    )  # fmt: skip
    checking.session.flush()
    found = frames.ties(checking.session, plan, [each.id for each in checking.organisations])
    assert set(found.values()) == {RecusalRelation.BOOKKEEPER}
    assert {organisation_id for organisation_id, _ in found} == {served}
    assert len(found) == 2


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (AuditsReason.PAYER_IN_FRAME, {"payer": True}),
        (AuditsReason.TOO_FEW_INSPECTORS, {"team_size": 5}),
        (AuditsReason.FRAME_EMPTY, {"frame_filter": FrameFilter(charities=True)}),
    ],
)
def test_what_cannot_be_drawn_is_not_frozen(
    checking: Checking, reason: AuditsReason, said: dict[str, Any]
) -> None:
    """INS-08 among them: who is checked never pays for it."""
    if said.pop("payer", False):
        said["payer_id"] = checking.organisations[0].id
    with pytest.raises(DomainError) as refused:
        checking.framed(**said)
    assert refused.value.reason is reason


def test_a_frozen_frame_is_changed_by_nobody(checking: Checking) -> None:
    plan = checking.framed()
    ids = {"plan_id": plan.id}
    for verb, said in (
        (services.change_plan, ids | {"draft": draft()}),
        (services.add_inspector, ids | {"user_id": checking.inspectors[0].user_id}),
        (services.remove_inspector, {"inspector_id": plan.inspectors[0].id}),
        (services.freeze_frame, ids),
    ):
        with pytest.raises(InvalidState) as refused:
            checking.do(verb, **said)
        assert refused.value.reason is AuditsReason.FRAME_FROZEN


def test_inspectors_are_listed_once_as_persons(checking: Checking) -> None:
    plan = checking.plan()
    with pytest.raises(Conflict):
        checking.do(services.add_inspector, plan_id=plan.id, user_id=checking.inspectors[0].user_id)
    with pytest.raises(Invalid):
        checking.do(services.add_inspector, plan_id=plan.id, user_id=checking.office.user_id)
    checking.do(services.remove_inspector, inspector_id=plan.inspectors[0].id)
    assert [each.code for each in plan.inspectors] == ["002", "003", "004"]


def test_who_audits_an_organisation_does_not_belong_to_it(session: Session) -> None:
    actor = make_actor(session, Grant(Role.AUDITOR, organisation_id=_some(session)))
    assert actor.organisation_ids == frozenset()
    assert actor.holds_anywhere(Permission.BOOK_READ)


def _some(session: Session) -> int:
    return make_organisation(session).id
