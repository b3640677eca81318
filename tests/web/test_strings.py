from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from osteocast.web.strings import LOCALE, translations

ROOT = Path(__file__).parents[2]


def messages(text: str) -> set[str]:
    joined = re.sub(r'"\n"', "", text)
    return set(re.findall(r'^msgid "(.+)"$', joined, flags=re.MULTILINE))


def test_the_catalogue_holds_every_word_of_the_page(tmp_path: Path) -> None:
    made = tmp_path / "messages.pot"
    # As a module: the environment of the gate is not on the path.
    command = [sys.executable, "-m", "babel.messages.frontend", "extract", "--no-location", "--omit-header"]
    command += ["-k", "N_", "-k", "t", "-F", str(LOCALE / "babel.cfg"), "-o", str(made), "src/osteocast/web"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    kept = messages((LOCALE / "messages.pot").read_text(encoding="utf-8"))
    assert len(kept) > 200
    assert messages(made.read_text(encoding="utf-8")) == kept, "run scripts/messages"


def test_without_a_translation_words_are_as_they_are_written() -> None:
    assert translations("xx").gettext("Show the forecast") == "Show the forecast"
