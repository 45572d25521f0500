"""Documents for the tests: a small district with something of everything."""

from search import Document

CREDIT_CODE = "51420704MJH0123456"
PLAN_NUMBER = "53420704MJH0123456A25001"
PETITION = "鄂慈备〔2025〕3号"

HANDRAILS = Document(
    id="project:1",
    kind="project",
    title="凤凰街道适老化改造",
    body="为独居老人的家里装上扶手和夜灯，20户，每户3000元。由社工上门评估，志愿者陪同施工。",
    place_codes=("42", "4207", "420704", "420704001"),
    category="elderly",
    organisation="鄂城区益家社会工作服务中心",
    status="open",
    url="/projects/1",
    published_on="2025-03-01",
    keys=(PLAN_NUMBER,),
    also=("湖北省鄂州市鄂城区凤凰街道", "养老助老"),
    amount=6_000_000,
    gap=1_500_000,
    ends_on="2025-09-01",
    wants="yes",
)
CANTEEN = Document(
    id="project:2",
    kind="project",
    title="峒山村幸福食堂助餐點",
    body="村裡老人每天中午吃上熱飯。志願者輪流掌勺，慈善總會補貼。",
    place_codes=("42", "4207", "420704", "420704103", "420704103210"),
    category="elderly",
    organisation="长港镇峒山村村民委员会",
    status="closed",
    url="/projects/2",
    published_on="2025-05-20",
    also=("湖北省鄂州市鄂城区长港镇峒山村",),
    amount=2_000_000,
    ends_on="2025-05-31",
)
READING = Document(
    id="project:3",
    kind="project",
    title="留守儿童周末阅读角",
    body="社区图书室周末开放，大学生陪伴阅读。ＡＢＣ英语角同时开放。",
    place_codes=("42", "4207", "420702", "420702100"),
    category="children",
    organisation="梁子湖区青年志愿者协会",
    status="open",
    url="/projects/3",
    published_on="2024-11-11",
    amount=800_000,
    gap=800_000,
    ends_on="2025-07-15",
    wants="yes",
)
CENTRE = Document(
    id="organisation:7",
    kind="organisation",
    title="鄂城区益家社会工作服务中心",
    body="2012年成立，服务老人、儿童和残疾人。",
    place_codes=("42", "4207", "420704"),
    status="verified",
    url="/organisations/7",
    published_on="2023-01-05",
    keys=(CREDIT_CODE, PETITION),
)
DISTRICT = (HANDRAILS, CANTEEN, READING, CENTRE)
