"""A territory's own identity: what it says stands, in every format; what cannot be read is told."""

import shutil
import warnings
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analysis.base.contrast import TEXT_CONTRAST, contrast
from analysis.base.paths import PROJECT, Dossier
from analysis.base.pictures import find_picture_fault, publish_picture
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
        ("main: [}", ("caractère 8", "YAML mal formé")),
        (
            {"logo": {"file": "ailleurs.png", "alt": "x"}},
            ("logo.file", "image introuvable"),
        ),
        (
            {"logo": {"file": "logo.svg", "alt": "x"}},
            ("logo.file", "image d’un format non lu"),
        ),
        ({"logo": {"file": "logo.png"}}, ("logo.alt", "image sans texte de remplacement")),
        *(
            ({"logo": {"file": name, "alt": "x"}}, ("logo.file", "image introuvable"))
            for name in ("../logo.png", "/logo.png", r"..\logo.png", r"C:\logo.png", "//k/logo.png")
        ),
        (
            {"logo": {"file": "https://k.invalid/a.png", "alt": "x"}},
            ("logo.file", "image introuvable"),
        ),
        (
            {"logo": {"file": "logo.png", "alt": ["x"]}},
            ("logo.alt", "image sans texte de remplacement"),
        ),
        *(
            ({"main": f"#{colour}"}, ("main", "n’est pas une couleur"))
            for colour in ("+1+2+3", " 1 2 3", "1_12_3", "000000;} a{", "url(a)")
        ),
        ({"main": ["#000000"]}, ("main", "n’est pas une couleur")),
        ({"css": "a{}"}, ("css", "clé inconnue")),
        ({"fonts": {"sans": "/etc/x.ttf"}}, ("fonts", "clé inconnue")),
    ],
)
@pytest.mark.torture(
    "Pages", "ruses dans identity.yml (chemins, couleurs, styles, polices)", "réparé"
)
def test_what_is_wrong_is_told(dossier, content, expected):
    write(dossier.root, content)
    assert find_faults(dossier) == [expected]


def test_all_that_is_wrong_is_told_at_once(dossier):
    write(dossier.root, {"main": "bleu", "chapters": {"aire": "#FFD500"}, "logo": {"alt": "x"}})
    assert len(find_faults(dossier)) == 4


def test_a_dossier_without_the_file_has_none():
    assert read_identity_file(Loaded(2031, Path("nulle-part"))) == ({}, list[Fault]())


def write_picture(path, kind, size=(40, 20)):
    """A picture that is none of those that a book takes."""
    if kind == "bombe":  # 30 000 × 30 000 points in a few hundred kilobytes
        Image.new("1", (30_000, 30_000)).save(path, "PNG")
    elif kind == "grande":
        Image.new("1", (10_000, 10_000)).save(path, "PNG")
    elif kind == "svg":
        path.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg"><script>a()</script></svg>', "utf-8"
        )
    elif kind == "gif":
        Image.new("P", size).save(path, "GIF")
    elif kind == "jpeg":
        Image.new("RGB", size).save(path, "JPEG")
    elif kind == "vide":
        path.write_bytes(b"")
    elif kind == "tronquée":
        noise = Image.effect_noise((300, 300), 80)
        noise.save(path, "PNG")
        path.write_bytes(path.read_bytes()[:9_000])
    else:
        Image.new("RGB", size).save(path, "PNG")


@pytest.mark.torture("Pages", "images : bombes, faux formats, noms", "réparé")
@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("logo.png", "bombe", "image trop grande"),
        ("logo.png", "grande", "image trop grande"),
        ("logo.png", "svg", "image qui ne se lit pas"),
        ("logo.png", "gif", "image qui ne se lit pas"),
        ("logo.png", "jpeg", "image qui ne se lit pas"),
        ("logo.png", "vide", "image qui ne se lit pas"),
        ("logo.png", "tronquée", "image qui ne se lit pas"),
        ("a){onerror=a}.png", "bonne", "nom d’image à simplifier"),
        ("2031/texts/un logo.png", "bonne", "nom d’image à simplifier"),
        ("2031/texts/mare.png", "svg", "image qui ne se lit pas"),
    ],
)
def test_a_picture_that_is_none_is_told_by_its_file(dossier, name, kind, problem):
    path = dossier.raw / name.replace("2031", str(newest(dossier)))
    write_picture(path, kind)
    _, faults = collect_faults(dossier, newest(dossier))
    file = path.relative_to(dossier.raw).as_posix()
    assert (file, problem) in [(fault.file, fault.problem) for fault in faults]


@pytest.mark.torture("Pages", "images : ce qu’elles cachent (EXIF, fichier à la suite)", "réparé")
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_of_a_picture_its_points_alone_are_published(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "Chez Mme Untel", 6
    image = Image.effect_noise((30, 20), 50)
    options = {"pnginfo": PngInfo()} if suffix == ".png" else {"comment": "Chez Mme Untel"}
    if suffix == ".png":
        options["pnginfo"].add_text("Comment", "Chez Mme Untel")
    typed, published = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    image.save(typed, exif=exif, **options)
    typed.write_bytes(typed.read_bytes() + b"<script>a()</script>PK")
    assert find_picture_fault(typed) is None
    publish_picture(typed, published)
    assert not {b"Untel", b"script", b"Exif", b"eXIf"} & {
        word for word in (b"Untel", b"script", b"Exif", b"eXIf") if word in published.read_bytes()
    }
    with Image.open(published) as shown:
        assert shown.size == (20, 30)  # turned as the photograph says
    before = published.read_bytes()
    publish_picture(typed, published)
    assert published.read_bytes() == before


@pytest.mark.torture("Pages", "images : notes de l’appareil abîmées", "réparé")
@pytest.mark.parametrize(
    ("kind", "note"),
    [
        (b"eXIf", b"\xff" * 40),
        (b"eXIf", b"II*\0\xff\xff\xff\xff"),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n  8\nZZZZ")),
        (b"acTL", b"\xff" * 8),
    ],
)
def test_a_picture_whose_notes_are_damaged_is_published_as_it_stands(tmp_path, kind, note):
    typed, published = tmp_path / "a.png", tmp_path / "b.png"
    image = Image.effect_noise((30, 20), 50)
    image.save(typed)
    chunk = len(note).to_bytes(4, "big") + kind + note + zlib.crc32(kind + note).to_bytes(4, "big")
    content = typed.read_bytes()
    typed.write_bytes(content[:33] + chunk + content[33:])  # after what says its size
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert find_picture_fault(typed) is None
        publish_picture(typed, published)
    with Image.open(published) as shown:
        assert shown.tobytes() == image.tobytes()
    assert kind not in published.read_bytes()
