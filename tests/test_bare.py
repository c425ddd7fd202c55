"""A first edition about which little or nothing is known is made like any other, and says so: no
crash on an empty table, no heading over nothing, no document where there is none."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from bare_dossier import MAY_BE_EMPTY, OF_YEAR, VARIANTS, YEAR, make_bare, make_variant
from conftest import MADE_UP_YEAR, PUBLISHED_YEAR, slow
from docx_rules import find_faults
from notebook_texts import read_notebook
from pdf_rules import find_last_headings, find_wrong_bookmarks, read_pdf_text, read_runs
from test_openpackage import find_faults as find_package_faults

from analysis.__main__ import main
from analysis.base.paths import PROJECT, Dossier
from analysis.collect.new_year import prepare_year
from analysis.compute.audit import find_unexplained_alerts
from analysis.compute.changes import change_words
from analysis.compute.changes.edition_comparison import compare_editions
from analysis.compute.dossier import InvalidDossier, collect_faults
from analysis.compute.indicators import load_edition
from analysis.execute import plan_jobs
from analysis.model.schema import PORTRAIT, TABLES
from analysis.model.store import DERIVED, read_edition, write_edition
from analysis.publish.book_checks import read_docx_text, read_html_text, squeeze
from analysis.publish.book_texts import compose_reading, name_annexes
from analysis.show import pages, tables
from analysis.show.pages import chapter_page, front_page, summary_page, unfinished
from analysis.show.tables.value_rows import list_details
from analysis.words.hidden_markup import find_marks, strip_marks, write_spans
from analysis.words.lineage import name_anchor

#: What is said of a document, or of a territory, that a dossier without any does not have.
FOREIGN = re.compile(
    r"document source|rapport source|transcri|« l\. »|\bl\. \d|Interactions Durables|42 pages"
    r"|La Porte du Hainaut|Denain"
)
#: What is true and says nothing.
#: The values that a picture draws, in a table and for the pointer.
DATA = re.compile(
    r'::: \{\.encadre-note title="Données du graphique"\}.*?\n:::|<script type.*?</script>',
    re.DOTALL,
)
SILLY = re.compile(r"(?<![\d,\u202f])\b0\u00a0[a-zé]|n°\u00a00|Accompagnement…|Aucune ligne dans")


def find_foreign(text, edition):
    """What is said of a document or of another territory; a commune may be named for itself."""
    names = sorted(map(re.escape, edition.communes["name"]), key=len, reverse=True)
    return FOREIGN.search(re.sub("|".join(names), "…", text))


def read_book(edition) -> dict[str, str]:
    """The words of each notebook that goes into the book."""
    return {
        job.name: strip_marks(read_notebook(job.template.stem, edition, **job.parameters))
        for job in plan_jobs(edition)
    }


def find_bare_headings(text: str) -> list[str]:
    """Headings with nothing under them, neither words nor a deeper heading."""
    lines = [line for line in text.splitlines() if line.strip(" :")]
    heads = [re.match(r"#+(?= )", line) for line in lines]
    found = []
    for line, head, following in zip(lines, heads, [*heads[1:], None], strict=True):
        last = line is lines[-1]
        if head and (last or (following and len(following[0]) <= len(head[0]))):
            found.append(line)
    return found


def find_empty_columns(text: str) -> list[str]:
    """Heads of the columns of tables that hold dashes alone."""
    found = []
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        head, _, *rows = [line.strip("| ").split(" | ") for line in block.splitlines()]
        for place, name in enumerate(head):
            if {row[place] if place < len(row) else "" for row in rows} <= {"—", "–", "-"}:
                found.append(name)
    return found


# --- every variant --------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_edition_that_lacks_something_is_made_and_says_nothing_silly(variant, tmp_path):
    dossier = make_variant(tmp_path / "essai", VARIANTS[variant])
    write_edition(load_edition(dossier, MADE_UP_YEAR), dossier)
    edition = read_edition(MADE_UP_YEAR, dossier)  # as the notebooks read it
    for name, text in read_book(edition).items():
        assert find_bare_headings(text) == [], name
        told = DATA.sub("", text)  # where a nought is a value
        assert not SILLY.search(told), (name, SILLY.search(told))
        assert "non disponible]{.chiffre}" not in text, "no card of what is not known"
        if name != "dashboard":  # which can be sorted by each of its columns, whatever they hold
            assert find_empty_columns(text) == [], name


@pytest.mark.parametrize(
    "name", [table.name for table in TABLES.values() if not table.may_be_empty]
)
def test_a_table_that_must_have_rows_is_asked_for_and_nothing_crashes(name, dossier_copy):
    table = TABLES[name]
    path = dossier_copy.raw / table.file(MADE_UP_YEAR)
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    with pytest.raises(InvalidDossier) as caught:
        load_edition(dossier_copy, MADE_UP_YEAR)
    file = table.file(MADE_UP_YEAR)
    said = [fault for fault in caught.value.faults if fault.file == file and not fault.row]
    assert "aucune ligne sous l’en-tête" in {fault.problem for fault in said}


@pytest.mark.parametrize("name", MAY_BE_EMPTY)
def test_an_empty_table_is_typed_where_it_is_read(name, dossier_copy):
    table = TABLES[name]
    for year in (MADE_UP_YEAR - 1, MADE_UP_YEAR):
        path = dossier_copy.raw / table.file(year)
        if path.is_file():
            path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    frame = collect_faults(dossier_copy, MADE_UP_YEAR)[0][name]
    assert frame.empty
    full = collect_faults(Dossier(PROJECT / "data"), PUBLISHED_YEAR)[0][name]
    assert frame.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()


# --- nearly nothing -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The edition of a made-up territory with the real catalogues and nothing of the year."""
    dossier = make_bare(tmp_path_factory.mktemp("nu") / "essai")
    return load_edition(dossier, YEAR)


