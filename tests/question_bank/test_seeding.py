"""Loading the sample bank into a database."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.models import Question, VersionState
from question_bank.seeding import SEED, SeedCounts, load_seed, read_seed

HEAD = 'topic = "telephone"\nname = "电话"\n'


def question(key: str, stem: str) -> str:
    return f"""
[[question]]
key = "{key}"
kind = "true_false"
difficulty = 1
stem = "{stem}"
correct = true
"""


FILE = HEAD + question("telephone-t01", "铃响三声之内接听。") + question("telephone-t02", "")


def folder_with(path: Path, text: str) -> Path:
    (path / "01-telephone.toml").write_text(text, encoding="utf-8")
    return path


def test_the_sample_bank_is_loaded_and_published(session: Session, now: datetime) -> None:
    entries = [entry for reading in read_seed() for entry in reading.entries]
    assert load_seed(session, SEED, now, author_id=5) == SeedCounts(added=len(entries))
    assert sum(bank.counts(session).values()) == len(entries)
    assert [topic.slug for topic in bank.topics(session)] == [reading.topic_slug for reading in read_seed()]
    assert load_seed(session, SEED, now) == SeedCounts(kept=len(entries))


def test_what_people_have_edited_is_left_alone(session: Session, now: datetime, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, FILE)
    assert load_seed(session, folder, now) == SeedCounts(added=2, drafts=1)
    edited = session.scalars(select(Question).where(Question.key == "telephone-t01")).one()
    item = bank.item_of(bank.current_version(session, edited.id))
    bank.revise(session, edited, replace(item, stem="Ours"), difficulty=2, now=now)
    folder_with(
        tmp_path, FILE + FILE.partition("[[")[1] + FILE.partition("[[")[2].partition("[[")[0].replace("t01", "t03")
    )
    assert load_seed(session, folder, now) == SeedCounts(added=1, kept=2)
    draft = bank.current_version(session, edited.id)
    assert (draft.stem, draft.state) == ("Ours", VersionState.DRAFT)


def test_a_file_that_cannot_be_read_is_refused_by_name(session: Session, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"01-telephone\.toml: .*kind"):
        load_seed(session, folder_with(tmp_path, FILE.replace("true_false", "essay")), now)
    assert bank.topics(session) == []
