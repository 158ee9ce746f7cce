"""ZIPs from strangers: members are named and read within limits, nothing is ever written to disk."""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from invoices.ubl.refusal import Refused

MAX_ZIP_BYTES = 20 * 1024 * 1024
MAX_MEMBERS = 200
MAX_RATIO = 100
MAX_PATH = 255
CHUNK = 64 * 1024
MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
CENTRAL_RECORD = b"PK\x01\x02"
ENCRYPTED, UTF8 = 0x1, 0x800
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
RUBBISH = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)", re.IGNORECASE)
UNSAFE = re.compile(r"^/|^[A-Za-z]:|\\|(^|/)\.\.(/|$)")
# What zipfile and zlib raise for damaged files; BadZipFile is for the ones that it noticed itself.
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a ZIP; ``fault`` says why it must not be read."""

    name: str
    info: zipfile.ZipInfo
    fault: Refused | None


class Archive:
    """
    A ZIP in memory.

    :raises Refused: over ``MAX_ZIP_BYTES``, damaged, or more than ``MAX_MEMBERS`` members.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_ZIP_BYTES:
            raise Refused("too_big", "El ZIP pasa de 20 MB.")
        # zipfile builds an object for each record, before anyone can count them; annexes that are ZIPs have records too.
        if data.count(CENTRAL_RECORD) > 50 * MAX_MEMBERS:
            raise _too_many()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE:
            raise _damaged() from None
        if len(self._zip.infolist()) > MAX_MEMBERS:
            raise _too_many()
        self._left = MAX_RATIO * len(data)

    def members(self) -> list[Member]:
        """The files in the order of the ZIP, without folders and what operating systems leave behind."""
        found: list[Member] = []
        names: set[str] = set()
        for info in self._zip.infolist():
            name = _name(info)
            if not info.is_dir() and not RUBBISH.search(name):
                found.append(Member(name, info, _fault(name, info, names)))
                names.add(name)
        return found

    def read(self, member: Member, *, limit: int) -> bytes:
        """
        The bytes of a member, counted while they are unpacked: the sizes that the ZIP states are not believed.

        :raises Refused: it has a fault, is damaged, passes ``limit`` bytes or unpacks to more than ``MAX_RATIO`` times its size.
        """
        if member.fault:
            raise member.fault
        try:
            return self._unpack(member.info, limit)
        except DAMAGE:
            raise _damaged() from None

    def _unpack(self, info: zipfile.ZipInfo, limit: int) -> bytes:
        allowed = min(MAX_RATIO * info.compress_size, self._left)
        unpacked = bytearray()
        with self._zip.open(info) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += chunk
                if len(unpacked) > allowed:
                    raise _bomb()
                if len(unpacked) > limit:
                    raise Refused("too_big", f"Pasa de {limit // (1024 * 1024)} MB.")
        self._left -= len(unpacked)
        return bytes(unpacked)


def is_zip(data: bytes) -> bool:
    """Whether a file begins as a ZIP does, whatever its name."""
    return data.startswith(MAGIC)


def _name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are often UTF-8 all the same; zipfile has read them as code page 437."""
    if info.flag_bits & UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _fault(name: str, info: zipfile.ZipInfo, names: set[str]) -> Refused | None:
    if UNSAFE.search(name) or not name.isprintable() or len(name) > MAX_PATH:
        return Refused("unsafe_path", "Su ruta dentro del ZIP no es segura: no se abre.")
    if name in names:
        return Refused("duplicate", "El ZIP trae dos archivos con este mismo nombre: solo se lee el primero.")
    if info.flag_bits & ENCRYPTED:
        return Refused("encrypted", "Está protegido con contraseña dentro del ZIP.")
    if info.compress_type not in METHODS:
        return Refused("method", "Está comprimido con un método que no se admite.")
    return _bomb() if info.file_size > MAX_RATIO * info.compress_size else None


def _too_many() -> Refused:
    return Refused("too_many_members", "El ZIP trae más de 200 archivos.")


def _damaged() -> Refused:
    return Refused("damaged", "El ZIP está dañado o incompleto.")


def _bomb() -> Refused:
    return Refused("bomb", "Al descomprimirse crece más de 100 veces, como una bomba ZIP: no se abre.")
