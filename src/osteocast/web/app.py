"""The application, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from osteocast.version import __version__
from osteocast.web import errors
from osteocast.web.api import evidence as evidence_api
from osteocast.web.api import health, results
from osteocast.web.api import plans as plans_api
from osteocast.web.cds import refusals
from osteocast.web.cds import router as cds
from osteocast.web.cds.cors import CardsFromElsewhere
from osteocast.web.metrics import Counting
from osteocast.web.pages import (
    accounts,
    assets,
    cases,
    downloads,
    evidence,
    forecast,
    form,
    home,
    long,
    mechanism,
    plans,
)
from osteocast.web.security.gate import Gate
from osteocast.web.security.headers import Headers
from osteocast.web.service import Service
from osteocast.web.settings import Settings

__all__ = ["ROUTERS", "create"]

#: Everything that is answered, page by page.
ROUTERS = (
    assets,
    home,
    form,
    forecast,
    plans,
    mechanism,
    long,
    cases,
    downloads,
    evidence,
    accounts,
    results,
    plans_api,
    evidence_api,
    health,
    cds,
)
_ABOUT = (
    "Forecasts of bone density under an aromatase inhibitor. A case goes in as JSON, in the same fields as "
    "a case file; what comes out is what `osteocast forecast --json` and `osteocast verdict --json` print. "
    "Research and decision support, not a medical device."
)


def create(settings: Settings) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    settings : Settings
    """
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        import anyio.to_thread

        # A request that waits for its numbers holds a thread; others must not wait for it.
        anyio.to_thread.current_default_thread_limiter().total_tokens = (
            40 + settings.workers + settings.waiting
        )
        service.open()
        if not settings.warm:
            service.warmed.set()
        yield
        service.close()

    app = FastAPI(
        title="osteocast",
        version=__version__,
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,  # the usual page of the API loads its script from elsewhere
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.service = service
    for module in ROUTERS:
        app.include_router(module.router)
    errors.install(app)
    refusals.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    if settings.cds is not None:
        app.add_middleware(CardsFromElsewhere, origins=settings.cds.origins)
    app.add_middleware(Gate, settings=settings, refuse=errors.refuse)
    app.add_middleware(Headers, https=settings.behind_tls)
    app.add_middleware(Counting, metrics=service.metrics)
    return app
