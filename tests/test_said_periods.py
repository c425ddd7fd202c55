"""Every number printed in a sentence of the report is of the period that the sentence names.

What the pages show is read as Markdown: the spans of numbers name their references, the words
around them name years. The pictures are left out, their titles are not.
"""

import dataclasses
import json
import re
import shutil

import pandas as pd
import pytest
from conftest import MADE_UP_YEAR, PUBLISHED_YEAR

from analysis.base.paths import PROJECT, Dossier
from analysis.collect.new_year import prepare_year
from analysis.compute.indicators import load_edition
from analysis.model.store import read_edition
from analysis.show import charts, pages
from analysis.show.charts.facts import resolve_marked
from analysis.show.charts.sentences import choose_sentence
from analysis.show.pages import chapter_page, summary_page
from analysis.words import prose
from analysis.words.hidden_markup import write_spans

SPAN = re.compile(r'\[((?:[^\[\]\\]|\\.)*)\]\{\.trace data-trace="([^"]*)"\}')
#: Why a value is missing may name years.
MISSING = re.compile(r"\[?non disponible[^|;]*|\[années différentes[^|;]*")
YEAR = re.compile(r"(?<![\w/-])((?:19|20)\d\d)(?:\\?[-–/]((?:19|20)\d\d))?(?![\w-])")
#: What a year may be, besides the period of the numbers beside it: when something began or was
#: decided, a goal to come, the name of a plan.
OTHER = re.compile(
    r"\b(?:depuis|dès|né|loi|décret|obtenu|fondée?|lancée?|signée?|débattu|renouvelé|devenu|plan"
    r"|stratégie numérique|Habitat|PLH|investissement|action|ne donne pas la valeur|mis en place)"
    r"(?: (?:le|la|du|de|en|au|début|en \d{4} puis|1er|\d+|janvier|février|avril|mai|août|octobre"
    r"|septembre|l’année))* $",
    re.IGNORECASE,
)


def find_strays(edition, markdown):
    """Sentences that name a year of none of their numbers, or hold a number of none of the years
    that they name."""
    for sentence in split(markdown):
        references = [name for _, name in SPAN.findall(sentence) if not name.startswith("table:")]
        values = [edition.value(name) for name in references if is_known(edition, name)]
        values = [value for value in values if value.value is not None and value.period.end]
        sentence = MISSING.sub("", sentence)
        words = SPAN.sub("", sentence).replace("\\", "").replace("\u00a0", " ")
        years = [
            set(range(int(first), int(last or first) + 1))
            for match in YEAR.finditer(words)
            for first, last in [match.groups()]
            if not OTHER.search(words[: match.start()])
        ]
        spans = [list_years(edition, value) for value in values]
        if not years or not spans:
            continue
        both = list(zip(values, spans, strict=True))
        goals = set().union(*(span for value, span in both if value.modifier == "cible"))
        for year in years:
            if not any(year & span for span in spans) and (goals or min(year) <= edition.year):
                yield sentence
        own = [year for year in years if not year & goals]
        for value, span in both:
            if own and value.modifier != "cible" and not any(year & span for year in own):
                yield sentence


def list_years(edition, value):
    """The years of a value; a growth is also of the year it starts from."""
    periods = [value.period]
    if value.modifier == "evolution":
        periods.append(edition.value(f"{value.indicator}:precedent").period)
    return {
        year
        for period in periods
        if period.end is not None
        for year in range((period.start or period.end).year, period.end.year + 1)
    }


def split(markdown):
    """Sentences; in a row of a table, each cell that holds a number with its own year (« 150 agents
    (fin 2029) ») and all the others together."""
    for line in markdown.split("\n"):
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)
            dated = [
                cell for cell in cells if SPAN.search(cell) and YEAR.search(SPAN.sub("", cell))
            ]
            yield from dated
            yield "|".join(cell for cell in cells if cell not in dated)
        elif not line.startswith("#"):
            yield from re.split(r"(?<=[.!?]) +|(?<=[.!?]\*\*) +", line)


def has_year(cell):
    return YEAR.search(SPAN.sub("", cell))


def is_known(edition, name):
    return name.split("@")[0].split(":")[0] in set(edition.indicators["id"])


def say_title(edition, spec):
    """The title of a chart and its own note, in the place of its drawing."""
    note = resolve_marked(edition, choose_sentence(edition, spec, "note"))
    title = charts.title_rows(edition, spec, charts.select_rows(edition, [spec]))
    return "\n".join(f"{text}." for text in (title, note) if text)


def compose(edition):
    """Markdown of what the pages of an edition say."""
    blocks = [*summary_page.compose_messages(edition), *summary_page.compose_chapters(edition)]
    for row in edition.chapters.itertuples():
        chapter = pages.open_chapter(edition, row.id, row.kind)
        sections = set(edition.sections.loc[edition.sections["kind"] == row.kind, "id"])
        blocks += [say_title(edition, spec) for spec in charts.list_specs(edition, row.id)]
        blocks += chapter_page.compose_stake(chapter, {})
        blocks += chapter_page.compose_planned(chapter) if "court-terme" in sections else []
        for section in sorted(sections & {"politiques", "interne", "fonctionnements"}):
            blocks += chapter_page.compose_actions(chapter, {}, section)
        blocks += chapter_page.compose_analysis(chapter)
        blocks += chapter_page.compose_essential(chapter)
        blocks += chapter_page.compose_decisions(chapter)
    for text in edition.texts.get("sommaire", {}).values():
        blocks.append(prose.resolve_prose(edition, text, "sommaire"))
    return write_spans("\n".join(str(block) for block in blocks))


