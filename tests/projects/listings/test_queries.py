"""Cards, flows, trails and totals: the figures are the book's, and the questions stay few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from charity.donations.models import GiverKind
from charity.errors import NotFound
from charity.ledger.models import OutflowKind
from charity.money import ZERO, Money
from projects.listings import queries
from projects.listings.models import ProjectCategory
from projects.listings.queries import ProjectSort
from tests.conftest import SetClock
from tests.projects.listings.village import VILLAGE, Village

YUAN = Money.yuan


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements sent to the database inside the block."""
    sent: list[str] = []

    def note(*args: object) -> None:
        sent.append(str(args[2]))

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_twenty_cards_take_at_most_five_questions(village: Village) -> None:
    ids = [village.published(title=f"第 {n} 个项目").id for n in range(20)]
    village.session.flush()
    village.session.expunge_all()
    with counted(village.session) as sent:
        cards = queries.project_cards(village.session, ids)
    assert len(cards) == 20
    assert len(sent) <= 5, sent
    with counted(village.session) as sent:
        assert queries.project_cards(village.session, []) == []
    assert sent == []


def test_a_card_says_how_far_it_is(village: Village, tmp_path: Path) -> None:
    project = village.published()
    village.give(project, YUAN(1000))
    village.settle()
    village.give(project, YUAN(500))
    village.spend(project, YUAN(600), tmp_path, units=1)
    village.accept(project, 3)
    (card,) = queries.project_cards(village.session, [project.id])
    assert (card.title, card.category) == (project.title, ProjectCategory.ELDERLY_ADAPTATION)
    assert card.place == ("凤凰街道", "洪港村")
    assert card.organisation == "嘉和社工"
    assert (card.raised, card.spent, card.in_hand) == (YUAN(1500), YUAN(600), YUAN(900))
    assert card.raised == card.spent + card.in_hand
    assert card.gifts == 2
    assert (card.accepted, card.planned, card.unit) == (3, 26, "户")
    assert card.missing == YUAN(76_500)
    assert card.days_left == (date(2026, 12, 31) - date(2026, 3, 16)).days


def test_cards_keep_the_order_they_were_asked_in(village: Village) -> None:
    a, b = village.published().id, village.published(title="洪港村的第二个项目").id
    assert [c.id for c in queries.project_cards(village.session, [b, 10**9, a])] == [b, a]


def test_a_campaign_counts_its_days(village: Village, clock: SetClock) -> None:
    project = village.published(ends_on=date(2026, 3, 17), starts_on=date(2026, 3, 12))

    def left() -> int | None:
        return queries.project_cards(village.session, [project.id])[0].days_left

    assert left() == 1
    clock.advance(days=1)
    assert left() == 0
    clock.advance(days=1)
    assert left() is None


def test_the_list_filters_by_place_and_category(village: Village) -> None:
    here = village.published().id
    canteen = village.published(
        title="凤凰街道的幸福食堂",
        region_code="420704001",
        category=ProjectCategory.HAPPY_CANTEEN,
    ).id
    village.draft()

    def found(**chosen: object) -> list[int]:
        page = queries.published_page(village.session, **chosen)  # type: ignore[arg-type]
        assert page.total == len(page.items)
        return [card.id for card in page.items]

    assert sorted(found()) == [here, canteen]
    assert found(region_code=VILLAGE) == [here]
    assert sorted(found(region_code="420704")) == [here, canteen]
    assert found(region_code="420703") == []
    assert found(category=ProjectCategory.HAPPY_CANTEEN) == [canteen]
    assert found(text="食堂") == [canteen]
    assert found(text="%") == []


def test_orders_of_the_list(village: Village, clock: SetClock) -> None:
    late = village.published(title="截止晚的项目", ends_on=date(2026, 12, 31)).id
    clock.advance(hours=1)
    soon = village.published(title="截止早的项目", ends_on=date(2026, 4, 1)).id

    def order(sort: ProjectSort) -> list[int]:
        return [c.id for c in queries.published_page(village.session, sort=sort).items]

    assert order(ProjectSort.NEWEST) == [soon, late]
    assert order(ProjectSort.CLOSING) == [soon, late]
    clock.advance(days=30)
    assert order(ProjectSort.CLOSING) == [late, soon]


def test_pages_neither_repeat_nor_lose(village: Village) -> None:
    ids = {village.published(title=f"第 {n} 个项目").id for n in range(23)}
    pages = [queries.published_page(village.session, page=n) for n in (1, 2)]
    assert [len(page.items) for page in pages] == [20, 3]
    assert {card.id for page in pages for card in page.items} == ids


def test_nearly_there_puts_the_smallest_gap_first_and_leaves_out_what_is_full(
    village: Village,
) -> None:
    far = village.published(title="还差很多的项目")
    near = village.published(title="还差一点的项目")
    full = village.published(title="已经筹满的项目")
    village.give(near, YUAN(70_000))
    village.give(full, YUAN(78_000))
    assert [card.id for card in queries.nearly_there(village.session, 3)] == [near.id, far.id]


