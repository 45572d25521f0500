"""The statements told by fund: income and spending, where money comes from, budgets, one fund."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import url_for
from flask_babel import gettext as _

from charity.donations.models import GiverKind
from charity.ledger import queries, statements
from charity.ledger.models import EntryKind, IncomeSource
from charity.ledger.statements import FundStatement
from charity.money import ZERO, Money
from charity.spending import queries as spending
from charity.spending.queries import LineSpending
from web.filters import percent
from web.labels import label
from web.ledger.asked import Asked
from web.ledger.flows import giver_words
from web.ledger.sheets import Line, Sheet, Value, figures
from web.ledger.words import account_words


def funds(asked: Asked) -> Sheet:
    """Income and spending of every fund, over whole months."""
    period = asked.period.whole_months()
    ids = statements.ids_with_money(asked.session, asked.book.id, period)
    told = _window(ids, asked.page)
    table = statements.funds_table(asked.session, asked.book.id, period, told)
    names = queries.fund_names(asked.session, told)
    rows = {fund_id: _fund_values(found) for fund_id, found in table.items()}

    def line(fund_id: int, values: tuple[Money, ...]) -> Line:
        def of(**narrower: EntryKind) -> str:
            return asked.entries(first=period.first, last=period.last, fund=fund_id, **narrower)

        hrefs = (
            asked.entries(last=period.day_before, fund=fund_id),
            of(),
            of(),
            of(kind=EntryKind.EXPENSE),
            of(kind=EntryKind.GRANT),
            of(),
            of(kind=EntryKind.REFUND),
            asked.entries(last=period.last, fund=fund_id),
        )
        cells = figures(
            (value or None for value in values),
            [href if value else None for href, value in zip(hrefs, values, strict=True)],
        )
        return Line(names[fund_id], cells, href=url_for("ledger.fund", fund_id=fund_id))

    sums = [Money.total(column) for column in zip(*rows.values(), strict=True)]
    return Sheet(
        key="funds",
        title=_("基金收支表"),
        subject=asked.book.name,
        first=_("基金"),
        columns=(
            _("期初结余"),
            _("收入"),
            _("别的基金拨入"),
            _("支出"),
            _("拨给别的基金"),
            _("手续费"),
            _("退款和冲销"),
            _("期末在账"),
        ),
        lines=tuple(line(fund_id, rows[fund_id]) for fund_id in told),
        foot=(Line(_("合计"), figures(sums), manner="total"),) if rows else (),
        time=(period.first, period.last),
        of=len(ids),
        notes=(
            _("按整月计算。支出已经扣除退回的付款；物资按入账价值计算。"),
            _("每一行：期初结余＋收入＋拨入－支出－拨出－手续费－退款和冲销＝期末在账。"),
        ),
    )


def _window(ids: list[int], page: tuple[int, int] | None) -> list[int]:
    """The funds of the page that is wanted, or of the last one there is."""
    if page is None:
        return ids
    number, size = page
    start = min(number - 1, (len(ids) - 1) // size) * size
    return ids[max(start, 0) :][:size]


def _fund_values(found: FundStatement) -> tuple[Money, ...]:
    """A fund from what it had to what it has."""
    return (
        found.opening,
        found.total_income,
        Money.total(found.granted_in.values()),
        found.spent,
        Money.total(found.granted_out.values()),
        found.fees,
        found.refunds + found.reversals,
        found.closing,
    )


def mix(asked: Asked) -> Sheet:
    """Where income comes from: its source by the kind of giver."""
    period = asked.period.whole_months()
    rows = statements.funding_mix(asked.session, asked.book.id, period)
    known = [kind.value for kind in GiverKind]
    givers = [kind for kind in known if any(row.giver == kind for row in rows)]
    givers += sorted({row.giver for row in rows} - set(known))
    sources = list(dict.fromkeys(row.source for row in rows))
    whole = Money.total(row.amount for row in rows)

    def amounts(wanted: Callable[[statements.MixRow], bool]) -> list[Value]:
        chosen = [row for row in rows if wanted(row)]
        by_giver: list[Value] = [
            Money.total(row.amount for row in chosen if row.giver == giver) or None
            for giver in givers
        ]
        total = Money.total(row.amount for row in chosen)
        count = sum(row.receipts for row in chosen)
        return [*by_giver, total, percent(total.fen, whole.fen), count]

    def line(source: str) -> Line:
        here = asked.entries(*_INCOME_CODES[source], first=period.first, last=period.last)
        values = amounts(lambda row: row.source == source)
        hrefs = [here if isinstance(value, Money) else None for value in values]
        return Line(str(label(IncomeSource(source))), figures(values, hrefs))

    return Sheet(
        key="mix",
        title=_("筹资构成表"),
        subject=asked.book.name,
        first=_("收入来源"),
        columns=(*map(giver_words, givers), _("合计"), _("占比"), _("笔数")),
        lines=tuple(map(line, sources)),
        foot=(Line(_("合计"), figures(amounts(lambda row: True)), manner="total"),),
        time=(period.first, period.last),
        notes=(
            _("按整月计算，是收到时的金额，没有扣除手续费和后来的退款。"),
            _("本账簿各基金之间的拨款不是收入。"),
        ),
    )


#: The heads under which income of a source is booked.
_INCOME_CODES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("donation", "grant", "community_fund", "matching"), ("4101",)),
    **dict.fromkeys(("government_purchase", "service"), ("4301",)),
    "venture": ("4401",),
    "market": ("4501",),
    "dues": ("4201",),
    "investment": ("4601",),
    "other": ("4901",),
    "agency": ("2601",),
    "opening": ("3101", "3102"),
    "internal": (),
}


def budget(asked: Asked) -> Sheet:
    """Budget against actual of every project whose fund stands in the book, as it is now."""
    lines: list[Line] = []
    everything: list[LineSpending] = []
    for found in spending.budgets_of_book(asked.session, asked.book.id):
        everything += found.lines
        fund = asked.entries(fund=found.fund_id, kind=EntryKind.EXPENSE, first=asked.book.opened_on)
        lines.append(
            Line(
                found.fund_name,
                figures(_budget_values(found.lines), (None, fund)),
                manner="sum",
                href=url_for("ledger.fund", fund_id=found.fund_id),
            )
        )
        lines += [
            Line(row.line.name, figures(_budget_values([row])), depth=1) for row in found.lines
        ]
    return Sheet(
        key="budget",
        title=_("预算执行表"),
        subject=asked.book.name,
        first=_("项目和用途"),
        columns=(
            _("预算"),
            _("已付"),
            _("已批待付"),
            _("审批中"),
            _("还剩"),
            _("执行率"),
        ),
        lines=tuple(lines),
        foot=(Line(_("合计"), figures(_budget_values(everything)), manner="total"),),
        time=(asked.period.last,),
        notes=(_("预算管到项目结束，所以这张表不分期间，按现在的情况列出。"),),
    )


def _budget_values(rows: list[LineSpending]) -> list[Value]:
    planned = Money.total(row.line.amount for row in rows)
    spent = Money.total(row.spent for row in rows)
    return [
        planned,
        spent,
        Money.total(row.approved for row in rows),
        Money.total(row.submitted for row in rows),
        Money.total(row.remaining for row in rows),
        percent(spent.fen, planned.fen),
    ]


def fund_sheet(asked: Asked, found: FundStatement, names: Mapping[int, str]) -> Sheet:
    """基金收支: one fund from what it had, through what came and went, to what is in hand."""
    period = asked.period.whole_months()
    income = found.income_by_source()
    opened = income.pop(IncomeSource.OPENING.value, ZERO)

    def granted(text: str, by_fund: dict[int, Money]) -> list[Line]:
        return [
            Line(
                text % {"fund": names.get(other, other)},
                figures([amount]),
                depth=1,
                href=url_for("ledger.fund", fund_id=other),
            )
            for other, amount in by_fund.items()
        ]

    came = [
        *([Line(str(label(IncomeSource.OPENING)), figures([opened]), depth=1)] if opened else []),
        *(
            Line(str(label(IncomeSource(source))), figures([amount]), depth=1)
            for source, amount in income.items()
        ),
        *granted(_("%(fund)s拨入"), found.granted_in),
    ]
    left = [
        *(
            Line(account_words(code, asked.shown), figures([amount], ["#payments"]), depth=1)
            for code, amount in found.spending.items()
        ),
        *granted(_("拨给%(fund)s"), found.granted_out),
        *(
            Line(name, figures([amount]), depth=1)
            for name, amount in (
                (_("支付手续费"), found.fees),
                (_("退给捐赠人"), found.refunds),
                (_("冲销记错的收款"), found.reversals),
            )
            if amount
        ),
    ]
    return Sheet(
        key="fund",
        title=_("基金收支表"),
        subject=asked.book.name,
        first=_("项目"),
        columns=(_("金额"),),
        lines=(
            Line(_("期初结余"), figures([found.opening]), manner="sum"),
            *came,
            Line(_("进来的合计"), figures([found.received]), manner="sum"),
            *left,
            Line(_("出去的合计"), figures([found.used]), manner="sum"),
        ),
        foot=(Line(_("期末在账"), figures([found.closing], ["#lines"]), manner="total"),),
        time=(period.first, period.last),
    )
