"""
Was it a person? Pure. An opening or a click is judged by what the provider says of it, and only the verdict and why are kept:
neither the address it came from nor the program that made it.

Machines open mails before people do: scanners of mail gateways, Apple's and Google's fetching ahead. What looks like nothing in
particular is nobody's: ``None``. Sources: the user agents that gateways and mail programs are known to send, and the time that
passes before a person can have opened a mail.
"""

import re
from dataclasses import dataclass

from notifications.lives import ReportKind

# Sooner than this after the hand-over no person has opened or clicked, in seconds.
TOO_SOON = {ReportKind.OPENED: 30.0, ReportKind.CLICKED: 10.0}
SCANNERS = re.compile(
    r"proofpoint|mimecast|barracuda|symantec|messagelabs|fireeye|trellix|ironport|trend ?micro|sophos|forcepoint|fortinet|fortimail"
    r"|zscaler|cloudmark|vade|safelinks|urldefen[cs]e|check ?point|kaspersky|avast|bitdefender|mailguard|spamtitan|antivirus",
    re.IGNORECASE,
)
ROBOTS = re.compile(
    r"headless|phantomjs|selenium|puppeteer|playwright|\bbot\b|bot/|crawler|spider|preview|scanner|prefetch"
    r"|^(?:curl|wget|python|java|go-http|okhttp|axios|node|ruby|perl|libwww|apache-httpclient|powershell|guzzle|faraday)\b",
    re.IGNORECASE,
)
IMAGE_PROXIES = re.compile(r"googleimageproxy|ggpht\.com|yahoomailproxy", re.IGNORECASE)
GMAIL_PREFETCH = re.compile(r"chrome/42\.0\.2311\.135 .*edge/12\.246", re.IGNORECASE)
BARE = "Mozilla/5.0"
MACHINE_FROM = 50


@dataclass(frozen=True, slots=True)
class Sign:
    """
    One opening or click, as the provider reports it.

    ``user_agent`` is None where the provider does not tell it, empty where the program sent none. ``flagged``: the provider itself
    says that it was a machine, or a person. ``seconds`` since the hand-over, None where it is not known. ``shared``: it names
    every address of the message, because the provider cannot tell whose it was.
    """

    kind: ReportKind
    user_agent: str | None = None
    flagged: bool | None = None
    method: str = ""
    seconds: float | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``human``: a person, a machine, or None; ``score`` from 0 (nothing speaks for a machine) to 100; ``reasons`` for whoever asks."""

    human: bool | None
    score: int
    reasons: tuple[str, ...]


def judge(sign: Sign) -> Verdict:
    """The verdict: a machine by any strong sign, a person only where something speaks for one and nothing speaks against."""
    found = [(points, reason) for points, reason in _signs(sign) if points]
    score = min(100, sum(points for points, _ in found))
    reasons = tuple(reason for _, reason in found)
    if score >= MACHINE_FROM:
        return Verdict(human=False, score=score, reasons=reasons)
    doubts = tuple(_doubts(sign))
    return Verdict(human=None if doubts else True, score=score, reasons=(*reasons, *doubts))


def _signs(sign: Sign) -> list[tuple[int, str]]:
    """What speaks for a machine, with its weight."""
    agent = sign.user_agent
    early = sign.seconds is not None and sign.seconds < TOO_SOON[sign.kind]
    return [
        (100 * (sign.flagged is True), "el proveedor dice que fue una máquina"),
        (100 * (sign.method.upper() == "HEAD"), "solo preguntó si existe (HEAD)"),
        (70 * early, f"menos de {TOO_SOON[sign.kind]:.0f} s después de salir"),
        *([] if agent is None else _of_agent(agent.strip())),
    ]


def _of_agent(agent: str) -> list[tuple[int, str]]:
    return [
        (60 * (not agent), "programa sin nombre"),
        (100 * (agent == BARE), "precarga de Apple"),
        (100 * bool(GMAIL_PREFETCH.search(agent)), "precarga de Gmail"),
        (100 * bool(SCANNERS.search(agent)), "filtro de seguridad del correo"),
        (80 * bool(ROBOTS.search(agent)), "programa automático"),
    ]


def _doubts(sign: Sign) -> list[str]:
    """Why it cannot be said that it was a person."""
    agent = sign.user_agent
    found = [
        (sign.shared, "el proveedor no dice cuál de los destinatarios fue"),
        (bool(agent and IMAGE_PROXIES.search(agent)), "intermediario de imágenes del buzón"),
        (agent is None and sign.flagged is None, "el proveedor no dice qué programa fue"),
        (sign.seconds is None, "no se sabe cuánto después de salir"),
    ]
    return [reason for doubtful, reason in found if doubtful]
