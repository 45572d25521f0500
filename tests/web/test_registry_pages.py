"""Pages of organisations and places: what they say, to whom, and what they keep of typing."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.registry import uscc
from charity.registry.models import Organisation, OrganisationState, PartnerAgreement
from tests.factories import make_actor, make_organisation, make_region
from tests.projects.listings.village import VILLAGE
from tests.support.site import SignIn, SiteClient
from tests.web.counting import counted
from tests.web.world import World
from web.security.access import Who

GOOD_CODE = "52420704MJH000027A"


def typed(**changed: str) -> dict[str, str]:
    """The form as a person fills it in; any field may be changed."""
    said = {
        "name": "凤凰街道邻里互助会",
        "kind": "social_service_org",
        "uscc": GOOD_CODE,
        "region_code": "420704",
        "introduction": "三名社工和二十位志愿者，为独居老人送餐、修灯、陪诊。",
        "contact_name": "周敏",
        "contact_phone": "0711-3356789",
    }
    return {**said, **changed}


def path_of(world: World, name: str = "organisation", tail: str = "") -> str:
    return f"/organisations/{world.things[name]}{tail}"


def named(session: Session, name: str) -> Organisation | None:
    session.expire_all()
    return session.scalar(select(Organisation).where(Organisation.name == name))


def row(session: Session, world: World, name: str) -> Organisation:
    session.expire_all()
    found = session.get(Organisation, world.things[name])
    assert found is not None
    return found


def owner_of(session: Session, organisation_id: int | str) -> User:
    actor = make_actor(session, Grant(Role.OWNER, organisation_id=int(organisation_id)))
    session.commit()
    user = session.get(User, actor.user_id)
    assert user is not None
    return user


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_verified_organisations_and_their_projects(
    client: SiteClient, world: World
) -> None:
    page = client.get("/organisations").text
    assert "嘉和社工" in page
    assert "1 个项目" in page
    assert "还没有公布的项目" in page
    assert "等待核验的组织" not in page
    assert "退回的组织" not in page


def test_the_list_filters_by_place_and_kind(
    client: SiteClient, world: World, session: Session
) -> None:
    make_organisation(session, name="洪港村老年协会", region_code=VILLAGE)
    session.commit()
    page = client.get(f"/organisations?place={VILLAGE}&kind=social_service_org").text
    assert "共 1 家组织" in page
    assert "洪港村老年协会" in page
    assert 'value="social_service_org" selected' in page
    assert f'value="{VILLAGE}" selected' in page
    page = client.get(f"/organisations?place={VILLAGE}&kind=foundation").text
    assert "这里还没有核验过的组织" in page


@pytest.mark.parametrize(
    "odd", ["place=9", "place=999999999999", "place=%00", "kind=x", "page=-1", "page=99999"]
)
def test_odd_filters_are_no_error(client: SiteClient, world: World, odd: str) -> None:
    assert client.get(f"/organisations?{odd}").status_code == 200


def test_a_full_list_has_pages_and_asks_few_questions(
    client: SiteClient, world: World, session: Session
) -> None:
    for n in range(25):
        make_organisation(session, name=f"志愿服务队 {n}")
    session.commit()
    client.get("/organisations")
    with counted(session) as sent:
        page = client.get("/organisations?place=420704").text
    assert page.count('class="card gift"') == 20
    assert "place=420704&amp;page=2" in page
    assert len(sent) <= 10, "\n\n".join(sent)


# ── one organisation ─────────────────────────────────────────────────────────────────────────────


def test_a_visitor_reads_who_it_is_but_not_whom_to_call(
    client: SiteClient, world: World, session: Session
) -> None:
    found = row(session, world, "organisation")
    page = client.get(path_of(world)).text
    assert found.uscc is not None
    assert found.uscc in page
    assert "2026-01-05 看过原件" in page
    assert "2026-01-06 签订" in page
    assert "目标 ¥78,000.00" in page
    assert found.contact_phone not in page
    assert "我们的全部项目" not in page


def test_its_owner_and_the_verifier_read_the_contact(
    world: World, session: Session, sign_in: SignIn
) -> None:
    phone = row(session, world, "organisation").contact_phone
    owner = sign_in(world.people[Who.STAFF]).get(path_of(world)).text
    assert phone in owner
    assert "我们的全部项目" in owner
    assert "发起一个项目" in owner
    assert phone in sign_in(world.people[Who.VERIFIER]).get(path_of(world)).text
    assert phone not in sign_in(world.people[Who.OTHER_STAFF]).get(path_of(world)).text


def test_an_unverified_one_is_known_to_its_owner_alone(
    world: World, session: Session, sign_in: SignIn, client: SiteClient
) -> None:
    row(session, world, "returned_organisation").verification_note = "请补交章程。"
    owner = sign_in(owner_of(session, world.things["returned_organisation"]))
    page = owner.get(path_of(world, "returned_organisation")).text
    assert "请补交章程。" in page
    assert path_of(world, "returned_organisation", "/edit") in page
    for who in (client, sign_in(world.people[Who.STAFF])):
        assert who.get(path_of(world, "returned_organisation")).status_code == 404


# ── registering ──────────────────────────────────────────────────────────────────────────────────


def test_registering_makes_an_owner_and_waits_for_the_verifier(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.USER])
    answer = browser.submit("/organisations/register", typed(region_code=VILLAGE))
    assert answer.status_code == 303, answer.text
    made = named(session, "凤凰街道邻里互助会")
    assert made is not None
    assert made.state is OrganisationState.PENDING
    assert made.region_code == VILLAGE
    assert answer.headers["Location"] == f"/organisations/{made.id}"
    page = browser.get(f"/organisations/{made.id}").text
    assert "正在等核验" in page
    user = accounts.user_by_login(session, world.people[Who.USER])
    assert user is not None
    roles = [
        (held.role, held.organisation_id) for held in accounts.memberships_of(session, user.id)
    ]
    assert roles == [(Role.OWNER, made.id)]
    desk = sign_in(world.people[Who.VERIFIER]).get("/desk").text
    assert f"/organisations/{made.id}/verify" in desk


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("uscc", "52420704MJH000027B", "校验码对不上"),
        ("uscc", "52420704MJH00002", "现在是 16 位"),
        ("uscc", "52420704MJH00002IO", "没有 I、O、S、V、Z"),
        ("uscc", "", "请填写证书上的 18 位代码"),
        ("name", "", "请填写这一项"),
        ("name", "嘉和社工", "已经有同名的机构"),
        ("region_code", "999999", "没有找到这个地方"),
        ("introduction", "短", "至少要 10 个字"),
        ("contact_phone", "打给村口小卖部", "电话只写数字"),
    ],
)
def test_a_wrong_field_gets_its_sentence_and_the_rest_stays(
    world: World, session: Session, sign_in: SignIn, field: str, text: str, words: str
) -> None:
    browser = sign_in(world.people[Who.USER])
    said = typed(**{field: text})
    answer = browser.submit("/organisations/register", said)
    assert answer.status_code == 422
    beside = answer.text.split(f'id="{field}-error"', 1)[1].split("</div>", 1)[0]
    assert words in beside
    for kept in ("introduction", "contact_name", "contact_phone", "uscc", "name"):
        assert said[kept] in answer.text
    assert named(session, "凤凰街道邻里互助会") is None


def test_a_community_group_has_no_code(world: World, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(world.people[Who.USER])
    answer = browser.submit(
        "/organisations/register", typed(kind="community_group", uscc=GOOD_CODE)
    )
    assert "请留空" in answer.text
    answer = browser.submit("/organisations/register", typed(kind="community_group", uscc=""))
    assert answer.status_code == 303
    made = named(session, "凤凰街道邻里互助会")
    assert made is not None
    assert made.uscc is None


def test_the_place_is_chosen_level_by_level_without_script(
    world: World, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(world.people[Who.USER])
    page = browser.get("/organisations/register").text
    assert '<option value="420704001">' in page
    assert f'<option value="{VILLAGE}">' not in page
    answer = browser.submit(
        "/organisations/register", typed(region_code="420704001", uscc="unfinished", narrow="1")
    )
    assert answer.status_code == 200
    assert f'<option value="{VILLAGE}">' in answer.text
    assert '<option selected value="420704001">' in answer.text
    assert 'value="unfinished"' in answer.text
    assert 'class="error"' not in answer.text
    assert named(session, "凤凰街道邻里互助会") is None
    page = browser.get(f"/organisations/register?place={VILLAGE}").text
    assert f'<option selected value="{VILLAGE}">' in page


def test_a_returned_registration_is_mended_and_sent_again(
    world: World, session: Session, sign_in: SignIn
) -> None:
    here = path_of(world, "returned_organisation", "/edit")
    owner = sign_in(owner_of(session, world.things["returned_organisation"]))
    assert 'value="退回的组织"' in owner.get(here).text
    assert owner.submit(here, typed(uscc="1")).status_code == 422
    answer = owner.submit(here, typed())
    assert answer.status_code == 303
    found = row(session, world, "returned_organisation")
    assert (found.state, found.uscc) == (OrganisationState.PENDING, GOOD_CODE)
    assert owner.get(here).status_code == 303, "nothing to mend any more"


# ── verifying ────────────────────────────────────────────────────────────────────────────────────


def test_the_verifier_sees_the_warnings_beside_the_papers(
    world: World, session: Session, sign_in: SignIn
) -> None:
    waiting = session.get(Organisation, world.things["pending_organisation"])
    assert waiting is not None
    # The valid one would be …MJH000027: the last check holds, the inner one does not.
    waiting.uscc = uscc.with_check_digit("52420704MJH000028")
    session.commit()
    page = sign_in(world.people[Who.VERIFIER]).get(
        path_of(world, "pending_organisation", "/verify")
    )
    assert "代码第 17 位的校验和前面八位对不上" in page.text
    assert "李四 0711-1234567" in page.text


def test_verifying_with_an_agreement_makes_a_partner(
    world: World, session: Session, sign_in: SignIn
) -> None:
    here = path_of(world, "pending_organisation", "/verify")
    verifier = sign_in(world.people[Who.VERIFIER])
    said = {
        "note": "登记证书、章程、年检，都看过原件。",
        "agreement_number": "合募-2026-07",
        "agreement_signed_on": "2026-03-10",
        "assessment_note": "账目清楚，有两名专职社工。",
    }
    assert verifier.submit(here, said).status_code == 303
    found = row(session, world, "pending_organisation")
    assert found.state is OrganisationState.VERIFIED
    agreement = session.scalars(
        select(PartnerAgreement).where(PartnerAgreement.partner_id == found.id)
    ).one()
    assert agreement.charity_id == world.things["operator"]
    page = verifier.get(path_of(world, "pending_organisation")).text
    assert "合募-2026-07，2026-03-10 签订" in page
    assert verifier.get(here).status_code == 303


@pytest.mark.parametrize(
    ("field", "changed", "words"),
    [
        ("note", {"note": ""}, "请填写这一项"),
        ("agreement_signed_on", {"agreement_signed_on": ""}, "要一起填"),
        ("agreement_signed_on", {"agreement_signed_on": "2026-03-17"}, "这一天还没有到"),
        ("assessment_note", {"assessment_note": ""}, "要一起填"),
    ],
)
def test_an_incomplete_verification_verifies_nothing(
    world: World,
    session: Session,
    sign_in: SignIn,
    field: str,
    changed: dict[str, str],
    words: str,
) -> None:
    said = {
        "note": "都看过原件。",
        "agreement_number": "合募-2026-07",
        "agreement_signed_on": "2026-03-10",
        "assessment_note": "账目清楚。",
    }
    here = path_of(world, "pending_organisation", "/verify")
    answer = sign_in(world.people[Who.VERIFIER]).submit(here, {**said, **changed})
    assert answer.status_code == 422
    assert words in answer.text.split(f'id="{field}-error"', 1)[1].split("</div>", 1)[0]
    assert 'value="合募-2026-07"' in answer.text
    assert row(session, world, "pending_organisation").state is OrganisationState.PENDING


def test_a_registration_is_returned_with_reasons(
    world: World, session: Session, sign_in: SignIn
) -> None:
    here = path_of(world, "pending_organisation", "/return")
    verifier = sign_in(world.people[Who.VERIFIER])
    answer = verifier.submit(here, {"reasons": ""})
    assert answer.status_code == 422
    assert 'id="reasons-error"' in answer.text
    assert verifier.submit(here, {"reasons": "请补交章程。"}).status_code == 303
    found = row(session, world, "pending_organisation")
    assert (found.state, found.verification_note) == (OrganisationState.RETURNED, "请补交章程。")
    desk = sign_in(owner_of(session, found.id)).get("/desk").text
    assert f"/organisations/{found.id}/edit" in desk


def test_nobody_verifies_their_own(world: World, session: Session, sign_in: SignIn) -> None:
    pending = int(world.things["pending_organisation"])
    own = make_actor(
        session,
        Grant(Role.VERIFIER, organisation_id=int(world.things["operator"])),
        Grant(Role.OWNER, organisation_id=pending),
    )
    session.commit()
    user = session.get(User, own.user_id)
    assert user is not None
    browser = sign_in(user)
    for answer in (
        browser.get(path_of(world, "pending_organisation", "/verify")),
        browser.submit(path_of(world, "pending_organisation", "/verify"), {"note": "看过原件"}),
        browser.submit(path_of(world, "pending_organisation", "/return"), {"reasons": "再看看"}),
    ):
        assert answer.status_code == 403
        assert "不能核验自己所在的机构" in answer.text


# ── places ───────────────────────────────────────────────────────────────────────────────────────


def test_a_place_says_what_is_below_it_and_what_was_given(
    client: SiteClient, world: World, session: Session
) -> None:
    make_region(session, "420704002", "古楼街道")
    session.commit()
    page = client.get("/regions/420704").text
    assert "¥5,100.00" in page, "the two gifts of this world"
    assert "凤凰街道 · 1" in page
    assert "古楼街道 · " not in page
    assert "目标 ¥78,000.00" in page
    assert "嘉和社工" in page


def test_a_village_shows_its_path_and_nothing_below(client: SiteClient, world: World) -> None:
    page = client.get(f"/regions/{VILLAGE}").text
    assert "/regions/420704001" in page
    assert "下面的地方" not in page
    assert "目标 ¥78,000.00" in page
    assert client.get(f"/regions/{VILLAGE[:9]}000").status_code == 200, "padded codes are read"


def test_an_empty_place_says_what_one_can_do(client: SiteClient, world: World) -> None:
    page = client.get("/regions/420703").text
    assert "¥0.00" in page
    assert "这里还没有公布的项目" in page
    assert "place=420703" in page


@pytest.mark.parametrize("code", ["9", "999999", "0", "x", "420704001999", "%00", "４２"])
def test_a_place_that_is_none_is_not_found(client: SiteClient, world: World, code: str) -> None:
    assert client.get(f"/regions/{code}").status_code == 404


def test_a_page_of_organisations_asks_at_most_ten_questions(
    client: SiteClient, world: World, session: Session
) -> None:
    for n in range(45):
        make_organisation(session, name=f"组织 {n}", region_code="420704")
    session.commit()
    client.get("/organisations")
    for page in (1, 3):
        with counted(session) as sent:
            assert client.get(f"/organisations?place=420704&page={page}").status_code == 200
        assert len(sent) <= 10, "\n\n".join(sent)


def test_a_place_asks_few_questions(client: SiteClient, world: World, session: Session) -> None:
    for n in range(12):
        make_region(session, f"42070400{n % 10}2{n:02d}", f"村 {n}")
    session.commit()
    client.get("/regions/420704")
    with counted(session) as sent:
        client.get("/regions/420704")
    assert len(sent) <= 16, f"{len(sent)}: " + "\n\n".join(sent)
