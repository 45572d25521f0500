"""The text of an agreement as it is read, signed and frozen; and the words of a notice."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from projects.ventures.models import Award
from web.filters import day, yuan
from web.labels import label
from web.languages import LOCALES
from web.ventures.shapes import title_of


def agreement_text(found: Award) -> str:
    """What the winner signs, one sentence a line; always Chinese, so that one text is signed."""
    with force_locale(LOCALES["zh"]):
        return "\n".join(_lines(found))


def _lines(found: Award) -> list[str]:
    competition, application = found.competition, found.application
    stages = [
        _(
            "第 %(n)s 笔 %(sum)s（%(share)s%%）：%(need)s以后拨付。",
            n=each.number, sum=yuan(each.amount), share=each.percent, need=label(each.needs),
        )
        for each in found.tranches
    ]  # fmt: skip
    until = competition.work_until
    said = [
        _("%(who)s承接“%(title)s”。", who=application.organisation.name,
          title=title_of(application)),
        _("资助一共 %(sum)s，分 %(n)s 笔，钱在奖金池里留着，做到一步给一笔。",
          sum=yuan(found.amount), n=len(found.tranches)),
        *stages,
        _("按申报书的方案和预算做；预算变动超过一成、换团队、延期，先申请，同意了再变。"),
        _("每一笔支出都有凭证，公开可查；结余退回奖金池。"),
        _("中期和末期评估不通过的，停付、终止、追回。"),
    ]  # fmt: skip
    if until is not None:
        said.append(_("%(day)s 以前做完。", day=day(until)))
    return [str(line) for line in said]


def notice_words(found: Award) -> tuple[str, str]:
    """Title and text with which the notice of an award begins."""
    application = found.application
    title = _("“%(title)s”拟资助公示", title=title_of(application))
    body = _(
        "%(competition)s评审第 %(place)s 名，%(who)s的“%(title)s”，拟资助 %(sum)s，"
        "分 %(n)s 笔拨付。对结果有不同意见的，请在公示期内提出，并写明依据。",
        competition=found.competition.title, place=found.place,
        who=application.organisation.name, title=title_of(application),
        sum=yuan(found.amount), n=len(found.tranches),
    )  # fmt: skip
    return str(title), str(body)
