"""People: logging in and out, one's own password, and who may use the program."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from osteocast import store
from osteocast.errors import InputError, LoginRefused, NotAllowed, Problem, TooManyAttempts
from osteocast.web.errors import Refused
from osteocast.web.keeping import user_of
from osteocast.web.rendering import respond
from osteocast.web.requests import Filled, Found, Known
from osteocast.web.visitors import SESSION, set_session

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_page(visitor: Found) -> Response:
    """Ask who it is."""
    if not visitor.multi_user or visitor.user is not None:
        return RedirectResponse("/", 303)
    return respond("login.html", visitor, failed="", name="")


@router.post("/login")
def login(visitor: Found, form: Filled) -> Response:
    """Let somebody in who knows a password; the session before it ends."""
    if not visitor.multi_user:
        return RedirectResponse("/", 303)
    visitor.service.login_rates.spend(visitor.address)
    name = form.get("name", "")
    try:
        signed = store.log_in(
            visitor.service.store,
            name,
            form.get("password", ""),
            client=visitor.address,
            replacing=visitor.session,
        )
    except (LoginRefused, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        return respond("login.html", visitor, status=status, failed=str(error), name=name)
    response = RedirectResponse("/", 303)
    set_session(response, signed.token, secure=visitor.service.settings.behind_tls)
    return response


@router.post("/logout")
def logout(visitor: Found, form: Filled) -> Response:
    """End the session."""
    if visitor.multi_user:
        store.log_out(visitor.service.store, visitor.session)
    response = RedirectResponse("/login" if visitor.multi_user else "/", 303)
    response.delete_cookie(SESSION, path="/")
    return response


@router.get("/account")
def account(visitor: Known) -> Response:
    """Show who is logged in."""
    return respond("account.html", visitor, me=user_of(visitor), done="")


@router.post("/account/password")
def password(visitor: Known, form: Filled) -> Response:
    """Change one's own password; other sessions end."""
    me = user_of(visitor)
    if form.get("new", "") != form.get("again", ""):
        problem = Problem("again", "something else", "the same password twice", "type it again")
        raise InputError([problem])
    db = visitor.service.store
    store.set_password(db, me, me.name, form.get("new", ""), current=form.get("current", ""))
    return RedirectResponse("/login", 303)


def _needs_admin(visitor: Known) -> None:
    if not store.may(user_of(visitor).role, "none", "manage_users"):
        raise NotAllowed("only an administrator may see this", "ask one")


@router.get("/admin")
def admin(visitor: Known, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """Show people and the audit trail."""
    _needs_admin(visitor)
    db, me = visitor.service.store, user_of(visitor)
    return respond(
        "admin.html",
        visitor,
        users=store.list_users(db, me),
        roles=store.ROLES,
        trail=store.read_audit(db, me, page=page),
        me=me,
    )


@router.get("/admin/verify")
def verify(visitor: Known) -> Response:
    """Recompute the audit trail."""
    _needs_admin(visitor)
    report = store.verify_audit(visitor.service.store)
    return respond("verified.html", visitor, report=report)


@router.post("/admin/users")
def add(visitor: Known, form: Filled) -> Response:
    """Add somebody."""
    _needs_admin(visitor)
    role = next((role for role in store.ROLES if role == form.get("role")), store.ROLES[-1])
    store.add_user(
        visitor.service.store, user_of(visitor), form.get("name", ""), role, form.get("password", "")
    )
    return RedirectResponse("/admin", 303)


@router.post("/admin/users/{action}")
def change(visitor: Known, action: str, form: Filled) -> Response:
    """Change somebody's role or password, or shut them out."""
    _needs_admin(visitor)
    db, me, name = visitor.service.store, user_of(visitor), form.get("name", "")
    if action == "role":
        role = next((role for role in store.ROLES if role == form.get("role")), store.ROLES[-1])
        store.set_role(db, me, name, role)
    elif action == "password":
        store.set_password(db, me, name, form.get("password", ""))
    elif action == "disable":
        store.disable_user(db, me, name)
    elif action == "enable":
        store.enable_user(db, me, name)
    else:
        raise Refused(404, "nothing of this name can be done with a user", "go back")
    return RedirectResponse("/admin", 303)
