"""A process that saves as fast as it can and says what was confirmed, to be killed in the middle of it.

It forks one process for each line that it reads, so that a killed one costs no start, and prints its number.
Every process prints the id, the version and the mark of what it saved, once that is confirmed.
"""

from __future__ import annotations

import itertools
import os
import sys

import osteocast.person  # noqa: F401  loaded once, before the first fork
from osteocast import store
from osteocast.store import cases


def save_until_killed(address: str, worker: str) -> None:
    with store.open_store(address) as db:
        me = store.local_user(db)
        case, number = "", 0
        for count in itertools.count():
            mark = f"{worker}-{count}"
            # Long enough that a save takes more than one page of the database.
            document = {"notes": mark + "x" * 4_000}
            if count % 5 == 0:
                made = store.create_case(db, me, document, title=mark, draft=True)
            else:
                made = store.save_case(db, me, case, document, expected=number, draft=True)
            case, number = made.case_id, made.number
            os.write(1, f"{case} {number} {mark}\n".encode())


def main(address: str) -> None:
    cases.made_with = lambda: "{}"  # what runs is of no account here, and takes a while to find out
    store.open_store(address).close()  # loads what a first connection needs
    os.write(1, b"ready\n")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                save_until_killed(address, line.strip())
            finally:
                os._exit(1)
        os.write(1, f"pid {child}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1])
