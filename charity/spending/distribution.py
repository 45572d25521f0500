"""Nothing is distributed: a payment that calls itself a dividend is refused (CHA-161)."""

from __future__ import annotations

import re
from datetime import date

from charity.errors import Invalid
from charity.registry.findings import Finding, figure
from charity.registry.related_reasons import RelatedReason

DISTRIBUTION = "CHA-161"


def refuse_distribution(text: str, *, on: date, field: str) -> None:
    """Raise `Invalid` on `field` (PRIVATE_BENEFIT, `words`) where the text names a distribution.

    Before the rule's first day there is nothing to compare with, and those who agree judge.
    """
    words = figure(DISTRIBUTION, on)
    if isinstance(words, Finding):
        return
    found = re.search(str(words.value), text)
    if found is not None:
        raise Invalid(RelatedReason.PRIVATE_BENEFIT, field=field, words=found[0])
