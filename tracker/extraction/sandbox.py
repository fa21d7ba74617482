"""Confine a process that parses hostile pages: no network, and no files but those of Python itself.

Linux does both for unprivileged processes: Landlock (kernel 5.13, https://docs.kernel.org/userspace-api/landlock.html)
for files, seccomp for system calls. No maintained library on PyPI covers either, so the few calls are made here. Where
the kernel lacks one, a process is confined less; `writethru doctor` says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import Final

_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_GET_VERSION, _LANDLOCK_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3
_FILE_ACCESS_BITS: Final = {1: 13, 2: 14, 3: 15, 4: 15}
"""Kinds of access to files that each version of Landlock knows; version 5 and later know sixteen."""
_TCP_BIND_AND_CONNECT, _FOREIGN_SOCKETS_AND_SIGNALS = 3, 3

_SET_NO_NEW_PRIVILEGES, _GET_SECCOMP, _SET_SECCOMP, _SECCOMP_FILTER = 38, 21, 22, 2
# Opening sockets (also through io_uring), starting programs, reaching into other processes, and other namespaces.
_DENIED_CALLS: Final = {
    "x86_64": (
        0xC000003E,
        (41, 42, 49, 50, 59, 101, 165, 248, 249, 250, 272, 298, 304, 308, 310, 311, 321, 322, 323, 425, 438),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 203, 200, 201, 221, 117, 40, 217, 218, 219, 97, 241, 265, 268, 270, 271, 280, 281, 282, 425, 438),
    ),
}
"""By machine: the audit architecture of <linux/audit.h>, and the numbers of denied system calls."""
_X32_CALLS: Final = 0x40000000  # numbers from here on are another set of calls on x86_64
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000

MAX_OPEN_FILES: Final = 64


def missing_protection() -> list[str]:
    """Return what this machine cannot keep a confined process from, in words; nothing if it is confined fully."""
    missing = []
    if _landlock_version() < 1:
        missing.append("reading files (the kernel has no Landlock)")
    if (
        platform.machine() not in _DENIED_CALLS
        or sys.platform != "linux"
        or _libc().prctl(_GET_SECCOMP, 0, 0, 0, 0) < 0
    ):
        missing.append("opening connections (seccomp is not available)")
    return missing


def confine() -> None:
    """Confine this process for the rest of its life, as far as the machine can. Call it before threads are started."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES))
    if sys.platform != "linux":
        return
    _libc().prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if version := _landlock_version():
        _restrict_files(version)
    if platform.machine() not in _DENIED_CALLS:
        return
    # From now on the denied system calls fail with EPERM.
    architecture, calls = _DENIED_CALLS[platform.machine()]
    program = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    program += [(_JUMP_IF_AT_LEAST, len(calls) + 1, 0, _X32_CALLS)]
    program += [(_JUMP_IF_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENY)]
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    instructions = ctypes.create_string_buffer(packed)
    _libc().prctl(_SET_SECCOMP, _SECCOMP_FILTER, struct.pack("@HP", len(program), ctypes.addressof(instructions)), 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _landlock_version() -> int:
    if sys.platform != "linux":
        return 0
    return max(int(_libc().syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_GET_VERSION)), 0)


def _restrict_files(version: int) -> None:
    """Allow reading of Python's own folders, and no other access to files; no TCP, and no signals to others."""
    handled = (1 << _FILE_ACCESS_BITS.get(version, 16)) - 1
    fields = [handled, *([_TCP_BIND_AND_CONNECT] if version >= 4 else [])]
    fields += [_FOREIGN_SOCKETS_AND_SIGNALS] if version >= 6 else []
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    libc = _libc()
    rules = libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return
    # Where modules, shared libraries and time zones may still be loaded from, a page at a time.
    paths = {Path(__file__).resolve().parents[1], Path(sys.base_prefix, "lib")}
    paths |= {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    paths |= {Path(path) for path in sys.path if Path(path).name in {"site-packages", "dist-packages", "lib-dynload"}}
    system = ("/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache")
    paths.update(map(Path, system))
    try:
        for path in paths:
            with suppress(OSError):
                opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
                access = _READ_FILE | (_READ_DIRECTORY if path.is_dir() else 0)
                libc.syscall(_LANDLOCK_ADD_RULE, rules, _LANDLOCK_PATH_BENEATH, struct.pack("=Qi", access, opened), 0)
                os.close(opened)
        libc.syscall(_LANDLOCK_RESTRICT, rules, 0)
    finally:
        os.close(rules)
