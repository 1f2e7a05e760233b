"""The receipt's pages: reading and downloading one's own, checking one, and who may check whose."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import delete, update

from exam.accounts.rules import Role
from exam.attempts import actions
from exam.attempts.models import Answer
from exam.beats import Beat
from exam.receipts.models import IssuedReceipt
from exam.receipts.rules import Signed
from question_bank.items import Kind
from tests.attempts.builders import begin, places
from tests.builders import NOW, make_person
from tests.marking.builders import LATER
from tests.receipts.builders import handed_in, issued_to, receipt_of, revised, slip_in, unguarded, unsign


@pytest.fixture
def person(session):
    return make_person(session, full_name="林小雨")


@pytest.fixture
def attempt(app, session, client, person, set_clock):
    """A closed attempt of the person who is signed in."""
    set_clock(LATER)
    made = handed_in(app, session, person)
    client.sign_in(person)
    return made


def check(client, **fields):
    return client.post("/receipts/check", data=fields)


def by_code(session, client, attempt):
    return check(client, number=receipt_of(session, attempt).number, code=receipt_of(session, attempt).code)


def document(session, attempt, revision=1):
    return issued_to(session, attempt, revision).signed.to_file()


def test_the_page_shows_number_code_and_key(session, client, attempt):
    page, receipt = client.get(f"/attempts/{attempt.id}/receipt").text, receipt_of(session, attempt)
    for word in (receipt.number, receipt.code, receipt.key, "现在核对"):
        assert word in page
    assert "第 1 版" not in page
    assert "之前的版本" not in page


def test_the_page_shows_the_time_that_was_given_and_why(app, session, clients):
    person = make_person(session)
    attempt = begin(session, person)
    session.add(Beat(id=1, at=NOW + timedelta(minutes=10)))
    session.flush()
    actions.beat(session, NOW + timedelta(minutes=12, seconds=5))
    trainer = make_person(session, Role.TRAINER)
    actions.give_time(session, attempt, 300, LATER, actor_id=trainer.id, reason="考场停电")
    with app.app_context():
        actions.submit(session, attempt, [], 1, LATER)
    page = clients().sign_in(person).get(f"/attempts/{attempt.id}/receipt").text.replace("\u00a0", " ")
    assert "2 分 5 秒，系统中断（09:42 恢复）" in page
    assert "5 分钟，培训师补时：考场停电" in page


def test_a_download_is_the_receipt_with_its_signature(session, client, attempt):
    answer = client.get(f"/attempts/{attempt.id}/receipt/1")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="JY-{attempt.id:06d}-1.json"'
    assert Signed.read(answer.text) == issued_to(session, attempt).signed
    assert client.get(f"/attempts/{attempt.id}/receipt/2").status_code == 404


def test_a_revised_receipt_says_why_and_keeps_the_earlier_one(app, session, client, attempt):
    first = receipt_of(session, attempt)
    position = revised(app, session, attempt)
    page = client.get(f"/attempts/{attempt.id}/receipt").text
    assert "是否计入由培训师决定" not in page
    assert f"第 {position} 题迟到送达的答案已计入" in page
    assert "第 2 版" in page
    assert f'href="/attempts/{attempt.id}/receipt/1"' in page
    assert receipt_of(session, attempt).code in page
    assert first.code not in page


def test_a_receipt_whose_record_is_gone_is_told_as_missing(session, client, attempt):
    """Who to ask, with which number; the file that was downloaded can still be checked."""
    with unguarded(session) as run:
        run(delete(IssuedReceipt))
    answer = client.get(f"/attempts/{attempt.id}/receipt")
    assert answer.status_code == 200
    for word in ("回执存根不见了", "必须查清", "人事和本站的管理员", f"JY-{attempt.id:06d}", "林小雨"):
        assert word in answer.text
    assert "可以放松一下了" not in answer.text
    assert client.get(f"/attempts/{attempt.id}/receipt/1").status_code == 404
    assert client.get(f"/attempts/{attempt.id}/record").status_code == 200


def test_a_receipt_that_can_no_longer_be_read_is_told_as_changed(session, client, attempt):
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(content="{}"))
    page = client.get(f"/attempts/{attempt.id}/receipt").text
    assert "回执存根被改动过" in page
    assert "回执存根不见了" not in page
    assert client.get(f"/attempts/{attempt.id}/receipt/1").status_code == 404
    assert client.get(f"/attempts/{attempt.id}/record").status_code == 200
    client.sign_in(make_person(session, Role.TRAINER))
    for path in ("/invigilation", f"/invigilation/attempts/{attempt.id}"):
        assert client.get(path).status_code == 200


def test_a_late_answer_counts_though_the_first_receipt_is_gone(app, session, client, attempt):
    """The second keeps its number, and the page says that another is missing."""
    with unguarded(session) as run:
        run(delete(IssuedReceipt))
    revised(app, session, attempt)
    assert receipt_of(session, attempt).revision == 2
    page = client.get(f"/attempts/{attempt.id}/receipt").text
    assert receipt_of(session, attempt).code in page
    assert "之前某一版的存根不见了" in page


def test_an_attempt_set_aside_while_it_ran_has_no_receipt_to_miss(session, client, person, attempt):
    running = begin(session, person)
    actions.void(session, running, make_person(session, Role.TRAINER).id, "停电", LATER)
    page = client.get(f"/attempts/{running.id}/receipt").text
    assert "不见了" not in page
    assert "已作废" in page


def test_nothing_of_the_salt_or_the_bank_leaves_the_server(session, client, attempt):
    salt = issued_to(session, attempt).salt
    for path in (f"/attempts/{attempt.id}/receipt", f"/attempts/{attempt.id}/receipt/1", "/receipts/check"):
        sent = client.get(path).text
        assert salt not in sent
        assert "choices" not in sent
    assert salt not in by_code(session, client, attempt).text


def test_number_and_code_are_enough(session, client, attempt):
    receipt = receipt_of(session, attempt)
    for number, code in [
        (receipt.number, receipt.code),
        (f" ｊｙ－{attempt.id} ", receipt.code[:19].upper()),
        (str(attempt.id), receipt.code.replace(" ", "\n")),
    ]:
        page = check(client, number=number, code=code)
        assert page.status_code == 200
        assert "回执真实，答案未改动" in page.text
        assert receipt.code in page.text


def test_a_file_or_its_text_is_checked(session, client, attempt):
    whole = document(session, attempt)
    pasted = check(client, document=f"看：{whole.replace(chr(34), '”')}")
    uploaded = check(client, file=(BytesIO(b"\xef\xbb\xbf" + whole.encode()), "receipt.json"))
    for page in (pasted, uploaded):
        assert page.status_code == 200
        assert 'data-found="genuine"' in page.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "形如 JY-000412"),
        ({"number": "JY-000412"}, "至少填写前四组"),
        ({"number": "JY-000412", "code": "0000 0000"}, "至少填写前四组"),
        ({"number": "二", "code": "0" * 64}, "形如 JY-000412"),
        ({"document": "JY-000412"}, "这不是本站的回执"),
        ({"document": '{"receipt": {}, "signature": ""}'}, "这不是本站的回执"),
        ({"number": "9" * 99, "code": "0" * 64}, "最多"),
    ],
)
def test_what_cannot_be_a_receipt_is_told(client, attempt, fields, says):
    page = check(client, **fields)
    assert page.status_code == 422
    assert says in page.text


def test_a_changed_answer_is_named_by_its_question(session, client, attempt):
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    whole = document(session, attempt)
    with unguarded(session) as run:
        run(update(Answer).where(Answer.position == position).values(response={"text": "改过的"}))
    for page in (by_code(session, client, attempt), check(client, document=whole)):
        assert 'data-found="changed"' in page.text
        assert f"第 {position} 题的答案与交卷时不同" in page.text


def test_a_changed_receipt_is_not_ours(session, client, attempt):
    data = json.loads(document(session, attempt))
    data["receipt"]["answered"] = 1
    page = check(client, document=json.dumps(data))
    assert 'data-found="forged"' in page.text
    assert "签名不是本站的" in page.text
    assert "林小雨" not in page.text.split("<main")[1]


def test_a_changed_record_is_told_apart_from_a_changed_file(session, client, attempt):
    whole = document(session, attempt)
    forged = issued_to(session, attempt).content.replace('"answered":8', '"answered":7')
    with unguarded(session) as run:
        run(update(IssuedReceipt).values(content=forged))
    assert "这份回执的存根被改动过" in by_code(session, client, attempt).text
    assert "由本站签名，但查不到存根" in check(client, document=whole).text
    session.execute(update(IssuedReceipt).values(content="{}"))
    assert "这份回执的存根被改动过" in check(client, number=str(attempt.id), code="0" * 64).text
    session.execute(delete(IssuedReceipt))
    assert "这份回执的存根不见了" in check(client, number=str(attempt.id), code="0" * 64).text


def test_another_code_than_the_one_on_record_shows_that_one(session, client, attempt):
    page = check(client, number=str(attempt.id), code="0" * 64)
    assert 'data-found="other_code"' in page.text
    assert receipt_of(session, attempt).code in page.text


def test_an_earlier_revision_is_genuine_and_names_the_one_that_holds(app, session, client, attempt):
    first, whole = receipt_of(session, attempt), document(session, attempt)
    revised(app, session, attempt)
    for page in (check(client, number=first.number, code=first.code), check(client, document=whole)):
        assert 'data-found="genuine"' in page.text
        assert "现以第 2 版为准" in page.text
        assert receipt_of(session, attempt).code in page.text
    assert "为准" not in by_code(session, client, attempt).text


@pytest.mark.parametrize("answer", [True, False])
def test_a_made_up_revision_is_never_named_as_the_one_that_holds(session, client, attempt, answer):
    first, whole = receipt_of(session, attempt), document(session, attempt)
    position = slip_in(session, attempt, answer=answer)
    made_up = receipt_of(session, attempt)
    for page in (check(client, number=first.number, code=first.code), check(client, document=whole)):
        assert f'data-found="{"changed" if answer else "later_unsound"}"' in page.text
        assert (f"第 {position} 题的答案与交卷时不同" in page.text) == answer
        assert "回执真实，答案未改动" not in page.text
        assert "现以第 2 版为准" not in page.text
        assert made_up.code not in page.text
    page = client.get(f"/attempts/{attempt.id}/receipt").text
    assert "回执存根被改动过" in page
    assert made_up.code not in page
    assert client.get(f"/attempts/{attempt.id}/receipt/2").status_code == 404
    assert client.get(f"/attempts/{attempt.id}/receipt/1").status_code == 200


def test_a_receipt_that_nobody_signed_is_told_as_worth_nothing(session, client, attempt):
    unsign(session, attempt)
    page = by_code(session, client, attempt)
    assert 'data-found="unsigned"' in page.text
    assert "没有签名，不能证明什么" in page.text
    assert "回执存根被改动过" in client.get(f"/attempts/{attempt.id}/receipt").text


@pytest.mark.parametrize("change", [{"digest": 5}, {"key": []}, {"key": "\ud800"}, {"slots": {}}, {"closed_at": "x"}])
def test_a_file_made_to_confuse_is_no_receipt(session, client, attempt, change):
    data = json.loads(document(session, attempt))
    data["receipt"] |= change
    page = check(client, document=json.dumps(data))
    assert page.status_code == 422
    assert "这不是本站的回执" in page.text


def test_a_receipt_by_another_key_can_be_shown(session, client, attempt):
    """Its words are anybody's: also a moment that is no longer told in this time zone."""
    data = json.loads(document(session, attempt))
    data["receipt"] |= {"key": "0" * 16, "closed_at": "9998-12-31T23:59:59+00:00"}
    page = check(client, document=json.dumps(data))
    assert page.status_code == 200
    assert 'data-found="unknown_key"' in page.text