@pytest.fixture(scope="module")
def book(bare):
    return read_book(bare)


def test_nothing_of_the_year_is_there_but_what_is_asked(bare):
    assert bare.earlier is None
    assert all(getattr(bare, name).empty for name in set(OF_YEAR) - {"observations"})
    known = bare.values[bare.values["value"].notna()]
    files = {"reference/communes.csv", "reference/population.csv"}
    assert set(known.loc[known["chapter"] != PORTRAIT, "file"]) <= files
    assert set(known.loc[known["chapter"] == PORTRAIT, "file"]) <= {*files, ""}, "or computed"
    assert len(bare.requests) > 100
    assert find_unexplained_alerts(bare) == []


def test_no_document_is_spoken_of_where_there_is_none(bare, book):
    for name, text in book.items():
        assert not find_foreign(text, bare), (name, find_foreign(text, bare))
    assert not FOREIGN.search(compose_reading(bare))
    assert tables.find_main_document(bare) == ""


def test_a_document_is_spoken_of_where_values_come_from_one(published):
    said = compose_reading(published)
    for words in ("la partie du document source", "d’après le document source", "« l. »"):
        assert words in said.replace("\u00a0", " ")
    assert name_annexes(published).endswith("ce qui manque et le glossaire")
    assert tables.find_main_document(published).startswith("Rapport sur le développement durable")


def test_the_legal_texts_are_no_document_of_the_edition(bare):
    """They are documents of sources.csv, from which no value comes."""
    assert (bare.sources["kind"] == "document").any()
    assert "document source" not in compose_reading(bare)


def test_a_chapter_says_once_what_is_to_be_gathered_written_and_given(bare, book):
    requests = tables.list_unanswered(bare, chapter="climat")
    text = book["climat"]
    assert text.count("\n# ") + text.startswith("# ") == 1
    assert "## " not in text, "no section of nothing"
    assert "Aucune action ni aucune piste d’amélioration n’est encore recensée ici." in text
    assert "L’enjeu, l’analyse et la synthèse de ce chapitre restent à écrire." in text
    assert f"{len(requests)}\u00a0valeurs sont demandées aux services suivants" in text
    assert "(annexe [-@sec-annexes-lacunes])" in text
    assert "non disponible" not in text


def test_what_is_asked_is_listed_once_with_who_is_asked(bare, book):
    table = tables.tabulate_unanswered(bare)
    assert table in read_notebook("missing", bare)
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    assert len(rows) == len(bare.requests)
    names = set(bare.services["name"])
    named = [strip_marks(row).split("|")[1].strip() for row in rows]
    named = [name for name in named if name]
    assert set(named) <= names
    assert len(named) == len(set(named)) == bare.requests["service"].nunique(), "grouped"
    assert "Dernière valeur" not in table, "a column of « aucune » only"
    trails = "".join(text for name, text in book.items() if name.startswith("calculs-"))
    title = bare.catalogue[bare.requests["indicator"].iloc[0]]["title"]
    assert f"| {title} (" not in trails, "there is nothing to follow"


def test_every_number_and_every_missing_one_leads_to_a_line_of_the_annexes(bare):
    text = "".join(
        read_notebook(job.template.stem, bare, **job.parameters) for job in plan_jobs(bare)
    )
    places = set(re.findall(r"\{#(calc-[^}]*)\}", write_spans(text)))
    cited = {name_anchor(reference) for _, reference in find_marks(text)}
    assert cited <= places


