"""Registrars' lists: what is read of them, what becomes of each row, and what is never repaired."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.errors import Conflict, Denied, Invalid
from charity.outbox import Outbox
from charity.registry import queries, services, uscc
from charity.registry.models import (
    AnnualInspection,
    InspectionResult,
    Organisation,
    OrganisationKind,
    RegistryImport,
    Verification,
)
from charity.registry.queries import Outcome
from charity.registry.reading import PARTS, TOTAL, Places, RegisterList, differing, read_list
from charity.registry.reading.reasons import ListReason as Reason
from charity.registry.reasons import RegistryReason
from tests.factories import make_actor, make_organisation, make_region

TODAY = date(2026, 3, 16)
PLACES = [
    ("42", "湖北省"), ("4207", "鄂州市"), ("420704", "鄂城区"), ("420704001", "凤凰街道"),
    ("420704001009", "滨湖社区"), ("420704001206", "洪港村委会"), ("420704002", "古楼街道"),
    ("420704002001", "滨湖社区"),
]  # fmt: skip
HEAD = ["序号", "名称", "类型", "统一社会信用代码", "登记/备案", "备案号", "所在社区", "登记日期",
        "登记机关", "挂靠单位", "联系人", "电话", "2024年检结果"]  # fmt: skip
OFFICE = "鄂城区民政局"


def code(first: str, number: int) -> str:
    """A credit code without anything to warn of."""
    # Not of the numbers that factories give.
    body = f"MH{number:06d}"
    return uscc.with_check_digit(f"{first}420704{body}{uscc._inner_check_digit(body)}")


def row(name: str, **more: Any) -> list[Any]:
    """One row of the list by the words above its columns."""
    return [{"名称": name, **more}.get(word, "") for word in HEAD]


def registered(number: int, **more: Any) -> list[Any]:
    values = {"类型": "民非", "统一社会信用代码": code("52", number), "登记/备案": "登记",
              "登记日期": "2019-05-06", "登记机关": OFFICE}  # fmt: skip
    return row(f"服务中心{number}", **(values | more))


def as_csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for each in rows:
        sheet.append(list(each))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(*rows: Sequence[Any], head: Sequence[Any] = HEAD) -> RegisterList:
    return read_list(as_csv([head, *rows]), Places(PLACES, "420704"), TODAY)


def flaws(found: RegisterList) -> list[tuple[int, str, Any]]:
    return [(flaw.number, flaw.column, flaw.reason) for each in found.rows for flaw in each.flaws]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "write",
    [as_xlsx, as_csv, lambda rows: as_csv(rows, "utf-8-sig"), lambda rows: as_csv(rows, "gb18030")],
    ids=["xlsx", "utf-8", "with its mark", "gb18030"],
)
def test_a_list_is_read_whatever_it_was_written_with(write: Any) -> None:
    rows = [
        ["鄂城区社会组织名单"], HEAD,
        registered(1, 所在社区="滨湖社区", 备案号="x") [:6] + registered(1)[6:],
        row("象棋队", **{"类型": "文体类", "登记/备案": "备案", "备案号": "凤备001",
                         "所在社区": "凤凰街道滨湖社区", "挂靠单位": "服务中心1",
                         "联系人": "王芳", "电话": "０７１１－３３５１２３４"}),
    ]  # fmt: skip
    found = read_list(write(rows), Places(PLACES, "420704"), TODAY)
    assert [each.flaws for each in found.rows] == [(), ()]
    centre, group = (each.said for each in found.rows)
    assert centre is not None
    assert group is not None
    assert (centre.kind, centre.uscc) == (OrganisationKind.SOCIAL_SERVICE_ORG, code("52", 1))
    assert (centre.established_on, centre.registrar_code) == (date(2019, 5, 6), "420704")
    assert centre.region_code == "420704"
    assert (group.kind, group.uscc) == (OrganisationKind.COMMUNITY_GROUP, None)
    assert (group.region_code, group.host) == ("420704001009", "服务中心1")
    assert (group.contact_phone, group.filing_number) == ("0711-3351234", "凤备001")


def test_each_wrong_cell_is_told_by_row_and_column() -> None:
    bad = code("52", 2)[:-1] + ("A" if code("52", 2)[-1] != "A" else "B")
    found = read(
        registered(1, 名称=""),
        registered(2, 统一社会信用代码=bad),
        registered(3, 所在社区="滨湖社区"),
        registered(4, 所在社区="无名村", 登记日期="2019年13月1日", 电话="无"),
        registered(5, 登记日期="2026-03-17", 挂靠单位="服务中心1"),
        registered(6, **{"登记/备案": "待定", "类型": "协会"}),
        registered(7, 统一社会信用代码=""),
        row("舞蹈队", **{"登记/备案": "备案", "统一社会信用代码": code("52", 8)}),
        registered(9, **{"2024年检结果": "良好"}),
        registered(10, 名称="=A1"),
        registered(11, 统一社会信用代码=code("51", 11)),
        registered(12),
        registered(12, 名称="另一个名字"),
    )
    assert sorted(flaws(found)) == sorted([
        (2, "name", Reason.NO_NAME),
        (3, "uscc", RegistryReason.USCC_CHECK),
        (4, "region", Reason.PLACE_AMBIGUOUS),
        (5, "region", Reason.PLACE_UNKNOWN),
        (5, "established_on", Reason.NO_DAY),
        (5, "contact_phone", Reason.PHONE),
        (6, "established_on", Reason.FUTURE),
        (6, "host", Reason.HOST_OF_REGISTERED),
        (7, "basis", Reason.BASIS_UNKNOWN),
        (7, "kind", Reason.KIND_UNKNOWN),
        (8, "uscc", Reason.USCC_MISSING),
        (9, "uscc", RegistryReason.USCC_NEEDLESS),
        (10, "inspection", Reason.RESULT_UNKNOWN),
        (11, "name", Reason.FORMULA),
        (12, "uscc", RegistryReason.USCC_KIND),
        (14, "uscc", Reason.TWICE),
    ])  # fmt: skip
    assert [each.number for each in found.rows if each.said is not None] == [12, 13]
    assert found.head["uscc"] == "统一社会信用代码"


@pytest.mark.parametrize(
    ("head", "reason"),
    [(["日期", "金额"], Reason.NO_HEAD), (["名称", "类型", "名称"], Reason.COLUMN_TWICE)],
)
def test_a_file_that_is_no_list(head: list[str], reason: Reason) -> None:
    with pytest.raises(Invalid) as refusal:
        read(head=head)
    assert (refusal.value.reason, refusal.value.field) == (reason, "file")


def test_the_stated_total_of_284_is_kept_beside_35_and_253_which_make_288() -> None:
    rows = [registered(n) for n in range(253)]
    rows += [registered(1000 + n, 类型="社会团体", 统一社会信用代码=code("51", n))
             for n in range(35)]  # fmt: skip
    for stated in (
        [["登记社会组织284家，其中社会团体35家，民办非企业单位253家"], HEAD, *rows],
        [HEAD, *rows, ["合计", 284], ["社会团体", "35家"], ["民办非企业单位", 253]],
    ):
        found = read_list(as_csv(stated), Places(PLACES, "420704"), TODAY)
        assert len(found.rows) == 288
        assert found.gaps == {
            TOTAL: [284, 288], "association": [35, 35], "social_service_org": [253, 253],
            PARTS: [284, 288],
        }  # fmt: skip
        assert differing(found.gaps) == {TOTAL: (284, 288), PARTS: (284, 288)}
    assert read(*rows[:2]).gaps == {}


# ── applying ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def keeper(session: Session) -> Actor:
    for place, name in PLACES:
        make_region(session, place, name)
    return make_actor(session, Grant(Role.VERIFIER, organisation_id=make_organisation(session).id))


def bring(
    session: Session, actor: Actor, found: RegisterList, content: str, size: int = 2
) -> RegistryImport:
    """Apply a list in small portions, going on where it stands."""
    entered = services.begin_import(
        session, actor, file_hash=sha256(content.encode()).digest(), file_name=f"{content}.csv",
        rows=len(found.rows), gaps=found.gaps,
    )  # fmt: skip
    for start, rows in found.portions(size, entered.done):
        services.apply_rows(session, actor, import_id=entered.id, start=start, rows=rows)
    return entered


def outcome(entered: RegistryImport) -> list[int]:
    return [entered.created, entered.changed, entered.unchanged, entered.refused]


def first_list() -> RegisterList:
    group = {"登记/备案": "备案", "备案号": "凤备001", "挂靠单位": "服务中心3"}
    return read(
        row("象棋队", **group), registered(1), registered(2), registered(3),
        registered(4, 所在社区="无名村"),
        row("无主队", **(group | {"挂靠单位": "没有这家"})),
    )  # fmt: skip


def test_a_list_is_applied_once_in_the_name_of_who_brings_it(
    session: Session, keeper: Actor
) -> None:
    found = first_list()
    tried = queries.judge_rows(session, found.rows, hosts=found.hosts)
    assert Counter(each.outcome for each in tried) == {Outcome.CREATED: 4, Outcome.REFUSED: 2}
    assert session.scalar(select(Organisation).where(Organisation.name == "象棋队")) is None

    entered = bring(session, keeper, found, "first")
    assert outcome(entered) == [4, 0, 0, 2]
    assert entered.applied_at is not None
    group = session.scalars(select(Organisation).where(Organisation.name == "象棋队")).one()
    assert group.host is not None
    assert (group.host.name, group.filing_number) == ("服务中心3", "凤备001")
    (seen,) = session.scalars(select(Verification).where(Verification.organisation_id == group.id))
    assert (seen.verified_by_user_id, seen.note) == (keeper.user_id, "first.csv #2")
    told = select(Outbox.subject).where(Outbox.event == "organisation.listed")
    assert f"organisation:{group.id}" in set(session.scalars(told))

    again = bring(session, keeper, found, "first")
    assert (again.id, outcome(again)) == (entered.id, [4, 0, 0, 2])
    other = bring(session, keeper, first_list(), "same rows in another file")
    assert outcome(other) == [0, 0, 4, 2]


def test_a_later_list_corrects_what_only_lists_know(session: Session, keeper: Actor) -> None:
    bring(session, keeper, read(registered(1, 联系人="王芳"), registered(2)), "first")
    later = read(
        registered(1, 联系人="李强", 所在社区="洪港村"),
        registered(2, **{"2024年检结果": "基本合格"}),
        registered(3, 名称="改了名字", 统一社会信用代码=code("52", 2)),
    )
    assert outcome(bring(session, keeper, later, "later")) == [0, 2, 0, 1]
    centre = session.scalars(select(Organisation).where(Organisation.name == "服务中心1")).one()
    assert (centre.contact_name, centre.region_code) == ("李强", "420704001206")
    (inspected,) = session.scalars(select(AnnualInspection))
    assert (inspected.year, inspected.result) == (2024, InspectionResult.BASIC_PASS)


def test_what_a_person_verified_is_never_written_over(session: Session, keeper: Actor) -> None:
    known = make_organisation(session)
    known.uscc, known.verification_note, known.contact_name = code("52", 1), "papers seen", "李四"
    session.flush()
    lists = (
        read(registered(1, 名称=known.name, 联系人="别人")),
        read(registered(2, 名称=known.name)),
        read(registered(1)),
    )
    told = [
        (each.outcome, flaw.column, flaw.reason)
        for found in lists
        for each in queries.judge_rows(session, found.rows)
        for flaw in each.flaws
    ]
    assert told == [
        (Outcome.CHANGED, "contact_name", Reason.KEPT),
        (Outcome.REFUSED, "uscc", Reason.CODE_DIFFERS),
        (Outcome.REFUSED, "name", Reason.NAME_DIFFERS),
    ]
    assert outcome(bring(session, keeper, lists[0], "list")) == [0, 1, 0, 0]
    session.refresh(known)
    assert (known.contact_name, known.established_on) == ("李四", date(2019, 5, 6))


def test_an_interrupted_import_goes_on_where_it_stood(session: Session, keeper: Actor) -> None:
    found = read(*(registered(number) for number in range(5)))
    entered = bring(session, keeper, RegisterList(found.rows[:2], {}, {}), "list")
    entered.rows, entered.applied_at = 5, None
    with pytest.raises(Conflict) as refusal:
        services.apply_rows(session, keeper, import_id=entered.id, start=0, rows=found.rows[:2])
    assert refusal.value.reason is Reason.OTHER_IMPORT
    assert outcome(bring(session, keeper, found, "list")) == [5, 0, 0, 0]
    assert entered.applied_at is not None


def test_lists_are_brought_by_who_keeps_the_register(session: Session, keeper: Actor) -> None:
    for actor in (make_actor(session), Actor.system("test")):
        with pytest.raises(Denied):
            bring(session, actor, read(registered(1)), "list")


def test_a_long_list_of_organisations_asks_as_little_as_a_short_one(
    session: Session, keeper: Actor
) -> None:
    groups = [row(f"队{n}", **{"登记/备案": "备案"}) for n in range(30)]
    bring(session, keeper, read(*(registered(n) for n in range(25)), *groups), "list", 2000)
    pages = [queries.organisations_page(session, region_code="4207", page=n) for n in (1, 2, 3)]
    assert {page.total for page in pages} == {56}
    names = [found.uscc is None for page in pages for found in page.items]
    assert names == [False] * 26 + [True] * 30
    only = queries.organisations_page(session, kind=OrganisationKind.COMMUNITY_GROUP, page=9)
    assert (only.number, len(only.items), only.total) == (2, 10, 30)
