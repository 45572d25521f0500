"""Why stations, teams, federations, incubation, honours and trusts are refused or warned of."""

from __future__ import annotations

from charity.errors import ReasonCode


class ForcesReason(ReasonCode):
    """Reasons of the five parties; the sentences stand in `web/labels/forces.py`."""

    NAME_TAKEN = "forces.name_taken"
    IN_THE_FUTURE = "forces.in_the_future"
    BEFORE_ITS_BEGINNING = "forces.before_its_beginning"
    SOURCE_ADDRESS = "forces.source_address"

    # stations and teams
    TIER = "forces.tier"
    OUTSIDE_PARENT = "forces.outside_parent"
    NOT_AN_AGENCY = "forces.not_an_agency"
    CLOSED = "forces.closed"
    STILL_BELOW = "forces.still_below"
    BRANCH_OF_BRANCH = "forces.branch_of_branch"

    # organisations among each other
    NOT_VERIFIED = "forces.not_verified"
    OWN_MEMBER = "forces.own_member"
    MEMBER_ALREADY = "forces.member_already"
    FEDERATION_KIND = "forces.federation_kind"
    NO_GROUP = "forces.no_group"
    HOST_KIND = "forces.host_kind"
    INCUBATED_ALREADY = "forces.incubated_already"
    NOT_INCUBATING = "forces.not_incubating"
    HONOUR_TAKEN = "forces.honour_taken"

    # places (DIV-01)
    MANAGED_BY_ITSELF = "forces.managed_by_itself"

    # charitable trusts
    TRUSTEE_KIND = "forces.trustee_kind"
    FILING_TAKEN = "forces.filing_taken"
    FILED_ALREADY = "forces.filed_already"
    REPORT_TAKEN = "forces.report_taken"
    RELATED_BENEFICIARY = "forces.related_beneficiary"
    BENEFICIARY_TAKEN = "forces.beneficiary_taken"
    TRUST_FILED_LATE = "forces.trust_filed_late"
    TRUST_NOT_FILED = "forces.trust_not_filed"
    TRUST_NOT_REPORTED = "forces.trust_not_reported"
