"""Why a row of a list of needs or resources is refused, or told of."""

from __future__ import annotations

from charity.errors import ReasonCode


class ImportReason(ReasonCode):
    """Reasons of lists; the sentences stand in `web/labels/listing_imports.py`."""

    # the file
    NO_HEAD = "listing_imports.no_head"
    NO_ROWS = "listing_imports.no_rows"
    TOO_MANY = "listing_imports.too_many"  # limit
    OTHER_FILE = "listing_imports.other_file"

    # one cell
    KIND_UNKNOWN = "listing_imports.kind_unknown"  # text
    CATEGORY_UNKNOWN = "listing_imports.category_unknown"  # text
    GROUP_UNKNOWN = "listing_imports.group_unknown"  # text
    URGENCY_UNKNOWN = "listing_imports.urgency_unknown"  # text
    QUANTITY_UNCLEAR = "listing_imports.quantity_unclear"  # text
    QUANTITY_ZERO = "listing_imports.quantity_zero"
    TWO_QUANTITIES = "listing_imports.two_quantities"
    UNIT_DIFFERS = "listing_imports.unit_differs"  # text, unit
    UNIT_OF_KIND = "listing_imports.unit_of_kind"  # unit
    NO_COUNT = "listing_imports.no_count"  # text
    ENDS_BEFORE = "listing_imports.ends_before"
    PERIOD_OVER = "listing_imports.period_over"
    ORGANISATION_UNKNOWN = "listing_imports.organisation_unknown"  # text
    NOT_YOUR_UNIT = "listing_imports.not_your_unit"  # text
    NOT_YOUR_PLACE = "listing_imports.not_your_place"

    # told, and taken all the same
    QUANTITY_UNKNOWN = "listing_imports.quantity_unknown"
    UNIT_ODD = "listing_imports.unit_odd"  # unit
    DAILY_CAPACITY = "listing_imports.daily_capacity"  # days
    THERE_ALREADY = "listing_imports.there_already"
