"""Why a gift, a payment or a gateway's message is refused or set aside."""

from __future__ import annotations

from charity.errors import ReasonCode


class DonationsReason(ReasonCode):
    """Reasons of giving; those of the second group are also notes on events set aside."""

    AMOUNT_RANGE = "donations.amount_range"
    OPERATOR_MODE = "donations.operator_mode"
    CLIENT_ID = "donations.client_id"
    SAME_ID_OTHER_GIFT = "donations.same_id_other_gift"
    ALREADY_SETTLED = "donations.already_settled"
    CANCELLED = "donations.cancelled"
    PAYMENT_OPEN = "donations.payment_open"
    CHECKOUT_DIFFERS = "donations.checkout_differs"
    BAD_SIGNATURE = "donations.bad_signature"
    UNREADABLE_NOTICE = "donations.unreadable_notice"
    GATEWAY_UNAVAILABLE = "donations.gateway_unavailable"
    GATEWAY_REFUSED = "donations.gateway_refused"

    AMOUNT_DIFFERS = "donations.amount_differs"
    CURRENCY_DIFFERS = "donations.currency_differs"
    MODE_DIFFERS = "donations.mode_differs"
    FEE_TOO_LARGE = "donations.fee_too_large"
    UNKNOWN_PAYMENT = "donations.unknown_payment"
    SECOND_PAYMENT = "donations.second_payment"
    NOTHING_TO_DO = "donations.nothing_to_do"
    NOT_A_RESULT = "donations.not_a_result"
