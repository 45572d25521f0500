"""The world of matching: a campaign, a pool with money behind it, gifts that ask."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import services
from charity.donations.giver_keys import giver_key
from charity.donations.models import (
    Donation,
    Match,
    MatchingPool,
    MatchReturn,
    MatchState,
    MatchSum,
    Refund,
    RefundCause,
    RefundKind,
    RefundPath,
    RefundState,
)
from charity.donations.queries import pools
from charity.donations.services import Terms
from charity.donations.services.consequences import gift_refunded
from charity.donations.services.pool_sums import held, promised
from charity.ledger import services as ledger
from charity.ledger.models import Fund, FundKind, Line, LineHead
from charity.money import ZERO, Money
from tests.charity.donations.giving import SYSTEM, Giving
from tests.factories import make_actor

SECRET = b"a secret of the tests alone"
TERMS = Terms(
    total=Money.yuan(1_000),
    starts_at=datetime(2026, 3, 1, tzinfo=UTC),
    ends_at=datetime(2026, 3, 31, tzinfo=UTC),
    cap_per_giver_day=Money.yuan(200),
)
TODAY, COOLED = date(2026, 3, 16), date(2026, 3, 23)


@dataclass
class Pooling:
    """A pool of the charity of `giving`, and who keeps it."""

    giving: Giving
    treasurer: Actor
    fund: Fund

    @property
    def session(self) -> Session:
        """The session of the gifts."""
        return self.giving.session

    def draft(self, terms: Terms = TERMS, **changed: object) -> MatchingPool:
        """Draw up a pool for the campaign."""
        told: dict[str, object] = {
            "fund_id": self.fund.id,
            "name": "九月配捐",
            "sponsor_name": "甲公司",
            "terms": terms,
            "campaign_ids": [self.giving.campaign.id],
            "salt": b"s" * 32,
        }
        return services.create_pool(self.session, self.treasurer, **{**told, **changed})  # type: ignore[arg-type]

    def open(self, terms: Terms = TERMS, **changed: object) -> MatchingPool:
        """A pool that matches, its fund filled with its sum."""
        pool = self.draft(terms, **changed)
        self.fill(pool.total)
        return services.open_pool(self.session, self.treasurer, pool_id=pool.id)

    def fill(self, amount: Money) -> None:
        """The sponsor's money arrives."""
        number = self.session.scalar(select(func.count()).select_from(Donation)) or 0
        ledger.post_gift(
            self.session,
            SYSTEM,
            fund_id=self.fund.id,
            amount=amount,
            source=f"sponsor:{self.fund.id}:{number}",
            occurred_on=TODAY,
            giver=ledger.Giver("sponsor", "enterprise"),
        )

    def give(self, yuan: str | int, contact: str = "", **changed: object) -> Donation:
        """A gift that arrives."""
        key = giver_key(contact, SECRET) if contact else None
        told = {"contact": contact, "giver_key": key, **changed}
        donation = self.giving.begin(Money.yuan(yuan), **told)
        payment = donation.payments[0]
        message = self.giving.gateway.pay(self.giving.check_out(payment))
        self.giving.apply(message)
        return donation

    def allot(self, pool: MatchingPool) -> int:
        """Let the allotter work until nothing asks; how many it decided."""
        decided = 0
        while done := services.allot(self.session, SYSTEM, pool_id=pool.id):
            decided += done
        return decided

    def confirm(self, pool: MatchingPool, on: date = COOLED) -> int:
        """Pay what may be paid that day; how many."""
        return sum(
            services.confirm(self.session, SYSTEM, pool_id=id_, campaign_id=campaign_id, on=on)
            for id_, campaign_id in pools.due(self.session, on)
            if id_ == pool.id
        )

    def send_back(self, donation: Donation, yuan: str | int | None = None) -> Refund:
        """A gift goes back, wholly unless said: what refunding tells the pools, no more."""
        amount = donation.kept if yuan is None else Money.yuan(yuan)
        payment = donation.payments[0]
        refund = Refund(
            donation_id=donation.id,
            payment_id=payment.id,
            gateway=payment.gateway,
            amount=amount,
            kind=RefundKind.VOLUNTARY,
            cause=RefundCause.DONOR_ASKED,
            path=RefundPath.TRANSFER,
            state=RefundState.SENT,
            created_at=clock.now(),
        )
        self.session.add(refund)
        donation.refunded += amount
        self.session.flush()
        gift_refunded(self.session, SYSTEM, donation, refund)
        return refund

    def match(self, donation: Donation) -> Match:
        """The one match of a gift."""
        query = select(Match).where(Match.donation_id == donation.id)
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def given(self, donation: Donation) -> tuple[MatchState, Money]:
        """State and standing sum of a gift's match."""
        match = self.match(donation)
        return match.state, match.standing

    def returns(self) -> list[MatchReturn]:
        """Everything that went back, in order."""
        query = select(MatchReturn).order_by(MatchReturn.id)
        return list(self.session.scalars(query.execution_options(populate_existing=True)))

    def in_hand(self, fund_id: int) -> Money:
        """What a fund has and has not spent, placed or not."""
        self.session.flush()
        line = self.session.scalars(
            select(Line).where(Line.fund_id == fund_id, Line.earmark == "")
        ).one()
        ledger.seal(self.session, Actor.system("seal"), book_id=line.book_id)
        head = self.session.get_one(LineHead, line.id, populate_existing=True)
        return Money(head.placed_end - head.spent)

    def judge(self, pool: MatchingPool) -> None:
        """What is true of every pool at every time."""
        session = self.session
        session.expire_all()
        rows = list(session.scalars(select(Match).where(Match.pool_id == pool.id)))
        standing = Money.total(
            row.standing for row in rows if row.state in (MatchState.RESERVED, MatchState.CONFIRMED)
        )
        figures = pools.with_standing(session, [pool])[0][1]
        assert figures.given == standing <= pool.total
        paid = Money.total(row.standing for row in rows if row.state is MatchState.CONFIRMED)
        assert figures.paid == paid
        assert held(session, pool) == promised(session, pool)
        positions = sorted(row.position for row in rows if row.position is not None)
        assert positions == list(range(1, len(positions) + 1))
        sums = session.scalars(select(MatchSum.amount).where(MatchSum.pool_id == pool.id))
        assert all(amount >= ZERO for amount in sums)


def open_pooling(giving: Giving) -> Pooling:
    """A treasurer and a fund for the pool in the charity's book."""
    session = giving.session
    charity_id = giving.campaign.charity_id
    book_id = session.get_one(Fund, giving.campaign.fund_id).book_id
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book_id, name="配捐池", kind=FundKind.MATCHING_POOL
    )
    treasurer = make_actor(session, Grant(Role.TREASURER, organisation_id=charity_id))
    return Pooling(giving, treasurer, fund)


def without_caps(**changed: object) -> Terms:
    """Terms of a pool that counts no givers."""
    return replace(TERMS, cap_per_giver_day=None, **changed)  # type: ignore[arg-type]
