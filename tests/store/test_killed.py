"""A process killed in the middle of saving loses nothing that was confirmed, and spoils nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from osteocast import store
from osteocast.store import Store

SAVER = Path(__file__).parent / "saver.py"
ROUNDS = {"sqlite": 4, "postgresql": 2}
AT_ONCE = 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_what_was_confirmed_outlives_a_kill(address: str, db: Store) -> None:
    chance, rounds = random.Random(5), ROUNDS[db.engine.dialect.name]
    confirmed: dict[tuple[str, int], str] = {}
    saver = subprocess.Popen(
        [sys.executable, str(SAVER), address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert saver.stdin is not None and saver.stdout is not None
    try:
        assert saver.stdout.readline() == "ready\n"
        cut_short = 0
        for round_ in range(rounds):
            for worker in range(AT_ONCE):
                saver.stdin.write(f"{round_}.{worker}\n")
            saver.stdin.flush()
            processes: list[int] = []
            before = len(confirmed)
            # Killed a random moment after the first save, wherever it is by then.
            until = time.monotonic() + 60
            while len(processes) < AT_ONCE or len(confirmed) == before:
                assert time.monotonic() < until, "the process does not save"
                note(saver.stdout.readline(), processes, confirmed)
            time.sleep(chance.uniform(0.02, 0.4))
            for process in processes:
                os.kill(process, signal.SIGKILL)
            # The rest of what they said before they died: up to a mark of our own.
            saver.stdin.write("end\n")
            saver.stdin.flush()
            ended: list[int] = []
            while not ended:
                note(saver.stdout.readline(), ended, confirmed)
            os.kill(ended[0], signal.SIGKILL)
            assert_whole(db, confirmed)
            cut_short += len(processes)
        assert cut_short == rounds * AT_ONCE and len(confirmed) > rounds
    finally:
        saver.stdin.close()
        saver.kill()
        saver.wait()
        saver.stdout.close()
    # And it goes on: the next save finds nothing in its way.
    me = store.local_user(db)
    case = next(iter(confirmed))[0]
    latest = store.find_case(db, me, case).version
    assert store.save_case(db, me, case, {"notes": "later"}, expected=latest, draft=True).number == latest + 1


def note(line: str, processes: list[int], confirmed: dict[tuple[str, int], str]) -> None:
    assert line, "the process ended by itself"
    first, *rest = line.split()
    if first == "pid":
        processes.append(int(rest[0]))
    elif line.endswith("\n") and len(rest) == 2:
        confirmed[first, int(rest[0])] = rest[1]


def assert_whole(db: Store, confirmed: dict[tuple[str, int], str]) -> None:
    me = store.local_user(db)
    if db.engine.dialect.name == "sqlite":
        with db.reading() as session:
            assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    for (case, number), mark in confirmed.items():
        assert store.get_case(db, me, case, number).content["notes"].rstrip("x") == mark
    # Every version, confirmed or not, is whole and in the trail, and the trail knows of no other.
    assert store.verify_audit(db).faults == ()
