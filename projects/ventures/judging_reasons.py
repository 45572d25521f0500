"""Why a sheet, a ballot or a ranking is refused."""

from __future__ import annotations

from collections.abc import Collection

from charity.errors import ReasonCode

#: Names that a sentence tells before it only says that there are more.
_TOLD = 12


def told(names: Collection[object]) -> str:
    """Names or numbers as a sentence tells them: the first dozen."""
    found = [str(name) for name in names]
    return ", ".join(found[:_TOLD]) + (" …" if found[_TOLD:] else "")


class JudgingReason(ReasonCode):
    """Reasons of judging; the sentences stand in `web/labels/judging.py`."""

    # the panel
    PANEL_DISCONNECTED = "judging.panel_disconnected"  # parts, entries
    NO_SHEETS = "judging.no_sheets"  # entries
    TOO_FEW_SHEETS = "judging.too_few_sheets"  # least, entries
    TOO_FEW_JUDGES = "judging.too_few_judges"  # each, entries
    DRAW_NEEDS_NUMBER = "judging.draw_needs_number"  # entries
    NUMBER_STANDS = "judging.number_stands"
    NUMBER_UNNAMED = "judging.number_unnamed"
    NUMBER_TOO_EARLY = "judging.number_too_early"  # day

    # judges
    ALREADY_INVITED = "judging.already_invited"
    BELONGS_TO_ORGANISER = "judging.belongs_to_organiser"
    ALREADY_ANSWERED = "judging.already_answered"
    NOT_A_JUDGE = "judging.not_a_judge"
    ASSIGNED_ALREADY = "judging.assigned_already"
    IN_CONFLICT = "judging.in_conflict"
    OWN_ENTRY = "judging.own_entry"

    # sheets
    SHEET_LOCKED = "judging.sheet_locked"
    SHEET_INCOMPLETE = "judging.sheet_incomplete"  # missing
    RECUSED = "judging.recused"
    POINTS_BEYOND = "judging.points_beyond"  # most
    OTHER_CRITERION = "judging.other_criterion"
    SHEETS_OPEN = "judging.sheets_open"  # count
    NOT_NOW = "judging.not_now"

    # the public's vote
    VOTED_ALREADY = "judging.voted_already"
    NO_VOTE = "judging.no_vote"
    VOTE_NOT_OPEN = "judging.vote_not_open"
    VOTE_NOT_OVER = "judging.vote_not_over"

    # rankings
    ALREADY_PUBLISHED = "judging.already_published"
    NO_RANKING = "judging.no_ranking"


class SheetListReason(ReasonCode):
    """Why a row of a list of score sheets is refused, or told of."""

    NO_HEAD = "score_lists.no_head"
    NO_ROWS = "score_lists.no_rows"
    TOO_MANY = "score_lists.too_many"  # limit
    ENTRY_UNKNOWN = "score_lists.entry_unknown"  # text
    JUDGE_UNKNOWN = "score_lists.judge_unknown"  # text
    JUDGE_UNCLEAR = "score_lists.judge_unclear"  # text
    NOT_ASSIGNED = "score_lists.not_assigned"
    POINTS_UNCLEAR = "score_lists.points_unclear"  # text
    POINTS_BEYOND = "score_lists.points_beyond"  # text, most
    TWICE = "score_lists.twice"
    #: Told, and taken: the sheet stays open.
    BLANKS = "score_lists.blanks"  # missing
    SAME_ALREADY = "score_lists.same_already"
