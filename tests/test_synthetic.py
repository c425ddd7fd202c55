"""The generator of made-up territories: valid, marked as made up, the same for the same seed."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from synthetic import CannotFill, compose, make_dossier, make_dossiers
from synthetic.__main__ import main, read_years
from synthetic.draft import Draft

from analysis.base.paths import PROJECT
from analysis.base.rawfiles import is_review_file
from analysis.compute.audit import CONFORM
from analysis.compute.audit.printed_figures import DISCREPANCY, EXACT, ROUNDED, find_unexplained
from analysis.compute.indicators import load_edition
from analysis.model.schema import COLUMNS, TABLES, Column, InvalidDossier, Table

SMALL = 0.05
#: No control of a made-up dossier alerts, so that no row of the register explains one.
NEVER_FILLED = {
    "discrepancies.control",
    *("sources.published", "sources.sha256"),  # its reports are no documents
}


def read_files(dossier):
    return {
        path.relative_to(dossier.raw).as_posix(): path.read_bytes()
        for path in sorted(dossier.raw.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small territory with two editions."""
    return make_dossier(
        tmp_path_factory.mktemp("petit") / "a", seed=42, years=(2029, 2030), size=SMALL
    )


@pytest.fixture(scope="module")
def small_edition(small):
    return load_edition(small, 2030)


# --- valid, whatever the seed ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "size", "years"),
    [
        (0, 0.001, (2029,)),
        (3, SMALL, (2016, 2018, 2019)),
        (1234, 0.3, (2029, 2030)),
        (42, 1.0, (2029,)),
    ],
)
def test_every_edition_is_valid_and_nothing_in_it_is_wrong(tmp_path, seed, size, years):
    from analysis.show.charts import check_specs

    dossier = make_dossier(tmp_path, seed=seed, size=size, years=years)
    for year in years:
        edition = load_edition(dossier, year)  # reads and validates: raises on any fault
        assert edition.values["value"].notna().all()
        verdicts = edition.checks.set_index("id")["verdict"]
        assert set(verdicts) <= {EXACT, ROUNDED, DISCREPANCY}
        assert (verdicts == DISCREPANCY).sum() == 1  # the one that is wrong on purpose
        assert find_unexplained(edition) == []
        assert set(edition.controls["verdict"]) == {CONFORM}
        assert check_specs(edition.charts, edition) == []


def test_a_wrong_value_would_be_found(tmp_path):
    """What the test above rests on: the printed figures are set against the project's formulas."""
    dossier = make_dossier(tmp_path, seed=42, size=SMALL)
    path = dossier.raw / "2029" / "statements.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    right = next(row for row in rows if not row["note"])
    right["printed_value"] = str(float(right["printed_value"]) + 2 * float(right["precision"]))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert find_unexplained(load_edition(dossier, 2029)) == [right["id"]]


def test_a_full_one_is_as_large_as_a_real_one():
    def count(name, rows):
        with (PROJECT / "data" / "raw" / name).open(encoding="utf-8") as stream:
            real = len(list(csv.DictReader(stream)))
        return len(rows) / real

    draft = compose(seed=1, years=(2029,))
    for name in ("actions", "observations", "ratings", "statements", "milestones", "improvements"):
        assert 0.7 < count(f"2017/{name}.csv", draft.rows[name, 2029]) < 1.6, name
    for name in ("indicators", "communes", "services", "glossary"):
        assert 0.7 < count(f"reference/{name}.csv", draft.rows[name, None]) < 1.6, name


def test_size_scales_it():
    small, half, full = (
        sum(map(len, compose(seed=1, size=size).rows.values())) for size in (SMALL, 0.5, 1)
    )
    assert small < half < full


# --- the schema -----------------------------------------------------------------------------------


#: Tables of what an edition is made of: nobody reviewed a made-up one.
DATA = [table for table in TABLES.values() if not is_review_file(table.file(2030))]


def test_every_table_is_there_and_filled(small):
    for table in DATA:
        for year in (2029, 2030) if table.place == "year" else (None,):
            path = small.raw / table.file(year)
            assert path.is_file() or table.optional, path
            if not table.optional:
                assert len(path.read_text("utf-8").splitlines()) > 1, path
    # Optional tables too, once there is an edition before.
    missing = [t.name for t in DATA if not (small.raw / t.file(2030)).is_file()]
    assert missing == []


def test_every_column_is_filled_somewhere():
    filled = set()
    for seed in range(4):
        for (name, _), rows in compose(seed=seed, years=(2029, 2030), size=0.3).rows.items():
            filled |= {f"{name}.{column}" for row in rows for column, cell in row.items() if cell}
    known = {f"{table.name}.{column}" for table in DATA for column in table.header}
    assert known - filled == NEVER_FILLED


