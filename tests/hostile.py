"""A made-up dossier in which people type what publishers could take for their own.

That of ``synthetic``, which has rows in every table, with two editions, so that what changed
between them is written too. Each cell of plain text gets ``SUFFIX``; ``TYPED`` puts whole texts in
the place of some; ``TEXTS`` is prose.
"""

from __future__ import annotations

import json
import struct
import unicodedata
import zlib
from collections.abc import Iterable
from pathlib import Path

import yaml
from synthetic import compose
from synthetic.draft import Draft

from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.compute.dossier.reviewchecks import digest_content, format_content
from analysis.model.schema import REFERRING, TABLES, TEXT_HEADINGS

YEAR = 2031
#: What would run in a page, were it more than letters (``hit`` is the browser's witness), end what
#: it stands in, or take the page elsewhere: a paragraph of prose each.
ATTACKS = (
    "<img src=x onerror=hit()> <svg/onload=hit()> <details open ontoggle=hit()>",
    "</style></title></textarea></script><script>hit()</script>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe> <object data=data:text/html,hit>",
    "<base href=//k.l/> <meta http-equiv=refresh content='url=javascript:hit()'>",
    "<a href=javascript:hit() autofocus onfocus=hit() style='x:expression(hit())'>y</a>",
    "<style>@import 'http://k.l/m'</style> <link rel=stylesheet href=//k.l/m>",
    "&lt;script&gt;hit()&lt;/script&gt; &Tab;java&colon;hit() \\xscript\\e",
    "[m](javascript&colon;hit()) <javascript:hit()> <http://k.l/m>",
    "` <b>hit</b> ` $`hit()`$ \\(\\href(javascript:hit())(x)\\) \\end",
    '"\'><img src=x onerror=hit()>" onmouseover="hit()" x=\'',
    "]]> <!-- --> --!> <![CDATA[ <?php hit() ?> <%= hit() %>",
    "#panic() #link(a) @import /JS /Launch =HYPERLINK()",
)
#: Raw blocks, shortcodes and CSS: where references may stand, a brace begins one.
_BRACES = (
    " {#k .l} {{< include w >}} \\textbf{z} `<i onclick=hit()>`{=html} `#panic()`{=typst}"
    " `<w:p/>`{=openxml} }*{background:url(//k.l/m)}"
)
#: Markdown, HTML, LaTeX, Typst, Lua, citations, shortcodes, attributes, quotes; no digit, for names
#: may hold none; last what a sentence may end with. A bar separates the items of a list.
SUFFIX = (
    " *a* __b__ [c](d) [^e] <b>f</b> &amp $x_y$ #let #panic() ~~g~~ ^h^ `i` \\n @sec-climat [@j] --"
    " http://k.l/m ::: q:r: !img 'p' os.exit() '></style></script><script>hit()</script>"
    "<img src=x onerror=hit()> [m](javascript:hit()) &lt;svg onload=hit()&gt;"
    + _BRACES
    + ' <!-- s --> /t/ //u "v" # w)'
)
MEEK = SUFFIX.replace(_BRACES, "")
FULL = SUFFIX + " | x"
#: What names a file, a code, a date, a control or another value, and is compared with them; a name
#: of digits is looked for in texts.
NAMING = {
    *(("sources", "file"), ("sources", "publication"), ("sources", "accessed")),
    *(
        ("digit_names", "text"),
        ("indicators", "formula"),
        ("statements", "indicator"),
        ("contributions", "indicator"),
    ),
    *(("not_comparable", "first"), ("not_comparable", "second"), ("discrepancies", "control")),
    *(("places", "insee"), ("budget", "policy"), ("indicators", "asked_period")),
    *(("remarks", "key"), ("remarks", "mark"), ("legal", "met"), ("legal", "anchor")),
    *(("accounts", "policy"), ("key_messages", "when")),
}

