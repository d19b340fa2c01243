"""Check a sealed package with nothing but Python 3.8 or later: python3 -I -S verify.py [FOLDER] [--fingerprint F].

Ends with 0: nothing was changed and the key is the one you named. 1: something
was changed, is missing or is too much. 3: nothing was changed, but you named no
fingerprint, so that whoever replaced everything, key and this program included,
would pass, too. Ask for the fingerprint by another way than you got the folder.

Formats: BagIt 1.0 (RFC 8493), Ed25519 (RFC 8032), SSHSIG (OpenSSH), canonical
JSON rows chained by SHA-256. It shows that the package is as it was sealed, not
that anything in it was genuine before, nor that whoever holds the keys did not
write all of it anew: only a time stamp or an earlier HEAD shows that.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.casebook.proof import (
    FORMAT,
    IMPRINT,
    Key,
    Refused,
    canonical,
    fingerprint_of,
    key_from,
    key_of_ssh,
    signature_parts,
    signed_bytes,
    time_stamp_request,
)

# --- Below this line both files are one in a sealed package.

JOURNAL_FORMAT = b"papermask-journal-v1\n"
TAGS = ("VERIFY.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "verify.py")
SEAL_FILES = ("allowed_signers", "seal.json", "seal.json.sig", "seal.tsq", "tagmanifest-sha256.txt")
LATER = ("seal.tsr", "tsa-roots.pem", "tsa.pem")  # what a time-stamp service answered
SEAL_KEYS = {"case", "format", "journal", "journal_key", "key", "manifest_sha256", "originals", "sealed_at",
             "tagmanifest_sha256", "tool"}  # fmt: skip
LINE = re.compile(r"([0-9a-f]{64})  (.+)")
STAMPED = (IMPRINT, bytes.fromhex("302f300b0609608648016503040201" + "0420"))  # the second without parameters
MOST_SMALL_BYTES, MOST_HEAD_BYTES, MOST_LINES = 256 * 2**20, 4096, 50
UNVOUCHED = (
    "data/journal.jsonl",
    "data/case.json",
    "data/ro-crate-metadata.json",
)  # the journal does not hold their hashes
if TYPE_CHECKING:
    Said = tuple[str, tuple[Any, ...]]  # a key of TOLD and what stands in it
    Rows = list[tuple[str, dict[str, Any], str]]  # act, public facts and hash of each row

TOLD = {
    "missing": ("{0} is missing", "缺少 {0}"),
    "changed": ("{0} was changed", "{0} 被改动"),
    "added": ("{0} was added after sealing", "{0} 是封存后添加的"),
    "odd_file": ("{0} is no plain file or folder", "{0} 不是普通文件或文件夹"),
    "twins": ("{0} and another name are one on some disks", "{0} 与另一名称在某些磁盘上相同"),
    "list": ("the list {0} is broken", "清单 {0} 已损坏"),
    "bag": ("{0} does not say what this package holds", "{0} 与包内容不符"),
    "seal": ("seal.json is not a seal of this kind", "seal.json 不是此类封存文件"),
    "seal_list": ("seal.json was made for another {0}", "seal.json 属于另一份 {0}"),
    "signature": ("the signature does not fit seal.json", "签名与 seal.json 不符"),
    "signers": ("allowed_signers names another key than seal.json", "allowed_signers 与 seal.json 的密钥不同"),
    "fingerprint": ("sealed with {0}, not with the key that you named", "封存密钥为 {0}，不是您指定的密钥"),
    "row": ("row {0} of the journal does not follow from the rows before", "日志第 {0} 行与之前各行不衔接"),
    "head": ("the journal is not the one that was sealed", "日志不是封存时的日志"),
    "case": ("case.json is not the one the journal began with", "case.json 不是日志开始时的文件"),
    "unvouched": ("the journal does not vouch for {0}", "日志没有为 {0} 作证"),
    "original": ("{0} should be in the package and is not", "{0} 应在包内但不在"),
    "earlier": ("the journal lacks the earlier HEAD: written anew or cut", "日志不含先前的 HEAD：被重写或截断"),
    "stamp": ("{0} was made for something else", "{0} 属于其他内容"),
    "clock": ("note: the clock went back at journal row {0}", "说明：日志第 {0} 行处时钟倒退"),
    "stamp_named": ("note: {0} names this seal; check its signature, too", "说明：{0} 指向本封存；另请核验其签名"),
    "stamp_rows": ("note: {0} names the journal of then; check its signature", "说明：{0} 指向当时的日志；签名另核"),
    "withheld": ("note: hashes only, without the file: {0} originals", "说明：{0} 份原件不在包内，仅有哈希值"),
    "counted": ("{0} files and {1} journal rows checked", "已核对 {0} 个文件与 {1} 行日志"),
    "key": ("sealed with {0}", "封存密钥 {0}"),
    "ok": ("OK: nothing was changed, and the key is the one that you named", "通过：没有改动，密钥与您指定的一致"),
    "intact": ("INTACT, KEY NOT CHECKED: see --fingerprint", "完整，但未核对密钥：请用 --fingerprint 指定指纹"),
    "problem": ("PROBLEM: this is not the package that was sealed", "有问题：这不是当初封存的包"),
}  # fmt: skip


class Package:
    """A folder and what was found to be wrong with it."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.problems: list[Said] = []
        self.notes: list[Said] = []
        self.hashes: dict[str, str] = {}
        self.rows = 0

    def wrong(self, code: str, *what: Any) -> None:
        """Note a problem."""
        self.problems.append((code, what))

    def content(self, name: str) -> bytes:
        """The bytes of a file that belongs to the seal."""
        if name not in self.hashes:
            raise Refused("missing", name)
        path = Path(self.root, name)
        if path.stat().st_size > MOST_SMALL_BYTES:
            raise Refused("seal")
        return path.read_bytes()

    def walk(self, folder: str = "") -> None:
        """Hash every file; links and devices are problems."""
        for entry in sorted(os.scandir(Path(self.root, folder)), key=lambda one: one.name):
            name = folder + entry.name
            if entry.is_symlink() or not (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False)):
                self.wrong("odd_file", name)
            elif entry.is_dir(follow_symlinks=False):
                before = len(self.hashes) + len(self.problems)
                self.walk(name + "/")
                if before == len(self.hashes) + len(self.problems):  # nothing in it
                    self.wrong("added", name + "/")
            else:
                self.hashes[name] = hash_of(entry.path)

    def names(self) -> None:
        """Names that one disk tells apart and another does not."""
        seen: set[str] = set()
        for name in self.hashes:
            plain = unicodedata.normalize("NFC", name).casefold()
            if plain in seen:
                self.wrong("twins", name)
            seen.add(plain)

    def listed(self, name: str, whole: set[str]) -> dict[str, str]:
        """A list of hashes against the files; ``whole`` says which files it has to name."""
        told: dict[str, str] = {}
        for line in self.content(name).decode("utf-8").split("\n")[:-1]:
            match = LINE.fullmatch(line)
            if not match or match.group(2) in told or not plain(match.group(2)):
                raise Refused("list", name)
            told[match.group(2)] = match.group(1)
        for path in sorted(set(told) | whole):
            if path not in self.hashes:
                self.wrong("missing", path)
            elif path not in told:
                self.wrong("added", path)
            elif told[path] != self.hashes[path]:
                self.wrong("changed", path)
        return told

    def bag(self) -> None:
        """The two lists, nothing beside them, and what the bag says of itself."""
        payload = {name for name in self.hashes if name.startswith("data/")}
        told = self.listed("manifest-sha256.txt", payload)
        if set(self.listed("tagmanifest-sha256.txt", set(TAGS))) != set(TAGS):
            self.wrong("list", "tagmanifest-sha256.txt")
        for name in sorted(set(self.hashes) - payload - {*TAGS, *SEAL_FILES, *LATER}):
            self.wrong("added", name)
        if self.content("bagit.txt") != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
            self.wrong("bag", "bagit.txt")
        size = sum(Path(self.root, name).stat().st_size for name in payload & set(told))
        if f"Payload-Oxum: {size}.{len(told)}\n" not in self.content("bag-info.txt").decode("utf-8"):
            self.wrong("bag", "bag-info.txt")

    def seal(self) -> dict[str, Any]:
        """seal.json, its signature and its key; gives what it says."""
        raw = self.content("seal.json")
        told = json.loads(raw.decode("utf-8"))
        if not isinstance(told, dict) or set(told) != SEAL_KEYS or told["format"] != FORMAT:
            raise Refused("seal")
        if canonical(told) + b"\n" != raw:
            raise Refused("seal")
        for name in ("manifest", "tagmanifest"):
            if told[name + "_sha256"] != self.hashes[name + "-sha256.txt"]:
                self.wrong("seal_list", name + "-sha256.txt")
        blob, signature = signature_parts(self.content("seal.json.sig"))
        if not key_from(key_of_ssh(blob)).fits(signature, signed_bytes(raw)):
            self.wrong("signature")
        signer = f'case@sealed namespaces="{FORMAT}" ssh-ed25519 {base64.b64encode(blob).decode()}\n'
        if told["key"] != fingerprint_of(blob) or self.content("allowed_signers") != signer.encode():
            self.wrong("signers")
        return told

    def stamps(self) -> None:
        """A time stamp must name this seal; whether its service may be trusted is not looked into."""
        digest = bytes.fromhex(self.hashes["seal.json"])
        if self.content("seal.tsq") != time_stamp_request(self.content("seal.json")):
            self.wrong("stamp", "seal.tsq")
        if "seal.tsr" in self.hashes:
            fits = any(mark + digest in self.content("seal.tsr") for mark in STAMPED)
            self.notes.append(("stamp_named", ("seal.tsr",))) if fits else self.wrong("stamp", "seal.tsr")

    def stamped_rows(self, seal: dict[str, Any], rows: Rows) -> None:
        """Checkpoints that were stamped on the way: the journal holds them, and each answer names its own."""
        place = "data/derived/timestamps/"
        for name in sorted(one for one in self.hashes if one.startswith(place) and one.endswith(".head")):
            self.earlier(str(Path(self.root, name)), seal, rows)
            answer = name[: -len("head")] + "tsr"
            if answer in self.hashes:
                digest = bytes.fromhex(self.hashes[name])
                fits = any(mark + digest in self.content(answer) for mark in STAMPED)
                self.notes.append(("stamp_rows", (answer,))) if fits else self.wrong("stamp", answer)

    def journal(self, seal: dict[str, Any]) -> Rows:
        """The chain, row by row; gives the rows' public facts in order."""
        key = key_from(base64.b64decode(seal["journal_key"], validate=True))
        last, before = "0" * 64, ""
        told: Rows = []
        with Path(self.root, "data/journal.jsonl").open("rb") as lines:
            for number, line in enumerate(lines, 1):
                row = row_of(line, number, last, key)
                if row is None:
                    self.wrong("row", number)
                    return told
                if row["t"] < before:
                    self.notes.append(("clock", (number,)))
                before, last = row["t"], hashlib.sha256(line[:-1]).hexdigest()
                told.append((row["act"], row["pub"], last))
        self.rows = len(told)
        if seal["journal"] != {"entries": len(told), "head": last} or not told:
            self.wrong("head")
        return told

    def vouched(self, seal: dict[str, Any], rows: Rows) -> None:
        """Every exhibit, table and output is the last one of the journal."""
        case = json.loads(self.content("data/case.json").decode("utf-8"))
        began = rows[0][1].get("case_file_sha256") if rows else None
        if began != self.hashes["data/case.json"] or case.get("journal_key") != seal["journal_key"]:
            self.wrong("case")
        known = dict.fromkeys(UNVOUCHED, "")
        exhibits: dict[str, str] = {}
        for act, public, _ in rows:
            if act == "intake":
                exhibits[public["exhibit"]] = "data/evidence/" + public["stored_as"]
                known[exhibits[public["exhibit"]]] = public["sha256"]
            elif act == "record":
                known[f"data/tables/{public['table']}.parquet"] = public["sha256"]
            elif act == "store":
                known["data/" + public["out"]] = public["sha256"]
        for name in sorted(one for one in self.hashes if one.startswith("data/")):
            if known.get(name, "-") not in ("", self.hashes[name]):
                self.wrong("unvouched", name)
        absent = [name for name in exhibits.values() if name not in self.hashes]
        if absent and seal["originals"] != "withheld":
            self.wrong("original", sorted(absent)[0])
        elif absent:
            self.notes.append(("withheld", (len(absent),)))

    def earlier(self, path: str, seal: dict[str, Any], rows: Rows) -> None:
        """A HEAD that somebody kept: the journal must hold it."""
        with Path(path).open("rb") as stream:
            head, _, mark = stream.read(MOST_HEAD_BYTES).partition(b"\n\n")
        lines = head.decode("utf-8").split("\n")
        fits = key_from(base64.b64decode(seal["journal_key"])).fits(base64.b64decode(mark), head + b"\n")
        if not fits or len(lines) != 3 or lines[0] != "papermask-journal/" + str(seal["case"]):
            self.wrong("earlier")
            return
        count = int(lines[1])
        if not 1 <= count <= len(rows) or rows[count - 1][2] != base64.b64decode(lines[2]).hex():
            self.wrong("earlier")


