"""Forms that open and change what a book is made of: books, funds, earmarks, accounts, periods."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField, ValidationError

from charity.ledger.models import FundKind, PurposeBasis
from web.books.fields import ActForm, Choice, HappenedField, IdChoice, asked
from web.forms import DateField, LengthBetween, Optional, Required
from web.labels import choices

_NAME = [Required(), LengthBetween(2, 100)]


class BookForm(ActForm):
    """A book for an organisation."""

    name = StringField(
        _l("账簿名称"), _NAME, description=_l("写机构全称，例如“鄂城区嘉和社工服务中心”。")
    )


class FundForm(ActForm):
    """A fund: what kind, what for, and who decides about it."""

    kind = Choice(_l("类别"), [Required()])
    name = StringField(
        _l("基金名称"), _NAME, description=_l("写清地方和用途，例如“凤凰街道滨湖社区公益基金”。")
    )
    committee = TextAreaField(
        _l("管委会成员"),
        [Optional(), LengthBetween(0, 2000)],
        description=_l("只有社区基金要写：每行一位，至少 5 位，人数是单数，都不领报酬。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = asked(choices(FundKind))

    def said(self) -> dict[str, Any]:
        """What was typed, as `open_fund` takes it; the kind says whether it is restricted."""
        return {
            "name": self.name.data,
            "kind": FundKind(self.kind.data),
            "committee": [n.strip() for n in (self.committee.data or "").splitlines() if n.strip()],
        }


class EarmarkForm(ActForm):
    """A purpose inside a fund, with a line of its own."""

    earmark = StringField(
        _l("用途"),
        [Required(), LengthBetween(1, 60)],
        description=_l("例如“5 月扶手安装”。捐赠人或理事会指定的用途，各有一条自己的线。"),
    )


class CloseFundForm(ActForm):
    """That a fund has ended."""


class PurposeForm(ActForm):
    """That a fund's money serves another purpose from now on, and what allows it."""

    into_fund_id = IdChoice(_l("以后归到哪个基金"), [Required()])
    basis = Choice(_l("依据"), [Required()])
    refiling_number = StringField(
        _l("重新备案的备案号"),
        [Optional(), LengthBetween(0, 60)],
        description=_l("依据是“重新备案”时填写，别的依据留空。"),
    )
    consents = TextAreaField(
        _l("捐赠人的同意"),
        [Optional(), LengthBetween(0, 200_000)],
        description=_l(
            "依据是“捐赠人同意”时填写：每行一笔还没用完的捐款，先写分录号，空一格，"
            "再写同意书的编号或日期。"
        ),
    )
    decided_on = HappenedField(_l("决定日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis.choices = asked(choices(PurposeBasis))

    def validate_consents(self, field: Any) -> None:
        """Each line begins with the number of an entry; one without evidence is no consent yet."""
        for number, row in enumerate(_rows(field.data), 1):
            if not re.fullmatch(r"#?[0-9]{1,18}(\s.*)?", row, re.ASCII | re.DOTALL):
                raise ValidationError(_l("第 %(n)s 行要先写分录号，再写依据。", n=number))

    def said(self) -> dict[str, Any]:
        """What was typed, as `change_purpose` takes it."""
        parts = [row.lstrip("#").split(maxsplit=1) for row in _rows(self.consents.data)]
        return {
            "into_fund_id": self.into_fund_id.data,
            "basis": PurposeBasis(self.basis.data),
            "decided_on": self.decided_on.data,
            "refiling_number": self.refiling_number.data or "",
            "consents": {int(part[0]): part[1] for part in parts if len(part) == 2},
        }


def _rows(text: str | None) -> list[str]:
    return [row.strip() for row in (text or "").splitlines() if row.strip()]


class AccountForm(ActForm):
    """A sub-account: a second bank account, a platform."""

    code = StringField(
        _l("科目代码"),
        [Required(), LengthBetween(3, 20)],
        description=_l("上级科目代码后加点和数字，例如 1002.02 是第二个银行账户。"),
    )
    name = StringField(
        _l("名称"),
        [Required(), LengthBetween(2, 60)],
        description=_l("例如“银行存款 农商行基本户”；不要写完整账号。"),
    )


class MappingForm(ActForm):
    """How an account is called in the system in force from a day on."""

    code = Choice(_l("本账簿的科目"), [Required()])
    in_force_from = DateField(_l("从哪天起"), [Required()])
    shown_code = StringField(_l("新制度的科目代码"), [Required(), LengthBetween(1, 20)])
    shown_name = StringField(_l("新制度的科目名称"), [Required(), LengthBetween(1, 60)])


class PeriodForm(ActForm):
    """The month to be closed."""

    through = Choice(
        _l("结到哪一天"),
        [Required()],
        description=_l("一个月一个月按先后结；12 月 31 日那一次，把全年的收入和费用结转到净资产。"),
    )
