"""A mail server on loopback that wants an access token and offers reports, and the endpoint that gives such tokens."""

import json
import socket
import ssl
import threading
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MAILBOX = "facturas@empresa.example"
WHY_NOT = json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.google.com/"})


class MailServer:
    """What was said to the server; ``tokens`` are those it takes now."""

    def __init__(self, *, offers_reports: bool) -> None:
        self.offers_reports = offers_reports
        self.port = 0
        self.tokens: set[str] = set()
        self.logins: list[str] = []
        self.answers: list[bytes] = []  # to the challenge that says why a token is not taken
        self.commands: list[str] = []
        self.messages: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd calls it so
        """Take the token, or say why not and wait for an empty line."""
        login = b64decode(args[1]).decode()
        self.logins.append(login)
        if login in {f"user={MAILBOX}\x01auth=Bearer {token}\x01\x01" for token in self.tokens}:
            return AuthResult(success=True)
        answer = await server.challenge_auth(WHY_NOT)
        self.answers.append(answer if isinstance(answer, bytes) else b"aborted")
        return AuthResult(success=False, handled=False, message="535 5.7.3 Authentication unsuccessful")

    async def handle_EHLO(self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        """Offer reports."""
        session.host_name = hostname
        return [responses[0], *(["250-DSN"] if self.offers_reports else []), *responses[1:]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep it."""
        assert isinstance(envelope.content, bytes)
        self.messages.append(envelope.content)
        return "250 2.0.0 Ok: queued as 4F2B31C0D"


class _Smtp(SMTP):
    """Notes the commands and takes the parameters of RFC 3461, which aiosmtpd does not know."""

    line_length_limit = 12288  # RFC 4954, section 4: a token is long
    command_size_limits = defaultdict(lambda: 12288)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_MAIL(self._noted("MAIL", arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(self._noted("RCPT", arg))

    def _noted(self, command: str, arg: str | None) -> str:
        server: MailServer = self.event_handler
        server.commands.append(f"{command} {arg}")
        return (arg or "").partition(" ")[0] if server.offers_reports else arg or ""


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Smtp(self.handler, **self.SMTP_kwargs)


@contextmanager
def running_mail_server(*, tls: ssl.SSLContext | None = None, offers_reports: bool = True) -> Iterator[MailServer]:
    """On a free port of 127.0.0.1; with ``tls`` it wants STARTTLS and then a token, without it takes everybody's mail."""
    server = MailServer(offers_reports=offers_reports)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]
    guarded = {"tls_context": tls, "require_starttls": True, "auth_required": True, "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
    controller = _Controller(server, hostname="127.0.0.1", port=server.port, **(guarded if tls else {}))
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


class TokenEndpoint:
    """What was asked, and what to answer next: status and body; then tokens ``t1``, ``t2`` …"""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.more: dict[str, Any] = {}

    def answer(self, form: dict[str, str]) -> tuple[int, bytes]:
        """The scripted answer, else a token of an hour."""
        self.asked.append(form)
        if self.answers:
            return self.answers.pop(0)
        body = {"token_type": "Bearer", "access_token": f"t{len(self.asked)}", "expires_in": 3600, **self.more}
        return 200, json.dumps(body).encode()


@contextmanager
def running_token_endpoint() -> Iterator[TokenEndpoint]:
    """On a free port of 127.0.0.1."""
    endpoint = TokenEndpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer = endpoint.answer({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Location", endpoint.url)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen of the tests."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/token"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for 127.0.0.1, and the file of the certificate that a client must trust."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.crt", folder / "server.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
