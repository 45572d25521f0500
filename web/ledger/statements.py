"""The statements of a whole book put into words, every figure with its entries behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from charity.ledger import statements
from charity.ledger.chart import AccountCode
from charity.ledger.statements import ActivityLine, Period, SheetLine
from charity.money import Money
from web.ledger import fund_sheets
from web.ledger.asked import Asked
from web.ledger.sheets import Figure, Line, Sheet, figures
from web.ledger.words import SHEET_LINES, account_code, account_words


def trial_balance(asked: Asked) -> Sheet:
    """试算平衡表."""
    rows = statements.trial_balance(asked.session, asked.book.id, asked.period)
    lines = []
    for row in rows:
        before = asked.entries(row.code, last=asked.period.day_before)
        debit, credit = (asked.entries(row.code, side=side) for side in ("debit", "credit"))
        after = asked.entries(row.code, last=asked.period.last)
        values = _pairs(row)
        hrefs = (before, before, debit, credit, after, after)
        lines.append(
            Line(
                account_words(row.code, asked.shown),
                tuple(
                    Figure(value or None, href if value else None)
                    for value, href in zip(values, hrefs, strict=True)
                ),
                code=account_code(row.code, asked.shown),
            )
        )
    sums = [Money.total(_pairs(row)[number] for row in rows) for number in range(6)]
    return Sheet(
        key="trial-balance",
        title=_("试算平衡表"),
        subject=asked.book.name,
        first=_("科目"),
        columns=(
            _("期初借方"),
            _("期初贷方"),
            _("本期借方"),
            _("本期贷方"),
            _("期末借方"),
            _("期末贷方"),
        ),
        lines=tuple(lines),
        foot=(Line(_("合计"), figures(sums), manner="total"),),
        time=(asked.period.first, asked.period.last),
        notes=(_("每一笔分录借贷相等，所以每一对借方、贷方合计都相等。"),),
        agrees=sums[0] == sums[1] and sums[2] == sums[3] and sums[4] == sums[5],
    )


def _pairs(row: statements.TrialRow) -> tuple[Money, ...]:
    """Opening, turnover and closing, each by debit and credit."""
    return (*row.opening_sides, row.debit, row.credit, *row.closing_sides)


#: Lines that are left out where they are zero in both columns: most books have none of them.
_ALWAYS = frozenset(
    {
        "money",
        "current_assets",
        "total_assets",
        "payables",
        "current_liabilities",
        "total_liabilities",
        "net_assets_unrestricted",
        "net_assets_restricted",
        "total_net_assets",
        "total_both",
    }
)


def balance_sheet(asked: Asked) -> Sheet:
    """资产负债表, at the end of the period beside the beginning of its year."""
    sheet = statements.balance_sheet(asked.session, asked.book.id, asked.period.last)
    year = Period.year_to(asked.period.last)

    def line(found: SheetLine) -> Line:
        total = found.key.startswith("total_")
        hrefs = (
            asked.entries(*found.codes, last=year.day_before),
            asked.entries(*found.codes, last=asked.period.last),
        )
        return Line(
            str(SHEET_LINES[found.key]),
            figures((found.opening, found.closing), () if found.is_sum else hrefs),
            manner="total" if total else "sum" if found.is_sum else "",
            depth=0 if found.is_sum else 1,
        )

    def part(name: str, lines: Iterable[SheetLine]) -> list[Line]:
        wanted = [each for each in lines if each.opening or each.closing or each.key in _ALWAYS]
        return [Line(name, manner="head"), *map(line, wanted)]

    return Sheet(
        key="balance-sheet",
        title=_("资产负债表"),
        subject=asked.book.name,
        first=_("项目"),
        columns=(_("年初数"), _("期末数")),
        lines=(
            *part(_("资产"), sheet.assets),
            *part(_("负债"), sheet.liabilities),
            *part(_("净资产"), sheet.net_assets),
        ),
        time=(asked.period.last,),
        notes=(
            _("还没有年终结转的收入和费用已经算进净资产，所以结转前后是同一张表。"),
            _("没有余额的项目不列出。"),
        ),
        agrees=sheet.is_balanced,
    )


def activities(asked: Asked) -> Sheet:
    """业务活动表."""
    found = statements.activities(asked.session, asked.book.id, asked.period)

    def line(name: str, row: ActivityLine, manner: str = "", *hrefs: str) -> Line:
        values = (row.unrestricted, row.restricted, row.total)
        return Line(name, figures(values, hrefs), manner=manner, depth=0 if manner else 1)

    def income(row: ActivityLine) -> Line:
        halves = (f"{row.code}.2", f"{row.code}.1")
        hrefs = [asked.entries(code) for code in (*halves, row.code)]
        return line(account_words(row.code, asked.shown), row, "", *hrefs)

    def cost(row: ActivityLine) -> Line:
        here = asked.entries(row.code)
        return line(account_words(row.code, asked.shown), row, "", here, here, here)

    free, bound = AccountCode.NET_ASSETS_UNRESTRICTED, AccountCode.NET_ASSETS_RESTRICTED
    released = [asked.entries(free), asked.entries(bound), asked.entries(free, bound)]
    others = [line(_("四、期初余额和以前年度调整"), found.others, "sum", *released)]
    return Sheet(
        key="activities",
        title=_("业务活动表"),
        subject=asked.book.name,
        first=_("项目"),
        columns=(_("非限定性"), _("限定性"), _("合计")),
        lines=(
            Line(_("一、收入"), manner="head"),
            *map(income, found.income),
            line(_("收入合计"), found.total_income, "sum"),
            Line(_("二、费用"), manner="head"),
            *map(cost, found.costs),
            line(_("费用合计"), found.total_costs, "sum"),
            line(_("三、限定性净资产转为非限定性净资产"), found.released, "sum", *released),
            *(others if found.others.unrestricted or found.others.restricted else []),
            line(_("净资产变动额"), found.change, "total"),
        ),
        time=(asked.period.first, asked.period.last),
        notes=(
            _("限定性的钱花在它的用途上，限制就解除：从限定性转为非限定性，合计不变。"),
            _("不含年终结转分录；结过账的年份，这张表和结账前一样。"),
        ),
        agrees=_change_agrees(asked, found),
    )


def _change_agrees(asked: Asked, found: statements.Activities) -> bool:
    """Whether the change is the difference of the balance sheets at both ends."""
    before, after = (
        statements.balance_sheet(asked.session, asked.book.id, day).line("total_net_assets")
        for day in (asked.period.day_before, asked.period.last)
    )
    return after.closing - before.closing == found.change.total


#: Every statement by the word in its address.
SHEETS: dict[str, Callable[[Asked], Sheet]] = {
    "balance-sheet": balance_sheet,
    "activities": activities,
    "trial-balance": trial_balance,
    "funds": fund_sheets.funds,
    "mix": fund_sheets.mix,
    "budget": fund_sheets.budget,
}


def titles() -> dict[str, str]:
    """What the statements are called, in their order."""
    return {
        "balance-sheet": _("资产负债表"),
        "activities": _("业务活动表"),
        "trial-balance": _("试算平衡表"),
        "funds": _("基金收支表"),
        "mix": _("筹资构成表"),
        "budget": _("预算执行表"),
    }