#: (table, key, column) → the texts that once broke a report.
TYPED = {
    ("actions", "isolation", "title"): "1. Planter des arbres",
    ("actions", "isolation", "summary"): (
        "Suivi (dossier S:\\Projets\\Arbres, et bilan <à compléter> par zone <Nord>)."
    ),
    ("actions", "eclairage", "title"): "Rénover\nles logements",
    ("actions", "eclairage", "summary"): "Pour tout avis, écrire à @valexemple.",
    ("actions", "covoiturage", "title"): "5$-10$",
    ("actions", "haies", "title"): "{{< include x >}}",
    ("services", "direction-energie", "name"): "DGA\\SIG",
    ("services", "service-energie", "name"): "R&D <Lab>",
    ("planned", f"prevu-{YEAR}-cohesion-1", "title"): "Une enveloppe de 100.000 €",
    ("planned", f"prevu-{YEAR}-climat-1", "title"): unicodedata.normalize(
        "NFD", "Été : rénover l’étang"
    ),
}
FINDING = "Les *arbres* [a] & <b>"
#: What reviewers said: ``synthetic`` makes no such rows.
REMARK = {
    "id": "un-mot", "chapter": "climat", "kind": "phrase", "key": "climat-enjeu-lost",
    "mark": "§ 2", "quote": "Un passage", "remark": "Un mot", "reviewer": "Odile",
    "date": "2026-05-02", "state": "levée", "answer": "Corrigé", "answered_by": "Paul",
    "answered_on": "2026-05-03",
}  # fmt: skip
SIGNED = {
    "kind": "phrase", "key": "sec-climat/1", "mark": "§1", "section": "Climat" + SUFFIX,
    "text": "Un passage." + MEEK, "wording": "a",
}  # fmt: skip

#: Under each title of a chapter's text; the two have a note of the same label.
TEXTS = {
    "climat": (
        "L’air s’améliore[^a].\n\n[^a]: D’après le relevé des *capteurs*.",
        "De l’*italique*, du **gras**, un [lien](https://exemple.invalid/a_b).\n\n"
        "- un point\n- un autre\n    - dessous\n\n"
        "1. premier\n2. second\n\n"
        "| Lieu | Essence |\n|---|--:|\n| Mare | Saule\\|Aulne |\n\n"
        "![La mare de l’école](mare.png)",
        "Rien n’est vrai ici.",
    ),
    "biodiversite": (
        "L’eau aussi[^a].\n\n[^a]: D’après le relevé des rivières.",
        "…",
        "Rien n’est vrai ici non plus.",
    ),
}
#: What is none of the small Markdown: paragraphs of letters. (A brace begins a reference, or is a
#: fault that is named.)
LETTERS = [
    "Du `code` en ligne, $x^y$ et $$z$$.",
    "<div class=a>du HTML</div> et <script>alert(i)</script>",
    "::: callout-note",
    ":::",
    "D’après [@dupont] et @sec-climat, voir ?@fig-a.",
    "```typst",
    "#panic(a)",
    "```",
    "\\begin(a) et \\alpha",
    "---",
    "titre: valeur",
    "Terme",
    ": sa définition",
    "~ une autre",
    "La pièce a*b*c et x_y_z.",
    "% un commentaire",
    "(a) une lettre, (@b) un exemple",
    "> une citation",
    "Ligne | avec des | barres",
    "~~barré~~ H~o~ et x^e^ -- et...",
    "&lt; &amp; &eacute;",
    *ATTACKS,
]


