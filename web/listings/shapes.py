"""What the project pages draw: cards, the flow with its words and links, and the give panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from charity.money import Money
from charity.spending.models import Deliverable
from projects.listings import flow as drawing
from projects.listings.models import Project
from projects.listings.queries import Flow, ProjectCard, Use
from web.charts.views import LinkView, NodeView, RowView, SankeyView
from web.filters import yuan
from web.labels import label
from web.listings.forms import GiveForm, plain

#: A label beside the flow has no more room than this on one line.
LABEL_CHARACTERS = 13
#: Sums people give; a unit's cost joins them where it is of the same order.
PRESETS = (Money.yuan(50), Money.yuan(200), Money.yuan(1000))
CHOSEN = PRESETS[1]


@dataclass(frozen=True, slots=True)
class CardView:
    """A project card with its words (macros/cards.html)."""

    title: str
    url: str
    category_label: str
    place: str
    organisation: str
    raised: Money
    target: Money
    spent: Money
    in_hand: Money
    accepted: int
    planned: int
    unit: str
    days_left: int | None


def card_view(card: ProjectCard) -> CardView:
    """Put the words to a card."""
    return CardView(
        title=card.title,
        url=url_for("listings.detail", project_id=card.id),
        category_label=str(label(card.category)),
        place=" · ".join(card.place),
        organisation=card.organisation,
        raised=card.raised,
        target=card.target,
        spent=card.spent,
        in_hand=card.in_hand,
        accepted=card.accepted,
        planned=card.planned,
        unit=card.unit,
        days_left=card.days_left,
    )


def sankey_by_line(project: Project, flow: Flow) -> SankeyView:
    """The small flow: who gave, and the budget lines it was spent under."""
    names = {f"line:{line.id}": line.name for line in project.budget.lines}
    there = url_for("listings.flow", project_id=project.id)
    return _sankey(
        drawing.layout(flow.sources, flow.by_line(), width=700, margins=(120, 180)),
        names,
        lambda key: there if key.startswith("line:") else None,
    )


def sankey_by_payee(project: Project, flow: Flow) -> SankeyView:
    """The whole flow: who gave, and who was paid under which line; a use leads to its vouchers."""
    names = {f"use:{i}": _use_name(use) for i, use in enumerate(flow.uses)}
    here = {f"use:{i}": f"#line-{use.line_id}" for i, use in enumerate(flow.uses)}
    picture = drawing.layout(
        flow.sources, flow.by_payee(), width=1080, height=320, margins=(150, 330)
    )
    return _sankey(picture, names, here.get, characters=24)


def _use_name(use: Use) -> str:
    return f"{use.line_name} · {use.payee_name}"


def _sankey(
    picture: drawing.Layout,
    names: dict[str, str],
    href: Callable[[str], str | None],
    characters: int = LABEL_CHARACTERS,
) -> SankeyView:
    def word(key: str) -> str:
        return names.get(key) or part_name(key)

    def node(bar: drawing.Node) -> NodeView:
        side, at = _anchor(bar)
        shown = _shortened(word(bar.key), characters)
        return NodeView(
            bar.x, bar.y, bar.w, bar.h, shown, Money(bar.amount), at, side, _kind(bar.kind)
        )

    links = [
        LinkView(
            link.path,
            _(
                "%(a)s → %(b)s：%(sum)s",
                a=word(link.source),
                b=word(link.target),
                sum=yuan(Money(link.amount)),
            ),
            link.kind,
            href(link.target),
        )
        for link in picture.links
    ]
    rows = [
        RowView(word(row.source), word(row.target), Money(row.amount), href(row.target))
        for row in picture.rows
    ]
    nodes = [node(bar) for bar in picture.nodes]
    return SankeyView(picture.width, picture.height, nodes, links, rows)


def part_name(key: str) -> str:
    """The words for a part of a flow that is no budget line."""
    names = {
        "individual": _("个人"),
        "enterprise": _("企业"),
        "unit": _("机关与单位"),
        "unknown": _("已注销资料的捐赠人"),
        "fund": _("项目专账"),
        "fees": _("支付手续费"),
        "unspent": _("在账未用"),
        "granted_in": _("其他基金拨入"),
        "granted_out": _("拨给其他基金"),
        "refunded": _("退还"),
        "costs": _("其他支出"),
        "government": _("政府"),
        "community": _("社区"),
        "others": _("其他"),
    }
    return str(names.get(key, key))


def _kind(kind: str) -> str:
    return "" if kind == drawing.FUND else kind


def _anchor(bar: drawing.Node) -> tuple[str, int]:
    """Which way a bar's label runs, and from where."""
    match bar.column:
        case 0:
            return "end", bar.x - 8
        case 1:
            return "middle", bar.x + bar.w // 2
        case _:
            return "start", bar.x + bar.w + 8


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def give_form(deliverables: Sequence[Deliverable]) -> tuple[GiveForm, dict[str, str]]:
    """The amounts to choose from as a form, and what each of them pays for."""
    amounts, notes = offered(deliverables)
    return GiveForm(amounts, CHOSEN), notes


def offered(deliverables: Sequence[Deliverable]) -> tuple[list[Money], dict[str, str]]:
    """The amounts to choose from and what each of them pays for, where it pays for a whole unit."""
    first = next((d for d in deliverables if d.unit_cost), None)
    amounts, notes = list(PRESETS), {}
    if first is not None and first.unit_cost.fen % 100 == 0:
        cost = first.unit_cost
        if Money.yuan(20) <= cost <= Money.yuan(20_000):
            amounts = sorted({*amounts, cost})
            notes[plain(cost)] = _("整整 1 %(unit)s", unit=first.unit)
        for amount in amounts:
            if amount > cost and amount.fen % cost.fen == 0:
                many = amount.fen // cost.fen
                notes[plain(amount)] = _("%(n)s %(unit)s", n=many, unit=first.unit)
    return amounts, notes
