"""Payments the law looks at: a village's own project, an advance with a voucher, a reward.

The village's first payout is agreed to, decided by the village and by the county, and waits for
its notice; the advance is paid and half accounted for; the reward waits for its approvers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from charity import clock
from charity.approvals.models import RequirementKind
from charity.evidence import PICTURE_TYPE, Evidence
from charity.money import Money
from charity.registry.models import OrganisationKind
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.models import Expense, PaymentKind
from web.demo import acts, district, giving, happy_homes, pictures
from web.demo.people import Person
from web.demo.plans import OrganisationPlan, ProjectPlan
from web.demo.stage import Stage, Step, enrol, register, verify

#: The village whose collective does its own project, and who speaks for it.
VILLAGE, OWNER, KEY = "420704103202", "hongcun", "village_path"
#: The project whose advance and reward are told.
PROJECT = "handrails"
#: A wave of filed plans that was open when the village's project began: its number, its filing.
WAVE, FILED, STARTS = 5, 112, 90


def steps(shown: set[str]) -> Iterator[Step]:
    """The village's project from its registration to its waiting payout; advance and reward."""
    plan = _project()
    yield Step(130, 600, enrol, Person(OWNER, "杜海英", ""))
    yield Step(128, 600, register, _collective())
    yield Step(126, 600, verify, _collective())
    yield Step(plan.starts + 8, 600, acts.draft, plan)
    yield Step(plan.starts + 5, 600, acts.submit, plan)
    yield Step(plan.starts + 1, 900, acts.publish, plan)
    for gift in giving.of_project(plan, 12):
        yield Step(gift.days, gift.minute, acts.give, gift)
    yield Step(12, 600, ask_for_village, None)
    yield Step(11, 600, agree, KEY)
    yield Step(10, 600, village_decides, None)
    yield Step(8, 600, county_agrees, None)
    if PROJECT in shown:
        yield Step(16, 600, ask_advance, None)
        yield Step(15, 600, agree, "advance")
        yield Step(13, 600, pay_advance, None)
        yield Step(5, 600, bring_voucher, None)
        yield Step(3, 600, ask_reward, None)


def _collective() -> OrganisationPlan:
    place = district.places()[VILLAGE]
    return OrganisationPlan(
        name=f"鄂城区{place}股份经济合作社",
        kind=OrganisationKind.VILLAGE_COLLECTIVE,
        uscc=next(iter(district.codes_of(OrganisationKind.VILLAGE_COLLECTIVE))),
        region_code=VILLAGE,
        introduction="村集体经济组织，自己做村里的互助项目，账目每季公开。",
        owner=OWNER,
        contact="杜海英",
        phone="0711-0000000",
        is_partner=True,
    )


def _project() -> ProjectPlan:
    plan = happy_homes.happy_home(97, VILLAGE, OWNER, STARTS, (WAVE, FILED))
    return replace(plan, key=KEY, fill=60, spends=0)


def ask_for_village(stage: Stage, plan: None) -> None:
    """The village asks for the first money of its project, to its own account."""
    collective = _collective()
    _ask(stage, KEY, KEY, OWNER, "第一批材料与工钱", PaymentKind.DIRECT, collective.name, most=3000)


def ask_advance(stage: Stage, plan: None) -> None:
    """Materials are bought before the work."""
    _ask(
        stage, PROJECT, "advance", "jiahe", "预付扶手材料款", PaymentKind.ADVANCE,
        "鄂州市康居适老用品经营部", most=300,
    )  # fmt: skip


def ask_reward(stage: Stage, plan: None) -> None:
    """For a household that was accepted, afterwards."""
    _ask(
        stage, PROJECT, "reward", "jiahe", "验收一户，以奖代补", PaymentKind.REWARD,
        "凤凰街道老匠人施工队", most=200, units=1,
    )  # fmt: skip


def _ask(
    stage: Stage,
    project: str,
    key: str,
    owner: str,
    title: str,
    kind: PaymentKind,
    payee: str,
    *,
    most: int,
    units: int | None = None,
) -> None:
    """Ask for at most so many yuan: what the line has left decides."""
    posted, day = stage.posted[project], clock.today() - timedelta(days=1)
    line = posted.line_ids[0]
    amount = min(Money.yuan(most), Money(queries.remaining_on_line(stage.session, line).fen // 2))
    number = f"DEMO{len(stage.expenses):06d}"
    made = spending.submit_expense(
        stage.session,
        stage.actor(owner),
        budget_line_id=line,
        deliverable_id=posted.deliverable_ids[0] if units else None,
        units=units,
        title=title,
        amount=amount,
        payee_name=payee,
        payee_account="6228480000123450000",
        voucher_number=number,
        spent_on=day,
        pictures=[
            pictures.voucher(number=number, day=day, title=title, amount=amount, payee=payee)
        ],
        files=stage.files,
        payment_kind=kind,
    )
    stage.expenses[key] = made.id


def agree(stage: Stage, key: str) -> None:
    """Two approvers agree."""
    for login in ("approver1", "approver2"):
        spending.approve_expense(stage.session, stage.actor(login), expense_id=stage.expenses[key])


def village_decides(stage: Stage, plan: None) -> None:
    """The village's assembly met, and its minutes are kept."""
    _meet(
        stage, stage.acceptor_of(VILLAGE), RequirementKind.VILLAGE_DECISION,
        "村民代表会议 31 人到会，29 人同意，用途和金额已念给大家听。",
    )  # fmt: skip


def county_agrees(stage: Stage, plan: None) -> None:
    """The federation's reviewer has read them."""
    _meet(stage, "reviewer", RequirementKind.COUNTY_APPROVAL, "材料齐全，同意拨付，先公示。")


def _meet(stage: Stage, login: str, kind: RequirementKind, note: str) -> None:
    expense = queries.expense(stage.session, stage.expenses[KEY])
    spending.meet_requirement(
        stage.session,
        stage.actor(login),
        expense_id=expense.id,
        kind=kind,
        note=note,
        papers=[_paper(expense, note)],
        files=stage.files,
    )


def _paper(expense: Expense, title: str) -> Evidence:
    """A sheet drawn here: nothing in it is a stranger's."""
    content = pictures.voucher(
        number=expense.voucher_number,
        day=clock.today(),
        title=title,
        amount=expense.amount,
        payee=expense.payee_name,
    )
    return Evidence(content, PICTURE_TYPE, 900, 600)


def pay_advance(stage: Stage, plan: None) -> None:
    """The treasurer pays it ahead."""
    spending.pay_expense(
        stage.session, stage.actor("treasurer"), expense_id=stage.expenses["advance"],
        paid_on=clock.today(), bank_reference=f"EZ{clock.today():%y%m%d}ADV",
    )  # fmt: skip


def bring_voucher(stage: Stage, plan: None) -> None:
    """Half of it is accounted for."""
    expense = queries.expense(stage.session, stage.expenses["advance"])
    spending.add_advance_voucher(
        stage.session,
        stage.actor("jiahe"),
        expense_id=expense.id,
        title="不锈钢扶手 2 套",
        amount=Money(max(1, expense.amount.fen // 2)),
        seller_name="鄂州市康居适老用品经营部",
        voucher_number="24420000000088880001",
        spent_on=clock.today(),
        paper=_paper(expense, "不锈钢扶手 2 套"),
        files=stage.files,
    )
