"""Made-up needs and resources in any number: the same seed gives the same lists.

Categories of two kinds of frequency, places of a tree of provinces, cities, counties and streets,
things that both lists name, unknown quantities, windows that meet or do not.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

from projects.listings.matching import NeedFacts, ResourceFacts, house_rules

TODAY = date(2026, 3, 16)
_ITEMS = ("", "", "N95 口罩", "n95口罩", "轮椅", "大米")
_UNITS = ("", "个", "袋")


def make_lists(
    needs: int, resources: int, *, seed: int, provinces: int = 3, items: tuple[str, ...] = _ITEMS
) -> tuple[list[NeedFacts], list[ResourceFacts]]:
    """So many needs and resources with the ids 1, 2, …"""
    chance = random.Random(seed)
    rules = house_rules()
    kinds = sorted({need for need, _ in rules.kinds})
    categories = sorted({need for need, _ in rules.categories})
    groups = sorted({need for need, _ in rules.groups})

    def rest() -> int | None:
        return chance.choice((None, 0, 1, 5, 20, 100, 100)) if chance.random() < 0.7 else 30

    def window() -> tuple[date, date | None]:
        start = TODAY + timedelta(days=chance.randint(-30, 60))
        if chance.random() < 0.4:
            return start, None
        return start, start + timedelta(days=chance.randint(0, 90))

    def common(number: int) -> dict[str, object]:
        start, end = window()
        return {
            "id": number,
            "kind": chance.choice(kinds),
            "category": chance.choice(categories),
            "place": _place(chance, provinces),
            "item": chance.choice(items),
            "unit": chance.choice(_UNITS),
            "rest": rest(),
            "owner": chance.randint(0, 5),
            "starts_on": start,
            "ends_on": end,
        }

    wanted = [
        NeedFacts(
            **common(number),  # type: ignore[arg-type]  # as the fields are named
            group=chance.choice(groups),
            least_part=chance.choice((1, 1, 10)),
            is_urgent=chance.random() < 0.3,
            is_priority=chance.random() < 0.2,
        )
        for number in range(1, needs + 1)
    ]
    offered = []
    for number in range(1, resources + 1):
        fields = common(number)
        place = str(fields["place"])
        offered.append(
            ResourceFacts(
                **fields,  # type: ignore[arg-type]  # as the fields are named
                serves=place[: chance.choice([n for n in (2, 2, 4, 6, 9, 12) if n <= len(place)])],
                group=chance.choice((None, *groups)),
                reliability=chance.random(),
            )
        )
    return wanted, offered


def alike(
    needs: list[NeedFacts], resources: list[ResourceFacts], *, kind: str, category: str
) -> tuple[list[NeedFacts], list[ResourceFacts]]:
    """The same lists, all of one kind and category: everything depends on the rest."""
    return (
        [replace(one, kind=kind, category=category) for one in needs],
        [replace(one, kind=kind, category=category) for one in resources],
    )


def _place(chance: random.Random, provinces: int) -> str:
    """A code of any level, mostly of a street."""
    code = f"{40 + chance.randrange(provinces)}"
    length = chance.choice((2, 4, 6, 9, 9, 9, 12))
    for step, most in ((2, 12), (2, 10), (3, 8), (3, 9)):
        if len(code) < length:
            code += f"{chance.randint(1, most):0{step}}"
    return code
