"""A draw's file, and repeating what it says: nothing is taken on trust but the public number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charity.audits import draw

#: The form of the file.
FORMAT = "wushe-draw/1"


def problems(file: Mapping[str, Any]) -> list[str]:
    """What of a draw's file does not hold, one line each; empty where everything does.

    Raises `ValueError` for a file that is no draw's.
    """
    if file.get("format") != FORMAT:
        raise ValueError(f"not a file of the form {FORMAT}")
    try:
        text = "".join(f"{line}\n" for line in file["frame"])
        return [
            *_hash(file, text),
            *_announcements(file["draws"]),
            *_outcome(file, draw.read_frame(text)),
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the file lacks {error}") from error


def _hash(file: Mapping[str, Any], text: str) -> list[str]:
    found = draw.sha256(text)
    if found == file["frame_hash"]:
        return []
    return [f"frame_hash: the frame's is {found}, the file says {file['frame_hash']}"]


def _announcements(draws: list[Mapping[str, Any]]) -> list[str]:
    """Every secret is the one that was committed to; none is allowed after a void draw."""
    found = []
    for each in draws:
        secret, sealed = each["secret"] or "", each["commitment"]
        if each["state"] == "drawn":
            if sealed and draw.commitment_of(secret) != sealed:
                found.append(f"draw {each['number']}: the secret is not the one committed to")
            if not sealed and secret:
                found.append(f"draw {each['number']}: a secret nobody committed to")
            if draw.seed_of(secret, each["public_number"]) != each["seed"]:
                found.append(f"draw {each['number']}: the seed is not made of secret and number")
        if each["number"] > 1 and sealed:
            found.append(f"draw {each['number']}: after a void draw the number decides alone")
    return found


def _outcome(file: Mapping[str, Any], frame: draw.Frame) -> list[str]:
    seeds = [each["seed"] for each in file["draws"] if each["state"] == "drawn"]
    if len(seeds) != 1:
        return [f"{len(seeds)} draws were opened, not one"]
    order = draw.in_order(seeds[0], draw.INSPECTORS, (each.id for each in frame.inspectors))
    found = [] if order == file["inspectors"] else ["inspectors: another order"]
    said = {each["id"]: each for each in file["targets"]}
    mine = draw.draw(frame, seeds[0])
    if [each.id for each in mine] != [each["id"] for each in file["targets"]]:
        found.append("targets: others are drawn, or in another order")
    found += [
        f"target {each.id}: the team is {' '.join(each.team)}"
        for each in mine
        if each.id in said and list(each.team) != said[each.id]["team"]
    ]
    return found
