"""What stands at the door: headers on every answer, a limit on what one client may ask, /health and /metrics."""

import ipaddress
import math
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from recsys.monitor import ERRORS, ITEMS, failing
from recsys.settings import Settings
from recsys.shelf import Shelf

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_BUSY = "请求太频繁，请等 {n} 秒再试 / Too many requests; please wait {n} s and try again"
# Gradio's page carries its configuration as an inline script and compiles the handlers of its components.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:{pictures}; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'{frames}"
)


def headers(settings: Settings) -> dict[str, str]:
    """The headers of every answer. On Spaces the page stands in a frame of another host, elsewhere only in its own."""
    policy = _POLICY.format(
        pictures=" https:" if settings.remote_pictures else "",
        frames="" if settings.spaces else "; frame-ancestors 'self'",
    )
    return {
        "content-security-policy": policy, "x-content-type-options": "nosniff", "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()", "cross-origin-opener-policy": "same-origin",
    }  # fmt: skip


class Guard:
    """ASGI middleware. Clients on the same machine are not limited; reading the page is not either, asking is.

    GET /wait tells a client how long it has to: Gradio's own script does not hand on why a request failed.
    """

    def __init__(self, app: App, settings: Settings) -> None:
        self.app, self.proxied = app, settings.spaces
        self.headers = [(k.encode(), v.encode()) for k, v in headers(settings).items()]
        self.limit, self.limiter = parse(settings.rate_limit), MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429 to who asks too much, else pass on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        client = client_of(scope, self.proxied)
        if scope["method"] == "POST" and not _local(client) and not self.limiter.hit(self.limit, client):
            ERRORS.labels("rate").inc()
            wait = self._wait(client)
            refusal = JSONResponse({"error": _BUSY.format(n=wait)}, 429, {"retry-after": str(wait)})
            return await refusal(scope, receive, self._heading(send))
        if scope["method"] == "GET" and scope["path"] == "/wait":
            wait = 0 if _local(client) else self._wait(client)
            return await JSONResponse({"wait": wait})(scope, receive, self._heading(send))
        return await self.app(scope, receive, self._heading(send))

    def _wait(self, client: str) -> int:
        """Whole seconds until the client may ask again, 0 where it may now."""
        reset, left = self.limiter.get_window_stats(self.limit, client)
        return 0 if left else max(1, math.ceil(reset - time.time()))

    def _heading(self, send: Send) -> Send:
        async def headed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {k.lower() for k, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in self.headers if h[0] not in given)]
            await send(message)

        return headed


def client_of(scope: Mapping[str, Any], proxied: bool) -> str:
    """Who asks: the peer, or behind a proxy that is known to be there the address that it added last."""
    if proxied:
        forwarded = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"), "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return str((scope.get("client") or ("unknown",))[0])


def _local(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


def app_kwargs(shelf: Shelf) -> dict[str, Any]:
    """What `launch(app_kwargs=…)` takes: the guard, and the two addresses for who keeps the server."""

    def health(request: Request) -> Response:
        told = health_of(shelf)
        return JSONResponse(told, 200 if told["status"] != "down" else 503)

    def metrics(request: Request) -> Response:
        for recommender in shelf.loaded():
            ITEMS.labels(recommender.catalog.name).set(len(recommender.catalog.row))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return {
        "middleware": [Middleware(Guard, settings=shelf.settings)],
        "routes": [Route("/health", health), Route("/metrics", metrics)],
    }


def health_of(shelf: Shelf) -> dict[str, Any]:
    """ok, degraded (some part is gone without) or down (the database does not answer), and why."""
    degraded = failing()
    if shelf.get().parts.behavior is None:
        degraded.append("behaviour")
    database = shelf.store.fault()
    return {
        "status": "down" if database else "degraded" if degraded else "ok",
        "without": sorted(set(degraded)), "database": database or "ok",
        "set_aside": shelf.store.damaged.name if shelf.store.damaged else None,
        "catalogs": {r.catalog.name: len(r.catalog.row) for r in shelf.loaded()},
    }  # fmt: skip
