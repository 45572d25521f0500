"""What the pages of pools show: rules in words, figures, the file from which anybody replays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import abort
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import ROLE_PERMISSIONS, Actor, Permission
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
from charity.donations.queries.pools import PoolBar
from charity.ledger.models import Book, Fund, FundKind
from charity.money import Money
from charity.registry.models import Campaign, CampaignState, Organisation, OrganisationState
from web.filters import day, moment, yuan
from web.labels import label

#: Rows of a public list.
PAGE = 50


def public_pool(session: Session, pool_id: int) -> MatchingPool:
    """A pool that was opened; 404 for any other."""
    pool = queries.pool(session, pool_id)
    if pool.state is PoolState.DRAFT:
        abort(404)
    return pool


def detail_context(session: Session, pool: MatchingPool, before: int | None) -> dict[str, Any]:
    """The public page of one pool; `before` is the position above the first row."""
    rows = queries.matches(session, pool.id, before=before, limit=PAGE + 1)
    ((_pool, standing),) = queries.with_standing(session, [pool])
    campaigns = queries.campaigns_of(session, pool)
    return {
        "pool": pool,
        "standing": standing,
        "rules": rules_in_words(pool),
        "campaigns": campaigns,
        "titles": {campaign.id: campaign.title for campaign, _sum in campaigns},
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].position if len(rows) > PAGE else None,
        "first": before is None,
        "decided": queries.decided(session, pool.id),
        "gifts": queries.matched_gifts(session, pool.id),
        "upheld": queries.flags(session, pool.id, [FlagState.UPHELD]),
        "flag_words": flag_words,
        "digest": pool.rules_digest.hex() if pool.rules_digest else "",
    }


def rules_in_words(pool: MatchingPool) -> list[tuple[str, str]]:
    """Every rule of a pool as a pair of words; a cap that does not bind is left out."""
    caps = [
        (_("一笔最多配"), pool.cap_per_gift),
        (_("一人一天最多配"), pool.cap_per_giver_day),
        (_("一人一个项目最多配"), pool.cap_per_giver_campaign),
        (_("一个项目最多配"), pool.cap_per_campaign),
        (_("一个机构最多配"), pool.cap_per_organisation),
    ]
    counts = pool.rules.counts_givers
    start, end = moment(pool.starts_at), moment(pool.ends_at)
    return [
        (_("比例"), _("每捐 1 元，配捐 %(sum)s 元", sum=Money(pool.ratio_percent))),
        (_("一笔至少捐"), yuan(pool.least_gift)),
        *((name, yuan(cap)) for name, cap in caps if cap is not None),
        (_("时间"), _("%(start)s 到 %(end)s", start=start, end=end)),
        (_("先后"), _("按到账先后，一笔一笔定，配完为止；不满一分的舍去")),
        (_("没留联系方式"), _("不配：要按人算上限，分不清是谁") if counts else _("照样配")),
        (_("不参加"), _("收款慈善组织、执行机构、出资方和它们的工作人员；受益人和家属；财政资金")),
        (_("冷静期"), _("捐款 %(n)s 天以后才拨付；退款的，配捐按比例取消", n=pool.cooling_days)),
        (_("退款"), _("退回的配捐回到池里，给后面的捐款；退款失败的，配捐不恢复")),
    ]  # fmt: skip


def replay_file(session: Session, pool: MatchingPool) -> Iterator[str]:
    """Rules and every allocation as JSON, in pieces: all one needs to decide it again."""
    head = {
        "pool": pool.id,
        "name": pool.name,
        "rules": pool.published_rules,
        "rules_digest": pool.rules_digest.hex() if pool.rules_digest else None,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1]
    parts = (
        ("matches", queries.published_matches(session, pool.id)),
        ("returns", queries.published_returns(session, pool.id)),
    )
    for name, rows in parts:
        yield f', "{name}": ['
        for number, row in enumerate(rows):
            yield (",\n" if number else "\n") + json.dumps(row)
        yield "\n]"
    yield "}\n"


def flag_words(flag: MatchFlag) -> str:
    """What a flag says, without naming anybody."""
    facts = flag.facts
    if "gift" in facts and flag.kind is FlagKind.AT_THE_CAP:
        gift = Money(int(str(facts["gift"])))
        return str(_("%(n)s 笔都是 %(sum)s，正好在上限", n=facts["gifts"], sum=yuan(gift)))
    words = {
        FlagKind.CLUSTER: _cluster_words(facts),
        FlagKind.AT_THE_CAP: _("许多笔正好在上限"),
        FlagKind.FIRST_TIME: _(
            "%(all)s 人里有 %(n)s 人第一次捐",
            all=facts.get("givers", "…"),
            n=facts.get("first_time", "…"),
        ),
        FlagKind.LOOP: _("捐款前后 60 天内，同名的人收到过项目款"),
        FlagKind.BENEFICIARY: _("和项目的受益人同名"),
    }
    return str(words[flag.kind])


def _cluster_words(facts: dict[str, object]) -> str:
    if "minute" in facts:
        positions = facts.get("positions")
        count = len(positions) if isinstance(positions, list) else 0
        return str(_("一分钟里有 %(n)s 笔金额相同", n=count))
    if "account" in facts:
        return str(_("同一个付款账户，%(n)s 个捐赠人", n=facts.get("givers", "…")))
    return str(_("同一人一天捐了 %(n)s 笔", n=facts.get("gifts", "…")))


def bars_of(session: Session, campaign_id: int | None, at: datetime) -> list[PoolBar]:
    """The pools that would match a gift to this campaign now."""
    return queries.bars(session, campaign_id, at) if campaign_id is not None else []


def match_words(match: Match, pool: MatchingPool) -> str:
    """What became of one gift's match, in one sentence for its giver."""
    standing = yuan(match.standing)
    if match.state is MatchState.ASKED:
        if pool.state is PoolState.FROZEN:
            return str(_("配捐池暂时冻结，解冻以后按先后定。"))
        return str(_("正在按到账先后定，一般不超过一分钟。"))
    if match.state is MatchState.RESERVED:
        on = day(match.confirm_on)
        return str(_("已为你留出 %(sum)s，%(day)s 起拨给项目。", sum=standing, day=on))
    if match.state is MatchState.CONFIRMED:
        return str(_("%(sum)s 已经拨给项目。", sum=standing))
    if match.state is MatchState.CANCELLED:
        return str(_("配捐已经取消。"))
    return str(_("这一笔没有配捐：%(why)s。", why=label(match.limited_by)))


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


