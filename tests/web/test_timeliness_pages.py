"""The figures open their rows and say what is simulated; a list is tried, then brought in once."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Denied
from charity.money import Money
from projects.listings import services
from projects.listings.models import Claim, Need, Resource, ResourceKind
from projects.listings.queries.timeliness import NeedsAsked, Scope, linked, need_facts, needs_behind
from projects.listings.reading import ListKind, template_heads
from projects.listings.services.simulating import simulate_delivery
from projects.listings.timeliness import NeedFigures, figures
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation, make_region
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.world import World
from tests.web.world_needs import HOUR, accepted_claim, open_need, reported
from web.listing_commands import resources
from web.security.access import Who

pytestmark = pytest.mark.usefixtures("app")

STREET, OTHER = "420704001", "420704002"
SYSTEM = Actor.system("test")


@pytest.fixture
def helped(session: Session, clock: SetClock) -> dict[str, Need]:
    """Five needs of two streets: helped, simulated, of unknown quantity, waiting, helped late."""
    make_region(session, STREET, "凤凰街道")
    make_region(session, OTHER, "古楼街道")
    leader = make_actor(session, Grant(Role.DISPATCHER, region_code="420704"))
    unit_id = make_organisation(session, name="灯泡服务队").id
    unit = make_actor(session, Grant(Role.OWNER, organisation_id=unit_id))

    def claim(need: Need, quantity: int | None) -> Claim:
        return accepted_claim(
            session, leader, unit, need, organisation_id=unit_id, quantity=quantity
        )

    def serve(need: Need, minutes: int, quantity: int | None) -> None:
        record = reported(session, unit, claim(need, quantity), clock.now.date(), minutes)
        record.value = Money.yuan(30)
        services.confirm_service(session, leader, record_id=record.id)

    needs = {
        "helped": open_need(session, leader, STREET, quantity=10 * HOUR),
        "simulated": open_need(session, leader, STREET, quantity=4 * HOUR, title="模拟的一次"),
        "unknown": open_need(session, leader, OTHER, quantity=None, title="不知道要几个人"),
        "waiting": open_need(session, leader, OTHER, quantity=2 * HOUR, title="还在等的"),
        "late": open_need(session, leader, OTHER, quantity=2 * HOUR, title="来晚的"),
    }
    clock.set(clock.now + timedelta(hours=3))
    serve(needs["helped"], 5 * HOUR, 5 * HOUR)
    serve(needs["unknown"], HOUR, None)
    simulated = claim(needs["simulated"], 4 * HOUR)
    simulate_delivery(session, SYSTEM, claim_id=simulated.id, quantity=4 * HOUR, people=2, times=2)
    clock.set(clock.now + timedelta(days=10))
    serve(needs["late"], HOUR, HOUR)
    session.commit()
    return needs


def scope(clock: SetClock) -> Scope:
    today = clock.now.date()
    return Scope("4207", None, today - timedelta(days=365), today)


def test_figures_count_what_their_rows_show(
    session: Session, clock: SetClock, helped: dict[str, Need]
) -> None:
    """Every number is the length of the list it opens; a simulation is no person's act."""
    found = figures(need_facts(session, scope(clock)), clock.now)
    wanted = {
        NeedsAsked.ALL: found.needs,
        NeedsAsked.KNOWN: found.known,
        NeedsAsked.UNKNOWN: found.unknown,
        NeedsAsked.CLAIMED: found.claimed,
        NeedsAsked.UNCLAIMED: found.to_claim.unfinished,
        NeedsAsked.REACHED: found.reached,
        NeedsAsked.UNREACHED: found.to_delivery.unfinished,
        NeedsAsked.INSIDE: found.inside,
        NeedsAsked.LATE: found.late,
        NeedsAsked.RUNNING: found.running,
        NeedsAsked.SIMULATED: 1,
    }
    assert list(wanted.values()) == [5, 4, 1, 4, 1, 4, 1, 3, 2, 0, 1]
    for asked, count in wanted.items():
        page = needs_behind(session, scope(clock), asked, clock.now, 1)
        assert page.total == len(page.items) == count, asked
    _check(found)
    claim_id = session.scalars(select(Claim.id).where(Claim.need_id == helped["helped"].id)).one()
    with pytest.raises(Denied):
        simulate_delivery(session, make_actor(session), claim_id=claim_id, quantity=1)
    sums = linked(session, scope(clock))
    street = sums[STREET, ResourceKind.HOURS]
    assert (street.deliveries, street.people, street.times, street.simulated) == (2, 5, 6, 1)
    # only money and goods have a value here, whatever a report of hours says
    assert {(one.value, one.valued, one.unvalued) for one in sums.values()} == {(Money(0), 0, 0)}


def _check(found: NeedFigures) -> None:
    assert found.matched == (5000 + 10_000 + 0 + 5000) // 4
    assert found.delivered == found.matched
    assert (found.to_claim.tenths, found.to_claim.at_least) == (30, False)
    assert (found.reached_share, found.inside_share) == (8000, 6000)


