"""What is doubtful about an address that somebody typed: it is asked once, and never refused."""

from collections.abc import Iterable
from dataclasses import dataclass

import dns.resolver
from django.conf import settings

from notifications import typos
from notifications.mail_dns import Answer, mail_hosts

# DNS is asked about this many new domains of one form; a form has one or two.
MOST_DOMAINS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """One address, what is doubtful about it in a sentence, and the address that was probably meant, if any."""

    address: str
    says: str
    meant: str = ""


def about(addresses: Iterable[str], *, sure: Iterable[str] = (), resolver: dns.resolver.Resolver | None = None) -> dict[str, Doubt]:
    """
    The doubts about checked addresses, by address; none about those that the person is sure of.

    :param sure: addresses that were asked about already. :param resolver: instead of the system's, which is only asked where
        ``MAIL_DNS`` allows it; once it does not answer, within two seconds, it is asked no more.
    """
    open_questions = [address for address in addresses if address not in set(sure)]
    found = {address: doubt for address in open_questions if (doubt := _slip(address))}
    if resolver is None and not settings.MAIL_DNS:
        return found
    without_mail = _without_mail({address.rpartition("@")[2] for address in open_questions if address not in found}, resolver)
    for address in open_questions:
        domain = address.rpartition("@")[2]
        if address not in found and domain in without_mail:
            found[address] = Doubt(address, f"El dominio {domain} no tiene un servidor de correo.")
    return found


def _slip(address: str) -> Doubt | None:
    meant = typos.suggest(address)
    return Doubt(address, f"{address.rpartition('@')[2]} parece mal escrito.", meant) if meant else None


def _without_mail(domains: Iterable[str], resolver: dns.resolver.Resolver | None) -> set[str]:
    found = set()
    for domain in sorted(domains)[:MOST_DOMAINS]:
        answer = mail_hosts(domain, resolver=resolver)
        if answer == Answer.UNKNOWN:
            break
        if answer == Answer.NO:
            found.add(domain)
    return found
