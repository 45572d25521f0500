"""The verbs of the book, and the only place that writes its rows."""

from charity.ledger.services.books import (
    close_fund,
    map_account,
    open_account,
    open_book,
    open_earmark,
    open_fund,
)
from charity.ledger.services.bulk import GiftRow, PaymentRow, post_gifts, post_payments
from charity.ledger.services.closing import close_period
from charity.ledger.services.days import publish_days
from charity.ledger.services.drafts import Posting
from charity.ledger.services.erasing import erase_giver
from charity.ledger.services.goods import receive_goods, use_goods
from charity.ledger.services.granting import grant, grant_to_book, move
from charity.ledger.services.holding import hold, release_hold
from charity.ledger.services.opening import Balance, post_opening
from charity.ledger.services.paying import charge_fee, pay
from charity.ledger.services.placing import place
from charity.ledger.services.posting import Giver, move_to_bank, post_gift, post_journal
from charity.ledger.services.purposes import change_purpose
from charity.ledger.services.returning import (
    compel_refund,
    left_of_gift,
    refund,
    return_payment,
)
from charity.ledger.services.reversing import reverse
from charity.ledger.services.sealing import seal
from charity.ledger.services.unwinding import return_grant

__all__ = [
    "Balance",
    "GiftRow",
    "Giver",
    "PaymentRow",
    "Posting",
    "change_purpose",
    "charge_fee",
    "close_fund",
    "close_period",
    "compel_refund",
    "erase_giver",
    "grant",
    "grant_to_book",
    "hold",
    "left_of_gift",
    "map_account",
    "move",
    "move_to_bank",
    "open_account",
    "open_book",
    "open_earmark",
    "open_fund",
    "pay",
    "place",
    "post_gift",
    "post_gifts",
    "post_journal",
    "post_opening",
    "post_payments",
    "publish_days",
    "receive_goods",
    "refund",
    "release_hold",
    "return_grant",
    "return_payment",
    "reverse",
    "seal",
    "use_goods",
]
