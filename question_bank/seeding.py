"""Loading the sample bank: what is missing is added and published, what is there is left as people have made it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.formats import toml
from question_bank.models import Question
from question_bank.problems import problems

SEED = Path(__file__).parent / "seed"


@dataclass(frozen=True)
class SeedCounts:
    """What loading did: questions added (all published but `drafts`), and questions that were there already."""

    added: int = 0
    drafts: int = 0
    kept: int = 0


def read_seed(folder: Path = SEED) -> list[toml.Reading]:
    """All files of a seed in their order. Refuses one that can't be read in full, with ValueError naming the places."""
    readings = []
    for path in sorted(folder.glob("*.toml")):
        reading = toml.read(path.read_text(encoding="utf-8"))
        if reading.problems:
            raise ValueError(f"{path.name}: {'; '.join(map(str, reading.problems))}")
        readings.append(reading)
    return readings


def load_seed(session: Session, folder: Path, now: datetime, author_id: int | None = None) -> SeedCounts:
    """Add the questions of a seed that the bank hasn't, by their keys; those with problems stay drafts.

    Run as often as one likes: a question that is there, edited or retired, is left alone.
    """
    present = set(session.scalars(select(Question.key).where(Question.key.is_not(None))))
    added = drafts = kept = 0
    for position, reading in enumerate(read_seed(folder), start=1):
        topic = bank.ensure_topic(session, reading.topic_slug, reading.topic_name, position)
        for entry in reading.entries:
            if entry.key in present:
                kept += 1
                continue
            version = bank.draft(
                session,
                topic,
                entry.item,
                difficulty=entry.difficulty,
                source=entry.source,
                key=entry.key,
                author_id=author_id,
                now=now,
            )
            present.add(entry.key)
            added += 1
            if problems(entry.item):
                drafts += 1
            else:
                bank.publish(session, version, now=now)
    return SeedCounts(added, drafts, kept)
