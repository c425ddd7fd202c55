"""Files that people type, and that mean harm: each is refused, where the fault is, within bounds.

Read in this process but where the fault was time, memory or a crash of the program: there in one of
its own (``bounded``).
"""

from __future__ import annotations

import csv
import gzip
import json
import lzma
import re
import shutil
import unicodedata
import zipfile
from datetime import date

import pytest
from bounded import run_analysis

from analysis.base.characters import MOST_REPEATS, find_bad_characters
from analysis.base.csvtext import LONGEST, EndlessCell, split_csv
from analysis.base.errors import UserError
from analysis.base.paths import MODELS, Dossier
from analysis.base.rawfiles import list_years
from analysis.collect.national_files import producer_files
from analysis.compute.dossier import collect_faults
from analysis.compute.dossier.cells import CellError, read_date, read_number, read_partial_date
from analysis.compute.dossier.prosechecks import check_prose
from analysis.compute.dossier.reading import LONGEST_TEXT
from analysis.compute.dossier.tree_files import DEEPEST, MOST_NODES, MOST_POINTS
from analysis.compute.dossier.typed_tables import (
    LARGEST_FILE,
    MOST_COLUMNS,
    MOST_ROWS,
    check_characters,
)
from analysis.compute.indicators import check_formulas, load_edition
from analysis.compute.national import reference_files
from analysis.compute.objectives import read_model
from analysis.model.conditions import parse_conditions
from analysis.model.formulas import (
    FormulaError,
    evaluate_formula,
    find_cycles,
    grammar,
    parse_formula,
)
from analysis.model.periods import months_between
from analysis.model.schema import TABLES, InvalidDossier
from analysis.words.smallmarkdown import find_faults

YEAR = 2030
GROUP = "Fichiers saisis"
TERRITORY, CHARTS, OUTLINES = "territory.yml", "reference/charts.yml", "reference/communes.geojson"


def mark(attack: str, result: str = "réparé"):
    return pytest.mark.torture(GROUP, attack, result)


def find(dossier: Dossier, file: str) -> list[tuple[int, str, str]]:
    faults = collect_faults(dossier, YEAR, [check_formulas])[1]
    return [(fault.row, fault.column, fault.problem) for fault in faults if fault.file == file]


def add(dossier: Dossier, file: str, text: str) -> int:
    """The number of the first line added."""
    path = dossier.raw / file
    before = path.read_text("utf-8") if path.is_file() else ""
    path.write_text(before + text, "utf-8")
    return before.count("\n") + 1


def replace(dossier: Dossier, file: str, old: str, new: str) -> None:
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


# --- YAML -----------------------------------------------------------------------------------------

NESTED = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
REFUSED = "ancre, renvoi ou étiquette YAML"


@mark("ancres YAML emboîtées, neuf niveaux")
@pytest.mark.parametrize("file", [TERRITORY, CHARTS, "identity.yml", "2030/edition.yml"])
def test_no_anchor_is_followed(dossier_copy, file):
    if file == CHARTS:
        (dossier_copy.raw / file).write_text("", "utf-8")
    row = add(dossier_copy, file, NESTED)
    found = find(dossier_copy, file)
    assert found[0] == (row, "caractère 5", f"{REFUSED} (« a0 »)")
    assert len(found) == 10 + 9 * 9  # each is named


@mark("YAML : étiquettes, ancre récursive, renvoi inconnu")
@pytest.mark.parametrize(
    "line",
    ["x: !!python/object/apply:os.system [id]", "x: !!binary aGVs", "x: !!set {a}", "x: &a [*a]",
     "x: *b", "? &k a\n: b", "x: !local b"],
)  # fmt: skip
def test_no_tag_is_followed(dossier_copy, line):
    row = add(dossier_copy, TERRITORY, line + "\n")
    first = next(fault for fault in find(dossier_copy, TERRITORY))
    assert first[0] == row
    assert first[2].startswith(REFUSED)


TOO_MUCH = "fichier trop grand ou trop emboîté"


@mark("cent mille crochets YAML : le programme tombait")
@pytest.mark.parametrize("file", [TERRITORY, CHARTS, "identity.yml", "2030/council.yml"])
@pytest.mark.parametrize("text", ["x: " + "[" * 100_000, "x: " + "{a: " * 100_000])
def test_nesting_has_a_bound(dossier_copy, file, text):
    (dossier_copy.raw / file).write_text(text, "utf-8")
    ((row, _, problem),) = [f for f in find(dossier_copy, file) if f[0]]
    assert row == 1
    assert problem in (TOO_MUCH, ENDLESS)


