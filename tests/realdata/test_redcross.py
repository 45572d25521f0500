"""The first published donation sheet of the Hubei Red Cross, read as a statement.

It ties to its printed total; and what somebody might do to such a sheet (change a row, hand a sheet
in twice, swap two columns) is caught, with the numbers of the rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from charity.actor import Grant, Role
from charity.donations import services
from charity.donations.models import RowState, StatementRow
from charity.donations.reasons import StatementsReason
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading, ReadRow, Verdict, delivered
from charity.money import Money
from tests.charity.donations.giving import Giving, open_giving
from tests.charity.donations.test_statements import Office
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.fakes import FakeGateway

TITLE = "2020年新型肺炎捐款信息"
HEAD = ["序号", "捐赠日期", "捐赠人", "金额"]
TODAY = date(2026, 3, 16)
Sheet = list[list[str]]


@pytest.fixture(scope="module")
def printed(realdata: Path) -> Money:
    """The control total as the sheet prints it."""
    path = realdata / "redcross_hubei" / "declared_totals.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    return Money(round(float(row["declared_total"]) * 100))


@pytest.fixture(scope="module")
def sheet(realdata: Path) -> Sheet:
    """The sheet's rows beneath its head, as they were published."""
    path = realdata / "redcross_hubei" / "donations_20200123.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            [
                row["serial"],
                row["donated_on"],
                row["organisation"] or "爱心人士",
                row["amount_cny"],
            ]
            for row in csv.DictReader(lines)
        ]


def as_csv(rows: Sheet, total: Money, encoding: str = "gb18030") -> bytes:
    text = io.StringIO(newline="")
    table = [[TITLE], HEAD, *rows, ["合计", "", "", f"{total.fen / 100:.2f}"]]
    csv.writer(text).writerows(table)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sheet, total: Money) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append([TITLE])
    page.merge_cells("A1:D1")
    page.append(HEAD)
    for number, day, who, amount in rows:
        page.append([int(number), day, who, float(amount)])
    page.append(["合计", None, None, total.fen / 100])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(content: bytes) -> tuple[list[ReadRow], Reading]:
    reading = Reading(content, delivered()[0].columns, TODAY)
    return list(reading.rows()), reading


def told(rows: list[ReadRow], verdict: Verdict) -> list[int]:
    return [row.number for row in rows if row.verdict is verdict]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_the_sheet_ties_to_its_printed_total(
    sheet: Sheet,
    printed: Money,
    write: Callable[[Sheet, Money], bytes],
    record_property: Callable[[str, object], None],
) -> None:
    rows, reading = read(write(sheet, printed))
    assert told(rows, Verdict.GIFT) == list(range(3, 63))
    assert reading.summed == reading.stated_total == printed == Money.yuan("3482232.11")
    record_property("gifts and their sum", f"{len(rows)}, {reading.summed}")


def test_a_row_that_was_changed_shows_in_the_total(sheet: Sheet, printed: Money) -> None:
    changed = [list(row) for row in sheet]
    changed[21][3] = "100000.0"
    _, reading = read(as_csv(changed, printed))
    assert reading.summed != reading.stated_total == printed


def test_a_sheet_handed_in_twice_in_one_file_is_told_row_by_row(
    sheet: Sheet, printed: Money
) -> None:
    rows, reading = read(as_csv([*sheet, *sheet], printed))
    assert told(rows, Verdict.REPEATED) == list(range(63, 123))
    assert [row.detail for row in rows[60:]] == [str(number) for number in range(3, 63)]
    assert reading.summed == printed
    again, whole = read(as_csv([*sheet, HEAD, *sheet], printed))
    assert told(again, Verdict.REPEATED) == list(range(64, 124))
    assert whole.summed == printed


@pytest.mark.parametrize(
    ("one", "other", "field"),
    [(1, 3, "booked_on"), (1, 2, "booked_on"), (2, 3, "amount"), (0, 3, "position")],
    ids=["day and sum", "day and giver", "giver and sum", "number and sum"],
)
def test_two_columns_that_changed_places_are_told_row_by_row(
    sheet: Sheet, printed: Money, one: int, other: int, field: str
) -> None:
    swapped = [list(row) for row in sheet]
    for row in swapped:
        row[one], row[other] = row[other], row[one]
    rows, reading = read(as_csv(swapped, printed))
    bad = [row for row in rows if row.verdict is Verdict.BAD]
    assert len(bad) >= 58
    assert all(row.number == index for index, row in enumerate(rows, start=3))
    assert {row.field for row in bad} == {field}
    assert reading.summed != printed


def test_one_row_whose_columns_changed_places_is_told(sheet: Sheet, printed: Money) -> None:
    swapped = [list(row) for row in sheet]
    swapped[30][1], swapped[30][3] = swapped[30][3], swapped[30][1]
    rows, _ = read(as_csv(swapped, printed))
    assert [(row.number, row.field) for row in rows if row.verdict is Verdict.BAD] == [
        (33, "booked_on")
    ]


@pytest.fixture
def office(session: Session, clock: SetClock) -> Office:
    """A treasurer who takes such sheets in."""
    giving: Giving = open_giving(session, FakeGateway())
    grant = Grant(Role.TREASURER, organisation_id=giving.campaign.charity_id)
    return Office(giving, make_actor(session, grant))


def test_published_again_with_one_row_changed_it_is_that_row_that_is_told(
    sheet: Sheet, printed: Money, office: Office
) -> None:
    first = office.read(as_csv(sheet, printed), portion=25)
    assert set(office.states(first)) == {RowState.UNMATCHED}
    assert first.stated_total == first.summed_total == printed
    changed = [list(row) for row in sheet]
    changed[21][3] = "100000.0"
    second = office.read(as_csv(changed, printed, "utf-8-sig"), portion=25)
    bad: list[StatementRow] = [
        row for row in office.rows(second) if row.state is not RowState.KNOWN
    ]
    assert [(row.number, row.state, row.problem, row.note) for row in bad] == [
        (24, RowState.BAD, StatementsReason.ROW_CHANGED.value, f"{first.id}:24")
    ]


def test_all_of_it_becomes_gifts_once(sheet: Sheet, printed: Money, office: Office) -> None:
    statement = office.read(as_csv(sheet, printed), portion=25)
    assert columns_of(office.session, statement)
    services.assign_to_campaign(
        office.session,
        office.treasurer,
        row_ids=[row.id for row in office.rows(statement)],
        campaign_id=office.giving.campaign.id,
    )
    services.start_applying(office.session, office.treasurer, statement_id=statement.id)
    while office.portion(statement, limit=25):
        pass
    assert office.gifts() == office.giving.entries() == 60
