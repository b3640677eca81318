"""The first forecast waits for the compiler and for files: so it is made before anybody asks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from osteocast.errors import OsteocastError
from osteocast.web.drafts import Draft
from osteocast.web.examples import examples
from osteocast.web.service import Service

__all__ = ["warm"]

_log = logging.getLogger("osteocast.web")


def warm(service: Service, tell: Callable[[str], None] = _log.info) -> None:
    """Compile the engine and compute the examples, one after the other, and say so.

    Parameters
    ----------
    service : Service
    tell : callable
        Is told what is done.
    """
    from osteocast.engine import compiled
    from osteocast.web.cds.warming import warm_cards
    from osteocast.web.forms.origins import imported
    from osteocast.web.showing.behind import prepare
    from osteocast.web.showing.forecast import first_look

    begun = time.perf_counter()
    if not compiled.is_kept():
        tell("compiling the engine, once for each version")
    try:
        for example in examples().values():
            owner = "local" if not service.settings.multi_user else "warm"
            draft = Draft(example.document, example.file_name, imported(example.document))
            first_look(service.computations, service.drafts.keep(draft, owner))
            tell(f"ready: {example.file_name}")
        prepare()
        if service.desk is not None:
            warm_cards(service)
    except OsteocastError as error:
        tell(f"the examples could not be computed: {error}")
    service.warmed.set()
    tell(f"warm after {time.perf_counter() - begun:.1f} s")
