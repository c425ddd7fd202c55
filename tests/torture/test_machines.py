"""Ordinary machines that refuse: no room, no right, no letters, and signals that end a run."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from types import SimpleNamespace

import pytest
from pebble import ProcessExpired

from analysis.__main__ import main
from analysis.base import output_streams, run_process
from analysis.base.paths import PROJECT
from analysis.base.refusals import ROOM, find_refusal, tell_refusal
from analysis.execute import Failure, Job, Outcome
from analysis.publish import BookError
from analysis.run.arguments import COMMANDS
from analysis.run.chapters import explain_failure, refuse_machine

full = pytest.mark.torture(
    "Machines", "disque plein, quota, lecture seule : dit une fois, où et combien", "réparé"
)


def refuse(number, *more):
    return OSError(number, os.strerror(number), *more)


WRITTEN = {
    "pandoc": "withBinaryFile: resource exhausted (No space left on device)",
    "typst": "failed to write file (No space left on device (os error 28))",
    "cellule": "[Errno 28] No space left on device: '/donnees/figure.svg'",
    "fils": "can't start new thread",
}


class TestWhatTheMachineRefuses:
    @full
    @pytest.mark.parametrize("command", sorted({*COMMANDS} - {"editions"}))
    def test_every_command_says_it_in_one_sentence(
        self, dossier_copy, command, capsys, monkeypatch
    ):
        """Wherever it was met: here before anything else, without a file's name."""

        def fail(*_):
            raise refuse(errno.ENOSPC)

        monkeypatch.setitem(COMMANDS, command, (fail, COMMANDS[command][1]))
        typed = {
            "campaign": ["x"],
            "collect": ["--from", "x"],
            "refresh-france": ["--from", "x"],
            "new-year": ["--year", "2031"],
            "new-territory": ["--year", "2031"],
            "prune": ["--remove", "x"],
            **{name: ["x"] for name in ("why", "trace", "compare")},
            "document": ["x", "--id", "x"],
            "accounts": ["x"],
        }
        apart = ("campaign", "portraits", "refresh-france", "new-territory")
        where = [] if command in apart else ["--dossier", str(dossier_copy.root)]
        assert main([command, *typed.get(command, ()), *where]) == 1
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert "Écriture impossible dans " in told
        assert "il n’y a plus de place sur le disque (" in told
        assert f"Mo libres). Une production demande jusqu’à {ROOM} Mo" in told

    @full
    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
    def test_the_folder_of_a_named_file(self, tmp_path, number):
        told = tell_refusal(refuse(number, str(tmp_path / "absent" / "livre.pdf")))
        assert told.startswith(f"Écriture impossible dans {tmp_path} : ")
        assert (f"{ROOM} Mo" in told) == (number != errno.EROFS)

    @pytest.mark.torture("Machines", "chemin plus long que le système n’en admet", "réparé")
    @pytest.mark.parametrize("system", ["posix", "nt"])
    def test_a_path_too_long_is_said_with_its_length(self, monkeypatch, system):
        """Windows, as it comes, says of such a path that the file is not there."""
        path = "/" + "d" * 259
        number = errno.ENAMETOOLONG if system == "posix" else errno.ENOENT
        kind = type(refuse(number, path))
        monkeypatch.setattr("analysis.base.refusals.os.name", system)
        told = tell_refusal(kind(number, "x", path))
        assert told.startswith("Chemin trop long pour ce système, de 260 caractères : ")
        assert told.endswith(f"la même commande ({path})")
        if system == "nt":
            short = kind(number, "x", path[:-1])
            assert tell_refusal(short).startswith("Lecture ou écriture impossible (")
            short.winerror = 206  # a folder, whose path is to be shorter
            assert tell_refusal(short).startswith("Chemin trop long pour ce système, de 259 ")
        else:
            found = find_refusal(f"OSError: [Errno {number}] File name too long: '{path}'")
            assert (found.errno, found.filename) == (number, path)

    @pytest.mark.torture("Machines", "dossier donné par un lien qui mène à lui-même", "réparé")
    def test_a_dossier_that_is_a_link_to_itself_is_not_found(self, tmp_path, capsys):
        (tmp_path / "boucle").symlink_to("boucle")
        for arguments in (["editions", "--dossier"], ["campaign", "--data-only"]):
            assert main([*arguments, str(tmp_path / "boucle")]) == 1
            assert capsys.readouterr().err.startswith("Dossier introuvable : ")

    @pytest.mark.torture("Machines", "horloge jamais réglée (1970)", "réparé")
    @pytest.mark.parametrize(("year", "refused"), [(1970, True), (1979, True), (1980, False)])
    def test_a_clock_that_was_never_set(self, monkeypatch, capsys, year, refused):
        """No workbook can be dated before 1980: ``forms`` ended in a traceback."""
        monkeypatch.setattr(
            "analysis.base.refusals.time.localtime", lambda: SimpleNamespace(tm_year=year)
        )
        assert main(["editions"]) == int(refused)
        assert (
            f"L’horloge de cette machine est en {year} : " in capsys.readouterr().err
        ) == refused

    @full
    def test_the_fullest_disk_is_to_blame_where_no_file_is_named(self, tmp_path, monkeypatch):
        free = {tmp_path: 1_500_000, Path(tempfile.gettempdir()): 9_000_000}

        def measure(folder):
            return SimpleNamespace(free=free[folder])

        monkeypatch.setattr("analysis.base.refusals.shutil.disk_usage", measure)
        assert f"dans {tmp_path} : il n’y a plus de place sur le disque (1,5 Mo libres)" in (
            tell_refusal(refuse(errno.ENOSPC), [tmp_path])
        )

    @full
    @pytest.mark.parametrize("who", WRITTEN)
    def test_in_the_words_of_a_program(self, who):
        error = BookError(f"pandoc ne compose pas le livre :\n{WRITTEN[who]}")
        found = find_refusal(error)
        assert found.errno == (errno.EAGAIN if who == "fils" else errno.ENOSPC)
        assert found.filename == ("/donnees/figure.svg" if who == "cellule" else None)

    def test_behind_other_errors(self):
        inner = RuntimeError("pool")
        inner.__cause__ = refuse(errno.EMFILE)
        assert find_refusal(inner).errno == errno.EMFILE
        assert find_refusal(MemoryError()).errno == errno.ENOMEM
        assert "--workers 1" in tell_refusal(find_refusal(MemoryError()))

    def test_other_errors_are_not_the_machines(self):
        lost = ValueError("28 communes, place du marché")
        lost.__context__ = refuse(errno.ENOENT, "x.csv")
        assert find_refusal(lost) is None
        assert find_refusal(refuse(errno.EACCES, "x.csv")).errno == errno.EACCES

    @full
    def test_the_first_notebook_that_meets_it_ends_the_run(self):
        job = Job("air", "Air", Path("x"), {})
        with pytest.raises(OSError, match="No space left") as met:
            refuse_machine(None, Outcome(job, 0, Failure(3, "OSError", WRITTEN["cellule"])))
        assert met.value.filename == "/donnees/figure.svg"
        with pytest.raises(OSError, match="No space left"):
            refuse_machine(refuse(errno.ENOSPC), Outcome(job, 0, Failure(0, "OSError", "")))
        refuse_machine(None, Outcome(job, 0, Failure(2, "ValueError", "pas de chiffre")))
        refuse_machine(None, Outcome(job, 0))

    @pytest.mark.torture("Machines", "un carnet tué par manque de mémoire", "réparé")
    def test_a_process_that_the_system_has_killed(self):
        killed = explain_failure(ProcessExpired("Abnormal termination", code=-9, pid=1), 60)
        assert "faute de mémoire" in killed.message
        assert "--workers 1" in killed.message
        crashed = explain_failure(ProcessExpired("Abnormal termination", code=-11, pid=1), 60)
        assert "mémoire" not in crashed.message


