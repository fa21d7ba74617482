"""Code that took over a reader tries what it can: run as a program, this prints as JSON what came of each attempt.

python -m tests.integration.extraction.hostile_reader UID

The reader becomes the user UID before it is confined.
"""

import asyncio
import json
import os
import re
import resource
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

from tracker.extraction.pool import ChildProcess, prepare_children

SECRET_NAME = "WRITETHRU_SECRET"
START = """
import os
from tracker.extraction import reader
if {uid}:
    os.setgroups([])
    os.setgid({uid})
    os.setuid({uid})
reader.initialize(())
"""
ATTEMPTS = {
    "limit the files of the service": "lib.prlimit(service, 1, two(0, 0), None) == 0",
    "limit the processor time of the service": "lib.prlimit(service, 0, two(1000, 1000), None) == 0",
    "read the limits of the service": "lib.prlimit(service, 1, None, two(0, 0)) == 0",
    "limit the process that forks": "lib.prlimit(os.getppid(), 7, two(0, 0), None) == 0",
    "change a mode": "done(os.chmod, path, 0o777)",
    "change a mode by descriptor": "done(lambda: os.fchmod(os.open(module, os.O_RDONLY), 0o644))",
    "change the times of a file": "done(os.utime, path, (0, 0))",
    "change the times of a module": "done(os.utime, module, (0, 0))",
    "change an owner": "done(os.chown, path, 12, 12)",
    "set an attribute": "done(os.setxattr, path, 'user.x', b'x')",
    "set the size of a file": "done(os.truncate, path, 0)",
    "write a file": "done(os.open, path, os.O_WRONLY)",
    "make a file": "done(os.open, path + '.new', os.O_CREAT | os.O_RDONLY)",
    "read a file": "done(os.open, path, os.O_RDONLY)",
    "link a file": "done(os.link, path, path + '.link')",
    "link by name": "done(os.symlink, path, path + '.symlink')",
    "rename a file": "done(os.rename, path, path + '.old')",
    "make a folder": "done(os.mkdir, path + '.folder')",
    "make a pipe with a name": "done(os.mkfifo, path + '.fifo')",
    "change the folder": "done(os.chdir, '/')",
    "change the root": "done(os.chroot, '/')",
    "fork": "forks(os.fork)",
    "fork by vfork": "forks(lambda: lib.syscall(57))",
    "fork by clone3": "lib.syscall(435, bytes(88), 88) != -1",
    "start a thread": "done(__import__('_thread').start_new_thread, int, ())",
    "run a program": "done(os.execv, '/bin/true', ['true'])",
    "open a socket": "done(socket.socket, socket.AF_UNIX)",
    "make a pair of sockets": "done(socket.socketpair)",
    "send a descriptor": "lib.sendmsg(own, bytes(56), 0) != -1",
    "make a pipe": "done(os.pipe)",
    "make a file in memory": "done(os.memfd_create, 'x')",
    "signal the service": "done(os.kill, service, 0)",
    "signal the process that forks": "done(os.kill, os.getppid(), 0)",
    "signal all processes": "done(os.kill, -1, 0)",
    "signal a thread of the service": "lib.syscall(234, service, service, 0) != -1",
    "signal by descriptor": "done(os.pidfd_open, service)",
    "signal through a socket": "done(fcntl.fcntl, own, fcntl.F_SETOWN, service)",
    "trace the service": "lib.ptrace(16, service, 0, 0) != -1",
    "read the memory of the service": "lib.process_vm_readv(service, two(0, 0), 0, two(0, 0), 0, 0) != -1",
    "slow the service down": "done(os.setpriority, os.PRIO_PROCESS, service, 19)",
    "pin the service to a processor": "done(os.sched_setaffinity, service, [0])",
    "become another user": "done(os.setuid, 1)",
    "raise its own limit": "done(resource.setrlimit, resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))",
    "mount": "lib.mount(b'none', b'/mnt', b'tmpfs', 0, None) != -1",
    "leave its session": "done(os.setsid)",
    "use io_uring": "lib.syscall(425, 1, bytes(120)) != -1",
    "load a kernel program": "lib.syscall(321, 0, bytes(120), 120) != -1",
    "make a key": "lib.syscall(248, b'user', b'x', b'x', 1, -3) != -1",
    "share memory": "lib.shmctl(lib.shmget(0, 4096, 0o1600), 0, None) == 0",
    "read the environment": "bool(os.environ) or bool(lib.getenv(name))",
    "write to pipes": "any([done(os.write, each, b'x') for each in range(3, 64) if each != own])",
    "print to the terminal": "[os.write(each, b'\\x1b]0;owned\\x07') for each in (1, 2)] == []",
}
"""By name: an expression that is true if it did what it tried."""

