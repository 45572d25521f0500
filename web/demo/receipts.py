"""Receipts in the demo: most givers need none, some do, and the treasurer issues them in time."""

from __future__ import annotations

from datetime import timedelta

from stdnum.cn.uscc import calc_check_digit

from charity import clock
from charity.actor import Actor
from charity.donations import services as donations
from charity.donations.models import Donation, GiverKind
from charity.donations.queries.receipts import all_receipts_due
from web.demo.plans import GiftPlan, dice
from web.demo.stage import Stage

#: The code of the demo's batch of receipts, and how old a wish is when its receipt is issued.
BATCH_CODE = "42070126"
PATIENCE = timedelta(days=6)


def say(stage: Stage, donation: Donation, plan: GiftPlan) -> None:
    """What the giver says about a receipt: shops and units often want one, people seldom."""
    if not plan.name:
        return
    chance = dice("receipt", plan.key)
    is_person = plan.kind is GiverKind.INDIVIDUAL
    if chance.random() > (0.08 if is_person else 0.5):
        donations.waive_with_gift(stage.session, Actor.guest(), donation_id=donation.id)
        return
    code = "" if is_person else _credit_code(chance.randrange(10**8))
    donations.ask_receipt(
        stage.session,
        Actor.guest(),
        token=donation.trail_token,
        payer_name=plan.name,
        payer_uscc=code,
    )


def issue(stage: Stage, _: None) -> None:
    """The treasurer records the numbers of the receipts issued this week."""
    today = clock.today()
    for due in all_receipts_due(stage.session, None):
        if due.receipt is not None and due.arrived_on <= today - PATIENCE:
            chance = dice("receipt number", str(due.donation.id))
            donations.record_receipt(
                stage.session,
                stage.actor("treasurer"),
                donation_id=due.donation.id,
                batch_code=BATCH_CODE,
                number=f"{due.donation.id:010d}",
                check_code=f"{chance.getrandbits(24):06x}",
                issued_on=today,
            )


def _credit_code(number: int) -> str:
    """A made-up code that is well formed: an enterprise of this district."""
    front = f"91420704MA{number % 10**6:06d}{number // 10**6 % 10}"
    return front + str(calc_check_digit(front))
