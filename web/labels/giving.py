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
    "RefundBatchState.REQUESTED": _l("等待审批"),
    "RefundBatchState.RUNNING": _l("正在退款"),
    "RefundBatchState.STOPPED": _l("已暂停"),
    "RefundBatchState.FINISHED": _l("已办完"),
    "RefundBatchState.CANCELLED": _l("已撤销"),
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

_REFUND_SENTENCES: dict[str, object] = {
    "refunds.not_paid": _l("这笔付款没有成功，没有钱可以退。"),
    "refunds.more_than_paid": _l("这笔付款最多还能退 %(available)s。"),
    "refunds.spent": _l("这笔捐款里还没有用出去的只有 %(available)s，协商退款不能超过它。"),
    "refunds.disputed": _l("付款人的银行正在处理这笔付款的争议，要等结果出来再退。"),
    "refunds.payee_required": _l("请写明收款人的户名、开户行和账号。"),
    "refunds.gateway_cannot": _l("这种付款方式不能原路退回，请选银行转账退回。"),
    "refunds.other_person_pays": _l("申请退款的人不能自己登记付款，请由另一位同事来办。"),
    "refunds.not_agreed": _l("这笔退款的内容和审批时不一样，不能退出，请撤销后重新申请。"),
    "refunds.answer_differs": _l("支付平台答复的退款和我们要求的不一样，请到支付平台核对。"),
    "refunds.no_answer": _l("支付平台一天没有答复，不能再用同一个编号去问，请到支付平台核对。"),
    "refunds.reference_used": _l("这个银行流水号已经登记在另一笔退款上。"),
    "refunds.campaign_open": _l("募捐还在进行，请先结束募捐，再整批退款。"),
    "refunds.batch_under_way": _l("这个募捐已经有一批退款没有办完。"),
    "refunds.nothing_to_give_back": _l("没有可以退的捐款。"),
    "refunds.before_its_payment": _l("这条消息说的付款还没有到账，等它到账再处理。"),
    "refunds.no_subject": _l("这条消息没有写明是哪一笔退款或争议。"),
    "refunds.already_decided": _l("这笔争议已经有了不同的结果，需要人工核对。"),
    "refunds.not_a_further_gift": _l("只有同一笔捐款的第二次付款可以记作另一笔捐款。"),
    "refunds.gateway_refused": _l("支付平台拒绝了这笔退款。"),
    "refunds.bank_returned": _l("收款银行把这笔退款退了回来。"),
}

# ── promises: pledges, goods and services in kind ────────────────────────────────────────────────

_PROMISE_LABELS: dict[str, object] = {
    "PledgeKind.MONEY": _l("钱"),
    "PledgeKind.GOODS": _l("物资"),
    "PledgeKind.HOURS": _l("时间"),
    "PledgeState.OPEN": _l("等待兑现"),
    "PledgeState.PARTLY_KEPT": _l("已兑现一部分"),
    "PledgeState.KEPT": _l("已兑现"),
    "PledgeState.WITHDRAWN": _l("已撤回"),
    "PledgeState.HARDSHIP_RELEASED": _l("因困难免除"),
    "PledgeState.LAPSED": _l("过期关闭"),
    "AgeBand.NOT_DUE": _l("未到期"),
    "AgeBand.TO_30": _l("逾期 0–30 天"),
    "AgeBand.TO_60": _l("逾期 31–60 天"),
    "AgeBand.TO_90": _l("逾期 61–90 天"),
    "AgeBand.OVER_90": _l("逾期 90 天以上"),
    "Side.GIVER": _l("认捐人"),
    "Side.STAFF": _l("机构"),
    "InKindKind.GOODS": _l("物资"),
    "InKindKind.SERVICE": _l("服务"),
    "GoodsCategory.FOOD": _l("食品"),
    "GoodsCategory.MEDICINE": _l("药品"),
    "GoodsCategory.CLOTHING": _l("衣物"),
    "GoodsCategory.EQUIPMENT": _l("设备用具"),
    "GoodsCategory.BOOKS": _l("图书文具"),
    "GoodsCategory.OTHER": _l("其他"),
    "GoodsCondition.NEW": _l("全新"),
    "GoodsCondition.GOOD": _l("良好"),
    "GoodsCondition.USED": _l("用过，能正常使用"),
    "InKindState.OFFERED": _l("等待答复"),
    "InKindState.ACCEPTED": _l("已接受，等待交接"),
    "InKindState.HALF_CONFIRMED": _l("一方已确认"),
    "InKindState.RECEIVED": _l("已交接"),
    "InKindState.DECLINED": _l("未接受"),
    "InKindState.WITHDRAWN": _l("已撤回"),
    "CodeAnswer.CONFIRMED": _l("已确认"),
    "CodeAnswer.WRONG": _l("交接码不对"),
    "CodeAnswer.LOCKED": _l("已锁定"),
}

