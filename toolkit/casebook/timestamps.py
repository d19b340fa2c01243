"""Time stamps of the journal: by when did all of its rows so far exist, as a third person says it?

A request (RFC 3161) is made offline from a checkpoint of the journal and lies
beside it among the outputs; whoever has a line sends it, from this machine or
another's, and the answer is brought back. The service learns an address and a
hash. A stamp is the one thing within a case that whoever holds its keys cannot
make anew, so the answer belongs into other hands as well. It bounds when rows
were written at the latest, and shows nothing of whether what they say is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.casebook import folder, proof
from toolkit.casebook.verify import STAMPED
from toolkit.errors import SealError

if TYPE_CHECKING:
    from toolkit.casebook.case import Case

PLACE = "timestamps"
MOST_REPLY_BYTES = 2**20
GRANTED = b"\x30"  # TimeStampResp of RFC 3161: a sequence, with what was signed (RFC 5652) and the stamp within it
SIGNED, STAMP = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060b2a864886f70d0109100104")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A checkpoint, and the request made from it: where both lie, and how many rows it holds."""

    head: Path
    request: Path
    rows: int


def request_stamp(case: Case) -> Requested:
    """Put down a checkpoint of the journal as it is now, and a request for a stamp of it.

    Raises
    ------
    CaseError
        The case is open for reading, or the disk refused.
    """
    number = 1 + max((row["pub"]["number"] for row in case.journal_rows() if row["act"] == "timestamp"), default=0)
    case.note("timestamp", {"number": number})
    rows, _ = case.head()
    content = case.checkpoint()
    head = case.store(f"{PLACE}/{number:04d}.head", content)
    request = case.store(f"{PLACE}/{number:04d}.tsq", proof.time_stamp_request(content))
    return Requested(head=head, request=request, rows=rows)


def take_reply(case: Case, reply: Path) -> Path:
    """Take in what a service answered, beside the checkpoint that it names; gives where it lies.

    Whether the service may be trusted is for ``openssl ts -verify`` and whoever
    chooses its certificate.

    Raises
    ------
    SealError
        ``stamp_unreadable``; ``stamp_none``: it is no signed answer of a time-stamp
        service; ``stamp_other``: it names no checkpoint of this case;
        ``stamp_there``: another answer to that request was taken in before.
    """
    if not reply.is_file():
        raise SealError("stamp_unreadable", file=reply.name)
    try:
        with reply.open("rb") as stream:
            content = stream.read(MOST_REPLY_BYTES + 1)
    except OSError as refused:
        raise SealError("stamp_unreadable", file=reply.name) from refused
    if not content or len(content) > MOST_REPLY_BYTES:
        raise SealError("stamp_unreadable", file=reply.name)
    if not content.startswith(GRANTED) or SIGNED not in content or STAMP not in content:
        raise SealError("stamp_none", file=reply.name)
    for head in _heads(case):
        digest = bytes.fromhex(folder.sha256_of(head))
        if any(mark + digest in content for mark in STAMPED):
            if folder.read_if_there(head.with_suffix(".tsr")) not in (None, content):
                raise SealError("stamp_there", file=head.with_suffix(".tsr").name)
            return case.store(f"{PLACE}/{head.stem}.tsr", content)
    raise SealError("stamp_other", file=reply.name)


def _heads(case: Case) -> list[Path]:
    return sorted((case.path / folder.DERIVED / PLACE).glob("*.head"))