@mark("cent mille crochets YAML : le programme tombait")
@pytest.mark.parametrize("sign", ["[", "{a: ", "- "])
def test_depth_has_a_bound(dossier_copy, sign):
    row = add(dossier_copy, TERRITORY, "x:\n " + sign * (DEEPEST + 1)) + 1
    ((at, column, problem),) = find(dossier_copy, TERRITORY)
    assert (at, problem) == (row, TOO_MUCH)
    assert column.startswith("caractère ")


@mark("YAML : trop de textes, texte sans fin, plusieurs documents")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("".join(f"k{n}: v\n" for n in range(MOST_NODES)), TOO_MUCH),
        (f'x: "{" ".join(map(str, range(30_000)))}"\n', TOO_MUCH),
        ("---\nid: y\n", "plusieurs documents"),
        ("[a]: b\n", "clé attendue"),
        ("\tx: 1\n", "YAML mal formé"),
    ],
)
def test_yaml_has_bounds(dossier_copy, text, problem):
    first = add(dossier_copy, TERRITORY, text)
    ((row, column, said),) = find(dossier_copy, TERRITORY)
    assert said == problem
    assert row >= first
    assert column.startswith("caractère ")


@mark("YAML : clé donnée deux fois")
def test_a_key_stands_once(dossier_copy):
    row = add(dossier_copy, TERRITORY, "id: autre\n")
    assert (row, "id", "clé donnée deux fois") in find(dossier_copy, TERRITORY)
    replace(dossier_copy, CHARTS, "  kind: classement\n", "  kind: classement\n  kind: objectif\n")
    assert (6, "kind", "clé donnée deux fois") in find(dossier_copy, CHARTS)


@mark("YAML : ce que YAML devine (dates, oui et non, octal, soixante)")
@pytest.mark.parametrize(
    "typed",
    ["2030-02-31", "2030-01-01", "no", "010", "1:20", "1234567890" * 450, "0x1F", ".inf", "1e999"],
)
def test_nothing_is_guessed(dossier_copy, typed):
    replace(dossier_copy, TERRITORY, 'siren: "000000000"', f"siren: {typed}")
    edition, faults = collect_faults(dossier_copy, YEAR)
    assert faults == []
    assert edition.territory["siren"] == typed


@mark("YAML : autre chose qu’un texte où un texte est lu")
@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        (TERRITORY, "id: val-exemple", "id: {a: 1}", "id"),
        (TERRITORY, "name: Le Val d’Exemple", "name: [a]", "name"),
        (TERRITORY, "of_name: du Val d’Exemple", "of_name: {a: 1}", "of_name"),
        (TERRITORY, "population_indicator: population-municipale",
         "population_indicator: [a]", "population_indicator"),
        (CHARTS, "id: depenses", "id: [a]", "graphique ['a'], id"),
        (CHARTS, "chapter: suivi", "chapter: {a: b}", "graphique depenses, chapter"),
        (CHARTS, "action: budget-vert", "action: [a]", "graphique depenses, action"),
        (CHARTS, "kind: classement", "kind: [a]", "graphique depenses, kind"),
        (CHARTS, "indicator: arbres-plantes", "indicator: [a]", "graphique arbres, indicator"),
        (CHARTS, "{indicator: depenses-eau", "{indicator: [a]",
         "graphique depenses, items, indicator"),
        (CHARTS, 'label: "Eau"', "label: [a]", "graphique depenses, items, label"),
        (CHARTS, "items: [logements-renoves, visiteurs-accueil]", "items: [[a]]",
         "graphique renovations, items"),
        (CHARTS, "items: [logements-renoves, visiteurs-accueil]", "items: {a: b}",
         "graphique renovations, items"),
    ],
)  # fmt: skip
def test_a_text_is_a_text(dossier_copy, file, old, new, place):
    replace(dossier_copy, file, old, new)
    assert place in [column for _, column, _ in find(dossier_copy, file)]


# --- outlines -------------------------------------------------------------------------------------

SQUARE = [[3.0, 50], [3.1, 50], [3.1, 50.1], [3.0, 50.1], [3.0, 50]]
SHAPELESS = "coordonnées mal formées"
OPEN = "anneau qui n’entoure rien, ou qui n’est pas fermé"
OUT = "coordonnées hors du globe"


