"""What is bought with the gifts and what was done with it: expenses and deliveries of a project."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from web.demo.plans import DeliveryPlan, ExpensePlan, GiftPlan, ProjectPlan, dice

#: Gifts this many days old are surely in the bank: clearing is weekly.
IN_THE_BANK = 9
#: Days from asking to the village having seen what was bought.
SEEN_AFTER = 14
#: Percent of what has come in that may be asked for, so that no fund is ever empty by accident.
PRUDENT = 88
#: The ways of an expense whose story is not over: how many days ago it was asked for. One that is
#: paid has its goods reported, and the village has not looked yet.
OPEN_FATES = {"submitted": 1, "one": 3, "approved": 5, "returned": 6, "paid": 11}

NOTES = ("照片已上传，请到现场看。", "已交付使用一周，没有返工。", "本批全部装完，村里试用过。")
ANSWERS = (
    "逐一看过，数量相符。",
    "现场点数一致，质量可以。",
    "试用正常，同意验收。",
    "与公示一致，村民满意。",
)
#: Yuan below which nobody would trouble two approvers and a treasurer.
LEAST_OPEN = 400


@dataclass
class Purse:
    """What a project may still ask for while its expenses are planned, day by day."""

    plan: ProjectPlan
    gifts: Sequence[GiftPlan]
    chance: random.Random
    asked: int = 0
    on_line: dict[int, int] = field(default_factory=dict)
    units: int = 0
    #: Units that are left for expenses still to come.
    kept: int = 0

    def free(self, days: int) -> int:
        """Yuan that are in the bank by that day and not asked for."""
        came = sum(gift.yuan for gift in self.gifts if gift.days >= days + IN_THE_BANK)
        return came * PRUDENT // 100 - self.asked - self.kept * self.plan.unit_price

    def take(
        self, number: int, days: int, fate: str, most: int | None = None
    ) -> ExpensePlan | None:
        """The next expense on that day, None where the money does not reach."""
        asks_for_work = number % 3 == 2 and self.plan.lines[1].yuan > self.on_line.get(1, 0)
        taken = self._work(days) if asks_for_work else self._goods(days, most)
        if taken is None:
            return None
        line, units, yuan, title = taken
        self.asked += yuan
        self.on_line[line] = self.on_line.get(line, 0) + yuan
        self.units += units or 0
        plan = self.plan
        return ExpensePlan(
            f"{plan.key}:{number}", plan.key, plan.owner, days, line, units, yuan, title,
            plan.payees[line], f"{self.chance.randrange(10**7, 10**8)}", fate,
        )  # fmt: skip

    def _goods(self, days: int, most: int | None) -> tuple[int, int | None, int, str] | None:
        name, unit, _, target = self.plan.deliverable
        price = self.plan.unit_price
        usual = max(1, target // max(2, self.plan.spends))
        units = min(
            most or self.chance.randint(max(1, usual * 2 // 3), usual + 1),
            target - self.units - self.kept,
            self.free(days) // price,
        )
        if units < 1:
            return None
        title = f"{self.plan.lines[0].name}：{name}{units}{unit}"
        return 0, units, units * price, title

    def _work(self, days: int) -> tuple[int, int | None, int, str] | None:
        line = self.plan.lines[1]
        left = line.yuan - self.on_line.get(1, 0)
        yuan = min(left, max(100, line.yuan * 2 // 5 // 100 * 100), self.free(days))
        if yuan < 100:
            return None
        return 1, None, yuan, f"{line.name}（第{1 + self.on_line.get(1, 0) // yuan}次结算）"


def of_project(
    plan: ProjectPlan, gifts: Sequence[GiftPlan], fates: Sequence[str] = ()
) -> list[ExpensePlan]:
    """The paid expenses of a project in order of time, then one for each open fate."""
    chance = dice("costs", plan.key)
    lot = max(1, -(-LEAST_OPEN // plan.unit_price))
    purse = Purse(plan, gifts, chance, kept=lot * len(fates))
    first, last = max(plan.starts - 24, 9), 9
    wanted = plan.spends + len(fates)
    days = sorted((chance.randint(last, first) for _ in range(plan.spends)), reverse=True)
    planned = [purse.take(number, day, "paid") for number, day in enumerate(days)]
    for number, fate in enumerate(fates, start=plan.spends):
        purse.kept -= lot
        planned.append(purse.take(number * 3, OPEN_FATES[fate], fate, most=lot))
    made = [expense for expense in planned if expense is not None]
    return [replace(each, key=f"{plan.key}:{n}") for n, each in enumerate(made[:wanted])]


def delivery_of(plan: ProjectPlan, expense: ExpensePlan) -> DeliveryPlan | None:
    """What an expense for goods brings about, to be claimed and accepted."""
    if expense.units is None or expense.fate != "paid":
        return None
    chance = dice("delivery", expense.key)
    return DeliveryPlan(
        expense.key, plan.key, plan.owner, plan.region_code, expense.units,
        chance.choice(NOTES), chance.choice(ANSWERS),
    )  # fmt: skip
