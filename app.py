"""Attune 随心荐: the page and its JSON endpoints. `python app.py` opens it; nothing is fetched from outside."""

import gc
import inspect
import sys
from unittest.mock import patch

gc.disable()  # imports make a million lasting objects; collecting among them costs each start a second and a half
sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]  # not used; Gradio would look for it on disk at every call
with patch.object(inspect, "getfile", side_effect=OSError):  # Gradio would write its stub files again, for a second
    import gradio as gr

import argparse
import logging
import os
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from gradio.utils import get_upload_folder
from pydantic import ValidationError

from recsys.errors import RecsysError
from recsys.monitor import ERRORS, log_to_stderr
from recsys.settings import ASSETS, Settings
from recsys.shelf import Shelf
from recsys.web import api, guard, keeping, shell
from recsys.web.jobs import Opening, opening
from recsys.web.page import Page

log = logging.getLogger("recsys.app")
_AFTER = 5.0  # seconds from being ready to reading what no first answer needs
T = TypeVar("T")
THEME = gr.themes.Base(
    primary_hue="orange", neutral_hue="stone", radius_size="lg",
    font=["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"], font_mono=["ui-monospace", "monospace"],
)  # fmt: skip


def _told(handler: Callable[..., T]) -> Callable[..., T]:
    """Turn our errors into messages for scripts; anything else is logged, and they get a line, not a traceback."""

    @wraps(handler)
    def guarded(*args: Any, **kwargs: Any) -> T:
        try:
            return handler(*args, **kwargs)
        except RecsysError as error:
            ERRORS.labels(type(error).__name__).inc()
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            log.exception("a handler failed")
            ERRORS.labels("unexpected").inc()
            raise gr.Error("something went wrong; please try again", print_exception=False) from error

    return guarded


def build(shelf: Shelf | Opening) -> gr.Blocks:
    """The page and the endpoints over a shelf of catalogues, which may still be loading."""
    page = Page(shelf, Path(get_upload_folder()))

    def call(sent: Any, request: gr.Request) -> dict[str, Any]:
        return page.call(sent, _signed_in(request))

    with gr.Blocks(title="Attune 随心荐", analytics_enabled=False, fill_width=True) as demo:
        gr.HTML(
            html_template=shell.door(), js_on_load=shell.script(),
            apply_default_css=False, elem_id="page", server_functions=[call],
        )  # fmt: skip
        for name, endpoint in api.endpoints(shelf).items():  # type: ignore[arg-type]
            gr.api(_told(endpoint), api_name=name, queue=False)
    return demo


def _signed_in(request: Any) -> str:
    """Who is signed in through `--auth`, if anybody: what Gradio's own routes look up for their requests."""
    app = request.app
    tokens, cookie = getattr(app, "tokens", {}), getattr(app, "cookie_id", "")
    token = request.cookies.get(f"access-token-{cookie}") or request.cookies.get(f"access-token-unsecure-{cookie}")
    return str(tokens.get(token) or "")


def arguments() -> argparse.Namespace:
    """What the command line may set."""
    parser = argparse.ArgumentParser(description="Serve Attune 随心荐.")
    parser.add_argument("--host", help="address to listen on; default 127.0.0.1, or 0.0.0.0 on Spaces")
    parser.add_argument("--port", type=int, help="port; default: the first free one from 7860")
    parser.add_argument("--share", action="store_true", help="open a public link through Gradio's servers")
    parser.add_argument("--auth", metavar="NAME:PASSWORD", action="append", default=[], help="let in only who signs in; may be repeated")  # fmt: skip
    given = parser.parse_args()
    if any(":" not in pair for pair in given.auth):
        parser.error("--auth wants NAME:PASSWORD")
    return given


def main() -> None:
    """Serve at once, load in the background, and say on the terminal when it is ready."""
    from rich.console import Console

    given, console = arguments(), Console(stderr=True)
    try:
        settings = Settings()
    except ValidationError as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        raise SystemExit(1) from error
    log_to_stderr(settings.log_format, settings.log_level)
    host = given.host or os.environ.get("GRADIO_SERVER_NAME") or ("0.0.0.0" if settings.spaces else "127.0.0.1")  # noqa: S104
    settings = keeping.for_host(settings, host, given.share)
    shelf = opening(settings)
    demo = build(shelf).queue(default_concurrency_limit=16)
    demo.launch(
        server_name=host,
        server_port=given.port,
        share=given.share,
        auth=[tuple(pair.split(":", 1)) for pair in given.auth] or None,
        theme=THEME,
        head=f"<style>{(ASSETS / 'attune.css').read_text('utf-8')}</style>",  # as it is: Gradio would rewrite the selectors of `css`
        ssr_mode=False,
        footer_links=[],
        favicon_path=ASSETS / "icon.svg",
        show_error=True,
        app_kwargs=guard.app_kwargs(shelf),  # type: ignore[arg-type]
        allowed_paths=[str(p) for p in settings.catalogs.glob("*/pictures")],
        max_threads=8,
        prevent_thread_lock=True,
    )
    try:
        ready = shelf.job.wait()
    except RecsysError as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        raise SystemExit(1) from error
    from recsys.serving import settle

    settle()
    console.print(f"Attune 随心荐: {len(ready.get().catalog.items):,} items ready")
    warming = threading.Timer(_AFTER, ready.get().warm)
    warming.daemon = True
    warming.start()
    keeping.serve(demo, ready)


if __name__ == "__main__":
    main()