def extend(table, *columns):
    return Table(table.name, table.place, (*table.columns, *columns), table.key)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (Column("extra", "ajout", required=True), "Inventé (ajout) 1"),
        (Column("extra", "ajout", "number", required=True, minimum=5), "6"),
        (Column("extra", "ajout", "date", required=True), "2001-01-02"),
        (Column("extra", "ajout", required=True, codes=("seul",)), "seul"),
        (Column("extra", "ajout", required=True, refers=("finalities.id",)), None),
        (Column("extra", "ajout"), ""),
    ],
)
def test_a_new_column_is_filled_by_its_kind(monkeypatch, column, cell):
    monkeypatch.setitem(TABLES, "actions", extend(TABLES["actions"], column))
    draft = compose(seed=1, size=SMALL)
    found = draft.rows["actions", 2029][0]["extra"]
    assert found == cell if cell is not None else found in draft.find_codes("finalities.id")


@pytest.mark.parametrize(
    "column",
    [
        Column("extra", "ajout", required=True, pattern=r"[αβγ]{3}"),
        Column("extra", "ajout", kind="colour", required=True),
        Column("extra", "ajout", required=True, refers=("requests.service",)),
    ],
)
def test_a_new_column_that_nothing_can_make_up_is_an_error(monkeypatch, column):
    monkeypatch.setitem(TABLES, "actions", extend(TABLES["actions"], column))
    with pytest.raises(CannotFill, match=r"actions\.extra"):
        compose(seed=1, size=SMALL)


def test_a_column_that_the_schema_no_longer_has_is_an_error(monkeypatch):
    table = TABLES["gaps"]
    fewer = tuple(column for column in table.columns if column.name != "description")
    monkeypatch.setitem(TABLES, "gaps", Table(table.name, table.place, fewer, table.key))
    with pytest.raises(CannotFill, match="description"):
        compose(seed=1, size=SMALL)


def test_a_new_table_is_filled_from_its_columns_alone(monkeypatch):
    columns = (COLUMNS["id"], COLUMNS["finality"], COLUMNS["letter"], COLUMNS["due"])
    monkeypatch.setitem(TABLES, "novelties", Table("novelties", "year", columns, ("id",)))
    draft = compose(seed=1, size=SMALL)
    lines = dict(draft.list_files())["2029/novelties.csv"].splitlines()
    assert lines[0] == "id,finality,letter,due"
    assert len(lines) == len(set(lines)) > 1
    assert lines[1].split(",")[1] in draft.find_codes("finalities.id")


# --- made up, and said to be ----------------------------------------------------------------------


def test_it_says_everywhere_that_it_is_made_up(small, small_edition):
    assert small_edition.territory["name"] == "Territoire inventé 0042"
    assert "inventé" in small_edition.territory["full_name"]
    titles = small_edition.sources["title"]
    assert titles.str.startswith("Données inventées pour les tests (graine 42)").all()
    notice = (small.raw / "LISEZMOI.txt").read_text("utf-8")
    assert "n’existe pas" in notice
    assert "graine 42" in notice
    for body in small_edition.texts.values():
        assert not body.get("Enjeu") or "inventé" in body["Enjeu"]


def test_no_commune_is_a_real_one(small):
    outlines = json.loads((small.reference / "communes.geojson").read_text("utf-8"))
    real = (PROJECT / "data/raw/reference/communes.csv").read_text("utf-8")
    for area in outlines["features"]:
        assert area["properties"]["code"].startswith("99")  # no French commune: born abroad
        assert area["properties"]["nom"] not in real


# --- the same, and not the same -------------------------------------------------------------------


def test_same_seed_same_bytes(tmp_path, small):
    again = make_dossier(tmp_path / "b", seed=42, years=(2030, 2029), size=SMALL)
    assert read_files(again) == read_files(small)


@pytest.mark.slow
def test_same_bytes_in_another_process(tmp_path, small):
    """Nothing hangs on the order of sets, which each process shuffles."""
    command = [sys.executable, "-m", "synthetic", str(tmp_path), "--seed", "42"]
    options = ["--years", "2029-2030", "--size", str(SMALL)]
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run(
        [*command, *options], check=True, capture_output=True, cwd=PROJECT / "tests",
        env=environment,
    )  # fmt: skip
    made = tmp_path / "territoire-0042" / "raw"
    assert {name: (made / name).read_bytes() for name in read_files(small)} == read_files(small)


def test_other_seed_other_numbers():
    def list_values(seed):
        draft = compose(seed=seed, size=SMALL)
        return {row["value"] for row in draft.rows["observations", 2029] if len(row["value"]) > 2}

    one, other = list_values(1), list_values(2)
    assert len(one & other) < len(one) / 4


