"""Which tests go through which function, fixtures of a session or a module included.

mutmut notes a function for the test during which it ran: of a fixture that several tests share,
only the first of them. Here each of them is noted.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.utils.file_utils import change_cwd

#: Modules whose results are kept in memory.
READERS = ("analysis.model.schema", "analysis.compute.dossier")


class _Associations:
    """A pytest plugin: notes what each fixture ran, and credits every test that uses it."""

    def __init__(self) -> None:
        self._by_fixture: dict[str, set[str]] = defaultdict(set)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        _forget_cached()  # else only the first test that fills a cache goes through its function

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef) -> Iterator[None]:
        before = set(state()._stats)
        state()._stats.clear()
        try:
            return (yield)
        finally:
            ran = set(state()._stats)
            self._by_fixture[fixturedef.argname] |= ran
            state()._stats.update(before)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        state().duration_by_test[nodeid] = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        ran = set(state()._stats).union(
            *(self._by_fixture[name] for name in getattr(item, "fixturenames", ()))
        )
        for function in ran:
            state().tests_by_mangled_function_name[function].add(item.nodeid)
        state()._stats.clear()

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> None:
        state().duration_by_test[item.nodeid] += call.duration


def _run_stats(runner: PytestRunner, *, tests: list[str]) -> int:
    with change_cwd("mutants"):
        arguments = runner._pytest_args_regular_run(tests)
        return int(runner.execute_pytest(arguments, plugins=[_Associations()]))


def _forget_cached() -> None:
    """Empty what was read and kept before the fork: the spoilt code must do it again."""
    from analysis.compute.dossier import typed_tables

    typed_tables._READ.clear()
    for name, module in list(sys.modules.items()):
        if name.startswith("analysis.model.schema"):
            for cached in vars(module).values():
                getattr(cached, "cache_clear", int)()


def associate_fixtures() -> None:
    """Have mutmut note them so, and run what may be kept in memory anew."""
    run_tests = PytestRunner.run_tests

    def run_anew(runner: PytestRunner, *, mutant_name: str | None, tests: list[str]) -> int:
        if mutant_name and mutant_name.startswith(READERS):
            _forget_cached()
        return run_tests(runner, mutant_name=mutant_name, tests=tests)

    PytestRunner.run_stats = _run_stats
    PytestRunner.run_tests = run_anew
