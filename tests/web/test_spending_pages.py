"""Pages of spending: what they say, to whom; errors beside their fields; evidence served safely."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.accounts.models import User
from charity.actor import Actor, ActorKind, Grant, Role
from charity.files import LocalFileStore
from charity.money import Money
from charity.spending import services
from charity.spending.models import (
    Delivery,
    DeliveryState,
    Expense,
    ExpenseState,
    Voucher,
)
from projects.listings import queries as listings
from tests.conftest import SetClock
from tests.factories import make_actor
from tests.fixtures import pictures
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.world import World
from web.security.access import Who

ACCOUNT = "6222020200001234567"


def expenses_of(world: World, tail: str = "") -> str:
    return f"/projects/{world.things['published_project']}/expenses{tail}"


def deliveries_of(world: World) -> str:
    return f"/projects/{world.things['published_project']}/deliveries"


def path_of(world: World, name: str, tail: str = "") -> str:
    return f"/expenses/{world.things[name]}{tail}"


def row(session: Session, world: World, name: str) -> Expense:
    session.expire_all()
    found = session.get(Expense, world.things[name])
    assert found is not None
    return found


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Expense)) or 0


def user_of(session: Session, actor: Actor) -> User:
    session.commit()
    user = session.get(User, actor.user_id)
    assert user is not None
    return user


def staff(session: Session, world: World, role: Role) -> User:
    """Another of the charity's people."""
    return user_of(
        session, make_actor(session, Grant(role, organisation_id=int(world.things["operator"])))
    )


def submitter(session: Session, world: World) -> User:
    """Who submitted the world's expenses."""
    found = session.get(User, row(session, world, "expense").submitted_by_user_id)
    assert found is not None
    return found


