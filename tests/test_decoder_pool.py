"""Decoder processes: a file that exceeds a limit ends its process only, and none outlives its parent."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from hostile_pictures import flat, plain_ppm
from numink.errors import DecoderBusy, InputError
from numink.imaging.decoder.pool import DecoderPool, PoolParameters
from numink.imaging.decoder.protocol import Request
from numink.imaging.decoder.semaphore import RankedSemaphore
from numink.imaging.limits import Limits
from pictures import as_file, one_digit
from web_client import until

HONEST = as_file(one_digit("5"), "BMP")
"""An honest picture that is decoded by a process."""
START = "from numink.imaging.decode import open_picture; import sys, time; open_picture(sys.stdin.buffer.read());"


def ask(pool: DecoderPool, content: bytes, limits: Limits | None = None) -> np.ndarray:
    return pool.decode(io.BytesIO(content), Request(len(content), limits or Limits())).grey


def children(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def pool() -> DecoderPool:
    return DecoderPool()


@pytest.mark.parametrize(
    ("content", "limits"),
    [(plain_ppm(300_000), Limits(max_seconds=0.05)), (flat("RGB", 3_000, "PNG"), Limits(max_memory=30_000_000))],
    ids=["time", "memory"],
)
def test_a_file_that_exceeds_a_limit_is_refused_and_the_next_is_decoded(
    pool: DecoderPool, content: bytes, limits: Limits
) -> None:
    with pytest.raises(InputError, match="memory"):
        ask(pool, content, limits)
    assert np.array_equal(ask(pool, HONEST), one_digit("5"))
    pool.close()


def test_a_process_is_used_again(pool: DecoderPool) -> None:
    ask(pool, HONEST)
    before = children(os.getpid())
    for _ in range(3):
        ask(pool, HONEST)
    assert children(os.getpid()) == before
    pool.close()


def test_a_process_that_was_killed_is_replaced(pool: DecoderPool) -> None:
    earlier = set(children(os.getpid()))
    ask(pool, HONEST)
    for process in set(children(os.getpid())) - earlier:
        os.kill(process, signal.SIGKILL)
        until(lambda process=process: not is_running(process))
    assert np.array_equal(ask(pool, HONEST), one_digit("5"))
    pool.close()


def test_a_large_picture_waits_for_another_one_no_longer_than_it_may() -> None:
    pool = DecoderPool(PoolParameters(quick_memory=1))
    limits = Limits(max_wait=0.05)
    with pool._large.process(1, 0), pytest.raises(DecoderBusy):
        ask(pool, HONEST, limits)
    assert np.array_equal(ask(pool, HONEST), one_digit("5"))
    pool.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_decoder_process_outlives_its_parent(how: signal.Signals) -> None:
    command = [sys.executable, "-c", START + "print('ready', flush=True); time.sleep(60)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin
        assert parent.stdout
        parent.stdin.write(HONEST)
        parent.stdin.close()
        assert parent.stdout.readline() == b"ready\n"
        processes = children(parent.pid)
        assert processes
        parent.send_signal(how)
        parent.wait()
    until(lambda: not any(map(is_running, processes)))


def test_a_fork_has_decoder_processes_of_its_own() -> None:
    code = (
        "import os, sys; from numink.imaging.decode import open_picture; data = sys.stdin.buffer.read()\n"
        "open_picture(data); child = os.fork()\n"
        "print(open_picture(data).width, flush=True)\n"
        "child and os.waitpid(child, 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=HONEST, capture_output=True, check=True, timeout=60)
    assert done.stdout == b"200\n200\n"


def test_those_who_wait_are_served_by_rank_and_none_gets_more_than_there_is() -> None:
    semaphore, served = RankedSemaphore(10), []

    def borrow(units: int, rank: int) -> None:
        with semaphore.borrowed(units, seconds=10, rank=rank):
            served.append(rank)

    threads = [threading.Thread(target=borrow, args=(10, rank)) for rank in (3, 1, 2)]
    with semaphore.borrowed(99, seconds=1):
        assert semaphore.free == 0
        for thread in threads:
            thread.start()
        until(lambda: len(semaphore._waiting) == 3)
    for thread in threads:
        thread.join()
    assert served == [1, 2, 3]
    started = time.monotonic()
    with semaphore.borrowed(1, seconds=1), pytest.raises(DecoderBusy), semaphore.borrowed(10, seconds=0.05):
        pass
    assert time.monotonic() - started < 5
