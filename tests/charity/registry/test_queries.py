"""Places, lists and pages of organisations."""

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.errors import NotFound
from charity.registry import divisions, queries, services
from charity.registry.models import OrganisationKind, OrganisationState
from tests.factories import make_agreement, make_operator, make_organisation


@pytest.fixture
def places(session: Session) -> Session:
    services.load_regions(session, Actor.system("test"), rows=divisions.rows("4207"))
    return session


@pytest.mark.parametrize("code", ["420704001", "420704001000"])
def test_a_place_and_the_way_to_it(places: Session, code: str) -> None:
    assert queries.region(places, code).name == "凤凰街道"
    path = queries.region_path(places, code)
    assert [place.name for place in path] == ["湖北省", "鄂州市", "鄂城区", "凤凰街道"]


@pytest.mark.parametrize("code", ["420799", "鄂城", "", "420704001x", "1"])
def test_a_place_that_is_not_there(places: Session, code: str) -> None:
    for query in (
        queries.region,
        queries.region_path,
        queries.child_regions,
        queries.regions_below,
    ):
        with pytest.raises(NotFound):
            query(places, code)


def test_children_and_everything_below(places: Session) -> None:
    assert [place.code for place in queries.child_regions(places)] == ["42"]
    counties = queries.child_regions(places, "4207")
    assert [place.code for place in counties] == ["420702", "420703", "420704"]
    below = queries.regions_below(places, "420704")
    assert sum(len(place.code) == 12 for place in below) == 171
    assert all(place.code.startswith("420704") and place.code != "420704" for place in below)
    assert queries.regions_below(places, below[-1].code) == []


def test_a_page_of_organisations(places: Session) -> None:
    """Registered ones before filed groups, the longest known first."""
    group = make_organisation(places, region_code="420703", kind=OrganisationKind.COMMUNITY_GROUP)
    street = make_organisation(places, region_code="420704001")
    district = make_organisation(places, region_code="420704", kind=OrganisationKind.FOUNDATION)
    other = make_organisation(places, region_code="420703")
    make_organisation(places, region_code="420704", state=OrganisationState.PENDING)

    def found(**more: object) -> list[int]:
        return [each.id for each in queries.organisations_page(places, **more).items]  # type: ignore[arg-type]

    assert found() == [street.id, district.id, other.id, group.id]
    assert found(region_code="420704000000") == [street.id, district.id]
    assert found(region_code="420704001") == [street.id]
    assert found(kind=OrganisationKind.FOUNDATION) == [district.id]
    assert found(region_code="420703", kind=OrganisationKind.FOUNDATION) == []
    with pytest.raises(NotFound):
        found(region_code="420799")


def test_a_page_costs_the_same_for_one_row_and_for_many(places: Session) -> None:
    statements: list[str] = []
    engine = places.get_bind()
    make_organisation(places)

    def count(page_of: int) -> int:
        for _ in range(page_of):
            make_organisation(places)
        places.expire_all()
        statements.clear()
        page = queries.organisations_page(places)
        assert [organisation.region.name for organisation in page.items]
        return len(statements)

    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert count(0) == count(9) == 2


def test_an_organisation_that_is_not_there(session: Session) -> None:
    for query in (queries.organisation, queries.campaign):
        with pytest.raises(NotFound):
            query(session, 10**9)
    assert queries.campaign_for_fund(session, 10**9) is None


def test_the_agreement_signed_last_counts(session: Session) -> None:
    charity, partner = make_operator(session), make_organisation(session)
    first = make_agreement(session, charity, partner)
    second = make_agreement(session, charity, partner)
    found = queries.agreement_between(session, charity.id, partner.id, first.signed_on)
    assert found is second


def test_who_waits_longest_comes_first(session: Session) -> None:
    late = make_organisation(session, state=OrganisationState.PENDING)
    early = make_organisation(session, state=OrganisationState.PENDING)
    early.registered_at, late.registered_at = (
        late.registered_at,
        late.registered_at.replace(year=2027),
    )
    session.flush()
    assert queries.pending_organisations(session) == [early, late]