def picture(content: bytes | None = None, name: str = "发票.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(pictures.good_jpeg() if content is None else content), name


def typed(world: World, **changed: object) -> dict[str, object]:
    """The form as a person fills it in; any field may be changed."""
    said: dict[str, object] = {
        "title": "床边抓杆与坐便椅 2 户",
        "budget_line_id": str(world.things["budget_line"]),
        "deliverable_id": str(world.things["deliverable"]),
        "units": "2",
        "amount": "1,200.50",
        "payee_name": "鄂州康居器材经营部",
        "payee_account": "6222 0000 1234 5678",
        "voucher_number": "24420000000012345678",
        "spent_on": "2026-03-12",
        "pictures": [picture()],
    }
    return {**said, **changed}


def send(browser: SiteClient, path: str, said: dict[str, object]) -> TestResponse:
    """Submit a form with files, and let go of the body the test client spooled to disk."""
    answer = browser.submit(path, said)
    answer.request.environ["wsgi.input"].close()
    return answer


def beside(answer: TestResponse, field: str) -> str:
    """The sentence beside a field."""
    return answer.text.split(f'id="{field}-error"', 1)[1].split("</div>", 1)[0]


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_visitors_read_the_budget_and_what_is_paid(client: SiteClient, world: World) -> None:
    page = client.get(expenses_of(world)).text
    assert "第 1 批扶手" in page
    assert "待批支出" not in page
    assert "¥60,000.00" in page
    assert "报一笔支出" not in page


@pytest.mark.parametrize("who", [Who.STAFF, Who.APPROVER, Who.TREASURER, Who.AUDITOR])
def test_colleagues_and_auditors_read_every_expense(
    world: World, sign_in: SignIn, who: Who
) -> None:
    page = sign_in(world.people[who]).get(expenses_of(world)).text
    for number in (1, 2, 3):
        assert f"待批支出 {number}" in page
    assert ("报一笔支出" in page) is (who is Who.STAFF)


def test_another_organisation_reads_what_visitors_read(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.people[Who.OTHER_STAFF]).get(expenses_of(world)).text
    assert "待批支出" not in page
    assert "报一笔支出" not in page


def test_the_list_asks_few_questions(
    client: SiteClient, world: World, session: Session, tmp_path: Path
) -> None:
    client.get(expenses_of(world))
    with counted(session) as sent:
        client.get(expenses_of(world))
    assert len(sent) <= 10, "\n\n".join(sent)
    before = len(sent)
    user = submitter(session, world)
    actor = Actor(
        ActorKind.USER, user.id, user.person_id, "",
        (Grant(Role.EDITOR, organisation_id=int(world.things["organisation"])),),
    )  # fmt: skip
    for n in range(5):
        services.submit_expense(
            session,
            actor,
            budget_line_id=int(world.things["budget_line"]),
            deliverable_id=None,
            units=None,
            title=f"又一笔 {n}",
            amount=Money.yuan(1),
            payee_name="某店",
            payee_account=ACCOUNT,
            voucher_number=f"N{n}",
            spent_on=row(session, world, "expense").spent_on,
            pictures=[pictures.good_jpeg()],
            files=LocalFileStore(tmp_path),
        )
    session.commit()
    with counted(session) as sent:
        client.get(expenses_of(world))
    assert len(sent) == before, "the questions do not grow with the expenses"


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def test_an_expense_with_pictures_is_submitted(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.STAFF])
    page = browser.get(expenses_of(world, "/new")).text
    assert "专账里还能用 ¥3,860.00" in page
    second = picture(pictures.good_png(mark="other"), "b.png")
    answer = send(browser, expenses_of(world, "/new"), typed(world, pictures=[picture(), second]))
    assert answer.status_code == 303, answer.text
    made = session.scalars(select(Expense).order_by(Expense.id.desc())).first()
    assert made is not None
    assert answer.headers["Location"] == f"/expenses/{made.id}"
    assert (made.amount, made.units, len(made.vouchers)) == (Money.yuan("1200.50"), 2, 2)
    page = browser.get(f"/expenses/{made.id}").text
    assert "¥1,200.50" in page
    assert "**** 5678" in page
    assert "居家适老化改造 2 户" in page


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("title", "", "请填写这一项"),
        ("amount", "1e3", "科学记数法"),
        ("amount", "0.001", "最小单位是分"),
        ("amount", "-5", "金额不能是负数"),
        ("amount", "１００", "半角数字"),
        ("amount", "1000000000000000", "金额太大了"),
        ("amount", "3860.01", "钱不够：现在可用 ¥3,860.00"),
        ("amount", "60000", "超出了这一行预算"),
        ("units", "", "请写明这笔钱做了多少"),
        ("units", "0", "1 到"),
        ("payee_account", "", "请填写这一项"),
        ("payee_account", "abc", "账号是 6 到 40 位数字"),
        ("voucher_number", "", "请填写这一项"),
        ("spent_on", "2026-03-17", "这一天还没有到"),
        ("spent_on", "1026-03-12", "太早了"),
        ("spent_on", "12.3.2026", "日期写成"),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_the_rest_stays(
    world: World, session: Session, sign_in: SignIn, field: str, text: str, words: str
) -> None:
    before = count(session)
    said = typed(world, **{field: text})
    answer = send(sign_in(world.people[Who.STAFF]), expenses_of(world, "/new"), said)
    assert answer.status_code == 422
    assert words in beside(answer, field)
    for kept in ("title", "amount", "payee_name", "voucher_number"):
        assert str(said[kept]) in answer.text
    assert "请再选一次" in answer.text
    assert count(session) == before


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: b"GIF89a not a picture", "发票.jpg：只收 JPG、PNG、WebP 图片或 PDF"),
        (lambda: b"%PDF-1.4 not a paper", "这个文件打不开"),
        (pictures.png_bomb, "图片像素太多"),
        (lambda: pictures.good_jpeg() + bytes(12_000_000), "每个最多 12 MB"),
        (lambda: pictures.good_jpeg()[:900], "没有传完整"),
        (lambda: b"", "这个文件是空的"),
    ],
)
def test_a_bad_picture_is_refused_beside_the_file_field(
    world: World,
    session: Session,
    sign_in: SignIn,
    tmp_path: Path,
    made: Callable[[], bytes],
    words: str,
) -> None:
    before, files = count(session), set((tmp_path / "instance" / "files").rglob("*"))
    said = typed(world, pictures=[picture(), picture(made())])
    answer = send(sign_in(world.people[Who.STAFF]), expenses_of(world, "/new"), said)
    assert answer.status_code == 422
    assert words in beside(answer, "pictures")
    assert "鄂州康居器材经营部" in answer.text
    assert count(session) == before
    assert set((tmp_path / "instance" / "files").rglob("*")) == files, "nothing was stored"


