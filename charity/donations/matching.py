"""How a pool doubles gifts (配捐): pure arithmetic on fen, the same answer for ever.

Gifts are decided one after the other in the order given. Each asks for the ratio's part of itself,
a part of a fen dropped, and gets the least of that and of what every cap has left (MAT-01). Sums so
far go in, decisions come out, so a stranger with the published rows can decide them again.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class MatchLimit(enum.StrEnum):
    """What kept a match below the ratio: the tightest, of equals the first in this order."""

    NONE = "none"
    LEAST_GIFT = "least_gift"
    UNKNOWN_GIVER = "unknown_giver"
    EXCLUDED = "excluded"
    GIFT = "gift"
    GIVER_DAY = "giver_day"
    GIVER_CAMPAIGN = "giver_campaign"
    CAMPAIGN = "campaign"
    ORGANISATION = "organisation"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a pool in fen; a cap that is None does not bind."""

    total: int
    ratio_percent: int
    least_gift: int = 1
    cap_per_gift: int | None = None
    cap_per_giver_day: int | None = None
    cap_per_giver_campaign: int | None = None
    cap_per_campaign: int | None = None
    cap_per_organisation: int | None = None

    @property
    def counts_givers(self) -> bool:
        """Whether a giver who cannot be told from others gets nothing."""
        return self.cap_per_giver_day is not None or self.cap_per_giver_campaign is not None


class Gift(NamedTuple):
    """What is known of a gift: `giver` is a mark, empty for one who left nothing."""

    amount: int
    giver: str
    day: date
    campaign: int
    organisation: int
    excluded: bool = False


class Decision(NamedTuple):
    """What a gift got, in fen, and what kept it from more."""

    amount: int
    limit: MatchLimit


#: The sum of all that was given and not taken back.
POOL = "pool"


def scopes(rules: Rules, gift: Gift) -> dict[MatchLimit, tuple[str, int | None]]:
    """The sums a gift counts into, by the cap on each: key and cap in fen, in the order of limits.

    The campaign's and the pool's sums are kept whether or not they are capped: people read them.
    """
    found: dict[MatchLimit, tuple[str, int | None]] = {}
    if gift.giver and rules.cap_per_giver_day is not None:
        key = f"day:{gift.giver}:{gift.day.isoformat()}"
        found[MatchLimit.GIVER_DAY] = (key, rules.cap_per_giver_day)
    if gift.giver and rules.cap_per_giver_campaign is not None:
        key = f"giver:{gift.giver}:{gift.campaign}"
        found[MatchLimit.GIVER_CAMPAIGN] = (key, rules.cap_per_giver_campaign)
    found[MatchLimit.CAMPAIGN] = (f"campaign:{gift.campaign}", rules.cap_per_campaign)
    if rules.cap_per_organisation is not None:
        key = f"organisation:{gift.organisation}"
        found[MatchLimit.ORGANISATION] = (key, rules.cap_per_organisation)
    found[MatchLimit.POOL] = (POOL, rules.total)
    return found


def decide(rules: Rules, gifts: Sequence[Gift], sums: Mapping[str, int]) -> list[Decision]:
    """Decide these gifts in this order; `sums` are those before the first (a missing one is 0)."""
    here: dict[str, int] = {}
    decisions = []
    for gift in gifts:
        counted = scopes(rules, gift)
        left = {
            limit: max(cap - here.get(key, sums.get(key, 0)), 0)
            for limit, (key, cap) in counted.items()
            if cap is not None
        }
        decision = _decide_one(rules, gift, left)
        decisions.append(decision)
        if decision.amount:
            for key, _ in counted.values():
                here[key] = here.get(key, sums.get(key, 0)) + decision.amount
    return decisions


def added(rules: Rules, gifts: Sequence[Gift], amounts: Sequence[int]) -> dict[str, int]:
    """What these amounts add to each sum; negative amounts are what was taken back."""
    found: dict[str, int] = {}
    for gift, amount in zip(gifts, amounts, strict=True):
        if amount:
            for key, _ in scopes(rules, gift).values():
                found[key] = found.get(key, 0) + amount
    return found


def digest(rules: Mapping[str, object]) -> bytes:
    """SHA-256 of published rules as JSON: keys sorted, no blanks, UTF-8."""
    text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def mark(giver_key: str | None, salt: bytes) -> str:
    """The giver's name in the list of a pool: 64 hex digits, another one in every pool; or ''."""
    if giver_key is None:
        return ""
    return hmac.new(salt, b"wushe pool\0" + giver_key.encode(), hashlib.sha256).hexdigest()


def kept(amount: int, gift: int, gift_kept: int) -> int:
    """What of a match stays when only `gift_kept` of its gift stays: its part, rounded down."""
    return amount * max(min(gift_kept, gift), 0) // gift


def _decide_one(rules: Rules, gift: Gift, left: Mapping[MatchLimit, int]) -> Decision:
    if gift.excluded:
        return Decision(0, MatchLimit.EXCLUDED)
    if rules.counts_givers and not gift.giver:
        return Decision(0, MatchLimit.UNKNOWN_GIVER)
    amount = gift.amount * rules.ratio_percent // 100
    if gift.amount < rules.least_gift or not amount:
        return Decision(0, MatchLimit.LEAST_GIFT)
    limit = MatchLimit.NONE
    if rules.cap_per_gift is not None and rules.cap_per_gift < amount:
        amount, limit = rules.cap_per_gift, MatchLimit.GIFT
    for each, there in left.items():
        if there < amount:
            amount, limit = there, each
    return Decision(amount, limit)
