"""The other ways of giving in the demo: a pool, a team, a season, a month, promises and goods.

They stand on projects whose people sign in, so that whoever looks around finds each of them with
something in it and something left to do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from charity import clock
from charity.actor import Actor
from charity.donations import services as donations
from charity.donations.fitness import ItemDraft
from charity.donations.models import (
    GiverKind,
    GoodsCategory,
    GoodsCondition,
    InKindKind,
    PledgeKind,
    RefundCause,
    TeamKind,
)
from charity.donations.services import Promiser
from charity.donations.services.pools import Terms
from charity.ledger.models import ValuationBasis
from charity.money import Money
from web.demo import acts
from web.demo.plans import GiftPlan, dice
from web.demo.stage import OPERATOR_MODE, SYSTEM, Stage, Step

#: The project on which every way of giving can be seen.
PROJECT = "handrails"
#: The projects whose gifts the pool doubles.
MATCHED = ("handrails", "canteen", "children", "garden")
#: Days before loading on which the pool opens, the team is founded, the month begins.
POOL, TEAM, MONTH, SEASON = 30, 26, 68, 12
GUEST = Actor.guest()

TEAM_GIFTS = (
    (24, 200, "杜学军"),
    (24, 100, ""),
    (21, 66, "杜小兰"),
    (15, 300, ""),
    (3, 88, "杜海"),
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to the project, in days before loading."""

    key: str
    name: str
    kind: PledgeKind
    quantity: int = 1
    yuan: int = 0
    goods: str = ""
    unit: str = ""
    is_public: bool = False


PROMISES = (
    (34, Promise("shop", "莲花面馆", PledgeKind.MONEY, yuan=3_000, is_public=True)),
    (22, Promise("rice", "杜山米业合作社", PledgeKind.GOODS, 20, goods="10 公斤装大米", unit="袋")),
    (16, Promise("team", "湖畔义工", PledgeKind.HOURS, 1_200)),
)


def steps(shown: set[str]) -> Iterator[Step]:
    """Everything on the projects that are told; nothing where the main one is left out."""
    if PROJECT not in shown:
        return
    matched = tuple(key for key in MATCHED if key in shown)
    yield Step(POOL, 560, open_pool, matched)
    for days in range(POOL, -1, -1):
        yield Step(days, 1430, decide_matches, None)
    yield Step(TEAM, 600, found_team, None)
    for number, (days, yuan, name) in enumerate(TEAM_GIFTS):
        plan = GiftPlan(
            f"{PROJECT}:team{number}", PROJECT, days, 700 + 9 * number, yuan,
            GiverKind.INDIVIDUAL, name=name, is_public=bool(name), team="dushan",
        )  # fmt: skip
        yield Step(days, plan.minute, acts.give, plan)
    yield Step(MONTH, 620, begin_month, None)
    for days in range(MONTH - 1, -1, -1):
        yield Step(days, 480, turn_month, None)
    for days, promise in PROMISES:
        yield Step(days, 650, promise_something, promise)
    yield Step(20, 700, acts.give, _kept_in_part())
    yield Step(6, 660, offer_goods, None)
    yield Step(5, 660, hold_season, matched)
    yield Step(2, 660, ask_refund, None)


def _kept_in_part() -> GiftPlan:
    """A part of the shop's promise."""
    return GiftPlan(
        f"{PROJECT}:promise", PROJECT, 20, 700, 1_200, GiverKind.ENTERPRISE,
        name="莲花面馆", is_public=True, pledge="shop",
    )  # fmt: skip


def open_pool(stage: Stage, matched: tuple[str, ...]) -> None:
    """The treasurer opens the pool for which an enterprise gave the money."""
    opened = clock.today()
    pool = donations.create_pool(
        stage.session,
        stage.actor("treasurer"),
        fund_id=stage.funds["matching"],
        name="久久公益一比一配捐",
        sponsor_name="泽林五金店等十一家企业",
        terms=Terms(
            total=Money.yuan(30_000),
            starts_at=_at(opened),
            ends_at=_at(opened + timedelta(days=POOL + 45)),
            cap_per_gift=Money.yuan(200),
            cap_per_giver_day=Money.yuan(200),
            cap_per_campaign=Money.yuan(12_000),
        ),
        campaign_ids=[stage.posted[key].campaign_id for key in matched],
        salt=dice("pool", "salt").randbytes(32),
    )
    donations.open_pool(stage.session, stage.actor("treasurer"), pool_id=pool.id)
    stage.giving["pool"] = pool.id


def decide_matches(stage: Stage, plan: None) -> None:
    """In the evening the pool decides what asks, and pays what has cooled."""
    pool_id = stage.giving["pool"]
    donations.allot(stage.session, SYSTEM, pool_id=pool_id)
    for key in MATCHED:
        if key in stage.posted:
            donations.confirm(
                stage.session,
                SYSTEM,
                pool_id=pool_id,
                campaign_id=stage.posted[key].campaign_id,
                on=clock.today(),
            )


