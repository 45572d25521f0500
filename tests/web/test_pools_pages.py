"""Matching pools on the site: public rules, the file anybody replays, the treasurer's room."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import User
from charity.actor import Actor
from charity.donations import services
from charity.donations.giver_keys import giver_key
from charity.donations.models import (
    FlagKind,
    FlagState,
    Match,
    MatchFlag,
    MatchingPool,
    MatchState,
    PoolState,
)
from charity.donations.queries import pools as queries
from charity.donations.services import Terms
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.money import Money
from projects.listings.models import Project
from tests.projects.listings.village import Village, make_village
from tests.support.site import SignIn, SiteClient
from tests.support.source import ROOT

SYSTEM = Actor.system("tests")
SCRIPT = ROOT / "docs" / "replay_match.py"


@dataclass
class Room:
    """A village with a published project, and a fund for a pool with the sponsor's money."""

    session: Session
    village: Village
    project: Project
    fund_id: int

    def open(self, **changed: Any) -> MatchingPool:
        """An open pool for the project."""
        told: dict[str, Any] = {
            "total": Money.yuan(1_000),
            "starts_at": house_clock.now() - timedelta(hours=1),
            "ends_at": house_clock.now() + timedelta(days=10),
            "cap_per_gift": Money.yuan(200),
        }
        pool = services.create_pool(
            self.session,
            self.village.treasurer,
            fund_id=self.fund_id,
            name="久久配捐",
            sponsor_name="洪港五金店",
            terms=Terms(**{**told, **changed}),
            campaign_ids=[self.project.campaign_id or 0],
        )
        services.open_pool(self.session, self.village.treasurer, pool_id=pool.id)
        self.session.commit()
        return pool

    def give(self, *yuan: int) -> None:
        """Gifts that arrive and are decided."""
        for sum_ in yuan:
            self.village.give(self.project, Money.yuan(sum_))
        for pool_id in queries.pools_to_allot(self.session):
            services.allot(self.session, SYSTEM, pool_id=pool_id)
        self.session.commit()


@pytest.fixture
def room(session: Session) -> Room:
    village = make_village(session)
    project = village.published()
    book = ledger_queries.book_of(session, village.operator.id)
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book.id, name="配捐池", kind=FundKind.MATCHING_POOL
    )
    ledger.post_gift(
        session,
        SYSTEM,
        fund_id=fund.id,
        amount=Money.yuan(1_000),
        source="sponsor",
        occurred_on=house_clock.today(),
        giver=ledger.Giver("sponsor", "enterprise"),
    )
    session.commit()
    return Room(session, village, project, fund.id)


@pytest.fixture
def treasurer(room: Room, sign_in: SignIn) -> SiteClient:
    """The treasurer's browser."""
    user_id = room.village.treasurer.user_id
    return sign_in(room.session.get_one(User, user_id).login_name)


# ── for everybody ────────────────────────────────────────────────────────────────────────────────


def test_the_public_pages_tell_rules_and_rows(room: Room, client: SiteClient) -> None:
    pool = room.open()
    room.give(150, 900)
    listed = client.get("/pools").text
    assert "久久配捐" in listed
    assert "¥650.00" in listed
    page = client.get(f"/pools/{pool.id}").text
    for said in ("还剩 ¥650.00", "每捐 1 元，配捐 1.00 元", "一笔最多配", "到了一笔的上限"):
        assert said in page
    assert "张三" not in page


def test_a_draft_is_nobodys_business(room: Room, client: SiteClient) -> None:
    pool = room.open()
    pool.state = PoolState.DRAFT
    room.session.commit()
    assert client.get(f"/pools/{pool.id}").status_code == 404
    assert client.get(f"/pools/{pool.id}/matches.json").status_code == 404
    assert client.get("/pools/999").status_code == 404


