"""What a fundraising plan will say, before it is a row: the eleven things, less the project's own.

Period and beneficiaries are the project's; everything else is typed for the plan (CHA-111).
"""

from __future__ import annotations

from dataclasses import dataclass

from charity.money import Money
from charity.registry.models import SurplusWay


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """Texts as typed; empty, or None for cost and way, where nothing was said yet."""

    purpose: str = ""
    territory: str = ""
    responsible_name: str = ""
    office_address: str = ""
    ways_of_giving: str = ""
    bank_account: str = ""
    use_of_money: str = ""
    #: 募捐成本, zero where there is none.
    cost: Money | None = None
    surplus_way: SurplusWay | None = None
    surplus_rule: str = ""
    #: The number of a second filing where an event happens (CHA-116).
    second_filing: str = ""
    #: The major emergency it serves, whose filing may follow its start (CHA-113).
    emergency: str = ""
