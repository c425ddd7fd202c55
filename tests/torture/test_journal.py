"""All or nothing: what a kill, a refusal, another command, a link or a change while it is read make
of the files that belong together.

A kill leaves the disk as it is: a copy of the dossier taken before each change of a file is what a
kill would leave there. The long tests kill in earnest.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import nbformat
import pytest

from analysis.__main__ import main
from analysis.base import journal
from analysis.base.errors import UserError
from analysis.base.journal import (
    finish_writing,
    hold_files,
    read_steadily,
    receive_dossier,
    survey_files,
    write_together,
)
from analysis.base.paths import Dossier, locate_dossier
from analysis.collect import new_territory
from analysis.collect.national_files.france_refresh import refresh_france
from analysis.compute.dossier import collect_faults, read_dossier
from analysis.compute.indicators import load_edition
from analysis.publish.manifest import NAME as MANIFEST
from analysis.publish.manifest import list_changed_inputs
from analysis.run.arguments import COMMANDS
from analysis.run.reviewing import sign_chapter
from analysis.run.step_records import Record, StepRecords
from tests.first_edition import make_first
from tests.form_example import make_form, prepare, save
from tests.tiny_france import write_delivery, write_reference

YEAR, NEXT = 2030, 2031
#: Some of the changes that a command makes, of which few make two hundred.
SOME = (3, 8, 12, 15, 20, 30, 45, 68, 100, 150)
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}
torture = pytest.mark.torture

# --- what a kill would leave ----------------------------------------------------------------------

_before_change: list = []


def _watch(event, arguments):
    if not _before_change:
        return
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, str) or not (flags or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        paths = [path]
    elif event in CHANGES:
        paths = [path for path in arguments[:2] if isinstance(path, (str, Path))]
    else:
        return
    change = _before_change.pop()  # what it does itself is not watched
    try:
        change([Path(path) for path in paths])
    finally:
        _before_change.append(change)


sys.addaudithook(_watch)  # for good: a hook cannot be taken away


@contextmanager
def watched(change):
    """Tell each change of a file of this process, before it happens."""
    _before_change.append(change)
    try:
        yield
    finally:
        _before_change.pop()


def read_tree(root: Path) -> dict[str, bytes]:
    """All files, hidden ones too, but those of the lock; what is computed aside."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.name.endswith(("-verrou", "-ecrivain"))
        and "processed" not in path.relative_to(root).parts
    }


def take_kills(root: Path, home: Path, run, place: Path, chosen=range(9999)) -> tuple[list, list]:
    """A copy of ``root`` before each change below it, or those ``chosen``, and what was changed in
    ``home`` by somebody who kept no journal."""
    copies, strays = [], []
    count = 0

    def change(paths):
        nonlocal count
        inside = [path for path in paths if path.is_absolute() and path.is_relative_to(root)]
        if not inside or "processed" in inside[0].relative_to(root).parts:
            return
        if any(path.is_relative_to(home) for path in inside) and not journal._find_list(home):
            strays.append(inside)
        count += 1
        if count in chosen:
            copies.append(place / str(count))
            if root.exists():  # a new territory's does not, before all else
                shutil.copytree(root, copies[-1], symlinks=True)

    with watched(change):
        run()
    return copies, strays


# --- the commands ---------------------------------------------------------------------------------


def _return_form(dossier):
    prepare(dossier)
    folder = dossier.root.parent / "recus"
    folder.mkdir()
    save(make_form(values={"arbres-plantes": 61000, "depenses-air": 12.5}), folder / "f.xlsx")
    (folder / "air.csv").write_text(
        "repère;remarque;nom;date\n;Trop long.;Ana;2031-03-01\n", "utf-8"
    )
    return ["collect", "--from", str(folder), "--year", str(NEXT)]


def _keep_document(dossier):
    path = dossier.root.parent / "rapport.md"
    path.write_text("# Un titre\n\nUne ligne.\n", "utf-8")
    return ["document", str(path), "--id", "rapport-recu", "--keep", "--today", "02/01/2031"]


