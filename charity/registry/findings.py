"""What a rule says when it is asked: findings, each with its rule and the dated figure it used.

BLOCK refuses, WARN is recorded and shown. A day before a rule's first figure is no crash: it is a
finding that asks a person.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from charity.actor import Verdict, require
from charity.errors import ReasonCode
from charity.registry.reasons import RegistryReason
from charity.rules import Parameter, parameter


class Severity(enum.StrEnum):
    """What a finding does."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not met, with the parameters of its sentence and the figure it used."""

    rule_id: str
    severity: Severity
    reason: ReasonCode
    params: dict[str, object] = field(default_factory=dict)
    parameter: Parameter | None = None


def block(
    rule_id: str, reason: ReasonCode, used: Parameter | None = None, /, **params: object
) -> Finding:
    """A finding that refuses."""
    return Finding(rule_id, Severity.BLOCK, reason, params, used)


def warn(
    rule_id: str, reason: ReasonCode, used: Parameter | None = None, /, **params: object
) -> Finding:
    """A finding that is recorded and shown."""
    return Finding(rule_id, Severity.WARN, reason, params, used)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that refuse."""
    return [finding for finding in findings if finding.severity is Severity.BLOCK]


def refuse(findings: Iterable[Finding]) -> None:
    """Raise `Denied` with the first finding that refuses; nothing happens where none does."""
    for finding in blocking(findings):
        require(Verdict.no(finding.reason, **finding.params))


def figure(rule_id: str, on: date) -> Parameter | Finding:
    """The row of a rule on a day, or the finding that there is none and a person must judge."""
    try:
        return parameter(rule_id, on)
    except LookupError:
        return no_figure(rule_id, on)


def no_figure(rule_id: str, on: date) -> Finding:
    """The day lies before the first figure of the rule: somebody judges by hand."""
    return warn(rule_id, RegistryReason.NO_FIGURE, rule=rule_id, day=on)


def unjudged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that no figure could decide, for a person to judge."""
    return [finding for finding in findings if finding.reason is RegistryReason.NO_FIGURE]


def as_kept(finding: Finding) -> dict[str, Any]:
    """The finding as JSON: {rule, severity, reason, params, used}, days as ISO texts."""
    used = finding.parameter
    return {
        "rule": finding.rule_id,
        "severity": finding.severity.value,
        "reason": finding.reason.value,
        "params": {name: _plain(value) for name, value in sorted(finding.params.items())},
        "used": None
        if used is None
        else {
            "rule": used.rule_id,
            "value": used.value if isinstance(used.value, int | str) else list(used.value),
            "from": used.effective_from.isoformat(),
            "source": used.source,
        },
    }


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