def test_evidence_is_required_and_has_a_limit(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.STAFF])
    none = typed(world, pictures=[picture(b"", "")])
    assert "至少附一张" in beside(send(browser, expenses_of(world, "/new"), none), "pictures")
    many = typed(world, pictures=[picture() for _ in range(11)])
    assert "最多附 10 张" in beside(send(browser, expenses_of(world, "/new"), many), "pictures")


def test_lines_of_another_budget_cannot_be_chosen(
    world: World, session: Session, sign_in: SignIn
) -> None:
    before = count(session)
    answer = send(
        sign_in(world.people[Who.STAFF]),
        expenses_of(world, "/new"),
        typed(world, budget_line_id="999999"),
    )
    assert answer.status_code == 422
    assert 'id="budget_line_id-error"' in answer.text
    assert count(session) == before


def test_what_came_back_is_corrected_and_keeps_its_account_and_evidence(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.STAFF])
    here = path_of(world, "returned_expense", "/edit")
    page = browser.get(here).text
    assert "发票看不清，请重拍。" in page
    assert "待批支出 3" in page
    assert ACCOUNT not in page, "the whole number is the treasurer's alone"
    said = typed(world, payee_account="", deliverable_id="", units="", pictures=[picture(b"", "")])
    answer = send(browser, here, said)
    assert answer.status_code == 303, answer.text
    found = row(session, world, "returned_expense")
    assert found.state is ExpenseState.SUBMITTED
    assert (found.payee_account, len(found.vouchers)) == (ACCOUNT, 1)
    assert found.amount == Money.yuan("1200.50")
    assert browser.get(path_of(world, "approved_expense", "/edit")).status_code == 303


# ── one expense ──────────────────────────────────────────────────────────────────────────────────


def test_visitors_read_a_paid_expense_with_names_and_account_masked(
    client: SiteClient, world: World, session: Session
) -> None:
    found = row(session, world, "paid_expense")
    page = client.get(path_of(world, "paid_expense")).text
    assert "第 1 批扶手" in page
    assert "**** 4567" in page
    assert ACCOUNT not in page
    assert f"/vouchers/{found.vouchers[0].id}" in page
    payer = session.get(User, found.payout.paid_by_user_id) if found.payout else None
    assert payer is not None
    assert payer.display_name not in page
    assert "BANK000001" not in page, "the bank's number is for colleagues and auditors"
    assert "付款" in page


