"""French formatting on hand-written expectations."""

import random
import re
from datetime import date

import pytest

from analysis.model.partial_dates import MONTH, YEAR, PartialDate
from analysis.model.partial_dates import find_season as season
from analysis.words import french
from analysis.words.hidden_markup import find_marks, mark

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        (4752, 1, "4 752"),
        (46355, 1, "46 355"),
        (15.1, 0.1, "15,1"),
        (2.575, 0.01, "2,58"),
        (0.5, 1, "1"),
        (2.5, 1, "3"),
        (-4.4167, 0.1, "− 4,4"),
        (-0.01, 0.1, "0,0"),
        (100000, 1, "100 000"),
        (1234, 100, "1 200"),
    ],
)
def test_numbers(value, step, expected):
    assert french.format_number(value, step) == expected.replace(" ", NARROW)


def test_signed_numbers_use_the_minus_sign_and_a_thin_space():
    assert french.format_number(8.34, 0.1, signed=True) == f"+{NARROW}8,3"
    assert french.format_number(-4.4, 0.1, signed=True) == f"−{NARROW}4,4"
    assert french.format_number(0.01, 0.1, signed=True) == "0,0"


@pytest.mark.parametrize(
    ("value", "step", "sign"),
    [(0.04, 0.1, 0), (-0.04, 0.1, 0), (0.05, 0.1, 1), (-0.05, 0.1, -1), (3, 1, 1), (0, 1, 0)],
)
def test_the_sign_of_a_number_is_the_one_it_is_shown_with(value, step, sign):
    assert french.round_sign(value, step) == sign
    shown = french.format_number(value, step, signed=True)
    assert (shown[0] in "+−") == (sign != 0)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2016, 1, 1), date(2016, 12, 31), "à 2016"),
        (date(2011, 1, 1), date(2016, 12, 31), "à 2011–2016"),
        (None, date(2016, 12, 31), "à fin 2016"),
        (None, date(2016, 10, 31), "au 31 octobre 2016"),
        (date(2017, 7, 1), date(2017, 9, 30), "au 3e trimestre 2017"),
        (date(2017, 4, 1), date(2017, 4, 30), "à avril 2017"),
        (date(2017, 1, 1), date(2017, 10, 31), "à la période de janvier à octobre 2017"),
        (date(2016, 9, 1), date(2017, 8, 31), "à la saison 2016–2017"),
        (season("hiver", 2016, True), season("hiver", 2016, False), "à l’hiver 2016–2017"),
        (None, PartialDate(2016, 12, 31, YEAR), "à 2016"),
        (None, PartialDate(2016, 2, 29, MONTH), "à février 2016"),
        (None, None, "à une date non précisée"),
    ],
)
def test_what_something_is_compared_with(start, end, expected):
    said = french.format_comparison(start, end).replace(NO_BREAK, " ")
    assert said == f"par rapport {expected}"


