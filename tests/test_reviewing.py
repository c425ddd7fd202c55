"""« make review » and what goes with it, on the made-up dossier: signed, changed, told, refused."""

from __future__ import annotations

import re
import shutil
from datetime import date

import nbformat
import pytest
from conftest import MADE_UP, MADE_UP_YEAR

from analysis import execute
from analysis.__main__ import main
from analysis.base.paths import Dossier
from analysis.compute.dossier import InvalidDossier, check_reviews
from analysis.compute.dossier.reviewchecks import digest_content, format_content
from analysis.run.dependencies import describe_data_files
from analysis.run.edition_data import NAME as DATA
from analysis.run.reviewing import _keep_changed
from analysis.run.step_records import StepRecords

YEAR = MADE_UP_YEAR
REVIEWS, CONTENT = f"{YEAR}/reviews.csv", f"{YEAR}/reviews/eau.csv"
ROW = {
    "kind": "phrase", "key": "sec-eau/1", "mark": "§1", "section": "Eau", "text": "Un texte.",
    "wording": "a",
}  # fmt: skip


@pytest.fixture
def dossier(made_up_report, tmp_path):
    """A copy of the finished one."""
    shutil.copytree(made_up_report.root, tmp_path / "invente", copy_function=shutil.copyfile)
    return Dossier(tmp_path / "invente")


@pytest.fixture
def review(dossier, capsys):
    """Runs the command on the dossier; what it said, where it went well (errors: what else)."""

    def run(*arguments, status=0, root=dossier.root):
        capsys.readouterr()
        given = ["review", "--dossier", str(root), *arguments]
        assert main(given) == status
        said = capsys.readouterr()
        return said.out if status == 0 else said.err

    return run


def sign(review, chapter="eau", name="Ada Exemple", day="2026-02-03", **options):
    return review("--chapter", chapter, "--sign", name, "--today", day, **options)