def found_team(stage: Stage, plan: None) -> None:
    """People of a village who live elsewhere give together."""
    team = donations.found_team(
        stage.session,
        GUEST,
        client_id=_uuid("team"),
        campaign_id=stage.posted[PROJECT].campaign_id,
        kind=TeamKind.VILLAGERS_AWAY,
        name="杜山村在外乡亲",
        captain_name="老杜",
        message="人在外面，给家里的老人添一副扶手。",
        target=Money.yuan(3_000),
        operator_mode=OPERATOR_MODE,
    )
    stage.giving["dushan"] = team.id


def begin_month(stage: Stage, plan: None) -> None:
    """Somebody gives 30 yuan every month, and pays the first month at once."""
    plan_ = donations.start_plan(
        stage.session,
        GUEST,
        client_id=_uuid("month"),
        campaign_id=stage.posted[PROJECT].campaign_id,
        amount=Money.yuan(30),
        day_of_month=min(clock.today().day, 28),
        giver=Promiser(name="周玉梅", name_is_public=True, key=f"{7:064x}"),
        gateway=stage.gateway,
        operator_mode=OPERATOR_MODE,
    )
    stage.giving["month"] = plan_.id
    acts.pay_gifts_of_plan(stage, plan_.id)


def turn_month(stage: Stage, plan: None) -> None:
    """What the calendar asks of the plan; its giver pays on the day, but for the last month."""
    donations.turn_plan(
        stage.session,
        SYSTEM,
        plan_id=stage.giving["month"],
        on=clock.today(),
        gateway=stage.gateway,
        operator_mode=OPERATOR_MODE,
    )
    if clock.today() < stage.today - timedelta(days=15):
        acts.pay_gifts_of_plan(stage, stage.giving["month"])


def promise_something(stage: Stage, plan: Promise) -> None:
    """A promise of money, goods or time."""
    pledge = donations.make_pledge(
        stage.session,
        GUEST,
        client_id=_uuid(plan.key),
        campaign_id=stage.posted[PROJECT].campaign_id,
        kind=plan.kind,
        promised_by=clock.today() + timedelta(days=30),
        giver=Promiser(kind=GiverKind.ENTERPRISE, name=plan.name, name_is_public=True),
        goods=plan.goods,
        unit=plan.unit,
        is_public=plan.is_public,
        operator_mode=OPERATOR_MODE,
        amount=Money.yuan(plan.yuan) if plan.yuan else None,
        quantity=plan.quantity,
    )
    stage.giving[plan.key] = pledge.id


def offer_goods(stage: Stage, plan: None) -> None:
    """Grab bars and rice are offered; the organisation has to answer."""
    donations.offer(
        stage.session,
        GUEST,
        client_id=_uuid("goods"),
        campaign_id=stage.posted[PROJECT].campaign_id,
        kind=InKindKind.GOODS,
        items=[
            ItemDraft(
                name="不锈钢扶手",
                quantity=24,
                unit="副",
                category=GoodsCategory.EQUIPMENT,
                condition=GoodsCondition.NEW,
                value=Money.yuan(1_920),
                basis=ValuationBasis.VOUCHER,
                evidence="购货发票 EZ0091",
            ),
            ItemDraft(
                name="10 公斤装大米",
                quantity=20,
                unit="袋",
                category=GoodsCategory.FOOD,
                condition=GoodsCondition.NEW,
                expires_on=clock.today() + timedelta(days=300),
            ),
        ],
        giver=Promiser(
            kind=GiverKind.ENTERPRISE,
            name="泽林五金店",
            name_is_public=True,
            contact="0711-5550123",
        ),
        handover="工作日上午，凤凰街道社工站门口",
        operator_mode=OPERATOR_MODE,
    )


def hold_season(stage: Stage, matched: tuple[str, ...]) -> None:
    """The operator and the federation hold a season of giving."""
    staff = stage.actor("treasurer")
    season = donations.plan_season(
        stage.session,
        staff,
        operator_id=stage.operator_id,
        name="第二届鄂城数字公益节",
        introduction="半个月里，四个项目一起募捐，一家一家把账公开。",
        starts_on=clock.today() - timedelta(days=SEASON),
        ends_on=clock.today() + timedelta(days=SEASON),
        organiser_ids=[stage.operator_id, stage.organisations["federation"]],
    )
    season_id = season.id
    for key in matched:
        donations.join_season(
            stage.session,
            staff,
            operator_id=stage.operator_id,
            season_id=season_id,
            campaign_id=stage.posted[key].campaign_id,
        )
    donations.publish_season(
        stage.session, staff, operator_id=stage.operator_id, season_id=season_id
    )


def ask_refund(stage: Stage, plan: None) -> None:
    """A giver paid too much; the treasurer asks, an approver has to agree."""
    payment = acts.payment_of(stage, f"{PROJECT}:team3")
    donations.request_refund(
        stage.session,
        stage.actor("treasurer"),
        payment_id=payment.id,
        amount=Money.yuan(200),
        cause=RefundCause.WRONG_AMOUNT,
        reason="捐赠人来电：想捐 100 元，多按了。",
        gateway=stage.gateway,
    )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), clock.CHINA)


def _uuid(key: str) -> str:
    chance: random.Random = dice("together", key)
    return acts.uuid_of(chance)
