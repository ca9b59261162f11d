"""Who may reach the app that is served: a page of its own, and where others reach it, whoever shows the token."""

from __future__ import annotations

import hmac
from http.cookies import CookieError
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from eqmorph.tui.browser.address import Address

__all__ = ["guard", "shield"]

_COOKIE = "eqmorph-token"
_OWN_NAMES = {"localhost", "127.0.0.1", "::1"}
_REFUSED = "Open the whole address, with its token, as whoever serves this has it."


def guard(address: Address, token: str) -> Middleware:
    """Return what every request has to pass before it is answered.

    A browser lets any web page that is open in it send requests to this machine. So a page of another origin is
    refused, and so is another name for this address, which such a page could have made for it.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = urlsplit(f"//{request.host}").hostname or ""
        if not token and host not in {*_OWN_NAMES, address.host}:
            raise web.HTTPForbidden(text=f"This is served at {address.url} only.")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="Another page may not use this one.")
        if not token:
            return await handler(request)
        if request.path == "/" and _is_same(request.query.get("token", ""), token):
            seen = web.HTTPFound("/")  # so that it stays out of the history, and of what the page sends on
            seen.set_cookie(_COOKIE, token, httponly=True, samesite="Lax")
            raise seen
        if not _is_same(_shown(request), token):
            raise web.HTTPForbidden(text=_REFUSED)
        return await handler(request)

    return check


async def shield(request: web.Request, response: web.StreamResponse) -> None:
    """Have nothing loaded from elsewhere, and the page shown inside no other."""
    sockets = f"ws://{request.host} wss://{request.host}"
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        f"connect-src 'self' {sockets}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"  # nor is a page kept, with its session, that was left
    response.headers["X-Content-Type-Options"] = "nosniff"


def _shown(request: web.Request) -> str:
    try:
        return request.cookies.get(_COOKIE, "")
    except CookieError:
        return ""


def _is_same(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode(), token.encode())
