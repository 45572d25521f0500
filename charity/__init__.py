"""The institution and its books: registry, accounts, ledger, approvals, donations and spending.

Plain Python and SQLAlchemy. Nothing here knows a request, a form or a page, and nothing here knows
projects: the hinge between the two is the fund.
"""
