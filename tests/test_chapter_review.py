"""What a reviewer reads of a chapter, what differs from what was signed, and its marks: made-up
notebooks, one for each kind of difference."""

from __future__ import annotations

import re
from datetime import date

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.compute.dossier.reviewchecks import digest_content, format_content
from analysis.execute.chapter_content import FORMULA, Item, find_spots, read_content, read_words
from analysis.execute.content_differences import compare_content, pair_texts
from analysis.execute.remarks import Remark
from analysis.execute.review_marks import ReviewState, annotate, describe_signature
from analysis.show.markup import render_html

INTRO = """\
::: {.chapeau}
Le territoire a planté [60\u202f000\xa0arbres]{.trace data-trace="arbres"} en dix ans.

Il reste [40\u202f000]{.trace data-trace="reste"} arbres à planter.
:::"""
FACTS = """\
| Indicateur | Valeur | Période |
|:------|:-----|:-----|
| Arbres plantés | [60\u202f000\xa0arbres]{.trace data-trace="arbres"} | 2030 |
| Haies \\(privées\\) | [12\xa0km]{.trace data-trace="haies"} | 2029 |

: Chiffres de l’action {#tbl-eau-faits}"""
FIGURE = (
    '![Les [60\u202f000 arbres]{.trace data-trace="arbres"} dépassent le tiers.]'
    '(figures/fig-eau-arbres.svg){#fig-eau-arbres fig-alt="Courbe. 2029 : 50 000 ; 2030 : 60 000."}'
)
DATA = """\
::: {.source}
Source : relevé inventé, l.\xa03.
:::

::: {.content-visible when-format="html"}
::: {.encadre-note title="Données du graphique"}
| Année | Arbres |
|:---|---:|
| 2029 | [50\u202f000]{.trace data-trace="arbres:N-1"} |
| 2030 | [60\u202f000]{.trace data-trace="arbres"} |

[Télécharger ces données (CSV)](figures/fig-eau-arbres.csv)
:::
:::"""
ANALYSIS = """\
**Le rythme baisse.** Un premier paragraphe, sans nombre.

Un deuxième dit [12\xa0km]{.trace data-trace="haies"} de haies\\
*et* une seconde ligne."""
POINTS = """\
::: {.encadre-important title="À retenir"}
-   Un premier point.
-   Un second point, avec [40\u202f000]{.trace data-trace="reste"} arbres.
:::"""
TEXTS = ("# Eau {#sec-eau}", INTRO, "## Faits {#sec-eau-faits}", FACTS, FIGURE, DATA,
         "## Analyse {#sec-eau-analyse}", ANALYSIS, POINTS)  # fmt: skip


WORKINGS = """\
## Ce qui est calculé

| Intitulé | Dans l’édition | Recalculé |
|---|---|---|
| [R]{#calcul-reste} | [40\u202f000]{.trace data-trace="reste"} | [4e4]{.trace data-trace="reste"} |
| Plants | [815\xa0plants]{.trace data-trace="plantes"} | |

Un reste de [39]{.trace data-trace="autre"}, dit en une phrase."""


def make_notebook(texts=TEXTS, workings="| Terme |\n|---|\n| 1 |"):
    """A chapter as papermill leaves it: workings that no reader gets, then one output a text."""
    hidden = new_output("display_data", data={"text/markdown": workings})
    tags = {"tags": ["remove-cell", "calculs"]}
    outputs = [new_output("display_data", data={"text/markdown": text}) for text in texts]
    for output in outputs:
        if output["data"]["text/markdown"].startswith("!["):
            output["data"]["image/svg+xml"] = "<svg/>"
    return new_notebook(
        cells=[
            new_markdown_cell("À l’analyste : 99 choses.", metadata={"tags": ["remove-cell"]}),
            new_code_cell("calculs", outputs=[hidden], metadata=tags),
            new_code_cell("pages.show_all(chapter)", outputs=outputs),
            new_markdown_cell("Des mots du carnet, pour ses lecteurs."),
        ]
    )


def change(old, new, texts=TEXTS):
    """The chapter with other words, wherever they stand."""
    assert any(old in text for text in texts)
    return read_content(make_notebook([text.replace(old, new) for text in texts]))


def compare(after, before=None):
    """Differences as (kind, key, before, after)."""
    found = compare_content(before or read_content(make_notebook()), after)
    return [(each.kind, each.key, each.before, each.after) for each in found]


