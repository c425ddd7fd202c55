"""The command line: which edition, which status, what is said of faults, all in French."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis import execute
from analysis.__main__ import main
from analysis.base import project_folder
from analysis.execute import Job

YEAR = 2030


def run(dossier, *arguments):
    return main([*arguments, "--dossier", str(dossier.root)])


def test_editions_are_listed(dossier_copy, capsys):
    assert run(dossier_copy, "editions") == 0
    assert capsys.readouterr().out == f"{YEAR}\n"


def test_what_is_piped_is_utf_8_whatever_the_system_says(dossier_copy, monkeypatch):
    """As under Windows, where a pipe is cp1252, which has no narrow no-break space."""
    piped = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(piped, encoding="cp1252"))
    assert run(dossier_copy, "data") == 0
    sys.stdout.flush()
    assert f"Données {YEAR} : " in piped.getvalue().decode("utf-8")


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
    assert not list(dossier_copy.processed.rglob("*.csv"))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: part-du-tout", "kind: parts", "Graphique « handicap » : forme inconnue « parts »"),
        ("  whole:", "  hole:", "Graphique « handicap » : champ « whole » manquant"),
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


@pytest.mark.slow
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
    monkeypatch.setattr(execute, "plan_jobs", lambda edition: jobs)
    assert run(dossier_copy, "report", "--engine", "embedded") == 1
    told = capsys.readouterr()
    assert "fautif (Le fautif) : échec, cellule 1, ZeroDivisionError" in told.out
    assert "  Le bon : " in told.out
    assert ", 1 en échec" in told.out
    assert "1\u00a0carnet en échec sur 2 : le rapport n’est pas refait." in told.err
    executed = {path.name for path in dossier_copy.executed(YEAR).glob("*.ipynb")}
    assert executed == {"bon.ipynb", "fautif.echec.ipynb"}, "the analyst sees both"
    assert not dossier_copy.report(YEAR).exists(), "what stood there before is left alone"


def explain(dossier, statement="", control=""):
    """A row of the register."""
    id = f"e{statement}{control.replace(':', '-')}"
    with (dossier.raw_year(YEAR) / "discrepancies.csv").open("a", encoding="utf-8") as register:
        register.write(
            f"{id},calcul,Écart,Imprimé.,l. 1,Calculé.,Retenu.,Raison.,{statement},{control}\n"
        )


def change(dossier, file, old, new):
    path = dossier.raw_year(YEAR) / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_check_of_a_report_that_is_not_built(dossier_copy, capsys):
    explain(dossier_copy, statement="imprime-evolution")
    assert run(dossier_copy, "check") == 0
    said = capsys.readouterr().out
    assert "1\u00a0écart (1\u00a0expliqué)" in said
    assert "0\u00a0alerte (0\u00a0expliquée)" in said
    assert "Rapport non construit" in said
    assert not dossier_copy.processed.exists(), "nothing is written"


def test_check_names_every_unexplained_discrepancy_and_alert(dossier_copy, capsys):
    """Both of one run, each on one line with its numbers; explained, they are counted."""
    change(dossier_copy, "observations.csv", "2030-12-31,7,agent", "2030-12-31,200,agent")
    assert run(dossier_copy, "check") == 1
    lines = capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    assert (
        "  - l. 13 : « Logements rénovés », imprimé 20 %, recalculé 25 % (imprime-evolution)"
        in lines
    )
    control = "partie-et-tout:agents:agents-handicapes"
    (alert,) = [line for line in lines if control in line]
    assert "200 agents sur 160 agents" in alert
    assert "[2030/observations.csv, ligne 7]" in alert
    explain(dossier_copy, statement="imprime-evolution")
    assert run(dossier_copy, "check") == 1, "the alert alone is enough"
    said = capsys.readouterr().out
    assert "imprime-evolution" not in said
    assert control in said
    explain(dossier_copy, control=control)
    assert run(dossier_copy, "check") == 0
    assert "1\u00a0alerte (1\u00a0expliquée)" in capsys.readouterr().out


def test_a_new_discrepancy_fails_the_check(dossier_copy, capsys):
    explain(dossier_copy, statement="imprime-evolution")
    change(dossier_copy, "statements.csv", "l. 33,40,pourcent", "l. 33,41,pourcent")
    assert run(dossier_copy, "check") == 1
    said = capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ")
    assert "l. 33 : « Part des dépenses pour l’air », imprimé 41 %, recalculé 40 %" in said


def test_check_tells_faults_as_the_other_commands_do(dossier_copy, capsys):
    change(dossier_copy, "observations.csv", "6000,arbre", "-6000,arbre")
    assert run(dossier_copy, "check") == 1
    assert "valeur négative (lu : « -6000 »)" in capsys.readouterr().err


def test_data_says_what_is_unexplained_and_goes_on(dossier_copy, capsys):
    change(dossier_copy, "observations.csv", "2030-12-31,7,agent", "2030-12-31,200,agent")
    assert run(dossier_copy, "data") == 0
    said = capsys.readouterr().out
    warnings = [line for line in said.splitlines() if line.startswith("ATTENTION : ")]
    assert len(warnings) == 2
    assert "(imprime-evolution)" in warnings[0]
    assert "(partie-et-tout:agents:agents-handicapes)" in warnings[1]
    assert f"Données {YEAR} : " in said


def test_check_says_what_a_built_report_lacks_with_the_rest(dossier_copy, capsys):
    """A report begun and not finished, and an unexplained discrepancy: both are told."""
    staged = dossier_copy.book(YEAR)
    staged.mkdir(parents=True)
    (staged / "_quarto.yml").write_text("book:\n  output-file: rapport-2030\n", "utf-8")
    assert run(dossier_copy, "check") == 1
    told = capsys.readouterr()
    assert "imprime-evolution" in told.out
    assert "Le livre construit n’est pas complet" in told.err
    explain(dossier_copy, statement="imprime-evolution")
    assert run(dossier_copy, "check") == 1, "an incomplete report alone is enough"


@pytest.mark.slow
def test_check_says_that_a_report_is_older_than_its_data(dossier_copy, capsys):
    from analysis.compute.indicators import load_edition
    from analysis.publish.manifest import list_changed_inputs, write_manifest

    def list_changed():
        files = load_edition(dossier_copy, YEAR).files
        return list_changed_inputs(dict(zip(files["file"], files["sha256"], strict=True)), report)

    report = dossier_copy.report(YEAR)
    report.mkdir(parents=True)
    assert list_changed() == [], "no manifest, nothing to say"
    write_manifest(dossier_copy, YEAR, report, {"name": "essai", "version": "1"}, {})
    assert list_changed() == []
    change(dossier_copy, "observations.csv", "6000,arbre", "6001,arbre")
    assert list_changed() == [f"{YEAR}/observations.csv"]


def test_check_names_the_texts_to_write(dossier_copy, capsys):
    path = dossier_copy.raw_year(YEAR) / "texts" / "air.md"
    path.write_text("## Enjeu\n\n## Analyse\n\nDite.\n\n## Synthèse\n", encoding="utf-8")
    run(dossier_copy, "check")
    assert "Textes à écrire : air (Enjeu, Synthèse)." in capsys.readouterr().out


def test_a_finished_edition_is_not_opened_again(dossier_copy, capsys):
    shutil.copytree(dossier_copy.raw_year(YEAR), dossier_copy.raw_year(YEAR + 1))
    before = sorted(dossier_copy.raw.rglob("*"))
    assert run(dossier_copy, "new-year", "--year", str(YEAR + 1)) == 1
    assert "déjà faite" in capsys.readouterr().err
    assert sorted(dossier_copy.raw.rglob("*")) == before


class TestProject:
    """A package installed elsewhere (uv tool, pipx) finds the project that it works in."""

    @pytest.fixture
    def project(self, tmp_path, monkeypatch):
        monkeypatch.setattr(project_folder, "CODE", tmp_path / "lib" / "site-packages" / "analysis")
        monkeypatch.delenv(project_folder.PROJECT_VARIABLE, raising=False)
        project = tmp_path / "projet"
        for name in ("notebooks", "reports", "data/raw"):
            (project / name).mkdir(parents=True)
        (project / "reports" / "_quarto.yml").touch()
        monkeypatch.chdir(tmp_path)
        return project

    def test_by_the_current_folder(self, project, monkeypatch):
        monkeypatch.chdir(project / "data" / "raw")
        assert project_folder.find_project() == project

    def test_by_the_dossier(self, project):
        assert project_folder.find_project(Path("projet/data")) == project

    def test_by_the_variable_first_of_all(self, project, monkeypatch):
        monkeypatch.setenv(project_folder.PROJECT_VARIABLE, str(project))
        assert project_folder.find_project(Path("ailleurs")) == project

    def test_outside_of_any_project_the_command_says_what_to_do(self, project, capsys):
        assert main(["editions"]) == 1
        said = capsys.readouterr().err
        assert said.startswith("Projet introuvable : lancer la commande depuis")
        assert project_folder.PROJECT_VARIABLE in said

    def test_a_variable_that_names_no_project_is_said(self, project, monkeypatch, capsys):
        monkeypatch.setenv(project_folder.PROJECT_VARIABLE, str(project / "data"))
        assert main(["editions"]) == 1
        assert f"{project / 'data'}" in capsys.readouterr().err
