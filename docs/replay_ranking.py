"""Find the places of a published ranking again: python3 replay_ranking.py < ranking.json."""

import json
import sys
from fractions import Fraction
from hashlib import sha256

told = json.load(sys.stdin)
rules, draw, unit, wrong = told["rules"], told["draw"], told["unit"], []
text = json.dumps(told["frozen_rules"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
if sha256(text.encode()).hexdigest() != told["rules_digest"]:
    wrong.append("the rules are not those the call opened with")
seed = sha256(f"{told['rules_digest']}\n{draw['number']}".encode()).hexdigest()
if draw["seed"] != (seed if draw["number"] else None):
    wrong.append("the seed of the draw is another")
sheets, added = {}, {judge: Fraction(text) for judge, text in told["severity"].items()}
for judge, entry, points in told["sheets"]:
    sheets.setdefault(entry, {})[judge] = Fraction(points, unit)


def judged(given):
    """An entry's points from its sheets."""
    points = sorted(given.values())
    if rules["method"] == "severity":
        points = [each - added[judge] for judge, each in given.items()]
    elif rules["method"] == "trimmed" and len(points) >= rules["trim_from"]:
        points = points[1:-1]
    return Fraction(sum(points)) / len(points)


def shown(value):
    """Two digits, a half away from zero."""
    cents = (abs(value) * 200 + 1) // 2
    return f"{'-' if value < 0 and cents else ''}{cents // 100}.{cents % 100:02}"


worth = {entry: judged(given) for entry, given in sheets.items()}
if added:  # least squares: what is left over of each judge's sheets sums to nothing
    left = dict.fromkeys(added, sum(added.values()))
    for entry, given in sheets.items():
        for judge, points in given.items():
            left[judge] += points - worth[entry] - added[judge]
    wrong += [f"the severity of {judge} is not the best" for judge in left if left[judge]]
most = max((each["votes"] for each in told["entries"]), default=0) or 1
share, rows = Fraction(rules["vote_permille"], 1000), []
bonus = Fraction(rules.get("rating_bonus", 0), 10)  # for the rated, on top of the total
for each in told["entries"]:
    name, demand, votes = each["entry"], each["demand"], Fraction(100 * each["votes"], most)
    demand = None if rules["tie_rule"] == "draw" else demand
    more = bonus if each.get("rated") else 0
    total = worth[name] * (1 - share) + votes * share + more
    lot = sha256(f"{draw['seed']}\n{draw['label']}\n{name}".encode()).hexdigest()
    best = total if rules["low_is_best"] else -total
    rows.append((best, demand is None, -(demand or 0), lot, name, votes, more, total))
for place, (*_, name, votes, more, total) in enumerate(sorted(rows), start=1):
    ruled = [place, name, shown(worth[name]), shown(votes), shown(total), len(sheets[name])]
    row = told["places"][place - 1] if place <= len(told["places"]) else {}
    keys = ["place", "entry", "points", "vote_points", "total", "sheets"]
    if bonus:
        ruled, keys = [*ruled, shown(more)], [*keys, "bonus"]
    if ruled != [row.get(key) for key in keys]:
        wrong.append(f"place {place}: by the rules {name} with {shown(total)}")
if len(told["places"]) != len(rows):
    wrong.append("some entry has no place, or two")
sys.exit("\n".join(wrong) or sys.stdout.write(f"true: {len(rows)} places\n") * 0)