def test_editions_share_the_reference_and_differ_in_their_values(small):
    files = read_files(small)
    assert files["2029/observations.csv"] != files["2030/observations.csv"]
    first, second = (load_edition(small, year) for year in (2029, 2030))
    assert list(first.indicators["id"]) == list(second.indicators["id"])
    assert first.value("depenses-totales").value != second.value("depenses-totales").value
    assert second.earlier == 2029
    assert len(second.followups)
    assert len(second.revisions)


def test_an_edition_does_not_depend_on_later_ones(tmp_path, small):
    alone = read_files(make_dossier(tmp_path / "seul", seed=42, years=(2029,), size=SMALL))
    both = read_files(small)
    own = [name for name in alone if name.startswith("2029/")]
    assert own
    assert {name: alone[name] for name in own} == {name: both[name] for name in own}


# --- what the notebooks find ----------------------------------------------------------------------


def test_the_plan_has_the_eight_chapters(small_edition):
    from analysis.execute import plan_jobs
    from analysis.execute.jobs import AFTER, BEFORE

    names = [job.name for job in plan_jobs(small_edition) if not job.part_of]
    chapters = small_edition.chapters["id"]
    calculations = [f"calculs-{name}" for name in ("portrait", *chapters)]
    assert names[:4] == ["front", "summary", "changes", "portrait"]
    assert names[4:] == [*chapters, "digital", *BEFORE, *calculations, *AFTER]
    assert len(small_edition.chapters) == 8


def test_every_chapter_has_a_chart_and_every_kind_is_drawn(small_edition):
    from analysis.show.charts import KINDS, draw_chart, list_specs

    kinds = {}
    for chapter in small_edition.chapters["id"]:
        specs = list_specs(small_edition, chapter)
        assert specs, chapter
        kinds |= {spec["kind"]: spec for spec in specs}
    assert set(kinds) == set(KINDS)
    for spec in kinds.values():
        assert draw_chart(small_edition, spec).figure is not None


def test_every_chapter_has_values_and_actions(small_edition):
    values = small_edition.values
    for chapter in small_edition.chapters.itertuples():
        rows = small_edition.actions[small_edition.actions["chapter"] == chapter.id]
        assert len(rows), chapter.id
        if chapter.kind == "finalité":
            assert (values["chapter"] == chapter.id).any(), chapter.id
            assert set(rows["section"]) == {"politiques", "interne"}


# --- asked for wrongly, and from the command line -------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"size": 0}, {"size": 1.5}, {"years": ()}, {"seed": -1}], ids=str
)
def test_refuses_what_makes_no_sense(tmp_path, wrong):
    with pytest.raises(ValueError):  # noqa: PT011 (the message differs)
        make_dossier(tmp_path / "d", **({"seed": 1} | wrong))
    assert not (tmp_path / "d").exists()


def test_never_writes_over_a_folder(tmp_path):
    (tmp_path / "raw").mkdir()
    with pytest.raises(FileExistsError, match="n’est pas vide"):
        make_dossier(tmp_path, seed=1, size=SMALL)


def test_many_dossiers_have_successive_seeds(tmp_path):
    made = make_dossiers(tmp_path, count=3, seed=7, size=SMALL)
    assert [one.root.name for one in made] == [f"territoire-{n:04d}" for n in (7, 8, 9)]
    assert len({read_files(one)["2029/observations.csv"] for one in made}) == 3


def test_command_line(tmp_path, capsys):
    options = [str(tmp_path), "--count", "2", "--years", "2029-2030", "--size", str(SMALL)]
    assert main(options) == 0
    assert "Territoires inventés : 2" in capsys.readouterr().out
    assert (tmp_path / "territoire-0002" / "raw" / "2030" / "actions.csv").is_file()
    assert main(options) == 2
    assert "n’est pas vide" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "years"),
    [("2029", (2029,)), ("2029-2031", (2029, 2030, 2031)), ("2031,2029", (2029, 2031))],
)
def test_years_are_read(text, years):
    assert read_years(text) == years


def test_a_spoilt_dossier_is_not_valid(tmp_path):
    """That the tables are read at all: an unknown unit is found."""
    dossier = make_dossier(tmp_path, seed=1, size=SMALL)
    path = dossier.raw / "2029" / "observations.csv"
    path.write_text(path.read_text("utf-8").replace(",commune,", ",comune,"), "utf-8")
    with pytest.raises(InvalidDossier, match="comune"):
        load_edition(dossier, 2029)


def test_a_draft_scales_but_never_to_nothing():
    assert Draft(1, (2029,), 0.001).scale(40) == 1
    assert Draft(1, (2029,), 1.0).scale(40) == 40
