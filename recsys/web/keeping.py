"""What a server does besides answering: old conversations expire, and it ends without cutting off what it wrote."""

import logging
import signal
import threading
import time
from ipaddress import ip_address
from typing import Any

from recsys.errors import RecsysError
from recsys.settings import Settings
from recsys.shelf import Shelf

log = logging.getLogger("recsys.app")
_DAY, _HOUR = 86_400.0, 3_600.0


def for_host(settings: Settings, host: str, shared: bool) -> Settings:
    """The settings for who can reach the server: beyond this machine nobody uploads, unless RECSYS_UPLOADS says so."""
    if "uploads" in settings.model_fields_set or (_loopback(host) and not shared):
        return settings
    return settings.model_copy(update={"uploads": False})


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def expire(shelf: Shelf) -> int:
    """Delete what nobody touched for longer than the settings keep it; returns how many conversations that were."""
    if shelf.settings.retention_days is None:
        return 0
    gone = shelf.store.expire(time.time() - shelf.settings.retention_days * _DAY)
    log.info("%d conversations expired", gone)
    return gone


def serve(demo: Any, shelf: Shelf) -> None:
    """Stay until the process is told to end (SIGTERM, Ctrl-C), then stop taking requests and close the database."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    wait = 0.0
    while not told.wait(wait):
        wait = _HOUR
        try:
            expire(shelf)
        except RecsysError as error:
            log.error("old conversations were not deleted: %s", error)
    demo.close(verbose=False)
    shelf.close()