def test_the_first_page_says_where_the_edition_stands(bare, book):
    state = strip_marks(unfinished.compose_state(bare, front_page.PREFIX))
    assert state.startswith("::: {.etat}\n## Où en est cette édition")
    known = bare.values[bare.values["value"].notna()]["indicator"].nunique()
    every = (bare.indicators["kind"] != "contrôle").sum()
    assert f"{known}\u00a0indicateurs sur {every}\u00a0au catalogue" in state
    services = bare.requests["service"].nunique()
    assert f"{len(bare.requests)}\u00a0valeurs à {services}\u00a0services" in state
    assert f"31 janvier {YEAR + 1}" in state.replace("\u00a0", " ")
    assert state.count("de tous les chapitres") == 2
    assert state in book["front"]
    assert "Ce qui est nouveau" not in book["front"]
    for chapter in bare.chapters["id"]:
        card = book["front"].split(f'data-chapitre="{chapter}"')[1].split("::::")[0]
        assert "demandée" in card or "à recenser" in card, chapter


def test_a_complete_first_edition_has_nothing_to_announce(edition):
    assert edition.earlier is None
    assert unfinished.compose_state(edition, front_page.PREFIX) == ""
    assert all(unfinished.describe_chapter(edition, id) == "" for id in edition.chapters["id"])


def test_another_edition_is_no_first_one(later_edition, published):
    for edition in (later_edition, published):
        assert unfinished.compose_state(edition, front_page.PREFIX) == ""
        assert not unfinished.is_blank(edition, edition.chapters["id"].iloc[0])


def test_of_an_edition_never_published_nothing_more_is_awaited(bare):
    lost = replace(bare, about={"kind": "reconstituée", "note": "Essai."})
    assert bare.find_awaited()
    assert lost.find_awaited() == set()
    assert not any(unfinished.is_blank(lost, id) for id in lost.chapters["id"])
    assert not any(unfinished.list_unwritten(lost, id) for id in lost.chapters["id"])


@pytest.fixture(scope="module")
def next_bare(tmp_path_factory):
    """The edition after one of which nothing was received, of which nothing is received either."""
    dossier = make_bare(tmp_path_factory.mktemp("suite") / "essai")
    prepare_year(dossier, YEAR + 1)
    edition = load_edition(dossier, YEAR + 1)
    return edition, compare_editions(load_edition(dossier, YEAR), edition, dossier)


def test_a_later_edition_says_where_it_stands_as_long_as_little_is_received(next_bare):
    edition, _ = next_bare
    assert edition.earlier == YEAR
    assert "Où en est cette édition" in unfinished.compose_state(edition, front_page.PREFIX)
    said = strip_marks(front_page.compose_lead(edition))
    known = edition.values[edition.values["value"].notna()]["indicator"].nunique()
    assert f"{known}\u00a0indicateurs, chacun avec sa source" in said
    for chapter in edition.chapters["id"]:
        assert "non disponible" not in tables.list_key_figures(edition, chapter)
        assert "reste" in unfinished.describe_chapter(edition, chapter)


def test_where_nothing_changed_nothing_is_listed(next_bare):
    edition, changes = next_bare
    assert change_words.is_unchanged(edition, changes)
    assert list(front_page.compose_news(edition, changes, "## Nouveau")) == []


def test_the_glossary_holds_what_the_edition_says(bare):
    used = bare.texts | {"climat": {"Enjeu": "La TVB n’est pas le ZANZIBAR."}}
    glossary = bare.glossary.iloc[:2].assign(short=["TVB", "ZAN"], locator="")
    edition = replace(bare, texts=used, glossary=glossary)
    assert list(tables.list_acronyms(edition)["short"]) == ["TVB"]


def test_what_is_partly_written_is_named_exactly(edition):
    texts = edition.texts | {"air": edition.texts["air"] | {"Synthèse": ""}}
    said = unfinished.describe_chapter(replace(edition, texts=texts), "air")
    assert said == "La synthèse de ce chapitre reste à écrire."
    page = pages.open_chapter(replace(edition, texts=texts), "air", "finalité")
    blocks = "".join(map(str, chapter_page.compose_essential(page)))
    assert "À retenir" not in blocks


def test_the_summary_of_a_first_edition_without_an_action(bare, book):
    """Its first page says what is to be gathered, and counts nothing."""
    state = strip_marks(unfinished.compose_state(bare, summary_page.PREFIX))
    assert state in book["summary"]
    said = state.replace("\u00a0", " ")
    assert "les actions et les pistes d’amélioration de tous les chapitres" in said
    assert "Suivent, chapitre par chapitre" not in book["summary"]


def test_the_dashboard_leaves_what_is_asked_to_its_list(bare, book):
    asked = bare.requests.iloc[0]
    title = bare.catalogue[asked["indicator"]]["title"]
    service = dict(bare.services[["id", "name"]].itertuples(index=False))[asked["service"]]
    assert f"| {title} |" not in book["dashboard"]
    assert "autres n’ont pas encore de valeur" in book["dashboard"].replace("\u00a0", " ")
    listed = strip_marks(tables.tabulate_unanswered(bare))
    assert f"| {title} |" in listed
    assert f"| {service} |" in listed


