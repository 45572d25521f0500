"""Forms of spending: an expense with its pictures, what is said of it, work done and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from charity import clock
from charity.errors import Invalid
from charity.registry import identity
from charity.spending.intake import MAX_UNITS
from charity.spending.models import Deliverable, Expense, Household, PaymentKind
from charity.spending.queries import LineSpending, Progress
from charity.spending.reasons import SpendingReason
from charity.spending.services.expenses import MAX_PICTURES
from web.filters import yuan
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
)
from web.labels import choices, sentence
from web.paper_field import PaperField, PapersField
from web.ports import settings
from web.spending.marks import hash_account

#: The fields that stand for themselves, named as the services take them.
FIELDS = (
    "budget_line_id", "deliverable_id", "units", "title", "amount", "payee_name",
    "payee_account", "voucher_number", "spent_on", "payment_kind", "is_cash", "payee_code",
    "payee_consent",
)  # fmt: skip
#: Years back beyond which a day on a receipt is a slip of the finger.
OLDEST_YEARS = 10


def _id_or_none(text: Any) -> int | None:
    return int(text) if text not in (None, "", "None") else None


def _counted(made: Deliverable) -> str:
    """A deliverable with the unit it is counted in."""
    return str(_("%(name)s（%(unit)s）", name=made.name, unit=made.unit))


class ExpenseForm(BaseForm):
    """Money asked of a budget line, with the pictures that prove it."""

    title = StringField(_l("买了什么、做了什么"), [Required(), LengthBetween(2, 200)])
    budget_line_id = SelectField(_l("预算"), [Required()], choices=[], coerce=_id_or_none)
    amount = MoneyField(_l("金额（元）"), [Required()])
    deliverable_id = SelectField(_l("做成了什么"), choices=[], coerce=_id_or_none)
    units = WholeNumberField(_l("做了多少"), [Optional(), NumberBetween(1, MAX_UNITS)])
    payee_name = StringField(_l("付给谁"), [Required(), LengthBetween(1, 200)])
    payee_account = StringField(_l("对方账号"), [LengthBetween(0, 60)])
    payment_kind = SelectField(
        _l("怎么付"),
        [Required()],
        choices=[],
        coerce=PaymentKind,
        default=PaymentKind.DIRECT,
    )
    payee_code = StringField(_l("收款单位的信用代码"), [LengthBetween(0, 40)])
    payee_identity = StringField(_l("收款人的证件号"), [LengthBetween(0, 40)])
    payee_consent = BooleanField(_l("收款人已签字同意使用他的银行账户付款"))
    is_cash = BooleanField(_l("用现金付"))
    voucher_number = StringField(_l("发票或收据号"), [Required(), LengthBetween(1, 200)])
    spent_on = DateField(_l("开票日期"), [Required()])
    pictures = PapersField(_l("凭证图片或 PDF"), limit=MAX_PICTURES)

    def __init__(
        self,
        *args: Any,
        lines: Sequence[LineSpending],
        progress: Sequence[Progress],
        expense: Expense | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, obj=expense, **kwargs)
        #: What a corrected expense has already: its evidence stays, its account may.
        self.had = len(expense.vouchers) if expense else 0
        self.kept_account = expense.payee_account if expense else ""
        self.kept_payee = (expense.payee_name, expense.payee_identity_hash) if expense else None
        self.identity_hash: bytes | None = None
        self.payment_kind.choices = choices(PaymentKind)
        self.budget_line_id.choices = [
            (
                row.line.id,
                _("%(name)s（还剩 %(sum)s）", name=row.line.name, sum=yuan(row.remaining)),
            )
            for row in lines
        ]
        self.deliverable_id.choices = [("", _("不按件数"))] + [
            (p.deliverable.id, _counted(p.deliverable)) for p in progress
        ]
        self.payee_account.flags.required = expense is None
        self.pictures.flags.required = expense is None
        if expense is not None and not self.is_submitted():
            # the whole number is the treasurer's alone; left blank it stays as it is
            self.payee_account.data = ""

    def validate_payee_account(self, field: Any) -> None:
        """A new expense names the account; a corrected one may keep it."""
        if not field.data and not self.kept_account:
            raise ValidationError(_l("请填写这一项。"))

    def validate_payee_identity(self, field: Any) -> None:
        """Kept as a keyed hash only; left blank it stays as long as the payee does."""
        if not field.data:
            name, kept = self.kept_payee or ("", None)
            self.identity_hash = kept if name == self.payee_name.data else None
            return
        try:
            number = identity.normalise(field.data)
        except Invalid as refusal:
            raise ValidationError(sentence(refusal.reason, refusal.params)) from None
        self.identity_hash = identity.keyed_hash(number, settings().secret)

    def validate_spent_on(self, field: Any) -> None:
        """A day on a receipt is not in the future, and not of another age."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(sentence(SpendingReason.IN_FUTURE))
        if field.data is not None and field.data.year < clock.today().year - OLDEST_YEARS:
            raise ValidationError(_l("这个日期太早了，请再看一遍。"))

    def validate_pictures(self, field: Any) -> None:
        """At least one, and with those that are kept not more than there may be."""
        if field.errors:
            return
        if not field.evidence and not self.had:
            raise ValidationError(sentence(SpendingReason.PICTURE_REQUIRED))
        if len(field.evidence) + self.had > MAX_PICTURES:
            limit = {"limit": MAX_PICTURES}
            raise ValidationError(sentence(SpendingReason.PICTURE_COUNT, limit))

    def asked(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        said = {name: self[name].data for name in FIELDS}
        said["payee_account"] = said["payee_account"] or self.kept_account
        said["payee_code"] = said["payee_code"] or ""
        said["payee_identity_hash"] = self.identity_hash
        said["payee_account_hash"] = hash_account(said["payee_account"])
        return {**said, "pictures": self.pictures.evidence}


class ReturnForm(BaseForm):
    """Why an expense goes back."""

    reason = TextAreaField(_l("退回的理由"), [Required(), LengthBetween(2, 2000)])


class PayForm(BaseForm):
    """When the bank paid it, and under which number."""

    paid_on = DateField(_l("付款日期"), [Required()])
    bank_reference = StringField(_l("银行流水号"), [Required(), LengthBetween(1, 200)])
    proof = PaperField(_l("银行回单"))

    def said(self) -> dict[str, Any]:
        """What was typed, as `pay_expense` takes it."""
        return {
            "paid_on": self.paid_on.data,
            "bank_reference": self.bank_reference.data,
            "proof": self.proof.evidence,
        }


class MeetForm(BaseForm):
    """Words and papers: it is done, or it cannot be."""

    note = TextAreaField(_l("说明"), [Optional(), LengthBetween(0, 2000)])
    papers = PapersField(_l("材料"), limit=MAX_PICTURES)


class SettlementForm(BaseForm):
    """One invoice or receipt that an advance was spent on."""

    title = StringField(_l("买了什么、做了什么"), [Required(), LengthBetween(2, 200)])
    amount = MoneyField(_l("金额（元）"), [Required()])
    seller_name = StringField(_l("开票单位"), [Required(), LengthBetween(1, 200)])
    voucher_number = StringField(_l("发票或收据号"), [Required(), LengthBetween(1, 200)])
    spent_on = DateField(_l("开票日期"), [Required()])
    paper = PaperField(_l("凭证图片或 PDF"), required=True)

    def said(self) -> dict[str, Any]:
        """What was typed, as `add_advance_voucher` takes it."""
        names = ("title", "amount", "seller_name", "voucher_number", "spent_on")
        return {name: self[name].data for name in names} | {"paper": self.paper.evidence}


class RestForm(BaseForm):
    """What of an advance was not needed and is back in the bank."""

    rest = MoneyField(_l("退回多少（元）"), [Required()])
    returned_on = DateField(_l("到账日期"), [Required()])
    bank_reference = StringField(_l("银行流水号"), [Required(), LengthBetween(1, 80)])


class ReportForm(BaseForm):
    """So many units are done."""

    deliverable_id = SelectField(_l("做成了什么"), [Required()], choices=[], coerce=_id_or_none)
    units = WholeNumberField(_l("做了多少"), [Required(), NumberBetween(1, MAX_UNITS)])
    note = TextAreaField(_l("说明"), [Optional(), LengthBetween(0, 2000)])
    household_ids = SelectMultipleField(
        _l("是哪几户"),
        coerce=int,
        choices=[],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )

    def __init__(
        self,
        *args: Any,
        progress: Sequence[Progress],
        households: Sequence[Household] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.deliverable_id.choices = [
            (p.deliverable.id, _counted(p.deliverable)) for p in progress
        ]
        self.household_ids.choices = [
            (each.id, _("第 %(n)s 户 · %(name)s", n=each.number, name=each.masked_name))
            for each in households
        ]

    def said(self) -> dict[str, Any]:
        """What was typed, as `report_delivery` takes it."""
        return {
            "deliverable_id": self.deliverable_id.data,
            "units": self.units.data,
            "note": self.note.data or "",
            "household_ids": self.household_ids.data or (),
        }


class AcceptForm(BaseForm):
    """The work was looked at and is good."""

    note = TextAreaField(_l("验收说明"), [Optional(), LengthBetween(0, 2000)])


class RefuseForm(BaseForm):
    """What is missing from the work."""

    missing = TextAreaField(_l("哪里没有做好"), [Required(), LengthBetween(2, 2000)])
