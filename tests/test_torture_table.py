"""The table of docs/solidite.md says what ``make torture`` tries."""

import collections
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torture_table

from analysis.base.paths import PROJECT

LIST = """
import sys, pytest
class Found:
    def pytest_collection_finish(self, session):
        for item in session.items:
            print("attaque", *item.get_closest_marker("torture").args, sep=" | ")
sys.exit(pytest.main(["--collect-only", "-m", "torture"], [Found()]))
"""


@pytest.mark.slow
def test_table_has_the_attacks_of_the_tests():
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        [sys.executable, "-c", LIST], cwd=PROJECT, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    marks = [
        tuple(line.split(" | ")[1:])
        for line in done.stdout.splitlines()
        if line.startswith("attaque | ")
    ]
    assert marks, done.stdout + done.stderr
    wrong = {outcome for *_, outcome in marks} - set(torture_table.OUTCOMES)
    assert wrong == set()
    tried = collections.Counter((group, attempt) for group, attempt, _ in marks)
    outcomes = {(group, attempt): outcome for group, attempt, outcome in marks}
    said = torture_table.read_rows()
    assert {key: count for key, (count, _) in said.items()} == dict(tried), "make torture"
    for key, (_, result) in said.items():
        assert result.split(",")[0] == outcomes[key]


def report(outcome, attack=("Écritures", "coupure", "réparé"), **more):
    properties = [("torture", list(attack))] if attack else []
    return SimpleNamespace(outcome=outcome, when="call", user_properties=properties, **more)


def test_rows_count_what_was_tried():
    left = report("skipped", ("Machines", "disque", "laissé"), wasxfail="no room")
    reports = [report("passed"), report("failed"), report("skipped"), left, report("passed", None)]
    rows = torture_table.count(reports)
    assert rows == {
        ("Écritures", "coupure", "réparé"): [3, 1, 1],
        ("Machines", "disque", "laissé"): [1, 0, 0],
    }
    table = torture_table.write_table(rows)
    assert "| Écritures | coupure | 3 | **ne tient pas** (1 sur 3) |" in table
    assert "| Machines | disque | 1 | laissé |" in table
    assert "En tout : 4 essais : 0 survécus, 3 réparés, 1 laissés." in table
