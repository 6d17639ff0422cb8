"""Attune 随心荐: the page and its JSON endpoints. `python app.py` opens it; nothing is fetched from outside."""

import gc

gc.disable()  # imports make a million lasting objects; collecting among them costs each start a second and a half

import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from pydantic import ValidationError

from recsys.datamodels import Lang, Query, Recommendation
from recsys.errors import NotFound, RecsysError
from recsys.monitor import ERRORS, log_to_stderr
from recsys.recommender import Recommender
from recsys.settings import ASSETS, BUILTIN_CATALOG, Settings
from recsys.shelf import Shelf
from recsys.web import api, cards, guard
from recsys.web.words import word

log = logging.getLogger("recsys.app")
T = TypeVar("T")
Saved = dict[str, Any]
_CLICKS = (ASSETS / "clicks.js").read_text("utf-8")
THEME = gr.themes.Base(
    primary_hue="orange", neutral_hue="stone", radius_size="lg",
    font=["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"], font_mono=["ui-monospace", "monospace"],
)  # fmt: skip


class Page:
    """The handlers of the page. All state is in the store; the browser keeps the session's id and the language."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def load(self, saved: Saved | None, request: gr.Request) -> tuple[Any, ...]:
        """A visit or a reload: take up the browser's conversation, or start one."""
        saved = dict(saved or {})
        if "lang" not in saved:
            spoken = request.headers.get("accept-language", "zh") if request else "zh"
            saved["lang"] = "zh" if spoken.lower().startswith("zh") else "en"
        try:
            self.shelf.of(saved.get("session", ""))
        except NotFound:
            saved["session"] = self.shelf.get().start()
        return self._everything(saved)

    def send(self, text: str, saved: Saved) -> tuple[Any, ...]:
        """A message."""
        if text.strip():
            self.shelf.of(saved["session"]).reply(saved["session"], text, saved["lang"])
        return self._everything(saved)

    def fresh(self, saved: Saved) -> tuple[Any, ...]:
        """A new conversation about the same catalogue."""
        return self._everything({**saved, "session": self.shelf.of(saved["session"]).start()})

    def switch(self, name: str, saved: Saved) -> tuple[Any, ...]:
        """A new conversation about another catalogue."""
        return self._everything({**saved, "session": self.shelf.get(name).start()})

    def upload(self, path: str, saved: Saved, progress: gr.Progress = gr.Progress()) -> tuple[Any, ...]:  # noqa: B008
        """A file becomes a catalogue, and the conversation turns to it."""
        name = self.shelf.add(Path(path), progress=lambda message: progress(None, desc=message))
        return self.switch(name, saved)

    def speak(self, lang: Lang, saved: Saved) -> tuple[Any, ...]:
        """The other language; nothing else changes."""
        return self._everything({**saved, "lang": lang})

    def act(self, saved: Saved, event: gr.EventData) -> tuple[Any, ...]:
        """A click inside the cards, chips, quick replies or toast."""
        data: dict[str, Any] = event._data or {}
        session, lang, action, item_id = (
            saved["session"],
            saved["lang"],
            str(data.get("action", "")),
            str(data.get("id", "")),
        )
        r, toast, why = self.shelf.of(session), "", ""
        if action == "say":
            r.reply(session, str(data.get("text", "")), lang)
        elif action in ("like", "dislike", "favourite"):
            toast = self._react(r, session, item_id, action, lang)
        elif action == "undo":
            r.record(session, "", "undo", float(data["event"]))
            toast = cards.toast(word("undone", lang), None, lang)
        elif action == "again":
            r.refresh(session, lang)
        elif action == "drop":
            r.drop(session, int(data["position"]))
        elif action == "similar":
            rank = next(i["rank"] for i in r.store.impressions(session) if i["item_id"] == item_id)
            r.reply(session, word("more_like", lang, rank=rank), lang)
        elif action in ("why", "open"):
            if action == "open":
                r.record(session, item_id, "click")
            why = cards.why(r.explain(session, item_id, lang), r.facts(r.item(item_id), lang, 12), lang)
        return self._everything(saved, toast, why)

    def _react(self, r: Recommender, session: str, item_id: str, action: str, lang: Lang) -> str:
        """A thumb or star; a second press takes it back."""
        title = r.item(item_id).name(lang)
        if self._reactions(r, session).get(item_id) == action:
            r.record(session, item_id, "undo")
            return cards.toast(word("undone", lang), None, lang)
        event_id = r.record(session, item_id, action)
        done = {"like": "liked", "dislike": "disliked", "favourite": "favourited"}[action]
        return cards.toast(word(done, lang, title=title), event_id, lang)

    def _reactions(self, r: Recommender, session: str) -> dict[str, str]:
        """Item id -> the thumb or star that stands."""
        return {e.item_id: e.kind for e in r.events(session) if e.kind in ("like", "dislike", "favourite")}

    def _everything(self, saved: Saved, toast: str = "", why: str = "") -> tuple[Any, ...]:
        """The whole page from the store: what is shown is what is kept."""
        lang, session = saved["lang"], saved["session"]
        r = self.shelf.of(session)
        turns = [m for m in r.store.messages(session) if m["text"]]
        state: Query | None = r.store.session(session)["state"]
        question = api.question_of(turns[-1], r.schema, lang) if turns else None
        tries = () if turns else cards.examples(r.catalog, lang)
        names = [(word("builtin", lang) if n == BUILTIN_CATALOG else n, n) for n in self.shelf.names()]
        return (
            saved, [{"role": m["role"], "content": self._line(m)} for m in turns],
            cards.cards(self._shown(r, session, lang) if state else (), self._reactions(r, session), r.catalog, lang),
            cards.chips(r.chips(state, lang), lang),
            cards.quick_replies(question, tries, lang), toast, why,
            gr.update(value="", placeholder=word("placeholder", lang)),
            gr.update(value=word("send", lang)), gr.update(value=word("new", lang)), gr.update(value=lang), _header(lang),
            gr.update(choices=names, value=r.catalog.name), gr.update(label=word("upload", lang)),
        )  # fmt: skip

    def _line(self, message: dict[str, Any]) -> str:
        if message["role"] == "user":
            return cards.verbatim(message["text"])
        notice = message["detail"].get("notice")
        return f"{message['text']}\n\n*{notice}*" if notice else str(message["text"])

    def _shown(self, r: Recommender, session: str, lang: Lang) -> list[Recommendation]:
        """The cards of the last answer, as they were shown."""
        return [
            Recommendation(
                r.item(i["item_id"]),
                i["score"],
                i["rank"],
                i["parts"],
                tuple(i["reasons"].get(lang, ())),
                bool(i["nearest"]),
            )
            for i in r.store.impressions(session)
            if i["item_id"] in r.catalog.row
        ]


