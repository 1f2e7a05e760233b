"""Files of questions brought into the bank, and taken out of it again."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import delete, func, select, update

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.authoring import actions as questions
from exam.authoring.actions import imports as actions
from exam.authoring.models import ImportRow
from exam.authoring.queries import imports as queries
from exam.authoring.queries.exporting import questions as exporting
from exam.authoring.rules import BulkAct
from exam.authoring.rules.imports import Decision, Remedy, RowState
from exam.errors import Refused
from question_bank import bank, formats
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Medium, ReadQuestion
from question_bank.items import Kind, SingleChoice, TrueFalse
from question_bank.models import Media, Question, QuestionVersion, QuestionVersionMedia, VersionState
from tests.builders import make_person, make_question, make_topic

PAPER = """一、单选题
1. 会员来电投诉时，第一步应当做什么？
A. 倾听
B. 打断
答案：A
知识点：投诉处理
2. 退款多久到账最合适？
A. 一天
B. 三天
答案：AB
3. 怎样结束通话才合规矩？
A. 致谢
B. 直接挂断
二、判断题
4. 工单当天必须回访。（√）
三、填空题
5. 会员卡有___种。
答案：三
"""


def finish(steps):
    """Run an action that says how far it is; gives what it made, and what it said."""
    said = []
    while True:
        try:
            said.append(next(steps))
        except StopIteration as end:
            return end.value, said


def begin(session, now, text=PAPER, **more):
    content = text.encode() if isinstance(text, str) else text
    actor_id = more.pop("actor_id", None)
    return finish(actions.begin(session, content, "题库.txt", now=now, actor_id=actor_id, **more))[0]


def rows_of(session, made):
    return list(session.scalars(select(ImportRow).where(ImportRow.import_id == made.id).order_by(ImportRow.position)))


def states(session, made):
    return [row.state for row in rows_of(session, made)]


def bring_in(session, made, now):
    return finish(actions.bring_in(session, made, actor_id=make_person(session, Role.TRAINER).id, now=now))


def test_a_file_becomes_rows_each_with_where_it_stands(session, now):
    made = begin(session, now)
    first, both, none, truth, blank = rows_of(session, made)
    assert states(session, made) == [
        RowState.READY, RowState.ERROR, RowState.ERROR, RowState.READY, RowState.UNSUPPORTED
    ]  # fmt: skip
    assert (made.format, first.place, first.topic) == ("paper", "line 2", "投诉处理")
    assert [problem["code"] for problem in both.problems] == [ReadCode.TWO_KEYS]
    assert [problem["code"] for problem in none.problems] == [ReadCode.NO_KEY]
    assert truth.content["correct"] is True
    assert (blank.content, blank.place) == (None, "line 17")
    assert "倾听" in first.source


def test_nothing_is_in_the_bank_before_it_is_brought_in(session, now):
    begin(session, now)
    assert session.scalar(select(func.count()).select_from(Question)) == 0


def test_what_is_ready_comes_in_as_drafts_and_the_rest_waits(session, now):
    made = begin(session, now, topic_id=make_topic(session, "综合").id)
    entry, said = bring_in(session, made, now)
    assert (entry.number, said) == (2, [(2, 2)])
    drafts = session.scalars(select(QuestionVersion).order_by(QuestionVersion.id)).all()
    assert [draft.state for draft in drafts] == [VersionState.DRAFT] * 2
    assert isinstance(bank.item_of(drafts[0]), SingleChoice)
    assert isinstance(bank.item_of(drafts[1]), TrueFalse)
    names = [topic.name for topic in bank.topics(session)]
    assert names == ["综合", "投诉处理"]
    assert states(session, made).count(RowState.IMPORTED) == 2
    assert made.content is not None
    audited = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "questions.imported")).all()
    assert audited == ["questions.imported"]


def test_family_and_expected_time_come_with_the_file(session, now):
    text = (
        "题型,题干,答案,知识点,同类组,预计秒数\n判断,工单当天回访。,对,回访,回访 时限,４５\n判断,次日回访。,错,回访,,\n"
    )
    made = finish(actions.begin(session, text.encode(), "题库.csv", now=now, actor_id=None))[0]
    finish(actions.bring_in(session, made, actor_id=None, now=now))
    found = session.execute(select(Question.family, Question.expected_seconds).order_by(Question.id)).all()
    assert [tuple(row) for row in found] == [("回访 时限", 45), ("", None)]
    assert [(one.family, one.seconds) for one in exporting(session, published_only=False)] == [
        ("回访 时限", 45),
        ("", None),
    ]


def test_questions_without_a_topic_need_one(session, now):
    made = begin(session, now)
    with pytest.raises(Refused) as refusal:
        bring_in(session, made, now)
    assert refusal.value.code == "no_topic"


def test_an_import_is_undone_and_its_questions_wait_again(session, now):
    made = begin(session, now, topic_id=make_topic(session).id)
    entry, _said = bring_in(session, made, now)
    actor = make_person(session, Role.TRAINER)
    assert actions.undo(session, entry, actor_id=actor.id, now=now + timedelta(minutes=5)) == 2
    assert session.scalar(select(func.count()).select_from(Question)) == 0
    assert states(session, made)[0] is RowState.READY
    assert entry.undone_by == actor.id
    with pytest.raises(Refused, match="undone"):
        actions.undo(session, entry, actor_id=actor.id, now=now)
    again, _said = bring_in(session, made, now + timedelta(minutes=6))
    assert again.number == 2


def test_undoing_an_import_lets_others_forget_what_they_were_like(session, now):
    topic = make_topic(session)
    first = begin(session, now, topic_id=topic.id)
    entry, _said = bring_in(session, first, now)
    second = begin(session, now, topic_id=topic.id)
    assert states(session, second)[0] is RowState.SKIPPED
    actions.undo(session, entry, actor_id=make_person(session).id, now=now)
    assert states(session, second)[0] is RowState.READY
    assert rows_of(session, second)[0].like_id is None


@pytest.mark.parametrize("change", ["publish", "revise"])
def test_an_import_of_which_something_was_changed_or_published_is_not_undone(session, now, change):
    made = begin(session, now, topic_id=make_topic(session).id)
    entry, _said = bring_in(session, made, now)
    version = session.scalars(select(QuestionVersion).order_by(QuestionVersion.id)).first()
    later = now + timedelta(minutes=1)
    if change == "publish":
        bank.publish(session, version, now=later)
    else:
        item = bank.item_of(version)
        question = session.get_one(Question, version.question_id)
        bank.revise(session, question, SingleChoice("新的？", item.choices), difficulty=1, now=later)
    with pytest.raises(Refused) as refusal:
        actions.undo(session, entry, actor_id=1, now=later)
    assert refusal.value.code == "changed_since"
    assert session.scalar(select(func.count()).select_from(Question)) == 2


@pytest.mark.parametrize("change", ["tag", "comment", "topic", "retire"])
def test_an_import_is_not_undone_once_something_was_done_with_its_questions(session, now, change):
    made = begin(session, now, topic_id=make_topic(session).id)
    entry, _said = bring_in(session, made, now)
    version = session.scalars(select(QuestionVersion).order_by(QuestionVersion.id)).first()
    question = session.get_one(Question, version.question_id)
    by = {"actor_id": make_person(session, Role.TRAINER).id, "now": now + timedelta(minutes=1)}
    if change == "tag":
        questions.set_tags(session, question, ["要点"], **by)
    elif change == "comment":
        questions.comment(session, version, "再想想", **by)
    elif change == "topic":
        to = questions.Change(BulkAct.TOPIC, topic=make_topic(session, "别处"))
        questions.edit_many(session, [question.id], to, **by)
    else:
        questions.retire_question(session, question, **by)
    with pytest.raises(Refused) as refusal:
        actions.undo(session, entry, **by)
    assert refusal.value.code == "changed_since"


def test_an_import_whose_rest_was_discarded_is_undone_and_there_again(session, now):
    made = begin(session, now, topic_id=make_topic(session).id)
    entry, _said = bring_in(session, made, now)
    actions.discard(session, made, now=now)
    assert actions.undo(session, entry, actor_id=make_person(session).id, now=now) == 2
    assert queries.import_of(session, made.id) is made
    assert states(session, made) == [RowState.READY] * 2


def test_what_somebody_else_brought_in_meanwhile_waits(session, now):
    topic = make_topic(session)
    first, second = (begin(session, now, topic_id=topic.id) for _ in range(2))
    bring_in(session, first, now + timedelta(minutes=1))
    assert states(session, second)[0] is RowState.READY
    entry, _said = bring_in(session, second, now + timedelta(minutes=2))
    assert entry is None
    assert session.scalar(select(func.count()).select_from(Question)) == 2
    row = rows_of(session, second)[0]
    assert (row.state, row.like_percent) == (RowState.DUPLICATE, 100)
    actions.decide(session, second, row, Decision.IMPORT, now=now)
    entry, _said = bring_in(session, second, now + timedelta(minutes=3))
    assert entry.number == 1


@pytest.mark.parametrize(
    ("behind_its_back", "code"),
    [(update(ImportRow).values(state=RowState.IMPORTED), "imported"), (delete(ImportRow), "gone")],
)
def test_a_question_that_went_while_it_was_looked_at_is_not_mended(session, now, behind_its_back, code):
    made = begin(session, now)
    row = rows_of(session, made)[0]
    session.execute(behind_its_back, execution_options={"synchronize_session": False})
    with pytest.raises(Refused) as refusal:
        actions.decide(session, made, row, Decision.SKIP, now=now)
    assert refusal.value.code == code


def test_a_table_whose_columns_nobody_named_yet_is_under_way(session, now):
    made = begin(session, now, "哪项对？,甲,乙,A\n哪项错？,丙,丁,B\n", format="csv")
    listed, total = queries.imports(session, limit=5, offset=0)
    assert ([one.made for one in listed], total) == ([made], 1)
    actions.discard(session, made, now=now)
    assert queries.imports(session, limit=5, offset=0)[1] == 0


def test_a_name_that_no_database_can_keep_is_kept_without_what_it_cannot(session, now):
    made = finish(actions.begin(session, PAPER.encode(), "题\0库.txt", now=now, actor_id=None))[0]
    assert made.name == "题 库.txt"


def test_remedies_make_a_question_ready(session, now):
    made = begin(session, now, topic_id=make_topic(session).id)
    _first, both, none, truth, _blank = rows_of(session, made)
    actions.mend(session, made, both, Remedy.MULTIPLE, now=now)
    # Both of two choices can't be right: the bank says so, and one is added in the editor.
    assert both.state is RowState.ERROR
    actions.take_key(session, made, both, ["a"], now=now)
    actions.mend(session, made, both, Remedy.SINGLE, now=now)
    assert both.state is RowState.READY
    actions.take_key(session, made, none, ["a"], now=now)
    assert none.state is RowState.READY
    actions.mend(session, made, truth, Remedy.FALSE, now=now)
    assert truth.content["correct"] is False
    with pytest.raises(Refused):
        actions.take_key(session, made, none, ["z"], now=now)


def test_an_essay_becomes_a_short_answer_if_a_trainer_says_so(session, now):
    made = begin(session, now, "一、论述题\n1. 谈谈倾听。\n答案：先听完再回应。\n")
    (row,) = rows_of(session, made)
    assert row.state is RowState.UNSUPPORTED
    actions.mend(session, made, row, Remedy.SHORT, now=now)
    assert (row.state, row.content["reference"]) == (RowState.READY, "先听完再回应。")


def test_choices_that_stand_in_one_are_split(session, now):
    text = "1. 先做什么？\nA. 倾听|记录|道歉\nB. 打断\n答案：A\n"
    made = begin(session, now, text)
    (row,) = rows_of(session, made)
    actions.split_choices(session, made, row, "a", now=now)
    assert [(one["id"], one["text"], one["correct"]) for one in row.content["choices"]] == [
        ("a", "倾听", True), ("b", "记录", False), ("c", "道歉", False), ("d", "打断", False)
    ]  # fmt: skip
    with pytest.raises(Refused):
        actions.split_choices(session, made, row, "d", now=now)


def test_what_the_bank_has_already_is_skipped_and_what_is_like_it_asked_about(session, now):
    topic = make_topic(session)
    same = begin(session, now, topic_id=topic.id)
    bring_in(session, same, now)
    made = begin(session, now, PAPER.replace("工单当天必须回访", "工单在当天必须回访") + PAPER)
    rows = rows_of(session, made)
    assert rows[0].state is RowState.SKIPPED
    assert rows[0].like_percent == 100
    near = next(row for row in rows if row.content and "工单在当天" in row.content["stem"])
    assert near.state is RowState.DUPLICATE
    assert near.like_id is not None
    actions.decide(session, made, near, Decision.IMPORT, now=now)
    assert near.state is RowState.READY
    twin = rows[5]
    assert (twin.like_position, twin.decision) == (1, Decision.SKIP)


def test_a_question_like_one_of_the_bank_can_become_its_next_version(session, now):
    topic = make_topic(session)
    question = make_question(session, TrueFalse("工单当天必须回访吗，为什么？", True), topic=topic)
    made = begin(session, now, "1. 工单当天就必须回访吗，为什么？（√）", topic_id=topic.id)
    (row,) = rows_of(session, made)
    assert row.like_id == question.question_id
    actions.decide(session, made, row, Decision.VERSION, now=now)
    bring_in(session, made, now)
    versions = bank.history(session, question.question_id)
    assert [version.number for version in versions] == [1, 2]
    assert versions[1].reason == "题库.txt"
    assert versions[1].stem == "工单当天就必须回访吗，为什么？（　　）"
    entry = queries.entries(session, limit=1, offset=0)[0][0].entry
    actions.undo(session, entry, actor_id=make_person(session).id, now=now)
    assert len(bank.history(session, question.question_id)) == 1


def test_pictures_of_a_file_are_kept_and_tied(session, now):
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(picture, "PNG")
    media = (Medium("card.png", picture.getvalue()),)
    question = ReadQuestion(Kind.TRUE_FALSE, "看图：![会员卡](card.png) 这是金卡。", "x", correct=True, media=media)
    content = formats.FORMATS["docx"].write([question]).content
    made = finish(actions.begin(session, content, "a.docx", now=now, actor_id=None, topic_id=make_topic(session).id))[0]
    (row,) = rows_of(session, made)
    medium = session.scalars(select(Media)).one()
    assert f"![会员卡]({medium.name})" in row.content["stem"]
    bring_in(session, made, now)
    assert session.scalars(select(QuestionVersionMedia.media_id)).all() == [medium.id]


def test_a_discarded_import_is_gone_and_what_came_of_it_stays(session, now):
    made = begin(session, now, topic_id=make_topic(session).id)
    bring_in(session, made, now)
    actions.discard(session, made, now=now)
    assert queries.import_of(session, made.id) is None
    assert session.scalar(select(func.count()).select_from(Question)) == 2
    assert len(rows_of(session, made)) == 2


def test_beside_a_question_of_word_stands_all_that_the_paper_says_of_it(session, now):
    content = formats.write("docx", formats.read(PAPER.encode())[1].questions).content
    made = finish(actions.begin(session, content, "题.docx", now=now, actor_id=None))[0]
    source = rows_of(session, made)[0].source
    assert all(one in source for one in ("第一步应当做什么", "倾听", "打断", "答案"))


def test_items_that_are_called_the_same_are_rows_each(session, now):
    item = "<item ident='a'><presentation><material><mattext>{0}</mattext></material><response_lid ident='r'>"
    item += "<render_choice><response_label ident='1'><material><mattext>甲</mattext></material></response_label>"
    item += "<response_label ident='2'><material><mattext>乙</mattext></material></response_label></render_choice>"
    item += "</response_lid></presentation></item>"
    text = f"<questestinterop>{item.format('先做什么？')}{item.format('然后呢？')}</questestinterop>"
    made = begin(session, now, text, format="qti")
    assert [row.content["stem"] for row in rows_of(session, made)] == ["先做什么？", "然后呢？"]


def test_a_file_nothing_can_be_made_of_is_not_kept(session, now):
    with pytest.raises(actions.Unimportable) as refusal:
        begin(session, now, "随便写的一段话。")
    assert refusal.value.problem.code is ReadCode.UNKNOWN_FORMAT
