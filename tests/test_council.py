"""The papers of the session: what council.yml may say, what the slides and the draft say and do
not, that both are the same twice, and that nothing typed by hand is lost."""

import io
import shutil
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from conftest import MADE_UP, MADE_UP_YEAR
from first_edition import YEAR as FIRST_YEAR
from first_edition import make_first
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Pt
from pypdf import PdfWriter

from analysis.base.file_digests import digest_file
from analysis.base.paths import PROJECT, Dossier
from analysis.collect.new_year import prepare_year
from analysis.compute.dossier.council_file import read_council
from analysis.compute.dossier.reading import collect_faults
from analysis.compute.indicators import load_edition
from analysis.model.council_fields import (
    DATES,
    KEYS,
    comes_first,
    comes_late,
    complete_council,
    find_fact,
)
from analysis.model.schema import TABLES
from analysis.model.store import read_edition, write_edition
from analysis.publish import council_papers, deliberation, slides
from analysis.publish.build import default_epoch
from analysis.publish.docx.reference import write_reference
from analysis.show import council_slides
from analysis.show.council_slides import SENTENCES, SLIDES, Item, Slide, count_words
from analysis.show.identity import read_identity
from analysis.words.hidden_markup import strip_marks

YEAR = MADE_UP_YEAR
FULL = {
    "budget_year": YEAR + 1,
    "convened_on": date(YEAR + 1, 1, 20),
    "session_on": date(YEAR + 1, 2, 5),
    "presented_on": date(YEAR + 1, 2, 5),
    "deliberation_on": date(YEAR + 1, 2, 5),
    "transmitted_on": date(YEAR + 1, 2, 8),
    "published_on": date(YEAR + 1, 2, 9),
    "orientation_debate_on": date(YEAR + 1, 2, 20),
    "session_time": "18 h 30",
    "session_place": "Salle *inventée*",
    "chair": "Camille Essai",
    "rapporteur": "Dominique Modèle",
    "secretary": "Claude Exemple",
    "deliberation_number": "31-007",
}


@pytest.fixture
def dossier(tmp_path):
    shutil.copytree(MADE_UP / "raw", tmp_path / "invente" / "raw")
    return Dossier(tmp_path / "invente")


@pytest.fixture(scope="module")
def edition():
    return load_edition(Dossier(MADE_UP), YEAR)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return load_edition(make_first(tmp_path_factory.mktemp("premiere")), FIRST_YEAR)


def write(dossier, text):
    (dossier.raw_year(YEAR) / "council.yml").write_text(text, "utf-8")


# --- council.yml ----------------------------------------------------------------------------------


def test_without_the_file_nothing_is_known_but_the_next_year_s_budget(dossier):
    council, faults = read_council(dossier.raw, YEAR)
    assert not faults
    assert council == complete_council({}, YEAR)
    assert council["budget_year"] == YEAR + 1
    assert {council[key] for key in DATES} == {None}
    assert set(council) == set(KEYS)


def test_what_it_says_is_read_and_kept_with_its_dates(dossier):
    lines = [
        f"{key}: {said:%d/%m/%Y}" if isinstance(said, date) else f"{key}: {said}"
        for key, said in FULL.items()
    ]
    write(dossier, "\n".join(lines).replace("18 h 30", "18:30"))
    edition = load_edition(dossier, YEAR)  # and needs no row of sources.csv
    assert edition.council == FULL
    write_edition(edition, dossier)
    assert read_edition(YEAR, dossier).council == FULL


@pytest.mark.parametrize("typed", ["18:30", "18h30", "18 h 30", "18 heures 30"])
def test_a_time_is_read_as_people_write_it(dossier, typed):
    write(dossier, f"session_time: {typed}\n")
    assert read_council(dossier.raw, YEAR)[0]["session_time"] == "18 h 30"


