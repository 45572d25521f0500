"""Competitions on their pages: drafted, opened, applied for with nothing lost, and decided."""

from __future__ import annotations

import hashlib
import re
import uuid
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity import clock
from charity.accounts.models import User
from charity.actor import Actor, Grant, Role
from charity.ledger import services as ledger
from charity.ledger.models import Fund, FundKind
from charity.ledger.positions import fund_position
from charity.money import Money
from projects.ventures import services
from projects.ventures.models import (
    Application,
    ApplicationState,
    Competition,
    CompetitionState,
    FunderTier,
)
from tests.conftest import SetClock
from tests.factories import make_actor, make_organisation, make_region
from tests.fixtures.pictures import good_jpeg
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.world_needs import open_need
from tests.web.world_ventures import begin, draft, open_one
from web.config import DEMO_OPERATOR

VILLAGE = "420704001206"
CALL = {
    "title": "凤凰街道公益创投", "summary": "请社会组织来办居民要办的事。", "level": "district",
    "region_code": "420704", "parent": "", "call_from": "2026-03-16", "call_until": "2026-04-05",
    "review_until": "2026-04-20", "cap_percent": "60", "cap_amount": "500000", "places": "3",
    "rated_points": "2", "method": "trimmed", "tie_rule": "demand_then_draw", "judges": "5",
    "conflict_years": "3",
    "blind": "y", "notice_rule": "VEN-07.workdays", "tranches": "50、30，20",
}  # fmt: skip


class Place:
    """A district: who runs a competition, who keeps the money, who applies, and their browsers."""

    def __init__(self, session: Session, sign_in: SignIn) -> None:
        make_region(session, VILLAGE, "洪港村")
        self.session = session
        self.charity = make_organisation(session, name="鄂州市慈善会")
        self.charity.uscc = DEMO_OPERATOR
        self.organiser_id = make_organisation(session, name="区社工协会").id
        self.unit_id = make_organisation(session, name="嘉和社工").id
        ledger.open_book(
            session, Actor.system("test"), organisation_id=self.charity.id, name="慈善会账簿"
        )
        held = {
            "organiser": Grant(Role.ORGANISER, organisation_id=self.organiser_id),
            "treasurer": Grant(Role.TREASURER, organisation_id=self.charity.id),
            "unit": Grant(Role.OWNER, organisation_id=self.unit_id),
            "dispatcher": Grant(Role.DISPATCHER, region_code="420704"),
        }
        self.actors = {name: make_actor(session, grant) for name, grant in held.items()}
        session.commit()
        self.sign_in = sign_in
        self.come_in()

    def come_in(self) -> None:
        """Sign everybody in, again after days."""
        self.organiser, self.treasurer, self.unit = (
            self.sign_in(self.session.get_one(User, self.actors[name].user_id).login_name)
            for name in ("organiser", "treasurer", "unit")
        )

    def call(self) -> Competition:
        """A competition whose call is open."""
        found = draft(self.session, self.actors["organiser"], self.organiser_id)
        open_one(
            self.session, self.actors["organiser"], self.actors["treasurer"], self.charity.id, found
        )
        self.session.commit()
        return found

    def application(self) -> Application:
        """The only one there is."""
        self.session.expire_all()
        return self.session.scalars(select(Application)).one()


@pytest.fixture
def place(session: Session, sign_in: SignIn, clock: SetClock) -> Place:
    """One district with everybody who has a part."""
    return Place(session, sign_in)


def typed_rows(page: TestResponse, name: str) -> dict[str, str]:
    """What the rows of a page say, as they would be sent back."""
    inputs = re.findall(rf'name="({name}-\d+-\w+)"[^>]*value="([^"]*)"', page.text)
    areas = re.findall(rf'name="({name}-\d+-\w+)"[^>]*>\r?\n?([^<]*)</textarea>', page.text)
    return dict([*inputs, *areas])


