"""``make preview``: one page, on loopback, built again when what it is made of changes."""

import asyncio
import json
import logging
import mimetypes
import os
import re
import socket
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from conftest import MADE_UP, MADE_UP_YEAR, slow, wait_until
from preview_example import RunningPreview, copy_project
from synthetic import make_dossier

from analysis.base.errors import UserError
from analysis.base.paths import FONTS, PROJECT, REPORTS, Dossier
from analysis.base.project_folder import CODE
from analysis.compute.indicators import load_edition
from analysis.model.schema import Fault, InvalidDossier
from analysis.publish.notebook_pages import read_blocks
from analysis.publish.page_preview import list_parts, outline_blocks, write_outline
from analysis.run.arguments import parse_arguments
from analysis.run.preview import Preview, list_stamps, list_syntax_faults, needs_restart
from analysis.run.preview_server import (
    _KINDS,
    ADDRESS,
    find_file,
    follow,
    open_server,
    open_sockets,
)
from analysis.run.preview_worker import Workshop, _link_folder, describe_error

TEXT = "data/raw/2030/texts/air.md"
OBSERVATIONS = "data/raw/2030/observations.csv"


@contextmanager
def catch_log():
    """What libraries say of their own."""
    found = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())
    logging.getLogger().addHandler(handler)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(handler)


# Without a process --------------------------------------------------------------------------------


