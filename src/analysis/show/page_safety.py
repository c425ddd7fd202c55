"""What a page of ours may run and ask for: said to the browser (Content-Security-Policy), and
looked for in the page before anyone reads it, whichever program wrote it.

A page is read as the strict HTML that our programs write, anything else is a fault, so that no
browser reads more in it than this does. Ours are the scripts of ``reports/style``: by their names
where a page loads them, by their text where they stand in it.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from analysis.base.errors import UserError
from analysis.base.paths import REPORTS
from analysis.base.rawfiles import list_files

#: « file: » is for pages opened from the disk, where Firefox takes 'self' for nothing; styles stand
#: in the pages, as pandoc and the charts set widths and colours.
START = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
_POLICY = (
    START + "script-src {}; style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; "
    "font-src 'self' file:; object-src 'none'; base-uri 'none'; form-action 'none'\">"
)
_GIVEN = r'(?P<{}>(?:\s+[\w:.-]+(?:="[^"<]*")?)*\s*)'
_RAW = rf"<(?P<raw>script|style){_GIVEN.format('with')}>(?P<text>.*?)</(?P=raw)>"
_SCRIPT = re.compile(_RAW, re.DOTALL)
#: Whatever begins with « < », which nothing inside of a comment or of an attribute does.
_TOKEN = re.compile(
    rf"<!--(?!-?>)(?:(?!--)[^<])*-->|{_RAW}|</?(?P<tag>[a-z][\w:.-]*){_GIVEN.format('given')}/?>"
    r"|<!DOCTYPE [^<>\[]*>|<\?xml [^<>]*\?>|<(?P<odd>[^<>]*>?)",
    re.DOTALL | re.IGNORECASE,
)
#: Attributes that run something, that hold an address, that are worth a look.
_RUNNING = r"on[\w-]*|srcdoc|ping|(?:form)?action|http-equiv"
_ADDRESS = r"(?:xlink:)?href|src|srcset|poster|background|data|cite|longdesc|manifest"
_WORTH = re.compile(rf"\s(?:{_RUNNING}|{_ADDRESS}|style)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\s([\w:.-]+)(?:="([^"]*)")?')
#: Elements that fetch, run or hide something, or that browsers read by rules of their own.
_FORBIDDEN = frozenset(
    "base iframe frame frameset object embed applet portal xmp plaintext noembed noframes noscript "
    "template foreignobject animate animatemotion animatetransform set handler listener audio "
    "video track textarea math script style".split()
)
#: Elements whose addresses the page asks for by itself; elsewhere an address waits for its reader.
_LOADING = frozenset("img source link script image use feimage input".split())
_UNSEEN = re.compile(r"[\x00-\x20\u00ad\u2060]")
_ELSEWHERE = re.compile(r"(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}|\\", re.IGNORECASE)
#: Pictures that our programs put into a page; the icon that there is not.
_OWN_DATA = re.compile(r"data:(?:image/(?:png|jpeg);base64,[\w+/=]*|,)")
_FETCHED = re.compile(r"<|@import|expression\(|url\([\s\"']*(?!data:)(?:[a-z]+:|[/\\]{2})", re.I)
#: Scripts beside the pages that hold data alone: the trails of numbers, the index of the search.
_HELD = re.compile(
    r"(window\.addTrails\(|\(window\.INDEX[\w.=|[\]]*\)\.push\(\.\.\.)(.*)\);\s*", re.S
)


@cache
def _list_own() -> dict[str, str]:
    """Text of our scripts, by their names below ``reports``; of the templates', by their text."""
    style = REPORTS / "style"
    texts = {path: path.read_text("utf-8") for path in style.rglob("*.*") if path.is_file()
             and path.suffix in (".js", ".html", ".j2")}  # fmt: skip
    named = {p.relative_to(REPORTS).as_posix(): t for p, t in texts.items() if p.suffix == ".js"}
    return named | {s["text"]: s["text"] for s in _SCRIPT.finditer("\n".join(texts.values()))}


def _is_own(given: str, text: str) -> bool:
    if given.startswith(' type="application/json"'):
        return "<" not in text and " src" not in given
    loaded = re.fullmatch(r' src="([^"]+)" defer', given)
    return not text and loaded[1] in _list_own() if loaded else (
        not given and text in _list_own().values()
    )  # fmt: skip


