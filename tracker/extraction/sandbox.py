"""Confine a process that parses hostile pages: no network, no files but those of Python, few system calls.

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
_CAPABILITIES_VERSION: Final = 0x20080522
_MACHINES: Final = {
    "x86_64": (0xC000003E, {2: 1, 257: 2}, 302, 234),
    "aarch64": (0xC00000B7, {56: 2}, 261, 131),
}
"""By machine: its number in <linux/audit.h>; the calls that open files, with the argument that has the flags, allowed
for reading; prlimit64 and tgkill, which abort() needs, each allowed for the process itself."""
_ALLOWED_CALLS: Final = """
read 0 63, write 1 64, close 3 57, stat 4 -, fstat 5 80, lstat 6 -, poll 7 -, lseek 8 62, mmap 9 222, mprotect 10 226,
munmap 11 215, brk 12 214, rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, pread64 17 67, sched_yield
24 124, mremap 25 216, madvise 28 233, nanosleep 35 101, getpid 39 172, sendto 44 206, recvfrom 45 207, exit 60 93,
uname 63 160, getcwd 79 17, readlink 89 -, gettimeofday 96 169, getrlimit 97 163, getrusage 98 165, sysinfo 99 179,
getuid 102 174, getgid 104 176, geteuid 107 175, getegid 108 177, getppid 110 173, sigaltstack 131 132, setrlimit 160
164, gettid 186 178, time 201 -, futex 202 98, sched_getaffinity 204 123, getdents64 217 61, restart_syscall 219 128,
clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115, exit_group 231 94, newfstatat 262 79, readlinkat
267 78, ppoll 271 73, getrandom 318 278, statx 332 291
"""
"""The system calls that parsing and importing need, with their numbers by machine, in the order of `_MACHINES`.

Those of aarch64 are of the kernel's table, and have not been run.
"""
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_WRITING: Final = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC

MAX_OPEN_FILES: Final = 64


def missing_protection() -> list[str]:
    """Return the actions that this machine cannot deny to a confined process, in words; empty if it can deny all."""
    missing = []
    if _landlock_version() < 1:
        missing.append("reading files (the kernel has no Landlock)")
    if platform.machine() not in _MACHINES or sys.platform != "linux" or _libc().prctl(_GET_SECCOMP, 0, 0, 0, 0) < 0:
        missing.append("opening connections or changing the limits of other processes (seccomp is not available)")
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
    # Without capabilities, limits and file modes apply to root, too.
    _libc().capset(struct.pack("=Ii", _CAPABILITIES_VERSION, 0), bytes(24))
    if platform.machine() in _MACHINES:
        _restrict_calls(platform.machine())


def _restrict_calls(machine: str) -> None:
    """Make all system calls but those listed fail with EPERM from now on."""
    architecture, opening, limits, signal_thread = _MACHINES[machine]
    # By number of the call: the argument to look at, the instruction, its value, and whether a match is allowed.
    checked = {call: (argument, _JUMP_IF_ANY_BIT, _WRITING, False) for call, argument in opening.items()}
    checked |= {limits: (0, _JUMP_IF_EQUAL, 0, True), signal_thread: (0, _JUMP_IF_EQUAL, os.getpid(), True)}
    program = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL)]
    program += [(_LOAD, 0, 0, 0)]
    for call, (argument, instruction, value, allowed) in checked.items():
        program += [(_JUMP_IF_EQUAL, 0, 4, call), (_LOAD, 0, 0, 16 + 8 * argument)]
        program += [(instruction, not allowed, allowed, value), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENY)]
    numbers = [entry.split()[1 + list(_MACHINES).index(machine)] for entry in _ALLOWED_CALLS.split(",")]
    calls = [int(number) for number in numbers if number != "-"]
    program += [(_JUMP_IF_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    program += [(_RETURN, 0, 0, _DENY), (_RETURN, 0, 0, _ALLOW)]
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
    paths.add(Path(os.__file__).resolve().parent)  # sysconfig knows it, too, but takes a millisecond
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
