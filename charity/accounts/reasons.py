"""Why accounts refuse; the sentences stand in `web/labels/`."""

from __future__ import annotations

from charity.errors import ReasonCode


class AccountsReason(ReasonCode):
    """Reasons of accounts."""

    #: Wrong name, wrong password, closed account: one answer for all, so that nobody can probe.
    SIGN_IN_FAILED = "accounts.sign_in_failed"
    LOCKED = "accounts.locked"
    LOGIN_NAME_FORM = "accounts.login_name_form"
    LOGIN_NAME_TAKEN = "accounts.login_name_taken"
    PASSWORD_SHORT = "accounts.password_short"  # noqa: S105  # a reason, no password
    PASSWORD_LONG = "accounts.password_long"  # noqa: S105
    PASSWORD_COMMON = "accounts.password_common"  # noqa: S105
    PASSWORD_WRONG = "accounts.password_wrong"  # noqa: S105
    PASSWORD_SAME = "accounts.password_same"  # noqa: S105
    ROLE_SCOPE = "accounts.role_scope"
    ROLE_HELD = "accounts.role_held"
    LAST_OWNER = "accounts.last_owner"
    #: Wrong, too old, or used before: one answer for all.
    CODE_WRONG = "accounts.code_wrong"
    NO_FACTOR = "accounts.no_factor"
    #: A child under fourteen agrees through a parent or guardian (PII-02).
    GUARDIAN_NEEDED = "accounts.guardian_needed"
    CONSENT_STANDS = "accounts.consent_stands"
    ALREADY_REVOKED = "accounts.already_revoked"
