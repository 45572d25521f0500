"""What is known of competitions: for everybody, for organisers, and what is frozen of one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.ledger.models import Fund, FundClosing, FundKind
from charity.ledger.positions import FundPosition, fund_position, positions
from charity.money import ZERO, Money
from charity.paging import Page
from charity.registry.models import Organisation
from charity.rows import present
from charity.spending.queries import charity_of_fund
from projects.ventures.models import (
    Application,
    ApplicationState,
    Award,
    AwardTranche,
    CallNeed,
    Competition,
    CompetitionFunder,
    CompetitionLevel,
    CompetitionState,
    JudgingRound,
    Ranking,
    TrancheState,
)
from projects.ventures.steps import has_reached, steps_of


@dataclass(frozen=True, slots=True)
class PoolStanding:
    """A competition's money: promised by funders, arrived, promised to winners, paid."""

    pledged: Money
    received: Money
    #: Held in the pool for awards of this competition, and not paid.
    withheld: Money
    paid: Money
    #: What the fund can still promise (of all its competitions together).
    available: Money


def competition(session: Session, competition_id: int) -> Competition:
    """One competition with everything its page shows; raises `NotFound`."""
    query = (
        select(Competition)
        .where(Competition.id == competition_id)
        .options(
            joinedload(Competition.organiser),
            joinedload(Competition.region),
            selectinload(Competition.tracks),
            selectinload(Competition.criteria),
            selectinload(Competition.funders).joinedload(CompetitionFunder.organisation),
            selectinload(Competition.needs).joinedload(CallNeed.need),
        )
    )
    return present(session.scalar(query))


def competitions_page(
    session: Session,
    number: int = 1,
    *,
    state: CompetitionState | None = None,
    level: CompetitionLevel | None = None,
    region_code: str = "",
    size: int = 20,
) -> Page[Competition]:
    """Competitions that were opened, of a place and below it, the latest call first."""
    where: list[ColumnElement[bool]] = [Competition.opened_at.is_not(None)]
    if state is not None:
        where.append(Competition.state == state)
    if level is not None:
        where.append(Competition.level == level)
    if region_code:
        where.append(Competition.region_code.startswith(region_code, autoescape=True))
    total = session.scalar(select(func.count()).select_from(Competition).where(*where)) or 0
    number = max(number, 1)
    query = _shown().where(*where).limit(size).offset((number - 1) * size)
    return Page(list(session.scalars(query)), number, size, total)


def competitions_of(session: Session, organiser_ids: Collection[int]) -> list[Competition]:
    """The competitions these organisations run, drafts too, the latest first."""
    if not organiser_ids:
        return []
    query = _shown().where(Competition.organiser_id.in_(organiser_ids))
    return list(session.scalars(query))


def levels_above(session: Session, found: Competition) -> list[Competition]:
    """Competitions of higher levels that take applications now: where winners may be entered."""
    levels = list(CompetitionLevel)
    higher = levels[levels.index(found.level) + 1 :]
    query = _shown().where(
        Competition.level.in_(higher), Competition.state == CompetitionState.CALL
    )
    return list(session.scalars(query))


def _shown() -> Select[Competition]:
    return (
        select(Competition)
        .options(joinedload(Competition.organiser), joinedload(Competition.region))
        .order_by(Competition.call_from.desc(), Competition.id.desc())
    )


def charity_of(session: Session, found: Competition) -> int | None:
    """The charity whose book holds the pool; None while there is no pool."""
    return None if found.fund_id is None else charity_of_fund(session, found.fund_id)


def counts(session: Session, competition_id: int) -> dict[ApplicationState, int]:
    """How many applications stand in each state; states without one are left out."""
    query = (
        select(Application.state, func.count())
        .where(Application.competition_id == competition_id)
        .group_by(Application.state)
    )
    return {state: number for state, number in session.execute(query)}


def counts_of_many(session: Session, competition_ids: Collection[int]) -> dict[int, int]:
    """How many applications were handed in to each of these competitions."""
    query = (
        select(Application.competition_id, func.count())
        .where(
            Application.competition_id.in_(competition_ids), Application.submitted_at.is_not(None)
        )
        .group_by(Application.competition_id)
    )
    return {competition_id: number for competition_id, number in session.execute(query)}


