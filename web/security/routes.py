"""The policy table: every endpoint and method of the site, and whom it answers.

A route that is not listed here answers nobody, and tests/web/test_policy.py fails. Each cell
(actor class x endpoint x method) is requested there and compared. One section per blueprint.
"""

# A sample is a name of the tests' world, `token` a route's argument: no secret stands here.
# ruff: noqa: S106

from __future__ import annotations

from itertools import chain

from charity.actor import Permission
from web.security.access import (
    PUBLIC,
    SIGNED_IN,
    Answer,
    Audience,
    Row,
    Who,
    act,
    form,
    holders,
    only,
    page,
)
from web.security.routes_after import AFTER
from web.security.routes_audits import AUDITS
from web.security.routes_budgets import BUDGETS
from web.security.routes_complaints import COMPLAINTS
from web.security.routes_departures import DEPARTURES
from web.security.routes_disclosure import DISCLOSURE
from web.security.routes_ending import ENDING
from web.security.routes_fieldwork import FIELDWORK
from web.security.routes_forces import FORCES
from web.security.routes_homeland import HOMELAND
from web.security.routes_judging import JUDGING
from web.security.routes_needs import NEEDS
from web.security.routes_payments import PAYMENTS
from web.security.routes_project_life import PROJECT_LIFE
from web.security.routes_promises import PROMISES
from web.security.routes_related import RELATED
from web.security.routes_resources import RESOURCES
from web.security.routes_searches import SEARCHES
from web.security.routes_standing import STANDING
from web.security.routes_timeliness import TIMELINESS
from web.security.routes_ventures import VENTURES

_SYSTEM = (
    page("static", PUBLIC, filename="wushe.css"),
    page("system.healthz", PUBLIC),
    page("system.readyz", PUBLIC),
)

_ACCOUNTS = (
    form("accounts.sign_in", PUBLIC),
    form("accounts.register", PUBLIC),
    act("accounts.sign_out", SIGNED_IN),
    page("accounts.home", SIGNED_IN),
    form("accounts.password", SIGNED_IN),
    act("accounts.revoke_sessions", SIGNED_IN),
    form("accounts.code", PUBLIC),
    form("accounts.factor", SIGNED_IN),
    act("accounts.factor_begin", SIGNED_IN, confirmed=True),
    act("accounts.recovery_codes", SIGNED_IN, confirmed=True),
    form("accounts.reset_factor", holders(Permission.ACCOUNTS_MANAGE), confirmed=True),
)

_DESK = (page("desk.home", SIGNED_IN),)

_HOME = (
    page("home.index", PUBLIC),
    page("home.search", PUBLIC),
)

_POSTERS = holders(Permission.PROJECT_EDIT, other_staff=Answer.ABSENT)
_REVIEWERS = holders(Permission.PROJECT_REVIEW)

_LISTINGS = (
    page("listings.index", PUBLIC),
    page("listings.detail", PUBLIC, project_id="published_project"),
    page("listings.detail", only(Who.STAFF, otherwise=Answer.ABSENT), project_id="draft_project"),
    page("listings.flow", PUBLIC, project_id="published_project"),
    form("listings.new", SIGNED_IN),
    form("listings.edit", _POSTERS, project_id="draft_project"),
    act("listings.submit", _POSTERS, project_id="draft_project"),
    page("listings.review", _REVIEWERS, project_id="submitted_project"),
    act("listings.decide", _REVIEWERS, project_id="submitted_project"),
)

_DONATIONS = (
    form("donations.donate", PUBLIC, project_id="published_project"),
    page("donations.trail", PUBLIC, token="donation"),
    page("donations.proof", PUBLIC, token="donation"),
    page("donations.trail", PUBLIC, token="unpaid_donation"),
    act("donations.pay", PUBLIC, token="unpaid_donation"),
    form("donations.sandbox", PUBLIC, remote_id="checkout"),
    act("donations.webhook", PUBLIC, gateway="sandbox"),
)

#: Those who speak for one organisation learn nothing of another that is not verified.
_OWNERS = holders(Permission.ORGANISATION_EDIT, other_staff=Answer.REFUSED)
_STRANGERS = holders(Permission.ORGANISATION_EDIT, staff=Answer.ABSENT, other_staff=Answer.ABSENT)
_VERIFIERS = holders(Permission.ORGANISATION_VERIFY)

_REGISTRY = (
    page("registry.index", PUBLIC),
    page("registry.organisation", PUBLIC, organisation_id="organisation"),
    page(
        "registry.organisation",
        only(Who.VERIFIER, otherwise=Answer.ABSENT),
        organisation_id="pending_organisation",
    ),
    form("registry.register", SIGNED_IN),
    form("registry.edit", _OWNERS, organisation_id="organisation"),
    form("registry.edit", _STRANGERS, organisation_id="returned_organisation"),
    page("registry.verify", _VERIFIERS, organisation_id="pending_organisation"),
    act("registry.accept", _VERIFIERS, organisation_id="pending_organisation"),
    act("registry.send_back", _VERIFIERS, organisation_id="pending_organisation"),
    page("registry.region", PUBLIC, code="region"),
)