_PROMISE_SENTENCES: dict[str, object] = {
    "pledges.not_taken_here": _l("本站现在不接受认捐和物资。"),
    "pledges.amount_range": _l("每份认捐在 %(least)s 到 %(most)s 之间。"),
    "pledges.quantity_range": _l("数量要在 1 到 %(most)s 之间。"),
    "pledges.not_countable": _l("这一项没有单价，不能按件认捐，请直接写金额。"),
    "pledges.day_past": _l("这一天已经过去，请选今天或以后的日子。"),
    "pledges.day_too_late": _l("最晚到 %(day)s，请选早一点的日子。"),
    "pledges.something_kept": _l("这份认捐已经兑现过一部分或已经结束，不能撤回。"),
    "pledges.public_promise": _l(
        "公开的认捐不能随意撤回（慈善法第四十一条）。确有困难，请申请免除。"
    ),
    "pledges.not_long_past": _l("从 %(day)s 起才能作过期关闭，在那以前请先联系认捐人。"),
    "pledges.not_standing": _l("这份认捐已经结束，不能再改。"),
    "pledges.another_campaign": _l("这份认捐不是给这个项目、这一类的，请从它自己的页面重新开始。"),
    "pledges.not_of_money": _l("这份认捐不是钱，不能用捐款兑现。"),
    "pledges.not_of_hours": _l("这份认捐不是时间。"),
    "pledges.minutes_range": _l("一次最少 1 分钟，最多 %(most)s 分钟。"),
    "pledges.day_ahead": _l("这一天还没有到。"),
    "pledges.own_hours": _l("这是你自己认捐的时间，请另一位同事来确认。"),
    "in_kind.nothing_offered": _l("请至少写一样。"),
    "in_kind.too_many_items": _l("一次最多写 %(most)s 样，其余的请另填一张。"),
    "in_kind.quantity_range": _l("数量要在 1 到 %(most)s 之间。"),
    "in_kind.no_date": _l("食品和药品要写保质期到哪一天。"),
    "in_kind.expired": _l("%(day)s 已经过期，不能收。"),
    "in_kind.expires_soon": _l("%(day)s 就要过期，至少还要有 %(least)s 天，不能收。"),
    "in_kind.no_condition": _l("请说明新旧程度。"),
    "in_kind.no_basis": _l("写了价值，请说明依据。"),
    "in_kind.no_value": _l("请写上价值，要大于零。"),
    "in_kind.no_evidence": _l("请写上凭什么，例如发票号码或价目出处。"),
    "in_kind.day_past": _l("这一天已经过去，请选今天或以后的日子。"),
    "in_kind.nothing_arrived": _l("一样都没有到，不能确认交接；不收的话请选“不接受”。"),
    "in_kind.unfit": _l("这一样的保质期到 %(day)s，今天不能收，请填 0。"),
    "in_kind.not_confirmed_yet": _l("它现在的状态不允许这样做，请刷新再看。"),
    "in_kind.agreement_incomplete": _l("捐赠协议还缺内容，补齐以后才能打印。"),
    "in_kind.no_contact": _l("请留一个手机号或邮箱，好约定交接。"),
}

#: Every label and sentence of this issue; each part adds its two tables to these.
GIVING_LABELS: dict[str, object] = {
    **_PROMISE_LABELS,
    **_GATEWAY_LABELS,
}
GIVING_SENTENCES: dict[str, object] = {
    **_PROMISE_SENTENCES,
    **_REFUND_SENTENCES,
}