def test_an_asked_indicator_needs_no_value_another_one_does(dossier_copy):
    path = dossier_copy.reference / "indicators.csv"
    header, *lines = path.read_text("utf-8").splitlines()
    new = "essais,Essais,arbre,réalisation,flux,hausse,air,,Essais inventés.,Essai,1,,,"
    for asked, problems in (("chaque année", []), ("une fois", []), ("jamais", [1]), ("", [1])):
        rows = [f"{line}," for line in lines] + [f"{new},{asked}"]
        path.write_text("\n".join([f"{header},asked", *rows]) + "\n", "utf-8")
        faults = collect_faults(dossier_copy, MADE_UP_YEAR)[1]
        assert [f.problem for f in faults] == ["indicateur sans valeur ni formule"] * len(problems)


def test_controls_wait_for_their_values(bare):
    """Not one of those that nobody gave is counted among the controls that failed."""
    values = bare.values[bare.values["value"].notna()]
    assert set(bare.controls["indicator"]) <= set(values["indicator"])


# --- the whole report -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
@slow
def report(build_once):
    """The report of the edition with nearly nothing, made by the command itself."""

    def build(folder):
        make_bare(folder)
        arguments = ["--dossier", str(folder), "--year", str(YEAR)]
        assert main(["report", *arguments, "--engine", "embedded"]) == 0

    dossier = Dossier(build_once("rapport-nu", build))
    folder = dossier.report(YEAR)
    htmls = {path.stem: path for path in sorted((folder / "html").glob("*.html"))}
    return SimpleNamespace(
        dossier=dossier,
        folder=folder,
        edition=read_edition(YEAR, dossier),
        pages=htmls,
        texts={
            "HTML": " ".join(read_html_text(path) for path in htmls.values()),
            "PDF": read_pdf_text(folder / f"rapport-{YEAR}.pdf"),
            "DOCX": read_docx_text(folder / f"rapport-{YEAR}.docx"),
            "synthese": read_pdf_text(folder / f"synthese-{YEAR}.pdf"),
        },
    )


def test_all_formats_say_the_same_and_nothing_foreign(report):
    for name, text in report.texts.items():
        assert not find_foreign(text, report.edition), (name, find_foreign(text, report.edition))
        if name != "synthese":
            assert squeeze("Où en est cette édition") in squeeze(text), name


def test_the_papers_keep_the_rules_of_every_report(report):
    """The compiler itself refuses a PDF that is no PDF/UA; the rest is what other tests ask."""
    assert find_faults(report.folder / f"rapport-{YEAR}.docx") == []
    pdf = report.folder / f"rapport-{YEAR}.pdf"
    runs = read_runs(pdf)
    assert find_wrong_bookmarks(pdf, runs) == []
    # In the summary the last chapter, with its page and nothing to list, may end the page.
    last = read_edition(YEAR, report.dossier).chapters["title"].iloc[-1]
    assert [fault for fault in find_last_headings(runs) if last not in fault] == []


def test_its_open_data_are_valid(report):
    assert find_package_faults(report.folder / "donnees/datapackage.json") == []


def test_axe_finds_no_violation(report, browser, axe):
    page, faults = browser.new_page(), {}
    for name, path in report.pages.items():
        page.goto(path.as_uri())
        faults[name] = axe(page)
    page.close()
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["data", "notebooks", "check", "charts", "diff"])
def test_every_command_works_on_it(report, command, capsys):
    status = main([command, "--dossier", str(report.dossier.root), "--year", str(YEAR)])
    said = "".join(capsys.readouterr())
    assert "Traceback" not in said
    assert status == (1 if command == "diff" else 0)
    if command == "diff":
        assert "la première de ce dossier" in said


def test_a_share_over_a_hundred_is_never_shown_without_its_reserve(bare):
    """Whether a tile, a card or a table says it: the register alone can explain it."""
    share = next(row for row in bare.values.itertuples() if row.origin == DERIVED and row.rank == 0)
    alert = {"verdict": "alerte", "discrepancy": "", "message": "Part supérieure à 100 % : 133 %."}
    alert |= {"id": f"part-en-pourcent:{share.indicator}", "indicator": share.indicator}
    row = dict.fromkeys(bare.controls.columns, "") | alert
    for explained, said in (("", ", à vérifier"), ("ecart", "")):
        controls = pd.DataFrame([row | {"discrepancy": explained}])
        details = list_details(replace(bare, controls=controls), share)
        assert details == [f"part supérieure à 100 %{said}"]
