"""The auditor's workspace and the organisation's room: who sees what, and a file of proof."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity import outbox
from charity.accounts.models import User
from charity.actor import Actor
from charity.audits.models import (
    AuditFinding,
    AuditPlan,
    AuditSampleItem,
    FindingState,
    Inspection,
    RedFlag,
)
from charity.audits.services import telling
from charity.letters import Letter
from charity.registry import services as registry
from charity.registry.models import RestrictedAct
from tests.support.site import SignIn, SiteClient
from tests.web.walking import WALKS, Walk
from tests.web.world import World
from tests.web.world_fieldwork import NOTE
from web.audit_jobs import look_through_asked
from web.fieldwork import views_samples
from web.fieldwork.verify import problems
from web.fieldwork.work import tell_of_inspections
from web.labels.checklist import CHECKLIST_WORDS
from web.letters import put_into_words
from web.security.access import Answer, Who

OFFICE = "office@minzheng.example"
ROOT = Path(__file__).resolve().parents[2]
LETTERS = sorted(path.stem for path in (ROOT / "web/templates/letters").glob("audit.*.txt"))


class Desk:
    """The workspace and the room of the world's inspection, each in a browser."""

    def __init__(self, world: World, sign_in: SignIn) -> None:
        self.things = world.things
        self.here = f"/audits/inspections/{world.things['inspection']}"
        self.there = f"/desk/inspections/{world.things['inspection']}"
        self.inspector: SiteClient = sign_in(world.people[Who.INSPECTOR])
        self.staff: SiteClient = sign_in(world.people[Who.STAFF])


@pytest.fixture
def desk(world: World, sign_in: SignIn) -> Desk:
    return Desk(world, sign_in)


@WALKS
@pytest.mark.parametrize("who", [Who.AUDITOR, Who.INSPECTOR])
def test_outside_audits_an_auditor_changes_nothing(walked: Walk, who: Who) -> None:
    """Beyond what anybody without a role may do (give, ask, their own account), all is refused."""
    sent = [seen for seen in walked.acts if seen.who is who and not _is_audit(seen.path)]
    asked = [seen for seen in sent if seen.row.audience.expects(Who.USER) is not Answer.COME_IN]
    let_in = [f"{seen.place}: {seen.status}" for seen in asked if seen.status not in (403, 404)]
    assert not let_in, "\n".join(let_in)
    assert len(asked) > 150, "nearly every form of the site"


def _is_audit(path: str) -> bool:
    return path == "/audits" or path.startswith("/audits/")


def test_the_room_shows_what_was_told_and_nothing_of_the_team(desk: Desk) -> None:
    room = desk.staff.get(desk.there).text
    assert "一笔材料款用现金付" in room
    assert room.count("现金付款凭证") == 1, "the finding that was told, not the draft"
    for part in ("", "/samples", "/papers", "/flags", "/file.zip", "/report.docx"):
        assert desk.staff.get(f"{desk.here}{part}").status_code in (403, 404)
    draft = desk.things["finding_paper"]
    assert desk.staff.get(f"{desk.there}/evidence/{draft}").status_code == 404
    assert NOTE not in room
    assert "三个骰子" not in room
    assert NOTE in desk.inspector.get(f"{desk.here}/papers").text


def test_the_room_says_why_the_organisation_is_held_up(
    desk: Desk, session: Session, world: World
) -> None:
    finding = session.get_one(AuditFinding, int(world.things["told_finding"]))
    _order(finding, days=-3)
    registry.restrict(
        session, Actor.system("test"), organisation_id=int(world.things["organisation"]),
        act=RestrictedAct.PAY, rule_id="INS-09", source=finding.subject,
    )  # fmt: skip
    session.commit()
    room = desk.staff.get(desk.there).text
    assert "因为“一笔材料款用现金付”逾期没有改好，暂停：付款。" in room
    assert "已逾期 3 天" in room
    ask = {
        f"extension-{finding.id}-reason": "材料在补",
        f"extension-{finding.id}-until": "2026-02-30",
    }
    way = f"{desk.there}/findings/{finding.id}/extension"
    refused = desk.staff.submit(way, ask)
    assert refused.status_code == 422
    assert "没有这一天" in refused.text
    assert "材料在补" in refused.text, "what was typed stays"
    later = (house_clock.today() + timedelta(days=20)).isoformat()
    asked = ask | {f"extension-{finding.id}-until": later}
    assert desk.staff.submit(way, asked).status_code == 303
    assert (
        f"希望延到 {later}：材料在补"
        in desk.inspector.get(f"{desk.here}/findings/{finding.id}").text
    )