@mark("contours : forme, coordonnées, anneaux")
@pytest.mark.parametrize(
    ("coordinates", "problem"),
    [
        ([[["a", "b"]] * 4], SHAPELESS),
        ([[[None, 1]] * 4], SHAPELESS),
        ([[[3]] * 4], SHAPELESS),
        ([3, 50], SHAPELESS),
        ("abc", SHAPELESS),
        ({"a": 1}, SHAPELESS),
        ([[]], SHAPELESS),
        ([[[3, 50]]], OPEN),
        ([[[3, 50]] * 5], OPEN),
        ([SQUARE[:-1]], OPEN),
        ([[[300, 5000], [301, 5000], [301, 5001], [300, 5000]]], OUT),
        ([[[720000, 7e6], [720100, 7e6], [720100, 7.1e6], [720000, 7e6]]], OUT),
        ([[[1e999, 50]] * 4], OUT),
        ([[[float("nan"), 50]] * 4], OUT),
        ([[[y, x] for x, y in SQUARE]], "latitude avant la longitude"),
    ],
)
def test_an_outline_can_be_drawn(dossier_copy, coordinates, problem):
    path = dossier_copy.raw / OUTLINES
    content = json.loads(path.read_text("utf-8"))
    content["features"][1]["geometry"]["coordinates"] = coordinates
    path.write_text(json.dumps(content), "utf-8")
    assert find(dossier_copy, OUTLINES) == [(0, "contour 2", problem)]


@mark("contours : géométrie d’une autre sorte, propriétés, doubles")
@pytest.mark.parametrize(
    ("key", "said", "problem"),
    [
        ("geometry", "x", "contour absent ou d’un type non admis"),
        ("geometry", [1], "contour absent ou d’un type non admis"),
        ("geometry", {"type": ["Polygon"], "coordinates": [SQUARE]},
         "contour absent ou d’un type non admis"),
        ("geometry", {"type": "GeometryCollection", "geometries": []},
         "contour absent ou d’un type non admis"),
        ("properties", "x", "propriétés mal formées"),
        ("properties", {"code": {"a": 1}}, "contour d’une commune absente de communes.csv"),
        ("properties", {"code": "99001"}, "commune déjà tracée, contour 1"),
    ],
)  # fmt: skip
def test_an_outline_is_of_a_commune(dossier_copy, key, said, problem):
    path = dossier_copy.raw / OUTLINES
    content = json.loads(path.read_text("utf-8"))
    content["features"][1][key] = said
    path.write_text(json.dumps(content), "utf-8")
    assert find(dossier_copy, OUTLINES) == [(0, "contour 2", problem)]


def test_an_outline_is_drawn_under_any_name_of_its_code(dossier_copy):
    from analysis.publish.styling import _read_rings
    from analysis.show.maps.outlines import read_outlines

    path = dossier_copy.raw / OUTLINES
    path.write_text(path.read_text("utf-8").replace('"code"', '"INSEE_COM"'), "utf-8")
    edition, faults = collect_faults(dossier_copy, YEAR)
    assert faults == []
    assert set(read_outlines(edition.geojson, ["99001", "99002"])) == {"99001", "99002"}
    assert len(list(_read_rings(edition.geojson, ["99001", "99002"]))) == 2


@mark("contours : crochets sans fin, nombres sans fin")
@pytest.mark.parametrize("new", ["[" * 100_000, "[3.1 50]", f"[{'9' * 5000}, 50]"])
def test_outlines_are_json(dossier_copy, new):
    replace(dossier_copy, OUTLINES, "[3.1, 50.1]", new)
    assert [problem for _, _, problem in find(dossier_copy, OUTLINES)] == ["GeoJSON mal formé"]


@mark("contours : un million de points")
def test_outlines_have_a_bound(dossier_copy):
    path = dossier_copy.raw / OUTLINES
    content = json.loads(path.read_text("utf-8"))
    ring = [[3 + n / 1e7, 50] for n in range(MOST_POINTS)] + [[3, 50.1], [3, 50]]
    content["features"][1]["geometry"]["coordinates"] = [ring]
    path.write_text(json.dumps(content), "utf-8")
    assert find(dossier_copy, OUTLINES) == [(0, "contour 2", "trop de points")]


