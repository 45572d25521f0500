"""The steps of a competition as data: which there are, and which one a competition uses.

A competition goes forward from step to step; a shortlist, a defence and a public vote are skipped
where its terms have none.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from projects.ventures.terms import CompetitionTerms


class CompetitionState(enum.StrEnum):
    """The step a competition stands at."""

    DRAFT = "draft"
    #: Applications may be handed in until the last day of the call.
    CALL = "call"
    #: Nobody may hand in any more; who may take part is decided.
    ELIGIBILITY = "eligibility"
    REVIEW = "review"
    #: Those who go on are named.
    SHORTLISTED = "shortlisted"
    DEFENCE = "defence"
    VOTE = "vote"
    #: The final ranking is published.
    RANKED = "ranked"
    #: 公示: the proposed awards stand for objections.
    NOTICE = "notice"
    #: The awards are settled; money is paid in stages.
    AWARDED = "awarded"
    CLOSED = "closed"
    CANCELLED = "cancelled"


#: The order of the steps.
STEPS: tuple[CompetitionState, ...] = (
    CompetitionState.DRAFT,
    CompetitionState.CALL,
    CompetitionState.ELIGIBILITY,
    CompetitionState.REVIEW,
    CompetitionState.SHORTLISTED,
    CompetitionState.DEFENCE,
    CompetitionState.VOTE,
    CompetitionState.RANKED,
    CompetitionState.NOTICE,
    CompetitionState.AWARDED,
    CompetitionState.CLOSED,
)

_STOPPED = CompetitionState.CANCELLED

#: Every step that may ever follow; `next_step` says which one does.
COMPETITION_TRANSITIONS: Mapping[CompetitionState, frozenset[CompetitionState]] = {
    CompetitionState.DRAFT: frozenset({CompetitionState.CALL, _STOPPED}),
    CompetitionState.CALL: frozenset({CompetitionState.ELIGIBILITY, _STOPPED}),
    CompetitionState.ELIGIBILITY: frozenset({CompetitionState.REVIEW, _STOPPED}),
    CompetitionState.REVIEW: frozenset(
        {
            CompetitionState.SHORTLISTED,
            CompetitionState.DEFENCE,
            CompetitionState.VOTE,
            CompetitionState.RANKED,
            _STOPPED,
        }
    ),
    CompetitionState.SHORTLISTED: frozenset(
        {CompetitionState.DEFENCE, CompetitionState.VOTE, CompetitionState.RANKED, _STOPPED}
    ),
    CompetitionState.DEFENCE: frozenset({CompetitionState.VOTE, CompetitionState.RANKED, _STOPPED}),
    CompetitionState.VOTE: frozenset({CompetitionState.RANKED, _STOPPED}),
    CompetitionState.RANKED: frozenset({CompetitionState.NOTICE, _STOPPED}),
    CompetitionState.NOTICE: frozenset({CompetitionState.AWARDED}),
    CompetitionState.AWARDED: frozenset({CompetitionState.CLOSED}),
    CompetitionState.CLOSED: frozenset(),
    CompetitionState.CANCELLED: frozenset(),
}


def is_used(step: CompetitionState, terms: CompetitionTerms) -> bool:
    """Whether a competition with these terms has this step."""
    if step is CompetitionState.SHORTLISTED:
        return terms.shortlist > 0
    if step is CompetitionState.DEFENCE:
        return terms.has_defence
    if step is CompetitionState.VOTE:
        return terms.vote_permille > 0
    return step is not CompetitionState.CANCELLED


def steps_of(terms: CompetitionTerms) -> list[CompetitionState]:
    """The steps such a competition goes through, in order, draft and end included."""
    return [step for step in STEPS if is_used(step, terms)]


def next_step(state: CompetitionState, terms: CompetitionTerms) -> CompetitionState | None:
    """The step that follows; None at the end and for a cancelled one."""
    if state not in STEPS:
        return None
    later = STEPS[STEPS.index(state) + 1 :]
    return next((step for step in later if is_used(step, terms)), None)


def has_reached(state: CompetitionState, step: CompetitionState) -> bool:
    """Whether a competition stands at this step or beyond; a cancelled one at none."""
    return state in STEPS and STEPS.index(state) >= STEPS.index(step)
