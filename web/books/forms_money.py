"""Forms by which money comes, goes and changes its place."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, StringField, TextAreaField, ValidationError

from charity.donations.models import GiverKind
from charity.ledger.chart import COST_ACCOUNTS, AccountCode
from charity.ledger.models import IncomeSource
from charity.ledger.services import Giver
from charity.money import ZERO
from web.books.fields import ActForm, Choice, HappenedField, IdChoice, asked, id_or_none
from web.books.givers import giver
from web.forms import LengthBetween, MoneyField, Optional, RegionField, Required
from web.labels import choices, label

#: Sources a person may name; the others follow from the act.
OUTSIDE = tuple(
    each for each in IncomeSource
    if each not in {IncomeSource.OPENING, IncomeSource.INTERNAL, IncomeSource.AGENCY}
)  # fmt: skip
#: What a grant is to the book that receives it.
GRANTED = (IncomeSource.GRANT, IncomeSource.COMMUNITY_FUND, IncomeSource.VENTURE,
           IncomeSource.MATCHING)  # fmt: skip


def note_field(label_: Any = None) -> StringField:
    """A note beside the entry; it may be deleted later, the proof holds."""
    return StringField(
        label_ or _l("附言"), [Optional(), LengthBetween(0, 200)],
        description=_l("写合同、票据的编号或事由；不要写身份证号、银行账号。"),
    )  # fmt: skip


class GiverForm(ActForm):
    """Who gave: the kind of giver, the name where one is known, the place."""

    giver_kind = Choice(_l("谁给的"), [Required()])
    giver_name = StringField(
        _l("对方名称"), [Optional(), LengthBetween(0, 100)],
        description=_l("同一个名称算同一位捐赠人；账簿里只留下算不回去的代号。"),
    )  # fmt: skip
    place = RegionField(_l("对方所在地"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giver_kind.choices = asked(choices(GiverKind))

    def giver(self, book_id: int) -> Giver:
        """Who gave, as the book knows it."""
        return giver(
            book_id,
            kind=self.giver_kind.data,
            name=self.giver_name.data or "",
            token=self.token.data or "",
            place=self.place.data or "",
        )


class IncomeForm(GiverForm):
    """Money that came by another way than this site's payments."""

    FIRST = ("line_id", "amount", "occurred_on", "account", "income")

    line_id = IdChoice(_l("归到哪个基金、哪个用途"), [Required()])
    amount = MoneyField(_l("收到金额（元）"), [Required()])
    income = Choice(_l("收入来源"), [Required()])
    account = Choice(_l("钱在哪里"), [Required()])
    fee = MoneyField(
        _l("其中被扣的手续费（元）"), [Optional()], zero=True,
        description=_l("平台先扣了手续费才到账的，收到金额写扣之前的数。"),
    )  # fmt: skip
    occurred_on = HappenedField(_l("到账日期"))
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.income.choices = asked([(each.value, label(each)) for each in OUTSIDE])

    def said(self) -> dict[str, Any]:
        """What was typed, as `post_gift` takes it beside fund, earmark and giver."""
        return {
            "amount": self.amount.data,
            "fee": self.fee.data or ZERO,
            "account": self.account.data,
            "occurred_on": self.occurred_on.data,
            "note": self.note.data or "",
        }


