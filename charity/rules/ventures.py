"""Figures of 公益创投 competitions (HANDBOOK 6.5); a competition's own terms may be stricter."""

from __future__ import annotations

from datetime import date

from charity.rules.parameters import Parameter

_FIRST = date(2016, 9, 1)

ROWS: tuple[Parameter, ...] = (
    # thousandths of an applicant's budget that the pool may pay at most, and the most in fen
    Parameter("VEN-02.share", 600, _FIRST, None, "广州市公益创投办法"),
    Parameter("VEN-02.most", 50_000_000, _FIRST, None, "广州市公益创投办法"),
    # years during which who broke an agreement may not apply
    Parameter("VEN-03", 3, _FIRST, None, "公益创投各地办法"),
    # years within which a judge paid by the applicant stands back
    Parameter("VEN-04", 3, _FIRST, None, "公益创投各地办法"),
    # fewest sheets an application is ranked by; from how many the extremes are left out
    Parameter("VEN-05.judges", 3, _FIRST, None, "公益创投惯例"),
    Parameter("VEN-05.trim", 5, _FIRST, None, "公益创投惯例"),
    # percentages of the stages in which an award is paid
    Parameter("VEN-08", "50/30/20", _FIRST, None, "公益创投惯例"),
    # thousandths of a budget above which staff cost, and management cost, are a question
    Parameter("VEN-09.staff", 400, _FIRST, None, "公益创投各地办法; own rule"),
    Parameter("VEN-09.management", 100, _FIRST, None, "公益创投各地办法; own rule"),
)
