"""The documents of streets, villages and communities, and of funds with a page of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.ledger.models import Book, Fund, FundKind
from charity.registry import regions
from charity.registry.models import Organisation, Region, RegionLevel
from projects.listings.models import VillageFund, VillageFundState
from search import Document
from search.segmentation import learn
from web.indexing.documents import BATCH, Places, batches
from web.labels import label

#: Below the county: streets and towns, villages and communities.
_LEVELS = (RegionLevel.STREET, RegionLevel.VILLAGE)
#: Funds found under their own name; a project's is found with its project.
_SHOWN_FUNDS = frozenset(FundKind) - {FundKind.PROJECT, FundKind.UNRESTRICTED, FundKind.AGENCY}


def learn_places(session: Session) -> None:
    """Teach this process the names of the loaded places, so that a query is divided at them."""
    learn(session.scalars(select(Region.name)))


def region_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The places below the counties, or those whose codes, as numbers, are among `ids`."""
    places = Places(session)
    query = select(Region.code, Region.name).where(Region.level.in_(_LEVELS)).order_by(Region.code)
    if ids is not None:
        query = query.where(Region.code.in_([str(code) for code in ids]))
    asked = ids is None or len(ids) > 0
    found = [(code, name) for code, name in session.execute(query)] if asked else []
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        codes = [code for code, _ in batch]
        places.learn(codes)
        words = _words_of_villages(session, codes)
        for code, name in batch:
            yield Document(
                id=f"region:{code}",
                kind="region",
                title=name,
                body=words.get(code, ""),
                place_codes=tuple(regions.chain(code)),
                url=f"/regions/{code}",
                also=(places.path(code),),
            )


def fund_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The funds of villages, streets, communities, names and pools, or those among `ids`."""
    places, shown = Places(session), Fund.kind.in_(_SHOWN_FUNDS)
    for chosen in batches(session, Fund.id, shown, ids):
        query = (
            select(Fund, Organisation, VillageFund)
            .join(Book, Book.id == Fund.book_id)
            .join(Organisation, Organisation.id == Book.organisation_id)
            .outerjoin(VillageFund, VillageFund.fund_id == Fund.id)
            .where(shown, Fund.id.in_(chosen))
            .order_by(Fund.id)
        )
        rows = session.execute(query).all()
        places.learn(_place(keeper, village) for _, keeper, village in rows)
        for fund, keeper, village in rows:
            yield _fund(fund, keeper, village, places)


def _fund(
    fund: Fund, keeper: Organisation, village: VillageFund | None, places: Places
) -> Document:
    code = _place(keeper, village)
    return Document(
        id=f"fund:{fund.id}",
        kind="fund",
        title=fund.name,
        body=village.introduction if village else "",
        place_codes=tuple(regions.chain(code)),
        organisation=keeper.name,
        url=f"/funds/{fund.id}",
        published_on=fund.opened_on.isoformat(),
        also=(places.path(code), label(fund.kind)),
    )


def _place(keeper: Organisation, village: VillageFund | None) -> str:
    """Whose fund it is: its village's, else the place of the charity that keeps it."""
    return village.region_code if village else keeper.region_code


def _words_of_villages(session: Session, codes: Collection[str]) -> dict[str, str]:
    """What villages with an agreed fund say of themselves."""
    query = select(VillageFund.region_code, VillageFund.introduction).where(
        VillageFund.region_code.in_(codes), VillageFund.state == VillageFundState.AGREED
    )
    return {code: words for code, words in session.execute(query)}
