"""What a giver is asked: one amount, and as much about themselves as they like."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    ValidationError,
)

from charity.donations.counter_gateway import TRANSFER
from charity.donations.models import GiverKind
from charity.donations.reasons import DonationsReason
from charity.donations.services.giving import LEAST, LENGTHS, MOST
from charity.donations.services.receipts import LONGEST_PAYER
from charity.errors import DomainError
from charity.money import AmountError, Money
from charity.spending.models import Deliverable
from web.forms import (
    BaseForm,
    CreditCodeField,
    LengthBetween,
    MoneyField,
    Optional,
    Required,
    attach,
)
from web.labels import choices
from web.listings.forms import amount_choices, plain
from web.listings.shapes import CHOSEN, offered
from web.ports import ports, settings

#: Refusals after which the form may be sent again as a new gift.
RENEWED = frozenset({DonationsReason.SAME_ID_OTHER_GIFT, DonationsReason.CLIENT_ID})


class DonationForm(BaseForm):
    """One gift. A sum written by hand counts before the one that was ticked."""

    #: Made before the form is shown, so that the same form sent twice is one gift.
    client_id = HiddenField()
    amount = RadioField(_l("捐多少"), choices=[], validate_choice=False)
    own_amount = MoneyField(_l("自己写一个金额（元）"), [Optional()])
    giver_kind = SelectField(_l("以谁的名义捐"), choices=[], default=GiverKind.INDIVIDUAL.value)
    giver_name = StringField(_l("名字或单位名称"), [LengthBetween(0, LENGTHS["giver_name"])])
    name_is_public = BooleanField(_l("公开署名"))
    contact = StringField(_l("手机号或邮箱"), [Optional(), LengthBetween(0, LENGTHS["contact"])])
    is_shown_to_organisation = BooleanField(_l("对机构可见"))
    message = StringField(_l("想说的话"), [Optional(), LengthBetween(0, LENGTHS["message"])])
    #: Filled in, a receipt (票据) is wanted; left empty, it is waived for now (CHA-147).
    payer_name = StringField(_l("票据上的交款人"), [Optional(), LengthBetween(0, LONGEST_PAYER)])
    payer_uscc = CreditCodeField(_l("统一社会信用代码"), [Optional()])
    way = RadioField(_l("怎么付"), [Required()], choices=[])

    #: What each preset pays for, where it pays for a whole unit.
    notes: dict[str, str]

    @classmethod
    def for_project(cls, deliverables: Sequence[Deliverable], asked: str | None) -> DonationForm:
        """The form with the amounts of a project; `asked` is the sum chosen on an earlier page."""
        amounts, notes = offered(deliverables)
        form = cls(client_id=str(uuid.uuid4()))
        form.amount.choices = amount_choices(amounts)
        form.giver_kind.choices = choices(GiverKind)
        form.way.choices = ways()
        # a form without the question (one way only, or an older page) means the usual way
        form.way.data = form.way.data or form.way.choices[0][0]
        form.notes = notes
        if not form.is_submitted():
            form._preset(asked or plain(CHOSEN))
        return form

    def _preset(self, asked: str) -> None:
        """Tick the sum that was asked for, or write it into the field of one's own."""
        if asked in self._offered:
            self.amount.data = asked
        else:
            self.own_amount.process(MultiDict({self.own_amount.name: asked[:30]}))

    @property
    def _offered(self) -> set[str]:
        return {str(value) for value, *_ in self.amount.choices or ()}

    @property
    def has_own_amount(self) -> bool:
        """Whether a sum was written by hand, readable or not."""
        typed = self.own_amount.raw_data
        return bool(typed and str(typed[0]).strip())

    @property
    def given(self) -> Money:
        """The sum meant by a form that was found in order."""
        if self.has_own_amount and isinstance(self.own_amount.data, Money):
            return self.own_amount.data
        return Money.yuan(self.amount.data)

    def validate_amount(self, field: Any) -> None:
        """One of the sums offered, unless another was written."""
        if not self.has_own_amount and field.data not in self._offered:
            raise ValidationError(_l("请选一个金额，或者自己写一个。"))

    def validate_own_amount(self, field: Any) -> None:
        """Within what one gift may be."""
        if field.data is not None and not LEAST <= field.data <= MOST:
            raise ValidationError(
                _l("一笔捐款最少 %(least)s 元，最多 %(most)s 元。", least=LEAST, most=MOST)
            )

    def validate_giver_name(self, field: Any) -> None:
        """A name that is to be shown must be there."""
        if self.name_is_public.data and not field.data:
            raise ValidationError(_l("要公开署名，请写上名字；不写就不公开。"))

    def validate_payer_name(self, field: Any) -> None:
        """A credit code alone names nobody, and an organisation's name wants its code."""
        is_person = self.giver_kind.data == GiverKind.INDIVIDUAL.value
        if field.data and not is_person and not self.payer_uscc.data:
            raise ValidationError(_l("单位和企业要票据，请填统一社会信用代码。"))
        if field.data and is_person and self.payer_uscc.data:
            raise ValidationError(_l("以个人名义捐款，票据上不写信用代码。"))

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field; a form whose id is taken or broken gets a fresh one."""
        if error.field == "amount" and self.has_own_amount:
            error.field = "own_amount"
        attach(self, error)
        if error.reason in RENEWED:
            self.client_id.data = str(uuid.uuid4())


def ways() -> list[tuple[str, str]]:
    """The ways to pay a giver may choose: the usual gateway, and the bank where there is one."""
    usual = ports().gateway.name
    offered = [(usual, _("银行转账（对公账户）") if usual == TRANSFER else _("在线支付"))]
    if settings().bank_account and usual != TRANSFER:
        offered.append((TRANSFER, _("银行转账（对公账户）")))
    return offered


class SandboxForm(BaseForm):
    """What happened at the gateway of the demonstration."""

    paid = SubmitField(_l("支付成功"))
    cancelled = SubmitField(_l("取消付款"))


def readable_amount(text: str | None) -> str | None:
    """A sum from an address, if it is one; anything else is passed over without a word."""
    try:
        return text if text and Money.yuan(text).fen > 0 else None
    except AmountError:
        return None
