"""Decide a matching pool again from its published file: python3 replay_match.py < matches.json."""

import json
import sys
from hashlib import sha256

pool = json.load(sys.stdin)
rules, wrong, sums = pool["rules"], [], {}
text = json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
if sha256(text.encode()).hexdigest() != pool["rules_digest"]:
    wrong.append("the rules are not those the pool opened with")


def counted(row):
    """The sums a gift counts into, each with its cap, in the order in which they bind."""
    giver, campaign = row["giver_mark"], row["campaign_id"]
    if giver and rules["cap_per_giver_day"] is not None:
        yield "giver_day", (giver, row["given_on"]), rules["cap_per_giver_day"]
    if giver and rules["cap_per_giver_campaign"] is not None:
        yield "giver_campaign", (giver, campaign, ""), rules["cap_per_giver_campaign"]
    yield "campaign", campaign, rules["cap_per_campaign"]
    yield "organisation", row["organisation_id"], rules["cap_per_organisation"]
    yield "pool", "", rules["total"]


def decide(row):
    """What the rules give to this gift after all before it: fen, and what kept it from more."""
    amount = row["gift"] * rules["ratio_percent"] // 100
    per_giver = (rules["cap_per_giver_day"], rules["cap_per_giver_campaign"]) != (None, None)
    if row["is_excluded"]:
        return 0, "excluded"
    if per_giver and not row["giver_mark"]:
        return 0, "unknown_giver"
    if row["gift"] < rules["least_gift"] or not amount:
        return 0, "least_gift"
    caps = [(limit, cap - sums.get((limit, key), 0)) for limit, key, cap in counted(row) if cap]
    limit = "none"
    for each, left in [("gift", rules["cap_per_gift"] or amount), *caps]:
        if max(left, 0) < amount:
            amount, limit = max(left, 0), each
    return amount, limit


def add(row, fen):
    """Count so many fen into the sums of a gift."""
    for limit, key, _ in counted(row):
        sums[limit, key] = sums.get((limit, key), 0) + fen


rows, back, after = {}, {}, {}
for given in pool["returns"]:
    after.setdefault(given["after"], []).append(given)
    back[given["position"]] = back.get(given["position"], 0) + given["amount"]
for row in pool["matches"]:
    for given in after.get(row["position"] - 1, []):
        add(rows[given["position"]], -given["amount"])
    if row["position"] != len(rows) + 1 or row["campaign_id"] not in rules["campaigns"]:
        wrong.append(f"row {row['position']} has no place here")
    if (ruled := decide(row)) != (row["amount"], row["limited_by"]):
        wrong.append(f"row {row['position']}: published {row['amount']}, by the rules {ruled}")
    rows[row["position"]] = row
    add(row, row["amount"])
wrong += [f"row {n} came back as {back.get(n, 0)}, not as it says" for n, row in rows.items()
          if back.get(n, 0) != row["given_back"] or back.get(n, 0) > row["amount"]]  # fmt: skip
given = sum(row["amount"] - row["given_back"] for row in rows.values())
sys.exit("\n".join(wrong) or sys.stdout.write(f"true: {len(rows)} gifts, {given} fen stand\n") * 0)