def test_an_expense_of_a_fund_without_project_has_its_page(
    client: SiteClient, world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands under its fund, whose page lists it."""
    monkeypatch.setattr(listings, "project_of_fund", lambda session, fund_id: None)
    fund_id = row(session, world, "paid_expense").budget_line.budget.fund_id
    here = path_of(world, "paid_expense")
    assert here in client.get(f"/funds/{fund_id}").text
    for path in (here, f"{here}/gifts"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert f"/funds/{fund_id}" in answer.text
    assert client.get(path_of(world, "expense")).status_code == 404


def test_only_the_treasurer_reads_the_whole_account(world: World, sign_in: SignIn) -> None:
    for who in (Who.STAFF, Who.APPROVER, Who.AUDITOR):
        assert ACCOUNT not in sign_in(world.people[who]).get(path_of(world, "expense")).text
    assert ACCOUNT in sign_in(world.people[Who.TREASURER]).get(path_of(world, "expense")).text


def test_an_expense_that_is_not_paid_does_not_exist_for_others(
    world: World, sign_in: SignIn, client: SiteClient
) -> None:
    assert client.get(path_of(world, "expense")).status_code == 404
    for who in (Who.OTHER_STAFF, Who.USER, Who.REVIEWER, Who.ACCEPTOR):
        assert sign_in(world.people[who]).get(path_of(world, "expense")).status_code == 404


def test_two_persons_agree_and_a_third_pays(
    world: World, session: Session, sign_in: SignIn
) -> None:
    first = sign_in(world.people[Who.APPROVER])
    assert "同意这笔支出" in first.get(path_of(world, "expense")).text
    assert first.submit(path_of(world, "expense", "/approve")).status_code == 303
    page = first.get(path_of(world, "expense")).text
    assert "已有 1 人同意" in page
    assert "同意这笔支出" not in page
    assert row(session, world, "expense").state is ExpenseState.SUBMITTED
    again = first.submit(path_of(world, "expense", "/approve"))
    assert again.status_code == 403
    assert "同一个人" in again.text
    second = sign_in(staff(session, world, Role.APPROVER))
    answer = second.submit(path_of(world, "expense", "/approve"))
    assert answer.status_code == 303
    assert "等出纳付款" in second.get(answer.headers["Location"]).text
    treasurer = sign_in(world.people[Who.TREASURER])
    assert "记为已付 ¥100.00" in treasurer.get(path_of(world, "expense")).text
    said = {"paid_on": "2026-03-16", "bank_reference": "GS20260316-77"}
    assert treasurer.submit(path_of(world, "expense", "/pay"), said).status_code == 303
    assert row(session, world, "expense").state is ExpenseState.PAID
    page = treasurer.get(path_of(world, "expense")).text
    assert "GS20260316-77" in page
    assert "/audits/entries/" in page


@pytest.mark.parametrize(
    ("field", "said", "words"),
    [
        ("paid_on", {"paid_on": "2026-03-17"}, "这一天还没有到"),
        ("paid_on", {"paid_on": "2026-03-15"}, "审批在 2026-03-16 才通过"),
        ("paid_on", {"paid_on": ""}, "请填写这一项"),
        ("bank_reference", {"bank_reference": "BANK000001"}, "已经用在另一笔付款上"),
        ("bank_reference", {"bank_reference": ""}, "请填写这一项"),
    ],
)
def test_a_wrong_payment_pays_nothing(
    world: World,
    session: Session,
    sign_in: SignIn,
    field: str,
    said: dict[str, str],
    words: str,
) -> None:
    answer = sign_in(world.people[Who.TREASURER]).submit(
        path_of(world, "approved_expense", "/pay"),
        {"paid_on": "2026-03-16", "bank_reference": "GS-1", **said},
    )
    assert answer.status_code == 422
    assert words in beside(answer, field)
    assert row(session, world, "approved_expense").state is ExpenseState.APPROVED


def test_who_submitted_reads_why_they_cannot_approve(
    world: World, session: Session, sign_in: SignIn
) -> None:
    user = submitter(session, world)
    make_actor(
        session, Grant(Role.APPROVER, organisation_id=int(world.things["operator"])), user=user
    )
    session.commit()
    browser = sign_in(user)
    page = browser.get(path_of(world, "expense")).text
    assert "同一个人不能既提交又审批" in page
    assert "同意这笔支出" not in page
    assert browser.submit(path_of(world, "expense", "/approve")).status_code == 403


def test_an_approver_sends_it_back_with_a_reason(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.APPROVER])
    answer = browser.submit(path_of(world, "expense", "/return"), {"reason": ""})
    assert answer.status_code == 422
    assert "请填写这一项" in beside(answer, "reason")
    said = {"reason": "发票抬头写错了。"}
    assert browser.submit(path_of(world, "expense", "/return"), said).status_code == 303
    assert row(session, world, "expense").state is ExpenseState.RETURNED
    assert (
        "发票抬头写错了。" in sign_in(world.people[Who.STAFF]).get(path_of(world, "expense")).text
    )


def test_the_treasurer_recalls_what_was_agreed_but_not_what_is_asked(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.TREASURER])
    said = {"reason": "账号不对。"}
    assert browser.submit(path_of(world, "expense", "/return"), said).status_code == 403
    assert browser.submit(path_of(world, "approved_expense", "/return"), said).status_code == 303
    assert row(session, world, "approved_expense").state is ExpenseState.RETURNED


def test_a_page_that_is_only_read_changes_nothing(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.APPROVER])
    for act in ("approve", "return", "pay"):
        assert browser.get(path_of(world, "expense", f"/{act}")).status_code == 405


# ── vouchers ─────────────────────────────────────────────────────────────────────────────────────


def test_a_voucher_is_only_ever_a_picture(client: SiteClient, world: World) -> None:
    answer = client.get(f"/vouchers/{world.things['paid_voucher']}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert answer.headers["Cache-Control"].startswith("public")
    assert Image.open(io.BytesIO(answer.data)).format == "JPEG"
    same = client.get(
        f"/vouchers/{world.things['paid_voucher']}",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert same.status_code == 304


def test_a_voucher_of_an_unpaid_expense_is_kept_nowhere_and_shown_to_few(
    client: SiteClient, world: World, sign_in: SignIn
) -> None:
    here = f"/vouchers/{world.things['voucher']}"
    assert client.get(here).status_code == 404
    assert sign_in(world.people[Who.OTHER_STAFF]).get(here).status_code == 404
    answer = sign_in(world.people[Who.APPROVER]).get(here)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_voucher_changed_on_disk_is_never_shown(
    client: SiteClient, world: World, session: Session, tmp_path: Path
) -> None:
    client.application.testing = False
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    found = session.get(Voucher, world.things["paid_voucher"])
    assert found is not None
    name = found.file_hash.hex()
    path = tmp_path / "instance" / "files" / name[:2] / name[2:]
    path.write_bytes(pictures.good_jpeg(mark="another"))
    answer = client.get(f"/vouchers/{found.id}")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")


# ── work done ────────────────────────────────────────────────────────────────────────────────────


def test_everybody_reads_what_was_promised_claimed_and_accepted(
    client: SiteClient, world: World
) -> None:
    page = client.get(deliveries_of(world)).text
    assert "居家适老化改造" in page
    assert "计划 26 户，已验收 0，待验收 1" in page
    assert "装好一户" in page
    assert "报上去" not in page


def test_the_doing_organisation_reports(world: World, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.STAFF])
    said = {"deliverable_id": str(world.things["deliverable"]), "units": "3", "note": "二组三户"}
    wrong = browser.submit(deliveries_of(world), {**said, "units": "三"})
    assert wrong.status_code == 422
    assert "请写一个整数" in beside(wrong, "units")
    assert "二组三户" in wrong.text
    answer = browser.submit(deliveries_of(world), said)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "二组三户" in page
    assert "到现场看过" not in page, "who claims does not accept"
    other = sign_in(world.people[Who.OTHER_STAFF])
    assert other.submit(deliveries_of(world), said).status_code == 403


def delivery(session: Session, world: World) -> Delivery:
    session.expire_all()
    found = session.get(Delivery, world.things["delivery"])
    assert found is not None
    return found


def test_the_village_accepts_and_the_progress_moves(
    world: World, session: Session, sign_in: SignIn, client: SiteClient
) -> None:
    here = f"/deliveries/{world.things['delivery']}"
    browser = sign_in(world.people[Who.ACCEPTOR])
    assert "验收 1 户" in browser.get(here).text
    assert browser.submit(f"{here}/accept", {"note": "看过了，牢固。"}).status_code == 303
    assert delivery(session, world).state is DeliveryState.ACCEPTED
    assert "看过了，牢固。" in client.get(here).text
    assert "已验收 1，待验收 0" in client.get(deliveries_of(world)).text
    assert browser.submit(f"{here}/accept").status_code == 409, "once is enough"


def test_a_claim_goes_back_only_with_a_reason(
    world: World, session: Session, sign_in: SignIn
) -> None:
    here = f"/deliveries/{world.things['delivery']}"
    browser = sign_in(world.people[Who.REVIEWER])
    answer = browser.submit(f"{here}/return", {"missing": ""})
    assert answer.status_code == 422
    assert "请填写这一项" in beside(answer, "missing")
    assert browser.submit(f"{here}/return", {"missing": "扶手松动。"}).status_code == 303
    assert delivery(session, world).state is DeliveryState.RETURNED
    assert "扶手松动。" in browser.get(here).text


def test_who_spent_reads_why_they_cannot_accept(
    world: World, session: Session, sign_in: SignIn
) -> None:
    payer = session.get(User, _payer(session, world))
    assert payer is not None
    make_actor(session, Grant(Role.ACCEPTOR, region_code="420704"), user=payer)
    session.commit()
    browser = sign_in(payer)
    here = f"/deliveries/{world.things['delivery']}"
    page = browser.get(here).text
    assert "已经办过另一道手续" in page
    assert "到现场看过" not in page
    assert browser.submit(f"{here}/accept").status_code == 403
    assert delivery(session, world).state is DeliveryState.CLAIMED


def _payer(session: Session, world: World) -> int:
    payout = row(session, world, "paid_expense").payout
    assert payout is not None
    return payout.paid_by_user_id


@pytest.mark.parametrize("path", ["/expenses/0", "/vouchers/0", "/deliveries/0"])
def test_what_does_not_exist_is_not_found(client: SiteClient, clock: SetClock, path: str) -> None:
    assert client.get(path).status_code == 404