_BOOK_READERS = holders(Permission.BOOK_READ)

_LEDGER = (
    page("ledger.fund", PUBLIC, fund_id="fund"),
    page("ledger.proof", PUBLIC),
    page("ledger.heads", PUBLIC),
    page("ledger.proof_of_entry", PUBLIC, entry_id="sealed_entry"),
    page("ledger.entries", _BOOK_READERS),
    page("ledger.entry", _BOOK_READERS, entry_id="entry"),
    page("ledger.trial_balance", _BOOK_READERS),
    page("ledger.statements", _BOOK_READERS),
    page("ledger.statement", _BOOK_READERS, which="activities"),
    page("ledger.statement_file", _BOOK_READERS, which="activities", kind="csv"),
    page("ledger.flow", PUBLIC, organisation_id="operator"),
)

#: Before it is paid, an expense is known to its organisation, the charity's people and auditors.
_INSIDERS = only(Who.STAFF, Who.APPROVER, Who.TREASURER, Who.AUDITOR, otherwise=Answer.ABSENT)
_SUBMITTERS = holders(Permission.EXPENSE_SUBMIT, other_staff=Answer.REFUSED)
_REPORTERS = holders(Permission.DELIVERY_REPORT, other_staff=Answer.REFUSED)
_APPROVERS = holders(Permission.EXPENSE_APPROVE)
_RECALLERS = holders(Permission.EXPENSE_APPROVE, Permission.EXPENSE_PAY)
_TREASURERS = holders(Permission.EXPENSE_PAY)
_ACCEPTORS = holders(Permission.DELIVERY_ACCEPT)

_SPENDING = (
    page("spending.expenses", PUBLIC, project_id="published_project"),
    page("spending.expenses", only(Who.STAFF, otherwise=Answer.ABSENT), project_id="draft_project"),
    form("spending.new", _SUBMITTERS, project_id="published_project"),
    page("spending.expense", _INSIDERS, expense_id="expense"),
    page("spending.expense", PUBLIC, expense_id="paid_expense"),
    page("spending.gifts", PUBLIC, expense_id="paid_expense"),
    form(
        "spending.edit",
        holders(Permission.EXPENSE_SUBMIT, other_staff=Answer.ABSENT),
        expense_id="returned_expense",
    ),
    act("spending.approve", _APPROVERS, confirmed=True, expense_id="expense"),
    act("spending.send_back", _RECALLERS, expense_id="approved_expense"),
    act("spending.pay", _TREASURERS, confirmed=True, expense_id="approved_expense"),
    page("spending.voucher", _INSIDERS, voucher_id="voucher"),
    page("spending.voucher", PUBLIC, voucher_id="paid_voucher"),
    page("spending.deliveries", PUBLIC, project_id="published_project"),
    act("spending.report", _REPORTERS, project_id="published_project"),
    page("spending.delivery", PUBLIC, delivery_id="delivery"),
    act("spending.accept", _ACCEPTORS, delivery_id="delivery"),
    act("spending.refuse", _ACCEPTORS, delivery_id="delivery"),
)

#: A book is kept by its organisation's treasurer; to everybody else there is no such room.
_KEEPERS = Audience(
    signed_in=True,
    but={who: Answer.ABSENT for who in Who if who not in (Who.GUEST, Who.TREASURER)},
)
_BOOK_SHELF = Audience(
    signed_in=True,
    but={
        who: Answer.ABSENT
        for who in Who
        if who not in (Who.GUEST, Who.TREASURER, Who.ADMINISTRATOR)
    },
)
_BOOK_OPENERS = holders(Permission.ACCOUNTS_MANAGE)