class PayForm(ActForm):
    """A cost paid from a fund without a budget of its own."""

    line_id = IdChoice(_l("从哪笔钱付"), [Required()])
    amount = MoneyField(_l("金额（元）"), [Required()])
    cost = Choice(_l("记作哪种费用"), [Required()])
    account = Choice(_l("从哪个账户付"), [Required()])
    occurred_on = HappenedField(_l("付款日期"))
    note = note_field(_l("付给谁、为什么"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cost.choices = asked(
            [(code.value, f"{code.value} {label(code)}") for code in sorted(COST_ACCOUNTS)]
        )

    def said(self) -> dict[str, Any]:
        """What was typed, as `pay` takes it beside fund and earmark."""
        return {
            "amount": self.amount.data,
            "cost": AccountCode(self.cost.data),
            "account": self.account.data,
            "occurred_on": self.occurred_on.data,
            "note": self.note.data or "",
        }


class ToBankForm(ActForm):
    """Money that changes the account it stands in: a platform pays out, cash is brought in."""

    from_account = Choice(_l("从哪个账户"), [Required()])
    to_account = Choice(_l("到哪个账户"), [Required()])
    amount = MoneyField(_l("金额（元）"), [Required()])
    occurred_on = HappenedField()
    note = note_field()

    def validate_to_account(self, field: Any) -> None:
        """From one account to another."""
        if field.data and field.data == self.from_account.data:
            raise ValidationError(_l("转出和转入不能是同一个账户。"))


class GrantForm(ActForm):
    """Money of one fund for another of the same book."""

    line_id = IdChoice(_l("从哪笔钱拨"), [Required()])
    into_line_id = IdChoice(_l("拨给哪个基金、哪个用途"), [Required()])
    amount = MoneyField(_l("金额（元）"), [Required()])
    decision_id = IdChoice(
        _l("变更用途的决定"), [Optional()],
        description=_l("专款要拨给别的基金，先在“变更用途”里记下依据，再在这里选。"),
    )  # fmt: skip
    occurred_on = HappenedField()
    note = note_field()


class GrantOutForm(ActForm):
    """Money of a fund for a fund in another organisation's book."""

    fund_id = IdChoice(_l("从哪个基金拨"), [Required()])
    into_fund_id = IdChoice(_l("拨给哪家机构的哪个基金"), [Required()])
    amount = MoneyField(_l("金额（元）"), [Required()])
    income = Choice(_l("对方记作哪种收入"), [Required()])
    occurred_on = HappenedField()
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.income.choices = asked([(each.value, label(each)) for each in GRANTED])


class TakeUpForm(ActForm):
    """A grant offered by another organisation, by the code its treasurer handed over."""

    code = TextAreaField(
        _l("拨款通知"),
        [Required(), LengthBetween(0, 4000)],
        description=_l("对方出纳给你的那一串字，或打开对方给的链接，这里会自己填好。"),
    )


class MoveForm(ActForm):
    """Money of one line for another of the same fund."""

    from_line_id = IdChoice(_l("从哪个用途"), [Required()])
    to_line_id = IdChoice(_l("到哪个用途"), [Required()])
    amount = MoneyField(_l("金额（元）"), [Required()])
    occurred_on = HappenedField()

    def validate_to_line_id(self, field: Any) -> None:
        """From one line to another."""
        if field.data is not None and field.data == self.from_line_id.data:
            raise ValidationError(_l("转出和转入不能是同一个用途。"))


class JournalRow(Form):
    """One transfer of a journal entry."""

    debit = Choice(_l("借方科目"))
    credit = Choice(_l("贷方科目"))
    fund_id = IdChoice(_l("基金"))
    amount = MoneyField(_l("金额（元）"), [Optional()])


class OpeningRow(Form):
    """What one account stood at when the book was opened."""

    account = Choice(_l("科目"))
    side = Choice(_l("方向"))
    line_id = IdChoice(_l("基金、用途"))
    amount = MoneyField(_l("余额（元）"), [Optional()])


class RowsForm(ActForm):
    """A form of several rows; those left wholly empty do not count."""

    #: The fields a row needs once anything is written in it.
    NEEDED: tuple[str, ...] = ()
    rows: Any

    @property
    def filled(self) -> list[Any]:
        """The rows in which an amount stands."""
        return [entry.form for entry in self.rows if entry.form.amount.data]

    def offer(self, **lists: Any) -> None:
        """Give every row its lists to choose from."""
        for entry in self.rows:
            for name, options in lists.items():
                entry.form[name].choices = options

    def validate_rows(self, field: Any) -> None:
        """Each row with an amount says the rest too; at least one has an amount."""
        if not self.filled and not any(entry.form.amount.errors for entry in field):
            raise ValidationError(_l("至少要填一行。"))
        for row in self.filled:
            for name in self.NEEDED:
                if not row[name].data:
                    row[name].errors = [*row[name].errors, _l("请填写这一项。")]
                    raise ValidationError(_l("有一行没有填完整。"))


class JournalForm(RowsForm):
    """A voucher of the accountant that touches neither money in hand nor goods."""

    NEEDED = ("debit", "credit")
    rows = FieldList(FormField(JournalRow), _l("分录"), min_entries=2, max_entries=30)
    occurred_on = HappenedField()
    note = note_field(_l("摘要"))


class OpeningForm(RowsForm):
    """Every balance the organisation brings into its new book."""

    NEEDED = ("account",)
    rows = FieldList(FormField(OpeningRow), _l("期初余额"), min_entries=4, max_entries=60)


def sides() -> list[tuple[str, str]]:
    """The two sides a balance stands on."""
    return [("debit", _("借方")), ("credit", _("贷方"))]


def line_of(rows: Any, line_id: int | None) -> Any:
    """The line that was chosen from a list of lines."""
    return next((row for row in rows if row.line.id == line_id), None)


def asked_id(name: str) -> int | None:
    """An id in the address, by which a page is opened with something chosen already."""
    return id_or_none(request.args.get(name, ""))
