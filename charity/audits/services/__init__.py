"""The verbs of audits: plan, draw, inspect, find, have it put right, publish."""

from charity.audits.services.asking import ask_extension
from charity.audits.services.drawing import (
    announce_draw,
    open_draw,
    publish_list,
    void_overdue_draws,
)
from charity.audits.services.filters import drop_filter, keep_filter
from charity.audits.services.findings import (
    answer_order,
    change_finding,
    check_order,
    close_finding,
    drop_finding,
    extend_order,
    file_evidence,
    order_rectification,
    record_finding,
    refer_finding,
    restrict_overdue,
)
from charity.audits.services.flagging import explain_flag, raise_flags, take_up_flag
from charity.audits.services.inspecting import (
    answer_item,
    deliver_notice,
    draft_findings,
    file_paper,
    finish,
    obstruct,
    refer,
    respond,
    start_fieldwork,
    tell_organisation,
    write_note,
)
from charity.audits.services.plans import (
    add_firm,
    add_inspector,
    change_plan,
    declare_recusal,
    file_firm_paper,
    freeze_frame,
    make_plan,
    remove_inspector,
)
from charity.audits.services.publishing import (
    answer_appeal,
    appeal,
    close_inspection,
    close_plan,
    correct_result,
    publish_result,
)
from charity.audits.services.sampling import draw_sample, evaluate_sample, record_check
from charity.audits.services.teams import replace_member
from charity.audits.services.telling import remind_of_orders
from charity.audits.services.voucher_lists import hand_in

__all__ = [
    "add_firm",
    "add_inspector",
    "announce_draw",
    "answer_appeal",
    "answer_item",
    "answer_order",
    "appeal",
    "ask_extension",
    "change_finding",
    "change_plan",
    "check_order",
    "close_finding",
    "close_inspection",
    "close_plan",
    "correct_result",
    "declare_recusal",
    "deliver_notice",
    "draft_findings",
    "draw_sample",
    "drop_filter",
    "drop_finding",
    "evaluate_sample",
    "explain_flag",
    "extend_order",
    "file_evidence",
    "file_firm_paper",
    "file_paper",
    "finish",
    "freeze_frame",
    "hand_in",
    "keep_filter",
    "make_plan",
    "obstruct",
    "open_draw",
    "order_rectification",
    "publish_list",
    "publish_result",
    "raise_flags",
    "record_check",
    "record_finding",
    "refer",
    "refer_finding",
    "remind_of_orders",
    "remove_inspector",
    "replace_member",
    "respond",
    "restrict_overdue",
    "start_fieldwork",
    "take_up_flag",
    "tell_organisation",
    "void_overdue_draws",
    "write_note",
]
