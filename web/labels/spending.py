"""The words of evidence, of payments and of what goes before and after them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

SPENDING_LABELS: dict[str, object] = {
    "PaymentKind.DIRECT": _l("直接付给对方"),
    "PaymentKind.REIMBURSEMENT": _l("报销已垫付的"),
    "PaymentKind.ADVANCE": _l("预付"),
    "PaymentKind.REWARD": _l("以奖代补"),
}

SPENDING_SENTENCES: dict[str, object] = {
    # ── evidence ──
    "evidence.empty": _l("这个文件是空的。"),
    "evidence.too_large": _l("文件太大，每个最多 12 MB。"),
    "evidence.format": _l("只收 JPG、PNG、WebP 图片或 PDF，改文件名没有用。"),
    "evidence.picture_wanted": _l("这里只收图片，不收 PDF。"),
    "evidence.too_many_pixels": _l("图片像素太多，请缩小到 4000 万像素以内。"),
    "evidence.damaged": _l("这个文件打不开，可能没有传完整。"),
    "evidence.locked": _l("这份 PDF 有密码或加了锁，请去掉密码再传。"),
    "evidence.too_many_pages": _l("这份 PDF 页数太多，最多 %(limit)s 页。"),
    "evidence.too_heavy": _l("这份 PDF 太复杂，打不开。请拍照或另存为图片再传。"),
    # ── payees ──
    "paying.payee_code_unknown": _l("平台上没有这个信用代码或备案号的单位。"),
    "paying.payee_other_name": _l("这个代码的单位叫“%(name)s”，和填写的名称不一样。"),
    "paying.payee_twice": _l("收款方是登记的单位，不要再填个人证件号。"),
    "paying.payee_identity_required": _l("报销要写明付给谁：填登记的单位，或个人的证件号。"),
    "paying.own_payment": _l(
        "收款人是你自己（或与你同名），请由别人来办；同名不同人的，请补上收款人的证件号。"
    ),
    "paying.payee_on_committee": _l(
        "收款人是这个基金管委会的成员，管委会不领报酬；垫付的钱请用报销。"
    ),
    "paying.payee_not_village": _l("村社互助的钱只能付给村集体经济组织或村（居）委会的账户。"),
    "paying.account_rests": _l(
        "收款账户刚换过，要等到 %(until)s 才能付。请先用以前的联系方式向对方核实。"
    ),
    # ── kinds of payment ──
    "paying.reward_needs_deliverable": _l("以奖代补要选成果和件数，按验收的件数付。"),
    "paying.work_not_accepted": _l("验收过、还没有奖补的只有 %(units)s 件，要先验收才能付。"),
    "paying.not_an_advance": _l("这不是等着报账的预付款。"),
    "paying.advance_unsettled": _l("凭证还差 %(missing)s，凑齐了才能结清。"),
    "paying.voucher_counted": _l("这家单位的这张票已经记过了。"),
    "paying.too_many_vouchers": _l("一笔预付款最多记 %(limit)s 张凭证。"),
    # ── what goes before and after ──
    "paying.paper_required": _l("这一项必须附上材料。"),
    "paying.other_met_by_same": _l("村里的决议和区县的同意要由两个人来办。"),
    # ── bank files ──
    "paying.nothing_chosen": _l("请至少选一笔。"),
    "paying.too_many_chosen": _l("一个付款文件最多 %(limit)s 笔。"),
    "paying.not_payable": _l("“%(title)s”现在不能付，请刷新再看。"),
    "paying.in_bank_file": _l("它已经在一个付款文件里，要先把那个文件撤回。"),
    "paying.file_withdrawn": _l("这个付款文件已经撤回。"),
    "paying.file_partly_paid": _l("这个付款文件里有已经付出去的，不能撤回。"),
    "paying.cash_in_file": _l("“%(title)s”是用现金付的，不进付款文件。"),
    # ── warnings ──
    "paying.cash_over": _l("现金超过 %(limit)s，应当转账。"),
    "paying.same_payment": _l(
        "%(days)s 天内给同一收款方付过同样的金额（“%(title)s”），请核对是不是重复。"
    ),
}
