"""Where a collection stands: who has answered, who is late, what each chapter still lacks."""

from __future__ import annotations

import json
import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.base.paths import Dossier
from analysis.collect import form_contract
from analysis.collect.forms import write_forms
from analysis.collect.new_year import prepare_year
from analysis.collect.status import Share, describe_status, name_state, read_status
from analysis.collect.status_page import format_page, write_page
from analysis.compute.indicators import load_edition

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
LAST, NEXT = 2030, 2031
BEFORE, AFTER = date(NEXT, 10, 31), date(NEXT, 11, 1)
ASKED = 7  # values asked of « environnement »


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = tmp_path_factory.mktemp("suivi") / "invente"
    shutil.copytree(MADE_UP, root)
    prepare_year(Dossier(root), NEXT, due=date(NEXT, 10, 31))
    return root


@pytest.fixture
def dossier(template, tmp_path) -> Dossier:
    """A made-up dossier with the next edition prepared."""
    shutil.copytree(template, tmp_path / "invente")
    return Dossier(tmp_path / "invente")


def append(dossier: Dossier, file: str, *lines: str) -> None:
    path = dossier.raw / file
    with path.open("a", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line in lines)


def look(dossier: Dossier, today: date = BEFORE):
    edition, previous = load_edition(dossier, NEXT), load_edition(dossier, LAST)
    return read_status(dossier, edition, previous, today)


def of(status, service: str):
    return next(row for row in status.services if row.id == service)


def chapter_of(status, chapter: str):
    return next(row for row in status.chapters if row.id == chapter)


def observe(dossier: Dossier, indicator: str, start: str, end: str, unit: str) -> None:
    append(
        dossier, f"{NEXT}/observations.csv",
        f"{indicator},val-exemple,{start},{end},9,{unit},exact,définitif,rapport-invente,l. 1,",
    )  # fmt: skip


def put_reading(dossier: Dossier, service: str, content: str) -> None:
    folder = dossier.report(NEXT) / form_contract.RETURNS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"formulaire-{NEXT}-{service}.json").write_text(content, "utf-8")


def test_at_first_nothing_is_sent_and_nothing_known(dossier):
    status = look(dossier)
    assert [row.id for row in status.services] == [
        "direction-generale", "environnement", "finances", "syndicat-eau",
    ]  # fmt: skip
    for row in status.services:
        assert (row.sent, row.returned, row.errors, row.flagged, row.late) == (
            False, False, None, None, False,
        )  # fmt: skip
        assert row.values.done == row.followups.done == 0
        assert name_state(row) == "à envoyer"
    assert of(status, "environnement").due == BEFORE
    for chapter in status.chapters:
        assert chapter.texts == Share(0, 3)


def test_totals_of_services_and_of_chapters_agree(dossier):
    status = look(dossier)
    for name in ("values", "followups"):
        totals = [
            sum(getattr(row, name).total for row in rows)
            for rows in (status.services, status.chapters)
        ]
        assert totals[0] == totals[1] > 0


def test_sent_then_returned(dossier):
    edition, previous = load_edition(dossier, NEXT), load_edition(dossier, LAST)
    list(write_forms(dossier, edition, previous))
    assert name_state(of(look(dossier), "finances")) == "attendu"
    append(dossier, "sources.csv", f"formulaire-{NEXT}-finances,,Réponses,Finances,2031,,,")
    status = look(dossier)
    assert of(status, "finances").returned
    assert name_state(of(status, "finances")) == "à compléter"
    assert not of(status, "environnement").returned


def test_late_only_after_the_due_day_and_while_something_lacks(dossier):
    assert not any(row.late for row in look(dossier, BEFORE).services)
    late = look(dossier, AFTER)
    assert all(row.late for row in late.services)
    assert {name_state(row) for row in late.services} == {"en retard"}
    followups = ["id,state,new_due,note,source,locator"]
    for id in ("zones-humides", "reseau", "prevu-reseau", "piste-eau"):
        followups.append(f"{id},en cours,,,rapport-invente,l. 1")
    append(dossier, f"{NEXT}/followups.csv", *followups)
    observe(dossier, "surface-zones-humides", "", f"{NEXT}-12-31", "m2")
    observe(dossier, "communes-diagnostiquees", "", f"{NEXT}-06-30", "commune")
    row = of(look(dossier, AFTER), "syndicat-eau")
    assert row.followups == Share(4, 4)
    assert row.values == Share(2, 3), "the amount is still missing"
    assert row.late
    put_reading(dossier, "syndicat-eau", json.dumps({"absent": [{"code": "depenses-eau"}]}))
    row = of(look(dossier, AFTER), "syndicat-eau")
    assert (row.values, row.late, name_state(row)) == (Share(3, 3), False, "complet")


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (f"{NEXT}-01-01", f"{NEXT}-12-31", True),
        (f"{NEXT}-01-01", f"{NEXT}-10-31", True),
        (f"{NEXT - 3}-01-01", f"{NEXT - 3}-12-31", False),  # an old year corrected
        ("", "", True),
    ],
)
def test_a_value_of_the_asked_year_answers(dossier, start, end, counts):
    before = of(look(dossier), "environnement").values
    assert before == Share(0, ASKED)
    observe(dossier, "logements-renoves", start, end, "logement")
    status = look(dossier)
    assert of(status, "environnement").values == Share(int(counts), ASKED)
    assert chapter_of(status, "air").values.done == int(counts)


