"""Why what concerns related parties is refused or noted; the sentences stand in `web/labels/`."""

from __future__ import annotations

from charity.errors import ReasonCode


class RelatedReason(ReasonCode):
    """Reasons about related parties, councils and those who decide."""

    #: A relative is somebody's: it is not said whose.
    RELATIVE_OF_WHOM = "related.relative_of_whom"
    ALREADY_ENDED = "related.already_ended"
    #: CHA-103: shares of the council, relatives on it, its secretary-general, its supervisors.
    SAME_EMPLOYER = "related.same_employer"
    RELATIVES_TOGETHER = "related.relatives_together"
    NOT_MAINLAND = "related.not_mainland"
    SECRETARY_GENERAL = "related.secretary_general"
    SECRETARY_IS_CHAIR = "related.secretary_is_chair"
    FEW_SUPERVISORS = "related.few_supervisors"
    #: AUD-03: paid for an office that is honorary, or too many of the council paid.
    PAID_OFFICE = "related.paid_office"
    PAID_COUNCIL = "related.paid_council"
    #: CHA-167: who is related takes no part in the decision.
    RELATED_DECIDES = "related.related_decides"
    #: A member of an organisation concerned, or somebody with a part in the thing, reviews nothing.
    CONCERNED = "related.concerned"
    #: CHA-161: nothing is distributed.
    PRIVATE_BENEFIT = "related.private_benefit"
