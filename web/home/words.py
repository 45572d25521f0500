"""The words of the search page: kinds, categories, states and orders, each with its count."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from charity.audits.models import AuditConclusion
from charity.registry.models import CampaignState, OrganisationState
from projects.listings.models import (
    ListingCategory,
    NeedState,
    ProjectCategory,
    ProjectState,
    ResourceState,
)
from projects.ventures.models import CompetitionState
from search import Sort
from web.home.asked import KINDS, Asked
from web.labels import label

#: Where the words of a category or a state stand; of equal ones the first says it for all.
_CATEGORIES: tuple[type[enum.StrEnum], ...] = (ProjectCategory, ListingCategory)
_STATES: tuple[type[enum.StrEnum], ...] = (
    ProjectState,
    NeedState,
    CampaignState,
    ResourceState,
    OrganisationState,
    CompetitionState,
    AuditConclusion,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, with how many hits it would leave; None where nobody counted."""

    value: str
    text: str
    url: str = ""
    count: int | None = None


#: What the kinds of documents are called.
_KIND_NAMES = MappingProxyType(
    {
        "project": _l("项目"),
        "need": _l("需求"),
        "resource": _l("资源"),
        "organisation": _l("组织"),
        "region": _l("社区"),
        "fund": _l("基金"),
        "competition": _l("公益创投"),
        "audit_result": _l("检查结果"),
    }
)


def kind_name(kind: str) -> str:
    """What a kind of document is called."""
    return str(_KIND_NAMES.get(kind, kind))


def kinds(asked: Asked, counts: Mapping[str, int]) -> list[Choice]:
    """The kinds with hits, and the one chosen; all of them first."""
    shown = [kind for kind in KINDS if counts.get(kind) or kind == asked.kind]
    return [
        Choice("", str(_("全部")), asked.url(kind=""), sum(counts.values())),
        *(
            Choice(kind, kind_name(kind), asked.url(kind=kind), counts.get(kind, 0))
            for kind in shown
        ),
    ]


def categories(asked: Asked, counts: Mapping[str, int] | None) -> list[Choice]:
    """The categories with hits; every one where nobody counted."""
    return _choices(_CATEGORIES, asked.category, counts)


def states(asked: Asked, counts: Mapping[str, int] | None) -> list[Choice]:
    """The states with hits; none where nobody counted, for they are of many kinds."""
    return _choices(_STATES, asked.status, counts) if counts is not None else []


def sorts() -> list[Choice]:
    """The orders one may choose."""
    return [
        Choice(Sort.RELEVANCE.value, str(_("最相关"))),
        Choice(Sort.NEWEST.value, str(_("最新公布"))),
        Choice(Sort.ENDING.value, str(_("即将截止"))),
        Choice(Sort.GAP.value, str(_("还差最多"))),
    ]


def _choices(
    tables: Iterable[type[enum.StrEnum]], chosen: str, counts: Mapping[str, int] | None
) -> list[Choice]:
    known = {member.value: member for table in reversed(list(tables)) for member in table}
    if counts is None:
        return [Choice(value, label(member)) for value, member in known.items()]
    shown = sorted(counts, key=lambda value: (-counts[value], value))
    if chosen and chosen not in counts:
        shown.append(chosen)
    return [
        Choice(value, label(known[value]), count=counts.get(value, 0))
        for value in shown
        if value in known
    ]
