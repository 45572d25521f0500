"""Why a row of a registrar's list is refused, or told of."""

from __future__ import annotations

from charity.errors import ReasonCode


class ListReason(ReasonCode):
    """Reasons of lists of organisations; the sentences stand in `web/labels/forces.py`."""

    # the file
    NO_HEAD = "lists.no_head"
    COLUMN_TWICE = "lists.column_twice"

    # one cell
    NO_NAME = "lists.no_name"
    KIND_UNKNOWN = "lists.kind_unknown"
    BASIS_UNKNOWN = "lists.basis_unknown"
    USCC_MISSING = "lists.uscc_missing"
    PLACE_UNKNOWN = "lists.place_unknown"
    PLACE_AMBIGUOUS = "lists.place_ambiguous"
    NO_DAY = "lists.no_day"
    FUTURE = "lists.future"
    TOO_LONG = "lists.too_long"
    FORMULA = "lists.formula"
    PHONE = "lists.phone"
    RESULT_UNKNOWN = "lists.result_unknown"
    YEAR_MISSING = "lists.year_missing"
    HOST_OF_REGISTERED = "lists.host_of_registered"

    # among the rows, and against what is known
    TWICE = "lists.twice"
    HOST_UNKNOWN = "lists.host_unknown"
    NAME_DIFFERS = "lists.name_differs"
    CODE_DIFFERS = "lists.code_differs"
    KIND_DIFFERS = "lists.kind_differs"
    KEPT = "lists.kept"

    # the file's own state
    OTHER_IMPORT = "lists.other_import"
    NOT_FINISHED = "lists.not_finished"
    TOO_MANY_HERE = "lists.too_many_here"
