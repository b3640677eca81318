"""What every test shares: how hypothesis searches, and how wide a terminal is."""

from __future__ import annotations

import os

from hypothesis import settings

# A slow machine is no bug, and a build that fails must fail again when it is run again.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# What a command prints fits the terminal; tests read it as on a usual one, wherever they run.
os.environ["COLUMNS"] = "110"
