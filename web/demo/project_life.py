"""The life of projects in the demo: steps, reports, five roles, a pause, a second submission."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from charity.accounts import services as accounts
from charity.evidence import reencode
from charity.registry import services as registering
from charity.registry import uscc
from charity.registry.models import OrganisationKind
from projects.listings import queries, services
from projects.listings.models import PartyRole
from web.demo import acts
from web.demo.people import FEDERATION, HUB, OPERATOR
from web.demo.plans import LinePlan, ProjectPlan
from web.demo.stage import Stage, Step

#: The project whose steps are told, and the one that is paused after the last gift.
TOLD, PAUSED = "handrails", "garden"
PARTY, BUREAU = "phoenix_party", "civil_affairs"


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step: its name, when it is due, said to be done and accepted, in days before loading."""

    title: str
    due: int
    claimed: int | None = None
    accepted: int | None = None
    note: str = ""


STEPS = (
    StepPlan("二十户上门评估", 150, 152, 149, "二十户都量过尺寸，四户改了方案。"),
    StepPlan("第一批十户装完", 100, 98, 95, "十户都装好，老人自己试过。"),
    StepPlan("第二批十户装完", 20, 3, None, "还有一户在住院，约了出院以后装，其余九户装好。"),
    StepPlan("三个月回访", -40),
)
#: Days before loading, title, words, captions of the pictures.
REPORTS = (
    (94, "第一批十户装好了",
     "浴室两侧和床边的扶手都装在承重墙上，装完请老人自己扶着站起来试一遍。\n"
     "有一户的墙是空心砖，改成了落地的架子，没有多花钱。", ("浴室里的扶手",)),
    (30, "回访十户：三个月没有人摔倒",
     "社工一户一户回访，十位老人三个月没有摔倒。两户的坐便椅调低了三厘米。",
     ("床边的扶手", "门口的扶手")),
)  # fmt: skip
_ROLES = (
    (PartyRole.PARTY_LEADERSHIP, PARTY, "hub"),
    (PartyRole.CIVIL_AFFAIRS_GUIDANCE, BUREAU, "hub"),
    (PartyRole.CHARITY_FUNDING, OPERATOR, "chair"),
    (PartyRole.INDUSTRY_COORDINATION, FEDERATION, None),
    (PartyRole.AGENCY_DELIVERY, "jiahe", "jiahe"),
)


def steps(shown: set[str], waiting: list[tuple[str, ProjectPlan]]) -> Iterator[Step]:
    """Everything of one project, the pause of another, and a project sent back and sent again."""
    if TOLD in shown:
        yield Step(160, 600, plan_steps, None)
        for number, each in enumerate(STEPS):
            if each.claimed is not None:
                yield Step(each.claimed, 900, claim_step, number)
            if each.accepted is not None:
                yield Step(each.accepted, 930, accept_step, number)
        for number, (days, *_rest) in enumerate(REPORTS):
            yield Step(days, 1000, report, number)
        yield Step(90, 620, name_parties, None)
        yield Step(88, 640, sign, None)
        yield Step(40, 1200, follow, None)
    if PAUSED in shown:
        # after the last gift that the story tells of
        yield Step(0, 1438, pause, None)
    sent = [plan for state, plan in waiting if state == "submitted" and plan.owner == "jiahe"]
    for plan in sent[:1]:
        days = max(1, plan.plan_filed - 5)
        yield Step(days, 1300, acts.give_back, plan)
        yield Step(days, 1390, mend, plan)


def plan_steps(stage: Stage, plan: None) -> None:
    """The organisation says what will be done by when."""
    for number, each in enumerate(STEPS):
        made = services.plan_milestone(
            stage.session, stage.actor("jiahe"), project_id=stage.projects[TOLD],
            title=each.title, due_on=stage.day(each.due),
        )  # fmt: skip
        stage.giving[f"milestone{number}"] = made.id


def claim_step(stage: Stage, number: int) -> None:
    """It says that a step is done."""
    services.claim_milestone(
        stage.session, stage.actor("jiahe"), milestone_id=stage.giving[f"milestone{number}"],
        note=STEPS[number].note,
    )  # fmt: skip


def accept_step(stage: Stage, number: int) -> None:
    """Somebody of the street went to look."""
    services.accept_milestone(
        stage.session, stage.actor("village"), milestone_id=stage.giving[f"milestone{number}"]
    )


