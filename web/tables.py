"""Every module that holds tables: importing this one makes all of them known."""

from __future__ import annotations

from charity import letters, outbox
from charity.accounts import models as accounts
from charity.approvals import models as approvals
from charity.audits import guards as audit_guards
from charity.audits import models as audits
from charity.disclosure import models as disclosure
from charity.donations import models as donations
from charity.ledger import models as ledger
from charity.registry import models as registry
from charity.spending import models as spending
from projects.listings import models as listings
from projects.ventures import guards as ventures_guards
from projects.ventures import models as ventures

ALL = (
    registry,
    accounts,
    ledger,
    approvals,
    donations,
    spending,
    disclosure,
    audits,
    listings,
    ventures,
    outbox,
    letters,
)

#: Contexts that bring walls of their own to those of the book: importing them is enough.
WALLS = (audit_guards, ventures_guards)
