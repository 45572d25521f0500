"""The projects that are no Happy Home project: each written by itself, one or more a category."""

from __future__ import annotations

from projects.listings.models import ProjectCategory as Category
from web.demo import district
from web.demo.plans import LinePlan, ProjectPlan

_HANDRAILS = (
    "洪港村委会在凤凰街道东边，在册四百一十二户。八十岁以上、自己住的老人有二十户，"
    "去年一年在家里摔过九次：夜里起床摸不到灯，洗澡没有地方扶，门口的石阶少了一级。\n\n"
    "嘉和的社工春天里逐户去看过，和老人一起量了尺寸，做成“一户一策”：床边抓杆、换鞋椅、坐便椅、"
    "带凳拐杖、感应夜灯，每户按三千元配，用不着的不装。第一批两户是样板，装好以后村里人来看过，"
    "提了七条意见，比如抓杆要再低四公分、换鞋椅要能放下雨靴，后面都照改了。\n\n"
    "钱由鄂城区慈善总会管理，我们提交票据，总会两个人审批、财务付款；每装好一批，由凤凰街道的验收人"
    "到户里去试，试过才算数。半年后社工会再走一遍，看看扶手有没有松、用得顺不顺手。\n\n"
    "二十户，每户三千元，一共六万元。"
)


def _lines(
    goods: str, first: int, work: str, second: int, own: str, third: int
) -> tuple[LinePlan, ...]:
    return LinePlan(goods, first), LinePlan(work, second), LinePlan(own, third, is_management=True)