@pytest.mark.parametrize(
    ("amount", "step", "expected"),
    [
        (1227702, 1, "1 227 702 €"),
        (1890000, 10000, "1,89 M€"),
        (12100000, 100000, "12,1 M€"),
        (8000000, 1000000, "8 M€"),
        (183000, 1, "183 000 €"),
    ],
)
def test_euros(amount, step, expected):
    assert french.format_euros(amount, step) == expected.replace(" ", NARROW)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2016, 1, 1), date(2016, 12, 31), "en 2016"),
        (date(2017, 1, 1), date(2017, 10, 31), "de janvier à octobre 2017"),
        (date(2017, 7, 1), date(2017, 10, 31), "de juillet à octobre 2017"),
        (date(2017, 8, 1), date(2017, 10, 31), "d’août à octobre 2017"),
        (date(2017, 7, 1), date(2017, 9, 30), "au 3e trimestre 2017"),
        (date(2018, 1, 1), date(2018, 6, 30), "au 1er semestre 2018"),
        (date(2017, 4, 1), date(2017, 4, 30), "en avril 2017"),
        (date(2016, 9, 1), date(2017, 8, 31), "pendant la saison 2016–2017"),
        (season("hiver", 2015, True), season("hiver", 2015, False), "pendant l’hiver 2015–2016"),
        (season("printemps", 2018, True), season("printemps", 2018, False), "au printemps 2018"),
        (season("été", 2018, True), season("été", 2018, False), "pendant l’été 2018"),
        (date(2011, 1, 1), date(2017, 12, 31), "de 2011 à 2017"),
        (date(2017, 1, 1), date(2017, 10, 26), "du 1er janvier au 26 octobre 2017"),
        (None, date(2017, 12, 1), "au 1er décembre 2017"),
        (None, date(2017, 12, 31), "fin 2017"),
        (None, PartialDate(2017, 12, 31, YEAR), "en 2017"),
        (None, PartialDate(2017, 2, 28, MONTH), "en février 2017"),
        (PartialDate(2017, 1, 1, YEAR), PartialDate(2017, 12, 31, YEAR), "en 2017"),
        (PartialDate(2015, 1, 1, YEAR), PartialDate(2016, 12, 31, YEAR), "de 2015 à 2016"),
        (PartialDate(2016, 12, 1, MONTH), PartialDate(2017, 1, 31, MONTH),
         "de décembre 2016 à janvier 2017"),
        (PartialDate(2011, 1, 1, YEAR), date(2017, 10, 31), "de 2011 au 31 octobre 2017"),
        (PartialDate(2011, 1, 1, YEAR), PartialDate(2017, 10, 31, MONTH),
         "de 2011 à octobre 2017"),
        (date(2017, 5, 24), PartialDate(2018, 12, 31, YEAR), "du 24 mai 2017 à 2018"),
        (PartialDate(2018, 1, 1, YEAR), None, "à partir de 2018"),
        (PartialDate(2018, 4, 1, MONTH), None, "à partir d’avril 2018"),
        (date(2018, 1, 1), None, "à partir du 1er janvier 2018"),
        (None, None, "(date non précisée)"),
    ],
)  # fmt: skip
def test_periods(start, end, expected):
    assert french.format_period(start, end).replace(NO_BREAK, " ") == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("l'eau et d'une", "l’eau et d’une"),
        ("« Plantons »", f"«{NO_BREAK}Plantons{NO_BREAK}»"),
        ("quoi ?", f"quoi{NARROW}?"),
        ("bilan : voici", f"bilan{NO_BREAK}: voici"),
        ("465 €/hab. ; la suite", f"465{NARROW}€/hab.{NARROW}; la suite"),
        ("soit 108 kWh/hab..", f"soit 108{NARROW}kWh/hab."),
        ("50 %", f"50{NARROW}%"),
        ("suite...", "suite…"),
        ("Financées ... pour 183", f"Financées{NO_BREAK}… pour 183"),
        ("[lien](a?b:c;d) : x", f"[lien](a?b:c;d){NO_BREAK}: x"),
        ("{#sec-x .y}", "{#sec-x .y}"),
        ("https://exemple.fr/a'b?c", "https://exemple.fr/a'b?c"),
        ("::: {.encadre-note}", "::: {.encadre-note}"),
        (": Légende {#tbl-x}", ": Légende {#tbl-x}"),
        # Marks of punctuation, also beside markup and typed without their space.
        ("quoi?! Non", f"quoi{NARROW}?! Non"),
        ("**Dates :** 2017", f"**Dates{NO_BREAK}:** 2017"),
        ("**Dates**: 2017", f"**Dates**{NO_BREAK}: 2017"),
        ("[Portage : eux]{.fiche}", f"[Portage{NO_BREAK}: eux]{{.fiche}}"),
        ("|:---|---:|", "|:---|---:|"),
        ("<b class='x'>l'eau</b> ; l'air", f"<b class='x'>l’eau</b>{NARROW}; l’air"),
        ("d'`x.csv` ; l'{x}", f"d’`x.csv`{NARROW}; l’{{x}}"),
        # Quotation marks, of both levels.
        ('le mot "juste"', f"le mot «{NO_BREAK}juste{NO_BREAK}»"),
        ('« le mot "juste" »', f"«{NO_BREAK}le mot “juste”{NO_BREAK}»"),
        ('{title="x"} 2 "', '{title="x"} 2 "'),
        # Numbers.
        # A point between digits is left: « 100.000 € » is no « 100,000 € ».
        ("3.5 % de 100.000 €", f"3.5{NARROW}% de 100.000{NARROW}€"),
        ("pandoc 3.9, section 2.1", "pandoc 3.9, section 2.1"),
        ("1 234 567 arbres", f"1{NARROW}234{NARROW}567 arbres"),
        ("en 2016 300 arbres", "en 2016 300 arbres"),
        ("a91f2 417 3d4e", "a91f2 417 3d4e"),
        ("imprimé « - 44 % »", f"imprimé «{NO_BREAK}−{NARROW}44{NARROW}%{NO_BREAK}»"),
        ("de -4,4 % (-2)", f"de −{NARROW}4,4{NARROW}% (−2)"),
        ("soit 100 × (−2,5), 5 −4", "soit 100 × (−2,5), 5 −4"),
        ("- 5 % de moins", f"- 5{NARROW}% de moins"),  # an item of a list
        ("12 ha, 3 t, 5 km²", f"12{NARROW}ha, 3{NARROW}t, 5{NARROW}km²"),
        ("en 2017 t’a plu", "en 2017 t’a plu"),
        ("500 - 108", "500 − 108"),
        # Dashes: ranges, but no number of an article, a law, a norm, a day or a telephone.
        ("PLH 2017-2022, l. 713-715", f"PLH 2017–2022, l.{NO_BREAK}713–715"),
        ("de 6-12 ans", "de 6–12 ans"),
        ("L. 110-1, L. 2311-1-1", f"L.{NO_BREAK}110-1, L.{NO_BREAK}2311-1-1"),
        ("article 5-12, n° 11-68", f"article 5-12, n°{NO_BREAK}11-68"),
        ("n° 2011-687, ISO 15686-5", f"n°{NO_BREAK}2011-687, ISO 15686-5"),
        ("2018-10-31, 03-27-09", "2018-10-31, 03-27-09"),
        ("CAPH - La Porte", "CAPH – La Porte"),
        ("- un\n- deux\n  - trois", "- un\n- deux\n  - trois"),
        # What no line may end at.
        ("le 17 juin 2011", f"le 17{NO_BREAK}juin 2011"),
        ("le 1er janvier, au 3e rang", f"le 1er{NO_BREAK}janvier, au 3e{NO_BREAK}rang"),
        ("n° 4, p. 12, art. 3", f"n°{NO_BREAK}4, p.{NO_BREAK}12, art.{NO_BREAK}3"),
    ],
)
def test_typography(typed, expected):
    assert french.typeset(typed) == expected
    assert french.typeset(french.typeset(typed)) == expected, "idempotent"


