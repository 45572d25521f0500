"""A document's terms as a text-search vector of PostgreSQL, and a query in its terms.

A vector knows four labels for how much a term says, A to D, and `ts_rank` adds up what the labels
of the asked terms are worth: our weights, in four steps. Terms of the title are filed a second time
under a mark, so that what has the words in its title is found by the index alone.
"""

from __future__ import annotations

from search.document import Document
from search.folding import fold
from search.segmentation import Wanted, terms
from search.weighting import document_terms

#: What the labels D, C, B and A are worth, as `ts_rank` takes them.
LABELS = [0.2, 0.45, 0.7, 1.0]
#: The least weight (weighting.py) of a term with the label A, B or C.
_STEPS = ((1.6, "A"), (1.0, "B"), (0.6, "C"))
#: No term begins with it.
_TITLE = "^"


def vector(document: Document) -> str:
    """The vector as PostgreSQL reads it: `'养老':1A '服务':1B …`."""
    weights = {_clean(term): weight for term, weight in document_terms(document).items()}
    marked = {f"{_TITLE}{_clean(term)}": 0.0 for term in terms(fold(document.title))}
    return " ".join(
        f"{_quoted(term)}:1{_label(weight)}" for term, weight in (weights | marked).items()
    )


def wanted_query(wanted: Wanted) -> str:
    """All that a document must have."""
    return _asked(wanted, "")


def title_query(wanted: Wanted) -> str:
    """The same, all of it in the title."""
    return _asked(wanted, _TITLE)


def worth_query(wanted: Wanted) -> list[str]:
    """The terms whose worth is added up: what must be there, and what helps."""
    return [
        *(
            _quoted(_clean(term))
            for term in (*wanted.required, *wanted.helpful, *wanted.alternatives)
        ),
        *(f"{_quoted(_clean(character))}:*" for character in wanted.characters),
    ]


def _asked(wanted: Wanted, mark: str) -> str:
    """The terms a document must have, each behind a mark."""
    parts = [_quoted(f"{mark}{_clean(term)}") for term in wanted.required]
    singles = [f"{_quoted(f'{mark}{_clean(one)}')}:*" for one in wanted.characters]
    if wanted.missing:
        others = (singles[:place] + singles[place + 1 :] for place in range(len(singles)))
        parts.append("(" + " | ".join(f"({' & '.join(rest)})" for rest in others) + ")")
    else:
        parts += singles
    if wanted.alternatives:
        found = (_quoted(f"{mark}{_clean(term)}") for term in wanted.alternatives)
        parts.append(f"({' | '.join(found)})")
    return " & ".join(parts)


def _label(weight: float) -> str:
    return next((label for least, label in _STEPS if weight >= least), "")


def _clean(term: str) -> str:
    return term.encode(errors="replace").decode().replace("\x00", "")


def _quoted(term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
