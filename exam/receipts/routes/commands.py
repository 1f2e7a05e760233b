"""Checking receipts from the command line: all of them in bounded memory, some, or one that somebody brings."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TextIO

import click

from exam import signing
from exam.db import db
from exam.receipts import queries
from exam.receipts.queries import Check
from exam.receipts.routes.blueprint import bp
from exam.receipts.rules import LARGEST, LONGEST, NotAReceipt, Signed, Verdict, number_of

FACTS = {
    "attempt": "the attempt has another number",
    "person": "the attempt belongs to another person",
    "exam": "the attempt is one at another exam",
    "paper": "the attempt has another paper",
    "closed_at": "the time of handing in is another one",
    "late_answer": "no accepted late answer is on record that would have made this revision",
}
bp.cli.help = "Check the receipts of attempts."


@bp.cli.command("verify")
@click.argument("attempt_ids", metavar="[ATTEMPT]...", nargs=-1, type=click.IntRange(1, LARGEST))
@click.option("--all", "everything", is_flag=True, help="Check every receipt of every attempt.")
@click.option("--receipt", "file", type=click.File(errors="replace"), help="Check a downloaded receipt (- reads it).")
@click.option("--json", "as_json", is_flag=True, help="Say it in lines of JSON, the last one with the counts.")
def verify(attempt_ids: tuple[int, ...], everything: bool, file: TextIO | None, as_json: bool) -> None:
    """Hold receipts against their signatures and the database; exit code 1 if something differs.

    Names the attempt and the question.
    """
    if sum(map(bool, (attempt_ids, everything, file))) != 1:
        raise click.UsageError("Name attempts, or one of --all and --receipt FILE.")
    found = _brought(file) if file else _all() if everything else _some(attempt_ids)
    verdicts: Counter[Verdict] = Counter()
    attempts = last = 0
    for check in found:
        verdicts[check.verdict] += 1
        attempts, last = attempts + (check.attempt_id != last), check.attempt_id
        if not everything or not check.verdict.sound:
            click.echo(_as_json(check) if as_json else _in_words(check))
    differing = sum(count for verdict, count in verdicts.items() if not verdict.sound)
    if as_json:
        click.echo(json.dumps({"attempts": attempts, "genuine": verdicts[Verdict.GENUINE], "differing": differing}))
    else:
        click.echo(f"{attempts} attempts: {verdicts[Verdict.GENUINE]} receipts genuine, {differing} not.")
    sys.exit(1 if differing else 0)


@bp.cli.command("public-key")
def public_key() -> None:
    """Print the public half of the key that signs receipts: it checks, and can't sign."""
    keys = signing.keyring()
    click.echo(f"Key {keys.id}")
    click.echo(keys.public_key(), nl=False)
    click.echo(f"As JIEYE_RECEIPT_OLD_KEYS takes it, once another key signs: {keys.public_setting()}")


def _all() -> Iterator[Check]:
    session, last = db.session(), 0
    while ids := queries.closed_after(session, last):
        yield from queries.check_attempts(session, ids, signing.keyring().examine)
        session.rollback()  # no transaction stays open over all of them
        last = ids[-1]


def _some(attempt_ids: tuple[int, ...]) -> Iterator[Check]:
    for attempt_id in attempt_ids:
        found = list(queries.check_attempts(db.session(), [attempt_id], signing.keyring().examine))
        yield from found or [Check(attempt_id, 1, None, Verdict.NOT_ON_RECORD)]


def _brought(file: TextIO) -> Iterator[Check]:
    try:
        signed = Signed.read(file.read(LONGEST))
    except NotAReceipt as error:
        raise click.ClickException("This isn't a receipt, or something is missing from it.") from error
    yield queries.check_signed(db.session(), signed, signing.keyring().examine)


def _as_json(check: Check) -> str:
    return json.dumps(
        {
            "attempt": check.attempt_id,
            "receipt": number_of(check.attempt_id),
            "revision": check.revision,
            "verdict": check.verdict,
            "questions": check.differences.positions,
            "facts": check.differences.facts,
            "key": check.receipt.key if check.receipt else None,
        }
    )


def _in_words(check: Check) -> str:
    which = f"Attempt {check.attempt_id}, receipt {number_of(check.attempt_id)} revision {check.revision}"
    match check.verdict:
        case Verdict.GENUINE:
            later = f"; revision {check.newest} holds now" if check.newest > check.revision else ""
            what = f"genuine and unchanged{later}"
        case Verdict.UNSIGNED:
            what = "not signed, so it proves nothing"
        case Verdict.CHANGED:
            what = "; ".join(_differing(check))
        case Verdict.UNKNOWN_KEY:
            what = f"signed with the key {check.receipt.key if check.receipt else ''}, which the settings don't know"
        case Verdict.NOT_ON_RECORD:
            what = "not on record"
        case Verdict.FORGED:
            what = "the signature doesn't fit: the receipt has been changed"
        case Verdict.LATER_UNSOUND:
            what = f"genuine itself, but a later revision isn't, or is missing: verify attempt {check.attempt_id}"
    return f"{which}: {what}."


def _differing(check: Check) -> Iterator[str]:
    found = check.differences
    if found.positions:
        questions = ", ".join(map(str, found.positions))
        yield f"not what was handed in: the answer to question {questions}"
    yield from (FACTS[name] for name in found.facts)
