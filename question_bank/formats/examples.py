"""What the files to fill in show: a question of each kind, as every format can have it."""

from fractions import Fraction

from question_bank.formats.reading import EVERYTHING, NOTHING, ReadChoice, ReadKeyPoint, ReadQuestion
from question_bank.responses import Kind

TITLE = "会员服务部题库"
INSTRUCTIONS = (
    "填写说明：把下面的例题换成自己的题目，题型可以只保留需要的几种。每道题以题号开头，选项各占一行；"
    "答案写在“答案”后面，多选题连写字母，判断题写对或错；简答题把采分点逐条写出，并注明分值。",
    "解析、难度、知识点和标签可以不写。这两段说明不会当作题目读入。",
)


def _choices(right: str, *texts: str) -> tuple[ReadChoice, ...]:
    share = Fraction(1, len(right))
    return tuple(
        ReadChoice(id, text, id in right, share if id in right else NOTHING)
        for id, text in zip("ABCDEF", texts, strict=False)
    )


EXAMPLES = (
    ReadQuestion(
        Kind.SINGLE_CHOICE, "会员来电投诉时，首先应当做的是（　　）。", "",
        choices=_choices("B", "解释公司规定", "耐心倾听并记录", "把电话转给主管", "请会员稍后再打来"),
        points=Fraction(2), difficulty=1, topic="投诉处理", tags=("新人",),
        explanation="先让会员把话说完并记下要点，再表示理解、道歉和处理。",
    ),
    ReadQuestion(
        Kind.MULTIPLE_CHOICE, "办理会员卡时，需要做到的有（　　）。", "",
        choices=_choices("ABD", "指导会员填写申请表", "核对身份证件", "替会员保管密码", "说明会员权益"),
        points=Fraction(3), difficulty=2, topic="会员办卡", explanation="密码只由会员本人保管。",
    ),
    ReadQuestion(
        Kind.TRUE_FALSE, "会员提出的问题当场答复不了时，可以先答应下来，再去请示主管。", "", correct=False,
        points=Fraction(2), difficulty=1, topic="沟通技巧", explanation="做不到的事不承诺，应先记录，再请示。",
    ),
    ReadQuestion(
        Kind.SHORT_ANSWER, "会员因积分丢失而情绪激动，你会怎样处理？", "", points=Fraction(5), difficulty=3,
        topic="投诉处理",
        key_points=(
            ReadKeyPoint("保持冷静，倾听并表示理解", Fraction(1)),
            ReadKeyPoint("诚恳道歉", EVERYTHING),
            ReadKeyPoint("查询记录，请技术人员恢复积分", Fraction(2)),
            ReadKeyPoint("回访确认", EVERYTHING),
        ),
    ),
)  # fmt: skip
"""About the work of a member service, since that is whose trainers fill them in."""
