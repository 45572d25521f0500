"""From text to terms: what a document is filed under, and what a query asks for.

Chinese is filed under every two neighbouring characters (bigrams), so that whatever stands in a
text is found, known word or not, however it was divided there. The dictionary divides only the
query: 鄂城区养老服务 asks for 鄂城区, 养老 and 服务, each anywhere. So words may be learned at
any time and no document has to be filed again. Letters and digits are filed as they stand.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import add

import rjieba

from search.folding import fold

#: A longer query is read up to here.
MAX_QUERY_CHARACTERS = 200
#: More words than this are not asked for.
MAX_QUERY_WORDS = 24
#: Of single characters standing alone so many are asked for; each stands for many terms.
MAX_QUERY_SINGLES = 8
#: Letters and digits in one word beyond this are cut off, in documents and queries alike.
MAX_TERM = 64

_HAN = "々〇㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
_KANA_HANGUL = "぀-ヿ가-힯"
_RUN = re.compile(rf"([{_HAN}{_KANA_HANGUL}]+)|([^\W_{_HAN}{_KANA_HANGUL}]+)")

#: Single characters that carry no meaning of their own; dropped when the query says more.
EMPTY_WORDS = frozenset("的了在是和与及或之等吗呢吧我你他她们要想请给为对把被有就也都个这那")
#: Where the name of a place ends, so that 长港镇峒 does not become one name.
_PLACE_ENDINGS = frozenset("省市县区镇乡村街")

#: Words of this field that the general dictionary lacks.
DOMAIN_WORDS = (
    "五社联动",
    "五社",
    "社工站",
    "社会工作者",
    "社区慈善基金",
    "慈善总会",
    "幸福家园",
    "公益创投",
    "微心愿",
    "适老化",
    "助餐",
    "助浴",
    "助医",
    "康养",
    "一老一小",
    "困境儿童",
    "留守儿童",
    "独居老人",
    "志愿者",
    "志愿服务",
    "网格员",
    "合作募捐",
)


def learn(words: Iterable[str]) -> None:
    """Teach the dictionary names and terms, such as those of the loaded places."""
    for word in words:
        folded = fold(word)
        if len(folded) > 1 and not rjieba.has_word(folded):
            rjieba.add_word(folded, None, None)


learn(DOMAIN_WORDS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query asks for, in folded terms.

    A document matches when it has all the `required` terms and, for each of `characters`, a term
    that begins with it, except for so many as may be `missing`; and one of the `alternatives` if
    there are any. `helpful` terms only raise the score: words that stand together in the
    query and in the text. `words` are for marking. `key` is the query as an exact key.
    """

    required: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    missing: int = 0
    alternatives: tuple[str, ...] = ()
    helpful: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    key: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that could be looked for."""
        return not self.words


def exact_key(text: str) -> str:
    """An exact key (credit code, plan number) without blanks, hyphens and other decoration."""
    return "".join(match.group() for match in _RUN.finditer(fold(text)))[: 2 * MAX_TERM]


def runs_of_han(folded: str) -> Iterator[str]:
    """The runs of Chinese in a folded text, in their order."""
    return (match.group(1) for match in _RUN.finditer(folded) if match.group(1))


def terms(folded: str) -> list[str]:
    """Every term a folded text is filed under, as often as it occurs.

    The last character of a run stands alone besides, so that each character begins a term.
    """
    found: list[str] = []
    for han, word in _RUN.findall(folded):
        if han:
            found += _pairs(han)
            found.append(han[-1])
        else:
            found.append(word[:MAX_TERM])
    return found


def read_query(text: str) -> Wanted:
    """Read what somebody typed. Anything may come; nothing in it is an operator."""
    folded = fold(text[:MAX_QUERY_CHARACTERS])
    runs = [match.groups() for match in _RUN.finditer(folded)]
    divided = [divide(han) if han else [word[:MAX_TERM]] for han, word in runs]
    words = list(dict.fromkeys(word for run in divided for word in run))
    telling = [word for word in words if word not in EMPTY_WORDS] or words
    telling = telling[:MAX_QUERY_WORDS]
    required: list[str] = []
    for word in telling:
        if not _is_han(word):
            required.append(word)
        elif len(word) > 1:
            required.extend(_pairs(word))
    singles = [word for word in telling if len(word) == 1 and _is_han(word)]
    helpful = [pair for han, _ in runs if han for pair in _pairs(han) if pair not in set(required)]
    return Wanted(
        required=tuple(dict.fromkeys(required)),
        characters=tuple(singles[:MAX_QUERY_SINGLES]),
        helpful=tuple(dict.fromkeys(helpful))[:MAX_QUERY_WORDS],
        words=tuple(telling),
        key=exact_key(text[:MAX_QUERY_CHARACTERS]),
    )


def _pairs(run: str) -> Iterator[str]:
    return map(add, run, run[1:])


def _is_han(word: str) -> bool:
    match = _RUN.match(word)
    return match is not None and match.group(1) is not None


def divide(run: str) -> list[str]:
    """The words of a run of Chinese; neighbours that no dictionary knows make one unknown word."""
    words: list[str] = []
    unknown = ""
    # Without guesses at new words: a wrong guess would ask for what no text has.
    for piece in rjieba.cut(run, False):
        if len(piece) == 1 and piece not in EMPTY_WORDS:
            unknown += piece
            if piece not in _PLACE_ENDINGS:
                continue
        if unknown:
            words.append(unknown)
            unknown = ""
        if len(piece) > 1 or piece in EMPTY_WORDS:
            words.append(piece)
    return [*words, unknown] if unknown else words
