"""The commands about receipts, typed: what they print, and their exit codes."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import delete, update

from config import Config, key_bytes
from exam import signing
from exam.attempts.models import Answer
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import checking
from tests.attempts.builders import begin
from tests.receipts.builders import handed_in, issued_to, revised, slip_in, unguarded, unsign

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def run(app):
    """Type a command; gives its exit code and what it said, and keeps standing errors apart."""

    def type_in(*words, **more):
        done = app.test_cli_runner().invoke(args=list(words), **more)
        return done.exit_code, done.output

    return type_in


@pytest.fixture
def attempts(app, session):
    return [handed_in(app, session) for _ in range(3)]


def change(session, attempt, position):
    with unguarded(session) as run:
        run(update(Answer).filter_by(attempt_id=attempt.id, position=position).values(response={"text": "改"}))


def test_all_is_well(app, session, run, attempts):
    revised(app, session, attempts[1])
    begin(session)
    code, said = run("attempts", "verify", "--all")
    assert (code, said) == (0, "3 attempts: 4 receipts genuine, 0 not.\n")


def test_what_differs_is_named_and_ends_with_1(session, run, attempts, monkeypatch):
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    change(session, attempts[2], 7)
    code, said = run("attempts", "verify", "--all")
    assert code == 1
    number = attempts[2].id
    assert said == (
        f"Attempt {number}, receipt JY-{number:06d} revision 1: not what was handed in: the answer to question 7.\n"
        "3 attempts: 2 receipts genuine, 1 not.\n"
    )


def test_attempts_can_be_named(session, run, attempts):
    change(session, attempts[2], 7)
    first, second = str(attempts[0].id), str(attempts[1].id)
    code, said = run("attempts", "verify", first, second)
    assert code == 0
    assert said.count("genuine and unchanged") == 2
    code, said = run("attempts", "verify", first, "2147483647")
    assert code == 1
    assert "Attempt 2147483647, receipt JY-2147483647 revision 1: not on record." in said


def test_programs_read_lines(app, session, run, attempts):
    position = revised(app, session, attempts[0])
    change(session, attempts[1], position)
    attempts[1].paper_id = attempts[0].paper_id
    session.flush()
    code, said = run("attempts", "verify", "--all", "--json")
    assert code == 1
    problem, counts = map(json.loads, said.splitlines())
    assert (problem["attempt"], problem["revision"], problem["verdict"]) == (attempts[1].id, 1, "changed")
    assert (problem["questions"], problem["facts"]) == ([position], ["paper"])
    assert counts == {"attempts": 3, "genuine": 3, "differing": 1}


def test_a_receipt_somebody_brings(session, run, attempts, tmp_path):
    brought = tmp_path / "JY.json"
    brought.write_text(issued_to(session, attempts[0]).signed.to_file(), encoding="utf-8")
    assert run("attempts", "verify", "--receipt", str(brought))[0] == 0
    change(session, attempts[0], 8)
    code, said = run("attempts", "verify", "--receipt", str(brought))
    assert code == 1
    assert "question 8" in said
    spoilt = brought.read_text(encoding="utf-8").replace('"answered": 8', '"answered": 9')
    code, said = run("attempts", "verify", "--receipt", "-", input=spoilt)
    assert code == 1
    assert "the signature doesn't fit" in said
    with unguarded(session) as sql:
        sql(delete(IssuedReceipt))
    assert "not on record" in run("attempts", "verify", "--receipt", str(brought))[1]
    code, said = run("attempts", "verify", "--receipt", "-", input="nothing")
    assert code == 1
    assert "This isn't a receipt" in said


@pytest.mark.parametrize("words", [[], ["--all", "7"], ["--all", "--receipt", "-"], ["0"], ["x"]])
def test_it_is_told_what_to_check(run, words):
    assert run("attempts", "verify", *words)[0] == 2


def test_taking_the_signature_off_does_not_help(app, session, run, attempts):
    """Whoever has the database can write a receipt that agrees with it and name no key, as development versions did."""
    unsign(session, attempts[0])
    number = attempts[0].id
    code, said = run("attempts", "verify", "--all")
    assert code == 1
    assert said == (
        f"Attempt {number}, receipt JY-{number:06d} revision 1: not signed, so it proves nothing.\n"
        "3 attempts: 2 receipts genuine, 1 not.\n"
    )


def test_a_later_revision_that_somebody_made_up_ends_with_1(app, session, run, attempts, tmp_path):
    brought = tmp_path / "JY.json"
    brought.write_text(issued_to(session, attempts[0]).signed.to_file(), encoding="utf-8")
    slip_in(session, attempts[0], answer=False)
    for words in (["--receipt", str(brought)], [str(attempts[0].id)], ["--all"]):
        code, said = run("attempts", "verify", *words)
        assert code == 1
        assert "revision 1: genuine itself, but a later revision isn't, or is missing" in said
        assert "holds now" not in said
    assert "revision 2: the signature doesn't fit" in said


# Keys


def config_of(app, monkeypatch, **settings):
    before = app.config["JIEYE"]
    values = {field: getattr(before, field) for field in before.__dataclass_fields__}
    monkeypatch.setitem(app.config, "JIEYE", Config(**{**values, **settings}))


def test_after_a_change_of_key_old_receipts_are_checked_with_the_old_one(app, session, run, attempts, monkeypatch):
    setting = run("attempts", "public-key")[1].split()[-1]
    config_of(app, monkeypatch, receipt_key=KEY)
    code, said = run("attempts", "verify", "--all")
    assert code == 1
    assert said.count("which the settings don't know") == 3
    config_of(app, monkeypatch, receipt_key=KEY, receipt_old_keys=f"{KEY}, {setting}")
    newest = handed_in(app, session)
    assert run("attempts", "verify", "--all") == (0, "4 attempts: 4 receipts genuine, 0 not.\n")
    keys = {issued_to(session, one).signed.receipt.key for one in [*attempts, newest]}
    assert len(keys) == 2


def test_without_a_key_of_its_own_the_site_derives_one_from_its_secret():
    one, again, other = (signing.make_keyring("", secret, "") for secret in ("a secret", "a secret", "another"))
    assert one.id == again.id != other.id
    assert signing.make_keyring(KEY, "a secret", "").id == signing.make_keyring(KEY, "another", "").id != one.id
    hexadecimal = bytes(range(32)).hex()
    assert signing.make_keyring(hexadecimal, "", "").id == signing.make_keyring(KEY, "", "").id
    assert len(one.id) == 16


def test_a_new_key_is_one_that_the_settings_take(run):
    (code, first), (_, second) = run("receipt-key"), run("receipt-key")
    assert code == 0
    assert first != second
    assert len(key_bytes(first.strip())) == 32
    assert Config.from_env({"JIEYE_RECEIPT_KEY": first}).receipt_key == first.strip()


def test_a_receipt_is_checked_without_the_site_by_its_public_key(session, run, attempts):
    """What docs/running.md does with jq and OpenSSL: sorted names, no spaces, the signature in base64."""
    public = load_pem_public_key(run("attempts", "public-key")[1].encode())
    data = json.loads(issued_to(session, attempts[0]).signed.to_file())
    signature = base64.b64decode(data["signature"])
    public.verify(signature, json.dumps(data["receipt"], sort_keys=True, separators=(",", ":")).encode())
    data["receipt"]["answered"] = 7
    with pytest.raises(InvalidSignature):
        public.verify(signature, json.dumps(data["receipt"], sort_keys=True, separators=(",", ":")).encode())