def test_the_flow_keeps_every_fen(village: Village, tmp_path: Path) -> None:
    project = village.published()
    village.give(project, YUAN(1000))
    village.give(project, YUAN(5000), kind=GiverKind.ENTERPRISE, name="鄂州某公司")
    village.settle()
    village.spend(project, YUAN(900), tmp_path)
    village.spend(project, YUAN(300), tmp_path)
    village.spend(project, YUAN(450), tmp_path, line=1, payee="王师傅")
    flow = queries.flow_of_project(village.session, project.id)
    assert {p.key: p.amount for p in flow.sources} == {"individual": 100_000, "enterprise": 500_000}
    assert [(u.line_name, u.payee_name, u.amount, u.count) for u in flow.uses] == [
        ("器材采购", "鄂州康护器材有限公司", YUAN(1200), 2),
        ("安装人工", "王师傅", YUAN(450), 1),
    ]
    assert flow.unspent == YUAN(4350)
    assert flow.raised == YUAN(6000)
    for parts in (flow.by_line(), flow.by_payee()):
        assert sum(part.amount for part in parts) == flow.raised.fen


def test_a_project_without_a_fund_has_an_empty_flow(village: Village) -> None:
    flow = queries.flow_of_project(village.session, village.draft().id)
    assert (flow.sources, flow.uses, flow.unspent) == ((), (), ZERO)
    with pytest.raises(NotFound):
        queries.flow_of_project(village.session, 0)


def test_the_trail_of_a_gift_names_what_it_paid(village: Village, tmp_path: Path) -> None:
    project = village.published()
    first = village.give(project, YUAN(200))
    second = village.give(project, YUAN(1000))
    village.settle()
    expense = village.spend(project, YUAN(600), tmp_path, units=2)
    village.accept(project, 1)
    trail = queries.donation_trail(village.session, second)
    assert trail.project is project
    assert trail.settled
    (step,) = trail.steps
    assert (step.amount, step.outflow_total, step.gifts) == (YUAN(400), YUAN(600), 2)
    assert step.kind is OutflowKind.EXPENSE
    assert step.share == 6666
    assert (step.expense_id, step.title) == (expense.id, "第 1 批扶手")
    assert (step.budget_line, step.payee_name) == ("器材采购", "鄂州康护器材有限公司")
    assert (step.deliverable, step.unit, step.units) == ("居家适老化改造", "户", 2)
    assert (step.accepted, step.planned) == (1, 26)
    assert step.paid_on == date(2026, 3, 16)
    assert len(step.voucher_ids) == 1
    assert trail.unspent == YUAN(600)
    assert trail.spent + trail.unspent == trail.amount == YUAN(1000)
    whole = queries.donation_trail(village.session, first)
    assert (whole.spent, whole.unspent) == (YUAN(200), ZERO)
    assert whole.interval is not None
    assert (whole.interval.start, whole.interval.stop) == (0, 20_000)


def test_a_gift_without_its_place_or_its_money_has_no_steps(village: Village) -> None:
    project = village.published()
    waiting = village.give(project, YUAN(200))
    trail = queries.donation_trail(village.session, waiting)
    assert trail.settled
    assert (trail.interval, trail.steps, trail.unspent) == (None, (), YUAN(200))
    waiting.entry_id = None
    trail = queries.donation_trail(village.session, waiting)
    assert not trail.settled
    assert (trail.steps, trail.unspent) == ((), ZERO)


def test_recent_spending_says_how_many_gave(village: Village, tmp_path: Path) -> None:
    project = village.published()
    for _ in range(3):
        village.give(project, YUAN(200))
    village.settle()
    village.spend(project, YUAN(500), tmp_path)
    village.spend(project, YUAN(50), tmp_path)
    latest, earlier = queries.recent_spending(village.session, 5)
    assert (latest.title, latest.amount, latest.gifts) == ("第 2 批扶手", YUAN(50), 1)
    assert (earlier.title, earlier.amount, earlier.gifts) == ("第 1 批扶手", YUAN(500), 3)
    assert earlier.project_title == project.title
    assert len(queries.recent_spending(village.session, 1)) == 1


def test_totals_are_those_of_the_year(village: Village, tmp_path: Path, clock: SetClock) -> None:
    project = village.published(ends_on=date(2027, 12, 31))
    village.give(project, YUAN(1000))
    village.settle()
    village.spend(project, YUAN(300), tmp_path)
    clock.advance(days=365)
    village.give(project, YUAN(77))
    of_2026 = queries.totals(village.session, 2026)
    assert (of_2026.raised, of_2026.gifts) == (YUAN(1000), 1)
    assert (of_2026.spent, of_2026.evidenced) == (YUAN(300), YUAN(300))
    assert (of_2026.projects, of_2026.places) == (1, 1)
    of_2027 = queries.totals(village.session, 2027)
    assert (of_2027.raised, of_2027.spent) == (YUAN(77), ZERO)
    assert queries.totals(village.session, 2020).raised == ZERO
