"""Tables: valid pipe tables, typeset, escaped, with unique ids; what they say of the edition."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis.model.schema import PORTRAIT
from analysis.show import tables
from analysis.show.tables.pipe_tables import format_table
from analysis.show.tables.registers import describe_due
from analysis.show.tables.value_rows import (
    describe_period,
    list_details,
    name_row,
    read_reference_values,
)
from analysis.words.citations import cite_place
from analysis.words.hidden_markup import strip_marks, write_spans
from analysis.words.lineage import name_anchor
from analysis.words.smallmarkdown import write_plain

CHAPTERS = ("air", "eau", "suivi")


def read_pipe_table(text):
    """Head, rows and caption of the first pipe table of ``text``."""
    lines = text.split("\n")
    head, rule, *rest = lines
    rows = [line for line in rest if line.startswith("|")]
    caption = next((line for line in rest if line.startswith(": ")), "")
    split = re.compile(r"(?<!\\)\|")
    cells = [[cell.strip() for cell in split.split(row)[1:-1]] for row in [head, *rows]]
    assert len(split.split(rule)) - 2 == len(cells[0])
    return cells[0], cells[1:], caption


def read_titles(box):
    """The titles of a box of key figures, in order."""
    return re.findall(r"\[([^\]]*)\]\{\.intitule\}", strip_marks(box))


def refused(edition):
    return edition.comparisons[~edition.comparisons["comparable"]]


def tabulate_all(edition):
    for chapter in CHAPTERS:
        yield tables.tabulate_planned(edition, chapter)
        yield tables.tabulate_trails(edition, chapter)
        for action in edition.actions.query("chapter == @chapter")["id"]:
            yield tables.tabulate_facts(edition, chapter, action)
    yield tables.tabulate_files(edition, edition.files)
    yield tables.tabulate_progress(edition, edition.progress)
    yield tables.tabulate_not_comparable(edition, refused(edition))
    yield tables.tabulate_forbidden_pairs(edition, edition.not_comparable)
    yield tables.tabulate_statements(edition, edition.checks)
    yield tables.tabulate_controls(edition.controls, edition.discrepancies)
    yield tables.tabulate_gaps(edition, edition.gaps)
    yield tables.tabulate_sources(edition.sources)
    yield tables.tabulate_glossary(edition.glossary)


def test_all_tables_are_well_formed_with_unique_ids(edition):
    text = "\n\n".join(table for table in tabulate_all(edition) if table)
    ids = re.findall(r"\{#(tbl-[^}]*)\}", text)
    assert len(ids) == len(set(ids)) > 10
    assert all(re.fullmatch(r"tbl-[a-z0-9-]+", id) for id in ids)
    tabled = [block for block in re.split(r"\n\n(?=\||\*\*|:::)", text) if block.startswith("|")]
    assert len(tabled) > 10
    for block in tabled:
        head, rows, caption = read_pipe_table(block)
        assert all(len(row) == len(head) for row in rows)
        assert len(rows) > 1, "a single row is no table"
        assert caption
    assert not re.search(r"\b(nan|NaT|None)\b", text)
    assert "{{" not in text


def test_cells_are_typeset_and_escaped():
    cell = write_plain("l'aide | 50 % *forte* : « oui »\nsuite")
    assert "l’aide" in cell
    assert "\\|" in write_spans(cell)
    assert "\\*forte\\*" in write_spans(cell)
    assert "50\u202f%" in cell
    assert "\n" not in cell


def test_numbers_are_aligned_right():
    frame = pd.DataFrame({"Nom": ["a", "b"], "Valeur": ["1\u202f000", "−2,5 %"]})
    rule = tables.format_markdown(frame).split("\n")[1].split("|")
    assert rule[1].startswith(":")
    assert rule[2].endswith(":")


def test_marks_are_centred():
    rule = tables.format_markdown(pd.DataFrame({"Effet": ["+", "0", "−"]})).split("\n")[1]
    assert re.fullmatch(r"\|:-+:\|", rule)


def test_width_hints_follow_the_weights():
    frame = pd.DataFrame({"Un": ["a"], "Deux": ["b"]})
    rule = tables.format_markdown(frame, widths=[1, 3]).split("\n")[1].split("|")
    assert len(rule[2]) == 3 * len(rule[1])


def test_an_empty_table_is_no_table():
    assert tables.format_markdown(pd.DataFrame()) == ""


def test_a_table_without_id_has_no_caption():
    assert "{#" not in tables.format_markdown(pd.DataFrame({"A": ["b"]}), "Légende")


def read_facts(edition, chapter, action):
    """An action's few values as its card says them, by the card's terms."""
    assert tables.tabulate_facts(edition, chapter, action) == ""
    return {
        term: read_plain(text) for term, text in tables.describe_facts(edition, chapter, action)
    }


def test_few_values_are_a_line_and_no_table(edition):
    assert read_facts(edition, "air", "renovation") == {
        "Chiffres": "logements rénovés : 100 logements rénovés (2030 ; l. 13), avant : 80 logements"
        " rénovés (2029), + 25,0 % ; aides à la rénovation : 250 000 € (réalisé, 2030 ; l. 14)",
        "Calculé": "aide par logement rénové : 2 500 €/logement (2030) ;"
        " évolution des logements rénovés : 25,0 % (2030)",
    }
    said = read_facts(edition, "air", "velo")
    assert "avant : plus de 6 000 visiteurs (2029), périodes non comparables" in said["Chiffres"]
    assert "janvier à octobre 2030, provisoire ; l. 17" in said["Chiffres"]
    assert said["Non calculé"].startswith("évolution des visiteurs (")


def test_more_values_are_a_table_of_numbers_beside_their_units(edition):
    """Most are of 2030 and foreseen: that is said once, below, and no column says it again."""
    assert tables.describe_facts(edition, "air", "plantations") == []
    text = strip_marks(tables.tabulate_facts(edition, "air", "plantations"))
    table = text.split(":::")[1].partition("\n")[2]
    head, rows, caption = read_pipe_table(table)
    assert (head, caption) == (["Indicateur", "Valeur", "Unité"], "")
    assert [[read_plain(cell) for cell in row] for row in rows] == [
        ["Arbres plantés", "environ 6 000", "arbres (2026–2030)"],
        ["Dépenses pour l’air", "1,20", "M€ (réalisé, 2029)"],
        ["Coût des plantations", "100 000", "€ (prévu)"],
        ["Plantations, part de l’État", "50 000", "€ (prévu, État)"],
        ["Plantations, part de la Région", "20 000", "€ (prévu, Région d’Exemple)"],
    ]
    assert [bar.endswith(":") for bar in table.split("\n")[1].split("|")[1:-1]] == [
        False, True, False,
    ]  # fmt: skip
    note = read_plain(text.split(":::")[-2])
    assert note.strip().removeprefix("{.source}").strip() == (
        "Période : 2030, prévision, sauf mention. Calculé : part des dépenses pour l’air : 40,0 %"
        " (2029) ; plantations, reste à financer : 30 000 € (prévu, 2030) ; taux d’aide aux"
        " plantations : 70,0 % (2030) ; arbres restant à planter : environ 4 000 arbres"
        " (2026–2030). Sources : l. 11 ; pour « Arbres plantés », l. 10 ; pour"
        " « Dépenses pour l’air », l. 33."
    )


def test_what_came_before_most_values_has_a_column(edition):
    text = strip_marks(tables.tabulate_facts(edition, "suivi", "formation"))
    head, rows, _ = read_pipe_table(text.split(":::")[1].partition("\n")[2])
    assert head == ["Indicateur", "Valeur", "Unité", "Avant, évolution"]
    assert read_plain(rows[0][3]) == "150 agents (fin 2029) ; + 6,7 %"


def test_an_action_without_value_has_no_table(edition):
    assert tables.tabulate_facts(edition, "air", "inconnue") == ""
    assert tables.describe_facts(edition, "air", "inconnue") == []


def test_a_single_row_is_a_sentence_and_an_empty_column_no_column():
    columns = {"Indicateur": 1, "Édition 2029": 1, "Source": 1}
    (row,) = rows = [("Marchés", "15 marchés.", "")]
    said = strip_marks(format_table(columns, rows, "Légende", "essai"))
    assert read_plain(said) == "**Marchés**, édition 2029 : 15 marchés."
    head, found, _ = read_pipe_table(format_table(columns, [row, row], "Légende", "essai"))
    assert head == ["Indicateur", "Édition 2029"]
    assert len(found) == 2


def test_years_are_names_and_not_aligned_as_numbers():
    frame = pd.DataFrame({"Année": ["2029", "2030"], "Valeur": ["12", "2030"]})
    rule = tables.format_markdown(frame).split("\n")[1].split("|")
    assert [bar.endswith(":") for bar in rule[1:-1]] == [False, True]


def test_what_holds_always_needs_no_date(published):
    """The 17 goals, a threshold, a floor; a count of a day unknown does."""
    rows = {row.indicator: row for row in read_reference_values(published).itertuples()}
    said = {
        "objectifs-developpement-durable": "",
        "seuil-achats": "",
        "fonds-concours-plancher-commune": "",
        "plie-age-jeunes": "",
        "intervalle-suivi-budget": "",
        "vice-presidents": "date non précisée",
        "tepcv-enveloppe": "date non précisée",
        "zones-humides-prevues": "prévision sans date",
        "logements-sociaux-finances": "1er janvier au 26 octobre 2017, provisoire",
    }
    assert {id: read_plain(describe_period(published, rows[id])) for id in said} == said
    stages = {id: list_details(published, rows[id]) for id in ("seuil-achats", "tepcv-enveloppe")}
    assert stages == {"seuil-achats": [], "tepcv-enveloppe": ["prévu", "État"]}


def test_no_bracket_stands_in_another(published):
    """« (1er janvier au 26 octobre 2017 (provisoire)) »."""
    for chapter in published.chapters["id"]:
        for action in published.rows("actions", chapter=chapter)["id"]:
            said = [text for _, text in tables.describe_facts(published, chapter, action)]
            said.append(tables.tabulate_facts(published, chapter, action))
            for words in map(strip_marks, said):
                assert not re.search(r"\([^()]*\((?!cumul|PLIE|Monde|France)", words), words


def test_a_place_is_said_by_part_and_page_and_its_lines_by_whoever_asks(published):
    def cite(source, locator, **options):
        return read_plain(cite_place(published, source, locator, **options))

    assert cite("rapport-2017", "l. 384") == "I.A, p. 8–10"
    assert cite("rapport-2017", "l. 384", lines=True) == "I.A, p. 8–10, l. 384"
    assert cite("rapport-2017", "l. 384 ; l. 390") == "I.A, p. 8–10"
    assert cite("rapport-2017", "l. 580 ; l. 647") == "II.A, p. 13–16 ; II.C, p. 16–17"
    assert cite("rapport-2017", "l. 1489") == "VIII.B, p. 42 ou après"
    assert cite("rapport-2017", "l. 94") == "p. 8 ou avant"
    assert cite("appreciation-2017", "l. 340") == "I.A, p. 8–10", "a judgement of the same lines"
    assert cite("", "l. 493") == "I.D, p. 12–13", "the register names no source"
    assert cite("population", "millésime 2017") == "millésime 2017"
    assert cite("formulaire-2018-habitat", "Valeurs!C4") == "réponse du service"
    assert write_spans(cite_place(published, "rapport-2017", "l. 384")).endswith(
        '{.document data-document="rapport-2017:384"}'
    )


def test_key_figures_are_those_listed_in_their_order(edition):
    assert read_titles(tables.list_key_figures(edition, "air")) == [
        "Logements rénovés",
        "Arbres plantés",
    ]


def test_key_figures_without_a_list_are_few_and_begin_with_targets(edition):
    unlisted = replace(edition, key_figures=edition.key_figures.iloc[:0])
    titles = read_titles(tables.list_key_figures(unlisted, "air", count=4))
    assert len(titles) == 4
    assert "Arbres plantés" in titles, "a target is said first"


def test_register_says_what_is_printed_and_what_is_kept(edition):
    row = {
        "id": "halles",
        "kind": "effectif",
        "title": "Halles (inventé)",
        "printed": "23 halles",
        "locator": "l. 8",
        "computed": "24",
        "kept": "Les deux.",
        "reason": "Rien ne tranche.",
        "statement": "",
        "control": "",
        "carried_from": None,
    }
    known = pd.DataFrame([row, row | {"id": "autre"}])
    _, rows, _ = read_pipe_table(strip_marks(tables.tabulate_discrepancies(edition, known)))
    assert rows[0][0] == "Halles (inventé) (effectif)"
    assert "l. 8" in rows[0][1].replace("\u00a0", " ")
    assert rows[0][3] == "Les deux. Rien ne tranche."
    former = known.assign(carried_from=2029)
    _, rows, _ = read_pipe_table(strip_marks(tables.tabulate_discrepancies(edition, former)))
    assert rows[0][0] == "Halles (inventé) (effectif, édition 2029)"
    assert tables.tabulate_discrepancies(edition, known.iloc[:0]) == ""


def read_plain(cell):
    return strip_marks(cell).replace("\u202f", " ").replace("\u00a0", " ")


def test_values_not_to_be_compared_are_shown_with_their_period_and_reason(edition):
    pairs = edition.not_comparable
    other = pairs.assign(id="c", reason="Autre objet.", locator="l. 12")
    pairs = pd.concat([pairs, other], ignore_index=True)
    head, rows, _ = read_pipe_table(strip_marks(tables.tabulate_forbidden_pairs(edition, pairs)))
    assert head == ["Première valeur", "Seconde valeur", "Raison", "Source"]
    assert [[read_plain(cell) for cell in row] for row in rows] == [
        [
            "Arbres plantés, environ 6 000 arbres (2026–2030)",
            "Visiteurs accueillis, 4 752 visiteurs (janvier à octobre 2030)",
            "Les arbres sont un cumul depuis 2026, les visiteurs ceux d’une période (de janvier à"
            " octobre 2030).",
            "l. 10, 17",
        ],
        [*map(read_plain, rows[0][:2]), "Autre objet.", "l. 12"],
    ]
    again = pairs.iloc[:1].assign(id="b", first="agents", locator="l. 30 ; l. 17")
    both = pd.concat([pairs, again], ignore_index=True)
    _, rows, _ = read_pipe_table(strip_marks(tables.tabulate_forbidden_pairs(edition, both)))
    assert len(rows) == 2, "one row for one reason"
    assert "(2026–2030) ; Agents, 160 agents (fin 2030)" in read_plain(rows[0][0])
    assert rows[0][3].replace("\u00a0", " ") == "l. 10, 17, 30"
    assert tables.tabulate_forbidden_pairs(edition, pairs.iloc[:0]) == ""


def test_controls_are_counted_and_alerts_explained(edition):
    controls = edition.controls.assign(
        verdict=["alerte", "alerte", *edition.controls["verdict"].iloc[2:]],
        message=["Trop grand.", "Trop petit.", *edition.controls["message"].iloc[2:]],
        discrepancy=["halles", *edition.controls["discrepancy"].iloc[1:]],
    )
    register = pd.DataFrame([{"id": "halles", "kept": "Les deux.", "reason": "Rien ne tranche."}])
    counts, alerts = tables.tabulate_controls(controls, register).split("\n\n|")
    alerts, left = alerts.rsplit("\n\n", 1)
    head, rows, _ = read_pipe_table(counts)
    first = dict(zip(head, rows[0], strict=True))
    number = (controls["control"] == "partie et tout").sum()
    assert first["Contrôle"] == "Partie et tout"
    assert (first["Contrôlés"], first["Alertes"], first["Expliquées"]) == (str(number), "2", "1")
    assert sum(int(row[head.index("Contrôlés")]) for row in rows) == len(controls)
    _, rows, _ = read_pipe_table("|" + alerts)
    assert [row[1:] for row in rows] == [
        ["Trop grand.", "Les deux. Rien ne tranche."],
        ["Trop petit.", "Aucune dans le registre pour ces valeurs."],
    ]
    assert (controls["verdict"] == "non contrôlable").sum() == 1
    assert left.startswith("**"), "a single row is no table"
    assert tables.tabulate_controls(controls.iloc[:0], register) == ""


def test_every_indicator_has_its_place_its_values_and_its_origin(edition):
    text = "\n".join(tables.tabulate_trails(edition, chapter) for chapter in (PORTRAIT, *CHAPTERS))
    spans = write_spans(text)
    rows = read_reference_values(edition)
    assert len(rows) > 20
    for row in rows[rows["chapter"] != ""].itertuples():
        anchor = name_anchor(name_row(row)).removesuffix(f"--{edition.territory['id']}")
        assert f"{{#{anchor}}}" in spans, row.indicator
    words = strip_marks(text)
    assert "soit 100 × " in words
    assert "(2030/observations.csv, ligne " in words
    assert "objectif\u00a0: " in words


def test_files_are_listed_with_their_checksum(edition):
    _, rows, _ = read_pipe_table(strip_marks(tables.tabulate_files(edition, edition.files)))
    assert [row[0].replace("\\", "") for row in rows] == list(edition.files["file"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", row[2].replace(" ", "")) for row in rows)


def test_progress_says_both_paces(edition):
    text = strip_marks(tables.tabulate_progress(edition, edition.progress))
    assert "le rythme moyen depuis 2026, 1\u202f200\u00a0arbres par an, y suffit" in text
    assert "il faut 1\u202f000\u00a0arbres par an" in text


def test_not_comparable_gives_monthly_rates(edition):
    text = strip_marks(tables.tabulate_not_comparable(edition, refused(edition)))
    assert "plus de 500 puis 475" in text


def test_statements_put_discrepancies_first(edition):
    _, rows, _ = read_pipe_table(tables.tabulate_statements(edition, edition.checks))
    verdicts = [row[4] for row in rows]
    order = ["écart", "invérifiable", "arrondi", "exact"]
    assert verdicts == sorted(verdicts, key=order.index)
    assert len(rows) == len(edition.checks)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, None, "sans date"),
        ("2018-01-01", "2018-12-31", "2018"),
        ("2018-01-01", None, "à partir du 1er\u00a0janvier 2018"),
        (None, "2019-12-31", "avant le 31\u00a0décembre 2019"),
        ("2018-04-01", "2018-04-30", "avril 2018"),
        ("2018-05-24", "2018-05-24", "24\u00a0mai 2018"),
    ],
)
def test_due_dates_in_words(start, end, said):
    days = [None if day is None else pd.Timestamp(day) for day in (start, end)]
    assert describe_due(*days) == said


def test_glossary_is_sorted_without_case(edition):
    _, rows, _ = read_pipe_table(tables.tabulate_glossary(edition.glossary))
    names = [row[0].casefold() for row in rows]
    assert names == sorted(names)