def _header(lang: Lang) -> str:
    return f'<div class="brand"><span class="mark" aria-hidden="true">✦</span><div><h1>{word("title", lang)}</h1><p>{word("tagline", lang)}</p></div></div>'


def _told(handler: Callable[..., T]) -> Callable[..., T]:
    """Turn our errors into messages on the page; anything else is logged, and the person gets a line, not a traceback."""
    from functools import wraps

    @wraps(handler)
    def guarded(*args: Any, **kwargs: Any) -> T:
        try:
            return handler(*args, **kwargs)
        except RecsysError as error:
            ERRORS.labels(type(error).__name__).inc()
            raise gr.Error(error.zh if _lang(args) == "zh" else str(error), print_exception=False) from error
        except Exception as error:
            log.exception("a handler failed")
            ERRORS.labels("unexpected").inc()
            raise gr.Error(
                "出错了，请再试一次 / Something went wrong, please try again", print_exception=False
            ) from error

    return guarded


def _lang(arguments: tuple[Any, ...]) -> str:
    """The language that the page is in, where a handler of the page was called; scripts get English."""
    return next((str(a["lang"]) for a in arguments if isinstance(a, dict) and "lang" in a), "en")


def build(shelf: Shelf) -> gr.Blocks:
    """The page over a shelf of catalogues."""
    page = Page(shelf)
    with gr.Blocks(title="Attune 随心荐", analytics_enabled=False, fill_width=True) as demo:
        saved = gr.BrowserState({}, storage_key="attune", secret=_secret(shelf.settings.home))
        with gr.Row(elem_id="top"):
            header = gr.HTML(_header("zh"))
            with gr.Row(elem_id="tools"):
                lang = gr.Radio(
                    [("中文", "zh"), ("English", "en")], value="zh", show_label=False, container=False, elem_id="lang"
                )
                catalog = gr.Dropdown([], show_label=False, container=False, elem_id="catalog", interactive=True)
                upload = gr.UploadButton(
                    word("upload", "zh"), size="sm", elem_id="upload", visible=shelf.settings.uploads
                )
                new = gr.Button(word("new", "zh"), size="sm", elem_id="new")
        with gr.Row(elem_id="main", equal_height=False):
            with gr.Column(scale=4, min_width=320, elem_id="talk"):
                chat = gr.Chatbot(
                    show_label=False,
                    height="58vh",
                    elem_id="chat",
                    buttons=[],
                    feedback_options=None,
                    layout="bubble",
                    group_consecutive_messages=False,
                )
                quick = gr.HTML(js_on_load=_CLICKS, elem_id="quick")
                with gr.Row(elem_id="ask"):
                    text = gr.Textbox(
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=4,
                        scale=8,
                        autofocus=True,
                        elem_id="need",
                        placeholder=word("placeholder", "zh"),
                    )
                    send = gr.Button(word("send", "zh"), variant="primary", scale=1, min_width=72, elem_id="send")
            with gr.Column(scale=7, min_width=320, elem_id="shelf"):
                chips = gr.HTML(js_on_load=_CLICKS, elem_id="chips")
                toast = gr.HTML(js_on_load=_CLICKS, elem_id="toast")
                why = gr.HTML(js_on_load=_CLICKS, elem_id="why")
                panel = gr.HTML(js_on_load=_CLICKS, elem_id="cards")
        shown = [saved, chat, panel, chips, quick, toast, why, text, send, new, lang, header, catalog, upload]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": 16}
        demo.load(_told(page.load), [saved], shown, **private)
        for trigger in (text.submit, send.click):
            trigger(_told(page.send), [text, saved], shown, **private)
        new.click(_told(page.fresh), [saved], shown, **private)
        lang.input(_told(page.speak), [lang, saved], shown, **private)
        catalog.input(_told(page.switch), [catalog, saved], shown, **private)
        upload.upload(_told(page.upload), [upload, saved], shown, **{**private, "show_progress": "full"})
        for area in (panel, chips, quick, toast, why):
            area.click(_told(page.act), [saved], shown, **private)
        for name, endpoint in api.endpoints(shelf).items():
            gr.api(_told(endpoint), api_name=name, concurrency_limit=16)
    return demo


def _secret(home: Path) -> str:
    """The key of the browser's state: made once, so that a restart of the server does not lose anybody's conversation."""
    path = home / "browser.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(16), "ascii")
        path.chmod(0o600)
    return path.read_text("ascii")


def main() -> None:
    """Load everything with progress on the terminal, then serve."""
    from rich.console import Console

    console = Console(stderr=True)
    try:
        settings = Settings()
        log_to_stderr(settings.log_format, settings.log_level)
        with console.status("…") as status:
            shelf = Shelf(settings, status.update if console.is_terminal else console.print)
    except (RecsysError, ValidationError) as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        raise SystemExit(1) from error
    console.print(f"Attune 随心荐: {len(shelf.get().catalog.items):,} items ready")
    gc.enable()
    gc.freeze()
    build(shelf).queue(default_concurrency_limit=16).launch(
        theme=THEME,
        css_paths=ASSETS / "attune.css",
        ssr_mode=False,
        footer_links=["api"],
        favicon_path=ASSETS / "icon.svg",
        show_error=True,
        app_kwargs=guard.app_kwargs(shelf),
        allowed_paths=[str(p) for p in shelf.settings.catalogs.glob("*/pictures")],
    )


if __name__ == "__main__":
    main()