def _order(finding: AuditFinding, *, days: int) -> None:
    finding.state, finding.order = FindingState.ORDERED, "收回现金，改走银行"
    finding.due_on = house_clock.today() + timedelta(days=days)
    finding.ordered_on = finding.due_on - timedelta(days=30)


def test_a_sample_is_drawn_with_its_size_worked_out(desk: Desk) -> None:
    way = f"{desk.here}/samples/new"
    assert "由系统算" in desk.inspector.get(way).text
    asked = {"method": "mus", "source": "book", "confidence": "95", "seed": "三个骰子 1 1 5"}
    refused = desk.inspector.submit(way, asked)
    assert refused.status_code == 422, "units of money need to know what may be wrong"
    drawn = desk.inspector.submit(way, asked | {"materiality": "400"})
    assert drawn.status_code == 303
    page = desk.inspector.get(drawn.location).text
    for words in ("货币单元抽样", "三个骰子 1 1 5", "95%", "¥400.00", "看下一张"):
        assert words in page


def test_a_sampled_voucher_stands_whole_on_one_page(
    desk: Desk, session: Session, world: World
) -> None:
    item = f"{desk.here}/samples/{world.things['audit_sample']}/1"
    page = desk.inspector.get(item).text
    picture = re.search(rf'src="({item}/vouchers/\d+)"', page)
    assert picture is not None
    shown = desk.inspector.get(picture.group(1))
    assert shown.mimetype == "image/jpeg"
    for heading in ("凭证上写的", "账上记的", "谁经手", "银行流水", "这笔钱从哪里来"):
        assert heading in page
    refused = desk.inspector.submit(item, {"audited": "800", "note": ""})
    assert refused.status_code == 422, "an error is told in words"
    assert desk.inspector.submit(item, {"audited": "800", "note": "多记"}).status_code == 303
    seen = session.scalars(select(AuditSampleItem).execution_options(populate_existing=True)).one()
    assert seen.audited_amount is not None
    assert seen.audited_amount.fen == 80_000
    way = f"{desk.here}/samples/{world.things['audit_sample']}"
    assert "金额不对" in desk.inspector.get(way).text


def test_the_archive_proves_itself(desk: Desk, tmp_path: Path) -> None:
    answer = desk.inspector.get(f"{desk.here}/file.zip")
    assert answer.is_streamed
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
    assert problems(folder) == []
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"index.csv", "inspection.json", "report.docx", "verify.py", "sample-1.csv"} <= names
    assert any(name.startswith("vouchers/") for name in names)
    assert any(name.startswith("papers/001") for name in names)
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    assert {line[66:] for line in lines} == names - {"SHA256SUMS"}
    for line in lines:
        assert hashlib.sha256((folder / line[66:]).read_bytes()).hexdigest() == line[:64]
    whole = b"".join((folder / name).read_bytes() for name in names if name != "report.docx")
    assert NOTE.encode() not in whole, "what the team notes for itself is in no file"
    (folder / "index.csv").write_bytes(b"changed")
    (folder / "verify.py").unlink()
    (folder / "more.txt").write_text("more", encoding="utf-8")
    assert problems(folder) == ["missing: verify.py", "not listed: more.txt", "changed: index.csv"]


