"""A made-up dossier in which people type what publishers could take for their own.

The two made-up editions, so that what changed between them is written too. Each cell of plain text
gets ``SUFFIX``; ``TYPED`` puts whole texts in the place of some; ``TEXTS`` is prose.
"""

from __future__ import annotations

import csv
import io
import shutil
import struct
import unicodedata
import zlib
from pathlib import Path

import yaml

from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.model.schema import REFERRING, TABLES

YEAR = 2031
_BRACES = " {#k .l} {{< include w >}} \\textbf{z}"
#: Markdown, HTML, LaTeX, Typst, Lua, citations, shortcodes, attributes, quotes; no digit, for names
#: may hold none; last what a sentence may end with. A bar separates the items of a list.
SUFFIX = (
    " *a* __b__ [c](d) [^e] <b>f</b> &amp $x_y$ #let #panic() ~~g~~ ^h^ `i` \\n @sec-air [@j] --"
    " http://k.l/m ::: q:r: !img 'p' os.exit()" + _BRACES + ' <!-- s --> /t/ //u "v" # w)'
)
#: Where references may stand, a brace begins one.
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
}

#: (table, key, column) → the texts that once broke a report.
TYPED = {
    ("actions", "plantations", "title"): "1. Planter des arbres",
    ("actions", "plantations", "summary"): (
        "Suivi (dossier S:\\Projets\\Arbres, et bilan <à compléter> par zone <Nord>)."
    ),
    ("actions", "renovation", "title"): "Rénover\nles logements",
    ("actions", "renovation", "summary"): "Pour tout avis, écrire à @valexemple.",
    ("actions", "bornes", "title"): "5$-10$",
    ("actions", "zones-humides", "title"): "{{< include x >}}",
    ("services", "environnement", "name"): "DGA\\SIG",
    ("services", "finances", "name"): "R&D <Lab>",
    ("gaps", "sans-reponse", "title"): "Une enveloppe de 100.000 €",
    ("planned", "prevu-panneaux", "title"): unicodedata.normalize("NFD", "Été : rénover l’étang"),
}
FINDING = "Les *arbres* [a] & <b>"

#: Rows of tables that the made-up edition 2031 leaves empty.
ROWS = {
    "discrepancies": 'ecart,nom,Deux noms,Deux,l. 3,"Un",Le premier,La source hésite,,',
    "places": (
        "plantations,99001,nature,Bois des écoles,réalisé,rapport-suite,l. 10,Vu.\n"
        "zones-humides,99003,nature,Mare restaurée,prévu,rapport-suite,l. 20,"
    ),
    "gaps": "carte-perdue,air,bornes,Carte des bornes,Elle est perdue.,rapport-suite,l. 4",
    "milestones": (
        "charte-signee,suivi,prevu-charte,Charte signée,2031-03-01,2031-03-01,fait,"
        "rapport-suite,l. 3"
    ),
    "not_comparable": "paire,arbres-plantes,visiteurs-accueil,Le périmètre diffère,l. 10",
    "objectives": (
        "but,air,,stratégique,1,Planter partout,Plan des arbres,,adopté,rapport-suite,l. 4,À relire"
    ),
    "objective_links": "but,plantations,rapport-suite,l. 4",
    "documents_used": (
        "plan-air,Plan de l’air,plan,prescrit,Bureau des plans,2031-02,air,rapport-suite,l. 5,"
        "déduit,qu’il soit prescrit est déduit"
    ),
    "digital": "reemploi,1,mesure,,Réemployer,,,finances,rapport-suite,l. 6",
    "ratings": (
        "zones-humides,eau,,favorable,La nappe se recharge.,,Rapport inventé,2032-01,"
        "Honorine,mixte,"
        "Elle baisse ailleurs.,2032-02-01,rapport-suite,l. 20\n"
        "rivieres,pilotage,évaluation,partiel,Un début.,,Rapport inventé,2032-01,,,,,"
        "rapport-suite,l. 20"
    ),
    "elements": "pilotage,1,Pilotage,suivi",
    "policies": "rivieres,1,Rivières,eau,,,rapport-suite,l. 20",
    "remarks": (
        "un-mot,air,phrase,air-enjeu-lost,§ 2,Un passage,Un mot,Odile,2026-05-02,levée,Corrigé,"
        "Paul,2026-05-03"
    ),
}
_HEADER = {
    "objectives": "id,chapter,parent,kind,order,title,document,owner,status,source,locator,note",
    "objective_links": "objective,linked,source,locator",
    "documents_used": "id,title,kind,obligation,producer,publication,chapters,source,locator,"
    "basis,note",
    "digital": "id,order,block,theme,title,summary,indicator,service,source,locator",
    "elements": "id,order,title,chapter",
    "policies": "id,order,title,chapter,services,indicator,source,locator",
    "places": "action,insee,kind,name,status,source,locator,note",
    "remarks": "id,chapter,kind,key,mark,quote,remark,reviewer,date,state,answer,answered_by,"
    "answered_on",
}