def _bring_accounts(dossier):
    path = dossier.root.parent / "export.csv"
    path.write_text("Section;Sens;Chapitre;Nature;Libellé nature;Fonction;Réalisé\n"
                    "I;D;21;2151;Voirie;84;1200\n", "utf-8")  # fmt: skip
    said = "stage=compte administratif;fiscal_year=2029"
    return ["accounts", str(path), "--set", said, "--today", "02/01/2031"]


def _prune(dossier):
    path = dossier.raw / "reference/indicators.csv"
    lines = path.read_text("utf-8").splitlines()
    (spare,) = (line for line in lines if line.startswith("visiteurs-accueil,"))
    path.write_text("\n".join([*lines, spare.replace("visiteurs-accueil", "de-trop"), ""]), "utf-8")
    path = dossier.raw_year(YEAR) / "requests.csv"
    path.write_text("indicator,territory,service,period_start,period_end,due\n"
                    "de-trop,val-exemple,environnement,2030-01-01,2030-12-31,2031-10-31\n",
                    "utf-8")  # fmt: skip
    return ["prune", "--remove", "de-trop", "--apply"]


def _take_model(dossier):
    shutil.rmtree(dossier.raw)
    shutil.copytree(locate_dossier().raw, dossier.raw)
    return ["objectives-model", "--model", "mobilite", "--year", "2017"]


def _begin(dossier):
    shutil.rmtree(dossier.root)
    make_first(dossier.root)
    return ["forms", "--year", str(YEAR)]


def _sign(dossier):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Air")])
    place = dossier.executed(YEAR)
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "air.ipynb")
    return None


#: Of each command that writes ``raw/``, how it is typed once its dossier is ready (None: below).
WRITERS = {
    "collect": _return_form,
    "new-year": lambda dossier: ["new-year", "--year", str(NEXT)],
    "prune": _prune,
    "document": _keep_document,
    "accounts": _bring_accounts,
    "key-messages": lambda dossier: ["key-messages"],
    "objectives-model": _take_model,
    "forms": _begin,
    "review": _sign,
    "new-territory": lambda dossier: shutil.rmtree(dossier.root),
    "refresh-france": lambda dossier: None,
}
#: Commands that read ``raw/`` and are quick enough to be watched here.
READERS = ("editions", "data", "check", "charts", "status", "diff", "why", "trace")


def prepare_command(name, dossier):
    """``run`` and the folder that it writes into, ready; ``run`` says whether it went well."""
    root, typed = dossier.root, WRITERS[name](dossier)
    if name == "review":

        def sign(root=root):
            there = Dossier(root)
            with hold_files(there.raw):
                sign_chapter(there, load_edition(there, YEAR), "air", "Ana", date(2026, 1, 2))
            return True

        return sign, dossier.raw
    if name == "new-territory":

        def make(root=root):
            new_territory.make_territory("247400690", 2025, root, date(2025, 6, 1))
            return True

        return make, dossier.raw
    if name == "refresh-france":
        write_reference(root / "france")
        came = root.parent / "recus"
        came.mkdir()
        write_delivery(came)

        def refresh(root=root):
            refresh_france(came, date(2031, 3, 15), root / "france")
            return True

        return refresh, root / "france"
    return (lambda root=root: main([*typed, "--dossier", str(root)]) == 0), dossier.raw


def test_every_command_that_writes_raw_is_attacked():
    held = {name for name, (run, _) in COMMANDS.items() if hasattr(run, "__wrapped__")}
    assert held | {"new-territory", "refresh-france"} == set(WRITERS)


