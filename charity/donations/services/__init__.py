"""The verbs of giving: begin a gift, order its checkout, take a gateway's word for it."""

from charity.donations.services.giving import begin_donation, cancel_donation
from charity.donations.services.paying import (
    abandon_payment,
    freeze_order,
    open_payment,
    record_checkout,
)
from charity.donations.services.settling import apply_event, receive_event, reconcile

__all__ = [
    "abandon_payment",
    "apply_event",
    "begin_donation",
    "cancel_donation",
    "freeze_order",
    "open_payment",
    "receive_event",
    "reconcile",
    "record_checkout",
]
