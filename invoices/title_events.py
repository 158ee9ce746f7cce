"""
The events 030 to 034 of one invoice → which of them count, and by which rule. Pure: it knows no model and asks nobody.

The order of arrival does not matter: the events are judged in the order of the law (030, 032, then 031, 033 or 034). In each step
the better proven goes first, of two as good the one that a person brought, and only then the one signed first. So nothing that
anybody may have written excludes, refuses or moves what is proven. An event that comes late may change what an earlier one got:
judge all of them again.

What is missing here may still be at DIAN, and the term is our estimate: both warn and do not refuse. DIAN's answer decides, not ours.

Sources: DIAN, Anexo Técnico RADIAN 1.1, § 14.2.1, and the rules LGC and DC24 as DIAN's published platform applies them;
C.Co. 773; Decreto 1074 de 2015, art. 2.2.2.53.4. The codes TV are ours: DIAN has none that fits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from invoices.title_proofs import Proof, same_party
from invoices.ubl.values import BOGOTA

ACKNOWLEDGED, CLAIM, RECEIPT, EXPRESS, TACIT = "030", "031", "032", "033", "034"
INVOICE = "01"
# How far the clock of who signs may be ahead of ours.
CLOCK_SKEW = timedelta(days=1)
STEPS = {ACKNOWLEDGED: 1, RECEIPT: 2, CLAIM: 3, EXPRESS: 3, TACIT: 3}
# RADIAN 1.1: the concepts of event 031. The wording varies from one vendor to the next; the code does not.
CLAIMS = {
    "01": "documento con inconsistencias",
    "02": "mercancía no entregada",
    "03": "mercancía entregada parcialmente",
    "04": "servicio no prestado",
}
# The first that is there is what the list shows.
STATES = {
    CLAIM: ("claimed", "Reclamo"),
    EXPRESS: ("accepted", "Aceptación expresa"),
    TACIT: ("tacit", "Aceptación tácita"),
    RECEIPT: ("goods_received", "Recibo del bien"),
    ACKNOWLEDGED: ("acknowledged", "Acuse de recibo"),
}
# DIAN shows an invoice as a negotiable instrument once three of these are there.
INSTRUMENT, NEEDED = frozenset({ACKNOWLEDGED, RECEIPT, EXPRESS, TACIT}), 3


class Verdict(StrEnum):
    """What becomes of an event, the mildest first. Only the first two count; an orphan is kept in case that it finds its document."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REFUSED = "refused"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Event:
    """
    An event as it came.

    :param key: its own CUDE; ``document_key`` that of the invoice, both in lower case.
    :param sender: identification, with or without check digit.
    :param signed_at: aware: the signature's time where it is intact, else the one in the event.
    :param claim_code: of a 031, as printed.
    :param term_over: whether the term to claim was over on the day of this event, counted from the 032 that counts
        (``receipt_of``); nothing where it cannot be told. Only for 031, 033 and 034.
    :param mailed: it came by mail, which anybody can write, and nobody who signed in brought it.
    :param arrived_at: aware.
    """

    code: str
    key: str
    document_key: str
    sender: str
    signed_at: datetime
    claim_code: str = ""
    term_over: bool | None = None
    proof: Proof = Proof.NONE
    mailed: bool = False
    arrived_at: datetime | None = None

    @property
    def early(self) -> bool:
        """A 034 that by our estimate came too early, of which DIAN said nothing: an answer of the buyer goes before it."""
        return self.code == TACIT and self.term_over is False and self.proof < Proof.VALIDATED

    @property
    def from_the_future(self) -> bool:
        """Dated after it arrived."""
        return self.arrived_at is not None and self.signed_at > self.arrived_at + CLOCK_SKEW

    @property
    def day(self) -> date:
        """The day that DIAN compares: of the signature, in Colombia."""
        return self.signed_at.astimezone(BOGOTA).date()


@dataclass(frozen=True, slots=True)
class Document:
    """What the rules ask of the invoice: its key, its type, and who sold and bought, by identification."""

    key: str
    type_code: str
    issuer: str
    buyer: str


