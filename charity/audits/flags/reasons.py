"""Why a red flag asks; each is a question, never a finding."""

from __future__ import annotations

from charity.errors import ReasonCode


class FlagReason(ReasonCode):
    """Reasons of red flags; the sentences stand in `web/labels/flags.py`.

    Parameters that end in `_fen` are sums, those in `_permille` shares in thousandths.
    """

    DIGITS = "flags.digits"  # count, chi_square_milli, mad_ppm, year
    GIFT_DIGITS = "flags.gift_digits"  # count, chi_square_milli, mad_ppm, year
    SAME_SUM = "flags.same_sum"  # payee, amount_fen, days
    SAME_INVOICE = "flags.same_invoice"  # voucher
    SAME_REFERENCE = "flags.same_reference"  # reference
    ROUND_SUMS = "flags.round_sums"  # share_permille, usual_permille, count, year
    JUST_UNDER = "flags.just_under"  # below, above, limit_fen, year
    SPLIT = "flags.split"  # payee, parts, days, total_fen, limit_fen
    CASH_SHARE = "flags.cash_share"  # share_permille, count, year
    CASH_LARGE = "flags.cash_large"  # amount_fen, limit_fen
    SHARED_VENDOR = "flags.shared_vendor"  # payee, marks, parties
    ONE_VENDOR = "flags.one_vendor"  # payee, share_permille, year
    NEW_VENDOR = "flags.new_vendor"  # payee, places, days, total_fen
    AT_NIGHT = "flags.at_night"  # count, share_permille
    ON_FREE_DAYS = "flags.on_free_days"  # count, share_permille
    OWN_APPROVAL = "flags.own_approval"
    YEAR_END = "flags.year_end"  # share_permille, days, year
    PAID_EARLY = "flags.paid_early"  # days
    SAME_PICTURE = "flags.same_picture"
    LIKE_PICTURE = "flags.like_picture"  # bits
    MANY_PROJECTS = "flags.many_projects"  # projects
    HELPED_AFTER = "flags.helped_after"  # days
    GIFT_LOOP = "flags.gift_loop"  # payee, days, gift_fen, amount_fen