#: Pieces that rules look for, put together at random.
PIECES = [
    *(" ", "  ", NO_BREAK, NARROW, "\n", ".", "...", ",", ";", ":", "!", "?", "-", " - ", "–", "−"),
    *("'", "’", '"', "«", "»", "“", "”", "(", ")", "*", "**", "_", "|", "%", "€", "M€", "n°", "l."),
    *("l", "mot", "État", "œuvre", "1er", "2e", "h", "ha", "t", "L.", "janvier", "CO₂"),
    *("1", "23", "456", "2016", "2017", "0,5", "3.5", "60 000", "12345"),
    *(
        "`a'b ; c`",
        "[x](y;z)",
        "{#i .c}",
        "https://a.fr/b?c",
        mark("5 %", "part"),
        mark("a", "b:c"),
    ),
]


@pytest.fixture(scope="module")
def sentences():
    draw = random.Random(11)
    return ["".join(draw.choices(PIECES, k=draw.randint(2, 14))) for _ in range(20_000)]


def test_typesetting_again_changes_nothing(sentences):
    for typed in sentences:
        once = french.typeset(typed)
        assert french.typeset(once) == once, repr(typed)


def test_letters_digits_and_marks_are_never_changed(sentences):
    def keep(text):
        return [character for character in text if character.isalnum() or character > "\ue000"]

    for typed in sentences:
        assert keep(french.typeset(typed)) == keep(typed), repr(typed)
        references = [reference for _, reference in find_marks(typed)]
        kept = [reference for _, reference in find_marks(french.typeset(typed))]
        assert kept == references, repr(typed)


def test_code_links_attributes_and_addresses_are_never_changed(sentences):
    for piece in ("`a'b ; c`", "](y;z)", "{#i .c}", "https://a.fr/b?c"):
        for typed in sentences:
            if typed.count("`") in (0, 2) and not re.search(r"<\w", typed):
                assert french.typeset(typed).count(piece) >= typed.count(piece), repr(typed)


def test_raised_ordinals():
    text = "le 1er mai, la 1re fois, au 3e rang, 12es, D3E, S3PI, 2elles, 4e-5e, 1ère, e1"
    assert french.raise_ordinals(text, "^", "^") == (
        "le 1^er^ mai, la 1^re^ fois, au 3^e^ rang, 12^es^, D3E, S3PI, 2elles, 4e-5e, 1ère, e1"
    )


def test_plural_starts_at_two():
    assert french.choose_form(1.9, "hectare", "hectares") == "hectare"
    assert french.choose_form(2, "hectare", "hectares") == "hectares"
    assert french.choose_form(0, "arbre", "arbres") == "arbre"


def test_lists():
    assert french.join_list(["a"]) == "a"
    assert french.join_list(["a", "b", "c"]) == "a, b et c"


def test_seconds_have_a_comma():
    assert french.format_seconds(3.14159) == "3,1 s"


@pytest.mark.parametrize(
    ("number", "feminine", "expected"), [(1, False, "1er"), (1, True, "1re"), (2, True, "2e")]
)
def test_ordinals(number, feminine, expected):
    assert french.format_ordinal(number, feminine) == expected


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Part des communes", "part des communes"),
        ("L’attribution", "l’attribution"),
        ("Écoles auditées", "écoles auditées"),
        ("À renforcer", "à renforcer"),
        ("PLIE : part de l’État", "PLIE : part de l’État"),
        ("Ad’Ap : bâtiments", "Ad’Ap : bâtiments"),
        ("", ""),
    ],
)
def test_a_title_that_goes_on_in_a_sentence(title, said):
    assert french.lower_initial(title) == said


def test_ordinals_are_raised_in_pictures():
    assert (
        french.draw_ordinals("Au 1er janvier, au 3e trimestre") == "Au 1ᵉʳ janvier, au 3ᵉ trimestre"
    )
    assert french.draw_ordinals("10e10 et D3E, 3es") == "10e10 et D3E, 3ᵉˢ"