@dataclass(frozen=True, slots=True)
class Case:
    """One event of a document before the rules, with those that were judged before it and count."""

    event: Event
    known: Sequence[Event]
    document: Document

    def has(self, *codes: str) -> bool:
        """Whether an event of one of these codes counts already."""
        return any(known.code in codes for known in self.known)

    def lacks(self, code: str) -> bool:
        """Whether none of this code that counts is dated on the same day or before."""
        return not any(known.code == code and known.day <= self.event.day for known in self.known)

    @property
    def by_buyer(self) -> bool:
        """Whether the buyer sent it."""
        return same_party(self.event.sender, self.document.buyer)

    @property
    def by_issuer(self) -> bool:
        """Whether the seller sent it."""
        return same_party(self.event.sender, self.document.issuer)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule: its code (at most ten characters), what breaking it means, and why, in one sentence for the user.

    :param codes: the events that it is about, separated by blanks.
    :param broken: what breaks it.
    """

    code: str
    verdict: Verdict
    codes: str
    sentence: str
    broken: Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Judged:
    """An event and its verdict. What does not count has one rule broken, what is warned may have several, in the order of the table."""

    event: Event
    verdict: Verdict
    rules: tuple[Rule, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is part of the invoice's state."""
        return self.verdict in (Verdict.ACCEPTED, Verdict.WARNED)

    @property
    def code(self) -> str:
        """Of the first rule broken; empty where none is."""
        return self.rules[0].code if self.rules else ""

    @property
    def sentence(self) -> str:
        """Why, in Spanish, at most 300 characters; empty where no rule is broken."""
        validated = self.counts and self.rules and self.event.proof == Proof.VALIDATED
        return " ".join([*(rule.sentence for rule in self.rules), *([VALIDATED] if validated else [])])


ALL, OF_BUYERS = "030 031 032 033 034", "030 031 032 033"
REFUSED, WARNED = Verdict.REFUSED, Verdict.WARNED
VALIDATED = "La DIAN lo validó."
EARLY = "El plazo estimado para reclamar no había terminado: decide la DIAN."
LATE = "Llegó después del plazo estimado: decide la DIAN."
ANOTHER = Rule(
    "TV01",
    Verdict.ORPHAN,
    ALL,
    "Es de otra factura o de una que no ha llegado: queda en espera.",
    lambda case: case.event.document_key != case.document.key,
)
NOT_AN_INVOICE = Rule("TV04", WARNED, ALL, "El documento no es una factura de venta (01).", lambda case: case.document.type_code != INVOICE)
RULES = (  # the gravest first
    ANOTHER,
    Rule("TV02", Verdict.ORPHAN, OF_BUYERS, "No lo envía el comprador de la factura.", lambda case: not case.by_buyer),
    Rule(
        "TV07",
        Verdict.ORPHAN,
        TACIT,
        "Llegó por correo y nada prueba que la registró quien vendió: queda aparte.",
        lambda case: case.event.mailed and case.event.proof == Proof.NONE,
    ),
    Rule("TV03", REFUSED, TACIT, "La aceptación tácita solo la registra quien vendió.", lambda case: not case.by_issuer),
    Rule("TV08", REFUSED, ALL, "Está fechado después del día en que llegó.", lambda case: case.event.from_the_future),
    Rule("LGC01", REFUSED, ALL, "Ya estaba registrado un evento igual.", lambda case: case.has(case.event.code)),
    Rule("LGC02", REFUSED, CLAIM, "La factura ya estaba aceptada: no se puede reclamar.", lambda case: case.has(EXPRESS, TACIT)),
    Rule("LGC04", REFUSED, f"{EXPRESS} {TACIT}", "La factura ya tenía un reclamo.", lambda case: case.has(CLAIM)),
    Rule("LGC05", REFUSED, TACIT, "La factura ya tenía aceptación expresa.", lambda case: case.has(EXPRESS)),
    Rule("LGC07", REFUSED, EXPRESS, "La factura ya tenía aceptación tácita.", lambda case: case.has(TACIT)),
    NOT_AN_INVOICE,
    Rule("LGC09", WARNED, RECEIPT, "No tenemos el acuse de recibo (030).", lambda case: not case.has(ACKNOWLEDGED)),
    Rule(
        "DC24b",
        WARNED,
        RECEIPT,
        "Está fechado antes del acuse de recibo (030).",
        lambda case: case.has(ACKNOWLEDGED) and case.lacks(ACKNOWLEDGED),
    ),
    Rule(
        "LGC03",
        WARNED,
        CLAIM,
        "Antes del reclamo faltan el acuse (030) o el recibo del bien (032).",
        lambda case: case.lacks(ACKNOWLEDGED) or case.lacks(RECEIPT),
    ),
    Rule("LGC13", WARNED, EXPRESS, "No tenemos un acuse de recibo (030) anterior.", lambda case: case.lacks(ACKNOWLEDGED)),
    Rule("LGC12", WARNED, EXPRESS, "No tenemos un recibo del bien (032) anterior.", lambda case: case.lacks(RECEIPT)),
    Rule("LGC14", WARNED, TACIT, "Sin un recibo del bien (032) anterior no corre el plazo.", lambda case: case.lacks(RECEIPT)),
    Rule("TV05", WARNED, TACIT, "No sabemos si el plazo terminó: decide la DIAN.", lambda case: case.event.term_over is None),
    Rule("DC24e", WARNED, TACIT, EARLY, lambda case: case.event.term_over is False),
    Rule("DC24c", WARNED, EXPRESS, LATE, lambda case: case.event.term_over is True),
    Rule("DC24z", WARNED, CLAIM, LATE, lambda case: case.event.term_over is True),
    Rule("TV06", WARNED, CLAIM, "No dice un concepto de reclamo conocido (01 a 04).", lambda case: case.event.claim_code not in CLAIMS),
)