@pytest.mark.slow  # some read in a process of their own
@torture("Écritures", "interruption entre deux fichiers, de chaque commande qui écrit", "réparé")
@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(range(9999), marks=pytest.mark.long, id="partout"),
        pytest.param(SOME, id="vite"),
    ],
)
@pytest.mark.parametrize("name", WRITERS)
def test_a_kill_anywhere_leaves_all_or_nothing(dossier_copy, tmp_path, capsys, name, chosen):
    run, home = prepare_command(name, dossier_copy)
    root = home.parent
    below = home.relative_to(root)
    before = read_tree(root)
    copies, strays = take_kills(root, home, run, tmp_path / "tues" / "x", chosen)
    after = read_tree(root)
    assert not strays, "written without the journal"
    assert after != before
    assert len(copies) > 1
    whole = []
    for copy in copies:
        finish_writing(copy / below)
        found = read_tree(copy)
        forms = {file for file in {*found, *after} if "formulaires" in file}  # one by one, as ever
        found, was, now = (
            {file: text for file, text in tree.items() if file not in forms}
            for tree in (found, before, after)
        )
        assert found in (was, now), copy.name
        whole.append(found == now)
    assert whole == sorted(whole), "once written, always written"
    again = next(copy for copy, done in zip(copies, whole, strict=True) if not done)
    if name == "new-territory":
        assert not (again / "raw").exists()
    capsys.readouterr()
    assert run(again)
    assert read_tree(again) == after
    if name == "collect":
        assert "Fichiers changés : 2031/remarks.csv, 2031/budget.csv" in capsys.readouterr().out


@pytest.mark.parametrize("name", READERS)
def test_a_command_that_reads_writes_nothing_into_raw(dossier_copy, tmp_path, name):
    more = {"why": ["air"], "trace": ["arbres-plantes"]}.get(name, [])
    written = []

    def change(paths):
        written.extend(path for path in paths if path.is_relative_to(dossier_copy.raw))

    with watched(change):
        assert main([name, *more, "--dossier", str(dossier_copy.root)]) in (0, 1)
    assert not written


# --- what the system refuses ----------------------------------------------------------------------


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "dossier" / "raw"
    (folder / "2031").mkdir(parents=True)
    for name in ("a.csv", "b.csv", "2031/c.csv", "d.csv"):
        (folder / name).write_text(f"ancien {name}", "utf-8")
    return folder


def write_five(home):
    """Two changed, one new in a new folder, one removed, one outside."""
    write_together(
        home,
        {
            home / "a.csv": "neuf a",
            home / "2031/c.csv": b"neuf c",
            home / "2032/texts/e.md": "neuf e",
            home / "d.csv": None,
            home.parent / "reports/rapport.csv": "neuf",
        },
    )


@torture("Écritures", "renommage refusé (fichier ouvert dans Excel), au n-ième fichier", "réparé")
@pytest.mark.parametrize("refused", ["a.csv", "c.csv", "e.md", "d.csv", "rapport.csv"])
def test_a_file_open_elsewhere_is_named_and_nothing_changes(home, monkeypatch, refused):
    before = read_tree(home.parent)

    def refuse(move):
        def moved(*paths):
            if Path(paths[-1]).name == refused:
                raise PermissionError(errno.EACCES, "Permission denied", str(paths[-1]))
            return move(*paths)

        return moved

    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "replace", refuse(os.replace))
        patch.setattr(Path, "unlink", _refuse_removal(refused))
        with pytest.raises(UserError, match=f"{refused} : écriture refusée.*Excel"):
            write_five(home)
    assert read_tree(home.parent) == before
    assert not (home / "2032").exists()
    write_five(home)
    assert (home / "2032/texts/e.md").read_text("utf-8") == "neuf e"
    assert not (home / "d.csv").exists()


def _refuse_removal(refused):
    remove = Path.unlink

    def unlink(path, missing_ok=False):
        if path.name == refused:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        remove(path, missing_ok=missing_ok)

    return unlink


@torture("Écritures", "disque plein au n-ième fichier", "réparé")
@pytest.mark.parametrize("nth", range(1, 9))
def test_a_full_disk_is_told_of_a_file_and_nothing_changes(home, monkeypatch, nth):
    before, written = read_tree(home.parent), []
    write = journal._write_through

    def fill(path, content):
        written.append(path)
        if len(written) == nth:
            path.write_bytes(content[:1])
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    monkeypatch.setattr(journal, "_write_through", fill)
    with pytest.raises(OSError, match="No space left") as caught:
        write_five(home)
    assert caught.value.errno == errno.ENOSPC
    assert read_tree(home.parent) == before