def test_a_new_hire_finds_somebody_elses_receipt_as_little_as_none(app, session, client, person, attempt):
    other = handed_in(app, session)
    answers = [
        check(client, number=str(number), code=code)
        for number, code in [(other.id, receipt_of(session, other).code), (other.id, "0" * 64), (2**31 - 1, "0" * 64)]
    ]
    answers.append(check(client, number=str(begin(session, person).id), code="0" * 64))
    answers.append(check(client, document=document(session, other)))
    for answer in answers:
        assert answer.status_code == 404
        assert "你没有这个编号的回执" in answer.text
        assert "data-found" not in answer.text


@pytest.mark.parametrize("role", [Role.TRAINER, Role.HR, Role.ADMIN])
def test_staff_check_anybodys_and_see_whose_it_is(session, client, attempt, role):
    client.sign_in(make_person(session, role))
    for page in (by_code(session, client, attempt), check(client, document=document(session, attempt))):
        assert 'data-found="genuine"' in page.text
        assert "林小雨" in page.text
    assert check(client, number="2147483647", code="0" * 64).status_code == 404


def test_staff_have_a_receipt_checked_that_is_gone_from_the_record(session, client, attempt):
    whole = document(session, attempt)
    with unguarded(session) as run:
        run(delete(IssuedReceipt))
    client.sign_in(make_person(session, Role.HR))
    assert 'data-found="not_on_record"' in check(client, document=whole).text
    gone = json.loads(whole)
    gone["receipt"] |= {"attempt": 2147483647, "number": "JY-2147483647"}
    assert 'data-found="forged"' in check(client, document=json.dumps(gone)).text


def test_checking_changes_nothing(session, client, attempt):
    before = session.query(IssuedReceipt).count(), session.query(Answer).count()
    by_code(session, client, attempt)
    assert (session.query(IssuedReceipt).count(), session.query(Answer).count()) == before
