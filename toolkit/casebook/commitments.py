"""Private facts: how can the journal vouch for a name without telling it?

The journal carries ``SHA-256(salt || canonical(value))`` with 16 random bytes
of salt; salt and value lie encrypted in ``private/reveal.jsonl``, which is never
exported (:mod:`toolkit.casebook.strongbox`; cases of before have plain lines,
which are read). An export can so withhold a name without breaking the chain, and
one fact can be opened later by handing over its salt and value.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.casebook import folder
from toolkit.casebook.folder import AppendFile
from toolkit.casebook.storage import from_parquet, to_parquet
from toolkit.casebook.strongbox import MARK, Strongbox, find_box, key_file, make_box
from toolkit.errors import CaseError, ExhibitChanged, StepTooEarly

if TYPE_CHECKING:
    from toolkit.casebook.journal import Journal

SALT_BYTES = 16
PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
RECORDED = "record private"
LINE = "reveal.jsonl"  # what a line is shut under
WHOLE = MARK.encode() + b"\n"  # before a file that is shut as a whole


def canonical_bytes(value: Any) -> bytes:
    r"""UTF-8 JSON with sorted keys and no spaces: the same bytes for the same value.

    Reading the bytes and writing them again gives the same bytes, for every
    value that JSON holds. Half surrogates (file names that are not UTF-8) are
    written as ``\udcxx`` escapes, all else as itself.

    Raises
    ------
    ValueError, TypeError
        A NaN, an infinity, or something JSON cannot hold: a fault of the caller.
    """
    # Once through JSON first: keys that are not text sort differently before and after.
    plain = json.loads(json.dumps(value, allow_nan=False))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def commitment(salt: bytes, value: Any) -> str:
    """The digest (64 hex digits) that binds to a value without telling it."""
    return hashlib.sha256(salt + canonical_bytes(value)).hexdigest()


def opens(digest: str, salt_hex: str, value: Any) -> bool:
    """Whether this salt and value are what the digest was made from."""
    try:
        salt = bytes.fromhex(salt_hex)
    except ValueError:
        return False
    return hmac.compare_digest(commitment(salt, value), digest)


class PrivateFacts:
    """The sidecar ``private/reveal.jsonl``: salt and value of every commitment, each line shut by itself.

    Parameters
    ----------
    path : Path
        May be missing: a case handed on without its private folder still opens.
    case_id : str
        Whose strongbox shuts and opens the lines.
    write : bool
        Whether facts may be added; a torn last line is then cut off.

    Raises
    ------
    CaseError
        For writing: lines are shut, and their key is not here
        (``private_key_missing``) or another one is (``private_key_other``).
    """

    def __init__(self, path: Path, case_id: str, *, write: bool) -> None:
        self._path, self._case_id = path, case_id
        self._box: Strongbox | None = None
        self._others = 0  # lines that another key shut, or any where none is here
        try:
            self._box = find_box(case_id)
        except CaseError:
            if write:  # a case opens for reading with its facts withheld, whatever became of the key
                raise
        self._file: AppendFile | None = None
        self._known: dict[tuple[str, str], tuple[str, Any]] = {}
        self._read = 0
        self._learn()
        if not write:
            return
        if self._others:
            why = "private_key_missing" if self._box is None else "private_key_other"
            raise CaseError(why, folder=str(path.parent.parent), path=str(key_file(case_id)))
        self._file = AppendFile(path, 0o600)
        if self._file.size() > self._read:
            self._file.cut(self._read)

    def box(self) -> Strongbox:
        """What shuts the private facts of this case; made with its first fact.

        Raises
        ------
        CaseError
            Its key cannot be written down.
        """
        if self._box is None:
            self._box = make_box(self._case_id)
        return self._box

    def shut(self, content: bytes, name: str) -> bytes:
        """A whole file, shut under this name; CaseError as :meth:`box`."""
        return WHOLE + self.box().shut(content, name)

    def plain(self, content: bytes | None, name: str) -> bytes | None:
        """What a whole file holds; one that was never shut as it is, None where it cannot be opened."""
        if content is None or not content.startswith(WHOLE):
            return content
        return self.opened(content[len(WHOLE) :], name)

    def opened(self, content: bytes, name: str) -> bytes | None:
        """What was shut under this name; None when the key is not here or does not open it."""
        if self._box is None:
            with contextlib.suppress(CaseError):
                self._box = find_box(self._case_id)  # a writer may have made it since this reader began
        return None if self._box is None else self._box.opened(content, name)

    def commit(self, op: str, seq: int, facts: Mapping[str, Any]) -> dict[str, str]:
        """Digests by field, once salts and values are safe on disk.

        A line whose journal row never came to be binds nothing: facts are
        looked up by the operation id of a row.

        Raises
        ------
        OSError, CaseError
            The disk is full or not writable; nothing was added.
        """
        if not facts or self._file is None:
            return {}
        box = self.box()
        digests: dict[str, str] = {}
        lines: list[bytes] = []
        fresh: dict[tuple[str, str], tuple[str, Any]] = {}
        for field, value in sorted(facts.items()):
            salt = secrets.token_bytes(SALT_BYTES)
            digests[field] = commitment(salt, value)
            entry = {"field": field, "op": op, "salt": salt.hex(), "seq": seq, "value": value}
            plain = canonical_bytes(entry)
            lines.append(_shut_line(box, plain))
            fresh[op, field] = (salt.hex(), json.loads(plain)["value"])
        block = b"".join(lines)
        if self._file.size() > self._read:  # half a line of an append that failed
            self._file.cut(self._read)
        self._file.append(block, at=self._read)
        self._read += len(block)
        self._known |= fresh
        return digests

    def value(self, op: str, field: str, digest: str) -> Any:
        """What was committed to, or None when it is not here or does not open the digest."""
        if (op, field) not in self._known:
            self._learn()
        salt, value = self._known.get((op, field), ("", None))
        return value if salt and opens(digest, salt, value) else None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _learn(self) -> None:
        try:
            with self._path.open("rb") as lines:
                lines.seek(self._read)
                for line in lines:
                    if not line.endswith(b"\n"):
                        return
                    self._read += len(line)
                    self._remember(line)
        except OSError:
            # Handed on without its private folder, or not readable for this user: the
            # facts then stay withheld, which is what the commitments are for.
            return

    def _remember(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            if "box" in entry:
                plain = self.opened(base64.b64decode(entry["box"]), LINE)
                if plain is None:
                    # With the mark of our key it was damaged, and is withheld as a damaged plain one is.
                    self._others += self._box is None or entry.get("key") != self._box.mark
                    return
                entry = json.loads(plain)
            self._known[str(entry["op"]), str(entry["field"])] = (str(entry["salt"]), entry["value"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return


def _shut_line(box: Strongbox, plain: bytes) -> bytes:
    """One line of the sidecar: which key shut it, and what it shut."""
    return canonical_bytes({"box": base64.b64encode(box.shut(plain, LINE)).decode(), "key": box.mark}) + b"\n"


class PrivateTables:
    """Tables that are never exported: names. The journal holds a commitment to each one's hash.

    Parameters
    ----------
    root : Path
        The case folder.
    journal : Journal
        Of the same case.
    """

    def __init__(self, root: Path, journal: Journal) -> None:
        self._root, self._journal = root, journal

    def read(self, name: str) -> pd.DataFrame:
        """A table as it was recorded.

        Raises
        ------
        StepTooEarly
            It was not recorded, or the private folder was not handed on.
        ExhibitChanged
            The file is not the one the journal vouches for.
        """
        path, wanted = self._path(name), self._wanted(name)
        found = [folder.read_if_there(one) for one in (path, folder.waiting_name(path))]
        for content in found:
            plain = self._journal.private.plain(content, name)
            if plain is not None and _sha256(plain) == wanted:
                return from_parquet(plain)
        if wanted is None or found[0] is None:
            raise StepTooEarly("step_too_early", table=name, step="intake")
        raise ExhibitChanged("private_table_changed", table=name)

    def has(self, name: str) -> bool:
        """Whether a table was recorded and its file is here.

        Raises
        ------
        ExhibitChanged
            The file is not the one the journal vouches for.
        """
        try:
            self.read(name)
        except StepTooEarly:
            return False
        return True

    def record(self, name: str, table: pd.DataFrame) -> None:
        """Store a table; the same bytes again write nothing.

        Raises
        ------
        CaseError
            The disk refused, or the case is open for reading.
        """
        path, content = self._path(name), to_parquet(table.reset_index(drop=True))
        if (
            self._wanted(name) == _sha256(content)
            and self._journal.private.plain(folder.read_if_there(path), name) == content
        ):
            return
        shut = self._journal.private.shut(content, name)
        with folder.writing(self._root):
            folder.write_durably(folder.waiting_name(path), shut, 0o600)
        # Left waiting when the row fails: the next opening sweeps what no row vouches for.
        self._journal.append(RECORDED, {"table": name}, {"sha256": _sha256(content)})
        with folder.writing(self._root):
            folder.rename_durably(folder.waiting_name(path), path)

    def finish_interrupted(self) -> None:
        """Put in place what was journaled before a crash; call before anything sweeps."""
        with folder.writing(self._root):
            for waiting in sorted((self._root / folder.PRIVATE).glob(".*.parquet.tmp")):
                name = waiting.name[1 : -len(".parquet.tmp")]
                plain = self._journal.private.plain(folder.read_if_there(waiting), name)
                if PLAIN_NAME.fullmatch(name) and plain is not None and _sha256(plain) == self._wanted(name):
                    folder.rename_durably(waiting, self._path(name))

    def _path(self, name: str) -> Path:
        if not PLAIN_NAME.fullmatch(name):
            raise CaseError("table_unknown", table=name)
        return self._root / folder.PRIVATE / f"{name}.parquet"

    def _wanted(self, name: str) -> str | None:
        row = self._journal.last(RECORDED, table=name)
        if row is None:
            return None
        found = self._journal.private.value(row["op"], "sha256", row["priv"].get("sha256", ""))
        return None if found is None else str(found)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
