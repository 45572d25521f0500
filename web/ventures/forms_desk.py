"""What is asked of an organiser: the competition, its rubric and tracks, who pays, decisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import ValidationError as NotValid

from charity import clock
from charity.errors import DomainError
from charity.ledger.models import Fund
from charity.money import ZERO, Money
from charity.registry.models import Organisation
from projects.ventures.models import (
    Competition,
    CompetitionLevel,
    FunderTier,
    RankingMethod,
    TieRule,
)
from projects.ventures.services import Calendar, CriterionDraft
from projects.ventures.services.competitions import ANCHORS
from projects.ventures.terms import NOTICE_RULES, CompetitionTerms, usual_terms
from web.filters import yuan
from web.forms import (
    BaseForm,
    DateField,
    LengthBetween,
    MoneyField,
    NumberBetween,
    Optional,
    RegionField,
    Required,
    WholeNumberField,
    attach,
)
from web.labels import choices
from web.listings.forms import RowForm, Rows, filled
from web.ventures.forms import fresh_id

#: Where the services' names of terms stand on the form.
_FIELDS = {
    "calendar": "call_until",
    "cap_permille": "cap_percent",
    "cap_fen": "cap_amount",
    "judges_per_application": "judges",
    "vote_permille": "vote_percent",
    "rating_bonus": "rated_points",
    "parent_id": "parent",
}
#: Fields of the calendar, named as the services take them.
_DAYS = (
    "call_from", "call_until", "review_until", "defence_on", "vote_from", "vote_until",
    "work_until",
)  # fmt: skip


class CompetitionForm(BaseForm):
    """A competition before its call opens."""

    client_id = HiddenField()
    organisation = SelectField(_l("承办单位"), choices=[], coerce=int)
    title = StringField(_l("叫什么"), [Required(), LengthBetween(2, 80)])
    summary = TextAreaField(_l("为什么办"), [LengthBetween(0, 5000)])
    level = SelectField(_l("哪一级"), [Required()], choices=[])
    region_code = RegionField(_l("在哪里"), [Required()], least=2)
    parent = SelectField(_l("选上的可以报到"), choices=[], default="")
    call_from = DateField(_l("开始申报"), [Required()])
    call_until = DateField(_l("申报截止"), [Required()])
    review_until = DateField(_l("评审到哪天"), [Required()])
    defence_on = DateField(_l("现场答辩"), [Optional()])
    vote_from = DateField(_l("投票开始"), [Optional()])
    vote_until = DateField(_l("投票截止"), [Optional()])
    work_until = DateField(_l("项目做到哪天"), [Optional()])
    cap_percent = WholeNumberField(_l("最多占预算"), [Required(), NumberBetween(1, 100)])
    cap_amount = MoneyField(_l("一个项目最多（元）"), [Required()])
    places = WholeNumberField(_l("最多选上几个"), [Required(), NumberBetween(1, 5000)])
    method = SelectField(_l("怎么算分"), [Required()], choices=[])
    tie_rule = SelectField(_l("分数一样怎么办"), [Required()], choices=[])
    judges = WholeNumberField(_l("每个项目几位评委"), [Required(), NumberBetween(1, 30)])
    shortlist = WholeNumberField(_l("入围几个"), [Optional(), NumberBetween(0, 5000)])
    vote_percent = WholeNumberField(_l("公众投票占总分"), [Optional(), NumberBetween(0, 50)])
    rated_points = WholeNumberField(
        _l("评估 3A 以上的单位加几分"), [Optional(), NumberBetween(0, 10)]
    )
    conflict_years = WholeNumberField(_l("几年内有往来要回避"), [Required(), NumberBetween(1, 10)])
    blind = BooleanField(_l("盲评"))
    notice_rule = SelectField(_l("结果公示多久"), [Required()], choices=[])
    tranches = StringField(_l("每一笔的百分数"), [Required(), LengthBetween(1, 40)])

    #: The stages, once the form is valid.
    stages: tuple[int, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = choices(CompetitionLevel)
        self.method.choices = choices(RankingMethod)
        self.tie_rule.choices = choices(TieRule)
        self.notice_rule.choices = [
            (NOTICE_RULES[0], _("五个工作日")),
            (NOTICE_RULES[1], _("七天")),
        ]
        fresh_id(self)

    @classmethod
    def of(
        cls,
        found: Competition | None,
        organisers: Sequence[Organisation],
        above: Sequence[Competition],
    ) -> CompetitionForm:
        """The form of a draft, or of a new one with the usual terms of today."""
        terms = found.terms if found else usual_terms(clock.today())
        kept: dict[str, Any] = {
            "cap_percent": terms.cap_permille // 10,
            "cap_amount": terms.cap,
            "places": terms.places,
            "method": terms.method.value,
            "tie_rule": terms.tie_rule.value,
            "judges": terms.judges_per_application,
            "shortlist": terms.shortlist or None,
            "vote_percent": terms.vote_permille // 10 or None,
            "rated_points": terms.rating_bonus // 10 or None,
            "conflict_years": terms.conflict_years,
            "blind": terms.blind,
            "notice_rule": terms.notice_rule,
            "tranches": ",".join(map(str, terms.tranches)),
            "level": found.level.value if found else CompetitionLevel.DISTRICT.value,
            "parent": str(found.parent_id or "") if found else "",
        }
        form = cls(data={**(_row(found) if found else {}), **kept})
        form.organisation.choices = [(each.id, each.name) for each in organisers]
        form.parent.choices = [
            ("", _("没有上一级")),
            *((str(each.id), each.title) for each in above if found is None or each.id != found.id),
        ]
        return form

    @property
    def calendar_fields(self) -> list[Any]:
        """The days, in their order."""
        return [self[name] for name in _DAYS]

    def validate_tranches(self, field: Any) -> None:
        """Read 50,30,20 however it is separated."""
        parts = re.split(r"[\s,/\uff0c\u3001%]+", (field.data or "").strip("%, "))
        if not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
            raise NotValid(_("写成 50,30,20 这样。"))
        self.stages = tuple(map(int, parts))

    def said(self) -> dict[str, Any]:
        """The competition as the services take it."""
        return {
            "title": self.title.data or "",
            "summary": self.summary.data or "",
            "level": CompetitionLevel(self.level.data),
            "region_code": self.region_code.data or "",
            "calendar": Calendar(**{name: self[name].data for name in _DAYS}),
            "terms": self.terms(),
            "parent_id": int(self.parent.data) if self.parent.data else None,
        }

    def terms(self) -> CompetitionTerms:
        """The usual terms of today, with what was chosen."""
        return replace(
            usual_terms(clock.today()),
            cap_permille=(self.cap_percent.data or 0) * 10,
            cap_fen=self.cap_amount.data.fen if self.cap_amount.data else 0,
            tranches=self.stages,
            method=RankingMethod(self.method.data),
            tie_rule=TieRule(self.tie_rule.data),
            judges_per_application=self.judges.data or 0,
            blind=bool(self.blind.data),
            shortlist=self.shortlist.data or 0,
            has_defence=self.defence_on.data is not None,
            vote_permille=(self.vote_percent.data or 0) * 10,
            rating_bonus=(self.rated_points.data or 0) * 10,
            places=self.places.data or 0,
            conflict_years=self.conflict_years.data or 0,
            notice_rule=self.notice_rule.data,
        )

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field."""
        error.field = _FIELDS.get(error.field or "", error.field)
        attach(self, error)


