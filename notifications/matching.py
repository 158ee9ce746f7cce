"""Which message of ours a fact speaks of: by our own token first, then by the identifiers that servers gave the message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from notifications import security
from notifications.models import Attempt, Delivery

# Facts that carry their own proof (a signed return path), or that are ours: by whichever door they come in.
OWN_PROOF = frozenset({"dsn", "arf", "mail", "buyer", "clock"})


class Names(Protocol):
    """What a fact says of the message; the three of them may be empty."""

    @property
    def provider(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def token(self) -> str: ...
    @property
    def named_delivery(self) -> UUID | None: ...
    @property
    def message_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Match:
    """The delivery that a fact speaks of; without one, why."""

    delivery_id: UUID | None = None
    company_id: UUID | None = None
    document_id: UUID | None = None
    channel: str = ""
    sent_at: datetime | None = None
    why_not: str = ""


NOBODY = Match(why_not="No nombra ningún envío nuestro.")
GONE = Match(why_not="El envío que nombra no existe.")
FOREIGN = Match(why_not="Habla de un envío que salió por otro canal.")


def match_all(facts: Sequence[Names], *, now: datetime) -> list[Match]:
    """
    One match for each fact, in a fixed number of queries.

    A fact from a provider about a message that left by another channel is not believed: a security event, and an orphan.
    """
    tokens = _by("token", {fact.token for fact in facts if fact.token})
    named = _by("pk", {fact.named_delivery for fact in facts if fact.named_delivery})
    rest = {fact.message_id.strip("<>") for fact in facts if fact.message_id and not (fact.token or fact.named_delivery)}
    ours, theirs = _by("message_id", {f"<{item}>" for item in rest}), _by_provider(rest)
    return [_judged(fact, _found(fact, tokens, named, ours, theirs), now) for fact in facts]


Rows = dict[Any, Match]


def _by(field: str, keys: Iterable[Any]) -> Rows:
    wanted = list(keys)
    if not wanted:
        return {}
    rows = Delivery.across.filter(**{f"{field}__in": wanted}).values_list(field, "pk", "company_id", "document_id", "channel", "sent_at")
    return {key: Match(*found) for key, *found in rows}


def _by_provider(ids: set[str]) -> Rows:
    """By channel and the identifier that its provider or relay gave: another channel's may be the same."""
    if not ids:
        return {}
    rows = Attempt.across.filter(provider_id__in=ids | {f"<{item}>" for item in ids}).values_list(
        "provider_id", "delivery_id", "company_id", "delivery__document_id", "delivery__channel", "delivery__sent_at"
    )
    return {(row[4], row[0].strip("<>")): Match(*row[1:]) for row in rows}


def _found(fact: Names, tokens: Rows, named: Rows, ours: Rows, theirs: Rows) -> Match:
    if fact.token or fact.named_delivery:
        return tokens.get(fact.token) or named.get(fact.named_delivery) or GONE
    bare = fact.message_id.strip("<>")
    return ours.get(f"<{bare}>") or theirs.get((fact.channel, bare)) or NOBODY


def _judged(fact: Names, match: Match, now: datetime) -> Match:
    if match.delivery_id is None or fact.provider in OWN_PROOF or match.channel == fact.channel:
        return match
    detail = f"delivery {match.delivery_id}"
    security.note(kind=security.Kind.WRONG_CHANNEL, channel=fact.channel, provider=fact.provider, now=now, detail=detail)
    return FOREIGN
