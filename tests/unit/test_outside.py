"""A host that a user typed never leads into our own network."""

import socket
from typing import Any

import pytest

from notifications import outside


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_an_address_of_ours_is_inside(address: str) -> None:
    assert not outside.is_outside(address)


@pytest.mark.parametrize("address", ["40.97.4.2", "2a00:1450:4013:c01::6c", "::ffff:40.97.4.2", "64:ff9b::2861:402"])
def test_an_address_of_the_internet_is_outside(address: str) -> None:
    assert outside.is_outside(address)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the names resolve to."""
    known: dict[str, list[str]] = {}

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
    return known


def test_a_name_with_one_address_inside_is_refused_whole(names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    names["mail.example"] = ["40.97.4.2", "10.0.0.5"]
    dialled: list[Any] = []
    monkeypatch.setattr(outside.socket, "create_connection", lambda address, _: dialled.append(address))

    with pytest.raises(outside.InsideAddress, match="red interna"):
        outside.connect("mail.example", 587, timeout=1)

    assert dialled == []


def test_the_connection_goes_to_the_address_that_was_judged(names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    names["mail.example"] = ["40.97.4.2", "40.97.4.3"]
    dialled: list[Any] = []

    def dial(address: tuple[str, int], _timeout: float) -> Any:
        dialled.append(address)
        if address[0].endswith("2"):
            raise ConnectionRefusedError
        return "connection"

    monkeypatch.setattr(outside.socket, "create_connection", dial)

    assert outside.connect("mail.example", 587, timeout=1) == "connection"
    assert dialled == [("40.97.4.2", 587), ("40.97.4.3", 587)]