def _row(found: Competition) -> dict[str, Any]:
    """The plain columns of a competition as the form names them."""
    names = ("title", "summary", "region_code", *_DAYS)
    return {name: getattr(found, name) for name in names}


class CriterionForm(RowForm):
    """One line of the rubric."""

    title = StringField(_l("看什么"), [Required(), LengthBetween(1, 60)])
    weight = WholeNumberField(_l("最多几分"), [Required(), NumberBetween(1, 100)])
    anchors = TextAreaField(_l("怎么给分"), [Optional(), LengthBetween(0, ANCHORS)])


class RubricForm(BaseForm):
    """The rubric: its weights come to 100."""

    criteria = Rows(CriterionForm, _l("打分表"), least=3)

    @classmethod
    def of(cls, found: Competition) -> RubricForm:
        """The rubric it has; where it has none, the usual one to begin with (VEN-06)."""
        kept = [
            {"title": each.title, "weight": each.weight, "anchors": each.anchors}
            for each in found.criteria
        ]
        return cls(criteria=kept or usual_rubric())

    def change_rows(self, pressed: Any) -> bool:
        """Add or drop a row where such a button was pressed."""
        if pressed.get("add"):
            self.criteria.append_entry()
        at = pressed.get("drop", "")
        if at in map(str, range(len(self.criteria.entries))):
            del self.criteria.entries[int(at)]
        return "add" in pressed or "drop" in pressed

    @property
    def total(self) -> int:
        """What the weights come to."""
        return sum(row.weight.data or 0 for row in filled(self.criteria))

    def drafts(self) -> list[CriterionDraft]:
        """The rubric as the services take it."""
        return [
            CriterionDraft(row.title.data or "", row.weight.data or 0, row.anchors.data or "")
            for row in filled(self.criteria)
        ]


def usual_rubric() -> list[dict[str, Any]]:
    """A rubric as competitions usually have it, with what much and little mean."""
    rows = (
        (_("需求"), 20, _("16 到 20：走访过，说得出多少人、住哪里\n0 到 8：凭想象写的")),
        (_("目标和方案"), 25, _("20 到 25：分几步、每步做成什么都写清\n0 到 10：只有口号")),
        (_("新意"), 15, _("12 到 15：本地没有这样做过\n0 到 6：照搬别处")),
        (_("预算"), 15, _("12 到 15：每一笔都有单价和数量\n0 到 6：说不清钱怎么花")),
        (_("团队"), 15, _("12 到 15：有专职社工，做过同类的事\n0 到 6：人还没有定")),
        (_("能不能做下去"), 10, _("8 到 10：资助用完，还有人接着做\n0 到 4：钱花完就停")),
    )
    return [{"title": title, "weight": weight, "anchors": text} for title, weight, text in rows]


class TracksForm(BaseForm):
    """The tracks, one a line."""

    names = TextAreaField(_l("一行写一个方向"), [Optional(), LengthBetween(0, 1300)])

    @property
    def said(self) -> list[str]:
        """The names that were written."""
        return [line.strip() for line in (self.names.data or "").splitlines() if line.strip()]


class FunderForm(BaseForm):
    """Who promises how much."""

    tier = SelectField(_l("哪一级"), [Required()], choices=[])
    organisation_id = SelectField(_l("出钱的单位"), [Required()], choices=[], coerce=int)
    pledged = MoneyField(_l("答应出多少（元）"), [Required()])

    @property
    def promised(self) -> Money:
        """The sum that was typed; a form that stands has one."""
        return self.pledged.data or ZERO

    @classmethod
    def among(cls, organisations: Sequence[Organisation]) -> FunderForm:
        """The form with the organisations one can name."""
        form = cls()
        form.tier.choices = choices(FunderTier)
        form.organisation_id.choices = [(each.id, each.name) for each in organisations]
        return form


class PromiseForm(BaseForm):
    """What a funder that is named promises, put right."""

    tier = SelectField(_l("哪一级"), [Required()], choices=[])
    pledged = MoneyField(_l("答应出多少（元）"), [Required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tier.choices = choices(FunderTier)

    @property
    def promised(self) -> Money:
        """The sum that was typed; a form that stands has one."""
        return self.pledged.data or ZERO


class ChoosePoolForm(BaseForm):
    """Another prize pool of the same book."""

    fund_id = SelectField(_l("哪一个奖金池"), [Required()], choices=[], coerce=int)


class ReasonForm(BaseForm):
    """Why: written for everybody it concerns."""

    reason = TextAreaField(_l("为什么"), [Required(), LengthBetween(2, 1000)])


class AdmitForm(BaseForm):
    """How much the need is wanted, and a word where one is due."""

    demand_score = WholeNumberField(_l("需求分"), [Optional(), NumberBetween(0, 100_000)])
    note = StringField(_l("说明"), [Optional(), LengthBetween(0, 200)])


class PoolForm(BaseForm):
    """The name of the prize pool's fund."""

    name = StringField(_l("这笔钱叫什么"), [Required(), LengthBetween(2, 120)])


class ReceiveForm(BaseForm):
    """A funder's money that came, by bank or out of a fund of the pool's own book."""

    source = SelectField(_l("从哪里来"), choices=[], default="")
    amount = MoneyField(_l("到账多少（元）"), [Required()])
    received_on = DateField(_l("哪天到账"), [Required()])

    def among(self, funds: Sequence[tuple[Fund, Money]]) -> ReceiveForm:
        """The form with the funds that may grant, and what is free in each."""
        self.source.choices = [
            ("", _("银行到账")),
            *(
                (str(fund.id), _("%(name)s（还能用 %(sum)s）", name=fund.name, sum=yuan(free)))
                for fund, free in funds
            ),
        ]
        return self

    @property
    def from_fund_id(self) -> int | None:
        """The fund it is granted from; None where it came by bank."""
        return int(self.source.data) if self.source.data else None

    @property
    def arrived(self) -> Money:
        """The sum that was typed; a form that stands has one."""
        return self.amount.data or ZERO

    @property
    def day(self) -> date:
        """The day that was typed; a form that stands has one."""
        return self.received_on.data or clock.today()
