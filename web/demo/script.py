"""The script of the demo: who does what, how many days before loading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from charity.actor import Role
from charity.ledger.models import FundKind
from web.demo import (
    acts,
    annual,
    audits,
    budgets,
    costs,
    disclosures,
    district,
    ending,
    forces,
    giving,
    happy_homes,
    homeland,
    law_spending,
    listings,
    needs,
    other_books,
    project_life,
    receipts,
    related,
    resources,
    showcase,
    stage,
    standing,
    together,
    ventures,
)
from web.demo.people import ACCOUNTS, HUB, Person
from web.demo.plans import FilingPlan, FundPlan, GiftPlan, ProjectPlan, dice
from web.demo.stage import Step

#: The first day of the story.
BEGINNING = 245
#: How many there are of everything at full size, as in the district's year report.
SERVICES, HOMES, VILLAGE_FUNDS, GROUPS = 24, 84, 53, 60
#: The days on which waves of village projects and of funds begin.
HOME_WAVES = (210, 182, 154, 126, 98, 70, 44, 21)
FUND_WAVES = (200, 150, 100, 50)
#: Numbers of fundraising plans: waves first, then projects of their own.
_FIRST_OWN_PLAN, _FIRST_WAITING_PLAN = 21, 61
#: Organisations that come after the first day: who has a role there waits for them.
_LATER = ("federation", "foundation", "jiahe")
#: Where the open ends of spending are: each expense state, on projects whose people sign in.
OPEN_ENDS = {
    "handrails": ("paid", "returned", "approved", "one", "submitted"),
    "canteen": ("paid", "approved", "submitted"),
    "children": ("one", "returned"),
    "garden": ("submitted",),
    "guanliu": ("approved",),
}


def steps(scale: float = 1.0) -> list[Step]:
    """Every step in the order of time; `scale` below 1 tells a shorter story of the same shape."""
    services = max(8, round(SERVICES * scale))
    homes = _homes(max(4, round(HOMES * scale)), services)
    shown = showcase.projects(max(4, round(len(showcase.ROWS) * scale)), _FIRST_OWN_PLAN)
    owners = {plan.owner for plan in district.registered(services)}
    shown = [plan for plan in shown if plan.owner in owners]
    funds = _funds(max(2, round(VILLAGE_FUNDS * scale)))
    written = [
        *_beginning(services, max(3, round(GROUPS * scale))),
        *_filings(),
        *_projects([*homes, *shown], scale),
        *_opened_funds(funds, scale),
        *_waiting(owners),
        *other_books.steps(BEGINNING),
        *forces.steps(BEGINNING),
        *together.steps({plan.key for plan in shown}),
        *budgets.steps({plan.key for plan in shown}),
        *disclosures.steps(),
        *standing.steps(owners),
        *annual.steps(),
        *audits.steps(),
        *ending.steps({plan.key for plan in shown}, homes[0].owner),
        *related.steps({plan.key for plan in shown}),
        *law_spending.steps({plan.key for plan in shown}),
        *needs.steps(owners),
        *listings.steps({plan.key for plan in shown}, owners),
        *resources.steps(owners),
        *homeland.steps(owners),
        *ventures.steps(owners),
        *project_life.steps(
            {plan.key for plan in shown},
            [
                each
                for each in showcase.waiting(len(showcase.WAITING), _FIRST_WAITING_PLAN)
                if each[1].owner in owners
            ],
        ),
        *_evenings(),
    ]
    return sorted(written, key=lambda step: (-step.days, step.minute))


def _beginning(services: int, groups: int) -> Iterator[Step]:
    registered = district.registered(services)
    yield Step(BEGINNING, 540, stage.found, district.operator())
    printed = {person.login for person in ACCOUNTS}
    owners = [Person(plan.owner, plan.contact, "") for plan in registered
              if plan.owner not in printed]  # fmt: skip
    for person in (*ACCOUNTS, HUB, *owners, *_acceptors()):
        yield Step(BEGINNING, 560, stage.enrol, person)
        if person.where not in _LATER:
            yield Step(BEGINNING, 570, stage.appoint, person)
    for number, plan in enumerate(registered):
        yield Step(BEGINNING - 2 - number % 5, 600 + number, stage.register, plan)
        yield Step(BEGINNING - 9, 600 + number, stage.verify, plan)
    for person in ACCOUNTS:
        if person.where in _LATER:
            yield Step(BEGINNING - 9, 1000, stage.appoint, person)
    for number, plan in enumerate(district.groups(groups)):
        days = 230 - number * 215 // groups
        yield Step(days, 640, stage.register, plan)
        yield Step(days - 3, 650, stage.verify, plan)
    *waiting, returned = district.newcomers()
    for number, plan in enumerate(waiting):
        yield Step(number, 500, stage.register, plan)
    yield Step(7, 500, stage.register, returned)
    yield Step(5, 900, stage.send_back, returned)


def _acceptors() -> list[Person]:
    """One for each street that has no printed one: named after the street's code."""
    known = {person.where for person in ACCOUNTS}
    return [
        Person(f"village{code[6:]}", f"{name}验收人", "", Role.ACCEPTOR, code)
        for code, name in district.streets().items()
        if code not in known
    ]


