"""The benchmark's arithmetic on made-up measures, and its programs on the made-up dossier. No time
is asserted."""

import csv
import os
import shutil
import sys

import pytest
from conftest import MADE_UP, MADE_UP_YEAR
from preview_example import copy_project

from analysis.base.paths import PROJECT, Dossier
from analysis.run.edition_data import load_edition
from analysis.words.french import NARROW
from tests.bench.__main__ import parse_arguments
from tests.bench.rounds import HEADERS, compare_ways, compute_rows, describe_rows, turn
from tests.bench.saving import KINDS, find_chapter
from tests.bench.scale import HEADERS as SCALE_HEADERS
from tests.bench.scale import (
    Campaign,
    describe_campaigns,
    extrapolate,
    measure_scale,
    say_duration,
)
from tests.bench.spending import ProgramFailed, Spent, Watch, run_program
from tests.bench.subject import Subject, change_observation
from tests.bench.ways import (
    BOOK,
    COMMAND_LINE,
    FLOOR,
    NOTEBOOKS,
    PREVIEW,
    WHOLE_BOOK,
    Way,
    list_ways,
)


def make_way(name, group=NOTEBOOKS, seconds=1.0, absent=""):
    return Way(name, f"façon {name}", group, lambda subject: Spent(seconds, 2 * seconds), absent)


WAYS = [
    make_way(COMMAND_LINE),
    make_way("autre"),
    make_way(FLOOR),
    make_way(WHOLE_BOOK, BOOK),
    make_way("pdf", BOOK),
    make_way("ailleurs", BOOK, absent="Quarto absent"),
    make_way("texte", PREVIEW),
]
MEASURED = {
    COMMAND_LINE: [Spent(40, 30), Spent(60, 31), Spent(44, 32)],
    "autre": [Spent(8, 9), Spent(11, 12), Spent(100, 15, "deux étapes")],
    FLOOR: [Spent(10, 20), Spent(8, 20), Spent(8, 20)],
    WHOLE_BOOK: [Spent(4, 6)],
    "pdf": [Spent(3, 4)],
    "texte": [Spent(2, 3)],
}


class TestTable:
    def test_medians_and_ratios(self):
        rows = {row.way.name: row for row in compute_rows(WAYS, MEASURED)}
        other = rows["autre"]
        assert (other.measures, other.median, other.least, other.most) == (3, 11, 8, 100)
        assert other.cpu == 12
        assert other.to_floor == pytest.approx(11 / 8)
        assert other.faster == pytest.approx(44 / 11)
        assert other.said == "deux étapes"
        assert rows[FLOOR].to_floor == 1
        assert rows[COMMAND_LINE].faster == 1
        assert rows["pdf"].to_whole == pytest.approx(0.75)
        assert rows["pdf"].to_floor is None
        text = rows["texte"]
        assert (text.median, text.to_floor, text.faster, text.to_whole) == (2, None, None, None)

    def test_what_is_absent_is_said(self):
        last = compute_rows(WAYS, MEASURED)[-2]
        assert (last.measures, last.median, last.said) == (0, None, "Quarto absent")

    def test_no_ratio_to_what_was_not_measured(self):
        (row,) = compute_rows([make_way("autre")], {"autre": [Spent(8, 9)]})
        assert (row.to_floor, row.faster) == (None, None)

    def test_in_french(self):
        text = describe_rows(compute_rows(WAYS, MEASURED))
        line = next(line for line in text.splitlines() if line.startswith("façon autre"))
        assert line.split()[-6:] == ["11,00", "8,00", "100,00", "12,00", "1,38", "4,00"]
        assert "façon ailleurs (Quarto absent)" in text
        assert "Aperçu" in text

    def test_each_way_once_a_round_in_another_order(self):
        orders = [turn(WAYS, number) for number in range(5)]
        assert all(sorted(map(id, order)) == sorted(map(id, WAYS)) for order in orders)
        assert len({tuple(map(id, order)) for order in orders}) == 5
        assert turn([], 3) == []

    def test_csv_is_written_after_each_round(self, tmp_path):
        target, seen = tmp_path / "build" / "bench.csv", []

        def look(text):
            if text.startswith("Tour"):
                seen.append(target.is_file())

        compare_ways(WAYS, None, 2, target, look)
        assert seen == [False, True]
        with target.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == HEADERS
        assert [row["facon"] for row in rows] == [way.name for way in WAYS]
        assert rows[0]["mesures"] == "2"
        assert rows[0]["mediane_s"] == "1.000"
        assert rows[0]["rapport_au_plancher"] == "1.000"
        assert rows[-2]["mediane_s"] == ""
        assert rows[-2]["remarque"] == "Quarto absent"
        assert [path.name for path in target.parent.iterdir()] == ["bench.csv"]