def test_the_report_is_written_for_word(desk: Desk) -> None:
    answer = desk.inspector.get(f"{desk.here}/report.docx")
    report: Any = docx.Document(io.BytesIO(answer.data))
    said = [paragraph.text for paragraph in report.paragraphs]
    said += [cell.text for table in report.tables for row in table.rows for cell in row.cells]
    for words in ("一笔材料款用现金付", *CHECKLIST_WORDS, "三个骰子 4 2 6", "¥1,200.00"):
        assert any(words in line for line in said), words


def test_flags_are_questions_with_an_answer(desk: Desk, session: Session, world: World) -> None:
    way = f"{desk.here}/flags"
    flag_id = world.things["red_flag"]
    assert "这些都是疑问，不是结论" in desk.inspector.get(way).text
    refused = desk.inspector.submit(f"{way}/{flag_id}/explain", {})
    assert refused.status_code == 422
    said = {f"flag-{flag_id}-note": "同一张发票分两次报，第二次已退回"}
    assert desk.inspector.submit(f"{way}/{flag_id}/explain", said).status_code == 303
    page = desk.inspector.get(way).text
    assert "第二次已退回" in page
    assert session.get_one(RedFlag, int(flag_id)).explanation


def test_a_large_book_is_looked_through_meanwhile(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_samples, "AT_ONCE", 0)
    way = f"{desk.here}/flags"
    assert desk.inspector.submit(way, {}).status_code == 303
    page = desk.inspector.get(way)
    assert ("排队等着查" in page.text, page.headers["Refresh"]) == (True, "3")
    assert "再查一遍账" not in page.text
    with app.app_context():
        look_through_asked()
    page = desk.inspector.get(way)
    assert ("上次查账" in page.text, "Refresh" in page.headers) == (True, False)


def test_no_more_time_with_a_reason(
    desk: Desk, sign_in: SignIn, session: Session, world: World
) -> None:
    """The office hears of the request and says no; the organisation reads why and may ask anew."""
    finding = session.get_one(AuditFinding, int(world.things["told_finding"]))
    _order(finding, days=6)
    due = finding.due_on
    assert due is not None
    office = world.people[Who.REGULATOR]
    session.execute(update(User).where(User.login_name == office).values(login_name=OFFICE))
    session.commit()
    said = {"until": str(due + timedelta(days=9)), "reason": "材料在补"}
    there = f"{desk.there}/findings/{finding.id}/extension"
    ask = {f"extension-{finding.id}-{name}": value for name, value in said.items()}
    assert desk.staff.submit(there, ask).status_code == 303
    page, desk_of_office = f"/audits/findings/{finding.id}", sign_in(OFFICE)
    assert "材料在补" in desk_of_office.get(f"{page}/extend").text
    assert desk_of_office.submit(f"{page}/refuse", {}).status_code == 422
    answer = {"refusal-reason": "已经延过一次，请按期改"}
    assert desk_of_office.submit(f"{page}/refuse", answer).status_code == 303
    assert desk_of_office.submit(f"{page}/refuse", answer).status_code == 422, "nothing waits"
    room = desk.staff.get(desk.there).text
    assert ("已经延过一次，请按期改" in room, "等主管部门答复" in room) == (True, False)
    assert "没有同意延期：" in desk.inspector.get(f"{desk.here}/papers").text
    managed = desk_of_office.get(f"/audits/plans/{finding.inspection.plan_id}/manage").text
    assert (f"{page}/extend" in managed, "组织申请延到" in managed) == (True, False)
    session.expire_all()
    assert finding.due_on == due
    tell_of_inspections(session, outbox.waiting(session))
    kinds = {(row.kind, row.address) for row in session.scalars(select(Letter))}
    assert ("audit.asked", OFFICE) in kinds
    assert desk.staff.submit(there, ask).status_code == 303, "it may ask again"


