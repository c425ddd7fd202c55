"""A quick test starts no program and no process: what ``make quick`` runs stays quick."""

import subprocess
import sys
from multiprocessing import Process, get_context

import pytest


def run_program():
    subprocess.run([sys.executable, "--version"])


def start_process():
    get_context("spawn").Process(target=print).start()


def start_server():
    from multiprocessing import forkserver

    forkserver.ForkServer().ensure_running()


@pytest.mark.parametrize("start", [run_program, start_process, start_server])
def test_a_quick_test_that_starts_a_process_fails(start):
    with pytest.raises(pytest.fail.Exception, match="marked slow"):
        start()


@pytest.mark.slow
def test_a_slow_one_may():
    process = Process(target=print)
    process.start()
    process.join()
    assert process.exitcode == 0


def test_a_test_that_uses_a_slow_fixture_is_slow(request):
    """Directly or not: the book's files come from the folder in which it is built."""
    slow = {item.name for item in request.session.items if item.get_closest_marker("slow")}
    others = {item.name for item in request.session.items if item.name not in slow}
    assert request.node.name in others
    for item in request.session.items:
        if {"published_report", "example_dossier", "browser"} & set(item.fixturenames):
            assert item.get_closest_marker("slow"), item.nodeid