#: Key, owner, code, category, title, for whom, how many, story, lines, deliverable, start, fill,
#: percent of small gifts, payees, expenses.
ROWS: tuple[tuple[str, str, str, Category, str, str, int, str, tuple[LinePlan, ...],
                  tuple[str, str, int, int], int, int, int, tuple[str, str], int], ...] = (
    ("handrails", "jiahe", "420704001206", Category.ELDERLY_ADAPTATION,
     "洪港村二十户老人家里的扶手", "八十岁以上独自居住的老人", 20, _HANDRAILS,
     _lines("适老器材", 48000, "入户安装人工", 10000, "评估回访与公示", 2000),
     ("适老化改造", "户", 3000, 20), 172, 93, 90, ("鄂州康居器材经营部", "凤凰街道便民安装队"), 11),
    ("canteen", "jiahe", "420704001207", Category.HAPPY_CANTEEN,
     "月陂村幸福食堂：中午这一餐", "七十岁以上的村民", 86,
     "月陂村的食堂开在旧村部，能坐四十个人。老人自己出三元，村里的菜园出青菜，"
     "差的是米油肉和一位掌勺师傅的工钱：算下来每份补八元。\n\n"
     "菜单每周日晚上贴出来，谁不能吃硬的、谁要少盐，社工都记在墙上的表里；走不动的由志愿者送到家。"
     "我们想先把一年的四千份备齐，让食堂不用一个月一个月地发愁。",
     _lines("食材补贴", 32000, "厨房设备更新", 6800, "卫生检测与公示", 1200),
     ("老人午餐", "份", 8, 4000), 148, 71, 86, ("凤凰街道惠民粮油店", "鄂州厨乐厨具经营部"), 7),
    ("garden", "yuhua", "420704003012", Category.SHARED_SPACE,
     "西山社区共享花园二期", "三个老院子的居民", 1300,
     "一期的六个种植箱去年种满了，现在排队等箱子的有三十一户。隔壁院子有一块堆杂物的空地，"
     "居民议事会开了四次，决定清出来做二期。\n\n花园不锁门，谁种谁管，收成一半自己拿走、"
     "一半放在分享架上。"
     "二期要做二十个木箱、一个雨水桶和一条能推轮椅的路。",
     _lines("种植箱与土壤", 16000, "小路与雨水收集", 8200, "议事与公示", 800),
     ("共享种植箱", "个", 800, 20), 134, 97, 88, ("花湖绿源苗圃", "西山街道园艺施工队"), 5),
    ("children", "kangle", "420704001002", Category.CHILDREN,
     "吴都社区儿童之家的四点半", "双职工家庭的小学生", 64,
     "下午四点半放学，家长六点半下班，中间两个小时孩子去哪里？吴都社区腾出一间八十平方米的屋子，"
     "我们负责人、书和点心。\n\n周一到周五开门，前一个小时写作业，后一个小时由孩子自己选："
     "下棋、画画、"
     "打羽毛球。一学期一百次，每次两位辅导员，签到表在这里公开。",
     _lines("辅导员补贴", 24000, "图书、点心与器材", 11000, "保险与公示", 1000),
     ("课后陪伴", "次", 240, 100), 121, 64, 84, ("鄂州文苑图书商行", "古楼街道开心文具店"), 5),
    ("guanliu", "anju", "420704002001", Category.ELDERLY_ADAPTATION,
     "官柳社区十二户的卫生间改造", "行动不便的老人", 12,
     "官柳是八十年代的楼，卫生间都有一级台阶。十二户老人报了名，评估员量过门宽："
     "最窄的只有五十八公分。\n\n"
     "每户三千元：拆台阶、铺防滑砖、装两根扶手、换带凳的花洒。施工一户两天，"
     "期间老人在社区日间照料点休息。",
     _lines("防滑与扶手材料", 28800, "拆改人工", 6000, "评估与公示", 1200),
     ("适老化改造", "户", 3000, 12), 104, 58, 78, ("鄂州康居器材经营部", "古楼街道便民维修队"), 4),
    ("sanjia", "yangye", "420704106204", Category.ELDERLY_ADAPTATION,
     "三浃村十户的一户一策", "江堤边独居的老人", 10,
     "三浃村沿江，老屋门槛高、地面潮。十户的方案都不一样：有的要斜坡，有的要夜灯，"
     "有的只要把灶台边的电线收好。\n\n"
     "杨叶江岸的社工和镇卫生院的康复师一起做的评估，每户一张图，贴在门后。",
     _lines("适老器材", 24000, "安装人工", 5000, "评估与公示", 1000),
     ("适老化改造", "户", 3000, 10), 76, 41, 80, ("鄂州康居器材经营部", "杨叶镇民生施工队"), 3),
    ("zelinmeal", "zelin", "420704100215", Category.HAPPY_CANTEEN,
     "泽林村老人饭桌的冬天", "村里六十八位老人", 68,
     "饭桌办了两年，夏天热闹，冬天冷清：菜端上来就凉了。今年想添保温餐台、"
     "两台取暖桌和送餐的保温箱。\n\n"
     "取暖桌带断电保护，电费由村集体出。送餐线路有三条，志愿者已经排好班。",
     _lines("保温与取暖设备", 15600, "送餐补贴", 6000, "公示与培训", 400),
     ("保温餐位", "个", 260, 60), 92, 83, 82, ("鄂州厨乐厨具经营部", "泽林镇便民商店"), 3),
    ("summer", "tongxing", "420704108204", Category.CHILDREN,
     "峒山村暑期课堂", "留在村里过暑假的孩子", 45,
     "七月和八月，峒山村的四十五个孩子有三十个白天没有大人在家。暑期课堂开六周，上午功课、"
     "下午游泳安全和手工。\n\n"
     "教室借村小的，老师是放假回来的大学生，我们出餐费、保险和教具，最后一天孩子们办一场展。",
     _lines("餐费与教具", 13500, "大学生补贴", 9000, "保险与公示", 900),
     ("暑期陪伴", "人", 300, 45), 168, 100, 85, ("长港镇惠农超市", "鄂州文苑图书商行"), 4),
    ("kitchen", "yuhua", "420704001013", Category.SHARED_SPACE,
     "江城社区共享厨房添一台灶", "租住在社区的年轻家庭", 260,
     "共享厨房去年接待了两千多人次：过生日的、包粽子的、教外地媳妇做鱼面的。一台灶排不过来。\n\n"
     "添一台灶、一台冰柜和一套消毒柜，预约表挂在门口，也会放到社区的群里。用完打扫是唯一的规矩。",
     _lines("灶具与冰柜", 12000, "水电改造", 4500, "检测与公示", 500),
     ("厨房设备", "台", 4000, 3), 63, 76, 86, ("鄂州厨乐厨具经营部", "凤凰街道水电维修部"), 2),
    ("clinic", "yanji", "420704105002", Category.HEALTH,
     "燕矶社区的慢病小屋", "有高血压和糖尿病的居民", 310,
     "每个月的义诊排队排到门外，量完就散，没有人接着管。慢病小屋想做的就是“接着管”：一人一本册子，"
     "每周两个半天，护士教大家看懂自己的数字。\n\n一年一百场，退休护士轮班，只领交通补贴。",
     _lines("护士补贴与耗材", 22000, "测量设备", 7400, "培训与公示", 600),
     ("慢病小组", "场", 220, 100), 88, 36, 75, ("鄂州仁济医疗器械部", "燕矶镇康民药房"), 2),
    ("pond", "lvye", "420704200207", Category.ENVIRONMENT,
     "沙窝村三口塘的水", "沙窝村一组到四组", 920,
     "三口塘连着，上头的水一浑，下头的菜就浇不成。请水利站看过：要清淤、要种水草，"
     "还要管住进塘的几根管子。\n\n"
     "清淤按塘算，一口一口做，做完一口请村民下塘看，看满意了再做下一口。",
     _lines("清淤与水草", 24000, "截污小工程", 8000, "水质检测与公示", 1000),
     ("清洁水塘", "口", 8000, 3), 51, 29, 70, ("长港镇利民机械租赁部", "沙窝乡路桥施工队"), 1),
    ("council", "heqi", "420704001014", Category.GOVERNANCE,
     "澜湖社区议事厅：四十场板凳会", "十六个小区的居民", 5200,
     "停车、噪音、加装电梯，澜湖社区的难题都要坐下来说。板凳会就在楼下开，一次一件事，有人记、"
     "有人报时、有结果上墙。\n\n"
     "这笔钱用来培养二十位居民主持人，开满四十场，把每一场的记录整理出来给别的社区看。",
     _lines("会务与主持人培训", 12000, "记录与汇编", 3600, "公示", 400),
     ("板凳会", "场", 300, 40), 82, 52, 74, ("凤凰街道会务服务部", "鄂州新印图文店"), 3),
    ("nightschool", "bishi", "420704103201", Category.EDUCATION,
     "碧石村夜校的电脑课", "想学电脑的村民", 120,
     "夜校开了两期，报名的人比座位多一倍。大家想学的很具体：网上挂号、给孩子交费、"
     "在手机上卖自家的藕。\n\n"
     "添十二台翻新电脑，请镇上的老师每周讲两个晚上，旧电脑三年内由供应商包修。",
     _lines("翻新电脑", 18000, "教师课酬", 7200, "公示", 300),
     ("电脑学位", "台", 1500, 12), 44, 18, 72, ("鄂州翻新电脑维修部", "碧石镇文化服务部"), 0),
    ("flood", "shawo", "420704200209", Category.RELIEF,
     "渔坝村汛期互助包", "低洼处的九十户", 90,
     "渔坝村地势低，六月到八月要守堤。互助包一户一份：手电、雨衣、净水片、急救小包、"
     "写着联络人电话的防水卡。\n\n"
     "汛前发到户，汛后清点，没有用掉的收回来下一年再用。",
     _lines("互助包物资", 16200, "仓储与配送", 2400, "公示", 300),
     ("汛期互助包", "份", 180, 90), 27, 48, 68, ("沙窝乡应急物资供应站", "西山短途货运部"), 0),
)  # fmt: skip

