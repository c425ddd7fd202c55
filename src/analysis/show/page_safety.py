"""What a page of ours may run and ask for: said to the browser (Content-Security-Policy), and
looked for in the page before anyone reads it, whichever program wrote it.

A page is read as the strict HTML that our programs write; anything else is a fault, so that no
browser reads more in it than this does. Ours are the scripts of ``reports/style``: by their names
where a page loads them, by their text where they stand in it.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from analysis.base.errors import UserError
from analysis.base.paths import REPORTS
from analysis.base.rawfiles import list_files

STYLE = REPORTS / "style"
#: What a page may do. « file: » is for pages opened from the disk: there Firefox takes 'self' for
#: nothing. Styles may stand in the page: pandoc and the charts set widths and colours so.
POLICY_START = "default-src 'none'"
_POLICY = (
    POLICY_START + "; script-src {}; style-src 'self' file: 'unsafe-inline'; "
    "img-src 'self' file: data:; font-src 'self' file:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_META = '<meta http-equiv="Content-Security-Policy" content="{}">'

_ATTRIBUTES = r'(?:\s+[\w:.-]+(?:="[^"<]*")?)*\s*'
_SCRIPT = rf"<(?P<raw>script|style)(?P<given>{_ATTRIBUTES})>(?P<text>.*?)</(?P=raw)>"
#: Whatever begins with « < »: nothing of a comment, of an attribute may begin so, for browsers read
#: some elements by rules of their own.
_TOKEN = re.compile(
    rf"<!--(?!-?>)(?:(?!--)[^<])*-->|{_SCRIPT}"
    rf"|</?(?P<tag>[a-z][\w:.-]*)(?P<attributes>{_ATTRIBUTES})/?>"
    r"|<!DOCTYPE [^<>\[]*>|<\?xml [^<>]*\?>|<(?P<odd>[^<>]{0,300}>?)",
    re.DOTALL | re.IGNORECASE,
)
_SCRIPTS = re.compile(_SCRIPT, re.DOTALL)
_ATTRIBUTE = re.compile(r'\s([\w:.-]+)(?:="([^"]*)")?')
#: Attributes that hold addresses, or may put them where they were not; those worth a look.
_ADDRESSES = (
    r"(?:xlink:)?href|src|srcset|poster|background|data|cite|longdesc|manifest|from|to|by|values"
)
_WORTH = re.compile(
    rf"\s(?:on|(?:style|srcdoc|ping|(?:form)?action|http-equiv|{_ADDRESSES})=)", re.IGNORECASE
)
_HOLDS_ADDRESS = re.compile(_ADDRESSES)
_HARMFUL = {"srcdoc", "ping", "action", "formaction"}
#: Elements that fetch, run or hide something, or that browsers read by rules of their own.
_FORBIDDEN = frozenset(
    "base iframe frame frameset object embed applet portal xmp plaintext noembed noframes noscript "
    "template foreignobject animate animatemotion animatetransform set handler listener audio "
    "video track textarea math script style".split()
)
#: Elements whose addresses the page fetches by itself; elsewhere an address waits for its reader.
_LOADING = {"img", "source", "link", "script", "image", "use", "feimage", "input"}
_UNSEEN = re.compile(r"[\x00-\x20\u00ad\u2060]")
_ELSEWHERE = re.compile(r"([a-z][a-z0-9+.-]*):|[/\\]{2}|\\", re.IGNORECASE)
_SCHEMES = {"http", "https", "mailto"}
#: Pictures that our programs put into a page; the icon that there is not.
_OWN_DATA = re.compile(r"data:(?:image/(?:png|jpeg);base64,[\w+/=]*|,)")
_FETCHED = re.compile(
    r"@import|expression\(|url\([\s\"']*(?!data:)(?:[a-z]+:|//|\\)", re.IGNORECASE
)
_DATA = "application/json"
#: Scripts beside the pages that hold data alone: the trails of numbers, the index of the search.
_HELD = re.compile(
    r"(?:window\.addTrails\(|\(window\.INDEX_RECHERCHE=[\w.|[\]]*\)\.push\(\.\.\.)(.*)\);\s*",
    re.DOTALL,
)
#: Letters of what was found that a message shows.
_SHOWN = 160


@cache
def _list_own() -> tuple[frozenset[str], frozenset[str]]:
    """Names of our scripts, below ``reports``; their texts and those of the templates."""
    scripts = {f"style/{path.relative_to(STYLE).as_posix()}": path for path in STYLE.rglob("*.js")}
    texts = {path.read_text(encoding="utf-8").strip() for path in scripts.values()}
    for path in (path for end in ("html", "j2") for path in STYLE.rglob(f"*.{end}")):
        found = _SCRIPTS.finditer(path.read_text(encoding="utf-8"))
        texts |= {script["text"].strip() for script in found}
    return frozenset(scripts), frozenset(texts)


def _is_own(given: Mapping[str, str], text: str) -> bool:
    names, texts = _list_own()
    if given.get("type") == _DATA:
        return "src" not in given and "<" not in text
    if "src" in given:
        return given["src"] in names and not text.strip() and {*given} <= {"src", "defer"}
    return not given and text.strip() in texts


def _read_attributes(text: str) -> dict[str, str]:
    # The first of a name is the one that counts.
    found = reversed(_ATTRIBUTE.findall(text))
    return {name.lower(): html.unescape(value) for name, value in found}


def compose_policy(page: str) -> str:
    """The policy for a page, as a tag: its scripts, by file or, of ours, by the text's hash."""
    sources = set()
    for script in _SCRIPTS.finditer(page):
        given = _read_attributes(script["given"])
        if script["raw"] != "script" or given.get("type") == _DATA:
            continue
        if "src" in given:
            sources |= {"'self'", "file:"}
        elif _is_own(given, script["text"]):
            digest = b64encode(hashlib.sha256(script["text"].encode()).digest()).decode("ascii")
            sources.add(f"'sha256-{digest}'")
    return _META.format(_POLICY.format(" ".join(sorted(sources)) or "'none'"))


