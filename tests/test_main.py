"""The command line: which edition, which status, what is said of faults, all in French."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis import runner
from analysis.__main__ import main
from analysis.runner import Job

YEAR = 2030


def run(dossier, *arguments):
    return main([*arguments, "--dossier", str(dossier.root)])


def test_editions_are_listed(dossier_copy, capsys):
    assert run(dossier_copy, "editions") == 0
    assert capsys.readouterr().out == f"{YEAR}\n"


def test_data_of_the_newest_edition_are_computed(dossier_copy, capsys):
    assert run(dossier_copy, "data") == 0
    assert (dossier_copy.processed_year(YEAR) / "values.csv").is_file()
    assert f"Données {YEAR} : " in capsys.readouterr().out


def test_unknown_edition_is_said_with_the_known_ones(dossier_copy, capsys):
    assert run(dossier_copy, "data", "--year", "2029") == 1
    assert capsys.readouterr().err == ("L’édition 2029 n’existe pas ; éditions complètes : 2030.\n")


def test_folder_that_is_no_dossier_is_said(tmp_path, capsys):
    assert main(["data", "--dossier", str(tmp_path)]) == 1
    assert "ne contient pas de sous-dossier « raw »" in capsys.readouterr().err


def test_faults_are_told_and_nothing_is_computed(dossier_copy, capsys):
    path = dossier_copy.raw_year(YEAR) / "observations.csv"
    path.write_text(path.read_text("utf-8").replace("environ", "enviton", 1), "utf-8")
    assert run(dossier_copy, "data") == 1
    said = capsys.readouterr().err
    assert "ligne 2, colonne « qualifier » : valeur inconnue (lu : « enviton »)" in said
    assert "Traceback" not in said
    assert not dossier_copy.processed.exists()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: seuil", "kind: seuils", "Graphique « handicap » : forme inconnue « seuils »"),
        ("  threshold:", "  treshold:", "Graphique « handicap » : champ « threshold » manquant"),
    ],
)
def test_a_chart_that_could_not_be_drawn_is_a_fault(dossier_copy, capsys, old, new, problem):
    path = dossier_copy.reference / "charts.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert run(dossier_copy, "data") == 1
    said = capsys.readouterr().err
    assert "reference/charts.yml" in said
    assert problem in said


def test_a_failing_notebook_gives_status_1_and_no_report(
    dossier_copy, tmp_path, capsys, monkeypatch
):
    jobs = []
    for name, source in (("bon", "1"), ("fautif", "1 / 0")):
        cells = [new_code_cell(source)]
        path = tmp_path / f"{name}.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        jobs.append(Job(name, f"Le {name}", path, {}))
    monkeypatch.setattr(runner, "plan_jobs", lambda edition: jobs)
    with pytest.raises(SystemExit) as end:
        run(dossier_copy, "report", "--engine", "embedded")
    assert end.value.code == 1
    said = capsys.readouterr().out
    assert "fautif (Le fautif) : échec, cellule 1, ZeroDivisionError" in said
    assert "  fautif : échec, " in said
    assert "1 carnet en échec sur 2 : le rapport n’est pas refait." in said
    executed = {path.name for path in dossier_copy.executed(YEAR).glob("*.ipynb")}
    assert executed == {"bon.ipynb", "fautif.echec.ipynb"}, "the analyst sees both"
    assert not dossier_copy.report(YEAR).exists(), "what stood there before is left alone"


def test_check_of_a_report_that_is_not_built(dossier_copy, capsys):
    assert run(dossier_copy, "check") == 1
    assert "n’est pas construit" in capsys.readouterr().err
