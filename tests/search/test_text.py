"""Folding, dividing and marking: the same spelling for all, and the words seen on the page."""

import pytest

from search.folding import fold, fold_aligned
from search.highlighting import EXCERPT, Marker
from search.segmentation import exact_key, learn, read_query, terms
from search.weighting import document_terms
from tests.search.made import HANDRAILS


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("鄂州市鄂城區", "鄂州市鄂城区"),
        ("後裏髮麵", "后里发面"),
        ("ＡＢＣ１２３", "abc123"),
        ("㈱ ①", "(株) 1"),
        ("a\ud800b\udfff", "a b "),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == fold(folded)
    assert fold(fold(text)) == fold(text)


def test_a_part_folds_as_it_does_in_the_whole() -> None:
    text = "乾隆年間，乾燥的頭髮著了魔後來發財"
    assert "".join(map(fold, text)) == fold(text)


def test_each_folded_character_knows_where_it_came_from() -> None:
    folded, origins = fold_aligned("①㈱服務")
    assert folded == "1(株)服务"
    assert origins == [0, 1, 1, 1, 2, 3]


def test_chinese_is_filed_by_pairs_and_latin_by_words() -> None:
    assert list(terms(fold("養老院A級，20户 v2_x"))) == [
        *("养老", "老院", "院", "a", "级", "20", "户", "v2", "x"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("鄂城区养老服务", ("鄂城区", "养老", "服务")),
        ("適老化改造", ("适老化", "改造")),
        ("胡林村", ("胡林村",)),
        ("我要捐款", ("捐款",)),
        ("的", ("的",)),
        ("幸福家园 ABC", ("幸福家园", "abc")),
        ("老人 老人", ("老人",)),
        ("***", ()),
    ],
)
def test_words_of_a_query(text: str, words: tuple[str, ...]) -> None:
    assert read_query(text).words == words


def test_what_is_required_and_what_only_helps() -> None:
    wanted = read_query("社区食堂")
    assert wanted.required == ("社区", "食堂")
    assert wanted.helpful == ("区食",)
    assert read_query("村").characters == ("村",)


def test_names_can_be_learned() -> None:
    learn(["磐石驿站", "鄂"])
    assert read_query("磐石驿站助餐").words == ("磐石驿站", "助餐")


def test_a_long_query_is_cut() -> None:
    assert len(read_query("天地" * 9000).required) <= 200
    assert len(read_query(" ".join(map(str, range(9000)))).words) == 24


def test_keys_lose_their_decoration() -> None:
    assert exact_key(" 鄂慈備〔2025〕3號 ") == "鄂慈备20253号"


def test_weights_stay_in_bounds() -> None:
    weights = document_terms(HANDRAILS)
    assert 0 < min(weights.values()) <= max(weights.values()) <= 2.25
    assert weights["适老"] > weights["夜灯"]


def test_the_longest_word_is_marked_whole() -> None:
    marker = Marker(read_query("养老服务 服务项目"))
    assert marker.title("养老服务项目") == (("养老服务项目", True),)


def test_a_text_without_the_words_begins_at_its_beginning() -> None:
    text = "春夏秋冬" * 40
    excerpt = Marker(read_query("助餐")).excerpt(text)
    assert excerpt == ((text[:EXCERPT], False), ("…", False))


def test_the_excerpt_shows_where_most_words_are() -> None:
    text = "老人。" + "春夏秋冬" * 40 + "。这里有老人和助餐。" + "东南西北" * 40
    excerpt = Marker(read_query("老人 助餐")).excerpt(text)
    assert excerpt[:5] == (
        ("…", False),
        ("这里有", False),
        ("老人", True),
        ("和", False),
        ("助餐", True),
    )
    assert excerpt[-1] == ("…", False)


def test_markup_in_a_text_stays_text() -> None:
    marker = Marker(read_query("老人"))
    assert marker.title("<b>老人</b>") == (("<b>", False), ("老人", True), ("</b>", False))


def test_only_parts_of_words_are_marked_when_no_word_is_whole() -> None:
    assert ("福家", True) in Marker(read_query("幸福家园")).title("福家路")
