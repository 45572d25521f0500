"""The sentences of a project's life: steps, reports, roles, pauses and its end."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

PROJECT_LIFE_LABELS: dict[str, object] = {
    "RevisionPart.SAME": _l("改了"),
    "RevisionPart.GONE": _l("删去"),
    "RevisionPart.NEW": _l("新增"),
}

PROJECT_LIFE_SENTENCES: dict[str, object] = {
    "registry.campaign_paused": _l("这个项目暂停募款，理由写在项目页上。恢复以后才能捐。"),
    "life.not_published": _l("项目还没有公布，公布以后才能办这件事。"),
    "life.project_over": _l("项目已经结项，不能再改。"),
    "life.due_before_start": _l("这一天早于项目开始的日子。"),
    "life.milestones_too_many": _l("最多 %(maximum)s 个步骤，请合并几个。"),
    "life.claimers_organisation": _l("要由别的组织的人来验收。"),
    "life.pictures_too_many": _l("最多附 %(maximum)s 张照片。"),
    "life.consent_missing": _l(
        "请先确认：照片里认不出具体的人，或者认得出的人都同意公开。没有同意的照片不能放上来。"
    ),
    "life.reported_later": _l("这一天还没有到。"),
    "life.already_named": _l("这家组织已经在这个角色里了。"),
    "life.roles_too_many": _l("最多列 %(maximum)s 家。"),
    "life.not_verified": _l("这家组织还没有通过核实。"),
    "life.kind_unfit": _l("“%(role)s”不能由这一类组织担任。"),
    "life.role_signed": _l("已经签认的不能去掉。"),
    "life.money_left": _l("专账里还有 %(sum)s。先办结余处理，钱用到该去的地方以后才能结项。"),
    "life.closing_running": _l("结余处理还没有办完，办完以后才能结项。"),
    "life.in_the_way": _l(
        "还有 %(number)s 件没有了结的事（支出、认捐、退款或物资），了结以后才能结项。"
    ),
    "life.searches_too_many": _l("最多关注 %(maximum)s 个搜索，请先取消几个。"),
    "life.address_form": _l("邮箱的写法不对。"),
}
