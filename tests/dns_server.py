"""A DNS server on loopback that answers from a small table."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

Zone = Mapping[tuple[str, str], list[str]]  # (name, kind) → records; a name that is nowhere does not exist
SILENT = "silent"


@contextmanager
def running_dns(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a server which knows this zone; it never answers where the records are ``[SILENT]``."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(server, zone))
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
    try:
        yield resolver
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", server.getsockname())
        thread.join()
        server.close()


def _serve(server: socket.socket, zone: Zone) -> None:
    while True:
        wire, client = server.recvfrom(4096)
        if not wire:
            return
        answer = _answer(dns.message.from_wire(wire), zone)
        if answer is not None:
            server.sendto(answer.to_wire(), client)


def _answer(query: dns.message.Message, zone: Zone) -> dns.message.Message | None:
    question = query.question[0]
    name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    records = zone.get((name, kind))
    if records == [SILENT]:
        return None
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    if records:
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
    elif not any(known == name for known, _ in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer
