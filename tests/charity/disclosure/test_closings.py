"""How projects end: surplus to the fen, the plan's rule, givers asked, two who agree, once each."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.approvals.reasons import ApprovalsReason
from charity.disclosure import periods, services
from charity.disclosure.ending_reasons import EndingReason
from charity.disclosure.models import (
    DisclosureEntry,
    DisclosureKind,
    ProjectClosing,
    ProjectClosingState,
    SurplusChoice,
    SurplusDisposal,
)
from charity.disclosure.queries import closings as queries
from charity.disclosure.queries.notices import notices_of
from charity.disclosure.queries.obstacles import ObstacleKind, obstacles
from charity.donations import services as donations
from charity.donations.models import RefundPath, RefundState
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState, NotFound
from charity.ledger import queries as books
from charity.ledger import services as ledger
from charity.ledger.models import FundClosing, PurposeBasis, PurposeDecision
from charity.ledger.reasons import LedgerReason
from charity.letters import Letter
from charity.money import ZERO
from charity.registry.models import CampaignState, FundraisingMode, SurplusWay
from tests.charity.disclosure.ending import GUEST, YUAN, Ending, open_ending
from tests.charity.donations.giving import SYSTEM
from tests.conftest import SetClock
from tests.factories import make_actor

MOVE, BACK = SurplusChoice.MOVE, SurplusChoice.REFUND


@pytest.fixture
def ending(session: Session, clock: SetClock) -> Ending:
    """A charity with its people, its campaign, and another fund."""
    return open_ending(session)


def basis(ending: Ending) -> list[PurposeBasis]:
    query = select(PurposeDecision.basis).order_by(PurposeDecision.id)
    return list(ending.session.scalars(query))


def is_closed(ending: Ending) -> bool:
    return ending.session.get(FundClosing, ending.back.fund_id) is not None


def entry_of(ending: Ending, closing: ProjectClosing) -> DisclosureEntry:
    return ending.session.get_one(DisclosureEntry, closing.entry_id)


def told(entry: DisclosureEntry, key: str) -> object:
    figures = entry.content["figures"]
    assert isinstance(figures, dict)
    return figures[key]


def asked(ending: Ending) -> ProjectClosing:
    ending.plan(SurplusWay.ASK_GIVERS)
    closing = ending.prepare()
    return services.ask_givers(ending.session, ending.editor, closing_id=closing.id)


def days_later(days: int) -> AbstractContextManager[None]:
    return clock.at(clock.now() + timedelta(days=days))


def test_cha_165_a_fund_does_not_end_with_money_in_it(ending: Ending) -> None:
    ending.gift("1.01")
    ending.back.spend(YUAN("1"))
    with pytest.raises(InvalidState) as refused:
        ledger.close_fund(ending.session, SYSTEM, fund_id=ending.back.fund_id)
    assert refused.value.reason is LedgerReason.FUND_NOT_EMPTY
    with pytest.raises(Invalid) as undecided:
        ending.prepare()
    assert undecided.value.reason is EndingReason.NEEDS_DECISION
    assert undecided.value.params["surplus"] == YUAN("0.01")


def test_cha_165_nothing_left_ends_at_once(ending: Ending) -> None:
    ending.gift("200")
    ending.back.spend(YUAN("200"))
    closing = ending.submit(ending.prepare(into=False))
    assert (closing.surplus, closing.disposal) == (ZERO, SurplusDisposal.NONE)
    assert closing.state is ProjectClosingState.AGREED
    assert ending.finish(closing).state is ProjectClosingState.DONE
    assert is_closed(ending)
    assert ending.back.giving.campaign.state is CampaignState.ENDED
    with pytest.raises(Conflict):
        ending.prepare(into=False)


@pytest.mark.rule("CHA-165.agree")
def test_cha_165_the_plan_moves_it_to_a_like_project_agreed_by_two_and_announced(
    ending: Ending,
) -> None:
    ending.gift("200.05")
    ending.back.spend(YUAN("80"))
    ending.plan(SurplusWay.SIMILAR_PROJECT)
    with pytest.raises(Invalid) as refused:
        ending.prepare(SurplusDisposal.ASK)
    assert refused.value.reason is EndingReason.NOT_BY_PLAN
    closing = ending.submit(ending.prepare())
    assert closing.surplus == YUAN("120.05")
    first, second = ending.approvers
    services.agree_closing(ending.session, first, closing_id=closing.id, agreed=True)
    assert closing.state is ProjectClosingState.SUBMITTED
    with pytest.raises(Denied) as twice:
        services.agree_closing(ending.session, first, closing_id=closing.id, agreed=True)
    assert twice.value.reason is CommonReason.SAME_PERSON
    with pytest.raises(Denied):
        services.agree_closing(ending.session, ending.editor, closing_id=closing.id, agreed=True)
    services.agree_closing(ending.session, second, closing_id=closing.id, agreed=True)
    with pytest.raises(InvalidState) as announced:
        ending.finish(closing)
    assert announced.value.reason is ApprovalsReason.REQUIREMENT_OPEN
    ending.end_notices()
    assert ending.finish(closing).state is ProjectClosingState.DONE
    assert ending.finish(closing) is closing, "done twice is done once"
    assert basis(ending) == [PurposeBasis.SURPLUS_BY_PLAN]
    assert books.fund_position(ending.session, ending.other.id).in_hand == YUAN("120.05")
    assert is_closed(ending)
    entry = entry_of(ending, closing)
    assert (entry.kind, entry.subject) == (DisclosureKind.SURPLUS, closing.subject)
    assert (told(entry, "moved_fen"), told(entry, "surplus_fen")) == (12005, 12005)
    assert entry.content["words"] == closing.reason
    ending.back.judge()


def test_cha_165_a_silent_plan_leaves_a_choice_and_like_is_the_ground(ending: Ending) -> None:
    ending.gift("50")
    ending.plan(None)
    closing = ending.agree(ending.submit(ending.prepare(SurplusDisposal.SIMILAR)))
    ending.end_notices()
    ending.finish(closing)
    assert basis(ending) == [PurposeBasis.SURPLUS_SIMILAR]


def test_cha_162_nothing_promised_is_moved_away(ending: Ending) -> None:
    ending.gift("200")
    ledger.hold(
        ending.session,
        SYSTEM,
        fund_id=ending.back.fund_id,
        amount=YUAN("10"),
        source="expense:77",
    )
    with pytest.raises(InvalidState) as refused:
        ending.prepare(SurplusDisposal.SIMILAR)
    assert refused.value.reason is EndingReason.IN_THE_WAY
    [held] = obstacles(ending.session, ending.back.fund_id, ending.back.giving.campaign.id)
    assert (held.kind, held.number, held.amount) == (ObstacleKind.HOLDS, 1, YUAN("10"))
    ledger.release_hold(ending.session, SYSTEM, source="expense:77")
    assert ending.prepare(SurplusDisposal.SIMILAR).surplus == YUAN("200")


def test_cha_164_each_giver_is_asked_for_what_is_left_of_their_gift(ending: Ending) -> None:
    spent = ending.gift("100", "first@example.cn")
    partly = ending.gift("100", "second@example.cn")
    whole = ending.gift("30", "third@example.cn")
    ending.back.spend(YUAN("140"))
    closing = asked(ending)
    left = {answer.donation_id: answer.amount for answer in closing.answers}
    assert left == {partly.id: YUAN("60"), whole.id: YUAN("30")}
    letters = ending.session.scalars(select(Letter).where(Letter.kind == "closing.ask"))
    assert {letter.address for letter in letters} == {"second@example.cn", "third@example.cn"}
    for token in (spent.trail_token, "no such secret"):
        with pytest.raises(NotFound):
            services.answer_surplus(
                ending.session, GUEST, token=token, closing_id=closing.id, choice=MOVE
            )
    for gift in (partly, whole):
        services.answer_surplus(
            ending.session, GUEST, token=gift.trail_token, closing_id=closing.id, choice=MOVE
        )
    ending.finish(ending.agree(ending.submit(closing)))
    assert closing.state is ProjectClosingState.DONE
    assert basis(ending) == [PurposeBasis.CONSENT], "every giver agreed"
    ending.back.judge()


@pytest.mark.rule("CHA-165.ask")
def test_cha_165_who_does_not_answer_by_the_day_agrees_and_who_wants_it_gets_it_back(
    ending: Ending,
) -> None:
    back, silent = ending.gift("100"), ending.gift("30")
    closing = asked(ending)
    assert closing.answers_until == date(2026, 3, 30)
    with pytest.raises(Invalid):
        services.ask_givers(
            ending.session,
            ending.editor,
            closing_id=closing.id,
            answers_until=date(2026, 3, 29),
        )

    def answer(choice: SurplusChoice) -> None:
        services.answer_surplus(
            ending.session, GUEST, token=back.trail_token, closing_id=closing.id, choice=choice
        )

    answer(MOVE)
    answer(BACK)
    with pytest.raises(InvalidState) as early, days_later(14):
        ending.submit(closing)
    assert early.value.reason is EndingReason.STILL_ASKING
    with days_later(15):
        with pytest.raises(InvalidState) as late:
            answer(MOVE)
        assert late.value.reason is EndingReason.ANSWERS_OVER
        ending.agree(ending.submit(closing))
        assert ending.finish(closing).state is ProjectClosingState.AGREED, "the refund travels"
        ending.finish(closing)
        assert len(queries.refunds_of_closing(ending.session, closing)) == 1
        ending.send_refunds()
        assert ending.finish(closing).state is ProjectClosingState.DONE
    assert basis(ending) == [PurposeBasis.SURPLUS_BY_PLAN]
    entry = entry_of(ending, closing)
    assert (told(entry, "given_back_fen"), told(entry, "moved_fen")) == (10000, 3000)
    assert (told(entry, "gifts_asked"), told(entry, "gifts_without_answer")) == (2, 1)
    assert (back.refunded, silent.refunded) == (YUAN("100"), ZERO)
    ending.back.judge()


def test_cha_165_a_plan_that_gives_back_needs_no_other_fund(ending: Ending) -> None:
    gifts = [ending.gift("100"), ending.gift("30")]
    ending.back.spend(YUAN("20"))
    ending.plan(SurplusWay.REFUND)
    closing = ending.agree(ending.submit(ending.prepare(into=False)))
    ending.finish(closing)
    [first, second] = queries.refunds_of_closing(ending.session, closing)
    ending.back.send(first)
    second.move_to(RefundState.CANCELLED)
    assert ending.finish(closing).state is ProjectClosingState.AGREED
    by_hand = queries.refunds_of_closing(ending.session, closing)[-1]
    assert (by_hand.path, by_hand.amount) == (RefundPath.TRANSFER, YUAN("30"))
    donations.pay_by_transfer(
        ending.session,
        ending.back.payer,
        refund_id=by_hand.id,
        reference="0042",
        paid_on=clock.today(),
        payee="张三 6222",
    )
    assert ending.finish(closing).state is ProjectClosingState.DONE
    assert [gift.refunded for gift in gifts] == [YUAN("80"), YUAN("30")]
    assert basis(ending) == []
    assert is_closed(ending)
    ending.back.judge()


def test_what_changed_after_agreement_is_counted_and_agreed_to_anew(ending: Ending) -> None:
    ending.gift("100")
    late = ending.back.giving.opened(YUAN("5"))
    ending.plan(SurplusWay.SIMILAR_PROJECT)
    closing = ending.agree(ending.submit(ending.prepare()))
    ending.end_notices()
    ending.back.hear(ending.back.giving.gateway.pay(late.remote_id or ""))
    assert ending.finish(closing).state is ProjectClosingState.PREPARED
    assert not is_closed(ending)
    with pytest.raises(InvalidState):
        ending.finish(closing)
    with pytest.raises(InvalidState) as stale:
        ending.submit(closing)
    assert stale.value.reason is EndingReason.SURPLUS_CHANGED
    again = ending.prepare()
    assert (again.id, again.surplus) == (closing.id, YUAN("105"))


def test_a_fund_that_ended_meanwhile_takes_nothing(ending: Ending) -> None:
    ending.gift("100")
    closing = ending.agree(ending.submit(ending.prepare(SurplusDisposal.SIMILAR)))
    ending.end_notices()
    ledger.close_fund(ending.session, SYSTEM, fund_id=ending.other.id)
    assert ending.finish(closing).state is ProjectClosingState.PREPARED
    with pytest.raises(Invalid) as refused:
        ending.prepare(SurplusDisposal.SIMILAR)
    assert refused.value.reason is EndingReason.WRONG_FUND


def test_dis_212_a_members_campaign_is_not_told_to_everybody(ending: Ending) -> None:
    ending.gift("100")
    ending.back.giving.campaign.mode = FundraisingMode.TARGETED
    closing = ending.agree(ending.submit(ending.prepare(SurplusDisposal.SIMILAR)))
    assert ending.finish(closing).state is ProjectClosingState.DONE
    assert notices_of(ending.session, closing.subject) == []
    assert not entry_of(ending, closing).is_public


def test_a_refusal_sends_it_back_and_withdrawing_frees_the_fund(ending: Ending) -> None:
    ending.gift("100")
    closing = ending.submit(ending.prepare(SurplusDisposal.SIMILAR))
    with pytest.raises(Conflict) as under_way:
        ending.prepare(SurplusDisposal.SIMILAR)
    assert under_way.value.reason is EndingReason.UNDER_WAY
    approver = ending.approvers[0]
    assert queries.closings_to_agree(
        ending.session, {ending.charity_id}, person_id=approver.person_id
    ) == [closing]
    assert not queries.closings_to_agree(ending.session, None, person_id=ending.editor.person_id)
    services.agree_closing(
        ending.session, approver, closing_id=closing.id, agreed=False, reason="转给本村更好"
    )
    assert closing.state is ProjectClosingState.PREPARED
    ending.submit(closing)
    services.withdraw_closing(ending.session, ending.editor, closing_id=closing.id)
    assert ending.end_notices() == []
    assert ending.prepare(SurplusDisposal.SIMILAR).id != closing.id


def test_who_may_and_what_is_refused(ending: Ending) -> None:
    ending.gift("100")
    own = ending.back.fund_id
    for into, field in ((own, "into_fund_id"), (None, "into_fund_id"), (9999, "into_fund_id")):
        with pytest.raises(Invalid) as refused:
            services.prepare_closing(
                ending.session,
                ending.editor,
                fund_id=own,
                ended_on=clock.today(),
                reason="办完了",
                disposal=SurplusDisposal.SIMILAR,
                into_fund_id=into,
            )
        assert refused.value.field == field
    with pytest.raises(Invalid) as later:
        ending.prepare(SurplusDisposal.SIMILAR, ended_on=clock.today() + timedelta(days=1))
    assert later.value.reason is EndingReason.ENDED_LATER
    ending.editor = make_actor(ending.session)
    with pytest.raises(Denied):
        ending.prepare(SurplusDisposal.SIMILAR)


def test_cha_168_what_a_beneficiary_gave_back_is_left_and_keeps_its_purpose(
    ending: Ending,
) -> None:
    ending.gift("100")
    paid = ending.back.spend(YUAN("100"))
    ledger.return_payment(
        ending.session,
        SYSTEM,
        entry_id=paid.id,
        amount=YUAN("40"),
        source="reclaimed:1",
        occurred_on=clock.today(),
    )
    ending.plan(SurplusWay.ASK_GIVERS)
    closing = ending.prepare()
    assert closing.surplus == YUAN("40")
    services.ask_givers(ending.session, ending.editor, closing_id=closing.id)
    assert [answer.amount for answer in closing.answers] == [YUAN("40")], "still the giver's"


@pytest.mark.rule("DIS-209")
def test_dis_209_the_surplus_is_told_within_three_months_of_the_end() -> None:
    assert periods.told_by(date(2026, 11, 30)) == date(2027, 2, 28)
    assert periods.told_by(date(2026, 5, 20)) == date(2026, 8, 20)
