"""Forms of giving back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from charity.donations.models import RefundCause, RefundPath
from charity.donations.services.refund_requests import CAUSES, PAYEE_LENGTH
from web.forms import BaseForm, DateField, LengthBetween, MoneyField, Optional, Required
from web.labels import label


class RefundForm(BaseForm):
    """What the treasurer asks for."""

    amount = MoneyField(_l("退多少"), [Required()])
    cause = RadioField(_l("为什么退"), [Required()], coerce=RefundCause)
    reason = TextAreaField(_l("说明"), [Required(), LengthBetween(2, 500)])
    path = RadioField(_l("怎么退"), [Required()], coerce=RefundPath)
    payee = StringField(_l("收款人"), [Optional(), LengthBetween(0, PAYEE_LENGTH)])

    def offer(self, *, can_refund: bool) -> None:
        """List the causes, and the ways this payment can go back."""
        self.cause.choices = [(cause.value, label(cause)) for cause in CAUSES]
        ways = [RefundPath.GATEWAY, RefundPath.TRANSFER] if can_refund else [RefundPath.TRANSFER]
        self.path.choices = [(path.value, label(path)) for path in ways]


class DecisionForm(BaseForm):
    """A no with its reason."""

    reason = TextAreaField(_l("不同意的理由"), [Required(), LengthBetween(2, 500)])


class TransferForm(BaseForm):
    """What the bank says of a refund paid by hand."""

    paid_on = DateField(_l("付款日期"), [Required()])
    reference = StringField(_l("银行流水号"), [Required(), LengthBetween(1, 80)])
    payee = StringField(_l("收款人"), [Optional(), LengthBetween(0, PAYEE_LENGTH)])


class NoteForm(BaseForm):
    """What a person found out."""

    note = TextAreaField(_l("查到了什么、怎么办的"), [Required(), LengthBetween(2, 500)])


class TakeForm(BaseForm):
    """What was found out about a second payment."""

    about = TextAreaField(_l("和捐赠人怎么说的"), [Required(), LengthBetween(2, 500)])


class BatchForm(BaseForm):
    """Why a whole campaign goes back."""

    reason = TextAreaField(_l("为什么整批退款"), [Required(), LengthBetween(2, 500)])
