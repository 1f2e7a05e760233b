"""The receipts that candidates were given, exactly as they were signed."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam.attempts.models import Answer, Attempt
from exam.receipts.rules import NotAReceipt, Receipt, Signed
from question_bank.orm import Base, only_added_to


class IssuedReceipt(Base):
    """One revision of an attempt's receipt. Appended, never rewritten."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("attempt_id", "revision"),
        CheckConstraint("revision >= 1", name="numbered_from_one"),
        CheckConstraint("(revision = 1) = (added_answer_id IS NULL)", name="revised_for_an_answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey(Attempt.id))
    revision: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    """`rules.Receipt.to_text`: kept as text, so that it is letter by letter what was signed."""
    signature: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    """Hex, never shown: with it the digests can be worked out again, without it nothing can be guessed from them."""
    added_answer_id: Mapped[int | None] = mapped_column(ForeignKey(Answer.id))
    """The late answer that this revision counts and the ones before it didn't."""

    @property
    def signed(self) -> Signed:
        """The receipt with its signature."""
        return Signed(self.content, self.signature)

    @property
    def receipt(self) -> Receipt | None:
        """What it says; None where somebody has changed it so that it can't be read any more."""
        try:
            return self.signed.receipt
        except NotAReceipt:
            return None


only_added_to(IssuedReceipt.metadata.tables[IssuedReceipt.__tablename__])