def change(dossier, file, old, new):
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text, f"{old} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def resave(path, encoding="utf-8-sig"):
    """As a French Excel saves a CSV."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))


@pytest.mark.slow
class TestSigning:
    def test_signed_then_nothing_differs(self, dossier, review):
        assert "n’a pas encore été signé" in review("--chapter", "eau")
        said = sign(review)
        assert "Chapitre « eau » signé par Ada Exemple le 3\xa0février 2026" in said
        assert "Écrit dans 2030/reviews.csv et 2030/reviews/eau.csv" in said
        (header, row) = (dossier.raw / REVIEWS).read_text("utf-8").splitlines()
        assert header == "chapter,reviewer,date,digest"
        assert row.startswith("eau,Ada Exemple,2026-02-03,sha256:")
        page = (dossier.report(YEAR) / "carnets" / "eau.html").read_text("utf-8")
        assert "Signé par Ada Exemple" in page
        assert "rien n’a changé depuis" in review("--chapter", "eau")

    def test_twice_adds_nothing_another_person_does(self, dossier, review):
        sign(review)
        before = (dossier.raw / REVIEWS).read_bytes()
        assert "déjà signé par Ada Exemple" in sign(review, day="2026-02-04")
        assert (dossier.raw / REVIEWS).read_bytes() == before
        sign(review, name="Bo Essai", day="2026-02-04")
        rows = (dossier.raw / REVIEWS).read_text("utf-8").splitlines()
        assert [row.split(",")[1] for row in rows[1:]] == ["Ada Exemple", "Bo Essai"]
        assert "Bo Essai" in review()

    def test_without_its_row_a_chapter_is_unsigned(self, dossier, review):
        sign(review)
        (dossier.raw / REVIEWS).write_text("chapter,reviewer,date,digest\n")
        assert "n’a pas encore été signé" in review("--chapter", "eau")

    def test_what_was_signed_survives_a_clone_and_a_spreadsheet(self, dossier, review, tmp_path):
        sign(review)
        shutil.copytree(dossier.raw, tmp_path / "clone" / "raw")
        for file in (REVIEWS, CONTENT):
            resave(tmp_path / "clone" / "raw" / file)
        said = review("--chapter", "eau", root=tmp_path / "clone")
        assert (
            "Signé par Ada Exemple le 3\xa0février 2026 ; rien n’a changé depuis"
            in said.replace("\u202f;", " ;")
        )

    def test_each_kind_of_change(self, dossier, review):
        sign(review)
        change(dossier, f"{YEAR}/observations.csv", ",15000,m2,", ",16000,m2,")
        change(dossier, f"{YEAR}/texts/eau.md", "Texte inventé", "Texte tout inventé")
        catalogue = "reference/indicators.csv"
        change(dossier, catalogue, "100 * {depenses-eau} /", "100 * {depenses-eau} / 1 /")
        said = review("--chapter", "eau")
        assert "15 000 m²" in said.replace("\xa0", " ").replace("\u202f", " ")
        assert "→ 16 000 m²" in said
        assert "    − Texte inventé pour les tests" in said
        assert "    + Texte tout inventé pour les tests" in said
        assert re.search(r"  formule \d", said), "though its result is the same"
        page = (dossier.report(YEAR) / "carnets" / "eau.html").read_text("utf-8")
        assert 'class="change"' in page
        assert "Depuis la version signée" in page, "the formula, with its number"
        table = review()
        (row,) = (line for line in table.splitlines() if line.startswith("eau "))
        assert int(row.split()[-2]) >= 4, "each is told"
        first = [line.split()[0] for line in table.splitlines() if line]
        start = first.index("Chapitre")
        assert first[start : start + 4] == ["Chapitre", "air", "eau", "suivi"]

    def test_of_two_versions_of_a_sentence_what_changed_is_shown(self):
        end = "sept huit neuf dix onze douze treize"
        assert _keep_changed(f"zéro un deux trois {end}", f"zéro un deux 3 ou 4 {end}") == [
            "zéro un deux trois sept huit neuf dix onze douze …",
            "zéro un deux 3 ou 4 sept huit neuf dix onze douze …",
        ]
        assert _keep_changed("un", "un deux") == ["un", "un deux"]

    def test_an_open_remark_is_told_at_its_mark_of_today_with_its_answer(self, dossier, review):
        told = "eau-1,eau,phrase,sec-eau/9,§99,Un passage.,Pourquoi ?,Mme Durand,2024-03-01,ouverte"
        names = "id,chapter,kind,key,mark,quote,remark,reviewer,date,state,answer,answered_by"
        path = dossier.raw_year(YEAR) / "remarks.csv"
        place = "titre,sec-eau/titre9,titre 99"
        moved = f"eau-2,eau,{place},Préservation de l’eau,Quoi ?,,,ouverte,,,"
        rows = f"{told},Vu.,M. Petit,2024-03-02\n{moved}\n"
        path.write_text(f"{names},answered_on\n{rows}", "utf-8")
        said = review("--chapter", "eau").replace("\xa0", " ").replace("\u202f", " ")
        assert "  eau-1, passage disparu (Mme Durand, 1er mars 2024) : Pourquoi ?" in said
        assert "  eau-2, titre 1 (sans nom) : Quoi ?" in said
        assert "    Vu. (M. Petit, 2 mars 2024)" in said
        assert f"Répondre dans {YEAR}/remarks.csv" in said
        assert "Pour signer" not in said, "it would be refused"

    def test_remarks_keep_a_chapter_from_being_signed(self, dossier, review):
        names = "id,chapter,kind,key,mark,quote,remark,reviewer,date,state,answer,answered_by"
        remark = "eau-1,eau,,,,,Et les mares ?,Ada Exemple,2026-02-01,ouverte,,,"
        path = dossier.raw / f"{YEAR}/remarks.csv"
        path.write_text(f"{names},answered_on\n{remark}\n", "utf-8")
        assert "1 remarque ouverte" in sign(review, status=1).replace("\xa0", " ")
        assert not (dossier.raw / REVIEWS).exists()
        assert "signé par Ada" in review(
            "--chapter", "eau", "--sign", "Ada Exemple", "--today", "2026-02-03", "--force"
        )
        assert "Et les mares ?" in review("--chapter", "eau").replace("\u202f?", " ?")

    def test_refused(self, dossier, review):
        assert "Vouliez-vous dire « eau »" in review("--chapter", "eaux", status=1)
        assert "Préciser le chapitre" in review("--sign", "Ada Exemple", status=1)
        assert "à venir" in sign(review, day="2126-01-01", status=1)
        with pytest.raises(SystemExit):
            review("--chapter", "eau", "--sign", "  ")
        assert not (dossier.raw / REVIEWS).exists()

    def test_a_chapter_that_fails_is_not_signed(self, dossier, review, tmp_path, monkeypatch):
        templates = tmp_path / "notebooks"
        shutil.copytree(execute.jobs.NOTEBOOKS, templates)
        finality = nbformat.read(templates / "finality.ipynb", as_version=4)
        finality.cells[-1].source = "1 / 0"
        nbformat.write(finality, templates / "finality.ipynb")
        plan = execute.plan_jobs
        monkeypatch.setattr(execute, "plan_jobs", lambda edition: plan(edition, templates))
        assert "ni relu ni signé" in sign(review, status=1)
        assert not (dossier.raw / REVIEWS).exists()

    def test_nothing_but_the_copy_is_made_anew(self, dossier, review, monkeypatch):
        """Neither the data, nor a chapter, nor the book, nor another chapter's copy."""
        executed = dossier.executed(YEAR)
        before = {path: path.read_bytes() for path in executed.glob("*.ipynb")}
        copies = dossier.processed_year(YEAR) / "carnets"
        others = {path: path.read_bytes() for path in copies.glob("*.html")}
        own = others.pop(copies / "eau.html")
        known = describe_data_files(dossier, YEAR)

        def refuse(*_):
            raise AssertionError("a process is started")

        monkeypatch.setattr(execute, "open_pool", refuse)
        sign(review)
        assert describe_data_files(dossier, YEAR) == known
        assert {path: path.read_bytes() for path in before} == before
        assert {path: path.read_bytes() for path in others} == others
        assert (copies / "eau.html").read_bytes() != own
        assert StepRecords.of_data(dossier, YEAR).read(DATA) is not None
        assert StepRecords.of_report(dossier, YEAR).read("livre") is not None

    def test_check(self, dossier, review, capsys):
        def check(*options):
            capsys.readouterr()
            status = main(["check", "--dossier", str(dossier.root), *options])
            return status, capsys.readouterr().out

        status, said = check()
        assert "Chapitres non signés : air, eau, suivi." in said
        assert check("--signed")[0] == 1
        for chapter in ("air", "eau", "suivi"):
            sign(review, chapter)
        known, said = check("--signed")
        assert "Chapitres : tous signés, sans différence ni remarque ouverte." in said
        assert known == status, "signatures fail nothing"
        change(dossier, f"{YEAR}/texts/eau.md", "Texte inventé", "Texte tout inventé")
        review("--chapter", "eau")
        _, said = check()
        assert "Chapitres changés depuis leur signature : eau (1 différence)." in said.replace(
            "\xa0", " "
        )
        assert check("--signed")[0] == 1


