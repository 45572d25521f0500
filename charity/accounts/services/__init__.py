"""The verbs of accounts: users, roles, sign-in and its end."""

from charity.accounts.services.roles import (
    grant_role,
    register_organisation_with_owner,
    revoke_role,
)
from charity.accounts.services.signing_in import (
    SignInResult,
    forget_old_attempts,
    revoke_all_sessions,
    sign_in,
    sign_out,
)
from charity.accounts.services.users import add_user, change_password, close_user, register_user

__all__ = [
    "SignInResult",
    "add_user",
    "change_password",
    "close_user",
    "forget_old_attempts",
    "grant_role",
    "register_organisation_with_owner",
    "register_user",
    "revoke_all_sessions",
    "revoke_role",
    "sign_in",
    "sign_out",
]