def judge(event: Event, *, known: Sequence[Event], document: Document | None) -> Judged:
    """
    Judge one event.

    :param known: the events of the document that count and come before it in the order of ``judge_all``.
    :param document: nothing where the invoice has not come.
    """
    if document is None:
        return Judged(event, ANOTHER.verdict, (ANOTHER,))
    case = Case(event, known, document)
    broken = [rule for rule in RULES if event.code in rule.codes.split() and rule.broken(case)]
    if not broken:
        return Judged(event, Verdict.ACCEPTED)
    gravest = broken[0]
    return Judged(event, gravest.verdict, tuple(broken) if gravest.verdict == WARNED else (gravest,))


def judge_all(events: Sequence[Event], *, document: Document | None) -> list[Judged]:
    """Judge all events that came for a document, in whatever order; they come back in the order in which they were judged."""
    judged: list[Judged] = []
    for event in sorted(events, key=_turn):
        known = [earlier.event for earlier in judged if earlier.counts]
        judged.append(judge(event, known=known, document=document))
    return judged


def _turn(event: Event) -> tuple[int, int, bool, bool, datetime, str, str, str]:
    return STEPS[event.code], -event.proof, event.early, event.mailed, event.signed_at, event.code, event.key, repr(event)


def receipt_of(judged: Sequence[Judged]) -> datetime | None:
    """When the 032 that counts was signed: what ``term_over`` is counted from. It does not depend on ``term_over`` itself."""
    return next((found.event.signed_at for found in judged if found.counts and found.event.code == RECEIPT), None)


def summary(judged: Sequence[Judged]) -> tuple[str, str]:
    """
    The state for the column *Eventos de Título Valor*: a code of ``ElectronicDocument.TitleStatus`` and its words.

    The words say more than the code: what the buyer claims, and that the invoice is a *Título Valor*.
    """
    counting = {found.event.code: found for found in judged if found.counts}
    code, label = next((state for event, state in STATES.items() if event in counting), ("none", "Sin eventos"))
    if CLAIM in counting and (reason := CLAIMS.get(counting[CLAIM].event.claim_code)):
        label = f"{label}: {reason}"
    instrument = [event for event in INSTRUMENT & counting.keys() if NOT_AN_INVOICE not in counting[event].rules]
    return code, f"{label} · Título Valor" if len(instrument) >= NEEDED else label