@mark("fichier sans fin, de toute sorte")
@pytest.mark.parametrize("file", [TERRITORY, OUTLINES, "2030/actions.csv", "2030/texts/air.md"])
def test_a_file_has_a_bound(dossier_copy, file):
    with (dossier_copy.raw / file).open("ab") as stream:
        stream.truncate(LARGEST_FILE + 1)
    problem = f"fichier de plus de {LARGEST_FILE // 2**20} Mo"
    assert (0, "", problem) in find(dossier_copy, file)


# --- formulas -------------------------------------------------------------------------------------


@mark("formules : arrondi sans fin, sommes et emboîtements sans fin")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("round({x},1000000000)", "nombre de décimales non admis"),
        ("round({x},-1000000000)", "nombre de décimales non admis"),
        ("round({x},{x})", "nombre de décimales non admis"),
        ("+".join(["{x}"] * 900), "formule trop emboîtée"),
        ("+".join(["{arbres-plantes}"] * 900), "formule trop longue"),
        ("-" * 5000 + "{x}", "formule trop longue"),
        ("-" * (grammar.LONGEST - 3) + "{x}", "formule trop emboîtée"),
        ("(" * 1900 + "{x}" + ")" * 1900, "expression mal formée"),
        ("abs(" * 150 + "{x}" + ")" * 150, "formule trop emboîtée"),
        ("{x}*" + "9" * 3900, "constante"),
        ("{x}\0", "expression mal formée"),
        ("term_0+{x}", "« term_ » n’est pas admis"),
    ],
)
def test_a_formula_has_bounds(text, problem):
    with pytest.raises(FormulaError) as error:
        parse_formula(text)
    assert error.value.problem.startswith(problem) or "mal formée" in error.value.problem


@mark("formules : nombres trop grands")
@pytest.mark.parametrize(
    "text",
    ["*".join(["1000000000"] * 60) + "*{x}", "floor(1000000000*" * 40 + "{x}" + ")" * 40,
     "{x}" + "*1000000000" * 60],
)  # fmt: skip
def test_a_result_is_finite(text):
    with pytest.raises(FormulaError, match="résultat trop grand"):
        evaluate_formula(parse_formula(text), {"x": 2.0})


def test_a_number_beyond_decimals_is_rounded():
    formula = parse_formula("round(1000000000*1000000000*1000000000*{x}, 2)")
    assert evaluate_formula(formula, {"x": 3.0}) == pytest.approx(3e27)


@mark("conditions sans fin")
@pytest.mark.parametrize("text", [" " * 40_000 + "x", "{a} proche de " * 4000, "{a}<" * 4000])
def test_a_condition_has_bounds(text):
    with pytest.raises(FormulaError, match="condition"):
        parse_conditions(text)


@mark("cinq mille indicateurs calculés en chaîne : le temps croissait au carré")
def test_chains_are_no_cycles():
    class Needs(dict):
        read = 0

        def __getitem__(self, key):
            Needs.read += 1
            return super().__getitem__(key)

    names = [f"essai-{n:05}" for n in range(5000)]
    needs = Needs({name: {after} for name, after in zip(names, [*names[1:], "x"], strict=True)})
    assert find_cycles(needs) == {}
    assert Needs.read < 5 * len(needs)
    needs["essai-00002"] = {"essai-00000"}
    assert sorted(find_cycles(needs)) == names[:3]


# --- tables ---------------------------------------------------------------------------------------

HEADER = (
    "indicator,territory,period_start,period_end,value,unit,qualifier,status,source,locator,note"
)


@mark("CSV : guillemet ouvert à la deuxième ligne d’un long fichier")
@pytest.mark.parametrize("rest", [3, 50_000])
def test_an_open_quote_is_located(dossier_copy, rest):
    path = dossier_copy.raw / "2030/observations.csv"
    header, first, *_ = path.read_text("utf-8").splitlines()
    first = first.rsplit(",", 1)[0] + ',"une note'
    path.write_text("\n".join([header, first, *["x,y"] * rest]) + "\n", "utf-8")
    assert (2, "", "cellule sans fin") in find(dossier_copy, "2030/observations.csv")


@mark("CSV : guillemet jamais fermé, le reste du fichier était lu comme une note")
@pytest.mark.parametrize(
    ("text", "row"),
    [('a,b\n1,2\n3,"x\n4,5\n', 3), ('a,b\n1,"' + "x" * (LONGEST + 1) + '"\n', 2)],
)
def test_nothing_is_read_as_the_rest_of_a_cell(text, row):
    with pytest.raises(EndlessCell) as error:
        split_csv(text, ",")
    assert error.value.args[0] == row
    assert csv.field_size_limit() != 0


