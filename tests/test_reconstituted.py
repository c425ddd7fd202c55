"""The edition that was never published: what is known of its year, marked as such, nothing else."""

import re
import shutil
from types import SimpleNamespace

import pytest
from conftest import slow
from pandas.testing import assert_frame_equal
from pdf_rules import read_pdf_text

from analysis.__main__ import main
from analysis.base.paths import PROJECT, Dossier
from analysis.base.rawfiles import list_editions
from analysis.compute.dossier import collect_faults, find_earlier
from analysis.compute.indicators import load_edition
from analysis.execute import plan_jobs
from analysis.model.store import FRAMES, read_edition
from analysis.publish.book_checks import read_docx_text, read_html_text, squeeze
from analysis.show import charts

YEAR, NEXT = 2016, 2017


@pytest.fixture(scope="module")
@slow
def report(tmp_path_factory):
    """The report of 2016, built from the real raw data in a copy."""
    root = tmp_path_factory.mktemp("reconstituee")
    shutil.copytree(PROJECT / "data/raw", root / "raw")
    assert main(["report", "--dossier", str(root), "--year", "2016", "--engine", "embedded"]) == 0
    dossier = Dossier(root)
    folder = dossier.report(YEAR)
    pages = {path.stem: path for path in sorted((folder / "html").glob("*.html"))}
    return SimpleNamespace(
        dossier=dossier,
        edition=read_edition(YEAR, dossier),
        pages=pages,
        texts={
            "HTML": " ".join(read_html_text(path) for path in pages.values()),
            "PDF": read_pdf_text(next(folder.glob("rapport-*.pdf"))),
            "DOCX": read_docx_text(next(folder.glob("*.docx"))),
        },
    )


def test_it_is_an_edition_and_the_next_one_is_compared_with_it():
    dossier = Dossier(PROJECT / "data")
    assert {YEAR, NEXT} <= set(list_editions(dossier))
    assert (find_earlier(dossier, YEAR), find_earlier(dossier, NEXT)) == (None, YEAR)


def test_it_says_what_it_is(report):
    for name, text in report.texts.items():
        assert "édition 2016 reconstituée" in text.casefold(), name
        assert squeeze("Nous n’avons pas le rapport de 2016") in squeeze(text), name
    foot = report.pages["climat"].read_text("utf-8")
    assert "édition 2016 reconstituée" in foot.replace("\u00a0", " ")


def test_what_is_known_is_shown(report):
    pages = {name: read_html_text(path) for name, path in report.pages.items()}
    for page, number in (
        ("climat", "26 bâtiments"),
        ("climat", "883 personnes"),
        ("biodiversite", "4 657 sollicitations"),
        ("epanouissement", "33 logements"),
        ("production-consommation", "15 marchés"),
        ("pilotage", "73,4 M€"),
    ):
        assert number in pages[page].replace("\u202f", " ").replace("\u00a0", " "), page


def test_what_is_not_known_is_said(report):
    assert "non disponible" in report.texts["HTML"]
    for chapter in report.edition.chapters["id"]:
        assert "les actions de 2016 ne sont pas connues" in read_html_text(report.pages[chapter])


def test_no_section_stands_empty(report):
    for chapter in (*report.edition.chapters["id"], "summary", "annexes", "checks", "missing"):
        page = report.pages[chapter].read_text("utf-8")
        body = re.search(r"<main\b.*</main>", page, re.DOTALL)[0]
        # Two headings of the same level, or a heading and the end, with nothing between.
        parts = re.split(r"<h([1-6])\b[^>]*>.*?</h\1>", body, flags=re.DOTALL)
        levels, contents = parts[1::2], parts[2::2]
        for level, content, following in zip(levels, contents, [*levels[1:], "1"], strict=True):
            words = re.sub(r"<[^>]+>", " ", content).strip()
            assert words or int(following) > int(level), f"{chapter}: an empty section"


def test_no_chart_is_empty(report):
    edition = report.edition
    chapters = [*edition.chapters["id"], "annexes"]
    drawn = [spec for chapter in chapters for spec in charts.list_specs(edition, chapter)]
    assert 2 <= len(drawn) < len(edition.charts)
    for spec in drawn:
        drawing = charts.draw_chart(edition, spec)
        assert "non disponible" not in drawing.title, spec["id"]
        assert (drawing.data["value"].notna()).sum() >= 2, spec["id"]


def test_no_chapter_says_what_changed_since_an_edition_that_is_not(report):
    assert "changes" not in report.pages
    assert "Ce qui a changé" not in report.texts["HTML"]
    assert "changes" not in [job.name for job in plan_jobs(report.edition)]


def test_nothing_is_read_of_the_following_year(report, tmp_path):
    """Whatever 2017 becomes, the values of 2016 stay what they are."""
    root = tmp_path / "dossier"
    shutil.copytree(report.dossier.raw, root / "raw")
    for path in (root / f"raw/{NEXT}").rglob("*.csv"):
        header, *rows = path.read_text("utf-8").splitlines()
        if path.name in ("observations.csv", "budget.csv"):
            rows = [
                re.sub(r"(?<=,)\d+(?:\.\d+)?(?=,(?:\w|-)+,exact|,exact)", "7", row) for row in rows
            ]
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    for path in (root / f"raw/{NEXT}/texts").glob("*.md"):
        path.write_text("## Enjeu\n\nAutre.\n\n## Analyse\n\nAutre.\n\n## Synthèse\n\n- Autre.\n")
    assert (root / f"raw/{NEXT}/budget.csv").read_text() != (
        PROJECT / f"data/raw/{NEXT}/budget.csv"
    ).read_text()
    again = load_edition(Dossier(root), YEAR)
    first = load_edition(report.dossier, YEAR)
    for name in FRAMES:
        assert_frame_equal(getattr(again, name), getattr(first, name))
    assert again.texts == first.texts
    ends = first.values["period_end"].dropna()
    assert ends.dt.year.max() <= YEAR
    assert set(first.values.loc[first.values["value"].notna(), "edition"]) == {YEAR}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: inventée\nnote: Une phrase.\n", "sorte d’édition inconnue"),
        ("kind: reconstituée\n", "renseignement manquant"),
        ("kind: reconstituée\nnote: Elle a 12 actions.\n", "chiffre tapé dans un texte"),
        ("kind: reconstituée\nnote: Une phrase.\nannee: non\n", "clé inconnue"),
        ("- kind\n", "fichier mal formé"),
    ],
)
def test_faults_of_edition_yml_are_told(dossier_copy, text, problem):
    (dossier_copy.raw / "2030/edition.yml").write_text(text, "utf-8")
    _, faults = collect_faults(dossier_copy, 2030)
    assert problem in [fault.problem for fault in faults if fault.file == "2030/edition.yml"]


def test_a_published_edition_still_needs_its_tables(dossier_copy):
    path = dossier_copy.raw / "2030/gaps.csv"
    path.unlink()
    _, faults = collect_faults(dossier_copy, 2030)
    assert ("2030/gaps.csv", "fichier manquant") in {(f.file, f.problem) for f in faults}
    (dossier_copy.raw / "2030/edition.yml").write_text(
        "kind: reconstituée\nnote: Une phrase.\n", "utf-8"
    )
    _, faults = collect_faults(dossier_copy, 2030)
    assert [fault for fault in faults if fault.file.startswith("2030/gaps")] == []
