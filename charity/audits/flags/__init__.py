"""Red flags RF-01 to RF-12: arrays of figures in, questions out; no database, no judgement.

A flag is a question and never a finding. What is asked from which figure on stands as dated rows in
`data/thresholds.csv`.
"""

from __future__ import annotations

from charity.audits.flags.facts import Approval, Facts, Flag, Gift, Mark, Payment, Picture

__all__ = ["Approval", "Facts", "Flag", "Gift", "Mark", "Payment", "Picture"]
