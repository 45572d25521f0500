"""The verbs of giving: begin a gift, order its checkout, take a gateway's word for it."""

from charity.donations.services.allotting import allot
from charity.donations.services.cash import (
    Slip,
    confirm_cash,
    count_cash,
    deposit_cash,
    void_cash,
)
from charity.donations.services.certificates import issue_certificate, record_picture
from charity.donations.services.confirming import ask_return_again, confirm
from charity.donations.services.flagging import decide_flag, note_appeal, raise_flags
from charity.donations.services.giving import begin_donation, cancel_donation
from charity.donations.services.handover import (
    CodeAnswer,
    confirm_as_giver,
    confirm_as_receiver,
    restart_handover,
)
from charity.donations.services.in_kind import (
    accept_offer,
    amend_offer,
    attach_photo,
    decline_offer,
    offer,
    withdraw_offer,
)
from charity.donations.services.keeping import (
    Side,
    confirm_hours,
    refuse_hours,
    report_hours,
)
from charity.donations.services.monthly import (
    change_plan,
    pause_plan,
    resume_plan,
    skip_turn,
    start_plan,
    stop_plan,
)
from charity.donations.services.monthly_turns import turn_plan
from charity.donations.services.paying import (
    abandon_payment,
    freeze_order,
    open_payment,
    record_checkout,
)
from charity.donations.services.pledges import (
    ask_release,
    decline_release,
    lapse_pledge,
    make_pledge,
    release_pledge,
    switch_reminders,
    withdraw_pledge,
)
from charity.donations.services.pools import (
    Terms,
    close_pool,
    create_pool,
    exclude,
    freeze_pool,
    lift_exclusion,
    open_pool,
    reopen_pool,
)
from charity.donations.services.privacy import forget_gift, forget_giver
from charity.donations.services.promisers import (
    Promiser,
)
from charity.donations.services.quarantine import (
    note_failure,
    resolve_event,
    retry_event,
    take_as_gift,
)
from charity.donations.services.receipts import (
    ask_receipt,
    record_receipt,
    record_waiver,
    waive_receipt,
    waive_with_gift,
)
from charity.donations.services.reconciling import (
    close_drift,
    compare_listed,
    compare_missing,
    missing_in,
    record_fee,
)
from charity.donations.services.refund_batches import (
    decide_batch,
    make_portion,
    request_batch,
    steer_batch,
)
from charity.donations.services.refund_requests import (
    cancel_refund,
    decide_refund,
    request_refund,
)
from charity.donations.services.refund_sending import (
    begin_sending,
    pay_by_transfer,
    record_refund,
    record_refusal,
    settle_by_hand,
)
from charity.donations.services.reminding import (
    remind,
)
from charity.donations.services.seasons import (
    edit_season,
    join_season,
    leave_season,
    plan_season,
    publish_season,
)
from charity.donations.services.settling import apply_event, receive_event, reconcile
from charity.donations.services.statement_deciding import (
    apply_portion,
    assign_to_campaign,
    assign_to_donation,
    ignore_rows,
    reconsider_row,
)
from charity.donations.services.statement_rows import finish_reading, judge_rows, store_rows
from charity.donations.services.statements import (
    begin_statement,
    discard_statement,
    save_mapping,
    start_applying,
)
from charity.donations.services.teams import close_team, edit_team, found_team
from charity.donations.services.wishes import change_wishes

__all__ = [
    "CodeAnswer",
    "Promiser",
    "Side",
    "Slip",
    "Terms",
    "abandon_payment",
    "accept_offer",
    "allot",
    "amend_offer",
    "apply_event",
    "apply_portion",
    "ask_receipt",
    "ask_release",
    "ask_return_again",
    "assign_to_campaign",
    "assign_to_donation",
    "attach_photo",
    "begin_donation",
    "begin_sending",
    "begin_statement",
    "cancel_donation",
    "cancel_refund",
    "change_plan",
    "change_wishes",
    "close_drift",
    "close_pool",
    "close_team",
    "compare_listed",
    "compare_missing",
    "confirm",
    "confirm_as_giver",
    "confirm_as_receiver",
    "confirm_cash",
    "confirm_hours",
    "count_cash",
    "create_pool",
    "decide_batch",
    "decide_flag",
    "decide_refund",
    "decline_offer",
    "decline_release",
    "deposit_cash",
    "discard_statement",
    "edit_season",
    "edit_team",
    "exclude",
    "finish_reading",
    "forget_gift",
    "forget_giver",
    "found_team",
    "freeze_order",
    "freeze_pool",
    "ignore_rows",
    "issue_certificate",
    "join_season",
    "judge_rows",
    "lapse_pledge",
    "leave_season",
    "lift_exclusion",
    "make_pledge",
    "make_portion",
    "missing_in",
    "note_appeal",
    "note_failure",
    "offer",
    "open_payment",
    "open_pool",
    "pause_plan",
    "pay_by_transfer",
    "plan_season",
    "publish_season",
    "raise_flags",
    "receive_event",
    "reconcile",
    "reconsider_row",
    "record_checkout",
    "record_fee",
    "record_picture",
    "record_receipt",
    "record_refund",
    "record_refusal",
    "record_waiver",
    "refuse_hours",
    "release_pledge",
    "remind",
    "reopen_pool",
    "report_hours",
    "request_batch",
    "request_refund",
    "resolve_event",
    "restart_handover",
    "resume_plan",
    "retry_event",
    "save_mapping",
    "settle_by_hand",
    "skip_turn",
    "start_applying",
    "start_plan",
    "steer_batch",
    "stop_plan",
    "store_rows",
    "switch_reminders",
    "take_as_gift",
    "turn_plan",
    "void_cash",
    "waive_receipt",
    "waive_with_gift",
    "withdraw_offer",
    "withdraw_pledge",
]
