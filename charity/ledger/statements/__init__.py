"""The statements of a book: trial balance, 资产负债表, 业务活动表, funds, and the flow of money.

They stand on the totals kept when entries are sealed, and on the entries not sealed yet, both read
in one statement of the database, so that sealing meanwhile neither hides nor doubles anything.
Statements of a book are exact to the day; what is told by fund is told by whole months. The three
of the accounting system and their notes are ACC-09.
"""

from charity.ledger.statements.activities import Activities, ActivityLine, activities
from charity.ledger.statements.balance_sheet import BalanceSheet, SheetLine, balance_sheet
from charity.ledger.statements.flow import Edge, Flow, flow_through
from charity.ledger.statements.funds import (
    GRANTER,
    REST,
    FundSize,
    FundStatement,
    LineInHand,
    MixRow,
    fund_statement,
    funding_mix,
    funds_table,
    funds_with_money,
    ids_with_money,
    lines_in_hand,
    own,
    together,
)
from charity.ledger.statements.naming import Shown, shown_accounts
from charity.ledger.statements.period import Period
from charity.ledger.statements.trial import TrialRow, trial_balance
from charity.ledger.statements.turnover import Turnover, turnovers

__all__ = [
    "GRANTER",
    "REST",
    "Activities",
    "ActivityLine",
    "BalanceSheet",
    "Edge",
    "Flow",
    "FundSize",
    "FundStatement",
    "LineInHand",
    "MixRow",
    "Period",
    "SheetLine",
    "Shown",
    "TrialRow",
    "Turnover",
    "activities",
    "balance_sheet",
    "flow_through",
    "fund_statement",
    "funding_mix",
    "funds_table",
    "funds_with_money",
    "ids_with_money",
    "lines_in_hand",
    "own",
    "shown_accounts",
    "together",
    "trial_balance",
    "turnovers",
]