def test_all_its_faults_are_told_at_once_with_their_lines(dossier):
    write(
        dossier,
        f"sesion_on: 5\nsession_on: {YEAR + 1}-02-30\nsession_time: midi\nbudget_year: 1999\n"
        f"convened_on: {YEAR + 9}-01-01\nchair: [a, b]\nrapporteur: A\nrapporteur: B\n"
        f"deliberation_on: {YEAR + 1}-02-05\npublished_on: {YEAR + 1}-02-04\n",
    )
    _, faults = collect_faults(dossier, YEAR)
    told = [(f.row, f.column, f.problem) for f in faults if f.file == f"{YEAR}/council.yml"]
    early = "date impossible : la publication de la délibération ne peut précéder la délibération"
    assert told == [
        (1, "sesion_on", "clé inconnue"),
        (2, "session_on", "cette date n’existe pas"),
        (3, "session_time", "heure illisible"),
        (4, "budget_year", "exercice loin de l’édition"),
        (5, "convened_on", "date loin de l’édition"),
        (6, "chair", "une seule valeur est attendue"),
        (8, "rapporteur", "clé donnée deux fois"),
        (10, "published_on", early),
    ]
    assert "Vouliez-vous dire « session_on »" in faults[0].expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [("- a\n- b\n", "fichier mal formé"), ("chair: a: b\n", "YAML mal formé")],
)
def test_what_is_no_list_of_facts_is_told(dossier, text, problem):
    write(dossier, text)
    assert [fault.problem for fault in read_council(dossier.raw, YEAR)[1]] == [problem]


def test_a_council_is_convened_before_the_day(dossier):
    write(dossier, f"session_on: {YEAR + 1}-02-05\nconvened_on: {YEAR + 1}-02-05\n")
    (fault,) = read_council(dossier.raw, YEAR)[1]
    assert "doit suivre la convocation" in fault.problem
    assert fault.row == 1


def test_the_starter_says_nothing_and_is_never_written_twice(dossier):
    path = council_papers.start_council(dossier, YEAR)
    council, faults = read_council(dossier.raw, YEAR)
    assert not faults
    assert council == complete_council({}, YEAR)
    text = path.read_text("utf-8")
    assert all(f"#{key}:" in text for key in KEYS)
    path.write_text("session_place: ici\n", "utf-8")
    assert council_papers.start_council(dossier, YEAR) is None
    assert path.read_text("utf-8") == "session_place: ici\n"


def test_the_lines_of_the_starter_may_be_uncommented_as_they_are(dossier):
    path = council_papers.start_council(dossier, YEAR)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(line.removeprefix("#") for line in lines if line[1] != " "), "utf-8")
    assert read_council(dossier.raw, YEAR) == (complete_council({}, YEAR), [])


def test_a_new_year_does_not_carry_the_session(dossier):
    write(dossier, "chair: Camille Essai\n")
    prepare_year(dossier, YEAR + 1, None, date(YEAR + 1, 1, 1))
    assert not (dossier.raw_year(YEAR + 1) / "council.yml").exists()


# --- what the slides say --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published():
    return load_edition(Dossier(PROJECT / "data"), 2017)


@pytest.mark.parametrize("name", ["edition", "first", "published"])
def test_ten_slides_of_few_words_with_a_title_each(name, request):
    edition = request.getfixturevalue(name)
    said = council_slides.compose_slides(edition)
    assert 3 <= len(said) <= SLIDES
    for slide in said:
        assert slide.title
        assert slide.items
        assert slide.count_words() <= slide.limit <= SENTENCES, slide.title
        texts = [slide.title, *(text for item in slide.items for text in (item.lead, item.words))]
        assert not any("{{" in text or "\ue000" in text for text in texts)
        assert not any("[" in text or "à vérifier" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "count"),
    [("60 000 arbres", 2), ("50,05 M€ : l’habitat", 2), ("PLH 2017–2022 (Ad’Ap)", 3), ("", 0)],
)
def test_words_are_counted_as_a_person_does(text, count):
    assert count_words(text) == count


def tell(slide):
    return [(item.lead, item.words) for item in slide.items]


def find_slide(edition, chapter):
    return next(s for s in council_slides.compose_slides(edition) if s.chapter == chapter)


def test_a_first_edition_claims_nothing(first):
    said = council_slides.compose_slides(first)
    assert not [slide for slide in said if slide.chapter]
    told = dict(tell(council_slides.compose_unknown(first)))
    assert "Air" in told["Rien n’est encore renseigné"]
    assert council_slides.compose_spending(first) is None


