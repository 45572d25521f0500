"""The words of judging: conflicts, score sheets, votes, rankings, and lists of score sheets."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

JUDGING_LABELS: dict[str, object] = {
    "DecidedBy.POINTS": _l("按得分"),
    "DecidedBy.DEMAND": _l("同分，按需求得分"),
    "DecidedBy.DRAW": _l("同分，抽签决定"),
    "SheetOutcome.LOCKED": _l("填满并锁定"),
    "SheetOutcome.SAVED": _l("已填，还有空格"),
    "SheetOutcome.THERE": _l("已经有了"),
    "SheetOutcome.REFUSED": _l("不能导入"),
}

JUDGING_SENTENCES: dict[str, object] = {
    # ── the panel ──
    "judging.panel_disconnected": _l(
        "评委和项目分成了互不相连的 %(parts)s 组，评委的宽严没法比较。"
        "请给这些项目加派别组的评委：%(entries)s。"
    ),
    "judging.no_sheets": _l("这些项目还没有评分表：%(entries)s。"),
    "judging.too_few_sheets": _l(
        "每个项目至少要有 %(least)s 份评分表，这些项目还不够：%(entries)s。"
    ),
    "judging.too_few_judges": _l(
        "这些项目找不够 %(each)s 位没有关系的评委：%(entries)s。请再邀请评委，然后重新分配。"
    ),
    "judging.draw_needs_number": _l(
        "这些项目分数完全相同，要抽签决定：%(entries)s。请填写评分结束后开出的公开号码。"
    ),
    "judging.number_stands": _l("抽签号码已经定了，不能再换。"),
    "judging.number_unnamed": _l("请写明是哪一种公开号码，比如彩票的名称和期号。"),
    "judging.number_too_early": _l("号码要在最后一份评分表锁定之后的日子开出。"),
    # ── judges ──
    "judging.already_invited": _l("这个人已经邀请过了。"),
    "judging.belongs_to_organiser": _l("承办方自己的人不能当评委。"),
    "judging.already_answered": _l("这份邀请已经答复过了。"),
    "judging.not_a_judge": _l("你不是这次比赛的评委。"),
    "judging.assigned_already": _l("这位评委已经有这个项目的评分表，或者回避过它。"),
    "judging.in_conflict": _l("评委与这个项目有关系，要回避，不能评它。"),
    "judging.own_entry": _l("这是评委自己机构的项目，不能评它。"),
    # ── sheets ──
    "judging.sheet_locked": _l("这份评分表已经锁定，不能再改。"),
    "judging.sheet_incomplete": _l("还有没打分的项：第 %(missing)s 项。空着不算零分。"),
    "judging.recused": _l("这份评分表已经回避，不用再评。"),
    "judging.points_beyond": _l("分数要在 0 到 %(most)s 之间。"),
    "judging.other_criterion": _l("评分标准里没有这一项。"),
    "judging.sheets_open": _l("还有评分表没锁定，全部锁定后才能看分数和排名次。"),
    "judging.not_now": _l("比赛现在不在这一步。"),
    # ── the public's vote ──
    "judging.voted_already": _l("你已经投过票了，一人一票，不能改。"),
    "judging.no_vote": _l("这次比赛没有公众投票。"),
    "judging.vote_not_open": _l("现在不是投票时间。"),
    "judging.vote_not_over": _l("投票结束后才计票。"),
    # ── rankings ──
    "judging.already_published": _l("这一轮的名次已经公布，不能再变。"),
    "judging.no_ranking": _l("评分表有变动，请先重新排名次。"),
    # ── lists of score sheets ──
    "score_lists.no_head": _l("没有找到表头：要有申请编号、评委，以及每一条评分标准。"),
    "score_lists.no_rows": _l("表里没有评分。"),
    "score_lists.too_many": _l("一次最多导入 %(limit)s 行。"),
    "score_lists.entry_unknown": _l("没有这个申请编号：%(text)s。"),
    "score_lists.judge_unknown": _l("评委名单里没有这个人：%(text)s。"),
    "score_lists.judge_unclear": _l("有几位评委同名：%(text)s，请改在网页上打分。"),
    "score_lists.not_assigned": _l("这个项目没有分给这位评委。"),
    "score_lists.points_unclear": _l("看不懂的分数：%(text)s，最多一位小数。"),
    "score_lists.points_beyond": _l("分数 %(text)s 超出了 0 到 %(most)s。"),
    "score_lists.twice": _l("同一位评委、同一个项目在表里出现了两次。"),
    "score_lists.blanks": _l("还有空格：第 %(missing)s 项。先存下，不锁定。"),
    "score_lists.same_already": _l("这份评分表已经锁定，分数一样。"),
}
