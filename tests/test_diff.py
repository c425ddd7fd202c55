"""``python -m analysis diff``: in the terminal, as CSV, and what is said when it cannot be."""

import csv
import io

import pytest

from analysis.__main__ import main


def run(dossier, *arguments):
    return main(["diff", "--dossier", str(dossier.root), *arguments])


@pytest.fixture(scope="module")
def said(later_dossier):
    import contextlib

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(later_dossier) == 0
    return out.getvalue()


def test_the_newest_is_compared_with_the_one_before(said):
    assert said.startswith("Édition 2031 comparée à l’édition 2030\n")
    assert "PROTECTION DE L’AIR" in said


def test_lines_are_readable_in_a_terminal(said):
    assert max(map(len, said.splitlines()[:-1])) <= 122
    assert "\u202f" not in said
    assert "\u00a0" not in said
    row = next(line for line in said.splitlines() if "Logements rénovés  " in line)
    assert [cell.strip() for cell in row.split("   ") if cell.strip()][1:] == [
        "100 logements rénovés",
        "120 logements rénovés",
        "+ 20,0 %",
    ]
    assert "Actions : Surveiller le réseau : sans suite connue" in said
    assert "Logements rénovés (2029) : 80 logements rénovés, devenu 82 logements rénovés" in said
    assert "Part des femmes (fin 2030) : 52,5 %, devenu 52,2 % (conséquence d’une révision)" in said
    assert "sans explication dans revisions.csv" in said
    assert "Les définitions publiées avec l’édition 2030 ne sont pas à disposition" in said


def read(dossier, name):
    text = (dossier.report(2031) / "changements" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_same_as_csv(said, later_dossier):
    folder = later_dossier.report(2031) / "changements"
    assert {path.name for path in folder.iterdir()} == {
        *("valeurs.csv", "valeurs-revisees.csv", "actions.csv", "actions-court-terme.csv"),
        *("pistes.csv", "definitions.csv", "objectifs.csv", "echeances.csv"),
    }
    rows = {row["indicator"]: row for row in read(later_dossier, "valeurs")}
    assert rows["logements-renoves"]["growth_pct"] == "20"
    assert rows["visiteurs-accueil"]["comparable"] == "false"
    assert {row["against"] for row in rows.values()} == {"2030"}
    states = {row["id"]: row["state"] for row in read(later_dossier, "actions")}
    assert states["velo"] == "abandonnée"
    assert "prevu-pcaet" not in states
    assert read(later_dossier, "definitions") == []


def test_same_input_same_bytes(said, later_dossier, capsys):
    folder = later_dossier.report(2031) / "changements"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run(later_dossier, "--year", "2031", "--against", "2030") == 0
    assert capsys.readouterr().out == said
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--year", "2030"), "L’édition 2030 est la première de ce dossier"),
        (("--against", "2031"), "se compare à une édition antérieure, pas à 2031"),
        (("--against", "2029"), "L’édition 2029 n’existe pas ; éditions complètes : 2030, 2031"),
        (("--year", "2040"), "L’édition 2040 n’existe pas"),
    ],
)
def test_what_cannot_be_compared_is_said(later_dossier, capsys, arguments, words):
    assert run(later_dossier, *arguments) == 1
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err
    assert not captured.out