def charities(actor: Actor) -> set[int] | None:
    """Where this actor keeps pools; None for everywhere."""
    grants = [
        grant for grant in actor.grants if Permission.POOL_MANAGE in ROLE_PERMISSIONS[grant.role]
    ]
    if any(grant.is_platform for grant in grants):
        return None
    return {grant.organisation_id for grant in grants if grant.organisation_id is not None}


def free_funds(session: Session, actor: Actor) -> list[Fund]:
    """The funds for matching pools that have none yet."""
    taken = select(MatchingPool.fund_id)
    query = (
        select(Fund)
        .join(Book, Book.id == Fund.book_id)
        .where(Fund.kind == FundKind.MATCHING_POOL, Fund.id.not_in(taken))
        .order_by(Fund.id)
    )
    where = charities(actor)
    if where is not None:
        query = query.where(Book.organisation_id.in_(where))
    return list(session.scalars(query))


def open_campaigns(session: Session, actor: Actor) -> list[Campaign]:
    """The running campaigns of the actor's charities."""
    query = select(Campaign).where(Campaign.state == CampaignState.OPEN).order_by(Campaign.title)
    where = charities(actor)
    if where is not None:
        query = query.where(Campaign.charity_id.in_(where))
    return list(session.scalars(query))


def organisations(session: Session) -> list[Organisation]:
    """The verified organisations, to name a sponsor or leave one out."""
    query = select(Organisation).where(Organisation.state == OrganisationState.VERIFIED)
    return list(session.scalars(query.order_by(Organisation.name)))


def manage_context(session: Session, pool: MatchingPool) -> dict[str, Any]:
    """The desk's page of one pool."""
    ((_pool, standing),) = queries.with_standing(session, [pool])
    flags = queries.flags(session, pool.id)
    return {
        "pool": pool,
        "standing": standing,
        "rules": rules_in_words(pool),
        "campaigns": queries.campaigns_of(session, pool),
        "open_flags": [flag for flag in flags if flag.state is FlagState.OPEN],
        "past_flags": [flag for flag in flags if flag.state is not FlagState.OPEN],
        "exclusions": queries.exclusions(session, pool.id),
        "short": queries.short_returns(session, pool.id),
        "flag_words": flag_words,
        "about": about,
    }


def about(flag: MatchFlag) -> str:
    """Whom or what a flag is about, as the desk reads it."""
    what, _sep, name = flag.subject.partition(":")
    if what == "giver":
        return str(_("捐赠人 %(mark)s", mark=name[:8]))
    return str(_("项目 %(n)s", n=name.split(":")[0]))