def report(stage: Stage, number: int) -> None:
    """It tells of the work, with pictures on which nobody can be known."""
    _days, title, words, captions = REPORTS[number]
    pictures = [
        services.PictureDraft(
            reencode(drawn(7 * number + at), only_pictures=True), caption, consent_stated=True
        )
        for at, caption in enumerate(captions)
    ]
    services.publish_report(
        stage.session, stage.actor("jiahe"), client_id=str(uuid.UUID(int=1000 + number)),
        project_id=stage.projects[TOLD], title=title, words=words, pictures=pictures,
        files=stage.files,
    )  # fmt: skip


def name_parties(stage: Stage, plan: None) -> None:
    """The five sides of the project; the party branch and the bureau are registered for it."""
    for key, name, kind, code in (
        (PARTY, "凤凰街道洪港村党支部", OrganisationKind.PARTY_UNIT, "12420704MB1A00021"),
        (BUREAU, "鄂州市鄂城区民政局", OrganisationKind.GOVERNMENT, "11420704MB1A00022"),
    ):
        made = accounts.register_organisation_with_owner(
            stage.session, stage.actor(HUB.login), name=name, kind=kind,
            uscc=uscc.with_check_digit(code), region_code="420704", introduction="",
            contact_name="熊莉", contact_phone="0711-3000022",
        )  # fmt: skip
        stage.organisations[key] = made.id
        stage.changed(HUB.login)
        registering.verify_organisation(
            stage.session, stage.actor("staff"), organisation_id=made.id,
            charity_id=stage.operator_id, note="核对过统一社会信用代码。",
        )  # fmt: skip
    for role, key, _login in _ROLES:
        if key in stage.organisations:
            services.name_party(
                stage.session, stage.actor("jiahe"), project_id=stage.projects[TOLD], role=role,
                organisation_id=stage.organisations[key],
            )  # fmt: skip


def sign(stage: Stage, plan: None) -> None:
    """All but one have signed."""
    signers = {(role, stage.organisations.get(key, 0)): login for role, key, login in _ROLES}
    for party in queries.parties_of(stage.session, stage.projects[TOLD]):
        login = signers.get((party.role, party.organisation_id))
        if login is not None:
            services.sign_role(stage.session, stage.actor(login), role_id=party.id)


def follow(stage: Stage, plan: None) -> None:
    """Somebody else wants to hear of it."""
    services.follow(stage.session, stage.actor("kangle"), subject=f"project:{stage.projects[TOLD]}")


def pause(stage: Stage, plan: None) -> None:
    """The garden has to wait for its ground."""
    services.pause_project(
        stage.session, stage.actor("yuhua"), project_id=stage.projects[PAUSED],
        note="空地要先改污水管，施工队说到下个月底。管子埋好以前不再收款，已经捐的留着做花园。",
    )  # fmt: skip


def mend(stage: Stage, plan: ProjectPlan) -> None:
    """The reviewer's questions are answered, and it is sent again."""
    session, owner = stage.session, stage.actor(plan.owner)
    better = replace(
        plan,
        beneficiaries="月陂村的孩子和老人",
        beneficiary_count=plan.beneficiary_count + 12,
        lines=(
            LinePlan("象棋、棋盘与桌椅", 6600),
            LinePlan("教学挂图与奖品", 3000),
            *plan.lines[1:],
        ),
        story=f"{plan.story}每次两位大人在场，名册和签到表放在食堂门口。",
    )
    services.edit_project(
        session, owner, project_id=stage.projects[plan.key], **acts.content(stage, better)
    )
    services.submit_project(session, owner, project_id=stage.projects[plan.key])


def drawn(seed: int) -> bytes:
    """A picture of a handrail on a tiled wall: nobody is on it."""
    picture = Image.new("RGB", (960, 640), (226, 232, 228))
    pen = ImageDraw.Draw(picture)
    for across in range(0, 960, 96):
        pen.line([(across, 0), (across, 640)], fill=(203, 212, 206), width=3)
    for down in range(0, 640, 80):
        pen.line([(0, down), (960, down)], fill=(203, 212, 206), width=3)
    low = 300 + 17 * (seed % 7)
    pen.rounded_rectangle([(180, low), (780, low + 34)], radius=17, fill=(178, 120, 70))
    for across in (220, 720):
        pen.rounded_rectangle(
            [(across, low - 26), (across + 44, low + 60)], 10, fill=(96, 104, 104)
        )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
