"""Words in the language of the reader: English, from a catalogue that can be translated.

Templates mark their words with ``_`` or ``{% trans %}``, modules with `N_`; ``locale/messages.pot`` lists
them all (``scripts/messages`` writes it). A translation is a ``messages.mo`` below
``locale/<language>/LC_MESSAGES``.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

__all__ = ["LOCALE", "N_", "translations"]

LOCALE = Path(__file__).parent / "locale"


def N_(text: str) -> str:
    """Mark words that are translated where they are shown."""
    return text


@cache
def translations(language: str = "en") -> gettext.NullTranslations:
    """Return the catalogue of a language; the words as they are written if there is none."""
    return gettext.translation("messages", LOCALE, [language], fallback=True)
