"""Why a notice, an objection or the end of a project is refused."""

from __future__ import annotations

from charity.errors import ReasonCode


class NoticeReason(ReasonCode):
    """Public notices and objections."""

    #: The period is over, or the notice was withdrawn.
    OVER = "notices.over"
    #: Something of this subject is announced already.
    STANDS_ALREADY = "notices.stands_already"
    #: What it is about belongs to another organisation.
    NOT_ITS_OWN = "notices.not_its_own"
    ANSWERED_ALREADY = "notices.answered_already"
    #: The answer is another person's than the publisher's and the objector's.
    OTHER_PERSON_ANSWERS = "notices.other_person_answers"
    #: Too many objections at once: `limit` in an hour, or of one contact in a day.
    TOO_MANY = "notices.too_many"


class EndingReason(ReasonCode):
    """How a project ends."""

    #: A closing of the fund is under way or done.
    UNDER_WAY = "closings.under_way"
    #: `number` things stand in the way: open expenses, promises, matches, refunds, goods.
    IN_THE_WAY = "closings.in_the_way"
    #: The plan says what becomes of what is left.
    NOT_BY_PLAN = "closings.not_by_plan"
    #: Something is left and no fund is named into which it goes.
    NEEDS_FUND = "closings.needs_fund"
    #: The other fund is closed, of another book, or not for charity.
    WRONG_FUND = "closings.wrong_fund"
    #: Money is left and nobody decided what becomes of it.
    NEEDS_DECISION = "closings.needs_decision"
    #: Nothing is left of any gift whose giver could be asked.
    NOBODY_TO_ASK = "closings.nobody_to_ask"
    #: Givers still have days to answer: `until`.
    STILL_ASKING = "closings.still_asking"
    #: The days to answer are over.
    ANSWERS_OVER = "closings.answers_over"
    ANSWER_DAYS = "closings.answer_days"
    #: The move is announced publicly: title and text are wanted.
    NEEDS_NOTICE = "closings.needs_notice"
    #: The money that is left is not what was agreed about: `surplus` now.
    SURPLUS_CHANGED = "closings.surplus_changed"
    ENDED_LATER = "closings.ended_later"
