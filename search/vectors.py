"""A document's terms as a text-search vector of PostgreSQL, and a query in its terms.

A vector knows four labels for how much a term says, A to D, and `ts_rank` adds up what the labels
of the asked terms are worth: our weights, in four steps. Terms of the title are filed a second time
under a mark, so are places and exact keys: one look into one index finds what is asked for.
"""

from __future__ import annotations

from functools import lru_cache

from search.document import Document
from search.folding import fold
from search.segmentation import MAX_TERM, Wanted, terms
from search.weighting import document_keys, document_terms

#: What the labels D, C, B and A are worth, as `ts_rank` takes them.
LABELS = [0.2, 0.45, 0.7, 1.0]
#: The least weight (weighting.py) of a term with the label A, B or C.
_STEPS = ((1.6, "A"), (1.0, "B"), (0.6, "C"))
#: No term begins with one of these: they mark terms of the title, places and exact keys.
_TITLE, _PLACE, _KEY = "^", "@", "="


def vector(document: Document) -> str:
    """The vector as PostgreSQL reads it: `'养老':1A '服务':1B …`."""
    weights = document_terms(document)
    labels = {weight: _label(weight) for weight in set(weights.values())}
    # Terms are letters and digits: they need no care, unlike places and keys.
    filed = [f"'{term}':1{labels[weight]}" for term, weight in weights.items()]
    filed += [f"'{_TITLE}{term}':1" for term in set(terms(fold(document.title)))]
    filed += [f"{_placed(code)}:1" for code in set(document.place_codes)]
    filed += [f"{_quoted(_KEY + key)}:1" for key in document_keys(document)]
    return " ".join(filed)


def wanted_query(wanted: Wanted, place: str) -> str:
    """All that a document must have: the words, or the whole as a key, and the place; or ''."""
    words = _asked(wanted, "")
    if words and wanted.key:
        words = f"({words}) | {_quoted(_KEY + wanted.key)}"
    return _inside(words, place)


def title_query(wanted: Wanted, place: str) -> str:
    """The same, all of the words in the title."""
    return _inside(_asked(wanted, _TITLE), place)


def _inside(words: str, place: str) -> str:
    if not place:
        return words
    return f"({words}) & {_placed(place)}" if words else _placed(place)


def _placed(code: str) -> str:
    return _quoted(_PLACE + code[:MAX_TERM])


def worth_query(wanted: Wanted) -> list[str]:
    """The terms whose worth is added up: what must be there, and what helps."""
    return [
        *(_quoted(term) for term in (*wanted.required, *wanted.helpful, *wanted.alternatives)),
        *(f"{_quoted(character)}:*" for character in wanted.characters),
    ]


def _asked(wanted: Wanted, mark: str) -> str:
    """The terms a document must have, each behind a mark."""
    parts = [_quoted(f"{mark}{term}") for term in wanted.required]
    singles = [f"{_quoted(f'{mark}{one}')}:*" for one in wanted.characters]
    if wanted.missing:
        others = (singles[:place] + singles[place + 1 :] for place in range(len(singles)))
        parts.append("(" + " | ".join(f"({' & '.join(rest)})" for rest in others) + ")")
    else:
        parts += singles
    if wanted.alternatives:
        found = (_quoted(f"{mark}{term}") for term in wanted.alternatives)
        parts.append(f"({' | '.join(found)})")
    return " & ".join(parts)


@lru_cache(maxsize=256)
def _label(weight: float) -> str:
    return next((label for least, label in _STEPS if weight >= least), "")


@lru_cache(maxsize=65536)
def _quoted(term: str) -> str:
    """A term as PostgreSQL reads it; it holds no NUL and no half of a surrogate pair."""
    clean = term.encode(errors="replace").decode().replace("\x00", "")
    escaped = clean.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