_BOOKS = (
    page("books.index", _BOOK_SHELF),
    form("books.open_book", _BOOK_OPENERS, organisation_id="organisation"),
    page("books.overview", _KEEPERS, book_id="book"),
    page("books.acts", _KEEPERS, book_id="book"),
    page("books.funds", _KEEPERS, book_id="book"),
    form("books.open_fund", _KEEPERS, book_id="book"),
    page("books.fund", _KEEPERS, book_id="book", fund_id="fund"),
    form("books.open_earmark", _KEEPERS, book_id="book", fund_id="fund"),
    form("books.move", _KEEPERS, confirmed=True, book_id="book", fund_id="fund"),
    form("books.change_purpose", _KEEPERS, confirmed=True, book_id="book", fund_id="fund"),
    form("books.close_fund", _KEEPERS, confirmed=True, book_id="book", fund_id="fund"),
    page("books.accounts", _KEEPERS, book_id="book"),
    form("books.open_account", _KEEPERS, book_id="book"),
    form("books.map_account", _KEEPERS, book_id="book"),
    form("books.income", _KEEPERS, confirmed=True, book_id="book"),
    form("books.pay", _KEEPERS, confirmed=True, book_id="book"),
    form("books.to_bank", _KEEPERS, confirmed=True, book_id="book"),
    form("books.grant", _KEEPERS, confirmed=True, book_id="book"),
    form("books.grant_to_book", _KEEPERS, confirmed=True, book_id="book"),
    page("books.offered", _KEEPERS, book_id="book"),
    form("books.take_up", _KEEPERS, confirmed=True, book_id="book"),
    form("books.journal", _KEEPERS, confirmed=True, book_id="book"),
    form("books.opening", _KEEPERS, confirmed=True, book_id="book"),
    form("books.close_period", _KEEPERS, book_id="book"),
    form("books.refund", _KEEPERS, confirmed=True, book_id="book", entry_id="entry"),
    form("books.compel_refund", _KEEPERS, confirmed=True, book_id="book", entry_id="entry"),
    form("books.fee", _KEEPERS, confirmed=True, book_id="book", entry_id="entry"),
    form("books.bring_back", _KEEPERS, confirmed=True, book_id="book", entry_id="entry"),
    form("books.reverse", _KEEPERS, confirmed=True, book_id="book", entry_id="entry"),
    page("books.goods", _KEEPERS, book_id="book"),
    form("books.receive_goods", _KEEPERS, confirmed=True, book_id="book"),
    form("books.use_goods", _KEEPERS, confirmed=True, book_id="book"),
)

#: A campaign for its own people is unknown to everybody else.
_CAMPAIGN_RUNNERS = only(Who.STAFF, Who.TREASURER, otherwise=Answer.ABSENT)

_MEMBERS = (
    page(
        "listings.detail",
        only(Who.STAFF, Who.TREASURER, Who.REVIEWER, Who.VERIFIER, otherwise=Answer.ABSENT),
        project_id="targeted_project",
    ),
    form("members.index", _CAMPAIGN_RUNNERS, project_id="targeted_project"),
    act("members.remove", _CAMPAIGN_RUNNERS, project_id="targeted_project", person_id="member"),
)

#: The secret in the address is the key; whoever has it may act.
_MONTHLY = (
    form("monthly.new", PUBLIC, project_id="published_project"),
    page("monthly.own", PUBLIC, token="monthly_plan"),
    act("monthly.change", PUBLIC, token="monthly_plan"),
    act("monthly.pause", PUBLIC, token="monthly_plan"),
    act("monthly.resume", PUBLIC, token="monthly_plan"),
    act("monthly.skip", PUBLIC, token="monthly_plan"),
    act("monthly.stop", PUBLIC, token="monthly_plan"),
)

_IMPORTERS = holders(Permission.STATEMENT_IMPORT)
_COUNTERS = holders(Permission.CASH_COUNT)
_OWN_COUNTERS = holders(Permission.CASH_COUNT, other_staff=Answer.ABSENT)

_STATEMENTS = (
    page("statements.index", _IMPORTERS),
    form("statements.upload", _IMPORTERS),
    page("statements.detail", _IMPORTERS, statement_id="statement"),
    act("statements.apply", _IMPORTERS, confirmed=True, statement_id="statement"),
    act("statements.discard", _IMPORTERS, statement_id="statement"),
    page("statements.errors", _IMPORTERS, statement_id="statement"),
    page("statements.queue", _IMPORTERS),
    act("statements.decide", _IMPORTERS, confirmed=True),
    act(
        "statements.pay_donation",
        _IMPORTERS,
        confirmed=True,
        row_id="statement_row",
        donation_id="donation_id",
    ),
    act("statements.reconsider", _IMPORTERS, row_id="statement_row"),
    page("statements.mappings", _IMPORTERS),
    form("statements.mapping", _IMPORTERS),
    page("statements.cash", _COUNTERS),
    form("statements.new_count", _COUNTERS),
    page("statements.count", _OWN_COUNTERS, count_id="cash_count"),
    act("statements.confirm_count", _OWN_COUNTERS, confirmed=True, count_id="cash_count"),
    act("statements.void_count", _OWN_COUNTERS, count_id="cash_count"),
    act("statements.deposit", _OWN_COUNTERS, confirmed=True, count_id="cash_count"),
)

#: Money that goes back, and what gateways said: who asks for it and who agrees.
_GIVE_BACK = holders(Permission.REFUND_REQUEST, Permission.REFUND_APPROVE)
_ASK_BACK = holders(Permission.REFUND_REQUEST)
_AGREE_BACK = holders(Permission.REFUND_APPROVE)

