"""Signatures in plain Python: is this Ed25519 signature (RFC 8032) in the form of OpenSSH (SSHSIG) right?

Standard library only, from Python 3.8 on: together with
:mod:`toolkit.casebook.verify` it is the verifier that lies in every sealed
package. It only checks; nothing here signs, and secrets never come near it. A
signature that fits shows who held the key, not that what was signed is true.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

# --- Below this line both files are one in a sealed package.

FORMAT = "papermask-seal-v1"
IMPRINT = bytes.fromhex("3031300d060960864801650304020105000420")  # of a SHA-256, as DER writes it
if TYPE_CHECKING:
    Point = tuple[int, int, int, int]  # extended coordinates x, y, z, t
    Ready = tuple[int, int, int]
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


class Refused(Exception):
    """Something cannot be read as what it should be; the argument is a key of TOLD."""


def decoded(raw: bytes) -> Point | None:
    """A point of 32 bytes, written in the one way that is allowed; None for anything else."""
    if len(raw) != 32:
        return None
    number = int.from_bytes(raw, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def plus(one: Point, ready: Ready) -> Point:
    """A point and a prepared one (y + x, y - x, 2 d x y); complete, so that doubling is the same."""
    x, y, z, t = one
    a, b, c, d = (y - x) * ready[1] % P, (y + x) * ready[0] % P, t * ready[2] % P, 2 * z
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def flat(point: Point) -> tuple[int, int]:
    """A point as (x, y)."""
    inverse = pow(point[2], P - 2, P)
    return point[0] * inverse % P, point[1] * inverse % P


def prepared(point: Point) -> Ready:
    """A point as :func:`plus` wants it."""
    x, y = flat(point)
    return (y + x) % P, (y - x) % P, 2 * D * x * y % P


def multiples(point: Point) -> list[list[Ready]]:
    """For each of 64 places of four bits the multiples 1 to 15."""
    rows = []
    for _ in range(64):
        one = prepared(point)
        row = []
        held = NEUTRAL
        for _ in range(15):
            held = plus(held, one)
            row.append(prepared(held))
        rows.append(row)
        point = plus(held, one)
    return rows


def added(total: Point, number: int, table: list[list[Ready]]) -> Point:
    """A point and a multiple of the table's."""
    for row in table:
        if number & 15:
            total = plus(total, row[(number & 15) - 1])
        number >>= 4
    return total


BASE = multiples(decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL)


class Key:
    """A public key; one of a small order fits any message and is refused."""

    def __init__(self, raw: bytes) -> None:
        point = decoded(raw)
        if point is None:
            raise Refused("seal")
        eighth = point
        for _ in range(3):
            eighth = plus(eighth, prepared(eighth))
        if flat(eighth) == (0, 1):
            raise Refused("seal")
        self.raw, self.table = raw, multiples((P - point[0], point[1], 1, P - point[3]))

    def fits(self, signature: bytes, message: bytes) -> bool:
        """Whether this is the signature (RFC 8032, 5.1.7) of these bytes."""
        if len(signature) != 64:
            return False
        s = int.from_bytes(signature[32:], "little")
        if s >= ORDER:
            return False
        h = int.from_bytes(hashlib.sha512(signature[:32] + self.raw + message).digest(), "little") % ORDER
        x, y = flat(added(added(NEUTRAL, s, BASE), h, self.table))
        return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


@functools.lru_cache(maxsize=8)
def key_from(raw: bytes) -> Key:
    """A key and its table, made once: whoever checks many packages checks few keys."""
    return Key(raw)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, as the rows are written."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def pieces(raw: bytes) -> list[bytes]:
    """Length-prefixed texts of SSH, to the end."""
    found = []
    while raw:
        length = int.from_bytes(raw[:4], "big")
        if len(raw) < 4 + length:
            raise Refused("signature")
        found.append(raw[4 : 4 + length])
        raw = raw[4 + length :]
    return found


def key_of_ssh(blob: bytes) -> bytes:
    """The 32 bytes of an ``ssh-ed25519`` key."""
    told = pieces(blob)
    if len(told) != 2 or told[0] != b"ssh-ed25519":
        raise Refused("signature")
    return told[1]


def signature_parts(text: bytes) -> tuple[bytes, bytes]:
    """Key blob and signature of an SSHSIG for our namespace."""
    match = re.fullmatch(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\n", text)
    raw = base64.b64decode(match.group(1)) if match else b""
    if raw[:10] != b"SSHSIG\0\0\0\1":
        raise Refused("signature")
    told = pieces(raw[10:])
    if len(told) != 5 or told[1:4] != [FORMAT.encode(), b"", b"sha512"]:
        raise Refused("signature")
    kind = pieces(told[4])
    if len(kind) != 2 or kind[0] != b"ssh-ed25519":
        raise Refused("signature")
    return told[0], kind[1]


def signed_bytes(message: bytes) -> bytes:
    """What an SSHSIG signs."""
    told = (FORMAT.encode(), b"", b"sha512", hashlib.sha512(message).digest())
    return b"SSHSIG" + b"".join(len(one).to_bytes(4, "big") + one for one in told)


def fingerprint_of(blob: bytes) -> str:
    """SHA256:... of a key blob, as ssh-keygen shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def time_stamp_request(message: bytes) -> bytes:
    """RFC 3161 request for these bytes, made offline: hash, a number made of it, and "send the certificate, too".

    The number is no secret and is the same for the same bytes, so that a changed request is seen.
    """
    digest = hashlib.sha256(message).digest()
    number = b"\x01" + hashlib.sha256(b"papermask-nonce" + digest).digest()[:7]
    body = b"\x02\x01\x01" + IMPRINT + digest + b"\x02" + bytes([len(number)]) + number + b"\x01\x01\xff"
    return b"\x30" + bytes([len(body)]) + body