scratch = pytest.mark.torture(
    "Machines", "dossiers temporaires laissés par une production tuée", "réparé"
)


class TestTemporaryFiles:
    @scratch
    def test_they_are_in_a_folder_that_goes(self, tmp_path, monkeypatch):
        monkeypatch.setenv("TMPDIR", "/donné")
        before = tempfile.gettempdir()
        with run_process.open_scratch(tmp_path) as folder:
            assert os.environ["TMPDIR"] == tempfile.gettempdir() == str(folder)
            Path(tempfile.mkdtemp(), "carnet").write_text("x")
        assert not folder.exists()
        assert (os.environ["TMPDIR"], tempfile.gettempdir()) == ("/donné", before)

    @scratch
    def test_those_of_a_killed_run_are_taken_away_and_of_a_living_one_are_not(self, monkeypatch):
        monkeypatch.setattr(run_process, "_LONGEST", 4000)
        with tempfile.TemporaryDirectory() as name, run_process.open_scratch(Path(name)) as living:
            place = Path(name)
            dead = place / f"{run_process.PREFIX}mort"
            beginning = place / f"{run_process.PREFIX}debut"  # nobody has had time to hold it
            for folder in (dead, beginning, place / "carnet-autre"):
                folder.mkdir()
            (dead / "pymp-x").mkdir()
            (dead / run_process.HELD).touch()
            link = place / f"{run_process.PREFIX}lien"
            link.symlink_to(place / "carnet-autre")
            with run_process.open_scratch(place) as other:
                assert {path.name for path in place.iterdir()} == {
                    *(living.name, other.name, beginning.name, "carnet-autre", link.name)
                }

    def test_a_long_path_is_not_for_sockets(self, tmp_path):
        deep = tmp_path / ("d" * 90)
        deep.mkdir()
        with run_process.open_scratch(deep) as folder:
            assert folder.parent == Path("/tmp")

    @pytest.mark.torture("Machines", "aucun dossier temporaire où écrire", "réparé")
    @pytest.mark.slow
    def test_none_at_all_is_said(self):
        code = (
            "import tempfile, sys\n"
            "tempfile._candidate_tempdir_list = lambda: []\n"
            "from analysis.__main__ import run; sys.exit(run())"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=PROJECT
        )
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "TMPDIR" in done.stderr


