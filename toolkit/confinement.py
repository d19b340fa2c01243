"""What a child for untrusted files gives up before it reads one: the network, writing, and starting programs.

On Linux by what the kernel gives to anybody: a network namespace of its own
(unshare(2)) and Landlock (landlock(7)), for itself and all that comes of it,
without a way back. What the kernel refuses is left as it is and not said to be
reached; elsewhere nothing of this is. Limits on memory and time are set beside
it (:mod:`toolkit.sandbox`).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

NO_NETWORK, NO_WRITING = "no network", "no writing"
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
NO_NEW_PRIVILEGES = 38  # prctl(2)
CREATE_RULESET, RESTRICT_SELF, ASK_VERSION = 444, 446, 1  # the same numbers on every architecture
# Rights over files by the version that brought them: run programs, write, remove, make, move elsewhere, cut, control.
FILES = {1: 0b1_1111_1111_0011, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
CUTTING_SINCE = 3
TCP, TCP_SINCE = 0b11, 4
SCOPES, SCOPES_SINCE = 0b11, 6  # sockets without a name in the file system, and signals

_apart = False


def give_up_network() -> bool:
    """No network but a loopback that nobody listens on, from now on and for every child; whether it is so.

    Call it while the process runs one thread. Users who are not root get a user
    namespace with it, where the system allows one.
    """
    global _apart
    if not _apart and sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        ways = (NEW_NETWORK,) if os.geteuid() == 0 else (NEW_NETWORK | NEW_USER,)
        _apart = any(libc.unshare(way) == 0 for way in ways)
    return _apart


def give_up_writing() -> bool:
    """No file can be written, made, moved or removed and no program started any more; whether it is so.

    Ends that are open stay open. Where the kernel is new enough TCP and signals
    to others go with it. Not taken away: changing the rights and times of files
    of one's own, and talking to programs through sockets in the file system.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = int(libc.syscall(CREATE_RULESET, None, 0, ASK_VERSION))
    if version < 1:
        return False
    rights = sum(mask for since, mask in FILES.items() if version >= since)
    told = struct.pack("=Q", rights)
    if version >= TCP_SINCE:
        told += struct.pack("=Q", TCP)
    if version >= SCOPES_SINCE:
        told += struct.pack("=Q", SCOPES)
    rules = int(libc.syscall(CREATE_RULESET, told, ctypes.c_size_t(len(told)), 0))
    if rules < 0:
        return False
    try:
        if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            return False
        # Before the third version a file can still be cut to nothing: held back, but not "no writing".
        return int(libc.syscall(RESTRICT_SELF, rules, 0)) == 0 and version >= CUTTING_SINCE
    finally:
        os.close(rules)


def confine() -> list[str]:
    """Give both up; what of it was reached, to be said."""
    reached = [NO_NETWORK] if give_up_network() else []
    return [*reached, NO_WRITING] if give_up_writing() else reached