@pytest.fixture(scope="module")
def editions(published, edition, later_edition):
    reconstituted = load_edition(Dossier(PROJECT / "data"), 2016)
    return {2016: reconstituted, 2017: published, 2030: edition, 2031: later_edition}


@pytest.mark.parametrize("year", [2016, 2017, 2030, 2031])
def test_a_number_is_of_the_year_that_its_sentence_names(editions, year):
    markdown = compose(editions[year])
    assert SPAN.search(markdown)
    assert list(dict.fromkeys(find_strays(editions[year], markdown))) == []


def test_nothing_goes_stale_in_the_published_dossier_a_year_later(tmp_path):
    """The next edition, as « new-year » prepares it, with every value of the last one moved on by
    a year: no sentence carried over names a year that its value has left."""
    shutil.copytree(PROJECT / "data" / "raw", tmp_path / "raw")
    dossier = Dossier(tmp_path)
    later = PUBLISHED_YEAR + 1
    prepare_year(dossier, later)
    for table in ("observations", "budget"):
        rows = pd.read_csv(dossier.raw_year(PUBLISHED_YEAR) / f"{table}.csv", dtype=str)
        dates = [name for name in rows if name.startswith(("period_", "fiscal_year"))]
        moved = rows[dates].apply(lambda cells: cells.str.replace(r"^\d{4}", add_year, regex=True))
        rows[dates] = moved
        rows[moved.notna().any(axis=1)].to_csv(
            dossier.raw_year(later) / f"{table}.csv", index=False
        )
    edition = load_edition(dossier, later)
    assert edition.value("logements-sociaux-finances").period_end.year == later
    assert list(find_strays(edition, compose(edition))) == []


def add_year(match):
    return str(int(match[0]) + 1)


def test_every_page_of_the_built_reports_does(made_up_report, published_report):
    """The pages beside the chapters too: front page, what changed, annexes (their registers and
    trails, one row each, name several periods)."""
    made_up = made_up_report, read_edition(MADE_UP_YEAR, made_up_report)
    for dossier, edition in (made_up, (published_report.dossier, published_report.edition)):
        notebooks = sorted(dossier.executed(edition.year).glob("*.ipynb"))
        assert notebooks
        for notebook in notebooks:
            said = [line for line in read_outputs(notebook) if not line.startswith("|")]
            assert list(find_strays(edition, "\n".join(said))) == [], notebook.name


def read_outputs(notebook):
    """Lines of what the cells of an executed notebook say."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            yield from "".join(output.get("data", {}).get("text/markdown", ())).split("\n")


@pytest.mark.parametrize(
    ("said", "strays"),
    [
        ("[80]{t=logements-renoves:precedent} en 2029, [100]{t=logements-renoves} en 2030.", 0),
        ("[100]{t=logements-renoves} en 2030, contre [80]{t=logements-renoves:precedent}.", 1),
        ("Depuis 2025, [100]{t=logements-renoves}.", 0),
        ("Le plan 2025-2029 : [100]{t=logements-renoves}.", 0),
        ("En 2029, [100]{t=logements-renoves}.", 2),
        ("Au 1er mars 2029, [6 000]{t=arbres-plantes}.", 0),  # 2026 to 2030
        ("Au 1er mars 2025, [6 000]{t=arbres-plantes}.", 2),
        ("[25 %]{t=logements-renoves:evolution} par rapport à 2029.", 0),
        ("[25 %]{t=logements-renoves:evolution} par rapport à 2028.", 2),
        ("[10 000]{t=arbres-plantes:cible} arbres pour 2034.", 0),
        ("[10 000]{t=arbres-plantes:cible} arbres pour 2035.", 1),
        ("[6 000]{t=arbres-plantes}, pour [10 000]{t=arbres-plantes:cible} en 2034.", 0),
        ("| [100]{t=logements-renoves} | 2029 |", 2),
    ],
)
def test_a_planted_fault_is_found(edition, said, strays):
    markdown = re.sub(r"\{t=([^}]*)\}", r'{.trace data-trace="\1"}', said)
    assert len(list(find_strays(edition, markdown))) == strays


def test_a_value_that_moves_on_is_found_in_the_pages(editions):
    """A typed year beside a reference, as it would be after another year's value came."""
    edition = editions[2031]
    actions = edition.actions
    stale = actions["summary"].str.replace("en 2031", "en 2030")
    spoilt = dataclasses.replace(edition, actions=actions.assign(summary=stale))
    (found, *_) = find_strays(spoilt, compose(spoilt))
    assert "en ont profité en 2030" in found