class TestContent:
    def test_pieces_in_order_of_reading(self):
        items = read_content(make_notebook())
        assert [(item.kind, item.key, item.mark) for item in items] == [
            ("titre", "sec-eau/titre1", "titre 1"),
            ("phrase", "sec-eau/1", "§1"),
            ("valeur", "arbres", "n1"),
            ("phrase", "sec-eau/2", "§2"),
            ("valeur", "reste", "n2"),
            ("titre", "sec-eau-faits/titre1", "titre 2"),
            ("tableau", "tbl-eau-faits", "tab. 1"),
            ("valeur", "haies", "n3"),
            ("graphique", "fig-eau-arbres", "fig. 1"),
            ("source", "sec-eau-faits/source1", "source 1"),
            ("valeur", "arbres:N-1", "n4"),
            ("titre", "sec-eau-analyse/titre1", "titre 3"),
            ("phrase", "sec-eau-analyse/1", "§3"),
            ("phrase", "sec-eau-analyse/2", "§4"),
            ("phrase", "sec-eau-analyse/3", "§5"),
            ("phrase", "sec-eau-analyse/4", "§6"),
            ("phrase", "sec-eau-analyse/5", "§7"),
        ]

    def test_numbers_of_the_workings_follow_those_of_the_chapter(self):
        """Those that the chapter has not are pieces too; a number of both is one."""
        items = read_content(make_notebook(workings=WORKINGS))
        added = [item for item in items if item not in read_content(make_notebook())]
        assert [(i.kind, i.key, i.mark, i.section, i.text) for i in added] == [
            ("valeur", "plantes", "n5", "Ce qui est calculé", "815 plants")
        ]

    def test_texts_are_letters_with_one_kind_of_space(self):
        items = {item.key: item for item in read_content(make_notebook())}
        assert items["arbres"].text == "60 000 arbres"
        assert items["sec-eau/1"].text == "Le territoire a planté 60 000 arbres en dix ans."
        assert items["sec-eau-analyse/2"].text == (
            "Un deuxième dit 12 km de haies et une seconde ligne."
        )
        assert items["sec-eau-analyse/1"].section == "Analyse"
        assert items["tbl-eau-faits"].text.split("\n") == [
            "Chiffres de l’action",
            "Indicateur | Valeur | Période",
            "Arbres plantés | 60 000 arbres | 2030",
            "Haies (privées) | 12 km | 2029",
        ]
        assert items["fig-eau-arbres"].text.split("\n") == [
            "Les 60 000 arbres dépassent le tiers.",
            "Courbe. 2029 : 50 000 ; 2030 : 60 000.",
            "Année | Arbres",
            "2029 | 50 000",
            "2030 | 60 000",
        ]
        assert items["sec-eau-analyse/5"].text == "Des mots du carnet, pour ses lecteurs."

    @pytest.mark.parametrize(
        ("markdown", "words"),
        [
            ("[**Portage :** Direction \\(A\\)]{.fiche}\\\n[x]{.y}", "Portage : Direction (A) x"),
            ("[un *lien*](#sec-a) et [[3]{.trace data-trace=\"a\"}]{.chiffre}", "un lien et 3"),
            ("2\\*3 \\[sic\\]", "2*3 [sic]"),
        ],
    )  # fmt: skip
    def test_words(self, markdown, words):
        assert read_words(markdown) == words