#: Under each title of a chapter's text; the two have a note of the same label.
TEXTS = {
    "air": (
        "L’air s’améliore[^a].\n\n[^a]: D’après le relevé des *capteurs*.",
        "De l’*italique*, du **gras**, un [lien](https://exemple.invalid/a_b).\n\n"
        "- un point\n- un autre\n    - dessous\n\n"
        "1. premier\n2. second\n\n"
        "| Lieu | Essence |\n|---|--:|\n| Mare | Saule\\|Aulne |\n\n"
        "![La mare de l’école](mare.png)",
        "Rien n’est vrai ici.",
    ),
    "eau": (
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
    "D’après [@dupont] et @sec-eau, voir ?@fig-a.",
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


def spoil_tables(raw: Path) -> None:
    for name, line in ROWS.items():
        path = raw / TABLES[name].file(YEAR)
        if not path.exists():
            path.write_text(_HEADER[name] + "\n", "utf-8")
        path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    credits = raw / "reference/credits.csv"
    credits.write_text(credits.read_text("utf-8") + "Relecture,Personne Imaginée,textes\n", "utf-8")
    law = {"id": "rapport", "order": "1", "kind": "rapport", "title": "Faire un rapport"}
    law |= {"legal_text": "loi inventée", "article": "Z. 1", "certainty": "texte lu"}
    law |= {"note": "une remarque"}
    header = TABLES["legal"].header
    cells = ",".join(law.get(name, "") for name in header)
    (raw / "reference/legal.csv").write_text(f"{','.join(header)}\n{cells}\n", "utf-8")
    for path in sorted(raw.rglob("*.csv")):
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        if not rows:
            continue
        for row in rows if path.stem == "improvements" else []:
            row["decider"] = row["decider"] or "Conseil"
        written = io.StringIO()
        writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(spoil_row(path.stem, row) for row in rows)
        path.write_text(written.getvalue(), "utf-8")


def spoil_charts(path: Path) -> None:
    charts = yaml.safe_load(path.read_text("utf-8"))
    for chart in charts:
        said = chart["finding"]
        for sentence in said if isinstance(said, list) else ():
            sentence["say"] += MEEK
        chart["finding"] = said if isinstance(said, list) else said + MEEK
        chart["note"] = "Une réserve" + MEEK
        if chart["id"] == "arbres":
            chart["finding"] = FINDING
        for item in chart.get("items", []) + chart.get("panels", []):
            if isinstance(item, dict):
                item["label"] += MEEK
    path.write_text(yaml.safe_dump(charts, allow_unicode=True), "utf-8")


def spoil_territory(path: Path) -> None:
    territory = yaml.safe_load(path.read_text("utf-8"))
    for name in ("name", "of_name", "to_name", "full_name", "kind", "population_note"):
        territory[name] += FULL
    path.write_text(yaml.safe_dump(territory, allow_unicode=True), "utf-8")


def write_texts(folder: Path) -> None:
    letters = "\n\n".join(LETTERS)
    for name, sections in TEXTS.items():
        texts = [letters if text == "…" else text for text in sections]
        parts = zip(("Enjeu", "Analyse", "Synthèse"), texts, strict=True)
        text = "\n".join(f"## {title}\n\n{body}\n" for title, body in parts)
        (folder / f"{name}.md").write_text(text, "utf-8")
    (folder / "mare.png").write_bytes(draw_picture())


def make_hostile(root: Path) -> Dossier:
    """The whole dossier in ``root``."""
    from conftest import MADE_UP, add_later_edition

    shutil.copytree(MADE_UP, root)
    dossier = add_later_edition(root)
    note = "Une édition jamais publiée" + MEEK
    (dossier.raw_year(YEAR - 1) / "edition.yml").write_text(
        yaml.safe_dump({"kind": "reconstituée", "note": note}, allow_unicode=True), "utf-8"
    )
    spoil_tables(dossier.raw)
    spoil_charts(dossier.raw / "reference/charts.yml")
    spoil_territory(dossier.raw / "territory.yml")
    write_texts(dossier.raw_year(YEAR) / "texts")
    return dossier