def test_a_cell_may_have_lines_and_quotes():
    assert split_csv('a,b\n"1 ""x""\ny",2\n3,"4\n5"', ",") == [
        ["a", "b"], ['1 "x"\ny', "2"], ["3", "4\n5"],
    ]  # fmt: skip
    assert split_csv('a\n"b"c', ",") == [["a"], ["bc"]]


@mark("CSV : un million de lignes, un million de colonnes")
@pytest.mark.parametrize(
    "text",
    [HEADER + "\n" + "a\n" * MOST_ROWS, ",".join(["x"] * 1_000_000) + "\n",
     f"{HEADER}\n{',' * (MOST_COLUMNS + 1)}\n"],
)  # fmt: skip
def test_a_table_has_bounds(dossier_copy, text):
    (dossier_copy.raw / "2030/observations.csv").write_text(text, "utf-8")
    assert (0, "", "table trop grande") in find(dossier_copy, "2030/observations.csv")


@mark("nombres et dates : chiffres d’ailleurs, sans fin, hors du calendrier")
@pytest.mark.parametrize("text", ["٣", "１２", "1_000", "1e308", "-1e16", "9" * 4301, "nan", "inf"])
def test_a_number_is_of_ten_digits(text):
    with pytest.raises(CellError):
        read_number(text)


def test_there_is_no_minus_zero():
    assert str(read_number("-0")) == "0.0"


@mark("nombres et dates : chiffres d’ailleurs, sans fin, hors du calendrier")
@pytest.mark.parametrize(
    "text", ["٢٠٣٠-01-01", "2030-02-30", "0000-01-01", "31/04/2030", "10000-1-1"]
)
def test_a_date_is_of_the_calendar(text):
    for read in (read_date, lambda text: read_partial_date(text, starts=True)):
        with pytest.raises(CellError):
            read(text)


# --- texts ----------------------------------------------------------------------------------------

ENDLESS = "signes répétés sans fin"


@mark("textes : quarante mille fois le même signe, le temps croissait au carré")
@pytest.mark.parametrize(
    "unit",
    [*' *[({|_`<.-a1#:"«»', "\u00a0", "{{", "[^", "](", " \n", "x\n\n", "&amp"],
)
def test_a_text_does_not_repeat_without_end(dossier_copy, unit):
    row = add(dossier_copy, "2030/texts/air.md", "\nUn mot" + unit * 40_000 + "x\n") + 1
    assert find(dossier_copy, "2030/texts/air.md") == [(row, "", ENDLESS)]


@mark("cellules : quarante mille fois le même signe")
def test_a_cell_does_not_repeat_without_end(dossier_copy):
    row = "2030/gaps.csv"
    path = dossier_copy.raw / row
    line = "trou,air,,Un" + " " * 40_000 + "titre,Il manque.,rapport-invente,l. 4\n"
    number = add(dossier_copy, row, line)
    assert path.read_text("utf-8").splitlines()[0].split(",")[3] == "title"
    assert (number, "title", ENDLESS) in find(dossier_copy, row)


def test_rules_and_dots_are_text(dossier_copy):
    for sign in ("-", "…", ". ", "|---"):
        assert check_characters("a " + sign * (MOST_REPEATS - 1), "a.md") == []