class TestDifferences:
    def test_the_same(self):
        assert compare(read_content(make_notebook())) == []

    def test_cell_noise(self):
        """Other cells, other identifiers, another drawing, typography: nothing that is read."""
        noisy = make_notebook()
        for output in noisy.cells[2].outputs:
            if "image/svg+xml" in output["data"]:
                output["data"]["image/svg+xml"] = "<svg><g/></svg>"
        noisy.cells.insert(1, new_code_cell("x = 1", metadata={"tags": ["remove-cell"]}))
        first, *rest = noisy.cells[3].outputs
        noisy.cells[3].outputs = rest
        noisy.cells.insert(3, new_code_cell("pages.show_title(chapter)", outputs=[first]))
        assert compare(read_content(noisy)) == []
        assert compare(change("12\xa0km", "12 km")) == []

    def test_value_alone(self):
        """Told once, not with the sentence, the point and the row that hold it."""
        assert compare(change("40\u202f000", "39\u202f500")) == [
            ("valeur", "reste", "40 000", "39 500")
        ]

    def test_value_with_its_qualifier(self):
        assert compare(change("[12\xa0km]", "[environ 12\xa0km]")) == [
            ("valeur", "haies", "12 km", "environ 12 km")
        ]

    def test_another_form_is_the_same_value(self):
        assert compare(change("[40\u202f000]", "[40\u202f000 arbres]")) == []

    def test_sentence(self):
        assert compare(change("Le rythme baisse", "Le rythme croît")) == [
            (
                "phrase",
                "sec-eau-analyse/1",
                "Le rythme baisse. Un premier paragraphe, sans nombre.",
                "Le rythme croît. Un premier paragraphe, sans nombre.",
            )
        ]

    def test_words_and_number_of_one_sentence(self):
        after = change(
            'Il reste [40\u202f000]{.trace data-trace="reste"} arbres à planter.',
            'Il ne reste plus que [39\u202f000]{.trace data-trace="reste"} arbres à planter.',
            [text for text in TEXTS if text != POINTS],
        )
        before = read_content(make_notebook([text for text in TEXTS if text != POINTS]))
        assert compare(after, before) == [
            (
                "phrase",
                "sec-eau/2",
                "Il reste 40 000 arbres à planter.",
                "Il ne reste plus que 39 000 arbres à planter.",
            ),
            ("valeur", "reste", "40 000", "39 000"),
        ]

    def test_an_inserted_paragraph_is_one_difference(self):
        after = change("Un deuxième dit", "Un nouveau paragraphe, inséré.\n\nUn deuxième dit")
        assert compare(after) == [
            ("phrase", "sec-eau-analyse/2", "", "Un nouveau paragraphe, inséré.")
        ]

    def test_a_paragraph_that_is_gone(self):
        assert compare(change("-   Un premier point.\n", "")) == [
            ("phrase", "sec-eau-analyse/3", "Un premier point.", "")
        ]

    def test_moved_words_are_the_same(self):
        swapped = ANALYSIS.split("\n\n")[::-1]
        assert compare(change(ANALYSIS, "\n\n".join(swapped))) == []

    def test_a_row_of_a_table(self):
        assert compare(change("| 2029 |\n\n:", "| 2028 |\n\n:")) == [
            (
                "tableau",
                "tbl-eau-faits",
                "Haies (privées) | 12 km | 2029",
                "Haies (privées) | 12 km | 2028",
            )
        ]
        added = change("| 2029 |\n\n:", "| 2029 |\n| Mares | 3 | 2030 |\n\n:")
        assert compare(added) == [("tableau", "tbl-eau-faits", "", "Mares | 3 | 2030")]

    def test_a_chart_by_its_data(self):
        """Its caption and its alternative text say the same numbers: told once."""
        after = change("50\u202f000", "51\u202f000")
        assert compare(after) == [
            ("graphique", "fig-eau-arbres", "2029 | 50 000", "2029 | 51 000"),
            ("valeur", "arbres:N-1", "50 000", "51 000"),
        ]
        described = change("2029 : 50 000 ;", "2029 : 51 000 ;")
        assert [kind for kind, *_ in compare(described)] == ["graphique"]

    def test_another_kind_of_chart(self):
        assert compare(change("Courbe.", "Barres.")) == [
            (
                "graphique",
                "fig-eau-arbres",
                "Courbe. 2029 : 50 000 ; 2030 : 60 000.",
                "Barres. 2029 : 50 000 ; 2030 : 60 000.",
            )
        ]

    def test_formulas(self):
        def formula(titles, numbers, wording):
            return Item(FORMULA, "part", "n9", "Faits", f"{titles}\n{numbers}", wording)

        items = read_content(make_notebook())
        value = Item("valeur", "part", "n9", "Faits", "60 %")
        before = [*items, value, formula("Part = A ÷ B", "6 ÷ 10", "a")]
        other = [*items, value, formula("Part = A ÷ (B + C)", "6 ÷ (10 + 0)", "b")]
        assert compare(other, before) == [
            ("formule", "part", "Part = A ÷ B\n6 ÷ 10", "Part = A ÷ (B + C)\n6 ÷ (10 + 0)")
        ]
        # Other terms with the same result are told; with another result, the result is.
        terms = formula("Part = A ÷ B", "12 ÷ 20", "a")
        assert [each[0] for each in compare([*items, value, terms], before)] == ["formule"]
        result = Item("valeur", "part", "n9", "Faits", "70 %")
        changed = [*items, result, formula("Part = A ÷ B", "7 ÷ 10", "a")]
        assert compare(changed, before) == [("valeur", "part", "60 %", "70 %")]

    def test_pairs(self):
        assert pair_texts(["a b c d", "x"], ["x", "a b c e", "z"]) == [
            (1, 0),
            (0, 1),
            (None, 2),
        ]
        assert pair_texts(["x"], []) == [(0, None)]


