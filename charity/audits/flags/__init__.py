"""Red flags RF-01 to RF-12: arrays of figures in, questions out; no database, no judgement.

A flag is a question and never a finding. What is asked from which figure on stands as dated rows in
`data/thresholds.csv`.
"""

from __future__ import annotations

from charity.audits.flags.facts import (
    Absence,
    Approval,
    Facts,
    Flag,
    Gift,
    Mark,
    Payment,
    Picture,
    Scope,
    Tally,
    Usual,
)
from charity.audits.flags.figures import Figures, Threshold, figures_on, thresholds
from charity.audits.flags.looking import RULES, Looked, Progress, look, look_through
from charity.audits.flags.reasons import FlagReason

__all__ = [
    "RULES",
    "Absence",
    "Approval",
    "Facts",
    "Figures",
    "Flag",
    "FlagReason",
    "Gift",
    "Looked",
    "Mark",
    "Payment",
    "Picture",
    "Progress",
    "Scope",
    "Tally",
    "Threshold",
    "Usual",
    "figures_on",
    "look",
    "look_through",
    "thresholds",
]