# Where nothing refuses an attempt, it must not harm the machine that tests: signals are 0, folders are the same.
CODE = """
import ctypes, fcntl, os, resource, socket
lib = ctypes.CDLL(None, use_errno=True)
lib.prlimit.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
service, path, module, name = {service}, {path!r}, {module!r}, {name!r}
def two(low, high):
    return (ctypes.c_ulong * 2)(low, high)
def done(function, *arguments):
    try:
        function(*arguments)
    except (OSError, RuntimeError, ValueError):
        return False
    return True
def forks(function):
    if (child := done_pid(function)) == 0:
        os._exit(0)
    return child > 0
def done_pid(function):
    try:
        return function()
    except OSError:
        return -1
def own_socket():
    for each in range(3, 64):
        try:
            if os.readlink('/proc/self/fd/%d' % each).startswith('socket:'):
                return each
        except OSError:
            pass
    return 3
own = own_socket()
answers = {{}}
for what, attempt in {attempts!r}.items():
    try:
        answers[what] = bool(eval(attempt))
    except Exception as error:
        answers[what] = repr(error)
"""


def memory_of(pid: int) -> bytes:
    """Return the memory that the process may write, where the environment and its copies are."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            if (match := re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)) and "[v" not in line:
                start, end = int(match[1], 16), int(match[2], 16)
                memory.seek(start)
                found.append(memory.read(end - start))
    return b"".join(found)


async def attempt_all(uid: int, folder: Path) -> dict[str, Any]:
    """Return by name what came of each attempt, and what the service noticed of it."""
    path = folder / "file"
    path.write_text("x")
    path.chmod(0o600)
    os.chown(path, uid, uid)
    folder.chmod(0o777)
    prepare_children()
    child = ChildProcess(exec, START.format(uid=uid))
    await child.wait_until_started()
    pid = child._process.pid
    assert pid
    before = path.stat(), resource.getrlimit(resource.RLIMIT_FSIZE)
    environment = Path(f"/proc/{pid}/environ").read_bytes().strip(b"\0")
    opened = sorted(str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir())
    leaks = memory_of(pid).count(os.environb[SECRET_NAME.encode()])
    code = CODE.format(
        service=os.getpid(), path=str(path), module=os.__file__, name=SECRET_NAME.encode(), attempts=ATTEMPTS
    )
    answers = await child.call((dict,), eval, f"(exec({code!r}, names := {{}}), names['answers'])[1]")
    after = path.stat(), resource.getrlimit(resource.RLIMIT_FSIZE)
    child.discard()
    following = ChildProcess(int)
    await following.wait_until_started()
    alive = await following.call((bool,), bool, 1)
    following.discard()
    return {
        "attempts": answers,
        "environment": environment.decode(errors="replace"),
        "leaks": leaks,
        "opened": opened,
        "unchanged": before == after and stat.S_IMODE(after[0].st_mode) == 0o600,
        "files": sorted(each.name for each in folder.iterdir()),
        "next reader": alive,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(asyncio.run(attempt_all(int(sys.argv[1]), Path(folder)))))


if __name__ == "__main__":
    main()
