"""How much a term says about a document: BM25F with the lengths of our documents built in.

A word in the title says more than one in the text, the third mention less than the first, and a
long text is a little less about each of its words. All this is settled when a document is filed;
only how rare a term is has to wait for the query.
"""

from collections import Counter, defaultdict
from math import log

from search.document import Document
from search.facets import FACETS
from search.folding import fold
from search.segmentation import exact_key, terms
from search.sounds import sounds

#: The text of a document beyond this is not filed.
MAX_BODY = 50_000
#: Finding a document by its exact key or title outweighs every word.
KEY_SCORE = 1000.0

_TITLE, _NAMES, _BODY = 4.0, 2.0, 1.0
#: A sound tells less than the characters: of the title, of other names.
_TITLE_SOUND, _SOUND = 1.5, 0.5
_SATURATION, _LENGTH_SHARE, _USUAL_LENGTH = 1.2, 0.5, 200.0


def document_terms(document: Document) -> dict[str, float]:
    """The terms of a document, each with its weight, between 0 and 2.2."""
    counts: defaultdict[str, float] = defaultdict(float)
    length = 0
    for text, importance in _fields(document):
        found = Counter(terms(fold(text)))
        length += found.total()
        for term, times in found.items():
            counts[term] += importance * times
    titled = sounds(fold(document.title))
    for sound in document_sounds(document):
        counts[sound] += _TITLE_SOUND if sound in titled else _SOUND
    share = 1 - _LENGTH_SHARE + _LENGTH_SHARE * length / _USUAL_LENGTH
    weights = {
        # Eighths are fine enough to rank by and let the engine pack equal numbers together.
        count: max(1, round(8 * count * (_SATURATION + 1) / (count + _SATURATION * share))) / 8
        for count in set(counts.values())
    }
    return {term: weights[count] for term, count in counts.items()}


def document_sounds(document: Document) -> set[str]:
    """How the names of a document are spelled by their sound."""
    names = (document.title, document.organisation, *document.also)
    return set().union(*(sounds(fold(name)) for name in names))


def document_keys(document: Document) -> set[str]:
    """The exact keys of a document, written as `exact_key` writes a query; its whole title is one.

    Who types what a thing is called wants that thing and none that is called somewhat longer.
    """
    return {key for key in map(exact_key, (*document.keys, document.title)) if key}


def filed(document: Document) -> dict[str, dict[str, float]]:
    """Everything a document is found by: for each field its terms with their weights."""
    single = {name: getattr(document, name) for name in FACETS}
    return {
        "text": document_terms(document),
        "key": dict.fromkeys(document_keys(document), 1.0),
        "place": dict.fromkeys(document.place_codes, 1.0),
        **{name: {value: 1.0} for name, value in single.items() if value},
    }


def rarity(found: int, documents: int) -> float:
    """How telling a term is that `found` of `documents` have (BM25's inverse frequency)."""
    return log(1 + (documents - found + 0.5) / (found + 0.5))


def _fields(document: Document) -> list[tuple[str, float]]:
    return [
        (document.title, _TITLE),
        (document.organisation, _NAMES),
        *((words, _NAMES) for words in document.also),
        (document.body[:MAX_BODY], _BODY),
    ]