class TestScale:
    TEN = Campaign(
        count=10, cores=2, seconds=150, cpu=264, parent=34e6, whole=9e8, disk=14e6, load=1.0
    )
    ONE = Campaign(
        count=1, cores=2, seconds=30, cpu=28, parent=33e6, whole=5e8, disk=14e6, load=1.0
    )

    def test_a_territory_alone_occupies_one_core(self):
        assert self.ONE.core_seconds == 30
        assert self.TEN.core_seconds == 30

    def test_whole_country(self):
        assert extrapolate(30, 1, territories=2, years=3) == 180
        assert extrapolate(30, 2) == 1254 * 5 * 15
        assert extrapolate(30, 64) * 32 == extrapolate(30, 2)

    @pytest.mark.parametrize(
        ("seconds", "said"),
        [
            (29, "0 min"),
            (3599, "1 h 00 min"),
            (3661, "1 h 01 min"),
            (86_400, "1 jour 0 h"),
            (2 * 86_400 + 3 * 3600 + 60, "2 jours 3 h"),
        ],
    )
    def test_durations(self, seconds, said):
        assert say_duration(seconds) == said

    def test_said_from_the_largest(self):
        text = describe_campaigns([self.TEN, self.ONE])
        assert (
            f"1{NARROW}254 intercommunalités × 5 années, extrapolé d’après 10 territoires" in text
        )
        assert "   2 cœurs : 1 jour 2 h (22 h 59 min)" in text
        assert "  16 cœurs : 3 h 16 min" in text
        assert "  disque : 88 Go" in text

    def test_csv(self, tmp_path, monkeypatch):
        made = {1: self.ONE, 10: self.TEN}
        monkeypatch.setattr(
            "tests.bench.scale.measure_campaign", lambda folder, count, workers: made[count]
        )
        target = tmp_path / "echelle.csv"
        assert measure_scale((1, 10), target, lambda text: None) == [self.ONE, self.TEN]
        with target.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == SCALE_HEADERS
        assert rows[1]["coeur_secondes_par_territoire"] == "30.000"
        assert rows[1]["memoire_parent_mo"] == "34.000"


@pytest.mark.slow
class TestSpending:
    def test_a_program_that_works_and_its_children(self):
        child = "sum(i * i for i in range(3_000_000))"
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
        code += "; print('fini')"
        spent = run_program([sys.executable, "-c", code], folder=PROJECT)
        assert spent.said == "fini\n"
        assert spent.cpu > 0
        assert spent.seconds > 0

    def test_what_failed_is_said(self):
        with pytest.raises(ProgramFailed, match="raté"):
            run_program([sys.executable, "-c", "raise SystemExit('raté')"], folder=PROJECT)

    def test_memory_of_the_program_and_of_all(self):
        child = "import time; x = bytearray(60_000_000); time.sleep(1.5)"
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
        watch = Watch(every=0.05)
        run_program([sys.executable, "-c", code], folder=PROJECT, watch=watch)
        assert 0 < watch.parent < 60_000_000 < watch.whole


def test_one_observation_changes_and_changes_back(dossier_copy):
    path = dossier_copy.raw_year(MADE_UP_YEAR) / "observations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        before = list(csv.reader(file))
    name = change_observation(dossier_copy, MADE_UP_YEAR)
    with path.open(encoding="utf-8", newline="") as file:
        after = list(csv.reader(file))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][0][0] == name
    assert change_observation(dossier_copy, MADE_UP_YEAR) == name
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == before


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_preview_is_measured_on_changes_one_file_and_stays_right(kind, tmp_path):
    project = copy_project(tmp_path / "projet", MADE_UP)
    dossier = Dossier(project / "data")
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    chapter = find_chapter(Subject(MADE_UP_YEAR, dossier, dossier, dossier, dossier))
    change_observation(dossier, MADE_UP_YEAR)  # back
    KINDS[kind][1](project, MADE_UP_YEAR, chapter)
    assert len([path for path, content in before.items() if path.read_bytes() != content]) == 1
    load_edition(dossier, MADE_UP_YEAR)


def test_ways_have_names_of_their_own_and_what_they_are_held_against():
    names = [way.name for way in list_ways()]
    assert len(set(names)) == len(names)
    assert {FLOOR, COMMAND_LINE, WHOLE_BOOK} <= set(names)


def test_options():
    options = parse_arguments(["--rounds", "3", "--only", FLOOR, "a-froid"])
    assert (options.rounds, options.only) == (3, [FLOOR, "a-froid"])
    assert parse_arguments(["scale", "--counts", "30,1"]).counts == (1, 30)
    for wrong in (["--only", "ailleurs"], ["--rounds", "0"], ["scale", "--counts", "0,1"]):
        with pytest.raises(SystemExit):
            parse_arguments(wrong)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the floor forks")
def test_floor_and_unchanged_report_of_the_made_up_dossier(made_up_report, tmp_path):
    """The real programs, from end to end."""
    copy = Dossier(shutil.copytree(made_up_report.root, tmp_path / "invente"))
    subject = Subject(MADE_UP_YEAR, executed=copy, finished=copy, changed=copy, reported=copy)
    ways = [way for way in list_ways() if way.name in ("inchange", FLOOR)]
    rows = compare_ways(ways, subject, 1, tmp_path / "bench.csv", print)
    assert [row.median > 0 for row in rows] == [True, True]
    assert [row.to_floor == 1 for row in rows] == [False, True]
