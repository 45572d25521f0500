"""Signed messages in Stripe's scheme: `t=<seconds>,v1=<hex>` over the time and the raw bytes.

Several secrets are accepted while one is being replaced. A message is refused when it is older
than five minutes and also when it comes from the future, which the provider's own library lets
through (RELIABILITY P6).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from charity.donations.gateway import BadSignature
from charity.donations.reasons import DonationsReason

#: Seconds between signing and reading, in either direction.
TOLERANCE = 300

#: Longest header that is looked at; a real one is far shorter.
_LONGEST = 2000


def sign(body: bytes, secret: str, at: datetime) -> str:
    """The header for `body` as sent at the instant `at`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(body, secret, seconds)}"


def check(body: bytes, header: str, secrets: Sequence[str], at: datetime) -> None:
    """Raise `BadSignature` unless one `v1` fits one of the secrets and the time is near `at`."""
    seconds, candidates = _parts(header)
    # Every pair is compared, so that the time taken does not tell which secret came close.
    fits = [
        hmac.compare_digest(_digest(body, secret, seconds).encode(), candidate.encode())
        for secret in secrets
        if secret
        for candidate in candidates
    ]
    if not any(fits) or abs(at.timestamp() - seconds) > TOLERANCE:
        raise BadSignature(DonationsReason.BAD_SIGNATURE)


def _digest(body: bytes, secret: str, seconds: int) -> str:
    return hmac.new(secret.encode(), b"%d." % seconds + body, "sha256").hexdigest()


def _parts(header: str) -> tuple[int, list[str]]:
    """The time and every `v1` of a header; schemes we do not know are passed over."""
    pairs = [part.strip().partition("=") for part in header[:_LONGEST].split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    candidates = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= 12):
        raise BadSignature(DonationsReason.BAD_SIGNATURE)
    return int(times[0]), candidates
