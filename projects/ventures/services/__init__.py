"""The verbs of competitions, from the call to the last stage and what follows it."""

from projects.ventures.services.admitting import (
    admit,
    admit_clear,
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
from projects.ventures.services.changing import ask_change, decide_change
from projects.ventures.services.competitions import (
    Calendar,
    CriterionDraft,
    change_competition,
    draft_competition,
    open_call,
    set_criteria,
    set_tracks,
)
from projects.ventures.services.defence import move_slot, plan_defence
from projects.ventures.services.following import (
    accept_evaluation,
    ask_back,
    recover,
    report_milestone,
    settle,
    terminate,
)
from projects.ventures.services.funding import add_funder, open_prize_pool, receive_funding
from projects.ventures.services.importing import import_score_sheets
from projects.ventures.services.inviting import answer_invitation, invite_judge, withdraw_judge
from projects.ventures.services.judging import (
    assign_judges,
    declare_conflict,
    find_conflicts,
    give_sheet,
    recuse,
)
from projects.ventures.services.levels import enter_next_level, give_honour, link_project
from projects.ventures.services.paying import agree_tranche, pay_tranche, release_tranche
from projects.ventures.services.preparing import (
    attach_need,
    change_funder,
    detach_need,
    drop_funder,
    set_pool,
)
from projects.ventures.services.ranking import publish_ranking, rank
from projects.ventures.services.sheets import hand_in, lock_sheet, save_scores
from projects.ventures.services.stepping import cancel_competition, move_on
from projects.ventures.services.voting import cast_vote

__all__ = [
    "AwardDraft",
    "Calendar",
    "CriterionDraft",
    "LineAsked",
    "accept_evaluation",
    "add_funder",
    "admit",
    "admit_clear",
    "agree_tranche",
    "announce",
    "answer_invitation",
    "ask_back",
    "ask_change",
    "assign_judges",
    "attach_file",
    "attach_need",
    "begin_application",
    "cancel_competition",
    "cast_vote",
    "change_competition",
    "change_funder",
    "check_all",
    "check_eligibility",
    "decide_change",
    "declare_conflict",
    "detach_need",
    "draft_competition",
    "drop_award",
    "drop_funder",
    "enter_next_level",
    "find_conflicts",
    "give_honour",
    "give_sheet",
    "hand_in",
    "import_score_sheets",
    "invite_judge",
    "link_project",
    "lock_sheet",
    "move_on",
    "move_slot",
    "open_call",
    "open_prize_pool",
    "pay_tranche",
    "plan_defence",
    "propose_awards",
    "publish_ranking",
    "rank",
    "reallocate",
    "receive_funding",
    "recover",
    "recuse",
    "refuse_application",
    "release_tranche",
    "remove_file",
    "report_milestone",
    "save_draft",
    "save_scores",
    "set_criteria",
    "set_pool",
    "set_tracks",
    "settle",
    "sign_agreement",
    "sign_and_submit",
    "terminate",
    "withdraw_application",
    "withdraw_judge",
]