def test_an_earlier_value_is_no_answer(dossier):
    line = "logements-renoves,val-exemple,2031-01-01,2031-12-31,9,logement,exact,prévisionnel,"
    append(dossier, f"{LAST}/observations.csv", line + "rapport-invente,l. 1,")
    assert of(look(dossier), "environnement").values.done == 0


@pytest.mark.parametrize(
    ("content", "errors", "flagged"),
    [
        ('{"errors": [{}, {}], "flagged": [{}], "imported": []}', 2, 1),
        ('{"errors": 3, "flagged": 0, "imported": 7}', 3, 0),
        ('{"errors": "beaucoup"}', None, None),
        ("[]", None, None),
        ("{pas du json", None, None),
        ('{"absent": ["x", {"code": 3}, {}], "errors": []}', 0, None),
    ],
)
def test_reading_of_the_answers(dossier, content, errors, flagged):
    put_reading(dossier, "finances", content)
    row = of(look(dossier), "finances")
    assert (row.errors, row.flagged) == (errors, flagged)
    assert row.values.done == 0


def test_a_service_speaks_for_its_own_requests_only(dossier):
    put_reading(dossier, "finances", json.dumps({"absent": [{"code": "logements-renoves"}]}))
    assert of(look(dossier), "environnement").values.done == 0


def test_texts_written_are_counted(dossier):
    path = dossier.raw_year(NEXT) / "texts/air.md"
    path.write_text("## Enjeu\n\nÉcrit.\n\n## Analyse\n\n## Synthèse\n\n- Écrit.\n", "utf-8")
    status = look(dossier)
    assert chapter_of(status, "air").texts == Share(2, 3)
    assert chapter_of(status, "eau").texts == Share(0, 3)


@pytest.mark.parametrize(
    ("done", "total", "percent", "complete"),
    [(0, 3, 0, False), (2, 3, 66, False), (199, 200, 99, False), (3, 3, 100, True),
     (0, 0, 100, True)],
)  # fmt: skip
def test_shares_are_rounded_down(done, total, percent, complete):
    share = Share(done, total)
    assert (share.percent, share.complete) == (percent, complete)


# --- what is shown --------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Tags, texts and addresses of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.open, self.links, self.scopes = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag == "th":
            self.scopes.append(dict(attributes).get("scope"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_is_well_formed_and_asks_nothing_outside(dossier):
    page = format_page(look(dossier, AFTER))
    reader = Reader(page)
    assert reader.open == []
    assert reader.links == []
    assert not any(word in page for word in ("url(", "@import", "<script", "http:", "https"))
    assert reader.tags.count("table") == reader.tags.count("caption") == 2
    assert set(reader.scopes) <= {"row", "col"}
    assert '<html lang="fr">' in page
    assert page.count("en retard</span>") == 4
    assert "pour le 31\u00a0octobre 2031" in page


def test_page_escapes_names(dossier):
    path = dossier.reference / "services.csv"
    path.write_text(
        path.read_text("utf-8").replace("finances,Finances", "finances,<b>A&B"), "utf-8"
    )
    page = format_page(look(dossier))
    assert "&lt;b&gt;A&amp;B" in page
    assert "<b>" not in page


def test_same_day_same_page(dossier):
    path = write_page(look(dossier), dossier)
    first = path.read_bytes()
    assert write_page(look(dossier), dossier).read_bytes() == first
    assert path == dossier.report(NEXT) / "suivi.html"
    assert not list(path.parent.glob("*.tmp"))


def test_terminal_lines_stand_in_columns(dossier):
    lines = describe_status(look(dossier)).splitlines()
    head = next(line for line in lines if line.startswith("Service"))
    row = next(line for line in lines if line.startswith("Environnement"))
    assert row.index(f"0/{ASKED}") + len(f"0/{ASKED}") == head.index("Valeurs") + len("Valeurs")


def test_command_takes_the_day(dossier, capsys):
    root = str(dossier.root)
    arguments = ["status", "--year", str(NEXT), "--dossier", root, "--today"]
    assert main([*arguments, "2031-10-31"]) == 0
    assert ", 0 en retard" in capsys.readouterr().out
    assert main([*arguments, "2031-11-01"]) == 0
    said = capsys.readouterr().out
    assert "Édition 2031, au 1er\u00a0novembre 2031" in said
    assert ", 4 en retard" in said
    with pytest.raises(SystemExit):
        main([*arguments, "demain"])
    assert "« demain » n’est pas une date" in capsys.readouterr().err