letters = pytest.mark.torture("Machines", "terminal qui n’est pas en UTF-8, ou fermé", "réparé")


class TestLetters:
    @letters
    @pytest.mark.parametrize(
        ("encoding", "written"),
        [
            ("ascii", 'L\'edition " ete " : 20 % - coeur de cafe'),
            ("iso-8859-1", "L'édition « été » : 20 % - coeur de cafe"),
            ("cp1252", "L’édition « été » : 20 % – cœur de cafe"),
            ("cp850", "L'édition « été » : 20 % - coeur de cafe"),
            ("utf-8", "L’édition « été » : 20\u202f% – cœur de café"),
        ],
    )
    def test_whatever_the_encoding(self, encoding, written, monkeypatch):
        """Names of files that are no text too."""
        monkeypatch.setenv("PYTHONIOENCODING", encoding)
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
        output_streams.prepare_streams()
        sys.stdout.write("L’édition « été » : 20\u202f% – cœur de caf\udce9")
        sys.stdout.flush()
        assert raw.getvalue().decode(encoding).replace("\u00a0", " ") == written.replace(
            "\u00a0", " "
        )

    @letters
    def test_a_pipe_gets_utf8(self, monkeypatch):
        monkeypatch.delenv("PYTHONIOENCODING", raising=False)
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "cp1252"))
        output_streams.prepare_streams()
        print("→ é", flush=True)
        assert raw.getvalue().decode() == "→ é\n"

    @letters
    def test_closed_streams_take_everything(self, dossier_copy, monkeypatch):
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", None)
        assert main(["editions", "--dossier", str(dossier_copy.root)]) == 0


@pytest.mark.slow
class TestSignals:
    @pytest.mark.torture("Machines", "travail que personne n’attend plus", "réparé")
    def test_a_process_ends_with_the_one_that_asked_for_it(self, tmp_path):
        program = tmp_path / "parent.py"
        program.write_text(
            "import time, multiprocessing, os\n"
            "from analysis.base.run_process import follow_parent\n"
            "def work():\n"
            "    follow_parent()\n"
            "    print(os.getpid(), flush=True)\n"
            "    time.sleep(600)\n"
            "if __name__ == '__main__':\n"
            "    multiprocessing.get_context('spawn').Process(target=work).start()\n"
            "    time.sleep(600)\n"
        )
        command = [sys.executable, str(program)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as parent:
            child = int(parent.stdout.readline())
            parent.kill()
            assert parent.stdout.read() == "", "the pipe is closed when the child has ended too"
        limit = monotonic() + 60
        while Path(f"/proc/{child}").exists() and monotonic() < limit:
            sleep(0.05)
        assert not Path(f"/proc/{child}").exists()

    @pytest.mark.torture("Machines", "arrêt pendant l’arrêt", "réparé")
    def test_a_second_signal_does_not_stop_the_tidying_up(self):
        code = (
            "import os, signal, sys\n"
            "from analysis.base.run_process import Stopped, heed_signals\n"
            "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "heed_signals()\n"
            "os.kill(os.getpid(), signal.SIGHUP)  # nohup\n"
            "try:\n"
            "    os.kill(os.getpid(), signal.SIGTERM); signal.pause()\n"
            "except KeyboardInterrupt as stop:\n"
            "    for each in (signal.SIGTERM, signal.SIGINT): os.kill(os.getpid(), each)\n"
            "    sys.exit(128 + stop.number)\n"
        )
        done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)
        assert done.returncode == 128 + signal.SIGTERM


@pytest.mark.torture(
    "Machines", "ordres au terminal dans un nom de fichier ou une cellule", "réparé"
)
@pytest.mark.parametrize(
    "order", ["\x1b]0;titre\x07", "\x1b[2J", "\x9b31m", "\r", "\u202e", "\u2066"]
)
def test_nothing_received_gives_orders_to_a_terminal(dossier_copy, order, monkeypatch):
    """A title, a colour, a line written over or turned around: it is shown by its code."""
    table = dossier_copy.raw / "reference" / "glossary.csv"
    (dossier_copy.raw / f"inconnu{order}.csv").write_text("id\n", "utf-8")
    table.write_text(table.read_text("utf-8").replace(",", f"x{order},", 1), "utf-8")
    raw = io.BytesIO()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(raw, "utf-8"))
    assert main(["data", "--dossier", str(dossier_copy.root)]) == 1
    sys.stdout.flush()
    sys.stderr.flush()
    said = raw.getvalue().decode()
    assert "inconnu" in said
    assert order[0] not in said
    assert ascii(order[0])[1:-1] in said
