"""Who is in the demo, and how far each has come. Names and stories only; `forge` lets them happen."""

from dataclasses import dataclass
from enum import StrEnum

PASSWORD = "jieye-demo"


class Story(StrEnum):
    """How far a new hire of the demo has come."""

    IN_COURSE = "in_course"
    WINDOW_OPEN = "window_open"
    BOOKED = "booked"
    IN_ROOM = "in_room"
    """Sits the exam while the demo is made; `left` tells how long ago it began, in minutes."""
    MISSED = "missed"
    WAITING = "waiting"
    """Handed in; short answers still to be marked."""
    MARKED = "marked"
    """Marked, not yet released."""
    RELEASED = "released"
    """Released; HR hasn't decided."""
    CONFIRMED = "confirmed"
    TUTORING = "tutoring"
    """Failed; learning again."""
    READY = "ready"
    """Failed; all steps done, the tutor signs next."""
    RETAKE_OPEN = "retake_open"
    RETAKE_CONFIRMED = "retake_confirmed"
    LAST_FAILED = "last_failed"
    """Failed the last retake too; HR decides."""
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True)
class Worker:
    """Somebody of the staff who signs in."""

    username: str
    full_name: str
    role: str


@dataclass(frozen=True)
class NewHire:
    """A new hire; `score` is what they reach at the first try, `left` how much of a course or plan is still to do."""

    username: str
    full_name: str
    story: Story
    score: int = 0
    left: int = 0
    earlier: bool = False
    """Belongs to the cohort before, all of whose sittings have closed."""
    by_deadline: bool = False
    """Never pressed the button: the clock handed in."""
    late: bool = False
    """An answer came after the deadline and waits for a decision."""


STAFF = (
    Worker("trainer", "周敏", "trainer"),
    Worker("trainer2", "陈立", "trainer"),
    Worker("trainer3", "许静", "trainer"),
    Worker("hr", "何静", "hr"),
    Worker("admin", "孙工", "admin"),
)

NEW_HIRES = (
    NewHire("newhire", "林晓雨", Story.IN_COURSE, left=2),
    NewHire("newhire2", "王浩", Story.WINDOW_OPEN),
    NewHire("newhire3", "陈思远", Story.BOOKED),
    NewHire("newhire4", "李佳怡", Story.WAITING, 84),
    NewHire("newhire5", "张子涵", Story.TUTORING, 74, left=3),
    NewHire("newhire6", "赵雨晴", Story.RETAKE_OPEN, 71),
    NewHire("newhire7", "刘一鸣", Story.RELEASED, 94),
    NewHire("newhire8", "杨柳", Story.CONFIRMED, 88, earlier=True),
    # The cohort around them: thirty people in every state.
    NewHire("gao.ming", "高明", Story.IN_COURSE, left=30),
    NewHire("xu.jie", "徐洁", Story.IN_COURSE, left=21),
    NewHire("ouyang.mingyue", "欧阳明月", Story.IN_COURSE, left=12),
    NewHire("ma.chao", "马超", Story.IN_COURSE, left=5),
    NewHire("zhu.lin", "朱琳", Story.WINDOW_OPEN),
    NewHire("hu.bin", "胡斌", Story.IN_ROOM, left=27),
    NewHire("guo.xin", "郭欣", Story.BOOKED),
    NewHire("he.rui", "何蕊", Story.IN_ROOM, left=9),
    NewHire("luo.wen", "罗文", Story.MISSED),
    NewHire("liang.yu", "梁宇", Story.WAITING, 91),
    NewHire("song.ning", "宋宁", Story.WAITING, 79),
    NewHire("tang.yan", "唐岩", Story.WAITING, 86, by_deadline=True, late=True),
    NewHire("han.xue", "韩雪", Story.WAITING, 68),
    NewHire("feng.tao", "冯涛", Story.MARKED, 83),
    NewHire("yu.qian", "于倩", Story.MARKED, 77),
    NewHire("dong.jian", "董健", Story.MARKED, 92),
    NewHire("xiao.han", "萧寒", Story.RELEASED, 87),
    NewHire("cheng.lu", "程璐", Story.RELEASED, 81),
    NewHire("cao.yang", "曹阳", Story.READY, 76),
    NewHire("yuan.fang", "袁方", Story.TUTORING, 63, left=4),
    NewHire("deng.li", "邓莉", Story.CONFIRMED, 95),
    NewHire("fu.qiang", "傅强", Story.CONFIRMED, 85),
    NewHire("shen.jing", "沈静", Story.RETAKE_CONFIRMED, 78),
    NewHire("zeng.hui", "曾慧", Story.RETAKE_CONFIRMED, 72),
    NewHire("peng.fei", "彭飞", Story.CONFIRMED, 82, earlier=True),
    NewHire("lv.dan", "吕丹", Story.CONFIRMED, 97, earlier=True),
    NewHire("su.yi", "苏毅", Story.CONFIRMED, 90, earlier=True),
    NewHire("lu.ping", "卢萍", Story.CONFIRMED, 86, earlier=True),
    NewHire("jiang.nan", "蒋楠", Story.CONFIRMED, 89, earlier=True, by_deadline=True),
    NewHire("cai.wei", "蔡薇", Story.RETAKE_CONFIRMED, 75, earlier=True),
    NewHire("jia.peng", "贾鹏", Story.NOT_CONFIRMED, 58, earlier=True),
    NewHire("ding.xiang", "丁香", Story.LAST_FAILED, 66, earlier=True),
)

SIGN_INS = {
    "newhire": "new hire in the course, two pages left",
    "newhire2": "new hire with an open window, nothing booked",
    "newhire3": "new hire with a booked time",
    "newhire4": "new hire waiting for marks",
    "newhire5": "new hire who failed and is being tutored",
    "newhire6": "new hire whose retake is open",
    "newhire7": "new hire with a distinction, waiting for HR",
    "newhire8": "new hire confirmed in post, who may look at the keys",
    "trainer": "trainer and tutor",
    "trainer2": "second trainer",
    "trainer3": "third trainer, tutor of nobody: marks a second time",
    "hr": "HR",
    "admin": "administrator",
}
"""Who can sign in and what they find; printed at the start and listed in the README."""
