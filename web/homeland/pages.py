"""What the page and the poster of a village show, gathered from the contexts that know it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.money import Money
from charity.registry import policy as registry_policy
from charity.registry import queries as registry
from charity.registry import regions
from charity.registry.models import Region
from projects.listings.models import VillageFund, VillageFundState
from projects.listings.policy import homeland as policy
from projects.listings.queries import homeland as queries
from projects.listings.queries.help import Help
from projects.listings.queries.priority import PriorityShare
from web import posters
from web.filters import percent, yuan
from web.frame import operator
from web.labels import label
from web.listings import shapes
from web.listings.completion import Bar, help_bars
from web.ports import settings
from web.resources.words import amount_said, in_hours, wanted_said
from web.spending.needs import left

#: A village is the fifth level of the division codes.
VILLAGE = 5
#: Characters of a village's own words on its poster.
_POSTER_WORDS = 90


def is_village(code: str) -> bool:
    """Whether a code is one of a village or community."""
    try:
        return code == regions.normalise(code) and regions.level(code) == VILLAGE
    except ValueError:
        return False


def address(code: str) -> str:
    """The whole address of a village's page, as a poster's code carries it."""
    return settings().base_url + url_for("registry.region", code=code)


def village_context(session: Session, actor: Actor, code: str) -> dict[str, Any]:
    """Everything on the page of one village; raises `NotFound`."""
    head = queries.village_head(session, code, clock.today())
    projects = queries.village_projects(session, head)
    organisations = queries.organisations_in(session, code)
    fund = head.fund
    agreed = fund is not None and fund.state is VillageFundState.AGREED
    cards = [shapes.card_view(card) for card in projects.cards]
    open_ids = [card.id for card in projects.cards if card.days_left is not None]
    above = registry.region_names(session, regions.chain(code)[:-1])
    return {
        "place": head.place,
        "crumbs": [
            *((name, url_for("registry.region", code=of)) for of, name in sorted(above.items())),
            (head.place.name, None),
        ],
        "head": head,
        "fund": fund if agreed else None,
        "asked": None if agreed else fund,
        "money": projects.money,
        "cards": cards,
        "give_project": open_ids[0] if open_ids else None,
        "bars": _bars(queries.help_in_village(session, code, projects)),
        "needs": [
            (
                need,
                url_for("needs.detail", need_id=need.id),
                amount_said(need.kind, need.quantity, need.unit),
                wanted_said(need) if need.rest != 0 else str(_("都有人认领了")),
            )
            for need in queries.open_needs_in(session, code)
        ],
        "needs_url": url_for("needs.index", place=code),
        "order_url": url_for("needs.order", place=code),
        "reports": [
            (card, url_for("project_life.picture", picture_id=card.picture.id))
            if card.picture is not None
            else (card, None)
            for card in queries.reports_in(session, code)
        ],
        "waits": [
            (wait, label(wait.kind), left(wait.due_on) if wait.due_on else "")
            for wait in queries.waits_in(session, code)
        ],
        "organisations": organisations[: queries.SHOWN],
        "more_organisations": len(organisations) > queries.SHOWN,
        "complain_url": url_for("complaints.new", about=f"region:{code}"),
        "managed_by": _managed_by(session, head.place),
        "keeps": bool(registry_policy.may_keep_register(actor, code)),
        "may_claim": _may_claim(session, actor, code, fund),
        "may_describe": agreed and fund is not None and policy.may_describe_village(actor, fund),
        "may_decide": fund is not None
        and fund.state is VillageFundState.ASKED
        and bool(policy.may_decide_fund(actor, fund)),
    }


def _bars(help_: Help) -> tuple[Bar, ...]:
    """One bar a measure, where there is anything beside gifts of money."""
    return help_bars(help_) if help_.is_more_than_money else ()


def _managed_by(session: Session, place: Region) -> tuple[str, str] | None:
    """Who runs the village where that is not the place above it (DIV-01)."""
    code = place.managed_by_code
    if code is None:
        return None
    return code, registry.region_names(session, [code]).get(code, "")


def _may_claim(session: Session, actor: Actor, code: str, fund: VillageFund | None) -> bool:
    """Whether this person speaks for a committee that may claim the fund now."""
    if fund is not None and fund.state is not VillageFundState.RETURNED:
        return False
    if not actor.organisation_ids:
        return False
    found = queries.committees_of(session, actor.organisation_ids, code)
    return any(policy.may_claim_fund(actor, each) for each in found)


def poster_of(session: Session, code: str) -> posters.Poster:
    """The words of a village's poster; raises `NotFound`."""
    head = queries.village_head(session, code, clock.today())
    money = queries.village_projects(session, head).money
    card, fund = operator(), head.fund
    agreed = fund is not None and fund.state is VillageFundState.AGREED
    lines = []
    if agreed and fund is not None:
        words = "".join(line.strip() for line in fund.introduction.splitlines())
        lines.append(words if len(words) <= _POSTER_WORDS else words[:_POSTER_WORDS] + "…")
    if money.came:
        lines.append(str(_("已经到账 %(sum)s", sum=yuan(money.came))))
        lines.append(str(_("还剩 %(sum)s", sum=yuan(money.left))))
    lines.append(str(_("捐不捐、捐多少，全凭自愿。")))
    return posters.Poster(
        kicker=str(_("幸福家园 村社互助")),
        title=head.place.name,
        lines=tuple(lines),
        scan=str(_("扫码看村里的账：每一笔钱从哪来，花到哪去。想捐也在这一页。")),
        link=address(code),
        foot=str(_("收款与记账：%(name)s", name=card.name)) if card else "",
    )


def share_words(share: PriorityShare) -> list[tuple[str, str]]:
    """The two shares: so much of so much, and what it is of."""
    money, minutes = share.money, share.minutes
    return [
        (
            str(
                _(
                    "%(there)s / %(whole)s",
                    there=yuan(Money(money.there)),
                    whole=yuan(Money(money.whole)),
                )
            ),
            str(_("捐款，占 %(share)s", share=percent(money.there, money.whole))),
        ),
        (
            str(
                _(
                    "%(there)s / %(whole)s",
                    there=in_hours(minutes.there),
                    whole=in_hours(minutes.whole),
                )
            ),
            str(_("服务时间，占 %(share)s", share=percent(minutes.there, minutes.whole))),
        ),
    ]


def fund_name(session: Session, fund: VillageFund) -> str:
    """The usual name of a village's fund: charity, street and village (FND-03)."""
    card = operator()
    street = registry.region_names(session, [fund.region_code[:9]]).get(fund.region_code[:9], "")
    return str(
        _(
            "%(charity)s%(street)s%(village)s村社互助基金",
            charity=card.name if card else "",
            street=street,
            village=fund.region.name,
        )
    )
