"""What the pages of the figures show: rows by place and category, and their words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.registry import queries as registry
from charity.registry import regions
from projects.listings import timeliness
from projects.listings.models import ListingCategory, Need, ResourceKind
from projects.listings.queries.timeliness import Linked, linked, need_facts, simulated_in
from projects.listings.timeliness import WHOLE, Amount, NeedFacts, NeedFigures, Wait
from web.filters import percent
from web.labels import label
from web.resources.words import amount_said, in_hours
from web.spreadsheets import Cell
from web.timeliness.filters import Filters


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One place or category: its name, the filters that open it, and its figures."""

    name: str
    place: str
    category: str
    figures: NeedFigures


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole page: the figures of the scope, and of its parts."""

    whole: NeedFigures
    places: list[FigureRow]
    categories: list[FigureRow]
    simulated: int


def matching(session: Session, filters: Filters) -> Matching:
    """The figures of the place asked for, of the places right below it, and by category."""
    facts, now = need_facts(session, filters.scope), clock.now()
    base = _base(filters, {need.region_code for need in facts})
    below = _below(base)
    by_place = timeliness.grouped(facts, lambda need: below(need.region_code), now)
    by_category = timeliness.grouped(facts, lambda need: need.category, now)
    names = registry.region_names(session, list(by_place))
    return Matching(
        whole=timeliness.figures(facts, now),
        places=[
            FigureRow(_place_name(code, names, base), code, "", found)
            for code, found in by_place.items()
        ],
        categories=[
            FigureRow(label(ListingCategory(name)), "", name, found)
            for name, found in by_category.items()
        ],
        simulated=simulated_in(session, filters.scope),
    )


def facts_of(need: Need) -> NeedFacts:
    """What the figures ask of one confirmed need."""
    return NeedFacts(
        need.region_code, need.category, need.kind, need.unit, need.quantity, need.promised,
        need.delivered, need.confirmed_at or need.posted_at, need.first_claimed_at,
        need.first_delivered_at, need.due_at, need.closed_at,
    )  # fmt: skip


def _base(filters: Filters, codes: Collection[str]) -> str:
    """The place whose parts stand side by side: the one asked for, else the least that holds all.

    Empty where not even a province does.
    """
    if filters.place:
        return filters.place
    base = ""
    for level in zip(*map(regions.chain, codes), strict=False):
        if len(set(level)) > 1:
            break
        base = level[0]
    return base


def _below(base: str) -> Callable[[str], str]:
    """Each code's place right below `base`; the place itself stays itself."""

    @cache
    def step(code: str) -> str:
        chain = regions.chain(code)
        at = chain.index(base) + 1 if base in chain else 0
        return chain[min(at, len(chain) - 1)]

    return step


def _place_name(code: str, names: dict[str, str], place: str) -> str:
    name = names.get(code, code)
    return str(_("%(place)s（没有写到更细的地方）", place=name)) if code == place else name


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def share_said(share: int | None) -> str:
    """A share in ten-thousandths; a dash where nothing can be said."""
    return "—" if share is None else percent(share, WHOLE)


def wait_said(wait: Wait) -> str:
    """A median wait in hours; "at least" where unfinished waits could still raise it."""
    if wait.tenths is None:
        return "—"
    hours = f"{wait.tenths // 10:,}.{wait.tenths % 10}".removesuffix(".0")
    if wait.at_least:
        return str(_("至少 %(n)s 小时", n=hours))
    return str(_("%(n)s 小时", n=hours))


def amount_row(amount: Amount) -> tuple[str, str, str, str]:
    """A measure in words: what, needed, matched, delivered."""
    kind = ResourceKind(amount.kind)
    name = label(kind)
    if amount.unit:
        name = str(_("%(kind)s（%(unit)s）", kind=name, unit=amount.unit))
    said = [
        amount_said(kind, quantity, amount.unit)
        for quantity in (amount.needed, amount.matched, amount.delivered)
    ]
    return name, said[0], said[1], said[2]