def test_the_synthesis_first_page_is_told_whole_by_rubric(published):
    slides = council_slides.compose_slides(published)
    moved, unknown, request = (slides[place] for place in (1, 2, -1))
    assert [item.lead for item in moved.items if item.heading] == [
        "Ce qui progresse",
        "Ce qui recule ou prend du retard",
    ]
    told = dict(tell(moved))
    assert "116" in told["Logement social"]
    assert "33" in told["Logement social"]
    assert told["Plantation d’arbres"] == "rythme insuffisant"
    assert "Énergie et climat" in dict(tell(unknown))
    assert any("Emploi des personnes handicapées" in words for _, words in tell(unknown))
    told = {lead: words.replace("\u202f", " ") for lead, words in tell(request)}
    assert "392 000" in told["Transition énergétique"]
    assert "Pilotage" in told["Aussi dans le rapport"]


def test_a_decider_that_is_judged_is_for_the_notes_alone(published):
    slide = council_slides.compose_slides(published)[-1]
    said = [text for pair in tell(slide) for text in pair]
    assert not any("Direction" in text or "Conseil" in text for text in said)
    assert any("décideur supposé" in item.source for item in slide.items)


def test_figures_are_those_of_the_report_rounded_as_there(published):
    slide = find_slide(published, "biodiversite")
    figure = slide.items[0]
    assert (figure.lead, figure.place) == ("60\u202f000", "sec-plantations")
    told = figure.words.replace("\u202f", " ").replace("\u00a0", " ")
    assert told == "Arbres plantés (cumul), 2011–2017 ; objectif : 100 000 arbres en 2020"
    title = slide.title.replace("\u00a0", " ")
    assert title == "Biodiversité : plantation d’arbres, rythme insuffisant"
    (alert,) = [item.words for item in slide.items if item.lead == "Alerte"]
    assert alert.startswith("Le rythme moyen depuis 2011")


def test_a_figure_says_what_it_is_held_against(published):
    (legal, *_) = find_slide(published, "cohesion").items
    told = legal.words.replace("\u00a0", " ")
    assert (legal.lead, told.endswith("au moins 11 agents")) == ("6", True)
    told = [item.words for item in council_slides.list_figures(published, "climat")]
    said = strip_marks(" | ".join(told)).replace("\u00a0", " ")
    assert "883 personnes en 2016, évolution défavorable" in said


def test_a_population_says_its_kind_and_vintage(published):
    figures = [item for item in council_slides.compose_duty(published).items if item.figure]
    assert figures[1].words.replace("\u00a0", " ") == (
        "Habitants, population municipale, millésime 2017"
    )


def test_a_finality_shows_what_comes_first_and_fits():
    figures = [Item("1", words, True) for words in ("un deux trois", "long " * 45, "six")]
    actions = [Item("", words) for words in ("long " * 50, "agir", "faire", "rester")]
    others = [Item("", "d’un autre chiffre", place="ailleurs")]
    weak = Item("Alerte", "en retard")
    chosen = council_slides._choose(
        Slide("Climat : deux actions", [weak]), figures, others + actions
    )
    assert chosen.items == [
        figures[0],
        figures[2],
        Item("Actions", "agir"),
        actions[2],
        weak,
    ]
    assert chosen.aside == [figures[1], others[0], actions[0]]


def test_a_figure_that_stands_for_a_chapter_is_kept_before_a_second_action():
    figures = [Item("1", "mot " * 30, True), Item("2", "mot", True)]
    actions = [Item("", "mot " * 17), Item("", "mot " * 16)]
    chosen = council_slides._choose(Slide("Titre", []), figures, actions)
    assert [item.words for item in chosen.items] == ["mot " * 30, "mot", "mot " * 17]
    assert chosen.items[2].lead == "Action"


def test_no_heading_stands_over_nothing():
    head, long = Item("Titre", "", heading=True), Item("A", "mot " * 80)
    slide = council_slides._fit(Slide("T", [head, long, head, Item("B", "mot"), head]))
    assert slide.items == [head, Item("B", "mot")]
    assert slide.aside == [long]


def test_without_accounts_the_spending_is_the_largest_parts_of_one_whole(published):
    slide = council_slides._fit(council_slides.compose_spending(published))
    told = [(lead.replace("\u202f", " "), words) for lead, words in tell(slide)]
    assert slide.title.replace("\u202f", " ").endswith(": 73,4 M€ (réalisé, 2016)")
    assert [lead for lead, _ in told] == [
        "19,7 M€",
        "12,1 M€",
        "8 M€",
        "6,96 M€",
        "6,7 M€",
        "20 M€",
    ]
    assert told[-1][1].replace("\u00a0", " ") == "environ : 4 autres politiques et le reste"
    assert any("50,05" in item.lead for item in slide.aside)  # of another whole


