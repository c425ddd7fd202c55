"""What the browser asks of a preview: pages, what they load, and an open line on which it is told
what becomes of them (server-sent events).

On loopback, to whoever names it so: a page from elsewhere whose name was made to lead here (DNS
rebinding) is refused.
"""

from __future__ import annotations

import asyncio
import errno
import html
import json
import mimetypes
import socket
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.paths import REPORTS
from analysis.run.arguments import LAST_PORT
from analysis.run.preview_worker import describe_error
from analysis.show.page_safety import START, guard

if TYPE_CHECKING:
    from analysis.run.preview import Preview

ADDRESS, TRIES = "127.0.0.1", 50
FOLDER = REPORTS / "preview"
#: Seconds after which a silent line is tried: the browser may be gone.
_BEAT = 15
#: Python's own kinds: those of Windows come from a registry that any program may have spoilt.
_KINDS = mimetypes.MimeTypes()
_KINDS.add_type("text/javascript", ".js")
_KINDS.add_type("font/woff2", ".woff2")
#: Signs of a request that are repeated in the terminal.
_SHOWN = 100


class _Handler(RequestHandler):
    """What all answers have in common."""

    def initialize(self, preview: Preview, port: int) -> None:
        self.preview, self.port = preview, port

    def prepare(self) -> None:
        if self.request.host not in {f"{name}:{self.port}" for name in (ADDRESS, "localhost")}:
            raise HTTPError(403, reason="Forbidden host")
        # Another page, even of this machine, neither reads the pages nor has them built.
        if self.request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise HTTPError(403, reason="Forbidden origin")

    def set_default_headers(self) -> None:
        self.set_header("Server", "apercu")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Content-Security-Policy", "frame-ancestors 'none'")

    def log_exception(self, kind: object, error: BaseException | None, trace: object) -> None:
        # What is refused, the page says: the server's own words are English.
        if error is not None and not isinstance(error, HTTPError):
            self.preview.say(f"{self.request.path[:_SHOWN]} : {describe_error(error)}")

    def write_error(self, status_code: int, **_: object) -> None:
        report = html.escape(name_command("report", year=self.preview.year))
        words = {
            403: "Cet aperçu ne répond qu’à cette machine, sous le nom 127.0.0.1 ou localhost.",
            404: f"Ce n’est pas dans l’aperçu : « {report} » produit le rapport entier.",
        }
        self.write_page("Aperçu", f"<p>{words.get(status_code, 'Demande refusée.')}</p>")

    def write_page(self, title: str, body: str, page: str | None = None) -> None:
        """A page that is none of the book; ``page``: it gives place to that one."""
        template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
        text = guard(template.substitute(title=html.escape(title), body=body), "de l’aperçu")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(text if page is None else follow(text, page, ""))


def follow(text: str, page: str, version: str) -> str:
    """A page's HTML with the script that listens to what becomes of it, which its policy lets."""
    script = (
        f'<script src="/apercu.js" data-page="{html.escape(page)}" data-version="{version}">'
        "</script>\n</body>"
    )
    before, _, after = text.rpartition("</body>")
    before = before.replace("script-src 'none'", "script-src 'self'", 1)
    return before.replace(START, f"{START}connect-src 'self'; ", 1) + script + after


def name_page(page: str) -> str:
    """Where a page is, below the address."""
    return f"/{quote(page)}/{quote(page)}.html"


def find_file(folder: Path, name: str) -> Path | None:
    """The file of a folder that a page asks for, if there is one in that very folder."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # what no file can be named: too long, a null byte
        return None


class _Contents(_Handler):
    def get(self) -> None:
        titles = self.preview.titles
        if not titles:
            self.preview.want("")
            self.write_page("Aperçu", "<p>Lecture des données…</p>", "")
            return
        items = "\n".join(
            f'<li><a href="{name_page(page)}">{html.escape(title)}</a></li>'
            for page, title in titles.items()
        )
        body = f"<p>Chaque page est construite quand on l’ouvre.</p>\n<ul>\n{items}\n</ul>"
        self.write_page(f"Aperçu de l’édition {self.preview.year}", body)


class _Pages(_Handler):
    def get(self, page: str, name: str) -> None:
        preview = self.preview
        if preview.titles and page not in preview.titles:
            raise HTTPError(404)
        stem = name.removesuffix(".html")
        if name != f"{stem}.html":
            self._send(page, name)
        elif stem != page:
            if stem not in preview.titles:
                raise HTTPError(404)
            self.redirect(name_page(stem))
        else:
            state = preview.want(page)
            if state.folder is None:
                title = preview.titles.get(page, page)
                self.write_page(title, "<p>La page se construit…</p>", page)
                return
            text = (state.folder / name).read_text(encoding="utf-8")
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(follow(text, page, state.version))

    def _send(self, page: str, name: str) -> None:
        """A file that the page loads, of its folder and of no other."""
        folder = self.preview.want(page).folder
        path = find_file(folder, name) if folder else None
        if path is None:
            raise HTTPError(404)
        kind = _KINDS.guess_type(path.name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind.endswith(("javascript", "json"))
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.finish(path.read_bytes())


class _Script(_Handler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish((FOLDER / "preview.js").read_bytes())


class _Events(_Handler):
    """The open line."""

    async def get(self) -> None:
        page = self.get_argument("page", "")
        if page and self.preview.titles and page not in self.preview.titles:
            raise HTTPError(404)
        self.set_header("Content-Type", "text/event-stream")
        with self.preview.listen(page) as heard:
            try:
                while True:
                    try:
                        state = await asyncio.wait_for(heard.get(), _BEAT)
                        self.write(f"data: {json.dumps(state, ensure_ascii=False)}\n\n")
                    except TimeoutError:
                        self.write(": \n\n")
                    await self.flush()
            except StreamClosedError:
                return
            except asyncio.CancelledError:  # the preview ends: no page of an error goes with it
                self.finish()
                raise


class _Elsewhere(_Handler):
    def prepare(self) -> None:
        super().prepare()
        raise HTTPError(404)


def open_sockets(first: int) -> tuple[list[socket.socket], int]:
    """A port of the loopback that nobody has, ``first`` or one after it. Raises UserError when
    there is none (French)."""
    last = min(first + TRIES - 1, LAST_PORT)
    for port in range(first, last + 1):
        try:
            sockets = bind_sockets(port, ADDRESS, socket.AF_INET)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
        else:
            return sockets, port
    raise UserError(f"Aucun port libre de {first} à {last} pour l’aperçu.")


def open_server(preview: Preview, sockets: Iterable[socket.socket], port: int) -> HTTPServer:
    """The server, which answers at once."""
    common = {"preview": preview, "port": port}
    application = Application(
        [
            (r"/", _Contents, common),
            (r"/apercu\.js", _Script, common),
            (r"/evenements", _Events, common),
            (r"/([\w-]+)/(.+)", _Pages, common),
            (r".*", _Elsewhere, common),
        ],
        log_function=lambda handler: None,
    )
    server = HTTPServer(application)
    server.add_sockets(sockets)
    return server
