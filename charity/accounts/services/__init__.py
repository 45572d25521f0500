"""The verbs of accounts: users, roles, sign-in and its end."""

from charity.accounts.services.consenting import give_consent, withdraw_consent
from charity.accounts.services.roles import (
    grant_role,
    keep_role,
    register_organisation_with_owner,
    revoke_role,
)
from charity.accounts.services.second_factor import (
    CodeResult,
    begin_factor,
    confirm_factor,
    give_code,
    give_device,
    renew_recovery_codes,
    reset_factor,
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
    "CodeResult",
    "SignInResult",
    "add_user",
    "begin_factor",
    "change_password",
    "close_user",
    "confirm_factor",
    "forget_old_attempts",
    "give_code",
    "give_consent",
    "give_device",
    "grant_role",
    "keep_role",
    "register_organisation_with_owner",
    "register_user",
    "renew_recovery_codes",
    "reset_factor",
    "revoke_all_sessions",
    "revoke_role",
    "sign_in",
    "sign_out",
    "withdraw_consent",
]
