"""What a manifest says of an item (LOM): its keywords, its difficulty, and its place in a classification."""

from dataclasses import dataclass, field

from lxml.etree import _Element

from question_bank.formats.trees import child, children, descendants, text_of

DIFFICULTIES = {"very easy": 1, "easy": 1, "medium": 2, "difficult": 3, "very difficult": 3, "hard": 3}
WRITTEN_DIFFICULTIES = {1: "easy", 2: "medium", 3: "difficult"}


@dataclass(frozen=True)
class Facts:
    """What is known of an item besides what stands in it."""

    topic: str | None = None
    difficulty: int | None = None
    tags: tuple[str, ...] = field(default=())


def facts(resource: _Element | None) -> Facts:
    """The facts that a manifest has of a resource."""
    described = child(resource, "metadata", "lom")
    if described is None:
        return Facts()
    words = (_words(one) for one in descendants(described, "keyword"))
    said = text_of(child(described, "educational", "difficulty", "value")).strip().lower()
    topics = (_topic(one) for one in children(described, "classification"))
    return Facts(next(filter(None, topics), None), DIFFICULTIES.get(said), tuple(filter(None, words)))


def old_facts(item: _Element, bank: str) -> Facts:
    """The facts that stand in an item of QTI 1.2; its topic may be the name of the bank that it stands in."""
    fields = old_fields(item)
    topic = fields.get("qmd_topic") or fields.get("cc_question_category") or bank
    said = fields.get("qmd_levelofdifficulty", "").lower()
    words = tuple(filter(None, (one.strip() for one in fields.get("qmd_keywords", "").split(","))))
    return Facts(topic or None, DIFFICULTIES.get(said), words)


def old_fields(element: _Element) -> dict[str, str]:
    """The fields of metadata right in an element of QTI 1.2, by their labels in small letters."""
    found = {}
    for holder in (element, *children(element, "itemmetadata")):
        for one in holder.iterfind("qtimetadata/qtimetadatafield"):
            found[text_of(child(one, "fieldlabel")).strip().lower()] = text_of(child(one, "fieldentry")).strip()
        for one in children(holder):
            if str(one.tag).startswith(("qmd_", "bbmd_")):
                found[str(one.tag)] = text_of(one).strip()
    return found


def _topic(classification: _Element) -> str:
    purpose = text_of(child(classification, "purpose", "value")).strip()
    if purpose not in ("", "discipline", "idea"):
        return ""
    path = child(classification, "taxonPath")
    if path is None:
        path = child(classification, "taxonpath")
    taxons = descendants(path, "taxon") if path is not None else ()
    return "/".join(filter(None, (_words(child(one, "entry")) for one in taxons)))


def _words(element: _Element | None) -> str:
    """The text of a LOM string, in its first language."""
    if element is None:
        return ""
    first = next(descendants(element, "string", "langstring"), element)
    return text_of(first).strip()
