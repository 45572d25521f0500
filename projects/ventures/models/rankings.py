"""A ranking as it was computed and published, with the file by which a stranger repeats it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id
from projects.ventures.models.applications import Application
from projects.ventures.models.competitions import Competition
from projects.ventures.models.judging import JudgingRound
from projects.ventures.terms import RankingMethod


class Ranking(Base):
    """One computation of the order in one round; once published, nothing of it changes."""

    __tablename__ = "ranking"
    __table_args__ = (Index("ix_ranking_competition_id_round", "competition_id", "round", "id"),)

    id: Mapped[Id]
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    round: Mapped[JudgingRound]
    method: Mapped[RankingMethod]
    #: Everything the computation read and answered (`wushe ventures replay FILE`).
    file: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 (hex) of the file in its shortest form (`terms.digest`).
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    published_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    rows: Mapped[list[RankingRow]] = relationship(
        back_populates="ranking", order_by="RankingRow.place, RankingRow.application_id"
    )


class RankingRow(Base):
    """One application's place and points."""

    __tablename__ = "ranking_row"
    __table_args__ = (CheckConstraint("place > 0", name="place_positive"),)

    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(
        ForeignKey("application.id"), primary_key=True, index=True
    )
    #: 1 is best; every place once, ties are decided.
    place: Mapped[int]
    #: Millionths of a point.
    points: Mapped[int]
    #: How many locked sheets stand behind it.
    sheets: Mapped[int]

    ranking: Mapped[Ranking] = relationship(back_populates="rows")
    application: Mapped[Application] = relationship()