#: Written or sent for review, not public yet: state, owner, code, category, title, story.
WAITING = (
    ("draft", "jiahe", "420704001206", Category.SHARED_SPACE, "洪港村的共享工具屋",
     "打药机、电锯、梯子，一年用两三次的东西不必家家买。想在村部旁边搭一间工具屋，登记借用，坏了修好再还。"),
    ("draft", "kangle", "420704002006", Category.HEALTH, "儒学社区的跌倒预防课",
     "每周一次，四十分钟，教老人怎样起身、怎样转身、摔了怎样求助。先开两期，每期二十人。"),
    ("draft", "dushan", "420704101206", Category.HAPPY_CANTEEN, "三山村互助食堂筹备",
     "场地已经有了，正在向老人们问：想吃什么，几点吃，愿意出多少。问完再定预算。"),
    ("submitted", "jiahe", "420704001207", Category.CHILDREN, "月陂村周末棋社",
     "村里有三位老人下得一手好象棋，孩子们想学。周六上午在食堂的长桌上开棋社，一学期二十次，添棋具和点心。"),
    ("submitted", "kangle", "420704002012", Category.ELDERLY_ADAPTATION, "花园社区八户的夜灯与扶手",
     "八户报名，评估已经做完：夜里起床的路上装感应灯，马桶边装扶手，每户一千五百元，施工半天。"),
    ("submitted", "tingzu", "420704104206", Category.HAPPY_HOME, "华伍村：村口的候车亭",
     "城乡公交改线以后，华伍村口成了大站。村民代表会议定在老樟树旁搭一座候车亭，三面挡风，带座位和灯。"),
    ("submitted", "fankou", "420704400004", Category.GOVERNANCE, "樊口社区渔民上岸议事会",
     "上岸的渔民和老居民住在一栋楼里，习惯不一样。每月一场议事会，一次说一件事，一年十二场，记录上墙。"),
    ("returned", "jiahe", "420704001018", Category.ENVIRONMENT, "菜园头社区的厨余堆肥箱",
     "六个院子各放一只堆肥箱，厨余变成花园的土。居民已经试了两个月，想把箱子换成不漏水的。"),
    ("returned", "yanji", "420704105203", Category.HEALTH, "车湖村流动义诊",
     "镇卫生院的医生每月来一次，我们出车和耗材，走遍四个湾。一年十二次，每次服务六十人左右。"),
)  # fmt: skip

