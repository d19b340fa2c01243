"""One picture of a ZKTeco terminal as it sent it, with the lines before it (``clockin/vendors/zk_photos.py``).

Many servers keep no such pictures, and others drop them: that a platform has
none does not mean that the terminal took none.
"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.clockin.formats import FileFacts, Head, RawRow, Source, punch_format
from toolkit.clockin.vendors.zk_photos import photo_rows, read_picture


@punch_format("zkteco_photo")
class ZktecoPhoto:
    """The body of one upload, saved as a file."""

    mapping_keys: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def sniff(self, head: Head) -> bool:
        """The lines of an upload, the name of the picture first."""
        picture = read_picture(head.content) if head.content.startswith(b"PIN=") else None
        return picture is not None and picture.told.get("cmd", "").lower() == "uploadphoto"

    def rows(self, source: Source) -> Iterator[RawRow]:
        """The picture, and a failed attempt where its name tells of one; both are row 1."""
        picture = read_picture(source.content)
        return iter(()) if picture is None else iter(photo_rows(picture, 1))

    def facts(self, source: Source) -> FileFacts:
        """The terminal, and whether all bytes of the picture are there."""
        picture = read_picture(source.content)
        if picture is None:
            return FileFacts()
        return FileFacts(device=picture.told.get("sn", ""), truncated="" if picture.whole else "cut_line")
