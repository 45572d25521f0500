"""The words of giving beyond the first gift: refunds, statements, pools, promises and the rest.

Each part of giving has its own two tables here, one for its states and kinds and one for its
reasons; `web.labels` reads them with all the others.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# ── gateways: refunds, disputes, messages, the comparison of a day ───────────────────────────────

_GATEWAY_LABELS: dict[str, object] = {
    "DonationState.REFUNDED": _l("已退还"),
    "EventOutcome.SET_ASIDE": _l("多次处理失败"),
    "EventOutcome.RESOLVED": _l("已人工处理"),
    "RefundKind.VOLUNTARY": _l("协商退款"),
    "RefundKind.COMPELLED": _l("必须退款"),
    "RefundCause.DONOR_ASKED": _l("捐赠人申请"),
    "RefundCause.CAMPAIGN_FAILED": _l("项目终止"),
    "RefundCause.DOUBLE_PAYMENT": _l("重复付款"),
    "RefundCause.WRONG_AMOUNT": _l("金额有误"),
    "RefundCause.DISPUTE_LOST": _l("银行判定退回"),
    "RefundCause.AT_THE_GATEWAY": _l("在支付平台退回"),
    "RefundPath.GATEWAY": _l("原路退回"),
    "RefundPath.TRANSFER": _l("银行转账退回"),
    "RefundState.REQUESTED": _l("等待审批"),
    "RefundState.APPROVED": _l("等待退款"),
    "RefundState.SENT": _l("退款处理中"),
    "RefundState.SUCCEEDED": _l("已退款"),
    "RefundState.FAILED": _l("退款失败"),
    "RefundState.CANCELLED": _l("已撤销"),
    "RemoteRefundState.PENDING": _l("处理中"),
    "RemoteRefundState.SUCCEEDED": _l("已退款"),
    "RemoteRefundState.FAILED": _l("退款失败"),
    "DisputeState.OPEN": _l("争议处理中"),
    "DisputeState.WON": _l("争议胜诉"),
    "DisputeState.LOST": _l("争议败诉"),
    "DriftKind.UNKNOWN_HERE": _l("平台有、本站没有"),
    "DriftKind.UNKNOWN_THERE": _l("本站有、平台没有"),
    "DriftKind.AMOUNT": _l("金额不一致"),
    "DriftKind.CURRENCY": _l("币种不一致"),
    "DriftKind.STATE": _l("状态不一致"),
    "DriftKind.REFUNDED": _l("退款额不一致"),
}

_REFUND_SENTENCES: dict[str, object] = {}

#: Every label and sentence of this issue; each part adds its two tables to these.
GIVING_LABELS: dict[str, object] = {
    **_GATEWAY_LABELS,
}
GIVING_SENTENCES: dict[str, object] = {
    **_REFUND_SENTENCES,
}