@mark("textes : un mégaoctet, dix mille notes, mille niveaux de liste")
def test_a_text_has_a_bound(dossier_copy):
    add(
        dossier_copy, "2030/texts/air.md", "".join(f"mot {n}\n\n" for n in range(LONGEST_TEXT // 8))
    )
    assert find(dossier_copy, "2030/texts/air.md") == [(0, "", "texte trop long")]


@mark("textes : cent mille paragraphes, le temps croissait au carré")
def test_a_text_is_split_once():
    class Text(str):
        splits = 0

        def split(self, *arguments):
            Text.splits += 1
            return super().split(*arguments)

    text = Text("Un mot.\n\nUn autre, 12.\n" * 100)
    assert len(list(check_prose(text, None, ()))) == 100
    assert Text.splits == 1


# --- names that become files ----------------------------------------------------------------------

BAD_IDS = [
    "../x",
    "a/b",
    "a\\b",
    ".",
    "-a",
    "a" * 81,
    "A",
    "é",
    "e\u0301",
    "con",
    "nul",
    "com1",
    "",
]


@mark("identifiants : chemins, noms de Windows, longueur, jumeaux de casse ou d’accent")
@pytest.mark.parametrize("id", BAD_IDS)
def test_an_id_names_a_file_anywhere(dossier_copy, id):
    replace(dossier_copy, "2030/actions.csv", "plantations,", f"{id},")
    assert any(column == "id" for _, column, _ in find(dossier_copy, "2030/actions.csv"))


def test_every_id_is_bounded():
    named = [column for table in TABLES.values() for column in table.columns if column.name == "id"]
    assert len(named) > 10
    for bad in BAD_IDS:
        # An id that is another's (``refers``) is one of those.
        assert not [c for c in named if not c.refers and re.fullmatch(c.pattern, bad)]
    assert all(re.fullmatch(c.pattern, "a-1" + "b" * 77) for c in named if c.pattern)


@mark("sources.csv : un fichier hors de raw/", "survécu")
@pytest.mark.parametrize("file", ["../*", "/etc/passwd", "..\\x", "texts/../../x"])
def test_a_source_is_a_file_of_raw(dossier_copy, file):
    row = add(dossier_copy, "sources.csv", f"dehors,{file},Titre,Nous,2031,aucune,2031-02-01,\n")
    assert (row, "file", "aucun fichier de ce nom dans le dossier") in find(
        dossier_copy, "sources.csv"
    )


# --- national files -------------------------------------------------------------------------------


@mark("fichiers nationaux : archives qui grossissent sans fin, JSON emboîté, archive coupée")
def test_a_national_file_has_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(producer_files, "_LARGEST", 2**20)
    with zipfile.ZipFile(tmp_path / "cog.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v_commune_2030.csv", b"a" * 3 * 2**20)
    (tmp_path / "communes-a.geojson.gz").write_bytes(gzip.compress(b"[" * 3 * 2**20))
    (tmp_path / "v_mvt_commune_2030.csv").write_bytes(b"a" * 3 * 2**20)
    _, faults = producer_files.read_delivery(tmp_path)
    assert {(fault.file, fault.problem) for fault in faults} == {
        (name, producer_files._TOO_LARGE)
        for name in (
            "cog.zip/v_commune_2030.csv",
            "communes-a.geojson.gz",
            "v_mvt_commune_2030.csv",
        )
    }
    monkeypatch.undo()
    for content in (gzip.compress(b"[" * 100_000), gzip.compress(b"{}" * 9)[:-9], b"x"):
        (tmp_path / "communes-a.geojson.gz").write_bytes(content)
        _, faults = producer_files.read_delivery(tmp_path)
        told = [fault.problem for fault in faults if fault.file == "communes-a.geojson.gz"]
        assert told == ["n’est pas un GeoJSON de communes"]


# --- the program ----------------------------------------------------------------------------------


@mark("le programme entier : mémoire et temps bornés")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text"),
    [(TERRITORY, NESTED), (TERRITORY, "x: " + "[" * 100_000), (OUTLINES, "[" * 100_000)],
)  # fmt: skip
def test_the_program_refuses(dossier_copy, file, text):
    add(dossier_copy, file, text)
    ended = run_analysis("data", "--dossier", str(dossier_copy.root), seconds=100, megabytes=1500)
    assert (ended.code, ended.late) == (1, False), ended.said
    assert "Traceback" not in ended.said
    assert file in ended.said


@mark("un million d’observations : mémoire et temps bornés")
@pytest.mark.slow
@pytest.mark.long
def test_a_million_observations(dossier_copy):
    line = "arbres-plantes,val-exemple,2026-01-01,2030-12-31,6000,arbre,environ,définitif,r,l. 1,\n"
    add(dossier_copy, "2030/observations.csv", line * 1_000_000)
    ended = run_analysis("data", "--dossier", str(dossier_copy.root), seconds=60, megabytes=1500)
    assert (ended.code, ended.late) == (1, False), ended.said
    assert f"{LARGEST_FILE // 2**20} Mo" in ended.said


# --- what a spreadsheet leaves --------------------------------------------------------------------

OBS, UNITS = "2030/observations.csv", "reference/units.csv"


@mark("tableur : une erreur de calcul à la place d’un texte, d’un nombre, d’une date")
@pytest.mark.parametrize("error", ["#REF!", "#NOM?", "#DIV/0!", "########", "Err:502"])
@pytest.mark.parametrize("column", ["indicator", "period_end", "value", "locator", "note"])
def test_what_could_not_be_computed_is_no_text(dossier_copy, column, error):
    path = dossier_copy.raw / OBS
    header, row, *others = list(csv.reader(path.open(encoding="utf-8")))
    row[header.index(column)] = error
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, row, *others])
    assert (2, column, "erreur de calcul du tableur") in find(dossier_copy, OBS)


