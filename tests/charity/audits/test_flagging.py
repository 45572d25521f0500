"""Red flags through the database: gathered, written once, explained, taken up; by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.approvals.models import Requirement, RequirementKind, RequirementPaper
from charity.audits.looks import bits, look_of
from charity.audits.models import FlagState, RedFlag
from charity.audits.queries.flags import flag_counts, last_run, red_flag, red_flags_page
from charity.audits.services.flagging import explain_flag, raise_flags, take_up_flag
from charity.audits.services.voucher_lists import hand_in
from charity.donations.models import Donation, DonationState, GiverKind
from charity.errors import Denied, Invalid, NotFound
from charity.ledger import services as ledger
from charity.money import Money
from charity.registry.models import RelatedParty, Relation
from tests.charity.audits.fieldwork import Fieldwork, make_fieldwork, pay, picture
from tests.charity.donations.giving import open_giving
from tests.fakes import FakeGateway
from tests.fixtures.pictures import good_jpeg

SYSTEM = Actor.system("flags")


@pytest.fixture
def work(session: Session) -> Fieldwork:
    return make_fieldwork(session)


def _raise(work: Fieldwork, actor: Actor = SYSTEM) -> dict[str, RedFlag]:
    raise_flags(
        work.session,
        actor,
        organisation_id=work.world.charity_id,
        files=work.world.files,
        hash_account=lambda account: account.encode(),
    )
    flags = work.session.scalars(select(RedFlag).order_by(RedFlag.id))
    return {str(flag.params["reason"]).removeprefix("flags."): flag for flag in flags}


def _attach(work: Fieldwork, subject: str, kind: RequirementKind, digest: bytes) -> None:
    paper = RequirementPaper(number=1, file_hash=digest, media_type="application/pdf")
    work.session.add(
        Requirement(
            subject=subject, kind=kind, rule_id="VIL-03", before=False, opened_at=clock.now(),
            papers=[paper],
        )
    )  # fmt: skip
    work.session.flush()


def test_a_book_is_looked_through_and_asks(work: Fieldwork) -> None:
    world = work.world
    first = pay(world, 812, payee_name="甲店")
    second = pay(world, 812, payee_name="甲 店")
    cash = pay(world, 2_000, is_cash=True)
    shared = pay(world, 600, payee_name="乙店", payee_account="6222 0000 9999 8888")
    work.session.add(
        RelatedParty(
            organisation_id=world.charity_id, name="某理事", relation=Relation.COUNCIL,
            identity_hash=b"i" * 32, account_hash=b"6222000099998888",
            since=clock.today(), recorded_by_user_id=work.inspector.user_id,
            recorded_at=clock.now(),
        )
    )  # fmt: skip
    work.session.flush()
    found = _raise(work)
    assert found["same_sum"].subjects == [first, second]
    assert found["cash_large"].subjects == [cash]
    assert found["shared_vendor"].subjects == [shared]
    assert found["shared_vendor"].params["marks"] == ["account"]
    counts = flag_counts(work.session, world.charity_id)
    assert counts["RF-07"] == {FlagState.OPEN: 1}
    page = red_flags_page(work.session, world.charity_id, rule="RF-06", state=FlagState.OPEN)
    assert [flag.rule for flag in page.items] == ["RF-06"]


def test_the_same_question_is_asked_once_and_a_run_goes_on_where_it_stopped(
    work: Fieldwork,
) -> None:
    pay(work.world, 900, payee_name="甲店")
    pay(work.world, 900, payee_name="甲店")
    before = _raise(work)
    run = last_run(work.session, work.world.charity_id)
    assert run is not None
    assert run.raised == len(before)
    told: list[str] = []
    again = raise_flags(
        work.session, SYSTEM, organisation_id=work.world.charity_id, progress=told.append
    )
    assert (again.id, told) == (run.id, [])
    pay(work.world, 900, payee_name="甲店")
    later = raise_flags(
        work.session, SYSTEM, organisation_id=work.world.charity_id, progress=told.append
    )
    assert (later.id != run.id, later.raised) == (True, 1)
    assert (run.figures["whole"], later.figures["whole"]) == (True, False)
    assert told[0] == "facts"
    assert told[-1] == "RF-12"


def test_pictures_of_one_thing_are_noticed_whatever_their_size(work: Fieldwork) -> None:
    alike = [pay(work.world, n, pictures=[picture(7, n)]) for n in (320, 600)]
    pay(work.world, 40)
    same = [pay(work.world, 50 + n, pictures=[good_jpeg(200, 90)]) for n in range(2)]
    minutes = [RequirementKind.VILLAGE_DECISION] * 2
    for subject, kind in zip(alike, minutes, strict=True):
        _attach(work, subject, kind, b"m" * 32)
    found = _raise(work)
    assert "same_picture" in found
    assert found["like_picture"].subjects == alike
    assert found["same_picture"].subjects == same
    for subject in (alike[0], same[0]):
        _attach(work, subject, RequirementKind.EVIDENCE, b"e" * 32)
    _raise(work)
    asked = red_flags_page(work.session, work.world.charity_id, rule="RF-10").items
    assert [flag.subjects for flag in asked][-1] == [alike[0], same[0]]
    assert len(asked) == 3
    assert look_of(b"no picture") == bytes(16)
    assert bits(look_of(picture(7, 400))).bit_count() > 24


def test_a_gift_of_a_payee_is_asked_about_also_when_it_comes_later(work: Fieldwork) -> None:
    """The payee was looked at before it gave: the next look, of what is new, sees the loop."""
    paid = pay(work.world, 1_500, payee_name="丙 店")
    assert _raise(work) == {}
    campaign = open_giving(work.session, FakeGateway()).campaign
    entry = ledger.post_gift(
        work.session, SYSTEM, fund_id=work.world.fund_id, amount=Money.yuan(2_000),
        source="payment:2:succeeded", occurred_on=clock.today(),
        giver=ledger.Giver("donor:2", "enterprise", ""),
    )  # fmt: skip
    gift = Donation(
        client_id="c", trail_token="t", campaign_id=campaign.id, amount=Money.yuan(2_000),
        giver_kind=GiverKind.ENTERPRISE, giver_name="丙 店", state=DonationState.SETTLED,
        created_at=clock.now(), settled_at=clock.now(), entry_id=entry.id,
    )  # fmt: skip
    work.session.add(gift)
    work.session.flush()
    found = _raise(work)
    assert set(found) == {"gift_loop"}
    assert found["gift_loop"].subjects == [f"donation:{gift.id}", paid]
    assert found["gift_loop"].params["gift_fen"] == 200_000


def test_a_list_that_was_handed_in_is_looked_through_too(work: Fieldwork) -> None:
    head = "凭证号,日期,收款人,摘要,金额,支付方式"
    rows = [
        "1,2025-03-02,甲,事,900.00,",
        "1,2025-05-02,甲,事,70.00,",
        "2,2025-03-02,乙,事,5000,现金",
    ]
    hand_in(
        work.session, work.owner, inspection_id=work.inspection.id,
        content="\n".join([head, *rows]).encode(), file_name="a.csv", files=work.world.files,
    )  # fmt: skip
    found = _raise(work)
    assert set(found) == {"same_invoice", "cash_large"}
    assert all(one.startswith("voucher_list_row:") for one in found["same_invoice"].subjects)


def test_approvals_at_night_are_of_the_night_in_china(work: Fieldwork) -> None:
    night = datetime(2026, 3, 16, 17, 30, tzinfo=UTC)
    for n in range(6):
        with clock.at(night + timedelta(days=n)):
            pay(work.world, 20 + n)
    found = _raise(work)
    assert {found["at_night"].subjects[0], found["at_night"].params["count"]} <= {
        f"person:{work.world.approver.person_id}",
        f"person:{work.world.second_approver.person_id}",
        6,
    }


def test_a_question_is_explained_or_taken_up_by_the_team(work: Fieldwork) -> None:
    pay(work.world, 2_000, is_cash=True)
    flag = _raise(work, work.inspector)["cash_large"]
    with pytest.raises(Invalid):
        explain_flag(work.session, work.inspector, flag_id=flag.id, explanation=" ")
    explain_flag(work.session, work.inspector, flag_id=flag.id, explanation="停电, 用了现金")
    assert (flag.state, flag.answered_by_user_id) == (FlagState.EXPLAINED, work.inspector.user_id)
    take_up_flag(work.session, work.inspector, flag_id=flag.id, inspection_id=work.inspection.id)
    assert (flag.state, flag.inspection_id) == (FlagState.TAKEN_UP, work.inspection.id)
    _raise(work)
    assert red_flag(work.session, flag.id).state is FlagState.TAKEN_UP
    for actor in (work.owner, work.world.treasurer, work.world.stranger, Actor.guest()):
        with pytest.raises((Denied, NotFound)):
            raise_flags(work.session, actor, organisation_id=work.world.charity_id)
        with pytest.raises((Denied, NotFound)):
            explain_flag(work.session, actor, flag_id=flag.id, explanation="不要看")


def test_a_quiet_book_is_left_in_peace(work: Fieldwork) -> None:
    for yuan in (213, 456, 789):
        pay(work.world, yuan)
    assert _raise(work) == {}
