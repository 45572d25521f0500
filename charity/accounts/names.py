"""Login names: what a person types to sign in, folded so that spelling habits do not matter."""

from __future__ import annotations

import re
import unicodedata

from charity.accounts.reasons import AccountsReason
from charity.errors import Invalid

_FORM = re.compile(r"[\w.@+-]{3,80}")
_LONGEST = 80


def key(text: str) -> str:
    """The form in which a name is looked up and tries are counted; accepts anything typed."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (c for c in folded if unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip()[:_LONGEST]


def check(text: str) -> str:
    """The name of a new account: 3 to 80 letters (Chinese too), digits and `._@+-`.

    Raises `Invalid` on `login_name`.
    """
    name = key(text)
    if not _FORM.fullmatch(name) or len(text.strip()) > _LONGEST:
        raise Invalid(AccountsReason.LOGIN_NAME_FORM, field="login_name")
    return name
