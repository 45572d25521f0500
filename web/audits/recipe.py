"""The draw once more, without this house's program: sha256sum, sort and jq on the public file."""

from __future__ import annotations

#: Lines for a shell beside `draw.json`; what they print last is the list of who was drawn.
RECIPE = r"""jq -r '.frame[]' draw.json > frame.txt
sha256sum frame.txt; jq -r .frame_hash draw.json

secret=$(jq -r '.draws[-1].secret // ""' draw.json)
number=$(jq -r '.draws[-1].public_number' draw.json)
[ -z "$secret" ] || { printf '%s' "$secret" | sha256sum; jq -r '.draws[-1].commitment' draw.json; }

seed=$(printf '%s\n%s' "$secret" "$number" | sha256sum | cut -c1-64)
echo "$seed"; jq -r '.draws[-1].seed' draw.json

drawn() {
  while read -r id; do
    echo "$(printf '%s\n%s\n%s' "$seed" "$1" "$id" | sha256sum | cut -c1-64) $id"
  done | LC_ALL=C sort | head -n "$2" | cut -d' ' -f2
}
awk -F'\t' '$1 == "draw"' frame.txt | while IFS="$(printf '\t')" read -r _ label n; do
  awk -F'\t' -v l="$label" '$1 == "target" && $2 == l { print $3 }' frame.txt | drawn "$label" "$n"
done > targets.txt
jq -r '.targets[].id' draw.json | diff - targets.txt && echo same
"""
