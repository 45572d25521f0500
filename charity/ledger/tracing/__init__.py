"""The trail: where a gift went, whose gifts paid a voucher, what is unspent, and the proof of it.

Every answer is a walk along indexes, through any number of funds and books: an inflow with an
origin carries on the same fen, so a trail ends only where money is in hand or left for good.
Attribution is first in, first out.
"""

from charity.ledger.tracing.backward import (
    Backing,
    FundPassed,
    GiftPart,
    GiftsPage,
    backing_of,
    gifts_page,
)
from charity.ledger.tracing.forward import trail_of_entry
from charity.ledger.tracing.proofs import (
    DayProof,
    InclusionProof,
    days,
    latest_day,
    latest_seal,
    proof_of_entry,
    recent_days,
    recent_seals,
    seals_of_day,
)
from charity.ledger.tracing.tree import GiftTrail, Stage, TrailStep
from charity.ledger.tracing.unspent import UnspentPart, oldest_unspent

__all__ = [
    "Backing",
    "DayProof",
    "FundPassed",
    "GiftPart",
    "GiftTrail",
    "GiftsPage",
    "InclusionProof",
    "Stage",
    "TrailStep",
    "UnspentPart",
    "backing_of",
    "days",
    "gifts_page",
    "latest_day",
    "latest_seal",
    "oldest_unspent",
    "proof_of_entry",
    "recent_days",
    "recent_seals",
    "seals_of_day",
    "trail_of_entry",
]