def test_a_competition_is_drafted_paid_for_and_opened_with_its_rules_frozen(
    place: Place, client: SiteClient
) -> None:
    call = CALL | {"organisation": str(place.organiser_id), "client_id": str(uuid.uuid4())}
    wrong = place.organiser.submit("/desk/competitions/new", call | {"cap_percent": "70"})
    assert wrong.status_code == 422
    assert 'id="cap_percent-error"' in wrong.text
    assert "50、30，20" in wrong.text
    made = place.organiser.submit("/desk/competitions/new", call)
    assert made.status_code == 303, made.text
    room = made.location.split("#")[0]
    found = place.session.scalars(select(Competition)).one()
    assert found.terms.tranches == (50, 30, 20)
    assert client.get(f"/competitions/{found.id}").status_code == 404
    shown = place.organiser.get(room).text
    assert "打分表要正好 100 分，现在 0 分" in shown
    rows = typed_rows(place.organiser.get(f"{room}/rubric"), "criteria")
    less = place.organiser.submit(f"{room}/rubric", rows | {"criteria-0-weight": "x"})
    assert less.status_code == 422
    assert 'value="x"' in less.text
    assert place.organiser.submit(f"{room}/rubric", rows).status_code == 303
    place.organiser.submit(f"{room}/tracks", {"names": "为老\n为小\n\n"})
    promise = {"tier": "district", "organisation_id": str(place.charity.id), "pledged": "一"}
    assert place.organiser.submit(f"{room}/funders", promise).status_code == 422
    assert (
        place.organiser.submit(f"{room}/funders", promise | {"pledged": "300000"}).status_code
        == 303
    )
    assert "创投到账" in place.treasurer.get("/desk").text
    purse = f"{room}/money"
    assert place.organiser.get(purse).status_code == 403
    assert place.treasurer.submit(f"{room}/pool", {"name": "创投奖金池"}).status_code == 303
    place.session.expire_all()
    funder = found.funders[0].id
    came = {f"f{funder}-amount": "300000", f"f{funder}-received_on": "2026-03-16"}
    arrived = place.treasurer.submit(f"{room}/funders/{funder}/received", came)
    assert arrived.status_code == 303, arrived.text
    need = open_need(place.session, place.actors["dispatcher"], VILLAGE)
    place.session.commit()
    assert need.title in place.organiser.get(f"{room}/needs").text
    place.organiser.submit(f"{room}/needs", {"need": str(need.id)})
    place.organiser.submit(f"{room}/open")
    place.session.expire_all()
    assert found.state is CompetitionState.CALL
    assert found.funders[0].received == Money.yuan(300_000)
    public = client.get(f"/competitions/{found.id}").text
    for said in (
        "还有 20 天截止",
        "为老",
        need.title,
        "预算 ¥1,000,000.00",
        "¥300,000.00",
        "60%",
        "总分加 2 分",
    ):
        assert said in public, said
    rules = client.get(f"/competitions/{found.id}/rules.json")
    assert hashlib.sha256(rules.data).hexdigest() == found.rules_sha256
    assert (found.rules_sha256 or "")[:4] in public
    assert place.organiser.get(f"{room}/edit").location.endswith(room)
    assert found.title in client.get("/competitions?level=district&place=420704").text
    assert found.title not in client.get("/competitions?level=city").text
    assert client.get("/competitions?level=x&place=zz&page=%00").status_code == 200


def test_promises_pool_and_needs_are_put_right_before_they_bind(place: Place) -> None:
    session, organiser = place.session, place.actors["organiser"]
    found = draft(session, organiser, place.organiser_id)
    open_one(session, organiser, place.actors["treasurer"], place.charity.id, found, opens=False)
    need = open_need(session, place.actors["dispatcher"], VILLAGE)
    services.attach_need(session, organiser, competition_id=found.id, need_id=need.id)
    assert found.fund_id is not None
    pool = session.get_one(Fund, found.fund_id)
    last_year, foreign = (
        ledger.open_fund(
            session, Actor.system("test"), book_id=pool.book_id, name=name,
            kind=FundKind.PRIZE_POOL,
        )
        for name in ("去年的奖金池", "别家的奖金池")
    )  # fmt: skip
    other_id = make_organisation(session, name="市社会工作联合会").id
    runs = make_actor(session, Grant(Role.ORGANISER, organisation_id=other_id))
    draft(session, runs, other_id).fund_id = foreign.id
    session.commit()
    room = f"/desk/competitions/{found.id}"
    change = f"{room}/pool/change"
    offered = place.organiser.get(change).text
    assert "去年的奖金池" in offered
    assert "别家的奖金池" not in offered
    wrong = place.organiser.submit(change, {"fund_id": str(foreign.id)})
    assert wrong.status_code == 422
    assert place.organiser.submit(change, {"fund_id": str(last_year.id)}).status_code == 303
    promise = found.funders[0]
    page = f"{room}/funders/{promise.id}"
    assert page in place.organiser.get(room).text
    assert "300000" in place.organiser.get(page).text
    assert place.organiser.submit(page, {"tier": "street", "pledged": "0"}).status_code == 422
    place.organiser.submit(page, {"tier": "street", "pledged": "5000"})
    assert "¥5,000.00" in place.organiser.get(room).text
    place.organiser.submit(f"{page}/drop")
    drop_need = f"{room}/needs/{need.id}/drop"
    assert drop_need in place.organiser.get(room).text
    place.organiser.submit(drop_need)
    session.expire_all()
    assert (found.fund_id, found.funders, found.needs) == (last_year.id, [], [])
    services.attach_need(session, organiser, competition_id=found.id, need_id=need.id)
    kept = services.add_funder(
        session, organiser, competition_id=found.id, organisation_id=place.charity.id,
        tier=FunderTier.CITY, pledged=Money.yuan(800),
    )  # fmt: skip
    services.open_call(session, organiser, competition_id=found.id)
    session.commit()
    page = f"{room}/funders/{kept.id}"
    for late in (drop_need, f"{page}/drop"):
        assert late not in place.organiser.get(room).text
        place.organiser.submit(late)
    session.expire_all()
    assert (len(found.funders), len(found.needs)) == (1, 1), "everybody reads them by now"
    assert place.organiser.submit(page, {"tier": "city", "pledged": "900"}).status_code == 303
    _granted_from_a_fund(place, found, pool.book_id)
    for late in (page, change):
        refused = place.organiser.get(late)
        assert "钱已经到账" in place.organiser.get(refused.location).text