@mark("tableur : un titre ou « sep=; » au-dessus des colonnes, leurs noms répétés")
@pytest.mark.parametrize("title", ["sep=;\n", "Les unités\n", "Unités;;;\n\nau 31/12\n"])
@pytest.mark.parametrize("more", ["", ";;"])
def test_a_title_above_the_columns_is_named(dossier_copy, title, more):
    path = dossier_copy.raw / UNITS
    text = path.read_text("utf-8").replace(",", ";")
    path.write_text(title + text.replace("\n", f"{more}\n"), "utf-8")
    (fault,) = (f for f in collect_faults(dossier_copy, YEAR)[1] if f.file == UNITS)
    assert (fault.row, fault.problem) == (1, "les colonnes n’y sont pas nommées")
    assert f"ligne {title.count(chr(10)) + 1}," in fault.expected


@mark("tableur : un titre ou « sep=; » au-dessus des colonnes, leurs noms répétés")
def test_below_a_wrong_header_a_line_may_be_endless(dossier_copy):
    """Cells of a thousand letters, of two hundred thousand where semicolons part them."""
    (dossier_copy.raw / UNITS).write_text("faux\n" + ";" * 300 + ("x" * 999 + ",") * 190, "utf-8")
    assert (1, "id", "colonne manquante") in find(dossier_copy, UNITS)


@mark("tableur : un titre ou « sep=; » au-dessus des colonnes, leurs noms répétés")
def test_names_of_columns_repeated_below(dossier_copy):
    text = (dossier_copy.raw / UNITS).read_text("utf-8")
    line = add(dossier_copy, UNITS, text.split("\n")[0] + "\n")
    assert find(dossier_copy, UNITS) == [(line, "", "noms des colonnes répétés")]


@mark("une copie du dossier d’une année dans raw/, ou dans une autre année")
@pytest.mark.parametrize("place", ["2030/2031", "2030 (1)", "raw/2030", "reference/reference"])
def test_a_copy_of_a_folder_is_not_ignored(dossier_copy, place):
    shutil.copytree(dossier_copy.raw / "2030", dossier_copy.raw / place)
    (fault,) = collect_faults(dossier_copy, YEAR)[1]
    assert fault.file == place
    assert fault.problem == "dossier qui n’est pas lu, alors qu’il contient des tables"


@mark("une table sous un autre nom : majuscules, .txt, classeur")
@pytest.mark.parametrize("name", ["Units.CSV", "units.txt", "UNITS.xlsx"])
def test_a_table_under_another_name_is_named(dossier_copy, name):
    (dossier_copy.raw / UNITS).rename(dossier_copy.raw / "reference" / name)
    faults = [f for f in collect_faults(dossier_copy, YEAR)[1] if f.problem == "fichier manquant"]
    assert [(f.file, f"Trouvé : {name}." in f.expected) for f in faults] == [(UNITS, True)]


@mark("nombres et dates : chiffres d’ailleurs, sans fin, hors du calendrier")
def test_a_folder_of_other_figures_is_no_year(dossier_copy):
    (dossier_copy.raw / "2029").rename(dossier_copy.raw / "٢٠٢٩")
    assert 2029 not in list_years(dossier_copy)


@mark("nombres et dates : le dernier jour du calendrier, mis pour « sans fin »")
def test_the_last_day_of_the_calendar_has_its_length(dossier_copy):
    last, before = date(9999, 12, 31), date(9599, 12, 31)
    for day in (date(1, 1, 1), date(2030, 1, 15), date(9996, 2, 29), date(9999, 12, 31)):
        former = day.replace(year=day.year - 400) if day > before else day
        years = 0 if day > before else 400
        assert months_between(day, last) == months_between(former, before) + 12 * years
    path = dossier_copy.raw / "2030/targets.csv"
    text = path.read_text("utf-8")
    assert "2034-12-31" in text
    path.write_text(text.replace("2034-12-31", "9999-12-31"), "utf-8")
    edition = load_edition(dossier_copy, YEAR)
    assert "9999-12-31" in [str(day)[:10] for day in edition.progress["target_date"]]


