"""The policy table's section of competitions: for everybody, applicants, organisers, the treasurer.

The sample's competitions are run by the other staff's organisation; the staff's applies to them.
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
    only,
    page,
)

_COME_IN, _ABSENT = Answer.COME_IN, Answer.ABSENT
#: The other staff hold the organiser's role besides their own (tests/web/world.py).
_ORGANISERS = holders(Permission.VENTURE_MANAGE, other_staff=_COME_IN)
_APPLICANTS = holders(Permission.VENTURE_APPLY, other_staff=_ABSENT)
#: Handed in, an application is known to its organiser, who does not write it.
_OWN = holders(Permission.VENTURE_APPLY, other_staff=Answer.REFUSED)
_KEEPERS = holders(Permission.EXPENSE_PAY)
#: Its own people; the organiser too where it was handed in.
_DRAFT_READERS = only(Who.STAFF, otherwise=_ABSENT)
_READERS = only(Who.STAFF, Who.OTHER_STAFF, otherwise=_ABSENT)

VENTURES = (
    page("ventures.index", PUBLIC),
    page("ventures.detail", PUBLIC, competition_id="competition"),
    page(
        "ventures.detail",
        only(Who.OTHER_STAFF, otherwise=_ABSENT),
        competition_id="competition_draft",
    ),
    page("ventures.entries", PUBLIC, competition_id="competition"),
    page("ventures.rules_file", PUBLIC, competition_id="competition"),
    page(
        "ventures.results_file",
        Audience(but=dict.fromkeys(Who, _ABSENT)),
        competition_id="competition",
    ),
    form("ventures.apply", SIGNED_IN, competition_id="competition"),
    form("ventures.edit", _APPLICANTS, application_id="application_draft"),
    form("ventures.sign", _APPLICANTS, application_id="application_draft"),
    page("ventures.mine", holders(Permission.VENTURE_APPLY)),
    page("ventures.application", _DRAFT_READERS, application_id="application_draft"),
    page("ventures.application", _READERS, application_id="application"),
    act("ventures.withdraw", _OWN, application_id="application"),
    page("ventures.paper", _READERS, application_id="application", file_id="application_file"),
    page("ventures.desk", _ORGANISERS),
    form("ventures.new", _ORGANISERS),
    page("ventures.manage", _ORGANISERS, competition_id="competition"),
    page("ventures.manage", _ORGANISERS, competition_id="competition_draft"),
    form("ventures.change", _ORGANISERS, competition_id="competition_draft"),
    form("ventures.rubric", _ORGANISERS, competition_id="competition_draft"),
    act("ventures.tracks", _ORGANISERS, competition_id="competition_draft"),
    act("ventures.funders", _ORGANISERS, competition_id="competition_draft"),
    form(
        "ventures.funder",
        _ORGANISERS,
        competition_id="competition_draft",
        funder_id="competition_draft_funder",
    ),
    act(
        "ventures.drop_funder",
        _ORGANISERS,
        competition_id="competition_draft",
        funder_id="competition_draft_funder",
    ),
    act(
        "ventures.drop_need",
        _ORGANISERS,
        competition_id="competition_draft",
        need_id="need",
    ),
    form("ventures.change_pool", _ORGANISERS, competition_id="competition"),
    form("ventures.needs", _ORGANISERS, competition_id="competition_draft"),
    page("ventures.needs", _ORGANISERS, competition_id="competition"),
    act("ventures.open_call", _ORGANISERS, competition_id="competition_draft"),
    act("ventures.move_on", _ORGANISERS, competition_id="competition"),
    act("ventures.cancel", _ORGANISERS, competition_id="competition"),
    page("ventures.eligibility", _ORGANISERS, competition_id="competition"),
    act("ventures.check", _ORGANISERS, competition_id="competition"),
    act("ventures.admit_clear", _ORGANISERS, competition_id="competition"),
    page("ventures.admission", _ORGANISERS, application_id="application"),
    act("ventures.admit", _ORGANISERS, application_id="application"),
    act("ventures.refuse", _ORGANISERS, application_id="application"),
    page("ventures.shortlist", _ORGANISERS, competition_id="competition"),
    page("ventures.money", _KEEPERS, competition_id="competition"),
    page("ventures.money", _KEEPERS, competition_id="competition_draft"),
    act("ventures.open_pool", _KEEPERS, competition_id="competition"),
    act(
        "ventures.receive",
        _KEEPERS,
        confirmed=True,
        competition_id="competition",
        funder_id="competition_funder",
    ),
)
