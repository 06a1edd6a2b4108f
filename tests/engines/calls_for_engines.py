"""What the engine tests let a worker do. Not a test module: a worker imports it by name."""

import ctypes
import os
import subprocess
import time

from reelwright.errors import NotMedia

_prepared = {}


def prepare(argument):
    _prepared.update(argument=argument)


def prepared(argument, say):
    return {**_prepared, "threads": os.environ["OMP_NUM_THREADS"]}


def double(argument, say):
    say({"kind": "progress", "percent": 50})
    return {"n": 2 * argument["n"]}


def whoami(argument, say):
    return {"pid": os.getpid()}


def refuse(argument, say):
    raise NotMedia("there is no film in this file")


def bug(argument, say):
    return 1 // 0


def segfault(argument, say):
    ctypes.string_at(0)


def leave(argument, say):
    os._exit(3)


def hoard(argument, say):
    return {"size": len(bytearray(64 << 30))}


def native_sleep(argument, say):
    # usleep from C: Python runs no signal handler and no bytecode while it waits.
    for _ in range(int(argument["seconds"])):
        ctypes.CDLL(None).usleep(1_000_000)
    return {"slept": argument["seconds"]}


def native_sleep_with_child(argument, say):
    child = subprocess.Popen(["sleep", str(argument["seconds"])])
    say({"kind": "child", "pid": child.pid})
    return native_sleep(argument, say)


def burn(argument, say):
    while True:
        time.sleep(0.001)
