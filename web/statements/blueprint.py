"""The blueprint of statements and cash, and what its templates ask for."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint

from charity.donations.models import RowState
from charity.donations.queries.statements import Tally
from charity.donations.references import in_groups
from web.statements.words import FIELD_NAMES, problem, row_name

bp = Blueprint("statements", __name__)

bp.add_app_template_filter(row_name, "row_name")
bp.add_app_template_filter(problem, "row_problem")
bp.add_app_template_filter(in_groups, "in_groups")
bp.add_app_template_global(FIELD_NAMES.get, "statement_field")


@bp.app_template_filter("statement_bad")
def _bad_rows(tallies: Mapping[RowState, Tally]) -> int:
    """How many rows of a statement cannot be read."""
    return tallies[RowState.BAD].rows if RowState.BAD in tallies else 0
