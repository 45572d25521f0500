"""Lists of needs and resources: what a cell may say, what a row must, and the same list twice."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import CommonReason, Denied, Invalid, ReasonCode
from charity.letters import Letter
from charity.registry.models import Region
from charity.registry.reading import Places
from charity.registry.reading.reasons import ListReason
from projects.listings.models import Need, NeedState, Resource, ResourceKind, Urgency
from projects.listings.queries.importing import Bringing, ListingOutcome, judge_listings
from projects.listings.reading import ListedNeed, ListKind, read_listings, template_heads
from projects.listings.reading.measures import Unmeasured, measured
from projects.listings.reading.reasons import ImportReason
from projects.listings.reasons import NeedsReason
from projects.listings.services.importing import import_listings
from projects.listings.timeliness import CAPACITY_DAYS
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation, make_region, make_user

TODAY = date(2026, 3, 16)
PLACES = Places(
    [("42", "湖北省"), ("4207", "鄂州市"), ("420704", "鄂城区"), ("420704001", "凤凰街道"),
     ("420704001202", "洪港村委会"), ("420704002", "古楼街道")],
    "420704",
)  # fmt: skip
HEAD = "编号,名称,形式,类别,对象,地点,物品,数量,单位,缓急,联系人,电话"
GOOD = "N1,村口要 3 辆轮椅,物资,助残,老人,凤凰街道,轮椅,3,辆,急难,李四,0711-3350000"


def sheet(*rows: str, head: str = HEAD, encoding: str = "utf-8") -> bytes:
    return "\n".join(["需求清单", head, *rows]).encode(encoding)


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    typed: Any = book.active
    for row in rows:
        typed.append(list(row))
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "amount", "unit", "found"),
    [
        ("goods", "1,000", "个", (1000, "个")),
        ("goods", "1.5万只", "", (15_000, "只")),
        ("goods", "3千 盒", "盒", (3000, "盒")),
        ("goods", 20.0, "副", (20, "副")),
        ("goods", "若干", "副", (None, "副")),
        ("goods", None, "", (None, "")),
        ("money", "5000", "", (500_000, "")),
        ("money", "12.34", "元", (1234, "")),
        ("money", "5", "万元", (5_000_000, "")),
        ("money", "5万元", "", (5_000_000, "")),
        ("hours", "2.5", "小时", (150, "")),
        ("hours", "90分钟", "", (90, "")),
        ("hours", "不详", "小时", (None, "")),
        ("goods", "约500个", "", ImportReason.QUANTITY_UNCLEAR),
        ("goods", "500个左右", "个", ImportReason.UNIT_DIFFERS),
        ("goods", "500多", "", ImportReason.QUANTITY_UNCLEAR),
        ("goods", "1,00", "个", ImportReason.UNIT_DIFFERS),
        ("goods", "-5", "个", ImportReason.QUANTITY_UNCLEAR),
        ("goods", "2.5", "个", ImportReason.QUANTITY_UNCLEAR),
        ("goods", "0", "个", ImportReason.QUANTITY_ZERO),
        ("goods", "5箱", "个", ImportReason.UNIT_DIFFERS),
        ("money", "5", "箱", ImportReason.UNIT_OF_KIND),
        ("money", "1.005", "元", ImportReason.QUANTITY_UNCLEAR),
        ("hours", "3", "天", ImportReason.UNIT_OF_KIND),
        ("goods", "9" * 15, "个", ImportReason.QUANTITY_UNCLEAR),
    ],
)
def test_quantities_as_people_write_them(
    kind: str, amount: str | float | None, unit: str, found: object
) -> None:
    if isinstance(found, ReasonCode):
        with pytest.raises(Unmeasured) as refusal:
            measured(ResourceKind(kind), amount, unit)
        assert refusal.value.reason is found
        return
    read = measured(ResourceKind(kind), amount, unit)
    assert (read.quantity, read.unit) == found
    assert (ImportReason.QUANTITY_UNKNOWN in read.told) == (read.quantity is None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_row_in_every_encoding(encoding: str) -> None:
    (row,) = read_listings(sheet(GOOD, encoding=encoding), ListKind.NEEDS, PLACES, TODAY).rows
    assert isinstance(row.said, ListedNeed)
    assert (row.reference, row.said.quantity, row.said.unit) == ("N1", 3, "辆")
    assert (row.said.region_code, row.said.urgency) == ("420704001", Urgency.URGENT)
    assert (row.said.starts_on, row.flaws) == (TODAY, ())


def test_a_workbook_says_the_same_as_text() -> None:
    typed: list[object] = [*GOOD.split(",")]
    typed[7] = 3
    (row,) = read_listings(workbook([HEAD.split(","), typed]), ListKind.NEEDS, PLACES, TODAY).rows
    (text,) = read_listings(sheet(GOOD), ListKind.NEEDS, PLACES, TODAY).rows
    assert (row.said, row.identity) == (text.said, text.identity)


def test_dirt_is_told_by_row_and_kind() -> None:
    rows = [
        GOOD,
        "N2,洗澡椅,物资,助残,老人,洪港村,洗澡椅,不详,把,,李四,0711-3350000",
        "N3,洗澡椅,物资,助残,老人,洪港村,洗澡椅,4,把,,李四,0711-3350000",
        "N1,另一件,物资,助残,老人,洪港村,拐杖,4,根,,李四,0711-3350000",
        "N5,拐杖,物资,助残,老人,火星镇,拐杖,约4,把,快点,李四,没有",
        "N6,,礼物,别的,,洪港村,拐杖,4,把,,李四,0711-3350000",
        "N7,=1+1,物资,助残,外星人,洪港村,拐杖,4,把,,李四,0711-3350000",
        "N8,雨伞,物资,助残,老人,洪港村,雨伞,4,串,,李四,0711-3350000",
    ]
    found = read_listings(sheet(*rows), ListKind.NEEDS, PLACES, TODAY)
    assert [row.said is not None for row in found.rows] == [True, True, *[False] * 5, True]
    assert found.dirt == Counter(
        {
            ImportReason.QUANTITY_UNKNOWN: 1,
            ListReason.TWICE: 2,
            ListReason.PLACE_UNKNOWN: 1,
            ImportReason.QUANTITY_UNCLEAR: 1,
            ImportReason.URGENCY_UNKNOWN: 1,
            ListReason.PHONE: 1,
            ListReason.NO_NAME: 1,
            ImportReason.KIND_UNKNOWN: 1,
            ImportReason.CATEGORY_UNKNOWN: 1,
            ListReason.FORMULA: 1,
            ImportReason.GROUP_UNKNOWN: 1,
            ImportReason.UNIT_ODD: 1,
        }
    ) + Counter({ListReason.NO_NAME: found.dirt[ListReason.NO_NAME] - 1})
    assert {flaw.number for flaw in found.rows[4].flaws} == {7}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b\n1,2\n", ImportReason.NO_HEAD),
        (sheet(), ImportReason.NO_ROWS),
        (sheet(GOOD, head=HEAD + ",名称"), ListReason.COLUMN_TWICE),
    ],
)
def test_a_file_that_is_no_list(content: bytes, reason: ReasonCode) -> None:
    with pytest.raises(Invalid) as refusal:
        read_listings(content, ListKind.NEEDS, PLACES, TODAY)
    assert (refusal.value.reason, refusal.value.field) == (reason, "file")


@pytest.mark.parametrize("kind", list(ListKind))
def test_the_empty_list_to_download_is_read_with_every_column(kind: ListKind) -> None:
    file = io.StringIO()
    heads = template_heads(kind)
    csv.writer(file).writerows([heads, ["x"] * len(heads)])
    found = read_listings(file.getvalue().encode(), kind, PLACES, TODAY)
    assert list(found.head.values()) == heads


# ── bringing them in ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def dispatcher(session: Session, clock: SetClock) -> Actor:
    for code, name in (("420704001", "凤凰街道"), ("420704002", "古楼街道")):
        make_region(session, code, name)
    user = make_user(session, login_name="leader@example.cn")
    return make_actor(session, Grant(Role.DISPATCHER, region_code="420704001"), user=user)


def places(session: Session) -> Places:
    rows = session.execute(select(Region.code, Region.name)).all()
    return Places([(row[0], row[1]) for row in rows], "420704")


def test_orders_of_a_community_come_once(session: Session, dispatcher: Actor) -> None:
    rows = [
        "N1,老人要人陪着看病,人手,养老照料,老人,凤凰街道,,2,小时,急难,李四,0711-3350000",
        "N2,别处的人手,人手,养老照料,老人,古楼街道,,2,小时,,李四,0711-3350000",
        "N3,没有电话的,人手,养老照料,老人,凤凰街道,,2,小时,,,",
        "N4,救救张小明,资金,资金支持,病人,凤凰街道,,2000,元,,李四,0711-3350000",
        "N5,三箱口罩,物资,防护物资,居民,凤凰街道,口罩,3,,,李四,0711-3350000",
    ]
    found = read_listings(sheet(*rows), ListKind.NEEDS, places(session), TODAY)
    bringing = Bringing(ListKind.NEEDS, confirms=True)
    tried = judge_listings(session, dispatcher, found.rows, bringing)
    assert session.scalar(select(func.count(Need.id))) == 0
    done = import_listings(session, dispatcher, bringing=bringing, rows=found.rows)
    outcome = ListingOutcome
    wanted = [outcome.NEW, outcome.REFUSED, outcome.REFUSED, outcome.REFERRED, outcome.REFUSED]
    assert [each.outcome for each in tried] == [each.outcome for each in done] == wanted
    assert [[flaw.reason for flaw in each.flaws] for each in tried][1:3] == [
        [ImportReason.NOT_YOUR_PLACE],
        [CommonReason.REQUIRED],
    ]
    assert NeedsReason.UNIT_NEEDED in [flaw.reason for flaw in tried[4].flaws]
    need, plea = session.scalars(select(Need).order_by(Need.id))
    assert (need.state, need.quantity, need.due_at is not None) == (NeedState.OPEN, 120, True)
    assert (plea.state, plea.confirmed_at) == (NeedState.REFERRED, None)
    # nobody is written a letter for each row of a list
    assert session.scalar(select(func.count(Letter.id))) == 0
    again = import_listings(session, dispatcher, bringing=bringing, rows=found.rows)
    assert Counter(each.outcome for each in again) == {outcome.THERE: 2, outcome.REFUSED: 3}
    assert session.scalar(select(func.count(Need.id))) == 2


def test_resources_belong_to_units_the_bringer_speaks_for(
    session: Session, dispatcher: Actor
) -> None:
    own = make_organisation(session, name="洪港口罩厂")
    make_organisation(session, name="别家工厂")
    editor = make_actor(session, Grant(Role.EDITOR, organisation_id=own.id))
    head = "名称,形式,类别,单位名称,地点,服务范围,物品,日产能,单位"
    rows = [
        "口罩,物资,防护物资,洪港口罩厂,凤凰街道,,口罩,1000,只",
        "口罩,物资,防护物资,别家工厂,凤凰街道,,口罩,1000,只",
        "口罩,物资,防护物资,没有的厂,凤凰街道,,口罩,1000,只",
        "手套,物资,防护物资,,凤凰街道,古楼街道,手套,不详,双",
    ]
    found = read_listings(sheet(*rows, head=head), ListKind.RESOURCES, places(session), TODAY)
    bringing = Bringing(ListKind.RESOURCES, organisation_id=own.id)
    with pytest.raises(Denied):
        import_listings(session, dispatcher, bringing=bringing, rows=found.rows)
    done = import_listings(session, editor, bringing=bringing, rows=found.rows)
    assert [each.outcome for each in done] == [
        ListingOutcome.NEW, ListingOutcome.REFUSED, ListingOutcome.REFUSED, ListingOutcome.NEW,
    ]  # fmt: skip
    assert done[1].flaws[-1].reason is ImportReason.NOT_YOUR_UNIT
    assert done[2].flaws[-1].reason is ImportReason.ORGANISATION_UNKNOWN
    masks, gloves = session.scalars(select(Resource).order_by(Resource.id))
    assert (masks.quantity, masks.organisation_id) == (1000 * CAPACITY_DAYS, own.id)
    assert (gloves.quantity, gloves.serves_code) == (None, "420704002")
    again = import_listings(session, editor, bringing=bringing, rows=found.rows)
    assert session.scalar(select(func.count(Resource.id))) == 2
    assert again[0].outcome is ListingOutcome.THERE