def pool_standing(session: Session, found: Competition) -> PoolStanding:
    """Where the money of a competition stands, to the fen."""
    query = (
        select(AwardTranche.state, func.sum(AwardTranche.amount))
        .join(Award, Award.id == AwardTranche.award_id)
        .where(Award.competition_id == found.id)
        .group_by(AwardTranche.state)
    )
    sums: dict[TrancheState, Money] = {state: total for state, total in session.execute(query)}
    position = FundPosition() if found.fund_id is None else fund_position(session, found.fund_id)
    return PoolStanding(
        pledged=Money.total(funder.pledged for funder in found.funders),
        received=Money.total(funder.received or ZERO for funder in found.funders),
        withheld=sums.get(TrancheState.WITHHELD, ZERO) + sums.get(TrancheState.RELEASABLE, ZERO),
        paid=sums.get(TrancheState.PAID, ZERO),
        available=position.available,
    )


def pools_to_choose(session: Session, found: Competition, book_id: int) -> list[Fund]:
    """The prize pools of a book that may pay a competition, by name.

    Those that are open and on which no competition of another organiser lives.
    """
    over = (CompetitionState.CLOSED, CompetitionState.CANCELLED)
    elsewhere = select(Competition.fund_id).where(
        Competition.fund_id.is_not(None),
        Competition.organiser_id != found.organiser_id,
        Competition.state.not_in(over),
    )
    query = (
        _open_funds(book_id)
        .where(Fund.kind == FundKind.PRIZE_POOL, Fund.id.not_in(elsewhere))
        .order_by(Fund.name, Fund.id)
    )
    return list(session.scalars(query))


def granting_funds(session: Session, fund_id: int) -> list[tuple[Fund, Money]]:
    """The funds of a pool's book that may grant into it, with what is free in each.

    A project's money and money of others stay where they are (CHA-162).
    """
    pool = present(session.get(Fund, fund_id))
    kinds = (FundKind.PROJECT, FundKind.AGENCY, FundKind.PRIZE_POOL)
    query = _open_funds(pool.book_id).where(Fund.kind.not_in(kinds)).order_by(Fund.name, Fund.id)
    funds = list(session.scalars(query))
    where = positions(session, [fund.id for fund in funds])
    return [(fund, where[fund.id].available) for fund in funds if where[fund.id].available]


def _open_funds(book_id: int) -> Select[Fund]:
    closed = select(FundClosing.fund_id)
    return select(Fund).where(Fund.book_id == book_id, Fund.id.not_in(closed))


def is_ranked(found: Competition) -> bool:
    """Whether its final ranking is out."""
    return has_reached(found.state, CompetitionState.RANKED)


def final_round(found: Competition) -> JudgingRound:
    """The round whose ranking decides."""
    return JudgingRound.DEFENCE if found.terms.has_defence else JudgingRound.REVIEW


def published_ranking(
    session: Session, competition_id: int, round_: JudgingRound
) -> Ranking | None:
    """The latest published ranking of a round with its rows; None while there is none."""
    query = (
        select(Ranking)
        .where(
            Ranking.competition_id == competition_id,
            Ranking.round == round_,
            Ranking.published_at.is_not(None),
        )
        .order_by(Ranking.id.desc())
        .limit(1)
        .options(selectinload(Ranking.rows))
    )
    return session.scalar(query)


def frozen_content(found: Competition) -> dict[str, Any]:
    """What is frozen when a competition opens; `terms.digest` of it is its `rules_sha256`."""
    return {
        "title": found.title,
        "level": found.level.value,
        "region": found.region_code,
        "terms": found.rules,
        "steps": [step.value for step in steps_of(found.terms)],
        "criteria": [
            [each.number, each.title, each.weight, each.anchors] for each in found.criteria
        ],
        "tracks": [[each.number, each.name] for each in found.tracks],
        "call": [found.call_from.isoformat(), found.call_until.isoformat()],
    }


def organisers(session: Session, ids: Collection[int]) -> list[Organisation]:
    """The organisations for which somebody may run competitions, by name."""
    query = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
    return list(session.scalars(query))
