"""
Connections to a host that a user typed: never into our own network.

The name is resolved once, every address it gave is judged, and the connection goes to an address that was judged: a name that
changes its mind in between (DNS rebinding) gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class InsideAddress(OSError):
    """The host leads to this machine or to a private network."""


def connect(host: str, port: int, *, timeout: float | None) -> socket.socket:
    """
    A connection to the host.

    :raises InsideAddress: one of its addresses is not of the public internet. :raises OSError: it cannot be reached.
    """
    found = [str(address[4][0]) for address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(is_outside(address) for address in found):
        raise InsideAddress(f"{host} está en una red interna: escribe un servidor de correo público.")
    failure: OSError = OSError(f"{host} no tiene dirección.")
    for address in dict.fromkeys(found):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as exc:
            failure = exc
    raise failure


def is_outside(address: str) -> bool:
    """Whether the IP address is one of the public internet; those that wrap an IPv4 address are judged by it."""
    ip = ip_address(address.partition("%")[0])
    return _public((_wrapped(ip) if isinstance(ip, IPv6Address) else None) or ip)


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    nat64 = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
    return ip.ipv4_mapped or ip.sixtofour or nat64


def _public(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast
