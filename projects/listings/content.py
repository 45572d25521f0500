"""What a project must say before anyone may read it: lengths, dates, a budget that adds up.

Pure arithmetic on values; whether a place or an organisation exists is asked by the services.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NotRequired, TypedDict
from urllib.parse import urlsplit

from charity import texts
from charity.errors import CommonReason, Invalid
from charity.money import Money
from charity.registry.eligibility import filing_by
from charity.registry.models import MEMBERS_MODES, FundraisingMode
from charity.registry.naming import named_person, personal_number
from charity.registry.plan_drafts import SheetDraft
from charity.registry.reasons import RegistryReason
from charity.spending.intake import DeliverableDraft, LineDraft
from projects.listings.models import ProjectCategory
from projects.listings.reasons import ListingsReason

TITLE_MINIMUM, TITLE_MAXIMUM = 4, 60
STORY_MINIMUM, STORY_MAXIMUM = 30, 5000
#: A longer one is not even counted.
STORY_TYPED = 100_000
SHORT_TEXT_MAXIMUM = 60
UNIT_MAXIMUM = 8
BENEFICIARY_MAXIMUM = 10_000_000
#: More rows than a person reads are no budget but an account; the form stops here too.
ROWS_MAXIMUM = 20
TARGET_MINIMUM, TARGET_MAXIMUM = Money.yuan(100), Money.yuan(100_000_000)


class ContentFields(TypedDict):
    """What a posting organisation says of a project. Dates are days in China, amounts fen."""

    title: str
    region_code: str
    category: ProjectCategory
    beneficiaries: str
    beneficiary_count: int
    story: str
    target: Money
    starts_on: date
    ends_on: date
    plan_number: str
    plan_filed_on: date
    lines: Sequence[LineDraft]
    deliverables: Sequence[DeliverableDraft]
    mode: NotRequired[FundraisingMode]
    #: The designated platform on which it also runs, and the https address of its page there.
    platform_name: NotRequired[str]
    platform_url: NotRequired[str]
    #: What its fundraising plan says besides (CHA-111).
    sheet: NotRequired[SheetDraft]
    #: The pattern it was begun from: a code of data/templates.csv.
    template: NotRequired[str]


def tidied(fields: ContentFields) -> ContentFields:
    """What was typed, free of what no database or page can show; lengths are asked afterwards."""
    clean = fields.copy()
    clean["title"] = texts.line(fields["title"], field="title", required=False)
    clean["beneficiaries"] = texts.line(
        fields["beneficiaries"], field="beneficiaries", required=False
    )
    clean["plan_number"] = texts.line(fields["plan_number"], field="plan_number", required=False)
    clean["story"] = texts.prose(fields["story"], field="story", limit=STORY_TYPED)
    clean["platform_name"] = texts.line(
        fields.get("platform_name", ""), field="platform_name", required=False
    )
    clean["platform_url"] = texts.line(
        fields.get("platform_url", ""), field="platform_url", required=False
    )
    sheet = fields.get("sheet")
    if not clean["plan_number"] and sheet is not None and sheet.emergency.strip():
        # filing follows: until then the day is the last one for it (CHA-113)
        clean["plan_filed_on"] = filing_by(fields["starts_on"]) or fields["starts_on"]
    return clean


@dataclass(frozen=True, slots=True)
class ProjectContent:
    """The same as one value that knows what is wrong with it."""

    title: str
    region_code: str
    category: ProjectCategory
    beneficiaries: str
    beneficiary_count: int
    story: str
    target: Money
    starts_on: date
    ends_on: date
    plan_number: str
    plan_filed_on: date
    lines: Sequence[LineDraft] = field(default_factory=tuple)
    deliverables: Sequence[DeliverableDraft] = field(default_factory=tuple)
    mode: FundraisingMode = FundraisingMode.PUBLIC_ONLINE
    platform_name: str = ""
    platform_url: str = ""
    sheet: SheetDraft = field(default_factory=SheetDraft)
    template: str = ""

    def said_of_plan(self) -> SheetDraft:
        """The plan's sheet; purpose and use are the project's own where nothing else was said."""
        uses = "\n".join(f"{line.name} {line.amount}" for line in self.lines)
        return replace(
            self.sheet,
            purpose=self.sheet.purpose.strip() or self.title,
            use_of_money=self.sheet.use_of_money.strip() or uses,
        )

    def problems(self) -> list[Invalid]:
        """Everything that is wrong, each naming its field, in the order of the form."""
        return [
            *self._text(),
            *self._private(),
            *self._one_person(),
            *self._dates(),
            *self._platform(),
            *self._lines(),
            *self._deliverables(),
        ]

    def _text(self) -> Iterator[Invalid]:
        if not TITLE_MINIMUM <= len(self.title.strip()) <= TITLE_MAXIMUM:
            yield Invalid(
                ListingsReason.TITLE_LENGTH,
                field="title",
                minimum=TITLE_MINIMUM,
                maximum=TITLE_MAXIMUM,
            )
        if not 1 <= len(self.beneficiaries.strip()) <= SHORT_TEXT_MAXIMUM:
            yield Invalid(
                ListingsReason.BENEFICIARIES_LENGTH,
                field="beneficiaries",
                maximum=SHORT_TEXT_MAXIMUM,
            )
        if not 1 <= self.beneficiary_count <= BENEFICIARY_MAXIMUM:
            yield Invalid(
                ListingsReason.BENEFICIARY_COUNT,
                field="beneficiary_count",
                maximum=BENEFICIARY_MAXIMUM,
            )
        if not STORY_MINIMUM <= len(self.story.strip()) <= STORY_MAXIMUM:
            yield Invalid(
                ListingsReason.STORY_LENGTH,
                field="story",
                minimum=STORY_MINIMUM,
                maximum=STORY_MAXIMUM,
            )
        if not self.plan_number.strip() and not self.sheet.emergency.strip():
            yield Invalid(CommonReason.REQUIRED, field="plan_number")
        elif len(self.plan_number.strip()) > SHORT_TEXT_MAXIMUM:
            yield Invalid(CommonReason.TOO_LONG, field="plan_number", maximum=SHORT_TEXT_MAXIMUM)

    def _private(self) -> Iterator[Invalid]:
        """What will be public holds nobody's number (PII-04)."""
        for name in ("title", "beneficiaries", "story"):
            if personal_number(getattr(self, name)):
                yield Invalid(RegistryReason.PERSONAL_NUMBER, field=name, rule="PII-04")

    def _one_person(self) -> Iterator[Invalid]:
        """A plea for one named person is no project, whoever posts it (AID-01)."""
        if self.mode in MEMBERS_MODES or self.beneficiary_count != 1:
            return
        for name in ("title", "beneficiaries"):
            if named_person(getattr(self, name)):
                yield Invalid(ListingsReason.NAMED_INDIVIDUAL, field=name, rule="AID-01")
                return

    def _platform(self) -> Iterator[Invalid]:
        if bool(self.platform_name) != bool(self.platform_url):
            missing = "platform_url" if self.platform_name else "platform_name"
            yield Invalid(CommonReason.REQUIRED, field=missing)
        address = urlsplit(self.platform_url)
        if self.platform_url and not (address.scheme == "https" and address.hostname):
            yield Invalid(ListingsReason.PLATFORM_ADDRESS, field="platform_url")

    def _dates(self) -> Iterator[Invalid]:
        if self.ends_on < self.starts_on:
            yield Invalid(CommonReason.DATES_REVERSED, field="ends_on")
        if self.plan_filed_on > self.starts_on and not self.sheet.emergency.strip():
            yield Invalid(ListingsReason.PLAN_FILED_AFTER_START, field="plan_filed_on")

    def _lines(self) -> Iterator[Invalid]:
        if not TARGET_MINIMUM <= self.target <= TARGET_MAXIMUM:
            yield Invalid(
                ListingsReason.TARGET_RANGE,
                field="target",
                minimum=TARGET_MINIMUM,
                maximum=TARGET_MAXIMUM,
            )
        if not self.lines:
            yield Invalid(ListingsReason.LINES_MISSING, field="lines")
            return
        if len(self.lines) > ROWS_MAXIMUM:
            yield Invalid(ListingsReason.LINES_TOO_MANY, field="lines", maximum=ROWS_MAXIMUM)
        for row, line in enumerate(self.lines, 1):
            if not 1 <= len(line.name.strip()) <= SHORT_TEXT_MAXIMUM or line.amount.fen <= 0:
                yield Invalid(ListingsReason.LINE_INCOMPLETE, field="lines", row=row)
        total = Money.total(line.amount for line in self.lines)
        if total != self.target:
            yield Invalid(ListingsReason.BUDGET_SUM, field="lines", total=total, target=self.target)

    def _deliverables(self) -> Iterator[Invalid]:
        if len(self.deliverables) > ROWS_MAXIMUM:
            yield Invalid(
                ListingsReason.DELIVERABLES_TOO_MANY, field="deliverables", maximum=ROWS_MAXIMUM
            )
        for row, item in enumerate(self.deliverables, 1):
            if not _complete(item):
                yield Invalid(ListingsReason.DELIVERABLE_INCOMPLETE, field="deliverables", row=row)
        total = Money.total(item.unit_cost * item.target for item in self.deliverables)
        if total > self.target:
            yield Invalid(
                ListingsReason.DELIVERABLES_SUM,
                field="deliverables",
                total=total,
                target=self.target,
            )


def _complete(item: DeliverableDraft) -> bool:
    return (
        1 <= len(item.name.strip()) <= SHORT_TEXT_MAXIMUM
        and 1 <= len(item.unit.strip()) <= UNIT_MAXIMUM
        and item.unit_cost.fen >= 0
        and item.target > 0
    )
