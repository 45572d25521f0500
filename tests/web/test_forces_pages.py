"""The pages of the five parties: what everybody sees, and what who keeps the register enters."""

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.registry import queries
from charity.registry.models import Organisation, SocialWorkStation
from tests.factories import make_organisation, make_region
from tests.support.site import SignIn, SiteClient
from tests.web.world import World
from web.register_commands import organisations
from web.security.access import Who
from web.security.routes_forces import FORCES

pytestmark = pytest.mark.usefixtures("app")

PAGES = [row for rows in FORCES for row in rows if row.method == "GET"]
LIST = "名称,类型,登记/备案,电话\n舞蹈队,,备案,0711-3350000\n合唱队,,待定,\n合计,3\n"


def test_every_page_of_the_register_opens_for_who_keeps_it(
    keeper: SiteClient, world: World
) -> None:
    adapter = keeper.application.url_map.bind("localhost")
    for row in PAGES:
        path = adapter.build(row.endpoint, world.arguments(dict(row.sample)))
        assert keeper.get(path).status_code == 200, path


def test_a_station_is_entered_and_looked_at(
    keeper: SiteClient, client: SiteClient, session: Session, world: World
) -> None:
    said = {
        "name": "洪港社工站", "tier": "station", "region_code": "420704001202", "workers": "2",
        "parent_id": world.things["station"], "opened_on": "2026-01-06", "operator_id": "",
    }  # fmt: skip
    wrong = keeper.submit("/desk/register/stations/new", {**said, "parent_id": ""})
    assert (wrong.status_code, "社工站设在指导中心下面" in wrong.text) == (422, True)
    assert keeper.submit("/desk/register/stations/new", said).status_code == 303
    made = session.scalars(
        select(SocialWorkStation).where(SocialWorkStation.name == "洪港社工站")
    ).one()
    checked = {"ready_livelihood": "y", "note_livelihood": "台账看过"}
    keeper.submit(f"/desk/register/stations/{made.id}", checked)
    page = client.get(f"/stations/{made.id}").text
    assert (page.count("已落实"), page.count("还没落实"), "台账看过" in page) == (1, 4, True)
    assert "洪港社工站" in client.get("/stations?place=420704001&tier=station").text


def test_what_the_register_says_stands_on_the_page_of_the_organisation(
    keeper: SiteClient, client: SiteClient, world: World
) -> None:
    own, here = world.things["organisation"], "/desk/register/organisations/{}"
    honour = {"act": "honour", "title": "双十佳项目", "awarded_by": "鄂州市民政局",
              "awarded_on": "2026-01-06", "source_url": "ftp://example.cn"}  # fmt: skip
    assert "以 https:// 开头" in keeper.submit(here.format(own), honour).text
    honour["source_url"] = "https://mzj.example.cn/1"
    assert keeper.submit(here.format(own), honour).status_code == 303
    step = {"act": "step", "state": "incubating", "on": "2026-01-07"}
    keeper.submit(f"/desk/register/incubations/{world.things['incubation']}", step)
    page = client.get(f"/organisations/{own}").text
    for words in ("双十佳项目", "https://mzj.example.cn/1", "孵化中", "凤凰志愿服务总队",
                  "社会工作联合会"):  # fmt: skip
        assert words in page, words


def test_a_list_is_tried_and_then_applied_once(keeper: SiteClient, session: Session) -> None:
    file = (io.BytesIO(LIST.encode("gb18030")), "名单.csv")
    sent = keeper.submit("/desk/register/lists", {"file": file})
    tried = keeper.get(sent.location).text
    for words in ("只认“登记”或“备案”", "第 3 行", "登记/备案", "相差 1", "确认导入"):
        assert words in tried, words
    assert queries.organisation_by_name(session, "舞蹈队") is None
    for _twice in range(2):
        keeper.submit(sent.location.split("?")[0], {"name": "名单.csv"})
    found = session.scalars(select(Organisation).where(Organisation.name == "舞蹈队")).one()
    assert found.contact_phone == "0711-3350000"
    assert "已导入" in keeper.get(sent.location).text
    assert "名单.csv" in keeper.get("/desk/register/lists").text


def test_the_command_tries_a_list_and_applies_it_in_somebodys_name(
    app: Flask, session: Session, world: World, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(LIST.encode("utf-8-sig"))
    who = world.people[Who.VERIFIER]

    def run(*more: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(organisations, [str(file), *more])
        return done.exit_code, done.output

    code, said = run()
    assert (code, "1 created" in said, "stated 3, summed 2" in said) == (3, True, True)
    assert "第 3 行, 登记/备案: 只认“登记”或“备案”。" in said
    assert queries.organisation_by_name(session, "舞蹈队") is None
    assert run("--yes")[0] == 2
    assert run("--yes", "--as", "nobody")[0] == 1
    for _twice in range(2):
        code, said = run("--yes", "--as", who)
        assert (code, "1 created, 0 changed, 0 unchanged, 1 refused" in said) == (3, True), said
    assert queries.organisation_by_name(session, "舞蹈队") is not None


def test_div_01_a_place_says_which_way_its_organisations_are_counted(
    keeper: SiteClient, client: SiteClient, session: Session, world: World
) -> None:
    zone, village = make_region(session, "420704401", "临空经济区"), str(world.things["region"])
    make_organisation(session, region_code=village)
    session.commit()
    said = keeper.submit(f"/desk/register/places/{village}", {"managed_by_code": zone.code})
    assert said.status_code == 303
    plain = client.get("/regions/420704401").text
    assert "组织的数字按区划代码算。按代管关系：加上" in plain
    managed = client.get("/regions/420704401?by=management").text
    assert ("核验过的组织，按代管关系" in managed, "改按区划代码" in managed) == (True, True)
    totals = [
        queries.organisations_page(session, region_code=zone.code, by_management=by).total
        for by in (False, True)
    ]
    assert totals[0] == 0 < totals[1]
    assert "这里由 临空经济区 代管" in client.get(f"/regions/{village}").text


@pytest.fixture
def keeper(sign_in: SignIn, world: World) -> SiteClient:
    return sign_in(world.people[Who.VERIFIER])
