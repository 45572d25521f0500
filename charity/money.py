"""Money in whole fen.

One currency (CNY), one exact type. A figure a person typed becomes `Money` here or is refused here;
below this point there are only integers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

#: The largest amount one figure may have: 10^12 fen, ten billion yuan (RELIABILITY M11).
MAXIMUM_FEN = 10**12

_YUAN = re.compile(
    r"(?P<sign>-?)(?P<yuan>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<cents>\d{1,2}))?", re.ASCII
)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "兆")


class AmountError(ValueError):
    """A text that is no exact amount of yuan; `code` says why (`form`, `too_large`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An exact amount in fen; may be negative only as the result of a subtraction."""

    fen: int

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError("Money takes whole fen as an int")

    @classmethod
    def yuan(cls, text: str | int) -> Self:
        """Read yuan as a person writes them: `12`, `12.5`, `1,234.50`.

        Raises `AmountError` for anything else: exponents, a third decimal, full-width digits,
        signs other than a leading minus, more than `MAXIMUM_FEN`.
        """
        if isinstance(text, int) and not isinstance(text, bool):
            return cls(text * 100)
        if not isinstance(text, str):
            raise TypeError("Money.yuan takes text or an int, never a float")
        match = _YUAN.fullmatch(text.strip(" "))
        if match is None:
            raise AmountError("form")
        yuan = match["yuan"].replace(",", "")
        if len(yuan) > 15:
            raise AmountError("too_large")
        fen = int(yuan) * 100 + int((match["cents"] or "").ljust(2, "0"))
        if fen > MAXIMUM_FEN:
            raise AmountError("too_large")
        return cls(-fen if match["sign"] else fen)

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Self:
        """Add up; the sum of nothing is zero."""
        return cls(sum(amount.fen for amount in amounts))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __mul__(self, quantity: int) -> Money:
        if type(quantity) is not int:
            raise TypeError("money is multiplied by whole quantities only")
        return Money(self.fen * quantity)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        """Yuan with thousands separators and two decimals: `1,234.50`."""
        sign = "-" if self.fen < 0 else ""
        yuan, cents = divmod(abs(self.fen), 100)
        return f"{sign}{yuan:,}.{cents:02d}"

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide by integer weights so that the parts sum exactly (largest remainder).

        Ties go to the earlier part, the same way every time. Raises `ValueError` without a
        positive weight or with a negative one.
        """
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0 or self.fen < 0:
            raise ValueError("split needs weights that are not negative and not all zero")
        parts = [self.fen * weight // whole for weight in weights]
        remainders = [self.fen * weight % whole for weight in weights]
        order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
        for i in order[: self.fen - sum(parts)]:
            parts[i] += 1
        return [Money(part) for part in parts]

    def tranches(self, percentages: Sequence[int]) -> list[Money]:
        """Divide into stages: each rounded down, the remainder on the last (VEN-08).

        Raises `ValueError` unless the percentages sum to 100.
        """
        if sum(percentages) != 100 or min(percentages) < 0:
            raise ValueError("tranches need percentages that sum to 100")
        parts = [self.fen * percentage // 100 for percentage in percentages]
        parts[-1] += self.fen - sum(parts)
        return [Money(part) for part in parts]

    def in_words(self) -> str:
        """The amount in the capital numerals of Chinese vouchers (大写金额)."""
        if self.fen < 0:
            return "负" + Money(-self.fen).in_words()
        yuan, cents = divmod(self.fen, 100)
        jiao, fen = divmod(cents, 10)
        whole = _capital_yuan(yuan)
        if not cents:
            return f"{whole or '零'}元整"
        text = f"{whole}元" if whole else ""
        if jiao:
            text += f"{_DIGITS[jiao]}角"
        elif whole:
            text += "零"
        return text + (f"{_DIGITS[fen]}分" if fen else "整")


ZERO = Money(0)


def _capital_yuan(yuan: int) -> str:
    """Whole yuan in capital numerals, empty for zero; a run of zeros is read once."""
    text, gap = "", False
    digits = str(yuan)
    for index, digit in enumerate(digits):
        place = len(digits) - 1 - index
        if digit == "0":
            gap = True
        else:
            text += ("零" if gap and text else "") + _DIGITS[int(digit)] + _PLACES[place % 4]
            gap = False
        group = place // 4
        if place % 4 == 0 and group and yuan // 10**place % 10**4:
            text += _GROUPS[group]
            gap = False
    return text