class TestSignedFile:
    def test_a_spreadsheet_changes_no_digest(self):
        """Its spaces and line ends are another's."""
        rows = [vars(item) for item in read_content(make_notebook())]
        saved = [
            {k: v.replace(" ", "\xa0").replace("\n", " \n") for k, v in r.items()} for r in rows
        ]
        assert digest_content(saved) == digest_content(rows)
        assert digest_content(rows[1:]) != digest_content(rows)

    def test_no_cell_is_a_number_a_date_or_a_formula(self):
        rows = [
            vars(Item("valeur", "a", "n1", "- x", text)) for text in ("15 %", "=1+1", "+ 3", "1/2")
        ]
        lines = format_content(rows).splitlines()[1:]
        assert [line.split(",")[4][0] for line in lines] == ["«"] * 4
        digests = [item.wording for item in read_content(make_notebook()) if item.wording]
        assert digests
        assert all(re.fullmatch(r"[a-p ]+", wording) for wording in digests)


def read_annotated(state, texts=TEXTS):
    notebook = make_notebook(texts)
    annotate(notebook, state)
    return read_texts(notebook)


def read_texts(notebook):
    return "\n\n".join(
        output["data"]["text/markdown"]
        for cell in notebook.cells
        if "remove-cell" not in cell.metadata.get("tags", [])
        for output in cell.get("outputs", [])
    )


def sign(after=(), **parts):
    differences = compare_content(read_content(make_notebook()), after) if after else ()
    return ReviewState("eau", 2030, "Ada Exemple", date(2031, 2, 3), differences, **parts)


