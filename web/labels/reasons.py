"""One sentence for every reason code, by its value; parameters as %(name)s."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from web.labels.agreement import AGREEMENT_SENTENCES
from web.labels.audits import AUDIT_SENTENCES
from web.labels.budgets import BUDGET_SENTENCES
from web.labels.complaints import COMPLAINT_SENTENCES
from web.labels.departures import DEPARTURE_SENTENCES
from web.labels.disclosure import DISCLOSURE_SENTENCES
from web.labels.eligibility import ELIGIBILITY_SENTENCES
from web.labels.ending import ENDING_SENTENCES
from web.labels.flags import FLAG_SENTENCES
from web.labels.forces import FORCES_SENTENCES
from web.labels.giving import GIVING_SENTENCES
from web.labels.judging import JUDGING_SENTENCES
from web.labels.listing_imports import IMPORT_SENTENCES
from web.labels.listings import LISTINGS_SENTENCES
from web.labels.project_life import PROJECT_LIFE_SENTENCES
from web.labels.requirements import REQUIREMENT_SENTENCES
from web.labels.spending import SPENDING_SENTENCES
from web.labels.ventures import VENTURES_SENTENCES

SENTENCES: dict[str, object] = {
    **AUDIT_SENTENCES,
    **COMPLAINT_SENTENCES,
    **ENDING_SENTENCES,
    **DEPARTURE_SENTENCES,
    **DISCLOSURE_SENTENCES,
    **ELIGIBILITY_SENTENCES,
    **GIVING_SENTENCES,
    **JUDGING_SENTENCES,
    **FLAG_SENTENCES,
    **FORCES_SENTENCES,
    **IMPORT_SENTENCES,
    **LISTINGS_SENTENCES,
    **PROJECT_LIFE_SENTENCES,
    **BUDGET_SENTENCES,
    **REQUIREMENT_SENTENCES,
    **AGREEMENT_SENTENCES,
    **SPENDING_SENTENCES,
    **VENTURES_SENTENCES,
    # ── common ──
    "common.not_found": _l("没有找到。"),
    "common.not_permitted": _l("你的角色不能做这件事。"),
    "common.sign_in_first": _l("请先登录。"),
    "common.wrong_state": _l("它现在的状态不允许这样做，可能别人刚处理过，请刷新再看。"),
    "common.required": _l("请填写这一项。"),
    "common.too_long": _l("写得太长了。"),
    "common.not_positive": _l("要大于零。"),
    "common.same_person": _l("同一个人不能既提交又审批、付款或验收，请由另一位同事来办。"),
    "common.dates_reversed": _l("结束日期不能早于开始日期。"),
    # ── accounts ──
    "accounts.sign_in_failed": _l("登录名或密码不对。"),
    "accounts.locked": _l("试错太多次了，请在 %(until)s 以后再试。"),
    "accounts.login_name_form": _l("登录名要 3 到 80 个字，只用文字、数字和 . _ @ + -。"),
    "accounts.login_name_taken": _l("这个登录名已经有人用了，换一个吧。"),
    "accounts.password_short": _l("密码至少要 %(limit)s 个字。"),
    "accounts.password_long": _l("密码最多 %(limit)s 个字。"),
    "accounts.password_common": _l("这个密码太常见，容易被猜到，换一个吧。"),
    "accounts.password_wrong": _l("现在的密码不对。"),
    "accounts.password_same": _l("新密码和现在的一样。"),
    "accounts.role_scope": _l("这个角色不能在这个范围里授予。"),
    "accounts.role_held": _l("这个人已经有这个角色了。"),
    "accounts.last_owner": _l("机构至少要有一位负责人，请先请别人接任。"),
    "accounts.already_revoked": _l("这个角色已经收回了。"),
    # ── approvals ──
    "approvals.content_changed": _l("内容刚刚改过，和送审时不一样，请刷新以后再看。"),
    "approvals.not_open": _l("这件事已经不在审批中了，请刷新再看。"),
    # ── donations ──
    "donations.amount_range": _l("每笔捐款在 %(least)s 到 %(most)s 之间。"),
    "donations.operator_mode": _l("本站现在只展示信息，不接受捐款。"),
    "donations.client_id": _l("这个表单已经失效，请再按一次“去付款”。"),
    "donations.same_id_other_gift": _l(
        "这个表单刚刚交过另一笔捐款。要再捐一笔，请再按一次“去付款”。"
    ),
    "donations.already_settled": _l("这笔捐款已经到账，谢谢你。"),
    "donations.cancelled": _l("这笔捐款已经取消，要捐请从项目页重新开始。"),
    "donations.payment_open": _l("这笔捐款正在付款，请不要重复支付。"),
    "donations.checkout_differs": _l("支付页面的内容和捐款对不上，已经停下，请重新开始。"),
    "donations.bad_signature": _l("签名不对，这条通知不被接受。"),
    "donations.unreadable_notice": _l("读不懂这条通知。"),
    "donations.gateway_unavailable": _l("支付机构暂时没有回应，没有扣款，请过一会儿再试。"),
    "donations.gateway_refused": _l("支付机构没有接受这笔付款，没有扣款，请换一种方式。"),
    "donations.amount_differs": _l("收到的金额和捐款金额不一样。"),
    "donations.currency_differs": _l("收到的不是人民币。"),
    "donations.mode_differs": _l("演示的付款和真实的付款混在了一起。"),
    "donations.fee_too_large": _l("手续费不小于捐款本身。"),
    "donations.unknown_payment": _l("没有这笔付款。"),
    "donations.second_payment": _l("这笔捐款已经付过一次，多付的要退回。"),
    "donations.nothing_to_do": _l("已经处理过，没有别的要做。"),
    "donations.not_a_result": _l("这条通知没有说付款的结果。"),
    # ── ledger ──
    "ledger.insufficient": _l("钱不够：现在可用 %(available)s。"),
    "ledger.not_positive": _l("金额要大于零。"),
    "ledger.fee_too_large": _l("手续费不能大于捐款本身。"),
    "ledger.other_book": _l("这不是同一本账。"),
    "ledger.book_exists": _l("这家机构已经有账簿了。"),
    "ledger.source_differs": _l("同一张凭证已经记过账，而且内容不一样。"),
    "ledger.unknown_hold": _l("没有这笔预留。"),
    "ledger.unknown_account": _l("这本账簿没有科目 %(code)s。"),
    "ledger.bad_account_code": _l(
        "%(code)s 不能作明细科目：要在会计科目表的科目后加点和数字，例如 1002.02，而且没有用过。"
    ),
    "ledger.wrong_account": _l("这里不能用这个科目，请换一个。"),
    "ledger.foreign_earmark": _l("这个基金没有这个用途，请从列表里选。"),
    "ledger.fund_closed": _l("这个基金已经终止，不能再收款、付款。"),
    "ledger.fund_not_empty": _l("基金里还有 %(in_hand)s，处理完剩余的钱才能终止。"),
    "ledger.committee": _l("社区基金的管委会至少 5 人，人数是单数，每人只写一次。"),
    "ledger.restriction": _l("这一类基金是不是限定用途，由类别决定，不能另选。"),
    "ledger.not_its_purpose": _l("这笔钱有指定用途，要先有变更用途的决定，才能拨给别的基金。"),
    "ledger.needs_refiling_number": _l("请填写重新备案的备案号；用别的依据时这里留空。"),
    "ledger.needs_consent": _l("还差 %(missing)s 笔未用完的捐款没有捐赠人同意的记录。"),
    "ledger.spent_already": _l("其中一部分已经用掉，不能整笔冲销。"),
    "ledger.reversed_already": _l("这一笔已经冲销过了。"),
    "ledger.not_reversible": _l("这一类分录不能冲销。"),
    "ledger.more_than_left": _l("只剩 %(available)s，不能更多。"),
    "ledger.already_closed": _l("这一期已经结账了。"),
    "ledger.close_in_order": _l("请按月份先后结账，不能跳过中间的月份。"),
    "ledger.not_over": _l("这一期还没有过完，过完才能结账。"),
    "ledger.book_in_use": _l("这本账已经有收支，期初余额要在最先记。"),
    "ledger.period_closed": _l("这一天所在的月份已经结账，请用后面的日期。"),
    "ledger.no_value": _l("没有可靠的价值，就不记入账簿；请写明依据和金额。"),
    # ── registry ──
    "registry.uscc_length": _l("统一社会信用代码是 18 位，现在是 %(length)s 位。"),
    "registry.uscc_alphabet": _l("代码里只有数字和大写字母，没有 I、O、S、V、Z，请对照证书再看。"),
    "registry.uscc_division": _l("第 3 到 8 位是行政区划，应当都是数字。"),
    "registry.uscc_check": _l("校验码对不上，请对照证书一位一位再看一遍。"),
    "registry.uscc_needless": _l("备案的社区社会组织没有统一社会信用代码，这里请留空。"),
    "registry.uscc_kind": _l("代码开头表示的类型和所选的组织类型不一致。"),
    "registry.uscc_region": _l("代码里的登记地和所填的地区不一致。"),
    "registry.uscc_organisation_code": _l("代码第 17 位的校验和前面八位对不上。"),
    "registry.region_unknown": _l("没有找到这个地方，请从列表里选。"),
    "registry.region_code": _l("没有这个行政区划代码。"),
    "registry.identity_form": _l("身份证号是 18 位，最后一位可以是 X。"),
    "registry.identity_check": _l("身份证号的校验位对不上，请再看一遍。"),
    "registry.phone_form": _l("电话只写数字，例如 13812345678 或 027-12345678。"),
    "registry.name_taken": _l("已经有同名的机构登记过了。"),
    "registry.uscc_taken": _l("这个统一社会信用代码已经登记过了。"),
    "registry.own_organisation": _l("不能核验自己所在的机构，请由另一位同事来办。"),
    "registry.not_verified": _l("这家机构还没有通过核验。"),
    "registry.not_a_charity": _l("只有慈善组织才有公开募捐资格。"),
    "registry.certificate_incomplete": _l("证书编号和生效日期要一起填。"),
    "registry.agreement_incomplete": _l("协议编号、签订日期和评估意见要一起填。"),
    "registry.agreement_taken": _l("这个协议编号已经用过了。"),
    "registry.in_the_future": _l("这一天还没有到。"),
    "registry.plan_taken": _l("这个备案号已经用在另一个内容不同的募捐方案上。"),
    "registry.plan_of_another": _l("这个募捐方案是别的慈善组织备案的。"),
    "registry.fund_has_campaign": _l("这笔专项款已经有一个募捐活动了。"),
    "registry.operator_collects_nothing": _l(
        "本站现在只展示信息、不收款：要公布这个项目，请填写它在指定平台上的网址。"
    ),
    "registry.charity_not_verified": _l("募捐的慈善组织还没有通过核验。"),
    "registry.grants_only": _l("这是资助项目，只登记拨款，不募捐。"),
    "registry.members_only": _l("只有点名加进来的人能捐；工作人员要捐，也请先把自己加进来。"),
    "registry.offline_only": _l("这项活动只在现场募捐：请到现场，或者按页面上的账户转账。"),
    "registry.not_a_members_campaign": _l("这个项目向所有人公开，不需要点名。"),
    "registry.member_unknown": _l("没有找到这个人。"),
    "registry.capacity_of_mode": _l("这种募捐方式没有这一类对象。"),
    "listings.platform_address": _l("请写平台上那一页的完整网址，以 https:// 开头。"),
    "registry.no_certificate": _l("募捐的慈善组织没有公开募捐资格证书。"),
    "registry.certificate_not_in_force": _l("公开募捐资格证书在 %(day)s 不在有效期内。"),
    "registry.certificate_ends_early": _l("公开募捐资格证书到 %(day)s 为止，早于活动结束。"),
    "registry.plan_missing": _l("还没有募捐方案备案号。"),
    "registry.plan_filed_late": _l(
        "募捐方案要在活动开始前 %(days)s 日备案，最早可以在 %(earliest)s 开始。"
    ),
    "registry.plan_not_filed_yet": _l("募捐方案要到 %(day)s 才备案。"),
    "registry.plan_period": _l("活动日期超出了募捐方案备案的期限。"),
    "registry.plan_number_form": _l("备案号 %(number)s 的写法和规定的不一样，请核对。"),
    "registry.period_reversed": _l("结束日期不能早于开始日期。"),
    "registry.period_over": _l("活动在 %(day)s 就结束了。"),
    "registry.partner_not_verified": _l("合作的机构还没有通过核验。"),
    "registry.agreement_missing": _l("还没有和合作机构签订书面协议。"),
    "registry.agreement_after_filing": _l(
        "合作协议签于 %(signed_on)s，晚于方案备案的 %(filed_on)s。"
    ),
    "registry.agreement_ends_early": _l("合作协议到 %(day)s 为止，早于活动结束。"),
    "registry.partner_not_assessed": _l("还没有对合作机构的评估意见。"),
    "registry.campaign_ended": _l("募捐在 %(day)s 已经结束。"),
    "registry.campaign_not_started": _l("募捐从 %(day)s 开始。"),
    # ── spending ──
    "spending.no_lines": _l("至少要有一行预算。"),
    "spending.budget_opened": _l("募捐已经开始，预算不能再改。"),
    "spending.budget_not_opened": _l("项目还没有发布，不能报支出。"),
    "spending.fund_has_budget": _l("这笔专项款已经有预算了。"),
    "spending.other_budget": _l("这一行不属于这个项目的预算。"),
    "spending.line_exceeded": _l("超出了这一行预算，还剩 %(remaining)s。"),
    "spending.units_required": _l("请写明这笔钱做了多少。"),
    "spending.units_without_deliverable": _l("没有选成果，就不用写数量。"),
    "spending.payee_account": _l("账号是 %(minimum)s 到 %(maximum)s 位数字。"),
    "spending.in_future": _l("这一天还没有到。"),
    "spending.voucher_used": _l("这家收款方的这张票据已经在这一行报过一笔，不能再报。"),
    "spending.paid_before_agreed": _l("审批在 %(agreed_on)s 才通过，付款日期不能更早。"),
    "spending.reference_used": _l("这个银行流水号已经用在另一笔付款上。"),
    "spending.other_duty": _l("你在这笔支出里已经办过另一道手续，请由另一位同事来办。"),
    "spending.own_organisation": _l("成果要由别的机构或村社来验收。"),
    "spending.units_range": _l("数量在 %(minimum)s 到 %(maximum)s 之间。"),
    "spending.picture_required": _l("请至少附一张凭证图片。"),
    "spending.picture_count": _l("最多附 %(limit)s 张图片。"),
    # ── listings ──
    "listings.title_length": _l("项目名称要 %(minimum)s 到 %(maximum)s 个字。"),
    "listings.story_length": _l("请用 %(minimum)s 到 %(maximum)s 个字写清为什么要做、怎么做。"),
    "listings.beneficiaries_length": _l("请写明帮助哪一类人，不超过 %(maximum)s 个字。"),
    "listings.beneficiary_count": _l("人数要在 1 到 %(maximum)s 之间。"),
    "listings.region_unknown": _l("没有找到这个地方，请从列表里选。"),
    "listings.region_too_wide": _l("请具体到街道、乡镇或村、社区。"),
    "listings.target_range": _l("目标金额要在 %(minimum)s 到 %(maximum)s 之间。"),
    "listings.period_over": _l("结束日期已经过了，请改成以后的日子再送审。"),
    "listings.plan_filed_after_start": _l("备案日期不能晚于开始日期。"),
    "listings.lines_missing": _l("至少要有一行预算。"),
    "listings.lines_too_many": _l("预算最多 %(maximum)s 行，请合并几行。"),
    "listings.line_incomplete": _l("预算第 %(row)s 行要有用途和大于零的金额。"),
    "listings.budget_sum": _l("预算各行合计 %(total)s，目标金额是 %(target)s，两个数要相等。"),
    "listings.deliverables_too_many": _l("成果最多 %(maximum)s 项，请合并几项。"),
    "listings.deliverable_incomplete": _l("成果第 %(row)s 行要有名称、单位、单价和数量。"),
    "listings.deliverables_sum": _l("成果按单价乘数量合计 %(total)s，超过了目标金额 %(target)s。"),
    "listings.organisation_not_verified": _l("组织核实以后才能发起项目。"),
    "listings.own_organisation": _l("不能审核自己所在组织的项目，请由别的组织的审核人来办。"),
    "listings.operator_without_book": _l("运营方还没有开立账簿，暂时不能公布项目。"),
    "listings.single_beneficiary": _l(
        "只帮助一个人的项目可能是个人求助：个人求助要走指定平台或社会救助，不能用公开募捐代替。"
    ),
}
