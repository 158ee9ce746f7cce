"""A real IMAP server on loopback, as small as the product's use of it (RFC 3501): LOGIN, XOAUTH2, SELECT, NOOP, SEARCH, FETCH, STORE."""

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Box:
    """What is in the mailbox, and what was asked: ``mails[uid]`` is the mail and its flags."""

    port: int = 0
    password: str = "secreto"
    token: str = ""
    mails: dict[int, tuple[bytes, set[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    drop_at: str = ""

    def add(self, raw: bytes, *flags: str) -> int:
        """One more mail; its UID."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = (raw, set(flags))
        return uid

    @property
    def unseen(self) -> list[int]:
        """The UIDs that nobody has read."""
        return [uid for uid, (_, flags) in self.mails.items() if r"\Seen" not in flags]


class _Handler(socketserver.StreamRequestHandler):
    box: Box

    def handle(self) -> None:
        self._say(b"* OK listo\r\n")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.box.asked.append(rest)
            if self.box.drop_at and self.box.drop_at in rest:
                return
            if not self._answer(tag, rest):
                return

    def _answer(self, tag: str, rest: str) -> bool:
        word, _, arguments = rest.partition(" ")
        if word.upper() == "UID":
            word, _, arguments = arguments.partition(" ")
        reply = getattr(self, f"do_{word.lower()}", self.do_unknown)(tag, arguments)
        self._say(f"{tag} {reply}\r\n".encode())
        return word.upper() != "LOGOUT"

    def _say(self, data: bytes) -> None:
        self.wfile.write(data)

    def do_capability(self, _tag: str, _arguments: str) -> str:
        self._say(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN\r\n")
        return "OK hecho"

    def do_login(self, _tag: str, arguments: str) -> str:
        return "OK hecho" if arguments.endswith(f'"{self.box.password}"') else "NO [AUTHENTICATIONFAILED] clave equivocada"

    def do_authenticate(self, _tag: str, arguments: str) -> str:
        self._say(b"+ \r\n")
        said = base64.b64decode(self.rfile.readline()).decode()
        right = f"auth=Bearer {self.box.token}\1" in said if arguments == "XOAUTH2" else said.endswith(f"\0{self.box.password}")
        return "OK hecho" if right else "NO [AUTHENTICATIONFAILED] no"

    def do_select(self, _tag: str, arguments: str) -> str:
        if "INBOX" not in arguments:
            return "NO [NONEXISTENT] no hay esa carpeta"
        self._say(f"* {len(self.box.mails)} EXISTS\r\n".encode())
        return "OK [READ-WRITE] abierta"

    def do_noop(self, _tag: str, _arguments: str) -> str:
        return "OK hecho"

    def do_search(self, _tag: str, arguments: str) -> str:
        assert arguments == "UNSEEN"
        self._say(f"* SEARCH {' '.join(map(str, self.box.unseen))}\r\n".encode())
        return "OK hecho"

    def do_fetch(self, _tag: str, arguments: str) -> str:
        uids, _, wanted = arguments.partition(" ")
        for number, uid in enumerate(map(int, uids.split(",")), start=1):
            raw, _ = self.box.mails[uid]
            if "RFC822.SIZE" in wanted:
                self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {self.box.sizes.get(uid, len(raw))})\r\n".encode())
            else:
                most = re.search(r"<0\.(\d+)>", wanted)
                assert most
                part = raw[: int(most[1])]
                self._say(f"* {number} FETCH (UID {uid} BODY[]<0> {{{len(part)}}}\r\n".encode() + part + b")\r\n")
        return "OK hecho"

    def do_store(self, _tag: str, arguments: str) -> str:
        uid, _, flags = arguments.partition(" ")
        assert flags.startswith("+FLAGS.SILENT ")
        self.box.mails[int(uid)][1].update(re.findall(r"\\\w+", flags))
        return "OK hecho"

    def do_expunge(self, _tag: str, _arguments: str) -> str:
        self.box.mails = {uid: mail for uid, mail in self.box.mails.items() if r"\Deleted" not in mail[1]}
        return "OK hecho"

    def do_logout(self, _tag: str, _arguments: str) -> str:
        self._say(b"* BYE hasta luego\r\n")
        return "OK hecho"

    def do_unknown(self, _tag: str, _arguments: str) -> str:
        return "BAD no se entiende"


@contextmanager
def running_imap() -> Iterator[Box]:
    """A mailbox on a free port of 127.0.0.1."""
    box = Box()
    handler = type("Handler", (_Handler,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
