"""Words of SMTP: what we ask of a server that can report (RFC 3461), and the name under which it keeps a message. Pure."""

import re

NOTIFY = "NOTIFY=SUCCESS,FAILURE,DELAY"
# RFC 3461, section 4: printable ASCII but "+" and "=" stands for itself.
PLAIN = re.compile(r"[!-*,-<>-~]")
# How servers name what they took, after the final dot. The first that matches counts.
QUEUE_IDS = (
    re.compile(r"queued as ([\w.-]+)", re.IGNORECASE),  # Postfix, and whoever speaks like it
    re.compile(r"\bid=([\w.-]+)"),  # Exim
    re.compile(r"\[InternalId=(\d+)", re.IGNORECASE),  # Exchange, Microsoft 365
    re.compile(r"(\S+) - gsmtp\b"),  # Gmail
    re.compile(r"([\w.-]+) Message accepted for delivery", re.IGNORECASE),  # Sendmail, OpenSMTPD
    re.compile(r"message queued \(([\w.-]+)\)", re.IGNORECASE),  # Haraka
    re.compile(r"\bok ([0-9a-f]{16}-[0-9a-f-]{20,})", re.IGNORECASE),  # Amazon SES
    re.compile(r"\bok (\d+ qp \d+)\b", re.IGNORECASE),  # qmail
)
MOST_ID = 200


def queue_id(reply: str) -> str:
    """The name under which a server took a message, from its reply after the dot; empty where it says none."""
    found = next((match for pattern in QUEUE_IDS if (match := pattern.search(reply))), None)
    return found[1].strip(".")[:MOST_ID] if found else ""


def xtext(text: str) -> str:
    """The text as an argument of ENVID and ORCPT (RFC 3461, section 4)."""
    return "".join(char if PLAIN.fullmatch(char) else f"+{ord(char):02X}" for char in text)


def mail_options(envid: str) -> str:
    """What goes after ``MAIL FROM:<…>``: a report shall hold the headers only, and name the message."""
    return f" RET=HDRS ENVID={xtext(envid)}" if envid else " RET=HDRS"


def rcpt_options(recipient: str) -> str:
    """What goes after ``RCPT TO:<…>``; xtext has no letters but ASCII's, so that another address is not said again."""
    original = f" ORCPT=rfc822;{xtext(recipient)}" if recipient.isascii() else ""
    return f" {NOTIFY}{original}"
