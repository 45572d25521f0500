"""Why a sample is not drawn or not evaluated, and why a list of vouchers is not taken."""

from __future__ import annotations

from charity.errors import ReasonCode


class SampleReason(ReasonCode):
    """Reasons of samples; the sentences stand in `web/labels/flags.py`."""

    FRAME_EMPTY = "samples.frame_empty"
    SIZE_NEEDED = "samples.size_needed"
    MATERIALITY_NEEDED = "samples.materiality_needed"
    CONFIDENCE_RANGE = "samples.confidence_range"
    TOLERABLE_RANGE = "samples.tolerable_range"
    #: (most: int) a sample of so many is no sample.
    TOO_MANY = "samples.too_many"
    SEED_NEEDED = "samples.seed_needed"
    PICK_NEEDED = "samples.pick_needed"
    #: (subject: str) it is not in the frame.
    NOT_IN_FRAME = "samples.not_in_frame"
    #: (strata: int) at least one of each.
    STRATA_MORE = "samples.strata_more"
    #: (left: int) items that nobody looked at yet.
    LEFT = "samples.left"
    #: The frame is no longer what it was when the sample was drawn.
    FRAME_CHANGED = "samples.frame_changed"


class VoucherReason(ReasonCode):
    """Reasons of rows of a list that was handed in; sentences beside those above."""

    NO_HEAD = "vouchers.no_head"
    NO_ROWS = "vouchers.no_rows"
    HANDED_IN = "vouchers.handed_in"
    # one row
    EMPTY = "vouchers.empty"
    TOO_LONG = "vouchers.too_long"  # limit
    FORMULA = "vouchers.formula"
    NO_DAY = "vouchers.no_day"
    DAY_AHEAD = "vouchers.day_ahead"
    NO_AMOUNT = "vouchers.no_amount"
    CASH_UNCLEAR = "vouchers.cash_unclear"
    NAMELESS = "vouchers.nameless"
    TOTAL_DIFFERS = "vouchers.total_differs"  # stated, summed: Money
