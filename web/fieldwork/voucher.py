"""One sampled voucher with everything that stands behind it, so that it fits on one page.

An expense of a book here comes with its pictures, its entry, who agreed, the bank's line and whose
gifts paid it; a row of a list that was handed in comes with what the list says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.audits.models import AuditSampleItem, VoucherListRow
from charity.errors import CommonReason, NotFound
from charity.evidence import PICTURE_TYPE
from charity.ledger import queries as ledger
from charity.money import Money
from charity.rows import present
from charity.spending import queries as spending
from charity.spending.models import Expense, Payout
from charity.spending.policy import ExpenseCase
from web.filters import day, mask_account, moment, percent, yuan
from web.labels import label
from web.ledger import gifts
from web.ledger.words import account_words
from web.spending.pages import Evidence, names_of

#: What a subject of an item begins with.
EXPENSE, LIST_ROW = "expense:", "voucher_list_row:"
#: A name, and what stands for it.
Fact = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Booked:
    """One line of an entry in words."""

    debit: str
    credit: str
    amount: Money


@dataclass(slots=True)
class VoucherView:
    """A voucher beside its pictures (templates/fieldwork/item.html)."""

    title: str
    facts: list[Fact]
    files: list[Evidence] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    entry_words: str = ""
    approvals: list[tuple[str, str]] = field(default_factory=list)
    bank: list[Fact] = field(default_factory=list)
    gifts: list[str] = field(default_factory=list)


def view_of(session: Session, item: AuditSampleItem) -> VoucherView:
    """Everything about the voucher of an item; raises `NotFound` where it is gone."""
    if item.subject.startswith(EXPENSE):
        return _expense_view(session, item, expense_of(session, item))
    row = session.get(VoucherListRow, int(item.subject.removeprefix(LIST_ROW)))
    return _row_view(present(row))


def expense_of(session: Session, item: AuditSampleItem) -> Expense:
    """The expense of an item; raises `NotFound` for a row of a list."""
    if not item.subject.startswith(EXPENSE):
        raise NotFound(CommonReason.NOT_FOUND)
    return spending.expense(session, int(item.subject.removeprefix(EXPENSE)))


def _row_view(row: VoucherListRow) -> VoucherView:
    """What a list says of one voucher: its papers lie with the organisation."""
    facts: list[Fact] = [
        (_("凭证号"), row.voucher_number or _("没有写")),
        (_("日期"), day(row.booked_on)),
        (_("付给谁"), row.payee or _("没有写")),
        (_("事由"), row.summary or _("没有写")),
        (_("金额"), row.amount),
        (_("怎么付"), _("现金") if row.is_cash else _("转账")),
        (_("在清单第几行"), row.number),
    ]
    return VoucherView(row.summary or row.payee or row.voucher_number, facts)


def _expense_view(session: Session, item: AuditSampleItem, expense: Expense) -> VoucherView:
    case = spending.case_of_expense(session, expense)
    view = VoucherView(expense.title, _facts(expense), _files(item, expense))
    view.approvals = _approvals(session, case)
    if expense.payout is not None:
        view.bank = _bank(expense, expense.payout)
        _add_entry(session, view, expense.payout.entry_id)
    return view


def _facts(expense: Expense) -> list[Fact]:
    made = expense.deliverable
    return [
        (_("金额"), expense.amount),
        (_("预算"), expense.budget_line.name),
        (_("付给谁"), expense.payee_name),
        (_("发票或收据号"), expense.voucher_number),
        (_("开票日期"), day(expense.spent_on)),
        (_("怎么付"), _("现金") if expense.is_cash else label(expense.payment_kind)),
        (
            _("做成了什么"),
            _("%(name)s %(n)s %(unit)s", name=made.name, n=expense.units, unit=made.unit)
            if made
            else None,
        ),
    ]


def _files(item: AuditSampleItem, expense: Expense) -> list[Evidence]:
    """The pictures, through the inspection: the team sees them because it drew the voucher."""
    return [
        Evidence(
            url=url_for(
                "fieldwork.voucher_file",
                inspection_id=item.sample.inspection_id,
                sample_id=item.sample_id,
                number=item.number,
                voucher_id=voucher.id,
            ),
            name=_("凭证 %(n)s", n=n),
            alt=_("%(title)s的凭证 %(n)s", title=expense.title, n=n),
            note=_("%(day)s 交来", day=day(voucher.added_at)),
            is_image=voucher.media_type == PICTURE_TYPE,
        )
        for n, voucher in enumerate(expense.vouchers, 1)
    ]


def _approvals(session: Session, case: ExpenseCase) -> list[tuple[str, str]]:
    """Who asked, agreed and paid, the first first."""
    expense, payout = case.expense, case.expense.payout
    decisions = case.request.decisions if case.request else []
    users = [expense.submitted_by_user_id, *(each.user_id for each in decisions)]
    names = names_of(session, [*users, *([payout.paid_by_user_id] if payout else [])], False)
    said = [(expense.submitted_at, _("%(name)s提交", name=names[expense.submitted_by_user_id]))]
    for each in decisions:
        words = _("%(name)s同意") if each.agreed else _("%(name)s退回")
        said.append((each.decided_at, words % {"name": names[each.user_id]}))
    if payout:
        said.append((payout.paid_at, _("%(name)s付款", name=names[payout.paid_by_user_id])))
    return [(moment(at), str(words)) for at, words in said]


def _bank(expense: Expense, payout: Payout) -> list[Fact]:
    return [
        (_("付款日期"), day(payout.paid_on)),
        (_("银行流水号"), payout.bank_reference),
        (_("对方账号"), mask_account(expense.payee_account)),
        (_("银行回单"), _("有") if payout.proof_hash else _("没有")),
    ]


def _add_entry(session: Session, view: VoucherView, entry_id: int) -> None:
    """The entry that records the payment, and the gifts whose money it was."""
    detail = ledger.entry_detail(session, entry_id)
    view.booked = [
        Booked(account_words(row.debit), account_words(row.credit), row.amount)
        for row in detail.transfers
    ]
    sealed = _("已封存") if detail.position is not None else _("待封存")
    at = day(detail.entry.occurred_on)
    view.entry_words = _("第 %(n)s 号分录，%(day)s，%(sealed)s", n=entry_id, day=at, sealed=sealed)
    try:
        behind = gifts.context(session, entry_id, 0)
    except NotFound:
        return
    whole = behind["backing"].amount.fen
    view.gifts = [
        _(
            "%(kind)s：%(sum)s，占 %(share)s，%(n)s 笔",
            kind=share.name,
            sum=yuan(share.amount),
            share=percent(share.amount.fen, whole),
            n=share.gifts,
        )
        for share in behind["kinds"]
    ]
