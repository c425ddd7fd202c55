"""What a notebook reads is written down, and tells when its result is still good."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from conftest import slow

from analysis.base.paths import PROJECT, READS_VARIABLE, Dossier
from analysis.compute.changes import read_changes
from analysis.compute.indicators import load_edition
from analysis.model import store
from analysis.model.references import UnknownReference
from analysis.model.store import ABSENT, ReadLog, TracedEdition
from analysis.run.edition_data import run_data
from analysis.show import charts, pages
from analysis.show.charts import Drawing
from analysis.show.pages import chapter_page

YEAR = 2017
#: Tables that a chapter may read whole: short, shared, hardly ever changed.
SHARED = {
    *("year", "territory", "about", "chapters", "sections", "units", "services", "payers", "sdgs"),
    *("sources", "communes_geojson", "identity", "earlier", "documents"),
    *("policies", "projects", "cost_breakdowns"),  # whether a page of the tools is to be named
}
#: Columns that a chapter may read whole: what the charts of the démarche count.
COUNTED = {
    *(("actions", "services"), ("indicators", "kind")),
    ("actions", "services_source"),
    *(("elements", "id"), ("elements", "title")),
    *(("inhabitants", "insee"), ("inhabitants", "name")),  # the members, on every map
}
DATA = Dossier(PROJECT / "data")


@pytest.fixture
def traced(edition, tmp_path):
    return TracedEdition(edition, ReadLog(tmp_path / "reads"))


@pytest.fixture
def asked(tmp_path):
    """What was asked since it was last called."""
    seen = []

    def list_new():
        queries = store.read_queries(tmp_path / "reads")
        new = [query for query in queries if query not in seen and "edition" not in query]
        seen.extend(new)
        return new

    return list_new


WHOLE_VALUES = {"table": "values"}


def digest(edition, *queries):
    digests = store.Answers(edition, DATA).digest_all(queries)
    return [digests[store.name_query(query)] for query in queries]


# --- what is written down -----------------------------------------------------------------------


def test_a_field_is_read_whole(traced, edition, asked):
    pd.testing.assert_frame_equal(traced.values, edition.values)
    assert asked() == [{"table": "values"}]
    assert traced.communes_geojson == edition.communes_geojson
    assert traced.earlier == edition.earlier
    assert asked() == [{"table": "communes_geojson"}, {"table": "earlier"}]
    assert traced.values is edition.values
    assert asked() == [], "the same question is written once"


@pytest.mark.parametrize("name", [*store.FRAMES, *store.NESTED])
def test_no_field_is_read_unseen(traced, asked, name):
    thing = getattr(traced, name)
    list(thing) if name == "texts" else thing  # a text is asked for by its chapter
    assert asked() == [{"table": name}]


def test_rows_are_those_asked_for(traced, edition, asked):
    rows = traced.rows("actions", chapter="air", section="interne")
    assert asked() == [{"table": "actions", "where": {"chapter": "air", "section": "interne"}}]
    all = edition.actions
    kept = all[(all["chapter"] == "air") & (all["section"] == "interne")]
    assert len(rows)
    pd.testing.assert_frame_equal(rows, kept.reset_index(drop=True))
    several = traced.rows("actions", chapter=["air", "suivi"], section="interne")
    assert asked()[0]["where"] == {"chapter": ["air", "suivi"], "section": "interne"}
    pd.testing.assert_frame_equal(several, rows)
    assert traced.rows("actions", chapter="lune").empty
    assert asked() == [{"table": "actions", "where": {"chapter": "lune"}}], "absence is an answer"
    pd.testing.assert_frame_equal(traced.rows("actions"), all)


def test_rows_given_once_are_not_spoilt_for_the_next(edition):
    rows = edition.rows("actions", chapter="air")
    rows["title"] = "autre"
    assert "autre" not in set(edition.rows("actions", chapter="air")["title"])


def test_columns_charts_and_texts_are_asked_for_narrowly(traced, edition, asked):
    pd.testing.assert_frame_equal(
        traced.columns("actions", "partners"), edition.actions[["partners"]]
    )
    assert traced.charts_of("air") == [s for s in edition.charts if s["chapter"] == "air"] != []
    named = traced.charts_naming("arbres-plantes")
    assert named
    assert all("arbres-plantes" in json.dumps(spec) for spec in named)
    assert traced.texts.get("air", {}) == edition.texts["air"]
    assert traced.texts.get("lune", {}) == {}
    assert asked() == [
        {"table": "actions", "columns": ["partners"]},
        {"table": "charts", "where": {"chapter": "air"}},
        {"table": "charts", "where": {"names": "arbres-plantes"}},
        {"table": "texts", "where": {"chapter": "air"}},
        {"table": "texts", "where": {"chapter": "lune"}},
    ]


def test_a_value_is_asked_for_by_its_indicator(traced, edition, asked):
    context = [{"table": "year"}, {"table": "territory"}]
    for modifier in ("", ":precedent", ":evolution", ":N-1", ":par-mois"):
        reference = f"logements-renoves{modifier}"
        assert traced.value(reference) == edition.value(reference)
    catalogue = {"table": "indicators", "where": {"id": "logements-renoves"}}
    assert asked() == [
        *context,
        catalogue,
        {"table": "values", "where": {"indicator": "logements-renoves"}},
    ]
    assert traced.value("arbres-plantes:cible") == edition.value("arbres-plantes:cible")
    assert {"table": "targets", "where": {"indicator": "arbres-plantes"}} in asked()
    read, rows = (one.ledger.rows("arbres-plantes") for one in (traced, edition))
    assert read == [{n: cell for n, cell in row.items() if n != "line"} for row in rows]
    assert traced.catalogue["logements-renoves"] == edition.catalogue["logements-renoves"]
    assert asked() == [], "no more is read than the value's own rows"
    assert traced.unit("m2") == edition.unit("m2")
    assert traced.source_titles == edition.source_titles
    assert asked() == [{"table": "units"}, {"table": "sources"}]


@pytest.mark.parametrize("ask", [lambda row: row["line"], lambda row: row.get("line")])
def test_the_line_of_a_value_is_read_only_where_it_is_asked_for(traced, edition, asked, ask):
    rows = edition.ledger.rows("arbres-plantes")
    read = traced.ledger.rows("arbres-plantes")
    asked()
    assert [ask(row) for row in read] == [row["line"] for row in rows]
    query = {"table": "values", "where": {"indicator": "arbres-plantes"}, "columns": ["line"]}
    assert asked() == [query]
    assert "line" not in traced.rows("values", indicator="arbres-plantes")
    narrow = {"table": "values", "where": {"indicator": "arbres-plantes"}}
    shifted = replace(edition, values=edition.values.assign(line=edition.values["line"] + 1))
    before, after = (digest(one, query, narrow, WHOLE_VALUES) for one in (edition, shifted))
    assert [one == two for one, two in zip(before, after, strict=True)] == [False, True, False]
    with pytest.raises(KeyError):
        read[0]["lune"]


def test_close_matches_are_looked_for_in_the_whole_catalogue(traced, asked):
    with pytest.raises(UnknownReference, match="Vouliez-vous dire"):
        traced.value("arbre-plantes")
    assert {"table": "indicators"} in asked()


def test_notebooks_log_where_the_variable_says(later_dossier, later_edition, tmp_path, monkeypatch):
    """The changes notebook reads files of its own."""
    run_data(later_dossier, later_edition.year, {})
    assert type(store.read_edition(later_edition.year, later_dossier)) is store.Edition
    monkeypatch.setenv("ANALYSIS_DOSSIER", str(later_dossier.root))
    monkeypatch.setenv(READS_VARIABLE, str(tmp_path / "reads"))
    edition = store.read_edition(later_edition.year)
    assert isinstance(edition, TracedEdition)
    read_changes(edition.year)
    queries = store.read_queries(tmp_path / "reads")
    names = ["changes.json", *(f"{n}.csv" for n in ("values", "revised", "programme"))]
    for name in [*names, "definitions.csv"]:
        assert {"file": f"{edition.year}/changes/{name}"} in queries
    assert queries[0] == {"edition": edition.year}

    def digest_all():
        return store.Answers(later_edition, later_dossier).digest_all(queries)

    before = digest_all()
    assert ABSENT not in before.values()
    file = later_dossier.processed_year(edition.year) / "changes" / "revised.csv"
    kept = file.read_bytes()
    file.write_bytes(kept + b"\n")
    changed = [key for key, value in digest_all().items() if value != before[key]]
    file.unlink()
    assert changed == [key for key, value in digest_all().items() if value == ABSENT]
    assert [store.describe_query(key) for key in changed] == [
        f"fichier {edition.year}/changes/revised.csv"
    ]
    file.write_bytes(kept)
    assert digest_all() == before


def test_another_edition_that_is_opened_counts_whole(later_dossier, later_edition):
    year = 2030
    store.write_edition(load_edition(later_dossier, year), later_dossier)

    def digest_it():
        return store.Answers(later_edition, later_dossier).digest_all([{"edition": year}])

    before = digest_it()
    file = later_dossier.processed_year(year) / "actions.csv"
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert digest_it() != before


def test_a_log_cut_short_is_no_log(tmp_path):
    path = tmp_path / "reads"
    path.write_text('{"table": "values"}\n{"table": "act', "utf-8")
    with pytest.raises(ValueError, match="Unterminated"):
        store.read_queries(path)


# --- digests ------------------------------------------------------------------------------------


def change_cell(frame, place, column):
    """The frame with one cell that says something else."""
    cells = frame[column].tolist()
    kind = str(frame[column].dtype)
    cell = cells[place]
    if kind == "str":
        cells[place] = cell + "-autre"
    elif kind == "bool":
        cells[place] = not cell
    elif kind.startswith("datetime"):
        cells[place] = pd.Timestamp(1999, 9, 9) if pd.isna(cell) else cell + pd.Timedelta(days=1)
    else:
        cells[place] = 1 if pd.isna(cell) else cell + 1
    return frame.assign(**{column: pd.Series(cells, dtype=frame[column].dtype, index=frame.index)})


TABLES = [
    ("values", "indicator"), ("comparisons", "indicator"), ("actions", "chapter"),
    ("ratings", "subject"), ("targets", "indicator"), ("planned", "chapter"),
    ("contributions", "action"),
    ("improvements", "chapter"), ("milestones", "action"), ("communes", "insee"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column"), TABLES)
def test_a_digest_changes_when_and_only_when_its_rows_do(edition, table, column):
    chance = random.Random(table)
    frame = getattr(edition, table)
    keys = frame[column].unique().tolist()
    queries = [{"table": table, "where": {column: key}} for key in keys]
    before = digest(edition, *queries)
    assert len(set(before)) == len(keys)
    for _ in range(20):
        place = chance.randrange(len(frame))
        other = chance.choice([name for name in frame.columns if name not in (column, "line")])
        after = digest(replace(edition, **{table: change_cell(frame, place, other)}), *queries)
        key = frame[column].tolist()[place]
        changed = {k for k, one, two in zip(keys, before, after, strict=True) if one != two}
        assert changed == {key}, other


@pytest.mark.parametrize(("table", "column"), TABLES)
def test_a_row_that_leaves_or_comes_changes_its_own_digest(edition, table, column):
    frame = getattr(edition, table)
    keys = frame[column].unique().tolist()
    queries = [{"table": table, "where": {column: key}} for key in [*keys, "nouveau"]]
    queries.append({"table": table, "where": {column: [keys[0], "nouveau"]}})
    before = digest(edition, *queries)
    moved = change_cell(frame, 0, column).assign(
        **{column: ["nouveau", *frame[column].tolist()[1:]]}
    )
    after = digest(replace(edition, **{table: moved}), *queries)
    changed = [one != two for one, two in zip(before, after, strict=True)]
    assert changed == [True, *[False] * (len(keys) - 1), True, moved[column].tolist()[0] != keys[0]]


def test_order_matters_and_the_index_does_not(edition):
    queries = [
        {"table": "values"},
        {"table": "values", "where": {"chapter": "air"}},
        {"table": "values", "columns": ["indicator"]},
    ]
    before = digest(edition, *queries)
    values = edition.values
    again = replace(edition, values=values.set_axis(range(500, 500 + len(values))))
    assert digest(again, *queries) == before
    turned = replace(edition, values=values.iloc[::-1])
    assert all(a != b for a, b in zip(digest(turned, *queries), before, strict=True))
    apart = pd.concat([values[values["chapter"] != "air"], values[values["chapter"] == "air"]])
    assert digest(replace(edition, values=apart), queries[1]) == [before[1]]


def test_columns_and_types_matter(edition):
    whole, narrow = {"table": "actions"}, {"table": "actions", "where": {"chapter": "air"}}
    column = {"table": "actions", "columns": ["partners"]}
    before = digest(edition, whole, narrow, column)
    assert len(set(before)) == 3
    for changed in (
        edition.actions.rename(columns={"summary": "resume"}),
        edition.actions.assign(more=""),
        edition.actions.assign(order=edition.actions["order"].astype("float64")),
    ):
        after = digest(replace(edition, actions=changed), whole, narrow, column)
        assert after[0] != before[0]
        assert after[1] != before[1]
        assert after[2] == before[2]


def test_what_is_not_there_is_said_absent(edition):
    absent = [
        {"table": "lune"},
        {"table": "actions", "where": {"lune": "air"}},
        {"table": "actions", "where": {"lune": ["air"]}},
        {"table": "actions", "columns": ["lune"]},
        {"table": "texts", "where": {"chapter": "lune"}},
        {"file": "2030/changes/lune.csv"},
        {"edition": 1999},
    ]
    assert digest(edition, *absent) == [ABSENT] * len(absent)
    assert ABSENT not in digest(edition, {"table": "actions", "where": {"chapter": "lune"}})


def test_nested_things_have_their_digest(edition):
    queries = [
        {"table": "charts"},
        {"table": "charts", "where": {"chapter": "air"}},
        {"table": "charts", "where": {"chapter": "suivi"}},
        {"table": "charts", "where": {"names": "arbres-plantes"}},
        {"table": "texts", "where": {"chapter": "air"}},
        {"table": "texts", "where": {"chapter": "eau"}},
        {"table": "territory"},
    ]
    before = digest(edition, *queries)
    assert len(set(before)) == len(queries)
    charts = [s | {"note": "autre"} if s["chapter"] == "suivi" else s for s in edition.charts]
    texts = edition.texts | {"eau": {"Enjeu": "Autre."}}
    after = digest(replace(edition, charts=charts, texts=texts), *queries)
    changed = [one != two for one, two in zip(before, after, strict=True)]
    assert changed == [True, False, True, False, False, True, False]


@pytest.mark.slow
def test_digests_are_those_of_another_process_and_of_the_edition_read_back(edition, tmp_path):
    dossier = Dossier(tmp_path)
    dossier.raw.mkdir()
    store.write_edition(edition, dossier)
    queries = [{"table": name} for name in (*store.FRAMES, *store.NESTED)]
    queries += [{"table": "values", "where": {"chapter": "air"}}]
    here = store.Answers(edition, dossier).digest_all(queries)
    code = (
        "import json, sys; from analysis.model import store;"
        "from analysis.base.paths import locate_dossier;"
        "edition = store.read_edition(); edition.actions; edition.rows('values', chapter='air');"
        "answers = store.Answers(edition._edition, locate_dossier());"
        "print(json.dumps(answers.digest_all(json.loads(sys.argv[1]))))"
    )
    log = tmp_path / "reads"
    run = subprocess.run(
        [sys.executable, "-c", code, json.dumps(queries)],
        env=os.environ
        | {"ANALYSIS_DOSSIER": str(tmp_path), READS_VARIABLE: str(log), "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == here
    assert store.read_queries(log) == [
        {"edition": edition.year},
        {"table": "actions"},
        {"table": "values", "where": {"chapter": "air"}},
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            {"table": "values", "where": {"indicator": "arbres-plantes"}},
            "valeurs de l’indicateur arbres-plantes",
        ),
        ({"table": "actions", "where": {"chapter": "climat"}}, "actions du chapitre climat"),
        ({"table": "sources"}, "toute la table sources"),
        (
            {"table": "indicators", "where": {"id": "arbres-plantes"}},
            "définitions de l’indicateur arbres-plantes",
        ),
        (
            {"table": "requests", "where": {"indicator": ["a", "b"]}},
            "demandes des indicateurs a, b",
        ),
        ({"table": "places", "where": {"action": []}}, "lieux des actions (aucun)"),
        (
            {"table": "charts", "where": {"names": "arbres-plantes"}},
            "graphiques qui nomment l’indicateur arbres-plantes",
        ),
        ({"table": "actions", "columns": ["partners"]}, "colonne partners de la table actions"),
        ({"table": "texts", "where": {"chapter": "climat"}}, "textes du chapitre climat"),
        (
            {"table": "planned", "where": {"id": "bus"}},
            "actions à court terme où id vaut bus",
        ),
        (
            {"table": "glossary", "where": {"short": ""}},
            "lignes de la table glossary où short vaut (vide)",
        ),
        ({"file": "2017/changes/values.csv"}, "fichier 2017/changes/values.csv"),
        ({"edition": 2017}, "édition 2017"),
    ],
)  # fmt: skip
def test_a_query_is_said_in_french(query, words):
    assert store.describe_query(store.name_query(query)) == words


# --- the chapters of the published edition ------------------------------------------------------


def compose_blocks(edition, id, kind):
    """Everything that the notebook of a chapter shows."""
    chapter = pages.open_chapter(edition, id, kind)
    yield chapter.title
    drawings = charts.draw_all(edition, charts.list_specs(edition, id))
    yield from chapter_page.compose_stake(chapter, drawings)
    if kind == "finalité":
        yield from chapter_page.compose_actions(chapter, drawings, "politiques")
        yield from chapter_page.compose_actions(chapter, drawings, "interne")
        yield from chapter_page.compose_planned(chapter)
        yield from chapter_page.compose_analysis(chapter)
    else:
        yield from chapter_page.compose_actions(chapter, drawings, "fonctionnements")
        yield from chapter_page.compose_analysis(chapter)
    yield from chapter_page.compose_decisions(chapter)
    yield chapter_page.prose.resolve_prose(edition, chapter.texts.get("Synthèse", ""), "synthese")


def list_shown(edition, id, kind):
    """The blocks as what can be compared: all of a drawing but its two figures."""
    shown = []
    for block in compose_blocks(edition, id, kind):
        if not isinstance(block, Drawing):
            shown.append(block)
            continue
        for part in (f.name for f in fields(block) if f.name not in ("figure", "narrow")):
            cell = getattr(block, part)
            shown.append(cell.to_csv() if isinstance(cell, pd.DataFrame) else cell)
    return shown


#: Three finalities and a chapter of the démarche: the others read as these do.
READ = ("climat", "biodiversite", "production-consommation", "pilotage")


@pytest.fixture(scope="module")
@slow
def readings(published, tmp_path_factory):
    """Chapter → (kind, queries, what is shown); all its charts are drawn."""
    folder = tmp_path_factory.mktemp("reads")
    found = {}
    for row in published.chapters.query("id in @READ").itertuples():
        log = folder / row.id
        shown = list_shown(TracedEdition(published, ReadLog(log)), row.id, row.kind)
        found[row.id] = (row.kind, store.read_queries(log), shown)
    return found


def is_whole(query):
    return "table" in query and not query.get("where") and "columns" not in query


def test_chapters_read_whole_only_what_is_shared_and_small(readings):
    for chapter, (_, queries, _) in readings.items():
        assert {query["table"] for query in queries if is_whole(query)} <= SHARED, chapter
        counted = [query for query in queries if "columns" in query]
        assert {(q["table"], name) for q in counted for name in q["columns"]} <= COUNTED, chapter
        foreign = [
            query
            for query in queries
            if query.get("where", {}).get("chapter", chapter) != chapter or "file" in query
        ]
        assert foreign == [], chapter


#: Fowls handed out: named by the texts of that chapter alone.
OWN_CHAPTER, OWN_INDICATOR = "production-consommation", "foyers-poules-regionales"


def change_value(lines, place):
    lines[place] = lines[place].replace(",150,", ",155,")


def add_value(lines, place):
    """A row at the head of the file: those below it are then one line further."""
    lines.insert(1, lines[place].replace(",,2017,150,", ",,2016,90,"))


@pytest.mark.parametrize("change", [change_value, add_value])
def test_one_observation_touches_its_own_chapter_alone(
    published, readings, dossier_of_data, change
):
    path = dossier_of_data.raw_year(YEAR) / "observations.csv"
    lines = path.read_text("utf-8").splitlines()
    [place] = [n for n, line in enumerate(lines) if line.startswith(f"{OWN_INDICATOR},")]
    change(lines, place)
    path.write_text("\n".join([*lines, ""]), "utf-8")
    changed = load_edition(dossier_of_data, YEAR)
    was, now = (one.rows("values", indicator=OWN_INDICATOR) for one in (published, changed))
    assert not was.equals(now)
    touched = {
        id: digest(published, *queries) != digest(changed, *queries)
        for id, (_, queries, _) in readings.items()
    }
    assert touched == {id: id == OWN_CHAPTER for id in readings}


@pytest.fixture
def dossier_of_data(tmp_path):
    shutil.copytree(DATA.raw, tmp_path / "raw")
    return Dossier(tmp_path)


def find_read(edition, table, queries):
    """Positions of the rows that queries read, and the columns that they read of all rows; None
    where one reads the whole table."""
    places: set[int] = set()
    columns: set[str] = set()
    for query in (q for q in queries if q.get("table") == table):
        if is_whole(query):
            return None
        if query.get("where"):
            places |= set(edition.find_places(table, query["where"]).tolist())
        else:
            columns |= set(query["columns"])
    return places, columns


def spoil_unread(edition, queries):
    """The edition with everything changed that the queries do not read: every cell of the other
    rows; some of these left out, some come anew. Also the number of tables changed."""
    changes = {}
    for table in store.FRAMES:
        frame = getattr(edition, table)
        read = find_read(edition, table, queries)
        if read is None or frame.empty:
            continue
        places, columns = read
        rest = np.array([place not in places for place in range(len(frame))])
        spoilt = frame
        for column in (name for name in frame.columns if name not in columns):
            cells = frame[column]
            spoilt = spoilt.assign(**{column: cells.where(~rest, _spoil_column(cells))})
        if table == "values" and "line" not in columns:
            spoilt = spoilt.assign(line=frame["line"] + 1)  # of the rows read too
        if not columns:  # a count of all rows is read with them
            unread = spoilt[rest]
            spoilt = pd.concat([unread.iloc[1:3], spoilt.drop(index=unread.index[:1])])
        spoilt = spoilt.astype(frame.dtypes).reset_index(drop=True)
        if not spoilt.equals(frame):
            changes[table] = spoilt
    return replace(edition, **changes, **_spoil_nested(edition, queries)), len(changes)


def _spoil_column(cells):
    kind = str(cells.dtype)
    if kind == "str":
        return cells + "-autre"
    if kind == "bool":
        return ~cells
    if kind.startswith("datetime"):
        return (cells + pd.Timedelta(days=400)).fillna(pd.Timestamp(1999, 9, 9)).astype(kind)
    return (cells * 3 + 7).fillna(1).astype(kind)


def _spoil_nested(edition, queries):
    """Charts and texts of which nothing was asked, and all else that was not."""
    wheres = {
        table: [q["where"] for q in queries if q.get("table") == table and q.get("where")]
        for table in ("charts", "texts")
    }
    read = [
        spec
        for where in wheres["charts"]
        for spec in (
            edition.charts_naming(where["names"])
            if "names" in where
            else edition.charts_of(where["chapter"])
        )
    ]
    charts = [spec if spec in read else {"id": "x", "chapter": "lune"} for spec in edition.charts]
    kept = {where["chapter"] for where in wheres["texts"]}
    texts = {id: text if id in kept else {"Enjeu": "Autre."} for id, text in edition.texts.items()}
    drawn = {"table": "communes_geojson"} in queries
    outlines = edition.communes_geojson if drawn else {}
    return {"charts": charts, "texts": texts, "communes_geojson": outlines}


def test_a_chapter_shows_the_same_whatever_becomes_of_what_it_did_not_read(published, readings):
    for chapter, (kind, queries, shown) in readings.items():
        spoilt, count = spoil_unread(published, queries)
        assert count > 15
        assert digest(spoilt, *queries) == digest(published, *queries), chapter
        assert list_shown(spoilt, chapter, kind) == shown, chapter


def test_what_a_chapter_did_read_shows(published, readings):
    """The test above would see a read that is not written down: were the queries of a table left
    out of the log, the chapter would become another or stop."""
    chapter = "biodiversite"
    kind, queries, shown = readings[chapter]
    for table in (
        "values",
        "actions",
        "targets",
        "milestones",
        "improvements",
        "charts",
    ):
        rest = [query for query in queries if query.get("table") != table]
        spoilt, _ = spoil_unread(published, rest)
        try:
            again = list_shown(spoilt, chapter, kind)
        except (LookupError, ValueError):
            continue  # a row that is not there at all
        assert again != shown, table