RETURN_REASONS = (
    "预算里“设备”一项没有说明单价与数量，请拆开写；另外请附上六个院子同意摆放的会议记录编号。",
    "受益人数写的是人次，请改为人数；交通费请按次数列出，并说明与卫生院的分工。",
)


def projects(count: int, first_number: int) -> list[ProjectPlan]:
    """The first `count` of them, each with a filed plan of its own."""
    plans = []
    for index, row in enumerate(ROWS[:count]):
        (key, owner, code, category, title, people, number, story, lines, deliverable, starts,
         fill, small, payees, spends) = row  # fmt: skip
        plans.append(
            ProjectPlan(
                key, owner, title, code, district.places().get(code, ""), category, people, number,
                story, lines, deliverable, starts, -(60 + 9 * index), first_number + index,
                starts + 15, fill, small, payees, spends,
            )
        )  # fmt: skip
    return plans


def waiting(count: int, first_number: int) -> list[tuple[str, ProjectPlan]]:
    """State and plan of projects that are not public yet; they start some days ahead."""
    plans = []
    for index, (state, owner, code, category, title, story) in enumerate(WAITING[:count]):
        plan = ProjectPlan(
            f"waiting{index}", owner, title, code, district.places().get(code, ""), category,
            "本社区（村）居民", 40 + 20 * index, story,
            _lines("物资与设备", 9600, "人工与补贴", 2000, "公示", 400),
            ("服务", "次", 480, 20), -(8 + index), -150, first_number + index, 9 + index, 0,
        )  # fmt: skip
        plans.append((state, plan))
    return plans
