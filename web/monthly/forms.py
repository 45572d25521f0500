"""What is asked of somebody who gives every month."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from charity import clock
from charity.donations.services.giving import LEAST, LENGTHS, MOST
from charity.errors import DomainError
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    Required,
    WholeNumberField,
    attach,
)
from web.pledges.forms import GiverFields

#: No month lacks this day.
LAST_DAY = 28


class AmountAndDay(BaseForm):
    """How much, and on which day of the month."""

    amount = MoneyField(_l("每月捐多少（元）"), [Required()])
    day_of_month = WholeNumberField(_l("每月几号"), [Required(), NumberBetween(1, LAST_DAY)])

    def validate_amount(self, field: Any) -> None:
        """Within what one gift may be."""
        if field.data is not None and not LEAST <= field.data <= MOST:
            raise ValidationError(
                _l("一笔捐款最少 %(least)s 元，最多 %(most)s 元。", least=LEAST, most=MOST)
            )

    def turn(self) -> dict[str, Any]:
        """How much and when, as the services take it."""
        return {"amount": self.amount.data, "day_of_month": self.day_of_month.data}


class MonthlyForm(GiverFields, AmountAndDay):
    """A plan: who gives, how much and when. The contact is where the link is sent."""

    message = None  # a plan carries no words of its own
    contact = StringField(
        _l("邮箱（或手机号）"), [Required(), LengthBetween(3, LENGTHS["contact"])]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.day_of_month.data = min(clock.today().day, LAST_DAY)

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field; a form whose id is taken gets a fresh one."""
        attach(self, error)
        self.renew(error)


class PauseForm(BaseForm):
    """Until when a plan rests; without a day until its giver goes on."""

    until = DateField(_l("停到哪一天（可以不填）"), [Optional()])