@torture("Écritures", "défaire est refusé aussi : la commande d’après le finit", "réparé")
def test_what_could_not_be_undone_is_undone_later(home, monkeypatch):
    before, moved = read_tree(home.parent), os.replace

    def refuse(*paths):
        if Path(paths[1]).name == "c.csv" or (Path(paths[1]).name == "a.csv" and refuse.seen):
            raise PermissionError(errno.EACCES, "Permission denied", str(paths[1]))
        refuse.seen = refuse.seen or Path(paths[1]).name == "a.csv"
        return moved(*paths)

    refuse.seen = False
    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "replace", refuse)
        with pytest.raises(
            UserError, match=r"a.csv : une écriture interrompue n’a pu être défaite"
        ):
            write_five(home)
        with pytest.raises(UserError, match=r"a\.csv : "):
            finish_writing(home)
    finish_writing(home)
    assert read_tree(home.parent) == before


def stop_halfway(home):
    """What a kill leaves after the first rename."""
    kept = home.parent.with_name("tue")
    copies, _ = take_kills(home.parent, home, lambda: write_five(home), kept / "x")
    for copy in copies:
        if (copy / "raw/a.csv").read_bytes() == b"neuf a":
            return copy / "raw"
    raise AssertionError


@torture("Écritures", "fichier changé à la main entre l’interruption et la suite", "réparé")
def test_what_the_analyst_made_of_it_since_is_kept(home, capsys):
    home = stop_halfway(home)
    (home / "a.csv").write_text("neuf a, corrigé", "utf-8")
    finish_writing(home)
    assert (home / "a.csv").read_text("utf-8") == "ancien a.csv"
    (kept,) = (home.parent / "raw-a-revoir").iterdir()
    assert kept.read_text("utf-8") == "neuf a, corrigé"
    assert str(kept) in capsys.readouterr().err


@torture("Écritures", "un dossier reçu avec des liens, là où le programme écrit", "réparé")
@pytest.mark.parametrize(
    "place",
    [
        *("raw-a-revoir", ".raw-ecriture", ".raw-ecrivain", ".raw-verrou"),
        *("processed", "processed/2030/executed", "reports", "reports/2030/html"),
        *("processed/2030/kept/chapters/climat.json", "raw-a-revoir/e6386031-note.txt"),
    ],
)
def test_a_dossier_with_links_where_we_write_is_refused(dossier_copy, tmp_path, place):
    victim = tmp_path / "victime"
    victim.mkdir()
    (victim / "these.docx").write_text("à moi", "utf-8")
    link = dossier_copy.root / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(victim if "." not in link.name[1:] else victim / "these.docx")
    before = survey_files(victim)
    for enter in (
        lambda: receive_dossier(dossier_copy.root),
        lambda: write_together(dossier_copy.raw, {dossier_copy.raw / "x.csv": "x"}),
    ):
        with pytest.raises(UserError, match=f"contient des liens.* {place}"):
            enter()
    assert survey_files(victim) == before
    assert not (dossier_copy.raw / "x.csv").exists()


def test_what_goes_while_links_are_looked_for_is_no_fault(dossier_copy, monkeypatch):
    work = dossier_copy.processed / "2030/.en-cours/law"
    work.mkdir(parents=True)
    for name in ("law.html", "law.ipynb"):
        (work / name).touch()
    look = journal._is_link

    def move_away(path):
        if Path(path).name == "law.html":
            Path(path).unlink()
        return look(path)

    monkeypatch.setattr(journal, "_is_link", move_away)
    assert receive_dossier(dossier_copy.root) == dossier_copy
    assert not (work / "law.html").exists()


