"""The verbs of competitions, from the call to the last stage and what follows it."""

from projects.ventures.services.admitting import (
    admit,
    check_all,
    check_eligibility,
    refuse_application,
)
from projects.ventures.services.agreeing import sign_agreement
from projects.ventures.services.applying import (
    LineAsked,
    attach_file,
    begin_application,
    remove_file,
    save_draft,
    sign_and_submit,
    withdraw_application,
)
from projects.ventures.services.awarding import (
    AwardDraft,
    announce,
    drop_award,
    propose_awards,
    reallocate,
)
from projects.ventures.services.competitions import (
    Calendar,
    CriterionDraft,
    attach_need,
    change_competition,
    draft_competition,
    open_call,
    set_criteria,
    set_pool,
    set_tracks,
)
from projects.ventures.services.following import (
    accept_evaluation,
    ask_back,
    recover,
    report_milestone,
    settle,
    terminate,
)
from projects.ventures.services.funding import add_funder, open_prize_pool, receive_funding
from projects.ventures.services.levels import enter_next_level, give_honour
from projects.ventures.services.paying import agree_tranche, pay_tranche, release_tranche
from projects.ventures.services.stepping import cancel_competition, move_on

__all__ = [
    "AwardDraft",
    "Calendar",
    "CriterionDraft",
    "LineAsked",
    "accept_evaluation",
    "add_funder",
    "admit",
    "agree_tranche",
    "announce",
    "ask_back",
    "attach_file",
    "attach_need",
    "begin_application",
    "cancel_competition",
    "change_competition",
    "check_all",
    "check_eligibility",
    "draft_competition",
    "drop_award",
    "enter_next_level",
    "give_honour",
    "move_on",
    "open_call",
    "open_prize_pool",
    "pay_tranche",
    "propose_awards",
    "reallocate",
    "receive_funding",
    "recover",
    "refuse_application",
    "release_tranche",
    "remove_file",
    "report_milestone",
    "save_draft",
    "set_criteria",
    "set_pool",
    "set_tracks",
    "settle",
    "sign_agreement",
    "sign_and_submit",
    "terminate",
    "withdraw_application",
]