def test_page_of_figures_says_what_is_simulated_and_opens_rows(
    client: SiteClient, session: Session, helped: dict[str, Need]
) -> None:
    with counted(session) as sent:
        page = client.get("/statistics/matching?place=420704").text
    assert len(sent) <= 12, "\n".join(sent)
    for words in ("其中 1 条是模拟交付", "凤凰街道", "古楼街道", "维修", "至少", "100 件", "7 天"):
        assert words in page, words
    for path in re.findall(r'href="(/statistics/[^"]+)"', page.replace("lang=en", "")):
        assert client.get(path.replace("&amp;", "&")).status_code == 200, path
    rows = client.get("/statistics/matching/needs?which=simulated").text
    assert ("模拟的一次" in rows, "来晚的" in rows) == (True, False)
    late = client.get(f"/statistics/matching/needs?which=late&place={OTHER}").text
    assert ("来晚的" in late, "还在等的" in late, "不知道要几个人" in late) == (True, True, False)
    empty = client.get(
        "/statistics/matching?since=2030-01-01&until=2030-02-01&place=zz&lang=zh"
    ).text
    assert "这段时间没有需求" in empty
    assert client.get("/statistics/matching.exe").status_code == 404


def test_linked_resources_keep_people_and_times_apart(
    client: SiteClient, helped: dict[str, Need]
) -> None:
    page = client.get("/statistics/linked").text
    for words in ("其中 1 条是模拟交付", "人次", "人手", "凤凰街道"):
        assert words in page, words
    body = client.get("/statistics/linked.csv").get_data().decode("utf-8-sig")
    head, whole, *_rest = csv.reader(io.StringIO(body))
    said = dict(zip(head, whole, strict=True))
    assert (said["交付次数"], said["人"], said["人次"], said["其中模拟"]) == ("4", "11", "14", "1")
    assert client.get("/statistics/linked/deliveries?kind=goods").text.count("没有这样的交付") == 1
    assert client.get("/statistics/matching.xlsx").data[:2] == b"PK"


def test_a_list_is_tried_and_then_brought_in_once(
    sign_in: SignIn, session: Session, world: World
) -> None:
    leader = sign_in(world.people[Who.DISPATCHER])
    heads = template_heads(ListKind.NEEDS)
    filled = {
        "标题": "要人陪着看病", "形式": "人手", "类别": "养老照料", "所在地": "420704001202",
        "数量": "2小时", "联系人": "李四", "电话": "0711-3350000",
    }  # fmt: skip
    file = io.StringIO()
    writer = csv.DictWriter(file, heads)
    writer.writeheader()
    writer.writerow(filled)
    writer.writerow(filled | {"标题": "说不准的", "数量": "几个"})
    sent = leader.submit(
        "/needs/import",
        {
            "kind": "needs",
            "confirms": "y",
            "file": (io.BytesIO(file.getvalue().encode("gb18030")), "点单.csv"),
        },
    )
    assert sent.status_code == 303
    before = session.scalar(select(func.count(Need.id)))
    tried = leader.get(sent.location).text
    for words in ("第 3 行", "数量“几个”说不准", "确认导入", "会导入 1 行"):
        assert words in tried, words
    assert session.scalar(select(func.count(Need.id))) == before
    asked = {"kind": "needs", "confirms": "1", "name": "点单.csv"}
    for _twice in range(2):
        assert leader.submit(sent.location.split("?")[0], asked).status_code == 303
    assert session.scalar(select(func.count(Need.id))) == (before or 0) + 1
    made = session.scalars(select(Need).where(Need.title == "要人陪着看病")).one()
    assert (made.quantity, made.confirmed_at is not None) == (2 * HOUR, True)
    assert "没有要导入的行" in leader.get(sent.location).text
    assert leader.submit("/needs/import", {"kind": "needs"}).status_code == 422
    blank = leader.submit("/needs/import", {"kind": "needs", "file": (io.BytesIO(), "a.csv")})
    assert (blank.status_code, "请选一个文件" in blank.text) == (422, True)
    assert leader.get("/needs/import/empty/resources.csv").status_code == 200


def test_the_command_tries_first_and_brings_in_once(
    app: Flask, session: Session, world: World, tmp_path: Path
) -> None:
    file, who = tmp_path / "list.csv", world.people[Who.STAFF]
    head = "标题,形式,类别,所在地,物品,日产能,单位"
    good = "口罩,物资,防护物资,420704001202,口罩,1000,只"
    file.write_text(f"{head}\n{good}\n手套,物资,防护物资,天上,手套,1,双\n", encoding="utf-8-sig")
    said = ["--as", who, "--within", "420704", "--organisation", str(world.things["organisation"])]
    before = session.scalar(select(func.count(Resource.id))) or 0

    def run(*more: str) -> tuple[int, str]:
        session.commit()
        done = app.test_cli_runner().invoke(resources, [str(file), *said, *more])
        return done.exit_code, done.output

    code, output = run()
    assert (code, "1 new" in output, "1 refused" in output, "第 3 行" in output) == (
        3, True, True, True,
    )  # fmt: skip
    assert "日产能按" in output
    assert session.scalar(select(func.count(Resource.id))) == before
    for words in ("1 new", "1 there"):
        code, output = run("--yes")
        assert (code, words in output) == (3, True), output
    assert session.scalar(select(func.count(Resource.id))) == before + 1
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert run("--yes")[0] == 1
