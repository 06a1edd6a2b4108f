"""What this machine lets one process do to another: tried out in small child processes, never in this one.

A child because a limit, once set, cannot be taken back, and a namespace, once entered, not left.
"""

import os
import subprocess
import sys
from pathlib import Path

TRY_SECONDS = 20.0
CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")

# Each ends with 0 if what it tries works.
PAST_ITS_LIMIT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
try:
    bytearray(1 << 30)
except MemoryError:
    sys.exit(0)
sys.exit(1)
"""
DEATH_SIGNAL = """
import ctypes, sys
libc, got = ctypes.CDLL(None), ctypes.c_int(0)
libc.prctl(1, 9, 0, 0, 0)
libc.prctl(2, ctypes.byref(got), 0, 0, 0)
sys.exit(0 if got.value == 9 else 1)
"""
USER_NAMESPACE = """
import ctypes, sys
sys.exit(0 if ctypes.CDLL(None).unshare(0x10000000) == 0 else 1)
"""


def limits_hold() -> bool:
    """Does a child that asks for more than its limit get an error?"""
    return _works(PAST_ITS_LIMIT)


def dies_with_parent() -> bool:
    """Can a child ask to be killed when its parent dies?"""
    return _works(DEATH_SIGNAL)


def has_user_namespaces() -> bool:
    return _works(USER_NAMESPACE)


def _works(script: str) -> bool:
    try:
        ended = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, timeout=TRY_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def memory_bytes() -> int:
    """Memory of this machine, or of the container if that is less."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(whole, int(CGROUP_MEMORY.read_text()))
    except (OSError, ValueError):  # no control group, or `max`
        return whole