def test_outline_has_what_other_pages_refer_to_in_order():
    blocks = [
        "# Air {#sec-air}",
        "Du texte.\n\n## Enjeu {#sec-air-enjeu}\n\nEncore.",
        '![Titre](figures/a.svg){#fig-air-a fig-alt="Un mot"}',
        "::: {.content-visible when-format=\"typst\"}\n## Papier {#sec-papier}\n:::",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n: Légende {#tbl-air-b}",
        "### Action {#sec-action}",
    ]  # fmt: skip
    assert outline_blocks(blocks) == [
        "# Air {#sec-air}",
        "## Enjeu {#sec-air-enjeu}",
        '![.](vide.svg){#fig-air-a fig-alt="."}',
        "| . |\n|---|\n| . |\n\n: . {#tbl-air-b}",
        "### Action {#sec-action}",
    ]


def test_the_projects_stand_on_the_page_of_whole_life_cost(tmp_path):
    edition = load_edition(make_dossier(tmp_path / "d", seed=7, years=(2029,), size=0.05), 2029)
    parts = [f"whole_life-{id}" for id in ("ecole", "halle", "piscine")]
    assert list_parts(edition, "whole_life") == ["whole_life", *parts]
    assert list_parts(edition, "law") == ["law"]
    assert list_parts(edition, "") == []


def test_outline_is_a_notebook_of_the_book(tmp_path):
    for name, expected in {"air": ["# Air", "## Enjeu"], "front": ["# Air", "."]}.items():
        path = tmp_path / f"{name}.ipynb"
        cells = [
            {"cell_type": "markdown", "id": str(number), "metadata": {}, "source": source}
            for number, source in enumerate(["# Air", "Mot.", "## Enjeu"])
        ]
        path.write_text(json.dumps({"cells": cells}), "utf-8")
        write_outline(path, path)
        assert read_blocks(path) == expected


@pytest.mark.slow
def test_each_notebook_has_a_folder_of_its_own_where_the_clock_stands_still(
    dossier_copy, tmp_path, monkeypatch
):
    """Windows looks at its clock sixty times a second (Python 3.12 and before)."""
    monkeypatch.setattr("analysis.run.preview_worker.time_ns", lambda: 1_700_000_000_000_000_000)
    (tmp_path / "own").mkdir()
    workshop = Workshop(dossier_copy, MADE_UP_YEAR, tmp_path / "own", None)
    folders = [str(workshop._name_folder()) for _ in range(20)]
    assert len({*folders}) == 20
    assert folders == sorted(folders), "the last name is that of the last execution"


@pytest.mark.parametrize(("place", "made"), [("raw", ["raw"]), ("absent", [])])
def test_windows_makes_the_links_that_ask_for_no_right(tmp_path, monkeypatch, place, made):
    junctions = []
    for name in ("raw", "own"):
        (tmp_path / name).mkdir()
    windows = SimpleNamespace(CreateJunction=lambda source, link: junctions.append((source, link)))
    monkeypatch.setitem(sys.modules, "_winapi", windows)
    place, link = tmp_path / place, tmp_path / "own" / "raw"
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", "nt")
        _link_folder(link, place)
    assert junctions == [(str(tmp_path / name), str(link)) for name in made]
    assert not link.is_symlink()


def test_what_a_page_loads_is_of_the_kind_that_python_knows(monkeypatch):
    """In the registry of Windows other programs may say that a script is a plain text."""
    mimetypes.add_type("text/plain", ".js")
    try:
        assert _KINDS.guess_type("page.js")[0] == "text/javascript"
        assert _KINDS.guess_type("texte.woff2")[0] == "font/woff2"
    finally:
        mimetypes.init()


def test_a_port_that_is_taken_is_left_to_who_has_it():
    first, port = open_sockets(8710)
    second, other = open_sockets(port)
    try:
        assert other > port
        assert {one.getsockname()[0] for one in (*first, *second)} == {ADDRESS}
    finally:
        for one in (*first, *second):
            one.close()


def test_no_port_at_all_is_said(monkeypatch):
    def refuse(*_):
        raise OSError(98, "occupé")

    monkeypatch.setattr("analysis.run.preview_server.bind_sockets", refuse)
    with pytest.raises(UserError, match="Aucun port libre de 8710 à 8759"):
        open_sockets(8710)


@pytest.mark.torture("Pages", "aperçu : port qui n’existe pas", "réparé")
def test_a_port_is_one_that_there_is(monkeypatch, capsys):
    for port in ("65536", "99999", "0", "-1", "9" * 5000, "٨٧١٠"):
        with pytest.raises(SystemExit):
            parse_arguments(["preview", "--port", port])
        assert f"« {port} » n’est pas un port : de 1 à 65535" in capsys.readouterr().err
    assert parse_arguments(["preview", "--port", "65535"]).port == 65_535

    asked = []

    def refuse(port, *_):
        asked.append(port)
        raise OSError(98, "occupé")

    monkeypatch.setattr("analysis.run.preview_server.bind_sockets", refuse)
    with pytest.raises(UserError, match="Aucun port libre de 65530 à 65535"):
        open_sockets(65_530)
    assert asked == [*range(65_530, 65_536)]


@pytest.mark.torture("Pages", "aperçu : liens en boucle posés pendant qu’il tourne", "réparé")
def test_links_in_a_loop_are_not_followed(dossier_copy):
    before = list_stamps(dossier_copy)
    folder = dossier_copy.raw / "2030" / "boucle"
    folder.mkdir()
    for name in ("a", "b"):  # two: as many ways as there are numbers of forty binary digits
        (folder / name).symlink_to("..", target_is_directory=True)
    (folder / "c").symlink_to("nulle-part")
    (folder / "d.csv").write_text("x", "utf-8")
    seen = {Path(path).name for path in {*list_stamps(dossier_copy)} - {*before}}
    assert seen == {"a", "b", "d.csv"}


@pytest.mark.torture("Pages", "aperçu : nom qu’aucun fichier ne peut avoir", "réparé")
@pytest.mark.parametrize("name", ["a" * 5000, "a" * 300 + ".css", "a\0b", "..", ".", "b/c.css"])
def test_a_name_that_no_file_has_is_no_file(tmp_path, name):
    (tmp_path / "a.css").write_text("x", "utf-8")
    (tmp_path / "b").write_text("x", "utf-8")
    assert find_file(tmp_path, name) is None
    assert find_file(tmp_path, "a.css") == tmp_path / "a.css"


def test_files_that_are_saved_are_seen_those_that_programs_leave_are_not(dossier_copy):
    before = list_stamps(dossier_copy)
    text = dossier_copy.raw / "2030" / "texts" / "air.md"
    for name in ("2030/.air.md.swp", "2030/~$actions.csv", "2030/actions.csv~"):
        (dossier_copy.raw / name).write_text("x")
    assert list_stamps(dossier_copy) == before
    text.write_text(text.read_text("utf-8") + "\nUn mot.\n", "utf-8")
    after = list_stamps(dossier_copy)
    assert [name for name in after if after[name] != before.get(name)] == [str(text)]
    text.unlink()
    assert {*before} - {*list_stamps(dossier_copy)} == {str(text)}


def test_a_page_is_made_of_the_book_the_notebooks_and_the_code_not_of_finished_reports():
    names = {Path(name) for name in list_stamps(Dossier(MADE_UP))}
    assert {REPORTS / "_quarto.yml", REPORTS / "style" / "text.css"} <= names
    assert {CODE / "run" / "preview.py", PROJECT / "notebooks" / "front.ipynb"} <= names
    assert {MADE_UP / "raw" / "2029" / "budget.csv"} <= names
    inside = {path.relative_to(REPORTS).parts[0] for path in names if path.is_relative_to(REPORTS)}
    assert not {name for name in inside if name.isdigit() or name == "guide"}


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        (CODE / "words" / "prose.py", True),
        (REPORTS / "style" / "identity.yml", True),
        (FONTS / "a.ttf", True),
        (REPORTS / "style" / "text.css", False),
        (REPORTS / "scripts" / "pages.py", False),
        (PROJECT / "data" / "raw" / "2017" / "actions.csv", False),
    ],
)
def test_what_is_read_once_asks_for_another_process(path, needed):
    assert needs_restart(path) is needed


