"""Check an export of the book, or the proof of one gift: python3 check_book.py < FILE."""

import json
import sys
from hashlib import sha256

code = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
header = json.loads(sys.stdin.readline())
heads, leaves, spans, wrong, ours = {}, [], {}, [], header["books"]
for line in header.get("lines") or map(json.loads, sys.stdin):
    if "entry" in line:
        entry, leaf = line["entry"], line["leaf"]
        digest = sha256(code(entry).encode()).hexdigest()
        if digest != leaf["digest"] or any(fen < 1 for *_, fen in entry["transfers"]):
            wrong.append(f"entry {leaf['entry']} is not what was posted")
        leaves.append(sha256(b"\0" + code(leaf).encode()).digest())
        for kind, at in (("places", 1), ("pieces", 2)):
            for row in leaf[kind]:
                spans.setdefault((kind, row[at]), []).append(row[at + 1 : at + 3])
        continue
    content, seals = line["content"], line.get("seals", [])  # of a seal, or of a day's seals
    leaves += [sha256(b"\0" + code(seal).encode()).digest() for seal in seals]
    for left, right in line.get("steps", []):  # of a proof: up from one leaf
        leaves = [sha256(b"\1" + bytes.fromhex(left) + leaves[0] + bytes.fromhex(right)).digest()]
    while len(leaves) > 1:  # of an export: up from all leaves
        pairs = (leaves[i : i + 2] for i in range(0, len(leaves), 2))
        leaves = [sha256(b"\1" + b"".join(p)).digest() if p[1:] else p[0] for p in pairs]
    chain, number, root = content.get("book"), content.get("number", 1), b"".join(leaves).hex()
    before = line["previous"] if "steps" in line else heads.get((chain, number - 1), "00" * 32)
    head = sha256(b"\2" + bytes.fromhex(before) + code(content).encode()).hexdigest()
    cut = [s for s in seals if s["book"] in ours and heads.get((s["book"], s["seal"])) != s["head"]]
    if cut or (before, head, root) != (line["previous"], line["head"], content["root"]):
        wrong.append(f"head of {content} is not what was published {cut}")
    heads[chain, number if chain else 0], leaves = head, []
for (kind, number), row in spans.items():
    gaps = [b[0] - a[1] for a, b in zip([(0, 0), *sorted(row)], sorted(row), strict=False)]
    if min(gaps) < 0 or (kind == "places" and any(gaps) and not header["waiting"]):
        wrong.append(f"{kind} of line {number} do not fit")
wrong += [f"{len(leaves)} entries stand under no seal"] if leaves else []
sys.exit("\n".join(wrong) or sys.stdout.write(f"true up to {[*heads.values()][-1:]}\n") * 0)
