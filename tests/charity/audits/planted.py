"""A book of 20,000 expenses that looks like life, and forty things in it that do not.

Written, with its seed, before any threshold was set (the history of this file shows it): what the
red flags find here is therefore no echo of how they were tuned. The clean part has what makes
alarms ring for nothing: rent of every month, one price many times, round advances, weekends at
work, busy vendors, a lively December, givers who are vendors, gifts in round sums.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from charity.audits.flags.facts import Absence, Approval, Facts, Gift, Mark, Payment, Picture

SEED = 20_251_123
SIZE = 20_000
PROJECTS = 60
VENDORS = 900
#: The sum from which more must agree: 50,000 yuan.
LIMIT = 5_000_000
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
DAYS = (LAST - FIRST).days + 1


@dataclass(frozen=True)
class Case:
    """One planted thing: the rule that should ask, and what it should be about."""

    rule: str
    name: str
    #: A flag finds the case when it names at least this.
    subjects: frozenset[str]
    #: Everything written for it: none of it counts as clean.
    planted: frozenset[str]


@dataclass
class Planted:
    """The book, its cases, and which project each payment is in."""

    facts: Facts
    cases: list[Case]
    project_of: dict[str, int] = field(default_factory=dict)


@dataclass
class _Pen:
    """Writes rows one after the other."""

    chance: random.Random
    payments: list[Payment] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    payee_marks: list[Mark] = field(default_factory=list)
    party_marks: list[Mark] = field(default_factory=list)
    since: dict[str, int] = field(default_factory=dict)
    givers: dict[str, frozenset[str]] = field(default_factory=dict)
    gone: dict[str, list[Absence]] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def pay(self, amount: int, day: date, payee: str, project: int, **said: object) -> str:
        """One expense with two approvals and a picture, in the way it usually goes."""
        number = len(self.payments) + 1
        subject = f"expense:{number}"
        maker = int(said.pop("maker", 1 + project % 9))  # type: ignore[call-overload]
        agreed = said.pop("agreed", day + timedelta(days=self.chance.randint(0, 6)))
        paid = said.pop("paid", agreed + timedelta(days=self.chance.randint(0, 5)))  # type: ignore[operator]
        approvers = said.pop("approvers", self.chance.sample(range(100, 108), 2))
        minute = said.pop("minute", None)
        picture = said.pop("picture", None)
        good: dict[str, object] = {
            "voucher": f"{self.chance.randrange(10**8):08}",
            "reference": f"BANK{number:09}",
            "maker": maker,
            "place": f"4207041{project:02}2{project % 7:02}",
            "paid_day": paid.toordinal(),  # type: ignore[attr-defined]
            "agreed_day": agreed.toordinal(),  # type: ignore[attr-defined]
        } | said
        self.payments.append(
            Payment(subject, amount, day.toordinal(), payee, project, **good)  # type: ignore[arg-type]
        )
        for person in approvers:  # type: ignore[attr-defined]
            at = self._minute() if minute is None else minute
            self.approvals.append(Approval(subject, person, agreed.toordinal(), at))  # type: ignore[attr-defined, arg-type]
        if picture is None:
            picture = (f"{self.chance.getrandbits(256):064x}", self.chance.getrandbits(128))
        self.pictures.append(Picture(subject, project, *picture))  # type: ignore[misc]
        self.since.setdefault(payee, day.toordinal())
        self.since[payee] = min(self.since[payee], day.toordinal())
        return subject

    def case(
        self, rule: str, name: str, planted: list[str], subjects: list[str] | None = None
    ) -> None:
        """Remember what was just planted."""
        found = frozenset(planted if subjects is None else subjects)
        self.cases.append(Case(rule, name, found, frozenset(planted)))

    def day(self) -> date:
        """A day of the two years: fewer on weekends, more in December."""
        while True:
            day = FIRST + timedelta(days=self.chance.randrange(DAYS))
            keep = 0.15 if day.weekday() >= 5 else 0.7
            if self.chance.random() < keep * (1.4 if day.month == 12 else 1.0):
                return day

    def amount(self) -> int:
        """A sum in fen as bills have it: many small ones, few large ones, some round."""
        while True:
            fen = round(self.chance.lognormvariate(11.9, 1.25))
            if 1_000 <= fen < 40_000_000:
                break
        way = self.chance.random()
        if way < 0.05:
            return max(100_000, round(fen, -5))
        if way < 0.30:
            return max(1_000, round(fen, -3))
        return fen if way < 0.7 else max(1_000, round(fen, -2))

    def _minute(self) -> int:
        """Mostly in office hours, sometimes in the evening, now and then late."""
        way = self.chance.random()
        if way < 0.90:
            return self.chance.randint(8 * 60, 18 * 60)
        return (
            self.chance.randint(18 * 60, 22 * 60 - 1)
            if way < 0.99
            else self.chance.randint(0, 1439)
        )


def make_planted(size: int = SIZE, seed: int = SEED) -> Planted:
    """The same book for the same seed, always."""
    pen = _Pen(random.Random(seed))
    for plant in _PLANTS:
        plant(pen)
    planted = {subject for case in pen.cases for subject in case.planted}
    _clean(pen, size - len(pen.payments))
    assert len(pen.cases) == 40
    facts = Facts(
        payments=pen.payments,
        approvals=pen.approvals,
        payee_marks=pen.payee_marks,
        party_marks=pen.party_marks,
        pictures=pen.pictures,
        gifts=pen.gifts,
        limits=(LIMIT,),
        payee_since=pen.since,
        givers_of_payee=pen.givers,
        absences=pen.gone,
    )
    assert planted <= {payment.subject for payment in pen.payments}
    return Planted(facts, pen.cases, {each.subject: each.project for each in pen.payments})


# ── life ─────────────────────────────────────────────────────────────────────────────────────────


def _clean(pen: _Pen, size: int) -> None:
    chance = pen.chance
    _parties(pen)
    _gifts(pen)
    end = len(pen.payments) + size
    _rents(pen)
    _one_price(pen)
    _stipends(pen)
    _laid_out(pen)
    while len(pen.payments) < end:
        project = chance.randrange(PROJECTS)
        # every project has some thirty vendors, its busiest ten times as busy as its last
        rank = min(int(chance.paretovariate(0.9)), 30)
        vendor = f"vendor:{(project * 15 + rank) % VENDORS}"
        amount = pen.amount()
        cash = amount <= 100_000 and chance.random() < 0.02
        pen.pay(amount, pen.day(), vendor, project, is_cash=cash)


def _rents(pen: _Pen) -> None:
    """The same sum to the same landlord in every month, on about the same day."""
    for project in range(0, PROJECTS, 2):
        rent, on = pen.chance.randrange(120_000, 900_000, 10_000), pen.chance.randint(1, 26)
        for month in range(24):
            first = date(2024 + month // 12, month % 12 + 1, on)
            day = min(first + timedelta(days=pen.chance.randint(0, 2)), LAST)
            pen.pay(rent, day, f"landlord:{project}", project)


def _one_price(pen: _Pen) -> None:
    """A price list: handrails of one price for one household after the other."""
    for project in range(5):
        day = pen.day()
        for _ in range(8):
            day = min(day + timedelta(days=pen.chance.randint(1, 12)), LAST)
            pen.pay(300_000, day, f"vendor:{project * 15 + 3}", project)


def _stipends(pen: _Pen) -> None:
    """A fixed subsidy to persons, each helped by one project or by two."""
    for number in range(900):
        for project in pen.chance.sample(range(PROJECTS), 2 if number % 20 == 0 else 1):
            pen.pay(
                50_000, pen.day(), f"person:{number}", project, is_fixed=True, person=f"p{number}"
            )


def _laid_out(pen: _Pen) -> None:
    """Staff are paid back what they laid out, small sums, in many projects."""
    for _ in range(700):
        amount = pen.chance.randrange(1_000, 60_000, 10)
        pen.pay(
            amount, pen.day(), f"staff:{pen.chance.randrange(12)}", pen.chance.randrange(PROJECTS)
        )


def _parties(pen: _Pen) -> None:
    """Every vendor and every manager has marks, and they are not the same."""
    for vendor in range(VENDORS):
        for kind in ("account", "phone", "address"):
            pen.payee_marks.append(Mark(f"vendor:{vendor}", kind, f"{kind}-v{vendor}"))
    for party in range(40):
        for kind in ("account", "phone", "address", "identity"):
            pen.party_marks.append(Mark(f"related_party:{party}", kind, f"{kind}-m{party}"))


def _gifts(pen: _Pen) -> None:
    """Gifts in round sums; vendors give as well, in quiet times."""
    for number in range(5_000):
        amount = pen.chance.choice((1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000))
        pen.gifts.append(
            Gift(f"gift:{number}", amount, pen.day().toordinal(), f"giver:{number % 2_500}")
        )
    long_ago = FIRST.toordinal() - 200
    for vendor in range(0, VENDORS, 30):
        pen.gifts.append(Gift(f"gift:v{vendor}", 20_000, long_ago, f"vendor:{vendor}"))


# ── the forty ────────────────────────────────────────────────────────────────────────────────────


def _digits(pen: _Pen) -> None:
    """RF-01: sums somebody thought up, each first digit as likely as another."""
    for project in (100, 101, 102):
        paid = []
        for number in range(340):
            fen = pen.chance.randint(1, 9) * 10 ** pen.chance.randint(3, 5)
            fen += pen.chance.randrange(fen // 10 + 1)
            paid.append(pen.pay(fen, pen.day(), f"thought-up:{project}:{number}", project))
        pen.case("RF-01", f"digits of {project}", paid, [f"fund:{project}"])


def _twice(pen: _Pen) -> None:
    """RF-02: the same bill again."""
    day = date(2024, 5, 14)
    for number, later in enumerate((0, 9, 28)):
        sum_, payee = 1_234_567 + number * 101_010, f"vendor:{40 + number}"
        pair = [
            pen.pay(sum_, day, payee, number),
            pen.pay(sum_, day + timedelta(later), payee, number),
        ]
        pen.case("RF-02", f"{later} days apart", pair)
    invoice = "24442000000012345678"
    pair = [
        pen.pay(880_000, day, "vendor:50", 3, voucher=invoice),
        pen.pay(640_050, day + timedelta(days=130), "vendor:50", 9, voucher=invoice),
    ]
    pen.case("RF-02", "one invoice in two projects", pair)
    pair = [
        pen.pay(712_300, day, "vendor:51", 4, reference="BANK-X1"),
        pen.pay(99_900, day + timedelta(days=3), "vendor:52", 4, reference="BANK-X1"),
    ]
    pen.case("RF-02", "one bank reference", pair)


def _round(pen: _Pen) -> None:
    """RF-03: every second sum a whole thousand of yuan."""
    for project in (110, 111, 112):
        paid = []
        for number in range(120):
            fen = pen.chance.randint(1, 30) * 100_000 if number % 2 else pen.amount() + 7
            paid.append(pen.pay(fen, pen.day(), f"round:{project}:{number % 40}", project))
        pen.case("RF-03", f"round sums of {project}", paid, [f"fund:{project}"])


def _just_under(pen: _Pen) -> None:
    """RF-04: a crowd of sums a little below what one more person would have to agree to."""
    for project in (120, 121, 122):
        paid = [
            pen.pay(
                pen.chance.randint(4_550_000, 4_990_000), pen.day(), f"under:{project}:{n}", project
            )
            for n in range(22)
        ]
        pen.case("RF-04", f"just under in {project}", paid, [f"fund:{project}"])


def _split(pen: _Pen) -> None:
    """RF-05: one bill above the limit in parts below it."""
    ways = ((2_800_000, 2_900_000), (1_900_000, 1_850_000, 1_700_000), (4_900_000, 400_000 * 2))
    for number, parts in enumerate((*ways, (1_500_000, 1_450_000, 1_400_000, 1_350_000))):
        day = date(2025, 3, 3 + number)
        paid = [
            pen.pay(
                part + 1_13 * step, day + timedelta(days=2 * step), f"split:{number}", 10 + number
            )
            for step, part in enumerate(parts)
        ]
        pen.case("RF-05", f"in {len(parts)} parts", paid)


def _cash(pen: _Pen) -> None:
    """RF-06: a project that runs on cash, and one large bill in cash."""
    for project in (130, 131):
        paid = [
            pen.pay(
                pen.chance.randint(20_000, 98_000), pen.day(), f"cash:{project}:{n}", project,
                is_cash=n % 2 == 0,
            )
            for n in range(60)
        ]  # fmt: skip
        pen.case("RF-06", f"cash in {project}", paid, [f"fund:{project}"])
    pen.case("RF-06", "one in cash", [pen.pay(812_000, pen.day(), "vendor:60", 7, is_cash=True)])


def _shared(pen: _Pen) -> None:
    """RF-07: the vendor's account, telephone or owner is a manager's."""
    for party, kind in enumerate(("account", "phone", "identity")):
        vendor = f"shared:{kind}"
        pen.payee_marks.append(Mark(vendor, kind, f"{kind}-m{party}"))
        paid = [pen.pay(pen.amount(), pen.day(), vendor, 20 + party) for _ in range(3)]
        pen.case("RF-07", f"by {kind}", paid)


def _hub(pen: _Pen) -> None:
    """RF-08: most of a project with one vendor, and a new vendor in many villages."""
    for project in (140, 141):
        paid = []
        for number in range(50):
            vendor = f"hub:{project}" if number % 5 else f"beside:{project}:{number}"
            paid.append(pen.pay(pen.chance.randint(300_000, 900_000), pen.day(), vendor, project))
        most = [s for s, n in zip(paid, range(50), strict=True) if n % 5]
        pen.case("RF-08", f"one vendor of {project}", paid, most)
    day = date(2025, 6, 2)
    paid = [
        pen.pay(
            pen.chance.randint(400_000, 900_000), day + timedelta(days=6 * n), "newcomer", 30 + n,
            place=f"42070410{n}20{n}",
        )
        for n in range(8)
    ]  # fmt: skip
    pen.case("RF-08", "new and everywhere", paid)


def _timing(pen: _Pen) -> None:
    """RF-09: at night, by oneself, in the last days of the year, before agreement."""
    paid = [
        pen.pay(
            pen.amount(),
            pen.day(),
            f"vendor:{70 + n}",
            12,
            approvers=[199, 100 + n % 8],
            minute=130,
        )
        for n in range(14)
    ]
    pen.case("RF-09", "at night", paid, ["person:199"])
    own = [pen.pay(pen.amount(), pen.day(), "vendor:90", 13, maker=103, approvers=[103, 104])]
    pen.case("RF-09", "one's own", own)
    rush = []
    for number in range(80):
        day = date(2025, 12, 20 + number % 12) if number % 4 else date(2025, 1 + number % 11, 9)
        rush.append(pen.pay(pen.chance.randint(200_000, 900_000), day, f"rush:{number % 30}", 150))
    pen.case("RF-09", "the end of the year", rush, ["fund:150"])
    day = date(2025, 4, 10)
    early = [
        pen.pay(
            pen.amount(),
            day,
            "vendor:91",
            14,
            agreed=day + timedelta(days=9),
            paid=day + timedelta(days=2),
        )
    ]
    pen.case("RF-09", "before agreement", early)


def _seen(pen: _Pen) -> None:
    """RF-10: the same photograph, and nearly the same, in two places."""
    for number, projects in enumerate(((15, 16), (17, 17))):
        picture = (f"{number + 1:064x}", pen.chance.getrandbits(128))
        pair = [
            pen.pay(pen.amount(), pen.day(), f"vendor:{92 + number}", p, picture=picture)
            for p in projects
        ]
        pen.case("RF-10", f"one photograph, {number}", pair)
    look = pen.chance.getrandbits(128)
    looks = (("a" * 64, look), ("b" * 64, look ^ (1 << 5) ^ (1 << 70)))
    pair = [
        pen.pay(pen.amount(), pen.day(), "vendor:95", 18 + n, picture=p)
        for n, p in enumerate(looks)
    ]
    pen.case("RF-10", "drawn a little smaller", pair)


def _overlap(pen: _Pen) -> None:
    """RF-11: one person in many projects, and one who died."""
    for number, many in enumerate((4, 5)):
        paid = [
            pen.pay(
                50_000, pen.day(), f"often:{number}", 22 + n, is_fixed=True, person=f"often{number}"
            )
            for n in range(many)
        ]
        pen.case("RF-11", f"in {many} projects", paid)
    pen.gone["late"] = [Absence(date(2025, 2, 1).toordinal())]
    late = pen.pay(50_000, date(2025, 6, 1), "late", 27, is_fixed=True, person="late")
    pen.case("RF-11", "after death", [late])


def _loop(pen: _Pen) -> None:
    """RF-12: who gives is paid, or the owner of who is paid."""
    day = date(2025, 5, 20)
    ways = (
        ("looped:0", "looped:0", 20),
        ("looped:1", "owner:1", 45),
        ("looped:2", "looped:2", -30),
    )
    for number, (payee, giver, later) in enumerate(ways):
        if giver != payee:
            pen.givers[payee] = frozenset({giver})
        pen.gifts.append(Gift(f"gift:loop{number}", 2_000_000, day.toordinal(), giver))
        paid = pen.pay(1_900_300, day + timedelta(days=later), payee, 31 + number)
        pen.case("RF-12", f"{later} days after the gift", [paid])


_PLANTS: tuple[Callable[[_Pen], None], ...] = (
    _digits, _twice, _round, _just_under, _split, _cash, _shared, _hub, _timing, _seen, _overlap,
    _loop,
)  # fmt: skip
