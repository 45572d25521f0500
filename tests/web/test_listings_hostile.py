"""A stranger reads the pages of needs and offers: nobody's name, telephone or secret is on them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from projects.listings.models import Booking, Need
from tests.support.site import SignIn, SiteClient
from tests.web.world import World
from web.security.access import Who


@pytest.mark.parametrize("who", [None, Who.USER])
def test_a_stranger_reads_neither_contacts_nor_the_bookings_of_others(
    world: World, session: Session, client: SiteClient, sign_in: SignIn, who: Who | None
) -> None:
    reader = client if who is None else sign_in(world.people[who])
    needs, bookings = session.scalars(select(Need)).all(), session.scalars(select(Booking)).all()
    private = {need.token for need in needs} | {need.contact_phone for need in needs}
    private |= {one.contact_name for one in bookings} | {one.contact_phone for one in bookings}
    private |= {one.purpose for one in bookings}
    paths = [f"/needs/{world.things['need']}", "/needs", "/resources"]
    paths += [f"/resources/{world.things[name]}" for name in ("resource", "lent_resource")]
    for path in paths:
        page = reader.get(path).text
        assert not [said for said in private if said and said in page], path
        assert "我借的" not in page


def test_the_form_of_anothers_order_leads_nobody_to_its_page(
    world: World, session: Session, sign_in: SignIn
) -> None:
    need = session.get_one(Need, world.things["need"])
    reader = sign_in(world.people[Who.USER])
    typed = {
        "client_id": need.client_id, "title": "楼道灯坏了", "category": "repair",
        "beneficiary_group": "residents", "region_code": need.region_code, "urgency": "normal",
        "contact_name": "陈阿姨", "contact_phone": "13800002222",
    }  # fmt: skip
    answer = reader.submit("/needs/order", typed)
    assert answer.status_code == 422
    assert need.token not in answer.text
    assert need.client_id not in answer.text
