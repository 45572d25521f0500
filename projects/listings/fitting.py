"""Whether a unit, a part and an offer fit a need at all; how well, is the matcher's question."""

from __future__ import annotations

from charity import clock
from charity.errors import Invalid, InvalidState
from charity.registry.models import VolunteerTeam
from projects.listings import intake
from projects.listings.matching import folded
from projects.listings.measures import said
from projects.listings.models import Need, Resource, ResourceState
from projects.listings.reasons import NeedsReason


def require_unit(
    need: Need, organisation_id: int | None, team_id: int | None, team: VolunteerTeam | None
) -> None:
    """The unit may serve this need.

    Not the organisation that posted it; a team of the organisation named; alone one gives time.
    """
    if organisation_id is None:
        if need.kind not in intake.TIME:
            raise Invalid(NeedsReason.ALONE_GIVES_TIME, field="organisation_id")
        return
    if organisation_id == need.organisation_id:
        raise Invalid(NeedsReason.OWN_NEED, field="organisation_id")
    wrong = team is None or team.organisation_id != organisation_id
    if team_id is not None and (wrong or (team and team.disbanded_on is not None)):
        raise Invalid(NeedsReason.TEAM_OF_OTHER, field="team_id")


def require_standing(need: Need, resource: Resource | None) -> None:
    """The offer is on the list, of the need's kind, and may be had in the need's place.

    Objects and rooms that are lent may stand for one another. Lists of long ago may be over.
    """
    if resource is None:
        return
    if resource.state is not ResourceState.OPEN:
        raise InvalidState(NeedsReason.RESOURCE_NOT_OPEN, field="resource_id")
    if resource.kind is not need.kind and not {resource.kind, need.kind} <= intake.LENT:
        raise Invalid(NeedsReason.RESOURCE_OF_OTHER_KIND, field="resource_id")
    if resource.ends_on is not None and resource.ends_on < clock.today() and not resource.source:
        raise InvalidState(NeedsReason.RESOURCE_NOT_OPEN, field="resource_id")
    if not need.region_code.startswith(resource.serves_code):
        raise Invalid(NeedsReason.RESOURCE_ELSEWHERE, field="resource_id")


def part_of(need: Need, resource: Resource | None, quantity: int | None) -> int | None:
    """The part a claim asks for: what was said, or what is left of a known need.

    Of an unknown need a unit may say how much it brings; of money and goods it must, because that
    is promised. Raises `Invalid` on `quantity` (ONLY_LEFT, RESOURCE_ONLY_LEFT, LEAST_PART).
    """
    left = [row.rest for row in (need, resource) if row is not None and row.rest is not None]
    if quantity is None:
        if need.quantity is not None:
            quantity = min(left)
        elif need.kind in intake.GIFTS:
            raise Invalid(NeedsReason.QUANTITY_NEEDED, field="quantity")
        else:
            return None
    units = {folded(row.unit) for row in (need, resource) if row is not None and row.unit}
    if len(units) > 1:
        # pieces and boxes cannot be taken off one another
        raise Invalid(NeedsReason.RESOURCE_OF_OTHER_KIND, field="resource_id")
    if need.rest is not None and (quantity > need.rest or not need.rest):
        raise Invalid(
            NeedsReason.ONLY_LEFT, field="quantity", **said(need.kind, need.unit, need.rest)
        )
    if resource is not None and resource.rest is not None and quantity > resource.rest:
        raise Invalid(
            NeedsReason.RESOURCE_ONLY_LEFT,
            field="quantity",
            **said(resource.kind, resource.unit, resource.rest),
        )
    if not 1 <= quantity <= intake.MOST:
        raise Invalid(NeedsReason.QUANTITY_RANGE, field="quantity", most=intake.MOST)
    least = min(need.least_part, *left) if left else need.least_part
    if quantity < least:
        raise Invalid(NeedsReason.LEAST_PART, field="quantity", **said(need.kind, need.unit, least))
    return quantity