def test_the_list_goes_on_page_by_page(
    room: Room, client: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pools.pages.PAGE", 2)
    pool = room.open()
    room.give(1, 2, 3)
    first = client.get(f"/pools/{pool.id}").text
    assert f"/pools/{pool.id}?before=2" in first
    second = client.get(f"/pools/{pool.id}?before=2").text
    assert "¥1.00" in second
    assert "¥3.00" not in second


def test_the_bar_stands_on_the_project_and_on_the_form(room: Room, client: SiteClient) -> None:
    room.open()
    for path in (f"/projects/{room.project.id}", f"/projects/{room.project.id}/donate"):
        page = client.get(path).text
        assert "每捐 1 元，配捐 1.00 元" in page
        assert "还剩 ¥1,000.00" in page


def test_no_pool_no_bar(room: Room, client: SiteClient) -> None:
    assert "match-bar" not in client.get(f"/projects/{room.project.id}").text


def test_the_giver_reads_what_became_of_the_match(room: Room, client: SiteClient) -> None:
    pool = room.open()
    donation = room.village.give(room.project, Money.yuan(150))
    room.session.commit()
    path = f"/donations/{donation.trail_token}"
    assert "正在按到账先后定" in client.get(path).text
    services.allot(room.session, SYSTEM, pool_id=pool.id)
    room.session.commit()
    assert "已为你留出 ¥150.00" in client.get(path).text


def test_a_gift_over_the_site_is_decided_in_its_own_request(room: Room, client: SiteClient) -> None:
    pool = room.open(cap_per_giver_day=Money.yuan(30))
    path = f"/projects/{room.project.id}/donate"
    answer = client.submit(
        path, {"own_amount": "50", "giver_kind": "individual", "contact": "138 0000 1234"}
    )
    assert answer.status_code == 303
    answer = client.submit(answer.headers["Location"], {"paid": "1"})
    assert answer.status_code == 303
    room.session.expire_all()
    match = room.session.scalars(select(Match).where(Match.pool_id == pool.id)).one()
    assert (match.state, match.amount) == (MatchState.RESERVED, Money.yuan(30))
    assert len(match.giver_mark) == 64


# ── anybody replays it ───────────────────────────────────────────────────────────────────────────


def replay(text: str) -> subprocess.CompletedProcess[str]:
    """Run the program of the docs with nothing but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)], input=text, capture_output=True, text=True
    )


@pytest.fixture
def published(room: Room, client: SiteClient) -> dict[str, Any]:
    """The file of a pool with every kind of row: limits, exclusion, a match that came back."""
    pool = room.open(
        total=Money.yuan(500),
        ratio_percent=50,
        least_gift=Money.yuan(10),
        cap_per_giver_day=Money.yuan(300),
        cap_per_campaign=Money.yuan(450),
    )
    key = giver_key("13800001234", b"a secret of the tests alone")
    for number, sum_ in enumerate((100, 5, 900, 901, 200, 700)):
        donation = room.village.give(room.project, Money.yuan(sum_))
        donation.giver_key = None if number == 4 else key if number < 3 else f"{number:064d}"
        room.session.flush()
        services.allot(room.session, SYSTEM, pool_id=pool.id)
        if number == 0:
            flag = MatchFlag(
                pool_id=pool.id,
                kind=FlagKind.CLUSTER,
                subject=f"campaign:{donation.campaign_id}:x",
                facts={"positions": [1]},
                raised_at=house_clock.now(),
            )
            room.session.add(flag)
            room.session.flush()
            services.decide_flag(
                room.session, room.village.treasurer, flag_id=flag.id, uphold=True, note="拆分"
            )
    room.session.commit()
    answer = client.get(f"/pools/{pool.id}/matches.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    told: dict[str, Any] = json.loads(answer.text)
    return told


def test_a_stranger_decides_the_pool_again(published: dict[str, Any]) -> None:
    assert published["returns"]
    assert {row["limited_by"] for row in published["matches"]} >= {"none", "excluded", "gift"}
    done = replay(json.dumps(published))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"true: {len(published['matches'])} gifts, ")


def test_the_file_says_nothing_about_people(published: dict[str, Any]) -> None:
    assert set(published["matches"][0]) == {
        "position", "giver_mark", "is_excluded", "gift", "given_on", "campaign_id",
        "organisation_id", "amount", "limited_by", "given_back", "state",
    }  # fmt: skip
    assert set(published) == {"pool", "name", "rules", "rules_digest", "matches", "returns"}


def _more(told: dict[str, Any]) -> None:
    told["matches"][3]["amount"] += 1


def _swapped(told: dict[str, Any]) -> None:
    told["matches"][0], told["matches"][1] = told["matches"][1], told["matches"][0]


def _lost(told: dict[str, Any]) -> None:
    del told["matches"][2]


def _larger_gift(told: dict[str, Any]) -> None:
    told["matches"][0]["gift"] += 200


def _other_rules(told: dict[str, Any]) -> None:
    told["rules"]["cooling_days"] += 1


def _no_return(told: dict[str, Any]) -> None:
    told["returns"].clear()


def _let_in(told: dict[str, Any]) -> None:
    for row in told["matches"]:
        row["is_excluded"] = False


CHANGES: tuple[Callable[[dict[str, Any]], None], ...] = (
    _more, _swapped, _lost, _larger_gift, _other_rules, _no_return, _let_in,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_caught(
    published: dict[str, Any], change: Callable[[dict[str, Any]], None]
) -> None:
    change(published)
    done = replay(json.dumps(published))
    assert done.returncode != 0
    assert done.stderr.strip()


# ── the treasurer's room ─────────────────────────────────────────────────────────────────────────


def test_draw_up_open_freeze_and_close(
    room: Room, treasurer: SiteClient, client: SiteClient
) -> None:
    today = house_clock.today()
    form = {
        "name": "久久配捐",
        "sponsor_name": "洪港五金店",
        "sponsor_organisation_id": "0",
        "fund_id": str(room.fund_id),
        "campaign_ids": str(room.project.campaign_id),
        "total": "800",
        "ratio_percent": "50",
        "least_gift": "1",
        "cap_per_giver_day": "200",
        "starts_on": today.isoformat(),
        "starts_hour": "0",
        "ends_on": (today + timedelta(days=3)).isoformat(),
        "cooling_days": "7",
    }
    wrong = treasurer.submit("/desk/pools/new", form | {"cooling_days": "3", "campaign_ids": ""})
    assert wrong.status_code == 422
    answer = treasurer.submit("/desk/pools/new", form)
    assert answer.status_code == 303, answer.text
    place = answer.headers["Location"]
    pool = room.session.scalars(select(MatchingPool)).one()
    assert pool.ends_at == house_clock.start_of(today + timedelta(days=4))
    assert "久久配捐" in treasurer.get("/desk/pools").text
    for act, note, state in (
        ("open", "", PoolState.OPEN),
        ("freeze", "", PoolState.OPEN),
        ("freeze", "有人举报", PoolState.FROZEN),
        ("open", "", PoolState.FROZEN),
        ("reopen", "查清了", PoolState.OPEN),
        ("close", "到期", PoolState.CLOSED),
    ):
        answer = treasurer.submit(f"{place}/state", {act: "1", "note": note})
        assert answer.status_code == 303
        room.session.refresh(pool)
        assert pool.state is state, (act, note)
    assert "到期" in treasurer.get(place).text


def test_leave_out_and_let_in_again(room: Room, treasurer: SiteClient, client: SiteClient) -> None:
    pool = room.open()
    place = f"/desk/pools/{pool.id}"
    told = {"organisation_id": "0", "campaign_id": "0", "cause": "government_money"}
    for contact, note, rows in (
        ("", "财政", 0),
        ("13800001234", "", 0),
        ("13800001234", "财政", 1),
    ):
        treasurer.submit(f"{place}/exclusions", told | {"contact": contact, "because": note})
        assert len(queries.exclusions(room.session, pool.id)) == rows
    (row,) = queries.exclusions(room.session, pool.id)
    assert "财政资金" in treasurer.get(place).text
    treasurer.submit(f"{place}/exclusions/{row.id}/lift", {})
    assert queries.exclusions(room.session, pool.id) == []


def test_decide_a_question_and_note_an_appeal(
    room: Room, treasurer: SiteClient, client: SiteClient
) -> None:
    pool = room.open()
    room.give(100)
    flag = MatchFlag(
        pool_id=pool.id,
        kind=FlagKind.LOOP,
        subject=f"campaign:{room.project.campaign_id}:1",
        facts={"positions": [1]},
        raised_at=house_clock.now(),
    )
    room.session.add(flag)
    room.session.commit()
    place = f"/desk/pools/{pool.id}"
    assert "捐后报销" in treasurer.get(place).text
    assert "久久配捐" in treasurer.get("/desk").text
    for act, note, state in (
        ("uphold", "", FlagState.OPEN),
        ("uphold", "第二天报销了同样的钱", FlagState.UPHELD),
        ("appeal", "当事人说是工资", FlagState.UPHELD),
        ("uphold", "再来", FlagState.UPHELD),
    ):
        treasurer.submit(f"/desk/pools/flags/{flag.id}", {act: "1", "note": note})
        room.session.refresh(flag)
        assert flag.state is state
    room.session.expire_all()
    match = room.session.scalars(select(Match)).one()
    assert match.state is MatchState.CANCELLED
    public = client.get(f"/pools/{pool.id}").text
    assert "第二天报销了同样的钱" in public
    treasurer.submit(f"/desk/pools/flags/{flag.id}", {"dismiss": "1", "note": "申诉成立"})
    assert "第二天报销了同样的钱" not in client.get(f"/pools/{pool.id}").text