@torture("Écritures", "un dossier reçu dont les traces de calcul mènent ailleurs", "réparé")
@pytest.mark.parametrize("outside", ["/etc/victime", "../../victime", "a/../../victime"])
def test_a_record_that_names_a_file_outside_is_none(tmp_path, outside):
    records = StepRecords(tmp_path / "kept", tmp_path)
    records.write("climat", Record(inputs={}, outputs={outside: "x"}))
    assert records.read("climat") is None
    records.write("climat", Record(inputs={}, outputs={"executed/climat.ipynb": "x"}))
    assert records.read("climat") is not None


@torture("Écritures", "un dossier reçu dont les traces de calcul sont fabriquées", "réparé")
@pytest.mark.parametrize(
    "forged",
    [
        {"reads": {"n’importe": "x"}},
        {"reads": {'{ "table": "values" }': "x"}},
        {"reads": {'{"table": ["values"]}': "x"}},
        {"reads": {'{"table": "values", "where": 1}': "x"}},
        {"reads": {'{"file": "/proc/kmsg"}': "x"}},
        {"reads": {'{"france": "../../victime"}': "x"}},
        {"reads": ["x"]},
        {"reads": {'{"file": "' + "a" * 5000 + '"}': "x"}},
        {"inputs": "x"},
        {"outputs": {"": "x"}},
        {"outputs": {"kept": "x"}},
        {"outputs": {"a\0b": "x"}},
        {"outputs": {"a" * 300: "x"}},
        {"outputs": {"a.ipynb": 1}},
        {"seconds": "x"},
        {"seconds": float("inf")},
    ],
)
def test_a_record_that_we_would_not_write_is_none(tmp_path, forged):
    records = StepRecords(tmp_path / "kept", tmp_path)
    good = {"inputs": {"a": "1"}, "outputs": {"executed/climat.ipynb": "x"}, "seconds": 2,
            "reads": {'{"file": "2017/a.csv"}': "x", '{"edition": 2017}': "x",
                      '{"table": "values", "where": {"rank": 0}}': "x"}}  # fmt: skip
    records.write("climat", Record(**good))
    assert records.read("climat") == Record(**good)
    (tmp_path / "kept/climat.json").write_text(json.dumps(good | forged), "utf-8")
    assert records.read("climat") is None


@torture("Écritures", "un dossier reçu dont les traces de calcul sont fabriquées", "réparé")
def test_a_record_nested_without_end_is_none(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/climat.json").write_text("[" * 200_000, "utf-8")
    assert StepRecords(tmp_path / "kept", tmp_path).read("climat") is None


@torture("Écritures", "un rapport reçu dont le manifeste est fabriqué", "réparé")
@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[]",
        "\0",
        '{"inputs": {"raw": []}}',
        '{"inputs": {"raw": {"a": 1}}}',
        "[" * 200_000,
    ],
)
def test_a_manifest_that_is_none_of_ours_is_named(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text, "utf-8")
    assert list_changed_inputs({"a.csv": "x"}, tmp_path) == [MANIFEST]


@torture("Écritures", "un dossier reçu dont le journal mène ailleurs", "réparé")
@pytest.mark.parametrize(
    "listed",
    [
        [[["../../victime.txt", "absent", "absent"]], []],
        [[["../victime.txt", "absent", "absent"]], []],
        [[["raw/../../victime.txt", "absent", "absent"]], []],
        [[["note.txt", "absent", "absent"]], []],
        [[], ["../../dossier-vide"]],
        [[["raw/a.csv", "absent"]], []],
        {"n’importe": "quoi"},
        "rien",
        None,
    ],
)
def test_a_forged_journal_is_refused(tmp_path, listed):
    home = tmp_path / "dossiers/x/raw"
    forged = home.with_name(".raw-ecriture")
    forged.mkdir(parents=True)
    home.mkdir()
    for victim in (tmp_path / "victime.txt", tmp_path / "dossiers/victime.txt"):
        victim.write_text("à moi", "utf-8")
    (tmp_path / "dossier-vide").mkdir()
    text = json.dumps(listed) if listed is not None else "{"
    (forged / "liste.json").write_text(text, "utf-8")
    with pytest.raises(UserError, match="n’est pas la trace"):
        finish_writing(home)
    assert (tmp_path / "victime.txt").read_text("utf-8") == "à moi"
    assert (tmp_path / "dossiers/victime.txt").read_text("utf-8") == "à moi"
    assert (tmp_path / "dossier-vide").is_dir()