def hash_of(path: str) -> str:
    """SHA-256 of a file, read in pieces."""
    hasher = hashlib.sha256()
    with Path(path).open("rb") as stream:
        for chunk in iter(lambda: stream.read(2**20), b""):
            hasher.update(chunk)
    return hasher.hexdigest()


def plain(name: str) -> bool:
    """Whether a name of a list stays inside the folder on every system."""
    return not any(part in ("", ".", "..") for part in name.split("/")) and not re.search(r'[\\:\0<>|?*"]', name)


def row_of(line: bytes, number: int, last: str, key: Key) -> dict[str, Any] | None:
    """A row of the journal; None where it does not follow."""
    try:
        row = json.loads(line.decode("utf-8"))
        bare = {name: value for name, value in row.items() if name != "sig"}
        sound = canonical(row) + b"\n" == line and row["seq"] == number and row["prev"] == last
        signature = base64.b64decode(row["sig"], validate=True)
        return row if sound and key.fits(signature, JOURNAL_FORMAT + canonical(bare)) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def verify(root: str, fingerprint: str | None = None, head: str | None = None) -> tuple[int, Package, str]:
    """What there is to say of a package: exit code, problems, notes, fingerprint."""
    package, key = Package(root), ""
    try:
        package.walk()
        package.names()
        package.bag()
        seal = package.seal()
        key = str(seal["key"])
        package.stamps()
        rows = package.journal(seal)
        package.vouched(seal, rows)
        package.stamped_rows(seal, rows)
        if head is not None:
            package.earlier(head, seal, rows)
    except Refused as refused:
        code, what = (*refused.args, "")[:2]
        if (code, (what,)) not in package.problems:
            package.wrong(code, what)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        package.wrong("list", str(fault)[:200])
    if fingerprint is not None and key and fingerprint.strip() != key:
        package.wrong("fingerprint", key)
    return (1 if package.problems else 3 if fingerprint is None else 0), package, key


def main(words: list[str] | None = None) -> int:
    """Say it, problem by problem, and end with the code."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--fingerprint", help="SHA256:... of the sealing key, as you got it by another way")
    parser.add_argument("--head", help="a HEAD of this case that was kept since")
    asked = parser.parse_args(words)
    code, package, key = verify(asked.folder, asked.fingerprint, asked.head)
    sys.stdout.buffer.write(told(code, package, key).encode("utf-8", "backslashreplace"))
    return code


def told(code: int, package: Package, key: str) -> str:
    """What was found, a line each in English and Chinese, the verdict first; only characters that do no harm."""
    verdict = {0: "ok", 1: "problem", 3: "intact"}[code]
    lines: list[Said] = [(verdict, ()), *package.problems[:MOST_LINES], *package.notes[:MOST_LINES]]
    lines += [("counted", (len(package.hashes), package.rows)), *([("key", (key,))] if key else [])]
    texts = [" / ".join(text.format(*what) for text in TOLD[entry]) for entry, what in lines]
    return "".join("".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text) + "\n" for text in texts)


if __name__ == "__main__":
    sys.exit(main())
