"""告知承诺: what an applicant is told, promises and signs; the very words stay with it.

The version changes with every change of the words, so that a signature says what was read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask_babel import gettext as _

from projects.ventures.terms import CompetitionTerms
from web.languages import language

_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class Commitment:
    """The words as they are shown and signed."""

    version: str
    lines: tuple[str, ...]
    consequences: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as one text, which is what is kept and hashed."""
        return "\n".join((*self.lines, *self.consequences))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def commitment(terms: CompetitionTerms) -> Commitment:
    """The words in the language of the page, with the terms of this competition."""
    return Commitment(
        version=f"{_VERSION}/{language()}",
        lines=(
            str(_("申报书里写的都是真的，附的材料没有改过。")),
            str(_("我们单位依法登记或者备案，不在活动异常名录和严重违法失信名单里。")),
            str(_("同样的内容没有拿过别处的资助，也没有重复申报。")),
            str(_("自筹的钱按预算拿出来，资助的钱只花在这个项目上，每一笔都留凭证。")),
            str(_("和评委、承办方有关系的，已经如实说明。")),
            str(_("同意公示申报的项目和结果，接受监督和审计。")),
        ),
        consequences=(
            str(_("查出有假，取消申报；已经选上的，终止协议。")),
            str(_("已经拨付的钱要退回，没有拨付的不再拨。")),
            str(
                _(
                    "%(years)s 年内不能再申报，情况记入诚信记录并公开。",
                    years=terms.conflict_years,
                )
            ),
            str(_("违反法律的，移交有关部门处理。")),
        ),
    )