def _filings() -> Iterator[Step]:
    for number, wave in enumerate(HOME_WAVES, 1):
        plan = FilingPlan(number, f"幸福家园村社互助项目第{number}批", wave + 14, wave, -160)
        yield Step(plan.filed, 600, acts.file_plan, plan)
    for number, wave in enumerate(FUND_WAVES, 11):
        plan = FilingPlan(number, f"村（社区）慈善基金第{number - 10}批", wave + 14, wave, -200)
        yield Step(plan.filed, 610, acts.file_plan, plan)


def _homes(count: int, services: int) -> list[ProjectPlan]:
    """Villages all over the district; the organisation is the street's own where there is one."""
    posting = district.service_organisations(services)
    by_street = {district.DISTRICT + row["street"]: row["login"] for row in reversed(posting)}
    names = [row["login"] for row in posting]
    taken = {row[2] for row in (*showcase.ROWS, *showcase.WAITING)}
    codes = [code for code in district.villages() if code not in taken][:count]
    plans = []
    for number, code in enumerate(codes):
        chance = dice("posts", code)
        owner = by_street.get(code[:9], "jiahe") if chance.random() < 0.7 else chance.choice(names)
        wave = number * len(HOME_WAVES) // len(codes)
        starts = HOME_WAVES[wave] - chance.randrange(6)
        filed = HOME_WAVES[wave] + 14
        plans.append(happy_homes.happy_home(number, code, owner, starts, (wave + 1, filed)))
    return plans


def _projects(plans: Sequence[ProjectPlan], scale: float) -> Iterator[Step]:
    for number, plan in enumerate(plans):
        minute = 520 + number % 60
        yield Step(plan.starts + 8, minute, acts.draft, plan)
        yield Step(plan.starts + 5, minute, acts.submit, plan)
        yield Step(plan.starts + 1, minute + 300, acts.publish, plan)
        gifts = giving.of_project(plan, max(12, round(400 * scale)))
        yield from _gifts(gifts)
        yield from _spending(plan, gifts)
    yield from _gifts(giving.of_today([plan.key for plan in plans[-4:]]))


def _gifts(gifts: Sequence[GiftPlan]) -> Iterator[Step]:
    for gift in gifts:
        yield Step(gift.days, gift.minute, acts.give, gift)


def _spending(plan: ProjectPlan, gifts: Sequence[GiftPlan]) -> Iterator[Step]:
    for number, expense in enumerate(costs.of_project(plan, gifts, OPEN_ENDS.get(plan.key, ()))):
        days, minute = expense.days, 560 + 7 * (number % 10)
        yield Step(days, minute, acts.ask, expense)
        if expense.fate == "returned":
            yield Step(days - 2, minute, acts.refuse, expense)
        if expense.fate in ("one", "approved", "paid"):
            yield Step(days - 1, minute, acts.agree, expense)
        if expense.fate in ("approved", "paid"):
            yield Step(days - 2, minute + 240, acts.agree_too, expense)
        if expense.fate != "paid":
            continue
        yield Step(days - 4, minute + 300, acts.pay, expense)
        delivery = costs.delivery_of(plan, expense)
        if delivery is not None:
            yield Step(days - 8, minute, acts.report, delivery)
            if days >= costs.SEEN_AFTER:
                yield Step(days - costs.SEEN_AFTER, minute + 200, acts.accept, delivery)


def _funds(villages: int) -> list[FundPlan]:
    """The funds of villages, and of two streets."""
    names = [district.places()[code] for code in reversed(district.villages())][:villages]
    kinds = [(name, FundKind.VILLAGE_MUTUAL_AID) for name in names]
    kinds += [("凤凰街道", FundKind.STREET), ("西山街道", FundKind.STREET)]
    plans = []
    for number, (name, kind) in enumerate(kinds):
        chance = dice("fund", name)
        wave = number % len(FUND_WAVES)
        is_street = kind is FundKind.STREET
        target = 50000 if is_street else chance.randrange(10000, 30001, 2000)
        plans.append(
            FundPlan(f"fund{number}", name, kind, target, FUND_WAVES[wave],
                     -180, 11 + wave, chance.randint(25, 85))
        )  # fmt: skip
    return plans


def _opened_funds(plans: Sequence[FundPlan], scale: float) -> Iterator[Step]:
    for number, plan in enumerate(plans):
        yield Step(plan.starts + 1, 900 + number, acts.open_fund, plan)
        yield from _gifts(giving.of_fund(plan, max(3, round(40 * scale))))


def _waiting(owners: set[str]) -> Iterator[Step]:
    """Projects that are being written, wait for a reviewer, or came back."""
    for number, (state, plan) in enumerate(
        showcase.waiting(len(showcase.WAITING), _FIRST_WAITING_PLAN)
    ):
        if plan.owner not in owners:
            continue
        days, minute = plan.plan_filed - 5, 560 + 11 * number
        days = max(2, days) if state == "returned" else max(1, days)
        yield Step(days, minute, acts.draft, plan)
        if state != "draft":
            yield Step(days, minute + 300, acts.submit, plan)
        if state == "returned":
            yield Step(1, minute + 60, acts.give_back, plan)


def _evenings() -> Iterator[Step]:
    """Clearing on every seventh day, a seal on every day; today's as the last thing of all."""
    for days in range(BEGINNING, -1, -1):
        if days % 7 == 1:
            yield Step(days, 990, acts.bank, None)
            yield Step(days, 1000, receipts.issue, None)
        yield Step(days, 1437, acts.seal, None)
