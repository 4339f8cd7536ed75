"""The console as one application: every part is a router of its own."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from inspector.web import home
from inspector.web.accounts.routes import router as accounts
from inspector.web.alerts.routes import router as alerts
from inspector.web.alerts.stream import News
from inspector.web.api.routes import router as api
from inspector.web.calls.routes import router as calls
from inspector.web.cases.routes import router as cases
from inspector.web.console import Console
from inspector.web.faults import install_faults
from inspector.web.figures.background import Background
from inspector.web.figures.routes import router as figures
from inspector.web.files import FOLDERS, HERE, Files
from inspector.web.guard import Guard
from inspector.web.operations.routes import router as operations
from inspector.web.review.routes import router as review
from inspector.web.review.self_checks import router as self_checks
from inspector.web.sound.routes import router as sound
from inspector.web.sound.shelf import shelf_of

__all__ = ["create_app"]

ROUTERS = (home.router, accounts, review, self_checks, sound, alerts, calls, cases, figures, operations, api)


def create_app(console: Console) -> FastAPI:
    """The console's application (ASGI)."""
    app = FastAPI(title="inspector", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.console = console
    app.state.alert_news = News(console.store)
    app.state.figures = Background()
    app.state.shelf = shelf_of(console.settings)
    for folder in FOLDERS:
        app.mount(f"/{folder}", Files(directory=HERE / folder), name=folder)
    for router in ROUTERS:
        app.include_router(router)
    install_faults(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(console.settings.web.hosts))
    return app
