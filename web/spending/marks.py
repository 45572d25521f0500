"""Marks by which payees are compared with related parties, keyed by the installation's secret."""

from __future__ import annotations

from charity.registry.identity import ContactKind, keyed_contact
from web.ports import settings


def hash_account(account: str) -> bytes | None:
    """The keyed hash of a bank account; None for nothing."""
    return keyed_contact(ContactKind.ACCOUNT, account, settings().secret)
