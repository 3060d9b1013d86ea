"""The SQLite file with several processes at once, and with processes that are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import sleep

from numink.factories import open_store
from store_material import __file__ as writer
from store_material import is_sound


def start_writer(path: Path, owner: str, count: int = 1_000_000) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", writer, f"sqlite:///{path}", owner, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_several_processes_can_create_and_fill_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "numink.db"
    writers = [start_writer(path, f"writer{index}", 40) for index in range(6)]
    outputs = [writer.communicate(timeout=120) for writer in writers]

    assert [errors for _, errors in outputs] == [""] * 6
    with closing(open_store(f"sqlite:///{path}")) as store:
        for index, (ids, _) in enumerate(outputs):
            stored_ids = [reading.id for reading in store.recent(f"writer{index}", limit=100)]
            assert stored_ids == ids.split()[::-1]
            assert len(stored_ids) == 40
    assert is_sound(path)


def test_saved_readings_survive_kill_9_at_any_moment(tmp_path: Path) -> None:
    """Kill twenty processes, between the start of Python and the middle of saving; printed ids were saved."""
    path, printed = tmp_path / "numink.db", set[str]()
    open_store(f"sqlite:///{path}").close()
    for round_ in range(20):
        with start_writer(path, "anna") as child:
            assert child.stdout is not None
            if round_ % 4:  # otherwise perhaps while opening the file
                printed.add(child.stdout.readline().strip())
            sleep(0.011 * round_)
            child.send_signal(signal.SIGKILL)
            lines = child.stdout.read().splitlines(keepends=True)
        printed |= {line.strip() for line in lines if line.endswith("\n")}
        with closing(open_store(f"sqlite:///{path}")) as store:
            stored_ids = {reading.id for reading in store.recent("anna", limit=1_000_000)}
        assert printed <= stored_ids

    assert len(printed) >= 20
    assert is_sound(path)
