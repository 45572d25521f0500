"""The verbs of giving: begin a gift, order its checkout, take a gateway's word for it."""

from charity.donations.services.allotting import allot
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
from charity.donations.services.receipts import ask_receipt, record_receipt, waive_receipt
from charity.donations.services.reminding import (
    remind,
)
from charity.donations.services.settling import apply_event, receive_event, reconcile
from charity.donations.services.wishes import change_wishes

__all__ = [
    "CodeAnswer",
    "Promiser",
    "Side",
    "Terms",
    "abandon_payment",
    "accept_offer",
    "allot",
    "amend_offer",
    "apply_event",
    "ask_receipt",
    "ask_release",
    "ask_return_again",
    "attach_photo",
    "begin_donation",
    "cancel_donation",
    "change_wishes",
    "close_pool",
    "confirm",
    "confirm_as_giver",
    "confirm_as_receiver",
    "confirm_hours",
    "create_pool",
    "decide_flag",
    "decline_offer",
    "decline_release",
    "exclude",
    "forget_gift",
    "forget_giver",
    "freeze_order",
    "freeze_pool",
    "issue_certificate",
    "lapse_pledge",
    "lift_exclusion",
    "make_pledge",
    "note_appeal",
    "offer",
    "open_payment",
    "open_pool",
    "raise_flags",
    "receive_event",
    "reconcile",
    "record_checkout",
    "record_picture",
    "record_receipt",
    "refuse_hours",
    "release_pledge",
    "remind",
    "reopen_pool",
    "report_hours",
    "restart_handover",
    "switch_reminders",
    "waive_receipt",
    "withdraw_offer",
    "withdraw_pledge",
]