@torture("Écritures", "le journal d’une écriture interrompue, abîmé depuis", "réparé")
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("autre", "utf-8")])
def test_a_journal_without_what_it_needs_is_refused(home, spoil):
    home = stop_halfway(home)
    spoil(home.with_name(".raw-ecriture") / "0")
    before = read_tree(home)
    with pytest.raises(UserError, match=r"abîmée\. Retirer ce dossier caché"):
        finish_writing(home)
    assert read_tree(home) == before


def test_every_way_in_heals(home, capsys):
    home = stop_halfway(home)
    copied = home.parent.with_name("autre")
    for heal in (
        lambda raw: receive_dossier(raw.parent),
        lambda raw: read_steadily(raw, lambda: None),
        lambda raw: write_together(raw, {raw / "b.csv": "b"}),
    ):
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(home.parent, copied)
        heal(copied / "raw")
        assert (copied / "raw/a.csv").read_text("utf-8") == "ancien a.csv"
        assert "relancer la commande" in capsys.readouterr().err


@torture("Écritures", "new-year interrompu : l’édition d’avant reste valide", "réparé")
def test_a_new_year_interrupted_leaves_the_others_valid(dossier_copy, tmp_path):
    run, home = prepare_command("new-year", dossier_copy)
    copies, _ = take_kills(home.parent, home, run, tmp_path / "tues" / "x", SOME)
    halves = [copy for copy in copies if (copy / "raw" / str(NEXT)).exists()]
    assert halves
    for copy in halves:
        assert collect_faults(Dossier(copy), YEAR)[1] == []


# --- several at once ------------------------------------------------------------------------------