def test_code_that_cannot_be_read_is_said_with_its_line(tmp_path):
    sound, wrong = tmp_path / "a.py", tmp_path / "b.py"
    sound.write_text("x = 1\n")
    wrong.write_text("x = 1\ny = (\n")
    (said,) = list_syntax_faults([sound, wrong, tmp_path / "c.csv"])
    assert "SyntaxError" in said


def test_errors_are_in_the_words_of_the_commands():
    fault = Fault("2030/actions.csv", 3, "title", "", "cellule vide", "Un titre.")
    error = InvalidDossier([fault])
    assert describe_error(error) == str(error)
    assert "ligne 3, colonne « title »" in describe_error(error)
    missing = FileNotFoundError(2, "No such file", "charts.yml")
    assert describe_error(missing) == (
        "Lecture ou écriture impossible (charts.yml) : fichier ou dossier introuvable"
    )


def test_a_fault_of_code_is_said_with_its_place():
    try:
        Dossier(None).raw.exists()
    except TypeError as problem:
        error = problem
    assert describe_error(error).startswith("analysis/base/paths.py, ligne ")
    assert "TypeError" in describe_error(error)


def test_script_stands_at_the_end_of_a_page_and_names_it():
    assert follow("<body><p>x</p></body></html>", "air", "a-1") == (
        '<body><p>x</p><script src="/apercu.js" data-page="air" data-version="a-1"></script>\n'
        "</body></html>"
    )


# One that runs ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
@slow
def preview(tmp_path_factory):
    """The preview of the made-up chapter « air », never produced before."""
    project = copy_project(tmp_path_factory.mktemp("apercu") / "projet", MADE_UP)
    running = RunningPreview(project, "air", tmp_path_factory.mktemp("memoire"))
    try:
        assert running.hear()["error"] == ""
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


def cut_version(page):
    """A page without the number of its version."""
    return re.sub(r'data-version="[^"]*"', "", page)


def test_page_is_that_of_the_book(preview, made_up_report):
    whole = (made_up_report.report(2030) / "html" / "air.html").read_text("utf-8")
    mine = preview.read_page()
    assert mine.count("connect-src 'self'; ") == 1
    mine = mine.replace("connect-src 'self'; ", "")
    script, _, rest = mine.partition('<script src="/apercu.js"')[2].partition("</body>")
    assert script.startswith(' data-page="air"')
    assert mine.partition('<script src="/apercu.js"')[0] + "</body>" + rest == whole


