"""Made-up projects in any number: place, category, a title and 150 to 250 characters of text.

Words follow Zipf's law, as in real text: some of our field at the top, then three thousand
two-character words made by chance from common characters. The same seed gives the same projects.
"""

import random
from collections.abc import Iterator
from itertools import accumulate

from search.document import Document

CATEGORIES = (
    "elderly",
    "children",
    "disability",
    "health",
    "education",
    "relief",
    "environment",
    "community",
    "employment",
    "culture",
    "disaster",
    "volunteering",
)
WORDS = (
    *("社区", "服务", "老人", "项目", "慈善", "儿童", "志愿者", "村民", "帮扶", "困难", "家庭"),
    *("养老", "助餐", "关爱", "基金", "捐赠", "改造", "独居", "留守", "健康", "教育", "康复"),
    *("残疾人", "就业", "培训", "环境", "救助", "活动", "医疗", "陪伴", "心理", "适老化"),
    *("幸福家园", "公益创投", "社工站", "微心愿", "助学", "防汛", "垃圾分类", "图书", "课后"),
)
_COMMON = (
    "天地人大小山水火木金土日月星云风雨雪春夏秋冬东西南北中上下左右前后里外高低长短多少新老好美"
    "学校书文字画音乐体育科技农工商医药车船路桥门窗房屋衣食住行手足头心目耳口身力气光色声香味"
    "红黄蓝绿白黑开关来去进出起落生成立定安平和顺明清正直真实信义礼智仁勇爱敬思想言语话说读写"
)
_TOWNS = ("凤凰", "古楼", "西山", "长港", "碧石渡", "汀祖", "泽林", "杜山", "花湖", "燕矶")
_ENDINGS = ("计划", "行动", "项目", "站点", "基金")


def projects(number: int, seed: int = 1) -> Iterator[Document]:
    """So many projects with the ids project:1, project:2, …"""
    chance = random.Random(seed)
    vocabulary, weights = _vocabulary(chance)
    for row in range(1, number + 1):
        codes = _place(chance)
        town = _TOWNS[int(codes[3][6:]) % len(_TOWNS)]
        title = "".join([town, *chance.choices(vocabulary, cum_weights=weights, k=3)])
        yield Document(
            id=f"project:{row}",
            kind="project",
            title=title + chance.choice(_ENDINGS),
            body=_text(chance, vocabulary, weights),
            place_codes=codes,
            category=chance.choice(CATEGORIES),
            organisation=f"{town}街道社会工作服务中心",
            status=chance.choices(("open", "funded", "closed"), (6, 2, 2))[0],
            url=f"/projects/{row}",
            published_on=f"{chance.randint(2021, 2025)}-{chance.randint(1, 12):02}-"
            f"{chance.randint(1, 28):02}",
            keys=(f"5342{row:014}",),
            also=(f"{town}街道",),
        )


def _vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    made = ("".join(chance.choices(_COMMON, k=2)) for _ in range(3000))
    words = list(dict.fromkeys([*WORDS, *made]))
    return words, list(accumulate(1 / (rank + 8) for rank in range(len(words))))


def _place(chance: random.Random) -> tuple[str, ...]:
    """Province, prefecture, county, township, village."""
    prefecture = f"42{chance.randint(1, 13):02}"
    county = f"{prefecture}{chance.randint(1, 8):02}"
    township = f"{county}{chance.randint(1, 10):03}"
    return ("42", prefecture, county, township, f"{township}{chance.randint(1, 12):03}")


def _text(chance: random.Random, vocabulary: list[str], weights: list[float]) -> str:
    wished = chance.randint(150, 250)
    text = ""
    while len(text) < wished:
        words = chance.choices(vocabulary, cum_weights=weights, k=chance.randint(3, 9))
        text += "".join(words) + chance.choice("，，。")
    return text