def start(code: str, *arguments: object) -> subprocess.Popen:
    text = textwrap.dedent(code)
    return subprocess.Popen(
        [sys.executable, "-c", text, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


HOLD = """
    import sys
    from pathlib import Path
    from analysis.base.journal import hold_files
    with hold_files(Path(sys.argv[1]), "make collect"):
        print("tenu", flush=True)
        sys.stdin.readline()
"""


@pytest.mark.slow
@torture(
    "Écritures", "deux commandes qui écrivent à la fois ; verrou d’un processus mort", "réparé"
)
def test_the_second_waits_and_a_dead_one_holds_nothing(home):
    first = start(HOLD, home)
    assert first.stdout.readline() == "tenu\n"
    said = []

    def say(text):
        said.append(text)
        first.kill()

    with hold_files(home, "make new-year", say):
        pass
    first.wait()
    assert len(said) == 1
    assert "« make collect » (processus" in said[0]
    with hold_files(home, "make new-year", said.append):  # what the dead one said is no lock
        pass
    assert len(said) == 1


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(home):
    with hold_files(home):
        (home / "a.csv").write_text("enregistré par Excel", "utf-8")
        with pytest.raises(UserError, match=r"a\.csv : changé, par un autre programme"):
            write_five(home)
    assert (home / "a.csv").read_text("utf-8") == "enregistré par Excel"
    assert (home / "d.csv").exists()


@torture("Écritures", "deux new-territory du même nom", "réparé")
def test_two_new_territories_of_one_name(tmp_path, monkeypatch):
    root, load = tmp_path / "neuf", new_territory.load_edition

    def lose(draft, year):  # the other one is done first
        monkeypatch.setattr(new_territory, "load_edition", load)
        new_territory.make_territory("247400690", 2025, root, date(2025, 6, 1))
        return load(draft, year)

    monkeypatch.setattr(new_territory, "load_edition", lose)
    with pytest.raises(UserError, match="Un dossier est déjà là"):
        new_territory.make_territory("247400690", 2024, root, date(2025, 6, 1))
    assert (root / "raw/2025").is_dir()
    assert not (root / "raw/2024").exists()


@torture("Écritures", "une table change pendant qu’elle est lue", "réparé")
def test_what_is_read_is_one_state(dossier_copy, monkeypatch):
    from analysis.compute.dossier import reading

    check, done = reading.check_files, []

    def change(*arguments):  # after all was read, before the checksums are taken
        if not done:
            done.append(True)
            path = dossier_copy.raw_year(YEAR) / "observations.csv"
            text = path.read_text("utf-8")
            assert ",6000," in text
            write_together(dossier_copy.raw, {path: text.replace(",6000,", ",6001,")})
        return check(*arguments)

    monkeypatch.setattr(reading, "check_files", change)
    data = read_dossier(dossier_copy, YEAR)
    own = data["observations"].query("indicator == 'arbres-plantes'")
    assert 6001 in set(own["value"])
    known = {file["file"]: file["sha256"] for file in data.files}
    assert known["2030/observations.csv"] == journal.digest_file(
        dossier_copy.raw_year(YEAR) / "observations.csv"
    )


def test_a_file_that_never_stops_changing_is_named(home):
    sizes = iter(range(1, 99))
    with pytest.raises(UserError, match=r"^b\.csv : change pendant la lecture"):
        read_steadily(home, lambda: (home / "b.csv").write_text("x" * next(sizes), "utf-8"))


@pytest.mark.slow  # asks git
@torture("Écritures", "collecte pendant une production", "réparé")
def test_a_production_says_of_its_inputs_what_it_read(dossier_copy, monkeypatch):
    from analysis.publish.manifest import build_manifest
    from analysis.run import edition_data
    from analysis.run.step_records import StepRecords

    path, done = dossier_copy.raw_year(YEAR) / "observations.csv", []
    load = edition_data.load_edition

    def change(*arguments):
        edition = load(*arguments)
        if not done:
            done.append(True)
            text = path.read_text("utf-8")
            write_together(dossier_copy.raw, {path: text.replace(",6000,", ",6001,")})
        return edition

    monkeypatch.setattr(edition_data, "load_edition", change)
    edition = edition_data.run_data(dossier_copy, YEAR, {})
    digest = journal.digest_file(path)
    assert done
    assert edition.checksums["2030/observations.csv"] == digest
    record = StepRecords.of_data(dossier_copy, YEAR).read(edition_data.NAME)
    assert record.inputs["fichier:raw/2030/observations.csv"] == digest
    write_together(dossier_copy.raw, {path: path.read_text("utf-8") + "\n"})  # during the book
    raw = {row["file"]: {"bytes": row["bytes"], "sha256": row["sha256"]}
           for row in edition.files.to_dict("records")}  # fmt: skip
    report = dossier_copy.root / "reports"
    made = build_manifest(dossier_copy, YEAR, report, {}, {}, raw=raw)
    assert made["inputs"]["raw"]["raw/2030/observations.csv"]["sha256"] == digest
    assert isinstance(json.loads(json.dumps(made))["inputs"]["raw"], dict)


# --- links, and what is no file -------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path):
    place = tmp_path / "ailleurs"
    place.mkdir()
    (place / "table.csv").write_text("ailleurs", "utf-8")
    return place


@torture("Écritures", "aperçu : dans raw/, un lien ou un tube posé pendant qu’il tourne", "réparé")
def test_what_a_preview_finds_is_told_where_it_is_typed(tmp_path, outside):
    home, seen = tmp_path / "x/raw", tmp_path / "apercu/raw"
    home.mkdir(parents=True)
    seen.parent.mkdir()
    seen.symlink_to(home, target_is_directory=True)
    (home / "2033").symlink_to(outside)
    with pytest.raises(UserError, match=f"^À retirer de {re.escape(str(home.resolve()))}, ou"):
        journal.survey_files(seen)


def make_odd(kind: str, home: Path, outside: Path) -> None:
    path = home / "x.csv"
    if kind == "lien vers un dossier":
        (home / "2033").symlink_to(outside)
    elif kind == "boucle":
        path.symlink_to(path)
    elif kind == "boucle de dossiers":
        (home / "moi").symlink_to(home)
    elif kind == "lien qui ne mène à rien":
        path.symlink_to(outside / "rien.csv")
    elif kind == "tube":
        os.mkfifo(path)
    elif kind == "dossier":
        path.mkdir()


@torture(
    "Écritures", "dans raw/ : lien sans fin, sans but ou vers un dossier, tube, dossier", "réparé"
)
@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("lien vers un dossier", "2033 : un lien vers un dossier"),
        ("boucle", "x.csv : un lien qui ne mène à rien"),
        ("boucle de dossiers", "reference/moi : un lien vers un dossier"),
        ("lien qui ne mène à rien", "x.csv : un lien qui ne mène à rien"),
        ("tube", "x.csv : ni un fichier ni un dossier"),
        ("dossier", "x.csv : un dossier, là où un fichier est attendu"),
    ],
)
def test_what_is_no_file_is_refused_before_it_is_read(dossier_copy, outside, kind, said):
    make_odd(kind, dossier_copy.raw / "reference", outside)
    with pytest.raises(UserError, match=said):
        collect_faults(dossier_copy, YEAR)


