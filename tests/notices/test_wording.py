"""Every notice reads well in both languages."""

import re
from datetime import timedelta

import pytest
from flask_babel import force_locale

from exam.notices.letters import WORDS
from exam.notices.rules import PARAMS, NoticeKind
from exam.notices.wording import mail_subject, mail_text, word

EXAMPLES = {"minutes": 60, "count": 3, "score": 812, "outcome": "pass", "score_before": 750, "outcome_before": "fail"}


def examples(kind, now):
    return {
        name: (now + timedelta(days=1)).isoformat() if name.endswith("_at") else EXAMPLES.get(name, f"《{name}》")
        for name in PARAMS[kind]
    }


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
def test_every_kind_is_worded_whole_in_both_languages(app, now, kind, locale):
    with app.app_context(), force_locale(locale):
        worded = word(kind.value, examples(kind, now))
    whole = f"{worded.title} {worded.text} {worded.link_words}"
    assert worded.title
    assert worded.text
    assert "—" not in whole
    assert "%" not in whole
    has_chinese = bool(re.search("[\u4e00-\u9fff]", re.sub("《.*?》", "", whole)))
    assert has_chinese is (locale != "en")


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_text_uses_only_what_its_kind_is_given(app, kind):
    with app.app_context():
        used = {name for part in WORDS[kind] for name in re.findall(r"%\((\w+)\)s", str(part))}
    assert used <= PARAMS[kind]


def test_moments_are_in_the_companys_time_and_minutes_in_words(app, now):
    params = {"exam": "结业测试", "starts_at": now.isoformat(), "minutes": 60}
    with app.app_context(), force_locale("zh_Hans_CN"):
        text = word("booking_made", params).text
    assert "09:30" in text
    assert "60\u00a0分钟" in text


def test_an_old_notice_that_lacks_something_still_shows(app):
    with app.app_context(), force_locale("zh_Hans_CN"):
        assert word("window_open", {"exam": "结业测试", "minutes": None}).title == "可以参加结业测试了"
        assert "—" in word("window_open", {"exam": "结业测试"}).text
        assert word("of_long_ago", {}).title == "of_long_ago"
        assert "—" not in word("result_corrected", {"exam": "结业测试", "reason": "答案有误。"}).text


def test_percent_signs_of_people_do_no_harm(app):
    with app.app_context():
        params = {"exam": "100% %(name)s", "reason": "%s", "closes_at": None}
        assert "100% %(name)s" in word("window_reopened", params).title


def test_a_mail_says_to_whom_what_and_where(app):
    with app.app_context(), force_locale("en"):
        worded = word("result_released", {"exam": "Final test"})
        text = mail_text("Lin Xiaoyu", worded, "https://x.example/exam")
        assert mail_subject(worded.title) == "[Jieye] Your result of Final test is there"
    assert text.startswith("Hello Lin Xiaoyu,\n\n")
    assert "Look at the result: \nhttps://x.example/exam\n" in text