def test_amounts_of_no_common_whole_are_said_not_to_be_added(published):
    alone = replace(published, parts=published.parts[published.parts["whole"] == ""])
    slide = council_slides.compose_spending(alone)
    assert "ne s’additionnent pas" in slide.title
    assert len(slide.items) == 10
    assert all("2016" in item.words for item in slide.items)


def test_accounts_are_told_by_finality_and_by_axis_with_what_is_rated(published):
    rows = [
        ("climat", "favorable", 600_000.0, 2),
        ("climat", "défavorable", 100_000.0, 3),
        ("cohesion", "", 200_000.0, 4),
        ("cohesion", "neutre", 100_000.0, 5),
    ]
    table = TABLES["accounts"]
    blank = {column.name: "" for column in table.columns}
    lines = [
        blank
        | {"fiscal_year": 2017, "stage": "compte administratif", "budget_section": "investissement",
           "flow": "dépense", "movement": "réel", "finality": finality, "axis_1": rating,
           "amount_eur": amount, "file": "2017/accounts.csv", "line": line}
        for finality, rating, amount, line in rows
    ]  # fmt: skip
    slide = council_slides.compose_spending(replace(published, accounts=pd.DataFrame(lines)))
    assert slide.title.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Budget principal, compte administratif 2017 : 1,00 M€ de dépenses réelles"
    )
    told = [(lead.replace("\u00a0", " "), words) for lead, words in tell(slide)]
    assert told == [
        ("0,70 M€", "Climat"),
        ("0 M€", "Biodiversité"),
        ("0 M€", "Épanouissement"),
        ("0,30 M€", "Cohésion"),
        ("0 M€", "Production et consommation"),
        ("0 M€", "Transversal"),
        (
            "Atténuation du changement climatique (1,00 M€ investis)",
            "60\u202f% favorable, 10\u202f% neutre, 10\u202f% défavorable, 20\u202f% non coté",
        ),
    ]  # axes that nobody rated are not told
    assert "intitulé à vérifier" in slide.items[-1].source


def test_the_report_is_not_said_to_come_first_where_dates_say_otherwise(published):
    late = {**published.council, "session_on": date(2018, 3, 1)}
    late["orientation_debate_on"] = date(2018, 2, 1)
    assert comes_late(late)
    title = council_slides.compose_duty(replace(published, council=late)).title
    assert "avant" not in title
    assert "précède" not in title


def test_a_law_that_was_not_read_is_not_said_to_ask(published):
    later = replace(published, council={**published.council, "budget_year": 2026})
    said = council_slides.compose_duty(later)
    assert "loi" not in said.title
    assert "Texte" not in {item.lead for item in said.items}
    assert "article à vérifier" in {item.lead: item.words for item in said.aside}["Texte"]


def test_the_duty_is_not_told_to_a_small_territory(edition, published):
    assert council_slides.compose_duty(published).title.startswith("La loi demande")
    assert "loi" not in council_slides.compose_duty(edition).title


def test_what_the_session_is_stands_on_the_first_slide(edition):
    said = council_slides.compose_duty(replace(edition, council=FULL))
    told = {item.lead: item.words for item in said.items}
    expected = f"5 février {YEAR + 1}, 18 h 30, Salle *inventée*"
    assert " ".join(told["Séance"].split()) == " ".join(expected.split())
    assert "Séance" not in {item.lead for item in council_slides.compose_duty(edition).items}


@pytest.mark.parametrize(
    ("presented", "session", "debate", "order"),
    [
        (None, None, 5, (False, False)),
        (None, 4, 5, (True, False)),
        (6, 4, 5, (False, True)),
        (5, 4, 5, (False, False)),
        (None, 4, None, (False, False)),
    ],
)
def test_the_report_is_presented_on_the_day_of_the_session_unless_said(
    presented, session, debate, order
):
    days = (presented, session, debate)
    presented, session, debate = (date(YEAR, 2, day) if day else None for day in days)
    council = complete_council(
        {"presented_on": presented, "session_on": session, "orientation_debate_on": debate}, YEAR
    )
    assert (comes_first(council), comes_late(council)) == order
    assert find_fact(council, "presented_on") == (presented or session)