def guard(page: str, name: str, raw: Path | None = None) -> str:
    """The page with its policy.

    Raises
    ------
    UserError
        naming what must not stand in it and, where the typed data (``raw``) are at hand, the rows
        it comes from (French).
    """
    guarded = re.sub(
        r"<meta charset=[^<>]*>\n?",
        lambda found: found[0] + compose_policy(page) + "\n",
        page,
        count=1,
    )
    if faults := list(find_unsafe(guarded)):
        listed = "\n- ".join(faults)
        rows = locate_typed(raw, listed) if raw else []
        where = f"\nÀ regarder : {' ; '.join(rows)}." if rows else ""
        raise UserError(f"La page {name} ne peut pas être publiée :\n- {listed}{where}")
    return guarded


def find_unsafe(page: str, *, whole: bool = True) -> Iterator[str]:
    """French lines that say what of a page could run or fetch something that is not ours;
    ``whole``: a page, which bears its policy, and no part of one."""
    if whole and page.count(compose_policy(page)) != 1:
        yield "politique de sécurité (Content-Security-Policy) absente, ou autre que la sienne"
    for token in _TOKEN.finditer(page):
        for problem, read in _judge(token):
            read = " ".join(read.split())
            yield f"{problem}, « {read[:_SHOWN]}{'…' * (len(read) > _SHOWN)} »"


def _judge(token: re.Match[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a token, and what of it shows that."""
    if token["odd"] is not None:
        yield "balise que le rapport n’écrit pas", token[0]
        return
    raw, tag = (token["raw"] or "").lower(), (token["tag"] or "").lower()
    given = token["attributes"] or token["given"] or ""
    if tag in _FORBIDDEN:
        yield f"élément « {tag} » qui n’est pas du rapport", token[0]
    elif raw == "script" and not _is_own(_read_attributes(given), token["text"]):
        yield "script qui n’est pas du rapport", token[0]
    elif raw == "style" and ("<" in token["text"] or _FETCHED.search(token["text"])):
        yield "style qui demande un fichier à l’extérieur", token[0]
    if not _WORTH.search(given):
        return
    for name, value in _read_attributes(given).items():
        if name.startswith("on") or name in _HARMFUL:
            yield f"attribut « {name} »", token[0]
        elif name == "http-equiv" and value != "Content-Security-Policy":
            yield "consigne au navigateur (http-equiv)", token[0]
        elif name == "style" and _FETCHED.search(value):
            yield "style qui demande un fichier à l’extérieur", value
        elif _HOLDS_ADDRESS.fullmatch(name):
            yield from _judge_address(raw or tag, value)
    if tag == "link" and _read_attributes(given).get("rel") not in ("stylesheet", "icon"):
        yield "élément « link » qui n’est pas du rapport", token[0]


def _judge_address(tag: str, value: str) -> Iterator[tuple[str, str]]:
    for address in value.split(";") if tag not in _LOADING else [value]:
        found = _ELSEWHERE.match(address := _UNSEEN.sub("", address))
        if not found or (tag in ("img", "link") and _OWN_DATA.fullmatch(address)):
            continue
        if tag in _LOADING:
            yield "la page demande un fichier à l’extérieur", value
        elif found[1] and found[1].lower() not in _SCHEMES:
            yield f"lien « {found[1].lower()}: »", value


def find_unsafe_file(path: Path) -> Iterator[str]:
    """The same of a page, of a drawing or of a script beside the pages."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".js":
        yield from find_unsafe(text, whole=path.suffix == ".html")
    elif found := _HELD.fullmatch(text):
        try:
            held = json.loads(f"[{found[1]}]")
        except ValueError:
            yield "script qui contient autre chose que des données"
            return
        # What the numbers' windows show is HTML; the search shows letters.
        for entry in held[2].values() if path.parent.name == "trails" else ():
            yield from find_unsafe(entry, whole=False)
    elif text.strip() not in _list_own()[1]:
        yield "script qui n’est pas du rapport"


def locate_typed(raw: Path, message: str) -> list[str]:
    """« 2017/actions.csv, ligne 12 » of every line of the typed files in which stands what of a
    page a message quotes (« … »)."""

    def flatten(text: str) -> str:
        text = text.replace('""', '"').replace("’", "'").replace("\u2060", "")
        return re.sub(r"[\s\u00a0\u202f]+", "", text)

    quoted = {
        flatten(words).rstrip("…") for words in re.findall(r"«\s([^«»]*[<:=][^«»]*)\s»", message)
    }
    return [
        f"{name}, ligne {number}"
        for name, path in (list_files(raw) if quoted else ())
        if path.suffix in (".csv", ".md", ".yml")
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if any(words in flatten(line) for words in quoted)
    ]