def test_what_the_page_loads_is_served(preview):
    page = preview.read_page()
    for name, kind in {
        "style/text.css": "text/css; charset=utf-8",
        "style/trace.js": "text/javascript; charset=utf-8",
        "trails/calculs-air.js": "text/javascript; charset=utf-8",
        "figures/fig-air-arbres.svg": "image/svg+xml",
        "figures/fig-air-arbres.csv": "text/csv; charset=utf-8",
    }.items():
        answer = preview.ask(f"/air/{name}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind), name
        assert name in page or name.startswith("trails/")
    assert preview.ask("/apercu.js").status == 200


@pytest.mark.torture("Pages", "aperçu : autres noms (DNS rebinding)", "survécu")
def test_other_names_are_refused(preview):
    for host in ("ailleurs.example", f"ailleurs.example:{preview.port}", "127.0.0.1:1", ""):
        for path in ("/", "/air/air.html", "/evenements?page=air", "/apercu.js", "/rien"):
            answer = preview.ask(path, Host=host)
            assert answer.status == 403, (host, path)
            assert "data-page" not in answer.read().decode("utf-8")
    assert preview.ask("/", Host=f"localhost:{preview.port}").status == 200


@pytest.mark.torture("Pages", "aperçu : demande d’une page d’ailleurs", "réparé")
def test_another_page_is_refused(preview):
    for site in ("cross-site", "same-site"):
        for path in ("/", "/air/air.html", "/evenements?page=air", "/air/trails/calculs-air.js"):
            answer = preview.ask(path, **{"Sec-Fetch-Site": site})
            assert (answer.status, b"data-page" in answer.read()) == (403, False)
    for site in ("none", "same-origin"):
        answer = preview.ask("/", **{"Sec-Fetch-Site": site})
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert 'http-equiv="Content-Security-Policy"' in answer.read().decode("utf-8")


@pytest.mark.torture("Pages", "aperçu : chemins qui sortent du dossier", "survécu")
@pytest.mark.parametrize(
    "path",
    [
        "/air/../../dossier/raw/territory.yml",
        "/air/%2e%2e/%2e%2e/dossier/raw/territory.yml",
        "/air/..%2f..%2fdossier/raw/territory.yml",
        "/air//etc/passwd",
        "/air/%2fetc%2fpasswd",
        "/air/style",
        "/air/a%00b",
        "/../air/air.html",
        "/inconnu/inconnu.html",
        "/air/inconnu.html",
        "/rapport-2030.pdf",
    ],
)
def test_nothing_else_is_served(preview, path):
    answer = preview.ask(path)
    assert answer.status in (400, 404)
    assert "make report" in answer.read().decode("utf-8") or answer.status == 400


@pytest.mark.torture("Pages", "aperçu : demande que personne ne fait", "réparé")
def test_an_odd_request_is_refused_without_a_word_of_the_server(tmp_path):
    said = []
    preview = Preview(Dossier(tmp_path), 2030, "air", said.append)
    preview.titles = {"air": "Air"}

    def fail(page):
        raise ZeroDivisionError("par zéro")

    async def ask():
        sockets, port = open_sockets(8710)
        server = open_server(preview, sockets, port)

        async def fetch(path):
            reader, writer = await asyncio.open_connection(ADDRESS, port)
            request = f"GET {path} HTTP/1.1\r\nHost: {ADDRESS}:{port}\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            answer = await asyncio.wait_for(reader.read(), 20)
            writer.close()
            return int(answer.split()[1]), answer.decode("utf-8")

        odd = ("/air/%ff", "/evenements?page=%ff", "/evenements?page=b%0aFAUX", "/b/b.html")
        found = [(await fetch(path))[0] for path in odd]
        preview.want = fail
        found.append((await fetch("/air/air.html"))[0])
        server.stop()
        await server.close_all_connections()
        return found

    with catch_log() as logged:
        assert asyncio.run(ask()) == [400, 400, 404, 404, 500]
    preview.close()
    assert logged == []
    assert len(said) == 1
    assert said[0].startswith("/air/air.html : ")
    assert said[0].endswith("ZeroDivisionError : par zéro")


@pytest.mark.torture("Pages", "aperçu : arrêté pendant que des pages l’écoutent", "réparé")
def test_it_ends_without_a_word_of_the_server_while_pages_listen(tmp_path):
    preview = Preview(Dossier(tmp_path), 2030, "air", print)
    preview.want = lambda page: None  # nothing is built

    async def listen():
        sockets, port = open_sockets(8710)
        server = open_server(preview, sockets, port)
        request = f"GET /evenements?page=air HTTP/1.1\r\nHost: {ADDRESS}:{port}\r\n\r\n"
        lines = [await asyncio.open_connection(ADDRESS, port) for _ in range(3)]
        for reader, writer in lines:
            writer.write(request.encode())
            assert b"200" in await asyncio.wait_for(reader.readline(), 20)
            await asyncio.wait_for(reader.readuntil(b"data: "), 20)
        server.stop()
        await server.close_all_connections()

    with catch_log() as logged:
        asyncio.run(listen())
    preview.close()
    assert logged == []


def test_it_listens_on_loopback_alone(preview):
    mine = psutil.Process(preview.process.pid)
    listening = [
        one.laddr.ip
        for process in (mine, *mine.children(recursive=True))
        for one in process.net_connections(kind="tcp")
        if one.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]
    with socket.socket(socket.AF_INET6) as other, pytest.raises(OSError, match=r"."):
        other.connect(("::1", preview.port))


def test_a_text(preview):
    with preview.changed(TEXT, "Texte inventé", "Texte réinventé") as state:
        assert (state["error"], "air.md" in state["said"]) == ("", True)
        assert "Texte réinventé" in preview.read_page()
    assert "Texte réinventé" not in preview.read_page()


def test_a_row(preview):
    said = "7\u202f000\u00a0arbres"
    assert said not in preview.read_page()
    with preview.changed(OBSERVATIONS, "31,6000,", "31,7000,") as state:
        assert state["error"] == ""
        assert said in preview.read_page()
        assert "7000" in preview.ask("/air/figures/fig-air-arbres.csv").read().decode("utf-8")
        # A text besides: the figures are those of the rows as they are now.
        with preview.changed(TEXT, "Texte inventé", "Texte réinventé"):
            assert "7000" in preview.ask("/air/figures/fig-air-arbres.csv").read().decode("utf-8")
            assert said in preview.read_page()


def test_a_formula(preview):
    before = cut_version(preview.read_page())
    formula = "{aide-renovation} / {logements-renoves}"
    with preview.changed("data/raw/reference/indicators.csv", formula, f"100 * {formula}") as state:
        assert state["error"] == ""
        assert cut_version(preview.read_page()) != before
    assert cut_version(preview.read_page()) == before


def test_the_chart_catalogue(preview):
    target = "{{arbres-plantes:cible|nombre}}"
    file = "data/raw/reference/charts.yml"
    with preview.changed(file, f"{target} visés", f"{target} voulus") as state:
        assert state["error"] == ""
        assert "voulus" in preview.read_page()


def test_a_style_and_a_filter(preview):
    with preview.changed("reports/style/text.css", "\n", "\n/* autre */\n") as state:
        assert state["error"] == ""
        assert "/* autre */" in preview.ask("/air/style/text.css").read().decode("utf-8")
    with preview.changed("reports/filters/blocks.lua", "\n", "\nerreur = = 1\n") as state:
        assert "blocks.lua" in state["error"]


def test_a_notebook(preview):
    with preview.changed("notebooks/finality.ipynb", "pages.show_", "pages.shaw_") as state:
        assert "shaw_" in state["error"]
        assert "cellule" in state["error"]
        assert "Protection de l’air" in preview.read_page()  # the last good one


def test_the_identity_is_read_by_another_process(preview):
    """The colour of the ink, in the pages' sheet and in the charts."""
    file, colour = "reports/style/identity.yml", "#123123"
    text = (preview.project / file).read_text("utf-8")
    ink = re.search(r'^  ink: *"(#\w+)"', text, re.MULTILINE)[1]
    with preview.changed(file, ink, colour) as state:
        assert state["error"] == ""
        for name in ("style/identity.css", "figures/fig-air-arbres.svg"):
            assert colour in preview.ask(f"/air/{name}").read().decode("utf-8"), name


def test_wrong_data_are_said_as_make_data_says_them_and_mended(preview):
    with preview.changed(OBSERVATIONS, "arbres-plantes,", "arbres-plantees,") as state:
        with pytest.raises(InvalidDossier) as said:
            load_edition(Dossier(preview.project / "data"), 2030)
        assert state["error"] == str(said.value)
        assert "ligne 2, colonne « indicator »" in state["error"]
        assert state["version"] == preview.version
        assert "Protection de l’air" in preview.read_page()
        # A text that is wrong besides: both are said at once.
        with preview.changed(TEXT, "{{arbres-plantes}}", "{{arbres}}") as state:
            assert "texts/air.md" in state["error"]
            assert "arbres-plantees" in state["error"]
    with preview.changed(TEXT, "{{arbres-plantes}}", "{{arbres}}") as state:
        assert "texts/air.md" in state["error"]
        assert "observations.csv" not in state["error"]


def test_another_page_is_built_when_it_is_opened(preview):
    contents = preview.ask("/").read().decode("utf-8")
    for name, title in {"index": "Page d’accueil", "eau": "Préservation de l’eau"}.items():
        assert f'<a href="/{name}/{name}.html">{title}</a>' in contents
    answer = preview.ask("/air/eau.html")
    assert (answer.status, answer.headers["Location"]) == (302, "/eau/eau.html")
    line = preview.ask("/evenements?page=eau")
    states = []
    while not (states and states[-1]["version"]):
        read = line.readline().decode("utf-8")
        states += [json.loads(read[6:])] if read.startswith("data: ") else []
    assert "page" in {state["step"] for state in states}
    assert "Préservation de l’eau" in preview.ask("/eau/eau.html").read().decode("utf-8")


def test_page_reloads_at_its_place_and_shows_errors(preview, browser):
    page = browser.new_page(viewport={"width": 1200, "height": 500})
    page.goto(f"{preview.address}/air/air.html")
    page.evaluate("document.querySelector('#sec-plantations').scrollIntoView()")
    place = "document.querySelector('#sec-plantations').getBoundingClientRect().top"
    before = page.evaluate(place)
    said = page.locator("aside[aria-label='Aperçu']")
    with preview.changed(TEXT, "Texte inventé", "Un autre texte.\n\nTexte inventé"):
        page.wait_for_selector("text=Un autre texte.")
        wait_until(page, f"Math.abs({place} - {before}) < 3")
        with preview.changed(OBSERVATIONS, "arbres-plantes,", "arbres-plantees,"):
            said.get_by_text("observations.csv").wait_for()
            assert "ligne 2, colonne « indicator »" in said.inner_text()
            assert page.locator("text=Un autre texte.").count() == 1  # over the last good page
        said.get_by_text("Page refaite en").wait_for()
    page.close()


def test_nothing_is_written_beside_and_ctrl_c_ends_all(preview):
    project = preview.project
    assert not (project / "data" / "processed").exists()
    assert {path.name for path in (project / "reports").iterdir()} == {
        path.name for path in REPORTS.iterdir() if not path.name.strip(".").isdigit()
    }
    children = psutil.Process(preview.process.pid).children(recursive=True)
    assert any(preview.temporary.iterdir())
    assert preview.stop() == 0
    assert "Aperçu terminé." in preview.said
    assert "Traceback" not in preview.said
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    assert list(preview.temporary.iterdir()) == []


@pytest.mark.slow
def test_a_page_that_does_not_exist_is_refused(tmp_path):
    running = RunningPreview(copy_project(tmp_path / "projet", MADE_UP), "aire", tmp_path)
    try:
        said = running.process.communicate(timeout=300)[0]
    finally:
        running.process.kill()
    assert running.process.returncode == 1
    assert (
        "Page inconnue : « aire » ; pages de l’édition 2030 : index, summary, portrait, air" in said
    )
    assert "Traceback" not in said