# --- the file of slides ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deck(edition, tmp_path_factory):
    dossier = Dossier(tmp_path_factory.mktemp("dossier"))
    dossier.raw.mkdir()
    Image.new("RGB", (40, 20), "#8A1538").save(dossier.raw / "logo.png")
    own = replace(
        edition, identity={"main": "#8A1538", "logo": {"file": "logo.png", "alt": "Un disque"}}
    )
    said = council_slides.compose_slides(own)
    pages, epoch = {"sec-plantations": 12}, default_epoch(YEAR)
    return [slides.draw_slides(dossier, own, said, pages, epoch) for _ in range(2)]


def test_slides_are_the_same_bytes_twice(deck):
    assert deck[0] == deck[1]


def test_slides_are_readable_from_the_back_of_the_room(deck):
    for slide in Presentation(io.BytesIO(deck[0])).slides:
        assert slide.shapes[0].placeholder_format.type == PP_PLACEHOLDER.TITLE
        for shape in slide.shapes:
            if not shape.has_text_frame or shape.name.startswith("Slide Number"):
                continue
            for paragraph in shape.text_frame.paragraphs:
                for run in paragraph.runs:
                    assert run.font.size >= Pt(24)
                    assert run._r.rPr.get("lang") == "fr-FR"


def test_each_picture_has_its_alternative(deck):
    told = [
        shape._element.xpath(".//p:cNvPr")[0].get("descr")
        for slide in Presentation(io.BytesIO(deck[0])).slides
        for shape in slide.shapes
        if (not shape.is_placeholder and not shape.has_text_frame) or shape.name == "Carte"
    ]
    assert "Un disque" in told
    assert any(text.startswith("Carte") for text in told)
    assert all(told)


def test_shapes_stay_on_the_slide_and_off_each_other(deck):
    deck = Presentation(io.BytesIO(deck[0]))
    for slide in deck.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for left, top, right, bottom in boxes:
            assert left >= 0
            assert top >= 0
            assert right <= deck.slide_width + 9
            assert bottom <= deck.slide_height + 9
        for place, a in enumerate(boxes):
            for b in boxes[place + 1 :]:
                across = min(a[2], b[2]) - max(a[0], b[0])
                down = min(a[3], b[3]) - max(a[1], b[1])
                assert across <= 9 or down <= 9, slide.shapes.title.text


def test_notes_say_the_page_of_the_report(deck):
    notes = [s.notes_slide.notes_text_frame.text for s in Presentation(io.BytesIO(deck[0])).slides]
    assert any(f"rapport {YEAR}, page 12" in note for note in notes)
    assert not any("page 0" in note for note in notes)


def test_the_identity_is_the_territory_s(deck):
    titles = [slide.shapes.title for slide in Presentation(io.BytesIO(deck[0])).slides]
    assert str(titles[0].fill.fore_color.rgb) == "8A1538"
    assert str(titles[-3].fill.fore_color.rgb) != "8A1538"


# --- the draft of the délibération ----------------------------------------------------------------


def read_draft(edition):
    text = strip_marks(deliberation.compose_deliberation(edition))
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_is_not_known_of_the_session_is_marked(edition):
    text = read_draft(edition)
    for words in ("date de la séance", "rapporteur", "numéro de la délibération"):
        assert f"[à compléter : {words}]" in text
    assert "[à compléter : le rapport est présenté avant le débat" in text
    assert "avant le débat" not in text.partition("Article 1er")[2]
    assert "par vote" not in text
    assert "Article 1er : prend acte de la présentation" in text
    assert deliberation.list_unknown(edition) == [
        words for key, words in KEYS.items() if key != "budget_year"
    ]


def test_what_is_known_is_written_letter_by_letter(edition):
    text = read_draft(replace(edition, council=FULL))
    assert f"Séance du 5 février {YEAR + 1}, à 18 h 30 ; lieu : Salle *inventée*" in text
    assert "à compléter : nombre" in text  # members present: for the day itself
    assert "date de" not in text
    assert (
        f"Considérant que le rapport est présenté avant le débat sur le budget {YEAR + 1}" in text
    )
    assert "avant le débat" in text.partition("Article 1er")[2]
    late = {**FULL, "orientation_debate_on": date(YEAR + 1, 2, 1)}
    text = read_draft(replace(edition, council=late))
    assert "[à vérifier : le rapport est présenté avant le débat" in text
    assert "avant le débat" not in text.partition("Article 1er")[2]