def draw_picture() -> bytes:
    """The smallest PNG: one grey dot."""

    def part(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    dot = zlib.compress(b"\0\x80")
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", dot) + part(b"IEND", b"")


def list_plain(table: str) -> list[str]:
    """Columns of plain text, without those that name something."""
    columns = TABLES[table].columns
    plain = [column.name for column in columns if column.writing == "plain"]
    return [name for name in plain if (table, name) not in NAMING]


def spoil_cell(table: str, column: str, cell: str) -> str:
    """The cell with its suffix; each item of a list has its own."""
    if column in REFERRING.get(table, ()):
        return cell + MEEK
    kind = next(each.kind for each in TABLES[table].columns if each.name == column)
    if kind == "list":
        return join_list([item + SUFFIX for item in split_list(cell)])
    return cell + FULL


def spoil_row(table: str, row: dict[str, str]) -> dict[str, str]:
    """A row with its suffixes, and with what ``TYPED`` puts into it."""
    filled = [name for name in list_plain(table) if row.get(name)]
    spoilt = {name: spoil_cell(table, name, row[name]) for name in filled}
    typed = {name: TYPED.get((table, row.get("id", ""), name), "") for name in row}
    return row | spoilt | {name: text for name, text in typed.items() if text}


def spoil_charts(charts: list[dict]) -> None:
    for chart in charts:
        said = chart["finding"]
        for sentence in said if isinstance(said, list) else ():
            sentence["say"] += MEEK
        chart["finding"] = said if isinstance(said, list) else said + MEEK
        chart["note"] = "Une réserve" + MEEK
        for key in ("items", "panels", "whole", "remainder", "total", "rest"):
            held = chart.get(key, [])
            for item in held if isinstance(held, list) else [held]:
                if isinstance(item, dict) and "label" in item:
                    item["label"] += MEEK
    charts[0]["finding"] = FINDING


def spoil_yaml(text: str, keys: Iterable[str]) -> str:
    read = yaml.safe_load(text)
    for key in keys:
        read[key] += FULL
    return yaml.safe_dump(read, allow_unicode=True)


def spoil_outlines(text: str) -> str:
    """Whatever an area says of itself besides its code."""
    outlines = json.loads(text)
    for area in outlines["features"]:
        area["properties"] |= {"nom": area["properties"]["nom"] + FULL, SUFFIX: FULL}
    return json.dumps(outlines, ensure_ascii=False)


def write_texts() -> dict[str, str]:
    letters = "\n\n".join(LETTERS)
    written = {}
    for name, sections in TEXTS.items():
        texts = [letters if text == "…" else text for text in sections]
        parts = zip(TEXT_HEADINGS, texts, strict=True)
        written[f"{YEAR}/texts/{name}.md"] = "\n".join(f"## {t}\n\n{b}\n" for t, b in parts)
    return written


def compose_typed() -> Draft:
    """The dossier before it is spoilt, with a row in every table but that of the signatures."""
    draft = compose(seed=1, years=(YEAR - 1, YEAR), size=0.01)
    draft.add("remarks", YEAR, **REMARK)
    return draft


def make_hostile(root: Path) -> Dossier:
    """The whole dossier in ``root``."""
    draft = compose_typed()
    digest = digest_content([SIGNED])
    draft.add("reviews", YEAR, chapter="climat", reviewer="Odile", date="2026-05-02", digest=digest)
    draft.add("sources", id="identite", file="identity.yml | logo.png", title="Identité")
    for (table, _), rows in draft.rows.items():
        rows[:] = [spoil_row(table, row) for row in rows]
    spoil_charts(draft.charts)
    files = draft.files
    names = ("name", "of_name", "to_name", "full_name", "kind", "population_note")
    files["territory.yml"] = spoil_yaml(files["territory.yml"], names)
    council = f"{YEAR}/council.yml"
    words = ("session_place", "chair", "rapporteur", "deliberation_number")
    files[council] = spoil_yaml(files[council], words)
    files["reference/communes.geojson"] = spoil_outlines(files["reference/communes.geojson"])
    logo = {"file": "logo.png", "alt": "Le logo" + FULL}
    files["identity.yml"] = yaml.safe_dump({"logo": logo}, allow_unicode=True)
    note = "Une édition jamais publiée" + MEEK
    said = {"kind": "reconstituée", "note": note}
    files[f"{YEAR - 1}/edition.yml"] = yaml.safe_dump(said, allow_unicode=True)
    files[f"{YEAR}/reviews/climat.csv"] = format_content([SIGNED])
    files |= write_texts()
    draft.write(root / "raw")
    for picture in ("logo.png", f"{YEAR}/texts/mare.png"):
        (root / "raw" / picture).write_bytes(draw_picture())
    return Dossier(root.resolve())