def compose_policy(page: str) -> str:
    """The policy for a page, as a tag: its scripts, by file or, of ours, by the text's hash."""
    sources = set()
    for script in _SCRIPT.finditer(page):
        if script["with"].startswith(" src="):
            sources |= {"'self'", "file:"}
        elif script["raw"] == "script" and not script["with"] and _is_own("", script["text"]):
            digest = hashlib.sha256(script["text"].encode()).digest()
            sources.add(f"'sha256-{b64encode(digest).decode('ascii')}'")
    return _POLICY.format(" ".join(sorted(sources)) or "'none'")


def guard(page: str, name: str, raw: Path | None = None) -> str:
    """The page with its policy. Raises UserError (French) naming what must not stand in it and,
    where the typed data (``raw``) are at hand, the rows it comes from."""
    head, charset, rest = page.partition("<meta charset=")
    if faults := "\n- ".join(find_unsafe(page)):
        rows = locate_typed(raw, faults) if raw else []
        where = f"\nÀ regarder : {' ; '.join(rows)}." if rows else ""
        raise UserError(f"La page {name} ne peut pas être publiée :\n- {faults}{where}")
    return f"{head}{charset}{rest.replace('>', f'>{compose_policy(page)}', 1)}"


def find_unsafe(page: str) -> Iterator[str]:
    """French lines that say what of a page, or of a part of one, could run or ask for something
    that is not ours."""
    for token in _TOKEN.finditer(page):
        for problem in _judge(token):
            yield f"{problem}, « {' '.join(html.unescape(token[0]).split())[:200]} »"


def _judge(token: re.Match[str]) -> Iterator[str]:
    tag, given = (token["tag"] or token["raw"] or "").lower(), token["given"] or token["with"] or ""
    if token["odd"] is not None:
        yield "balise que le rapport n’écrit pas"
    elif token["tag"] and tag in _FORBIDDEN:
        yield f"élément « {tag} » qui n’est pas du rapport"
    elif tag == "script" and token["raw"] and not _is_own(given, token["text"]):
        yield "script qui n’est pas du rapport"
    elif tag == "style" and _FETCHED.search(token["text"]):
        yield "style qui demande un fichier à l’extérieur"
    for name, value in _ATTRIBUTE.findall(given) if _WORTH.search(given) else ():
        name, value = name.lower(), html.unescape(value)
        address = _UNSEEN.sub("", value)
        if name == "style" and _FETCHED.search(value):
            yield "style qui demande un fichier à l’extérieur"
        elif re.fullmatch(_RUNNING, name) and value != "Content-Security-Policy":
            yield f"attribut « {name} »"
        elif re.fullmatch(_ADDRESS, name) and not _OWN_DATA.fullmatch(address):
            if tag in _LOADING and _OUTSIDE.match(address):
                yield "la page demande un fichier à l’extérieur"
            elif _ELSEWHERE.match(address):
                yield f"lien « {address.partition(':')[0]}: »"


def _check_file(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    found = _HELD.fullmatch(text) if path.suffix == ".js" else None
    if path.suffix != ".js":
        if path.suffix == ".html" and text.count(compose_policy(text)) != 1:
            yield "politique de sécurité (Content-Security-Policy) absente, ou autre que la sienne"
        yield from find_unsafe(text)
    elif found:
        try:
            held = json.loads(f"[{found[2]}]")
        except ValueError:
            yield "script qui contient autre chose que des données"
        else:  # what the numbers' windows show is HTML; the search shows letters
            entries = held[2] if "Trails" in found[1] else {}
            yield from (fault for entry in entries.values() for fault in find_unsafe(entry))
    elif text not in _list_own().values():
        yield "script qui n’est pas du rapport"


def find_unsafe_files(folder: Path) -> list[str]:
    """The same, of the pages, drawings and scripts of a folder."""
    return [
        f"{folder.name}/{name} : {fault}"
        for name, path in list_files(folder)
        if path.suffix in (".html", ".svg", ".js")
        for fault in _check_file(path)
    ]


def locate_typed(raw: Path, message: str) -> list[str]:
    """« 2017/actions.csv, ligne 12 » of every line of the typed files in which stands a tag, or an
    attribute of one, that a message quotes (« … »)."""

    def flatten(text: str) -> str:
        return re.sub(r"[\s\u00a0\u202f\u2060]+", "", text.replace('""', '"').replace("’", "'"))

    tags = re.findall(r"« (<[^«»]*) »", message)
    quoted = {*tags, *(value for tag in tags for value in re.findall(r'"([^"]*[:(][^"]*)"', tag))}
    return [
        f"{name}, ligne {number}"
        for name, path in (list_files(raw) if quoted else ())
        if path.suffix in (".csv", ".md", ".yml")
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if any(flatten(words) in flatten(line) for words in quoted)
    ]
