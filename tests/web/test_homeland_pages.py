"""Pages of villages, pairings and priority areas: what they say, their questions, the poster."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Grant, Role
from projects.listings.models import Pairing, PriorityArea, VillageFund, VillageFundState
from tests.factories import make_actor
from tests.projects.listings.village import VILLAGE
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.donors import text_of
from tests.web.world import World
from tests.web.world_homeland import AGREED, FREE, WORDS
from web.fonts import faces
from web.security.access import Who


def read(picture: Image.Image) -> str:
    """What a camera reads from a picture."""
    (found,) = zxingcpp.read_barcodes(picture.convert("RGB"))
    text: str = found.text
    return text


def test_a_village_shows_its_money_and_asks_few_questions(
    client: SiteClient, world: World, session: Session
) -> None:
    client.get(f"/regions/{VILLAGE}")
    with counted(session) as sent:
        page = client.get(f"/regions/{VILLAGE}")
    assert len(sent) <= 15, "\n\n".join(sent)
    said = text_of(page)
    for part in (
        "到账",
        "用出",
        "还剩",
        "重点帮扶",
        "结对帮扶 1 对",
        "结队一起捐",
        "全凭自愿",
        "投诉",
    ):
        assert part in said
    assert "排行" not in said
    assert f"/reports/pictures/{world.things['report_picture']}" in page.text
    assert f"about=region:{VILLAGE}" in page.text
    assert f"/needs/{world.things['need']}" in page.text
    agreed = text_of(client.get(f"/regions/{AGREED}"))
    assert WORDS in agreed
    assert "第5村经济合作社认领" in agreed
    assert "还没有认领" in text_of(client.get(f"/regions/{FREE}"))


def test_the_posters_code_leads_to_the_village(client: SiteClient, world: World) -> None:
    page = f"http://localhost/regions/{AGREED}"
    assert client.get(f"/regions/{AGREED}/poster").status_code == 200
    assert client.get("/regions/420704001/poster").status_code == 404
    picture = client.get(f"/regions/{AGREED}/poster.png")
    sheet = client.get(f"/regions/{AGREED}/poster.pdf")
    if faces() is None:
        assert (picture.status_code, sheet.status_code) == (303, 303)
        return
    drawn = Image.open(io.BytesIO(picture.data))
    assert (picture.content_type, drawn.size) == ("image/png", (750, 1334))
    assert read(drawn) == page
    assert sheet.content_type == "application/pdf"
    document = pypdfium2.PdfDocument(sheet.data)
    assert len(document) == 1
    rendered = document[0].render(scale=1.5)
    assert read(rendered.to_pil()) == page
    document.close()
    assert client.get(page.removeprefix("http://localhost")).status_code == 200


def test_a_village_claims_its_fund_and_the_county_agrees(
    world: World, session: Session, sign_in: SignIn
) -> None:
    client = sign_in(world.people[Who.STAFF])
    assert "认领本村的基金" in client.get(f"/regions/{FREE}").text
    form = client.get(f"/regions/{FREE}/fund")
    committee = form.text.split('<option value="')[1].split('"')[0]
    path = f"/regions/{FREE}/fund"
    short = client.submit(path, {"committee_id": committee, "introduction": "好"})
    assert short.status_code == 422
    said = {"committee_id": committee, "introduction": "我们有 <b>90</b> 户，想修一口塘。"}
    assert client.submit(path, said).status_code == 303
    page = client.get(f"/regions/{FREE}").text
    assert "等慈善会同意" in page
    session.expire_all()
    fund = session.scalars(select(VillageFund).where(VillageFund.region_code == FREE)).one()
    # nobody decides about the own village
    assert client.get(f"/desk/villages/{fund.id}").status_code == 403

    client = sign_in(world.people[Who.VERIFIER])
    desk = f"/desk/villages/{fund.id}"
    assert "第3村村社互助基金" in client.get(desk).text
    assert client.submit(f"{desk}/return", {"note": ""}).status_code == 422
    assert client.submit(f"{desk}/agree", {"fund_name": "慈善会第3村互助基金"}).status_code == 303
    session.expire_all()
    assert fund.state is VillageFundState.AGREED
    page = client.get(f"/regions/{FREE}").text
    assert "&lt;b&gt;90&lt;/b&gt;" in page
    assert f"/funds/{fund.fund_id}" in page


def test_a_pairing_is_made_kept_and_ended(world: World, session: Session, sign_in: SignIn) -> None:
    client = sign_in(world.people[Who.STAFF])
    form = client.get(f"/pairings/new?place={VILLAGE}").text
    assert "26 户老人家里的扶手" in form, "the open campaign of the place is offered"
    today = clock.today()
    said = {
        "client_id": form.split('name="client_id"')[1].split('value="')[1].split('"')[0],
        "organisation_id": str(world.things["organisation"]),
        "region_code": VILLAGE,
        "name": "张三丰",
        "identity": "11010519491231002X",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=200)).isoformat(),
        "committed": "600",
        "campaign_id": "",
    }
    for n in range(1, 6):
        said |= {f"task{n}": f"第{n}件小事", f"due{n}": (today + timedelta(n)).isoformat()}
    without = client.submit("/pairings/new", said)
    assert without.status_code == 422
    assert "要选一个收钱的募捐项目" in text_of(without)
    answer = client.submit("/pairings/new", said | {"campaign_id": str(world.things["campaign"])})
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "张*" in page.text
    assert "张三丰" not in page.text
    assert "0 / 5 件" in text_of(page)
    assert "承诺的款是认捐" in text_of(page)
    session.expire_all()
    pairing = session.scalars(select(Pairing).order_by(Pairing.id.desc())).first()
    assert pairing is not None
    assert "11010519491231002X" not in str(pairing.person_hash)
    task = pairing.tasks[0].id
    here = answer.location
    done = {f"t{task}-done_on": today.isoformat(), f"t{task}-note": "办了"}
    ahead = {f"t{task}-done_on": (today + timedelta(3)).isoformat()}
    assert client.submit(f"{here}/tasks/{task}", ahead).status_code == 422
    assert client.submit(f"{here}/tasks/{task}", done).status_code == 303
    visit = {"v-visited_on": today.isoformat(), "v-visitors": "3", "v-words": "送米"}
    assert client.submit(f"{here}/visits", visit).status_code == 303
    assert client.submit(f"{here}/end", {"e-result": ""}).status_code == 422
    assert client.submit(f"{here}/end", {"e-result": "五件办了一件。"}).status_code == 303
    ended = text_of(client.get(here))
    assert "五件办了一件。" in ended
    assert "记一次走访" not in ended
    assert "张*" in text_of(client.get(f"/pairings?place={VILLAGE}"))


def test_priority_areas_are_kept_by_the_register_and_shown_with_their_share(
    world: World, session: Session, sign_in: SignIn
) -> None:
    said = text_of(sign_in(world.people[Who.USER]).get("/priority-areas"))
    assert "¥5,000.00 / ¥5,000.00" in said or "占 100%" in said
    keeper = make_actor(session, Grant(Role.VERIFIER, region_code="420704"))
    session.commit()
    user = session.get(User, keeper.user_id)
    assert user is not None
    client = sign_in(user.login_name)
    path = "/desk/priority-areas/new"
    area = {"region_code": FREE, "since": "2026-01-01", "source_url": "ftp://list"}
    assert client.submit(path, area).status_code == 422
    area["source_url"] = "https://example.org/list"
    assert client.submit(path, area).status_code == 303
    assert client.submit(path, area).status_code in (409, 422)
    newest = session.scalars(select(PriorityArea).order_by(PriorityArea.id.desc())).first()
    assert newest is not None
    assert client.submit(f"/desk/priority-areas/{newest.id}/end").status_code == 303
    session.expire_all()
    assert newest.until == clock.today()


@pytest.mark.parametrize("odd", ["place=9", "place=%00", "page=-1", "page=99999"])
def test_odd_filters_are_no_error(client: SiteClient, world: World, odd: str) -> None:
    assert client.get(f"/pairings?{odd}").status_code == 200


def test_a_claim_waits_on_the_desk_of_the_county(world: World, sign_in: SignIn) -> None:
    for who, waits in ((Who.VERIFIER, True), (Who.REVIEWER, True), (Who.STAFF, False)):
        said = text_of(sign_in(world.people[who]).get("/desk"))
        assert ("村里认领基金" in said) is waits, who
    assert "重点帮扶地区" in text_of(sign_in(world.people[Who.USER]).get("/regions/420704001"))
