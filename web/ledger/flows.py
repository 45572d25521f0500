"""The pictures of money flowing: of one fund with its payees, and of a whole organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from charity.donations.models import GiverKind
from charity.ledger.flowing import FUND_PARTY
from charity.ledger.models import IncomeSource
from charity.ledger.statements import GRANTER, REST, Edge, Flow
from charity.ledger.statements import flow as nodes
from charity.money import Money
from projects.listings.queries import Use
from web.charts import sankey
from web.charts.sankey import OTHERS, Ribbon
from web.charts.views import LinkView, NodeView, RowView, SankeyView
from web.filters import yuan
from web.labels import label
from web.ledger.words import account_words
from web.listings.shapes import part_name

#: Funds of a book stand in at most so many columns, so that a picture has five.
FUND_COLUMNS = 3
#: A label has no more room than this on one line.
CHARACTERS = 13
FROM, TO, LINE, PAYEE = "from:", "to:", "line:", "payee:"
#: Where funds of one book give to each other in a circle.
ONWARD, ELSEWHERE = "onward", "elsewhere"
TABLE = "#flow-table"


def fund_picture(
    fund_id: int, flow: Flow, names: dict[int, str], uses: Iterable[Use] = ()
) -> SankeyView:
    """Givers → the fund → what for → who was paid; the last where expenses say it."""
    edges = _with_payees(_outside(flow), f"{FUND_PARTY}{fund_id}", list(uses))
    column = _columns(edges, {})
    return _view(edges, column, _Words(names, fund_id))


def book_picture(flow: Flow, names: dict[int, str], rest: int) -> SankeyView:
    """Givers → funds → further funds → what for; `rest` funds are told together."""
    edges = _outside(flow)
    between, level = _levels(edges, FUND_COLUMNS - 1)
    forward: list[Edge] = []
    for edge in edges:
        ends = (edge.source, edge.target)
        if ends in between and level.get(edge.source, 0) >= level.get(edge.target, 0):
            forward += [
                Edge(edge.source, ONWARD, edge.amount),
                Edge(ELSEWHERE, edge.target, edge.amount),
            ]
        else:
            forward.append(edge)
    column = _columns(forward, level)
    return _view(forward, column, _Words(names, None, rest))


def _levels(edges: Iterable[Edge], deepest: int) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """Which funds give to which, and how deep each stands; the rest of the funds stand first."""
    rest = f"{FUND_PARTY}{REST}"
    between = {(e.source, e.target) for e in edges if _is_fund(e.source) and _is_fund(e.target)}
    named = [pair for pair in sorted(between) if rest not in pair]
    return between, {rest: 0, **sankey.levels(named, deepest)}


def _outside(flow: Flow) -> list[Edge]:
    """The edges with funds of other books told apart as givers and takers."""
    own = {f"{FUND_PARTY}{fund_id}" for fund_id in flow.own_funds}
    return [
        Edge(
            edge.source if edge.source in own or not _is_fund(edge.source) else FROM + edge.source,
            edge.target if edge.target in own or not _is_fund(edge.target) else TO + edge.target,
            edge.amount,
        )
        for edge in flow.edges
    ]


def _with_payees(edges: list[Edge], fund: str, uses: list[Use]) -> list[Edge]:
    """Costs told by budget line and payee as far as expenses do; the rest stays a cost."""
    told = [edge for edge in edges if not edge.target.startswith(nodes.COST)]
    costs = [edge for edge in edges if edge.target.startswith(nodes.COST)]
    known = sum(use.amount.fen for use in uses)
    if not uses or known > sum(edge.amount.fen for edge in costs):
        return edges
    lines: dict[str, int] = {}
    for use in uses:
        key = f"{LINE}{use.line_id}:{use.line_name}"
        lines[key] = lines.get(key, 0) + use.amount.fen
        told.append(Edge(key, f"{PAYEE}{use.payee_name}", use.amount))
    told += [Edge(fund, key, Money(fen)) for key, fen in lines.items()]
    for edge in costs:
        taken = min(known, edge.amount.fen)
        known -= taken
        told.append(Edge(edge.source, edge.target, edge.amount - Money(taken)))
    return [edge for edge in told if edge.amount]


def _columns(edges: Sequence[Edge], level: Mapping[str, int]) -> Callable[[str], int]:
    """Where each node stands: givers first, funds by who gives to whom, uses last."""
    uses = 2 + max(level.values(), default=0)
    targets = {edge.target for edge in edges}

    def column(key: str) -> int:
        if _is_fund(key):
            return 1 + level.get(key, 0)
        if key.startswith(PAYEE):
            return uses + 1
        return uses if key in targets else 0

    return column


def _is_fund(key: str) -> bool:
    return key.startswith(FUND_PARTY)


class _Words:
    """What nodes are called and where their ribbons lead."""

    def __init__(self, names: dict[int, str], fund_id: int | None, rest: int = 0) -> None:
        self.names = names | {REST: str(_("其余 %(n)s 个基金", n=rest))}
        #: The fund whose page this is, if it is one's.
        self.fund_id = fund_id

    def name(self, key: str) -> str:
        """The words for a node."""
        kind, _colon, rest = key.partition(":")
        match kind:
            case "fund":
                return self.names.get(int(rest), rest)
            case "from" | "to":
                return self.name(rest)
            case "giver":
                return giver_words(rest)
            case "income":
                return str(label(IncomeSource(rest)))
            case "cost":
                return account_words(rest)
            case "line":
                return rest.partition(":")[2]
            case "payee":
                return rest
            case _:
                return _fixed(kind)

    def page(self, key: str) -> str | None:
        """The page of a node that is a fund, unless we are there or it is many."""
        fund = key.removeprefix(TO).removeprefix(FROM)
        if not _is_fund(fund):
            return None
        fund_id = int(fund.removeprefix(FUND_PARTY))
        return None if fund_id in (self.fund_id, REST) else url_for("ledger.fund", fund_id=fund_id)

    def href(self, source: str, target: str) -> str:
        """Where this money can be followed: the fund it goes to, else the one it comes from."""
        there = self.page(target) or self.page(source)
        if there is not None:
            return there
        if self.fund_id is None:
            return TABLE
        if target == nodes.CLOSING:
            return "#lines"
        return "#payments" if target.startswith((nodes.COST, LINE, PAYEE)) else "#statement"


def giver_words(kind: str) -> str:
    """A kind of giver; those without a row are erased or were never known."""
    if kind in set(GiverKind):
        return str(label(GiverKind(kind)))
    if kind == GRANTER:
        return str(_("本站别的机构"))
    return part_name(kind) if kind else str(_("没有留下资料的捐赠人"))


def _fixed(key: str) -> str:
    names = {
        nodes.OPENING: _("期初结余"),
        nodes.CLOSING: _("在账未用"),
        nodes.FEES: _("支付手续费"),
        nodes.REFUNDS: _("退给捐赠人"),
        nodes.REVERSALS: _("冲销记错的收款"),
        nodes.RETURNED: _("退回的付款"),
        ONWARD: _("转给本机构别的基金"),
        ELSEWHERE: _("本机构别的基金转来"),
        OTHERS.rstrip(":"): _("其他"),
    }
    return str(names.get(key, key))


def _view(edges: Sequence[Edge], column: Callable[[str], int], words: _Words) -> SankeyView:
    """Lay the edges out and put words and links to them."""
    ribbons = [Ribbon(edge.source, edge.target, edge.amount.fen) for edge in edges]
    deep = len({column(key) for ribbon in ribbons for key in (ribbon.source, ribbon.target)})
    width, margins = (1080, (160, 200)) if deep > 3 else (760, (150, 190))
    picture = sankey.layout(
        ribbons,
        column,
        width=width,
        height=320 if deep > 3 else 220,
        margins=margins,
        last=lambda key: key in (nodes.CLOSING, f"{FUND_PARTY}{REST}"),
    )
    links = [
        LinkView(
            link.path,
            _(
                "%(a)s → %(b)s：%(sum)s",
                a=words.name(link.source),
                b=words.name(link.target),
                sum=yuan(Money(link.amount)),
            ),
            _colour(link.target) or _colour(link.source),
            words.href(link.source, link.target),
        )
        for link in picture.links
    ]
    rows = [
        RowView(
            words.name(link.source),
            words.name(link.target),
            Money(link.amount),
            words.href(link.source, link.target),
        )
        for link in picture.links
    ]
    return SankeyView(
        picture.width, picture.height, [_node(bar, words) for bar in picture.nodes], links, rows
    )


def _node(bar: sankey.Node, words: _Words) -> NodeView:
    side, at = ("end", bar.x - 8) if bar.column == 0 else ("start", bar.x + bar.w + 8)
    name = words.name(bar.key)
    shown = name if len(name) <= CHARACTERS else name[: CHARACTERS - 1] + "…"
    href = words.page(bar.key)
    return NodeView(
        bar.x, bar.y, bar.w, bar.h, shown, Money(bar.amount), at, side, _colour(bar.key), href
    )


def _colour(key: str) -> str:
    if key in (nodes.CLOSING, nodes.OPENING):
        return "held"
    return "match" if key == f"{nodes.INCOME}{IncomeSource.MATCHING.value}" else ""