def _granted_from_a_fund(place: Place, found: Competition, book_id: int) -> None:
    """The treasurer says that a fund of the same book gives what was promised."""
    session, room = place.session, f"/desk/competitions/{found.id}"
    fund = ledger.open_fund(
        session, Actor.system("test"), book_id=book_id, name="社区基金", kind=FundKind.STREET
    )
    ledger.post_gift(
        session, Actor.system("test"), fund_id=fund.id, amount=Money.yuan(1_000), source="gift:1",
        occurred_on=clock.today(), giver=ledger.Giver("donation:1", "individual"),
    )  # fmt: skip
    session.commit()
    assert "社区基金（还能用 ¥1,000.00）" in place.treasurer.get(f"{room}/money").text
    funder_id = found.funders[0].id
    typed = {
        f"f{funder_id}-source": str(fund.id), f"f{funder_id}-amount": "1000.01",
        f"f{funder_id}-received_on": clock.today().isoformat(),
    }  # fmt: skip
    received = f"{room}/funders/{funder_id}/received"
    assert place.treasurer.submit(received, typed).status_code == 422
    done = place.treasurer.submit(received, typed | {f"f{funder_id}-amount": "900"})
    assert done.status_code == 303, done.text
    session.expire_all()
    assert found.funders[0].received == Money.yuan(900)
    assert fund_position(session, fund.id).available == Money.yuan(100)


def test_a_draft_keeps_everything_says_the_caps_and_is_signed(
    place: Place, client: SiteClient
) -> None:
    found = place.call()
    assert client.get(f"/competitions/{found.id}/apply").status_code == 302
    begun = place.unit.submit(
        f"/competitions/{found.id}/apply",
        {"client_id": str(uuid.uuid4()), "organisation": str(place.unit_id), "title": "上门送餐"},
    )
    path = begun.location
    text: dict[str, Any] = {
        "title": "上门送餐", "region_code": VILLAGE, "summary": "八十位独居老人一天一餐。",
        "plan": "志愿者分三路送。", "lines-0-name": "餐费", "lines-0-kind": "activity",
        "lines-0-asked": "800", "lines-0-self_raised": "200", "lines-1-name": "工作人员",
        "lines-1-kind": "staff", "lines-1-asked": "一百",
    }  # fmt: skip
    wrong = place.unit.submit(path, text)
    assert wrong.status_code == 422
    assert 'value="一百"' in wrong.text
    assert "没有问题的部分已经存好" in wrong.text
    kept = place.application()
    assert (kept.plan, len(kept.lines), kept.region_code) == ("志愿者分三路送。", 1, VILLAGE)
    counted_ = place.unit.submit(path, text | {"lines-1-asked": "0", "again": "count",
                                               "lines-1-self_raised": "100"})  # fmt: skip
    assert "最多申请 ¥660.00，多了 ¥140.00" in counted_.text
    more = place.unit.submit(path, text | {"lines-1-asked": "", "lines-1-name": "", "again": "add"})
    assert 'name="lines-2-name"' in more.text
    assert "还不能送出" in place.unit.get(path.replace("/edit", "/sign")).text
    fine = text | {"lines-0-asked": "600", "lines-0-self_raised": "400", "lines-1-name": "",
                   "lines-1-asked": "", "save": "sign"}  # fmt: skip
    sign = place.unit.submit(
        path, fine | {"papers": (BytesIO(good_jpeg()), "登记证书.jpg")}
    ).location
    assert "说了假话会怎样" in place.unit.get(sign).text
    person = "张三"
    refused = place.unit.submit(sign, {"agreed": "y", "signature": "李四"})
    assert refused.status_code == 422
    assert "请写你登记在账户里的姓名" in refused.text
    sent = place.unit.submit(sign, {"agreed": "y", "signature": person})
    assert sent.status_code == 303, sent.text
    kept = place.application()
    assert (kept.state, kept.number) == (ApplicationState.SUBMITTED, 1)
    assert hashlib.sha256(kept.commitment_text.encode()).hexdigest() == kept.commitment_sha256
    assert "已提交" in place.unit.get("/applications").text
    own = f"/applications/{kept.id}"
    paper = f"{own}/papers/{kept.files[0].id}"
    assert place.unit.get(paper).content_type == "image/jpeg"
    assert place.organiser.get(paper).status_code == 200
    assert place.treasurer.get(paper).status_code == 404
    assert client.get(own).status_code == 404
    assert "上门送餐" not in client.get(f"/competitions/{found.id}").text
    assert place.unit.get(path).location.endswith(own)