@pytest.fixture
def signed(tmp_path):
    """A dossier with a signature and its content, as typed files alone."""
    shutil.copytree(MADE_UP, tmp_path / "signe")
    dossier = Dossier(tmp_path / "signe")
    (dossier.raw / CONTENT).parent.mkdir()
    (dossier.raw / CONTENT).write_text(format_content([ROW]), "utf-8")
    row = f"eau,Ada Exemple,2026-02-03,{digest_content([ROW])}"
    (dossier.raw / REVIEWS).write_text(f"chapter,reviewer,date,digest\n{row}\n", "utf-8")
    return dossier


def find_faults(dossier):
    with pytest.raises(InvalidDossier) as caught:
        check_reviews(dossier, YEAR)
    assert {fault.file for fault in caught.value.faults} == {REVIEWS}
    return [line for line in str(caught.value).splitlines() if line.startswith("  - ")]


class TestFiles:
    def test_valid(self, signed):
        check_reviews(signed, YEAR)
        for file in (REVIEWS, CONTENT):
            resave(signed.raw / file)
        check_reviews(signed, YEAR)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("eau,", "eaux,", "code absent de finalities.csv ou approach.csv"),
            (",Ada Exemple,", ",,", "« reviewer »"),
            (",2026-02-03,", f",{date.today().year + 1}-02-03,", "date à venir"),
            (",2026-02-03,", ",hier,", "« date »"),
            ("sha256:", "sha1:", "« sha256:0123456789abcdef »"),
            ("sha256:", "sha256:0000000000000000\neau,Ada Exemple,2026-02-03,sha256:", ""),
        ],
    )
    def test_bad_rows(self, signed, old, new, said):
        change(signed, REVIEWS, old, new)
        if not said:  # an earlier signature, of what is no longer kept
            check_reviews(signed, YEAR)
            return
        (fault,) = find_faults(signed)
        assert "ligne 2" in fault
        assert said in fault

    def test_content(self, signed):
        change(signed, CONTENT, "Un texte.", "Un autre texte.")
        (fault,) = find_faults(signed)
        assert "n’est pas celui de cette signature" in fault
        (signed.raw / CONTENT).unlink()
        (fault,) = find_faults(signed)
        assert "le contenu signé n’est pas là (2030/reviews/eau.csv)" in fault

    def test_they_are_no_data(self, signed):
        """Reviewers' files are none that the data are made of."""
        assert not any("review" in name for name in describe_data_files(signed, YEAR))

    def test_a_new_year_is_unsigned(self, signed):
        from analysis.collect.new_year import prepare_year

        prepare_year(signed, YEAR + 1)
        assert not list((signed.raw / str(YEAR + 1)).glob("reviews*"))
        check_reviews(signed, YEAR + 1)