@pytest.mark.torture("Fichiers saisis", "saisons hors du calendrier", "réparé")
@pytest.mark.parametrize("text", ["hiver 9999", "été 0000", "hiver 9999-9999", "automne 9999"])
def test_a_season_out_of_the_calendar_is_a_fault(text):
    with pytest.raises(CellError, match="cette date n’existe pas"):
        read_partial_date(text, starts=True)


@pytest.mark.torture("Fichiers saisis", "lettres d’un autre alphabet, accents empilés", "réparé")
@pytest.mark.parametrize(
    "text", ["Insее", "НLM", "le cοût", "ΑDEME", "o\u0302\u0304ui", "5\u0327", "bu\u0434get"]
)
def test_letters_that_look_like_ours_are_refused(text):
    assert len(list(find_bad_characters(unicodedata.normalize("NFC", text)))) == 1


@pytest.mark.parametrize(
    "text", ["Москва", "ΔT", "β-carotène", "µm", "λmax", "Ω", "Nguyễn", "Łódź"]
)
def test_words_and_symbols_of_elsewhere_are_letters(text):
    assert not list(find_bad_characters(text))


@pytest.mark.torture("Fichiers saisis", "lien dont les mots montrent un autre site", "réparé")
@pytest.mark.parametrize(
    "text",
    ["[https://insee.fr](https://x.invalid)", "[www.insee.fr](https://insee.fr.x.invalid)",
     "[insee.fr](https://insee.fr@x.invalid)", "[https://**insee**.fr/a](https://x.invalid/insee.fr)",
     "[a@insee.fr](mailto:a@x.invalid)"],
)  # fmt: skip
def test_a_link_leads_where_its_words_say(text):
    problems = [problem for _, _, problem, _ in find_faults(text, ())]
    assert problems == ["lien dont les mots montrent un autre site que le sien"]


@pytest.mark.parametrize(
    "text",
    ["[Insee](https://insee.fr)", "[insee.fr](https://www.insee.fr/a)", "[rapport.pdf](https://a.fr/b)",
     "[https://insee.fr/a](https://insee.fr/b)", "[a@insee.fr](mailto:a@insee.fr)"],
)  # fmt: skip
def test_a_link_may_show_its_site(text):
    assert not list(find_faults(text, ()))


# --- what comes with the project ------------------------------------------------------------------


@mark("modèle d’objectifs d’ailleurs : ce qu’il nomme et n’a pas, coupé, d’un autre encodage")
@pytest.mark.parametrize(
    ("file", "change", "problem"),
    [
        *(
            (file, lambda text: re.sub(rb"\n(?=[a-z])", b"\nx", text), "que le modèle n’a pas")
            for file in ("objectives.csv", "units.csv", "indicators.csv", "objective_links.csv")
        ),
        ("sources.csv", lambda text: text.split(b"\n")[0] + b"\n", "aucune ligne sous l’en-tête"),
        ("objectives.csv", lambda text: b"\xff\xfe" + text, "mobilite/objectives.csv"),
        ("objectives.csv", lambda text: text[: len(text) // 2] + b'"', "mobilite/objectives.csv"),
        ("objectives.csv", lambda text: b"", "mobilite/objectives.csv"),
    ],
)
def test_a_model_that_is_damaged_is_told(tmp_path, monkeypatch, file, change, problem):
    folder = shutil.copytree(MODELS / "mobilite", tmp_path / "mobilite")
    (folder / file).write_bytes(change((folder / file).read_bytes()))
    monkeypatch.setattr("analysis.compute.objectives.MODELS", tmp_path)
    with pytest.raises(InvalidDossier, match=problem):
        read_model("mobilite")


@mark("référence nationale coupée, d’un autre encodage, ou un pointeur à sa place")
@pytest.mark.parametrize(
    "content",
    [b"", b"version https://git-lfs.github.com/spec/v1\n", b"\xfd7zXZ\0\0", b"a;b\n\xff\xe9",
     lzma.compress(b'insee,edition\n"01001'), lzma.compress(b"insee,edition\n01001,deux mille\n")],
)  # fmt: skip
def test_a_national_file_that_is_damaged_is_named(tmp_path, content):
    for name, read in {
        reference_files.FILES["communes"]: lambda: reference_files.read_table(tmp_path, "communes"),
        reference_files.OUTLINES: lambda: reference_files.unpack_topology(tmp_path),
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=f"{re.escape(name)} : fichier de la référence"):
            read()