def test_the_rules_find_a_person_decides_and_the_reason_is_read(
    place: Place, client: SiteClient, clock: SetClock
) -> None:
    found = place.call()
    unit = place.actors["unit"]
    begin(place.session, unit, place.unit_id, found, title="还在写的")
    first, second, third = (
        begin(place.session, unit, place.unit_id, found, title=title)
        for title in ("送餐", "理发", "修伞")
    )
    for each in (first, second, third):
        place.unit.submit(f"/applications/{each.id}/sign", {"agreed": "y", "signature": "张三"})
    room = f"/desk/competitions/{found.id}"
    listed = place.organiser.get(f"{room}/eligibility").text
    assert "还在写的" not in listed
    assert "还没有查" in listed
    assert "3 份等你决定" in place.organiser.get("/desk").text
    place.organiser.submit(f"{room}/check")
    assert "符合" in place.organiser.get(f"{room}/eligibility").text
    desk = "/desk/applications/{}"
    wrong = place.organiser.submit(f"{desk.format(first.id)}/refuse", {"reason": ""})
    assert wrong.status_code == 422
    place.organiser.submit(f"{desk.format(first.id)}/refuse", {"reason": "和另一份重复。"})
    assert "和另一份重复。" in place.unit.get(f"/applications/{first.id}").text
    assert "和另一份重复。" in place.unit.get("/applications").text
    place.organiser.submit(f"{desk.format(second.id)}/admit", {"demand_score": "12"})
    place.organiser.submit(f"{room}/admit-clear")
    assert "还有 0 份等决定" in place.organiser.get(f"{room}/eligibility").text
    early = place.organiser.submit(f"{room}/next")
    assert "才能进入下一步" in place.organiser.get(early.location).text
    clock.advance(days=21)
    place.come_in()
    assert "申报已截止" in place.organiser.get("/desk").text
    for _step in range(2):
        place.organiser.submit(f"{room}/next")
    place.session.expire_all()
    assert found.state is CompetitionState.REVIEW
    assert second.demand_score == 12
    public = client.get(f"/competitions/{found.id}").text
    assert "理发" in public
    assert "送餐" not in public
    assert "修伞" in client.get(f"/competitions/{found.id}/applications").text
    assert "嘉和社工" not in public, "nobody is told who it is while judges are blind"
    assert (
        place.unit.submit(f"/applications/{second.id}/withdraw", {"reason": "人手不够"}).status_code
        == 303
    )
    stopped = place.organiser.submit(f"{room}/cancel", {"reason": "没有人了"})
    assert stopped.status_code == 303
    assert "没有人了" in client.get(f"/competitions/{found.id}").text


def test_pages_ask_no_question_for_each_row(
    place: Place, client: SiteClient, session: Session
) -> None:
    found, unit = place.call(), place.actors["unit"]
    for _n in range(3):
        made = begin(session, unit, place.unit_id, found)
        place.unit.submit(f"/applications/{made.id}/sign", {"agreed": "y", "signature": "张三"})
    rooms = (
        (client, "/competitions", 8),
        (client, f"/competitions/{found.id}", 12),
        (place.organiser, f"/desk/competitions/{found.id}/eligibility", 12),
        (place.unit, "/applications", 10),
    )
    for browser, path, most in rooms:
        browser.get(path)
        with counted(session) as sent:
            assert browser.get(path).status_code == 200
        assert len(sent) <= most, (path, len(sent), sent)