class TestMarks:
    def test_every_piece_has_its_mark_once(self):
        text = read_annotated(ReviewState("eau", 2030))
        anchors = re.findall(r"#(repere-[\w-]+)", text)
        outputs = [s for s in find_spots(make_notebook()) if s.output is not None]
        assert len(anchors) == len({s.item for s in outputs}) == len({*anchors})
        assert "Ce chapitre n’a pas encore été signé." in text
        assert "# Eau [titre 1]{#repere-titre-1 .repere} {#sec-eau}" in text
        assert "dix ans. [§1]{#repere-p1 .repere}" in text
        assert 'arbres"}\xa0[n°\xa01]{#repere-n1 .repere .nombre} en dix' in text
        assert "[source 1]{#repere-source-1 .repere}" in text

    def test_numbers_lead_to_their_rows_of_the_workings_and_back(self):
        notebook = make_notebook(workings=WORKINGS)
        annotate(notebook, ReviewState("eau", 2030))
        text = read_texts(notebook)
        assert 'data-trace="reste"}\xa0[n°\xa02](#calcul-reste){#repere-n2 .repere .nombre}' in text
        assert "[n°\xa01]{#repere-n1 .repere .nombre}" in text, "no row of the workings"
        workings = notebook.cells[1].outputs[0]["data"]["text/markdown"]
        assert workings.count(".repere") == 2, "once a row, none in a sentence"
        assert '"reste"}\xa0[n°\xa02](#repere-n2){.repere .nombre} |' in workings
        assert "[n°\xa05]{#repere-n5 .repere .nombre}" in workings

    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ("soit [9\xa0kWh/hab.]{T} Le prix", "{T}\xa0[n°\xa01]{#repere-n1 .repere .nombre}. Le"),
            ("soit [9\xa0kWh/hab.]{T}", "{T}\xa0[n°\xa01]{#repere-n1 .repere .nombre}. [§1]"),
            ("[9\xa0kWh/hab.]{T} par an.", "{T}\xa0[n°\xa01]{#repere-n1 .repere .nombre} par an."),
            ("soit [9\xa0km]{T}. Le prix", "{T}\xa0[n°\xa01]{#repere-n1 .repere .nombre}. Le prix"),
        ],
    )
    def test_a_full_stop_that_ends_unit_and_sentence_stands_behind_the_mark(self, typed, shown):
        trace = '{.trace data-trace="a"}'
        text = read_annotated(ReviewState("eau", 2030), [typed.replace("{T}", trace)])
        assert shown.replace("{T}", trace) in text

    def test_without_marks_the_text_is_as_it_was(self):
        """Marks are added; nothing is taken away."""
        text = read_annotated(ReviewState("eau", 2030))
        text = re.sub(r"::: \{\.relecture\}.*?\n:::\n\n", "", text, flags=re.DOTALL)
        text = re.sub(r"\[(?:fig|tab)\. \d+\]\{[^}]*\.repere[^}]*\} ", "", text)
        text = re.sub(r"[ \xa0]?\[[^\][]*\]\{[^}]*\.repere[^}]*\}", "", text)
        assert text == "\n\n".join(TEXTS)

    def test_differences_are_marked_with_what_was(self):
        texts = [t.replace("60\u202f000", "61\u202f000").replace("baisse", "croît") for t in TEXTS]
        text = read_annotated(sign(read_content(make_notebook(texts))), texts)
        assert text.count('{.change title="Version signée : 60 000 arbres"}') == 4
        assert text.count("]{.avant}") == 3, "a number and a sentence once, one line of a chart"
        assert "[**Le rythme croît.** Un premier paragraphe, sans nombre.]{.change title=" in text
        assert "](#repere-n1)" in text
        assert "::: {.change}\nDepuis la version signée :" in text

    def test_signature_in_words(self):
        after = change("baisse", "croît")
        assert describe_signature(sign(after)) == (
            "Signé par Ada Exemple le 3\xa0février 2031 ; 1\xa0différence depuis."
        )
        assert describe_signature(sign()).endswith("rien n’a changé depuis.")

    def test_notes_and_lists_stay_what_they_are(self):
        """A note at the foot begins as it did; no span is put around a list in a point."""
        typed = "Un mot[^a].\n\n[^a]: Sa note.\n\n- Un point\n    - dans un point\n- Un autre"
        changed = typed.replace("Sa note", "Une note").replace("Un point", "Le point")
        before = read_content(make_notebook([TEXTS[0], typed]))
        texts = [TEXTS[0], changed]
        state = ReviewState(
            "eau", 2030, "Ada", date(2031, 2, 3),
            compare_content(before, read_content(make_notebook(texts))),
        )  # fmt: skip
        text = read_annotated(state, texts)
        assert "[^a]: [Une note.]{.change" in text
        assert "\n- Le point\n    - dans un point [" in text
        assert "\n- Un autre [§" in text

    def test_remarks_at_their_place(self):
        remarks = [
            Remark("r1", "eau", "valeur", "haies", "n3", "12 km", "Et *en ville* ?", "Bo"),
            Remark("r2", "eau", "graphique", "fig-eau-arbres", "fig. 1", "", "Et avant ?", "Bo"),
            Remark("r3", "eau", "phrase", "sec-x/9", "§40", "Plus rien de tel ici.", "Où ?", "Bo"),
        ]
        text = read_annotated(sign(remarks=remarks))
        assert text.count("::: {.remarque .ouverte}") == 3
        table, figure = text.index("{#tbl-eau-faits}"), text.index("{#fig-eau-arbres")
        assert table < text.index("\\*en ville\\*") < figure < text.index("Et avant")
        assert text.index("Plus rien de tel ici") < text.index("planté"), "below the title"

    def test_what_is_written_is_still_markdown(self):
        """Rendered, every mark is an element, and no sign of Markdown is left."""
        texts = [
            t.replace("60\u202f000", "61\u202f000").replace("privées", "publiques") for t in TEXTS
        ]
        state = sign(read_content(make_notebook(texts)))
        notebook = make_notebook(texts)
        annotate(notebook, state)
        pages = render_html(
            [
                (output["data"]["text/markdown"], output["data"].get("image/svg+xml", ""))
                for output in notebook.cells[2].outputs
            ]
        )
        page = "\n".join(pages)
        words = re.sub(r"<[^>]+>", "", page)
        assert not re.search(r"[{}]|\]\(|:::|\[|\]", words), words
        assert page.count('class="repere') + page.count("repere nombre") > 15
