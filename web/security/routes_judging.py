"""The policy table's section of judging and awards: judges, voters, organiser, winner, charity.

The other staff's organisation runs the sample's competitions, the user without a role judges one,
the staff's organisation won another.
"""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import (
    PUBLIC,
    SIGNED_IN,
    Answer,
    Audience,
    Who,
    act,
    form,
    holders,
    page,
)

_COME_IN, _REFUSED, _ABSENT = Answer.COME_IN, Answer.REFUSED, Answer.ABSENT
_ORGANISERS = holders(Permission.VENTURE_MANAGE, other_staff=_COME_IN)


def _judge(**but: Answer) -> Audience:
    """The judge alone; to everybody else a sheet is absent."""
    others = {who: _ABSENT for who in Who if who not in (Who.GUEST, Who.USER)}
    return Audience(signed_in=True, but=others | {Who(name): said for name, said in but.items()})


_C, _A = "judged_competition", "award"

JUDGING = (
    page("judging.index", SIGNED_IN),
    act("judging.answer", _judge(), judge_id="judge"),
    # the organiser knows of the sheet, and sees it when all are in
    page("judging.sheet", _judge(other_staff=_REFUSED), sheet_id="sheet"),
    act("judging.sheet", _judge(other_staff=_REFUSED), sheet_id="sheet"),
    page("judging.defence", PUBLIC, competition_id=_C),
    page("judging.vote", PUBLIC, competition_id=_C),
    act("judging.cast", SIGNED_IN, competition_id=_C),
    page("judging.desk", _ORGANISERS, competition_id=_C),
    page("judging.entry", _ORGANISERS, application_id="judged_application"),
    page("judging.planning", _ORGANISERS, competition_id=_C),
    page("judging.ranking", _ORGANISERS, competition_id=_C),
    page("judging.report", _ORGANISERS, competition_id=_C, round_name="review"),
    act("judging.act", _ORGANISERS, competition_id=_C, verb="invite"),
    form("judging.upload", _ORGANISERS, competition_id=_C),
    form("judging.tried", _ORGANISERS, competition_id=_C, digest="score_list"),
    page("judging.empty", _ORGANISERS, competition_id=_C, file="csv"),
    page("awards.trail", PUBLIC, competition_id="won_competition", funder_id="prize_funder"),
    form("awards.desk", _ORGANISERS, competition_id="won_competition"),
    act("awards.announce_all", _ORGANISERS, competition_id="won_competition"),
    page("awards.detail", PUBLIC, award_id=_A),
    act("awards.decide", _ORGANISERS, award_id=_A, verb="terminate"),
    act(
        "awards.answer",
        holders(Permission.VENTURE_APPLY, other_staff=_REFUSED),
        award_id=_A,
        verb="change",
    ),
    form(
        "awards.spend",
        holders(Permission.EXPENSE_SUBMIT, other_staff=_REFUSED),
        award_id=_A,
    ),
    act(
        "awards.agree",
        holders(Permission.EXPENSE_APPROVE),
        confirmed=True,
        tranche_id="award_tranche",
    ),
    act("awards.pay", holders(Permission.EXPENSE_PAY), confirmed=True, tranche_id="award_tranche"),
    act(
        "awards.recover",
        holders(Permission.EXPENSE_PAY),
        confirmed=True,
        recovery_id="award_recovery",
    ),
)
