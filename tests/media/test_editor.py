"""Bringing pictures and sounds into questions: by the editor's script, and along with its form without scripts."""

from io import BytesIO

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.authoring import actions as authoring
from question_bank import bank
from question_bank.items import Kind
from question_bank.media import MOST_BYTES_SENT
from question_bank.models import Media, QuestionVersion
from question_bank.tokens import names, token
from tests.builders import NOW, make_item, make_person, make_question, make_topic
from tests.courses.builders import make_course, pages_of
from tests.media.builders import make_medium
from tests.question_bank.samples import SECRET, moving, picture, telling_jpeg

JSON = {"Accept": "application/json"}


def send(client, content, alt="收银台", name="photo.png"):
    return client.post("/media", data={"file": (BytesIO(content), name), "alt": alt}, headers=JSON)


def test_an_editor_gets_the_token_of_what_it_sends(session, client):
    trainer = make_person(session, Role.TRAINER)
    told = send(client.sign_in(trainer), telling_jpeg(), alt="收银台 [前]")
    assert told.status_code == 201
    [name] = names(told.json["token"])
    medium = session.scalars(select(Media)).one()
    assert told.json == {
        "token": f"![收银台 前]({name})", "name": name, "width": 60, "height": 40, "bytes": medium.size,
        "row": told.json["row"],
    }  # fmt: skip
    assert "60 × 40 像素" in told.json["row"]
    assert SECRET not in client.get(f"/media/{name}").data
    assert (medium.author_id, medium.name) == (trainer.id, name)
    assert send(client, telling_jpeg()).json["name"] == name
    assert session.query(Media).count() == 1, "it is there already"


@pytest.mark.parametrize(
    ("content", "alt", "code"),
    [(b"hello", "门", "unknown"), (b"<svg/>", "门", "svg"), (moving(), "门", "moving"), (picture(), " ", "incomplete")],
)
def test_what_cant_be_kept_is_told_in_words(session, client, content, alt, code):
    refused = send(client.sign_in(make_person(session, Role.TRAINER)), content, alt)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert refused.json["message"].endswith("。")
    assert session.query(Media).count() == 0


FORM = "multipart/form-data; boundary=x"


def body(content):
    """What a browser sends; the client's own way leaves a large one in an open file."""
    fields = [b'name="alt"\r\n\r\nphoto', b'name="file"; filename="photo.jpg"\r\n\r\n' + content]
    return b"".join(b"--x\r\nContent-Disposition: form-data; " + one + b"\r\n" for one in fields) + b"--x--\r\n"


def test_a_photo_larger_than_other_uploads_is_taken_and_a_huge_one_isnt(session, client):
    client.sign_in(make_person(session, Role.TRAINER))
    for size, status in ((6 * 1024 * 1024, 201), (MOST_BYTES_SENT + 1024 * 1024, 413)):
        told = client.post("/media", data=body(telling_jpeg() + bytes(size)), content_type=FORM, headers=JSON)
        assert told.status_code == status


# Without scripts


@pytest.fixture
def trainer(session, client):
    person = make_person(session, Role.TRAINER)
    client.sign_in(person)
    return person


def written(session, stem="看图回答", **more):
    """A true/false question as its editor sends it."""
    topic = make_topic(session)
    return {"stem": stem, "correct": "true", "topic": str(topic.id), "difficulty": "2", **more}


def test_without_scripts_a_picture_comes_along_with_the_form_and_nothing_typed_is_lost(session, client, trainer):
    come = {"act": "medium", "medium-file": (BytesIO(picture()), "x.png"), "medium-alt": "收银台"}
    page = client.post("/questions/new?kind=true_false", data=written(session, **come))
    [medium] = session.scalars(select(Media))
    assert page.status_code == 200
    assert f"看图回答\n{token('收银台', medium.name)}" in page.text.replace("\r", "")
    assert page.text.count(f'src="/media/{medium.name}"') == 2, "in the preview, and in the list with its size"
    assert session.query(QuestionVersion).count() == 0, "nothing is saved yet"


@pytest.mark.parametrize(("content", "alt"), [(picture(), ""), (b"hello", "门"), (None, "门")])
def test_without_scripts_what_is_missing_stands_above_the_form(session, client, trainer, content, alt):
    come = {"act": "medium", "medium-alt": alt}
    if content:
        come["medium-file"] = (BytesIO(content), "x.png")
    page = client.post("/questions/new?kind=true_false", data=written(session, **come))
    assert page.status_code == 422
    assert "看图回答" in page.text
    assert session.query(Media).count() == 0


def test_a_knowledge_check_takes_one_in_the_same_way(session, client, trainer):
    page_id = pages_of(session, make_course(session, 1))[0].id
    come = {"act": "medium", "medium-file": (BytesIO(picture()), "x.png"), "medium-alt": "收银台"}
    shown = client.post(f"/authoring/pages/{page_id}/checks/new?kind=true_false", data=written(session, **come))
    assert shown.status_code == 200
    assert "![收银台](" in shown.text


# In the editor


def test_a_picture_of_which_nothing_is_said_isnt_saved_even_as_a_draft(session, client, trainer):
    medium = make_medium(session)
    page = client.post("/questions/new?kind=true_false", data=written(session, stem=f"看 ![]({medium.name})"))
    assert page.status_code == 422
    assert "在方括号里写明" in page.text
    assert session.query(QuestionVersion).count() == 0


def test_the_preview_shows_the_picture_and_the_editor_lists_it_with_its_size(session, client, trainer):
    medium = make_medium(session)
    text = f"看 {token('收银台', medium.name)}"
    preview = client.post("/questions/preview?kind=true_false", data=written(session, stem=text))
    assert f'<img src="/media/{medium.name}" alt="收银台"' in preview.text
    version = make_question(session, make_item(Kind.TRUE_FALSE, text))
    editor = client.get(f"/questions/{version.question_id}").text
    assert f"{medium.width} × 40 像素" in editor
    assert "1\u00a0KB" in editor


def test_what_a_check_shows_is_tied_to_it_when_it_is_saved(session, client, trainer):
    medium, page = make_medium(session), pages_of(session, make_course(session, 1))[0]
    item = make_item(Kind.TRUE_FALSE, f"看 {token('收银台', medium.name)}")
    check = authoring.add_check(session, page, item, actor_id=trainer.id, now=NOW)
    authoring.edit_check(session, check, item, actor_id=trainer.id, now=NOW)
    assert bank.media_facts(session, [item])[medium.name].size == medium.size