# ── linked resources ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """One place or kind of help with what came."""

    name: str
    place: str
    kind: str
    sums: Linked


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """What came in all, by kind of help and by place."""

    whole: Linked
    kinds: list[LinkedRow]
    places: list[LinkedRow]


def linked_page(session: Session, filters: Filters) -> LinkedPage:
    """The deliveries of the place asked for, by kind and by the places right below it."""
    found = linked(session, filters.scope)
    base = _base(filters, {code for code, _kind in found})
    below = _below(base)
    kinds: dict[str, Linked] = defaultdict(Linked)
    places: dict[str, Linked] = defaultdict(Linked)
    for (code, kind), sums in found.items():
        kinds[kind.value] += sums
        places[below(code)] += sums
    names = registry.region_names(session, list(places))
    return LinkedPage(
        whole=sum(found.values(), Linked()),
        kinds=[
            LinkedRow(label(kind), "", kind.value, kinds[kind.value])
            for kind in ResourceKind
            if kind.value in kinds
        ],
        places=[
            LinkedRow(_place_name(code, names, base), code, "", places[code])
            for code in sorted(places)
        ],
    )


def minutes_said(minutes: int) -> str:
    """Time given, in hours."""
    return in_hours(minutes) if minutes else "—"


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def matching_table(found: Matching, filters: Filters) -> list[list[Cell]]:
    """The figures as a table to be saved; shares in percent, waits in hours."""
    head: list[Cell] = [
        _("分组"), _("名称"), _("需求"), _("数量已知"), _("数量不详"), _("已匹配"), _("已送达"),
        _("有送达的需求"), _("有送达的比例"), _("首次认领中位小时"), _("首次送达中位小时"),
        _("按时"), _("超时"), _("时限内"), _("按时比例"), _("模拟交付"),
    ]  # fmt: skip
    whole: list[Cell] = [_("全部"), _period(filters), *_cells(found.whole), found.simulated]
    return [
        head,
        whole,
        *_figure_rows(_("地点"), found.places),
        *_figure_rows(_("类别"), found.categories),
    ]


def _figure_rows(group: str, rows: Iterable[FigureRow]) -> list[list[Cell]]:
    return [[group, row.name, *_cells(row.figures), None] for row in rows]


def _cells(figures: NeedFigures) -> list[Cell]:
    return [
        figures.needs,
        figures.known,
        figures.unknown,
        share_said(figures.matched),
        share_said(figures.delivered),
        figures.reached,
        share_said(figures.reached_share),
        wait_said(figures.to_claim),
        wait_said(figures.to_delivery),
        figures.inside,
        figures.late,
        figures.running,
        share_said(figures.inside_share),
    ]


def linked_table(found: LinkedPage, filters: Filters) -> list[list[Cell]]:
    """What came as a table to be saved; people and times in columns of their own."""
    head: list[Cell] = [
        _("分组"), _("名称"), _("交付次数"), _("资金和物资价值（元）"), _("有价值的交付"),
        _("价值不详的交付"), _("服务分钟"), _("人"), _("人次"), _("其中模拟"),
    ]  # fmt: skip
    table: list[list[Cell]] = [head, [_("全部"), _period(filters), *_linked_cells(found.whole)]]
    groups: Sequence[tuple[str, list[LinkedRow]]] = (
        (_("形式"), found.kinds),
        (_("地点"), found.places),
    )
    for group, rows in groups:
        table += [[group, row.name, *_linked_cells(row.sums)] for row in rows]
    return table


def _linked_cells(sums: Linked) -> list[Cell]:
    return [
        sums.deliveries, sums.value, sums.valued, sums.unvalued, sums.minutes, sums.people,
        sums.times, sums.simulated,
    ]  # fmt: skip


def _period(filters: Filters) -> str:
    return f"{filters.since.isoformat()} – {filters.until.isoformat()}"