def test_an_act_says_no_editorial_choice_and_what_to_check_stands_apart(published):
    text = read_draft(published)
    assert "Ce qui" not in text
    assert "116" not in text
    assert "puis à retirer" not in text
    told = deliberation.write_doubts(published).replace("\u00a0", " ")
    assert "À compléter : rapporteur." in told
    assert "  - Prendre acte de la présentation du rapport" in told


def test_the_population_is_that_in_force_on_the_day_or_is_to_be_checked(published):
    on = {**published.council, "session_on": date(2020, 2, 5)}
    text = read_draft(replace(published, council=on))
    assert "159 969 habitants (population légale 2017, en vigueur depuis 2020), soit" in text
    on["session_on"] = date(2018, 2, 5)  # vintage 2015 is not known
    text = read_draft(replace(published, council=on))
    assert (
        "[à vérifier : 159 706 habitants (population légale 2013, en vigueur depuis 2016) ;" in text
    )


def test_grounds_follow_the_population_in_force(edition, published):
    assert "159 706 habitants" in read_draft(published)
    assert "soit plus de 50 000" in read_draft(published)
    assert "soit plus de" not in read_draft(edition)


def test_of_the_law_only_what_was_read_is_stated(published):
    text = read_draft(published)
    assert "Vu le code général des collectivités territoriales, article L. 2311-1-1 ;" in text
    later = {**published.council, "budget_year": 2026}
    text = read_draft(replace(published, council=later))
    visas = text.partition("## Visas")[2].partition("## Considérants")[0]
    assert "L. 1612-23" not in text
    assert "L. 2311-1-1" not in visas
    assert all("à vérifier" in line for line in visas.splitlines() if line.startswith("Vu"))


@pytest.mark.slow
def test_the_draft_is_the_same_bytes_twice_and_opens_in_word(edition, tmp_path):
    from docx import Document

    reference = tmp_path / "reference.docx"
    write_reference(reference, ["#0B6E99"], read_identity())
    epoch = default_epoch(YEAR)
    made = [deliberation.write_deliberation(edition, reference, epoch) for _ in range(2)]
    assert made[0] == made[1]
    document = Document(io.BytesIO(made[0]))
    assert document.core_properties.language == "fr-FR"
    marked = [
        run.text
        for paragraph in document.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color
    ]
    assert "date de la séance" in " ".join(marked).replace("\u00a0", " ")
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Heading 1", "Heading 2"} <= {style.title() for style in styles}


@pytest.mark.slow
def test_papers_are_all_there_and_a_changed_one_is_kept_aside(dossier):
    edition = load_edition(dossier, YEAR)
    report = dossier.report(YEAR)
    report.mkdir(parents=True)
    (dossier.book(YEAR) / "style").mkdir(parents=True)
    write_reference(dossier.book(YEAR) / "style/reference.docx", ["#0B6E99"], read_identity())
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_named_destination("sec-plantations", 0)
    writer.write(report / f"rapport-{YEAR}.pdf")
    (report / f"synthese-{YEAR}.pdf").write_bytes(b"%PDF")
    assert not council_papers.write_papers(dossier, edition, {})
    papers = [*council_papers.list_papers(dossier, YEAR)]

    def digest():
        return {path.relative_to(report).as_posix(): digest_file(path) for path in papers}

    later = replace(edition, council=FULL)
    assert not council_papers.write_papers(dossier, later, digest())  # only ours: replaced
    known, draft = digest(), papers[2]
    draft.write_bytes(b"by hand")
    (aside,) = council_papers.write_papers(dossier, edition, known)
    assert aside.name == f"deliberation-{YEAR}.ancien.docx"
    assert aside.read_bytes() == b"by hand"
    draft.write_bytes(b"again")
    (again,) = council_papers.write_papers(dossier, edition, known)
    assert again.name == f"deliberation-{YEAR}.ancien-2.docx"
    said = council_papers.describe_papers(dossier, edition, [aside], None)
    assert f"deliberation-{YEAR}.ancien.docx" in said
    assert "  rapporteur" in said
