"""Mails that came back: the bytes of one mail → what it says of a message of ours. Pure; nothing is stored here."""

from notifications.returned.reader import is_mail, read
from notifications.returned.types import Kind, Original, ReturnedMail, ReturnedRecipient

__all__ = ["Kind", "Original", "ReturnedMail", "ReturnedRecipient", "is_mail", "read"]
