"""Where one gift went: its pieces in the ledger, joined with what each of them paid and made.

That is what a giver may ask for at any time (CHA-146).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from charity.donations.models import Donation
from charity.ledger.lines import Interval
from charity.ledger.models import OutflowKind
from charity.ledger.tracing import GiftTrail, TrailStep, trail_of_entry
from charity.money import ZERO, Money
from charity.spending import queries as spending
from charity.spending.models import Expense
from projects.listings.models import Project
from projects.listings.queries.single import project_of_campaign


@dataclass(frozen=True, slots=True)
class DonationStep:
    """One piece of a gift that left the fund. Amounts in fen, days in China.

    Of a fee, a refund or what another organisation paid only the ledger knows; then everything
    about an expense is None. `fund` names where it was spent, empty for the gift's own fund.
    """

    amount: Money
    kind: OutflowKind
    entry_id: int
    occurred_on: date
    #: The whole payment, how many gifts paid it, and this gift's part of it in 1/10000.
    outflow_total: Money
    gifts: int
    share: int
    fund: str = ""
    expense_id: int | None = None
    title: str | None = None
    budget_line: str | None = None
    payee_name: str | None = None
    paid_on: date | None = None
    voucher_ids: tuple[int, ...] = ()
    #: What the payment made: so many units of a deliverable, of which so many are accepted so far.
    deliverable: str | None = None
    unit: str = ""
    units: int | None = None
    accepted: int = 0
    planned: int = 0


@dataclass(frozen=True, slots=True)
class HeldElsewhere:
    """Money of a gift that was granted on and is still in hand in that other fund."""

    fund_id: int
    fund: str
    amount: Money


@dataclass(frozen=True, slots=True)
class DonationTrail:
    """The way of one gift, oldest piece first; `amount` = Σ steps + `unspent`.

    Of what is unspent, `elsewhere` lies in funds that the gift's own fund granted to.

    `interval` is the gift's fen on the project's line, None until it has its place (已到账,
    待入账序); of the line's `line_end` fen, `line_spent` have left.
    """

    project: Project | None
    settled: bool
    amount: Money
    interval: Interval | None
    line_end: int
    line_spent: int
    steps: tuple[DonationStep, ...]
    unspent: Money
    elsewhere: tuple[HeldElsewhere, ...] = ()

    @property
    def unspent_here(self) -> Money:
        """What is still in hand in the gift's own fund."""
        return self.unspent - Money.total(part.amount for part in self.elsewhere)

    @property
    def spent(self) -> Money:
        """What of the gift has left for good, fees included."""
        return Money.total(step.amount for step in self.steps)


def donation_trail(session: Session, donation: Donation) -> DonationTrail:
    """Follow a gift to the expenses and deliverables it paid, by the book's first-in-first-out.

    Before its money is there the trail has no steps and nothing unspent.
    """
    project = project_of_campaign(session, donation.campaign_id)
    if donation.entry_id is None:
        return DonationTrail(project, False, donation.amount, None, 0, 0, (), ZERO)
    trail = trail_of_entry(session, donation.entry_id)
    parts = [
        (gone, stage.fund if stage.fund_id != trail.root.fund_id else "")
        for stage in trail.stages
        for step in stage.steps
        for gone in step.gone()
    ]
    expenses = spending.expense_by_entry_sources(session, [step.source for step, _ in parts])
    accepted = _accepted(session, expenses.values())
    return DonationTrail(
        project=project,
        settled=True,
        amount=trail.amount,
        interval=trail.interval,
        line_end=trail.line_end,
        line_spent=trail.line_spent,
        steps=tuple(_step(step, expenses.get(step.source), accepted, fund) for step, fund in parts),
        unspent=trail.unspent,
        elsewhere=_elsewhere(trail),
    )


def _elsewhere(trail: GiftTrail) -> tuple[HeldElsewhere, ...]:
    """What lies in other funds, one row for each."""
    sums: dict[tuple[int, str], Money] = {}
    for stage in trail.in_hand:
        if stage.fund_id != trail.root.fund_id:
            key = (stage.fund_id, stage.fund)
            sums[key] = sums.get(key, ZERO) + stage.in_hand
    return tuple(HeldElsewhere(*key, amount) for key, amount in sums.items())


def _accepted(session: Session, expenses: Collection[Expense]) -> dict[int, int]:
    """Accepted units so far of what these expenses pay for, by deliverable."""
    budgets = {expense.budget_line.budget_id for expense in expenses if expense.deliverable}
    progress = spending.deliverable_progress(session, sorted(budgets))
    return {p.deliverable.id: p.accepted for rows in progress.values() for p in rows}


def _step(
    step: TrailStep, expense: Expense | None, accepted: dict[int, int], fund: str
) -> DonationStep:
    share = step.amount.fen * 10_000 // step.outflow_total.fen
    if expense is None:
        return DonationStep(
            step.amount,
            step.kind,
            step.entry_id,
            step.occurred_on,
            step.outflow_total,
            step.gifts,
            share,
            fund,
        )
    made = expense.deliverable
    return DonationStep(
        amount=step.amount,
        kind=step.kind,
        entry_id=step.entry_id,
        occurred_on=step.occurred_on,
        outflow_total=step.outflow_total,
        gifts=step.gifts,
        share=share,
        fund=fund,
        expense_id=expense.id,
        title=expense.title,
        budget_line=expense.budget_line.name,
        payee_name=expense.payee_name,
        paid_on=expense.payout.paid_on if expense.payout else None,
        voucher_ids=tuple(voucher.id for voucher in expense.vouchers),
        deliverable=made.name if made else None,
        unit=made.unit if made else "",
        units=expense.units,
        accepted=accepted.get(made.id, 0) if made else 0,
        planned=made.target if made else 0,
    )
