"""检查报告 as a Word file: what was looked at, how, what was found, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from web.word_files import WordFile


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One finding of the report."""

    title: str
    facts: list[tuple[str, str]]
    body: str
    order: str
    answer: str


@dataclass(frozen=True, slots=True)
class ReportParts:
    """What a report says, all of it words."""

    title: str
    facts: list[tuple[str, str]]
    scope: str
    #: Item, what it asks, verdict, note.
    checklist: list[list[str]]
    #: Of each sample a line on how it was drawn and lines on what it says.
    samples: list[tuple[str, list[str]]]
    findings: list[FoundPart]
    response: str
    conclusion: str
    team: list[str]
    #: Red flags: question, state, explanation.
    flags: list[list[str]] = field(default_factory=list)


def written(parts: ReportParts, *, at: datetime) -> bytes:
    """The report as a file; `at` is the time of its writing that the file bears."""
    file = WordFile(parts.title, at=at)
    file.pairs(parts.facts)
    file.heading(_("一、查了什么"))
    file.say(parts.scope or _("按计划的范围检查。"))
    file.heading(_("二、检查清单"))
    file.table([_("编号"), _("内容"), _("结果"), _("说明")], parts.checklist)
    file.heading(_("三、抽查凭证"))
    _say_samples(file, parts.samples)
    if parts.flags:
        file.heading(_("账上的疑点"), level=2)
        file.table([_("疑点"), _("怎么办的"), _("解释")], parts.flags)
    file.heading(_("四、发现的问题"))
    _say_findings(file, parts.findings)
    file.heading(_("五、被检查的组织的说明"))
    file.say(parts.response or _("没有提出意见。"))
    file.heading(_("六、结论"))
    file.say(parts.conclusion or _("还没有结论。"))
    file.pairs([(name, _("签字：")) for name in parts.team])
    return file.content()


def _say_samples(file: WordFile, samples: Sequence[tuple[str, list[str]]]) -> None:
    if not samples:
        file.say(_("没有抽查凭证。"))
    for title, lines in samples:
        file.heading(title, level=2)
        for line in lines:
            file.say(line)


def _say_findings(file: WordFile, findings: Sequence[FoundPart]) -> None:
    if not findings:
        file.say(_("没有发现问题。"))
    for number, found in enumerate(findings, 1):
        file.heading(f"{number}. {found.title}", level=2)
        file.pairs(found.facts)
        file.say(found.body)
        if found.order:
            file.say(_("整改要求：%(words)s", words=found.order))
        if found.answer:
            file.say(_("整改情况：%(words)s", words=found.answer))