def test_who_leaves_a_team_stands_on_the_public_page(
    desk: Desk, sign_in: SignIn, session: Session, world: World
) -> None:
    plan = session.get_one(AuditPlan, int(world.things["audit_plan"]))
    inspection = session.scalars(
        select(Inspection).where(Inspection.plan_id == plan.id).order_by(Inspection.rank)
    ).first()
    assert inspection is not None
    leaver = inspection.team[0]
    office = sign_in(world.people[Who.REGULATOR])
    here = f"/audits/inspections/{inspection.id}"
    key = f"replace-{leaver.id}-note"
    for said, status in (("", 422), ("调到外地", 303)):
        left = office.submit(f"{here}/members/{leaver.id}/replace", {key: said})
        assert left.status_code == status
    session.expire_all()
    assert len(inspection.team) == plan.team_size
    [follower] = [each for each in inspection.team if each.replaces_id == leaver.id]
    shown = sign_in(world.people[Who.USER]).get(f"/audits/plans/{plan.id}").text
    changes = shown.partition("抽签以后换过的检查员")[2]
    for words in (leaver.inspector.name, "调到外地", follower.inspector.name):
        assert words in changes
    other = inspection.team[0]
    key = f"replace-{other.id}-note"
    assert office.submit(f"{here}/members/{other.id}/replace", {key: "生病"}).status_code == 303
    page = office.get(here).text
    assert ("记下了。抽签的名单里没有人能接替。" in page, "还差 1 人" in page) == (True, True)
    journal = [row.data for row in outbox.waiting(session, only="inspection.member_left")]
    assert [row["member_id"] for row in journal] == [leaver.id, other.id]
    assert all(row["by_user_id"] for row in journal)


def test_my_list_is_narrowed_and_the_filter_kept(desk: Desk) -> None:
    mine = "/audits/inspections"
    assert desk.here in desk.inspector.get(mine).text
    assert desk.here not in desk.inspector.get(f"{mine}?overdue=1").text
    assert desk.here in desk.inspector.get(f"{mine}?severity=serious&place=420704&state=x").text
    kept = {"name": "严重的", "query": "severity=grave"}
    assert desk.inspector.submit(f"{mine}/filters", kept).status_code == 303
    assert f'href="{mine}?severity=grave"' in desk.inspector.get(mine).text


def test_a_list_with_flaws_is_told_row_by_row(desk: Desk, session: Session) -> None:
    rows = "凭证号,日期,收款人,事由,金额,是否现金\n1,2026-01-05,张三,纸,十块,否\n"
    sent = {"file": (io.BytesIO(rows.encode()), "list.csv")}
    refused = desk.staff.submit(f"{desk.there}/list", sent)
    assert refused.status_code == 422
    whole = rows.replace("十块", "10.00")
    sent = {"file": (io.BytesIO(whole.encode()), "list.csv")}
    assert desk.staff.submit(f"{desk.there}/list", sent).status_code == 303
    assert "1 笔" in desk.staff.get(desk.there).text


@pytest.mark.parametrize("kind", LETTERS)
def test_every_letter_has_words_and_one_link(app: Flask, kind: str) -> None:
    data = {
        "inspection_id": 7, "organisation": "嘉和社工", "plan": "专项抽查", "title": "现金付款",
        "due_on": "2026-04-01", "days": 3,
    }  # fmt: skip
    with app.app_context():
        subject, text = put_into_words(kind, data)
    assert any(words in subject for words in ("嘉和社工", "专项抽查", "现金付款"))
    assert len(re.findall(r"/inspections/7\b", text)) == 1


def test_orders_are_reminded_of_once_a_step(session: Session, world: World) -> None:
    finding = session.get_one(AuditFinding, int(world.things["told_finding"]))
    finding.inspection.organisation.contact_phone = "office@jiahe.example"
    _order(finding, days=6)
    due, system = finding.due_on, Actor.system("test")
    assert due is not None
    session.flush()
    for days in (8, 6, 5, 1, 0, -1, -30):
        telling.remind_of_orders(session, system, on=due - timedelta(days=days))
    session.flush()
    of_it = Letter.source.startswith(f"{finding.inspection.subject}:")
    assert list(session.scalars(select(Letter.kind).where(of_it).order_by(Letter.id))) == [
        "audit.due", "audit.due", "audit.overdue"
    ]  # fmt: skip
