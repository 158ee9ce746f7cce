"""What a returned mail says: plain values, whatever the form it came in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What kind of mail it is: a report by RFC 3464, a complaint by RFC 5965, a bounce in words, an automatic answer, or none of them."""

    DSN = "dsn"
    ARF = "arf"
    BOUNCE = "bounce"
    AUTOREPLY = "autoreply"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReturnedRecipient:
    """
    What is said of one address.

    ``action`` is failed, delayed, delivered, relayed or expanded; of a complaint, its Feedback-Type in lower case.
    ``status`` is an RFC 3463 code, digits and dots only, or empty. ``diagnostic`` is the server's own line, unfolded.
    """

    address: str
    action: str
    status: str = ""
    diagnostic: str = ""
    original_address: str = ""
    remote_mta: str = ""

    @property
    def mailbox(self) -> str:
        """The mail address, where the report names the mailbox in another way (X.400, a local user)."""
        return self.address if "@" in self.address or not self.original_address else self.original_address


@dataclass(frozen=True, slots=True)
class Original:
    """What is left of our message inside the mail that came back."""

    message_id: str = ""
    token: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedMail:
    """
    One mail that came back.

    ``token`` names our delivery, empty where nothing in the mail does; ``forged`` is true where it came to a return path
    whose signature is wrong, and then nothing in it is believed. ``answers`` are the Message-IDs it says it answers.
    ``date`` is aware, None where the mail has none that can be read.
    """

    kind: Kind
    recipients: tuple[ReturnedRecipient, ...] = ()
    original_message_id: str = ""
    token: str = ""
    forged: bool = False
    subject: str = ""
    sender: str = ""
    message_id: str = ""
    answers: tuple[str, ...] = ()
    date: datetime | None = None
    text: str = field(default="", repr=False)
