"""A territory's own identity: what it says stands, in every format; what cannot be read is told."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from PIL import Image

from analysis.base.contrast import TEXT_CONTRAST, contrast
from analysis.base.paths import PROJECT, Dossier
from analysis.compute.dossier.crosschecks import Loaded
from analysis.compute.dossier.identity_file import read_identity_file
from analysis.compute.dossier.reading import collect_faults
from analysis.compute.indicators import load_edition
from analysis.model.schema import Fault
from analysis.publish.book_texts import compose_logo
from analysis.publish.styling import describe_for_typst
from analysis.run.dependencies import describe_data_files
from analysis.show.identity import adapt_identity, colour_chapters, read_identity
from analysis.show.style_sheet import compose_sheet

INVENTED = PROJECT / "tests" / "dossiers" / "invente"
OWN = {
    "main": "#8A1538",
    "chapters": {"air": "#005A70"},
    "logo": {"file": "logo.png", "alt": "Un disque : le soleil de l’agglomération"},
}


@pytest.fixture
def dossier(tmp_path):
    """The invented dossier, with its own identity."""
    root = tmp_path / "invente"
    shutil.copytree(INVENTED, root, ignore=shutil.ignore_patterns("processed", "reports"))
    Image.new("RGB", (40, 20), "#8A1538").save(root / "raw" / "logo.png")
    write(root, OWN)
    with (root / "raw/sources.csv").open("a", encoding="utf-8") as file:
        file.write("identite,identity.yml | logo.png,Identité visuelle,tests,,,,\n")
    return Dossier(root)


def write(root, content):
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    (root / "raw/identity.yml").write_text(text, encoding="utf-8")


def newest(dossier):
    return max(int(p.name) for p in dossier.raw.iterdir() if p.name.isdecimal())


def find_faults(dossier):
    _, faults = collect_faults(dossier, newest(dossier))
    return [(f.column, f.problem) for f in faults if f.file == "identity.yml"]


def test_what_it_says_is_known_of_the_edition_and_stays_in_its_place(dossier):
    edition = load_edition(dossier, newest(dossier))
    assert edition.identity == OWN
    colours = colour_chapters(edition.chapters, edition.identity)
    assert colours["air"] == "#005a70"
    assert colour_chapters(edition.chapters)["air"] != "#005a70"
    identity = adapt_identity(edition.identity)
    assert identity.light["main"] == "#8a1538"
    assert identity.light["ink"] == read_identity().light["ink"]
    assert "--principal: #8a1538;" in compose_sheet(identity, colours)
    assert describe_for_typst(identity, colours)["colour"]["main"] == "c8a1538"


def test_its_colour_reads_on_a_dark_ground_too():
    identity = adapt_identity(OWN)
    for ground in ("paper", "veil"):
        assert contrast(identity.dark["main"], identity.dark[ground]) >= TEXT_CONTRAST
        assert contrast(identity.light["main"], identity.light[ground]) >= TEXT_CONTRAST


def test_a_chapter_s_colour_that_reads_on_white_alone_is_darkened_for_boxes():
    grey = "#757575"  # 4.6 on white, less on the ground of a box
    identity = adapt_identity({"chapters": {"air": grey}})
    assert identity.chapters["air"] != grey
    assert contrast(identity.chapters["air"], identity.light["veil"]) >= TEXT_CONTRAST


def test_nothing_said_changes_nothing():
    assert adapt_identity({}) == read_identity()


def test_the_logo_is_described(dossier):
    edition = load_edition(dossier, newest(dossier))
    said = compose_logo(edition)
    assert said.startswith("![](textes/logo.png){fig-alt=")
    assert "le soleil de l’agglomération" in said
    assert compose_logo(replace(edition, identity={})) == ""


def test_a_file_of_comments_is_none(dossier):
    write(dossier.root, "# main: rien\n")
    assert find_faults(dossier) == []
    assert load_edition(dossier, newest(dossier)).identity == {}


def test_a_report_depends_on_it(dossier):
    known = describe_data_files(dossier, newest(dossier))
    assert {"fichier:raw/identity.yml", "fichier:raw/logo.png"} <= set(known)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"main": "bleu"}, ("main", "n’est pas une couleur")),
        ({"main": "#12345Z"}, ("main", "n’est pas une couleur")),
        ({"main": 123456}, ("main", "n’est pas une couleur")),
        ({"main": "#FFD500"}, ("main", "couleur qui ne se lit pas sur blanc")),
        ({"chapters": {"air": "#FFD500"}}, ("chapters.air", "couleur qui ne se lit pas sur blanc")),
        ({"chapters": {"aire": "#005A70"}}, ("chapters.aire", "clé inconnue")),
        ({"police": "Comic"}, ("police", "clé inconnue")),
        ({"chapters": ["air"]}, ("chapters", "fichier mal formé")),
        ("- main", ("", "fichier mal formé")),
        ("main: [", ("caractère 1", "YAML mal formé")),
        (
            {"logo": {"file": "ailleurs.png", "alt": "x"}},
            ("logo.file", "image introuvable"),
        ),
        (
            {"logo": {"file": "logo.svg", "alt": "x"}},
            ("logo.file", "image d’un format non lu"),
        ),
        ({"logo": {"file": "logo.png"}}, ("logo.alt", "image sans texte de remplacement")),
    ],
)
def test_what_is_wrong_is_told(dossier, content, expected):
    write(dossier.root, content)
    assert find_faults(dossier) == [expected]


def test_all_that_is_wrong_is_told_at_once(dossier):
    write(dossier.root, {"main": "bleu", "chapters": {"aire": "#FFD500"}, "logo": {"alt": "x"}})
    assert len(find_faults(dossier)) == 4


def test_a_dossier_without_the_file_has_none():
    assert read_identity_file(Loaded(2031, Path("nulle-part"))) == ({}, list[Fault]())