@pytest.fixture
def shared(home, outside):
    (home / "a.csv").unlink()
    return home, outside / "table.csv"


@torture("Écritures", "écrire un fichier de raw/ qui est un lien, ou en lecture seule", "réparé")
@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path, other: path.symlink_to(other), "un lien vers .*table.csv"),
        (lambda path, other: path.hardlink_to(other), "lien dur"),
        (lambda path, other: (shutil.copy(other, path), path.chmod(0o444)), "en lecture seule"),
    ],
    ids=["lien", "lien dur", "lecture seule"],
)
def test_a_write_goes_through_no_link(shared, make, said):
    home, other = shared
    make(home / "a.csv", other)
    survey_files(home)  # it can be read
    with pytest.raises(UserError, match=said):
        write_five(home)
    assert (home / "a.csv").read_text("utf-8") == other.read_text("utf-8") == "ailleurs"
    assert (home / "d.csv").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_raw_itself_may_be_a_link(home, tmp_path):
    (tmp_path / "territoire").mkdir()
    (tmp_path / "territoire/raw").symlink_to(home)
    write_five(tmp_path / "territoire/raw")
    assert (home / "a.csv").read_text("utf-8") == "neuf a"
    assert not list(home.rglob(".*"))


def test_rights_stay(home):
    if os.name != "nt":
        (home / "a.csv").chmod(0o600)
        write_five(home)
        assert (home / "a.csv").stat().st_mode & 0o777 == 0o600


# --- in earnest -----------------------------------------------------------------------------------

KILLED = """
    import os, signal, sys
    from analysis.__main__ import main
    left, replace = int(sys.argv[1]), os.replace
    def kill(*paths):
        global left
        if "processed" not in str(paths[1]):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        replace(*paths)
    os.replace = kill
    sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
@torture("Écritures", "collecte tuée pour de bon avant chaque renommage", "réparé")
def test_a_collection_killed_before_each_rename(dossier_copy, tmp_path):
    typed = _return_form(dossier_copy)
    before = read_tree(dossier_copy.root)
    whole = tmp_path / "entier"
    shutil.copytree(dossier_copy.root, whole)
    assert main([*typed, "--dossier", str(whole)]) == 0
    after, n, status = read_tree(whole), 0, -signal.SIGKILL
    while status == -signal.SIGKILL:
        n += 1
        copy = tmp_path / f"tue-{n}"
        shutil.copytree(dossier_copy.root, copy)
        run = start(KILLED, n, *typed, "--dossier", copy)
        run.communicate()
        status = run.returncode
        healed = Dossier(copy)
        receive_dossier(copy)
        assert read_tree(copy) in (before, after)
        if status == -signal.SIGKILL and n % 4 == 0:
            assert main([*typed, "--dossier", str(healed.root)]) == 0
            assert read_tree(copy) == after
    assert status == 0
    assert n > 6
