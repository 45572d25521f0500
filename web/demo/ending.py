"""Notices in the demo, answered and standing; a closing under way, and a project that is over."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from charity import clock
from charity.actor import Actor
from charity.disclosure import services
from charity.disclosure.models import PublicNoticeKind, SurplusDisposal
from charity.disclosure.queries import closings
from charity.disclosure.queries.obstacles import obstacles
from charity.registry import queries as registry
from projects.listings import services as listings
from web.demo.stage import SYSTEM, Stage, Step

#: Where people are told who is helped, and by whom.
TOLD, VILLAGE = "handrails", "420704001206"
#: The project that is over, and the one that goes on with what is left.
OVER, GOES_ON = "summer", "children"
#: The village project that is closed with everything told, and the one that takes what was left.
DONE, TAKES = "home0", "home1"


def steps(shown: set[str], owner: str) -> Iterator[Step]:
    """A list of households with an objection, another list, and two projects that end.

    `owner` is who speaks for the village project that is closed.
    """
    yield Step(13, 700, report_done, owner)
    yield Step(13, 900, prepare_done, owner)
    yield Step(12, 600, agree_done, None)
    yield Step(3, 15, end_notices, None)
    yield Step(3, 560, finish_done, None)
    yield Step(2, 600, close_done, owner)
    if TOLD in shown:
        yield Step(14, 560, tell_first_list, None)
        yield Step(11, 1150, object_to_it, None)
        yield Step(10, 600, answer_it, None)
        yield Step(6, 15, end_notices, None)
        yield Step(2, 560, tell_second_list, None)
    if {OVER, GOES_ON} <= shown:
        # after the last gift that the story tells of
        yield Step(0, 1439, end_project, None)


def tell_first_list(stage: Stage, plan: None) -> None:
    """The organisation tells whose homes are next."""
    notice = services.publish_notice(
        stage.session,
        stage.actor("jiahe"),
        kind=PublicNoticeKind.BENEFICIARIES,
        subject="",
        organisation_id=stage.organisations["jiahe"],
        region_code=VILLAGE,
        title="洪港村第二批适老化改造八户名单公示",
        body="经社工入户评估和村民小组推荐，第二批拟改造八户：王**、李*、张**、余**、刘*、陈**、熊**、邓*。\n"
        "每户按三千元配，用不着的不装。",
    )
    stage.giving["first_list"] = notice.id


def object_to_it(stage: Stage, plan: None) -> None:
    """A neighbour knows something the list does not."""
    objection = services.object_to(
        stage.session,
        Actor.guest(),
        notice_id=stage.giving["first_list"],
        name="三组村民",
        contact="13700000000",
        body="名单里的余**今年搬去和儿子住了，老屋空着，应该先给还住在村里的人家。",
    )
    stage.giving["objection"] = objection.id


def answer_it(stage: Stage, plan: None) -> None:
    """Somebody of the street went to look."""
    services.answer_objection(
        stage.session,
        stage.actor("village"),
        objection_id=stage.giving["objection"],
        answer="九日上午到户看过：余**四月住院时去了儿子家，五月已搬回，现在一个人住在老屋，邻居可以作证。名单不变。",
        upheld=False,
    )


def end_notices(stage: Stage, plan: None) -> None:
    """Its days are over."""
    services.end_due_notices(stage.session, SYSTEM)


def tell_second_list(stage: Stage, plan: None) -> None:
    """The next list stands now."""
    services.publish_notice(
        stage.session,
        stage.actor("jiahe"),
        kind=PublicNoticeKind.BENEFICIARIES,
        subject="",
        organisation_id=stage.organisations["jiahe"],
        region_code=VILLAGE,
        title="洪港村第三批适老化改造十户名单公示",
        body="第三批拟改造十户：周**、徐*、何**、吴**、汪*、郑**、孙**、杨*、胡**、朱*。",
    )


def end_project(stage: Stage, plan: None) -> None:
    """The summer is over; what is left is to go to the children's room, and waits for agreement.

    Nothing is done where something is still on its way in this telling.
    """
    session, actor = stage.session, stage.actor("tongxing")
    campaign = registry.campaign(session, stage.posted[OVER].campaign_id)
    if obstacles(session, campaign.fund_id, campaign.id):
        return
    silent = closings.plan_of(session, campaign) is None
    goes_on = registry.campaign(session, stage.posted[GOES_ON].campaign_id)
    closing = services.prepare_closing(
        session,
        actor,
        fund_id=campaign.fund_id,
        ended_on=clock.today(),
        reason="六周的课上完了，四十五个孩子办了展。大学生补贴有两位没有领，餐费也省了一些。",
        disposal=SurplusDisposal.SIMILAR if silent else None,
        into_fund_id=goes_on.fund_id,
    )
    if closing.disposal is SurplusDisposal.ASK:
        services.ask_givers(session, actor, closing_id=closing.id)
        return
    services.submit_closing(
        session,
        actor,
        closing_id=closing.id,
        notice_title="“峒山村暑期课堂”剩余财产去向公示",
        notice_body="峒山村暑期课堂已经结束，剩余的钱拟转入“吴都社区儿童之家的四点半”，继续用在孩子身上。"
        "有不同意见的，请在公示期内提出。",
    )


# ── a village project that is over ───────────────────────────────────────────────────────────────


def report_done(stage: Stage, owner: str) -> None:
    """Its last report, for everybody to read."""
    listings.publish_report(
        stage.session,
        stage.actor(owner),
        client_id=str(uuid.UUID(int=1100)),
        project_id=stage.projects[DONE],
        title="做完了，验收过了",
        words="筹到多少办多少：先办最急的，村里逐件看过，验收人签了字。\n"
        "还剩下一些钱，先公示，没有人反对就转给另一个村的项目，一分一分都看得到去向。",
        pictures=[],
        files=stage.files,
    )


def prepare_done(stage: Stage, owner: str) -> None:
    """What is left is to go to another village's project; it is announced for seven days."""
    session, actor = stage.session, stage.actor(owner)
    closing = services.prepare_closing(
        session,
        actor,
        fund_id=stage.project_fund(DONE),
        ended_on=clock.today(),
        reason="募捐没有满，最急的先办完了，剩下的钱不够再办一件。",
        disposal=SurplusDisposal.SIMILAR,
        into_fund_id=stage.project_fund(TAKES),
    )
    stage.giving["done_closing"] = closing.id
    services.submit_closing(
        session,
        actor,
        closing_id=closing.id,
        notice_title="一个村社项目做完以后剩余财产去向公示",
        notice_body="最急的办完了，验收过了。剩余的钱拟转入另一个村的村社互助项目，用途相近。有不同意见的，请在公示期内提出。",
    )


def agree_done(stage: Stage, plan: None) -> None:
    """Two approvers agree to it."""
    for login in ("approver1", "approver2"):
        services.agree_closing(
            stage.session,
            stage.actor(login),
            closing_id=stage.giving["done_closing"],
            agreed=True,
        )


def finish_done(stage: Stage, plan: None) -> None:
    """Nobody objected: the rest moves, the fund ends, and everybody can read what became of it."""
    services.finish_closing(
        stage.session,
        SYSTEM,
        closing_id=stage.giving["done_closing"],
        title="项目做完，剩余财产去向",
        can_refund=lambda _gateway: False,
    )


def close_done(stage: Stage, owner: str) -> None:
    """The page stays to be read."""
    listings.close_project(
        stage.session,
        stage.actor(owner),
        project_id=stage.projects[DONE],
        note="做完了，验收过了，剩下的钱已经公示并转走。",
    )