_GIVING_BACK = (
    page("refunds.index", _GIVE_BACK),
    page("refunds.find", _ASK_BACK),
    form("refunds.new", _ASK_BACK, payment_id="paid_payment"),
    page("refunds.detail", _GIVE_BACK, refund_id="refund"),
    act("refunds.agree", _AGREE_BACK, confirmed=True, refund_id="refund"),
    act("refunds.refuse", _AGREE_BACK, refund_id="refund"),
    act("refunds.cancel", _ASK_BACK, refund_id="refund"),
    act("refunds.pay", _ASK_BACK, confirmed=True, refund_id="refund"),
    act("refunds.by_hand", _ASK_BACK, confirmed=True, refund_id="refund"),
    page("refunds.batches", _GIVE_BACK),
    form("refunds.batch_new", _ASK_BACK, campaign_id="campaign"),
    page("refunds.batch", _GIVE_BACK, batch_id="refund_batch"),
    act("refunds.batch_agree", _AGREE_BACK, confirmed=True, batch_id="refund_batch"),
    act("refunds.batch_refuse", _AGREE_BACK, batch_id="refund_batch"),
    act("refunds.batch_steer", _ASK_BACK, confirmed=True, batch_id="refund_batch"),
    page("refunds.events", _GIVE_BACK),
    page("refunds.event", _GIVE_BACK, event_id="gateway_event"),
    act("refunds.event_resolve", _ASK_BACK, event_id="gateway_event"),
    act("refunds.event_retry", _ASK_BACK, event_id="gateway_event"),
    act("refunds.event_take", _ASK_BACK, event_id="gateway_event"),
    page("refunds.reconciliation", _GIVE_BACK),
    act("refunds.close_drift", _ASK_BACK, drift_id="drift"),
)

#: A pool is public once it is open; it is kept by the treasurer of the charity.
_KEEPERS_OF_POOLS = holders(Permission.POOL_MANAGE)

_POOLS = (
    page("pools.index", PUBLIC),
    page("pools.detail", PUBLIC, pool_id="pool"),
    page("pools.matches", PUBLIC, pool_id="pool"),
    page("pools.desk", _KEEPERS_OF_POOLS),
    form("pools.new", _KEEPERS_OF_POOLS),
    page("pools.manage", _KEEPERS_OF_POOLS, pool_id="pool"),
    act("pools.steer", _KEEPERS_OF_POOLS, confirmed=True, pool_id="pool"),
    act("pools.exclude", _KEEPERS_OF_POOLS, pool_id="pool"),
    act("pools.lift", _KEEPERS_OF_POOLS, pool_id="pool", exclusion_id="pool_exclusion"),
    act("pools.decide", _KEEPERS_OF_POOLS, confirmed=True, flag_id="match_flag"),
    act("pools.again", _KEEPERS_OF_POOLS, confirmed=True, return_id="match_return"),
)

_SEASON_HOLDERS = only(Who.TREASURER, otherwise=Answer.REFUSED)

_TOGETHER = (
    page("teams.index", PUBLIC),
    form("teams.new", PUBLIC, project_id="published_project"),
    page("teams.team", PUBLIC, code="team"),
    page("teams.poster", PUBLIC, code="team"),
    form("teams.manage", PUBLIC, token="captain"),
    act("teams.close", PUBLIC, token="captain"),
    page("seasons.index", PUBLIC),
    page("seasons.season", PUBLIC, season_id="season"),
    page("seasons.desk", _SEASON_HOLDERS),
    form("seasons.new", _SEASON_HOLDERS),
    form("seasons.edit", _SEASON_HOLDERS, season_id="season"),
    act("seasons.join", _SEASON_HOLDERS, season_id="season"),
    act("seasons.leave", _SEASON_HOLDERS, season_id="season", campaign_id="campaign"),
    act("seasons.publish", _SEASON_HOLDERS, season_id="season"),
)

ROUTES: tuple[Row, ...] = tuple(
    chain.from_iterable(
        chain(
            _SYSTEM,
            _ACCOUNTS,
            _DESK,
            _HOME,
            _LISTINGS,
            _DONATIONS,
            _REGISTRY,
            STANDING,
            _LEDGER,
            _SPENDING,
            _BOOKS,
            _STATEMENTS,
            _GIVING_BACK,
            AFTER,
            _POOLS,
            _MEMBERS,
            PROMISES,
            _MONTHLY,
            _TOGETHER,
            ENDING,
            DISCLOSURE,
            BUDGETS,
            PAYMENTS,
            RELATED,
            PROJECT_LIFE,
            COMPLAINTS,
            DEPARTURES,
            FORCES,
            NEEDS,
            TIMELINESS,
            AUDITS,
            RESOURCES,
            SEARCHES,
            HOMELAND,
            VENTURES,
            JUDGING,
            FIELDWORK,
        )
    )
)
