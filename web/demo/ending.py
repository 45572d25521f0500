"""Notices and an end in the demo: one notice answered and over, one standing, one closing."""

from __future__ import annotations

from collections.abc import Iterator

from charity import clock
from charity.actor import Actor
from charity.disclosure import services
from charity.disclosure.models import PublicNoticeKind, SurplusDisposal
from charity.disclosure.queries import closings
from charity.disclosure.queries.obstacles import obstacles
from charity.registry import queries as registry
from web.demo.stage import SYSTEM, Stage, Step

#: Where people are told who is helped, and by whom.
TOLD, VILLAGE = "handrails", "420704001206"
#: The project that is over, and the one that goes on with what is left.
OVER, GOES_ON = "summer", "children"


def steps(shown: set[str]) -> Iterator[Step]:
    """A list of households with an objection, another list, and a project that ends."""
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
