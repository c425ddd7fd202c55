"""The pages of the real report in a browser: what only a browser can tell.

With Chromium where it stands on the machine; skipped, with that reason, where it does not. One
browser for all tests; a test goes through all pages and says every fault it met.
"""

import re
from contextlib import contextmanager

import pytest
from conftest import wait_until

DESKTOP, PHONE, SHEET = (1440, 900), (360, 780), (720, 1000)
#: Pages of every kind; other chapters are made as these are.
KINDS = ("index", "summary", "changes", "climat", "pilotage", "dashboard", "credits")
#: Annexes of tables.
ANNEXES = (
    *("annexes", "calculs-climat", "targets", "checks", "missing", "ratings", "sources"),
    *("glossary", "agenda", "grid", "contributions", "objectives", "whole_life", "budget", "law"),
)
#: Of a page, the elements that the keyboard must reach.
INTERACTIVE = "a[href], button:not([tabindex='-1']), input, select, summary, [tabindex='0']"


@pytest.fixture(scope="module")
def site(published_report):
    """Address of each page, by its name."""
    return {name: path.as_uri() for name, path in published_report.pages.items()}


@pytest.fixture(scope="module")
def opened(browser):
    """Open an address in a page of its own; closed at the end of the block, and it must have asked
    nothing of the outside nor complained."""
    context = browser.new_context()

    @contextmanager
    def open_page(address, size=DESKTOP, scheme="light"):
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: page.said.append(f"exception: {error}"))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address, wait_until="load")
        yield page
        page.close()
        assert page.said == []
        assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []

    yield open_page
    context.close()


def refuse(faults):
    """``faults``: what is wrong with each page; fails where anything is."""
    assert {name: found for name, found in faults.items() if found} == {}


# Every page ---------------------------------------------------------------------------------------


def test_every_page_opens_from_the_disk_and_loads_only_what_it_shows(opened, site):
    assert len(site) >= 13
    titles = {}
    for name, address in site.items():
        with opened(address) as page:
            titles.setdefault(page.title(), []).append(name)
            # What numbers and the search need waits until someone asks.
            asked = [url for url in page.asked if "/trails/" in url or "/search-" in url]
            assert asked == [], name
            assert page.evaluate("document.fonts.check('16px \"Source Sans 3\"')"), name
            # Pictures are loaded when a reader comes near them.
            page.evaluate(
                "() => Promise.all([...document.images].map(image => "
                "{ image.loading = 'eager'; return image.decode(); }))"
            )
    assert [names for names in titles.values() if len(names) > 1] == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_axe_finds_no_violation_on_a_light_ground(opened, site, axe, size):
    faults = {}
    some = ("index", "climat", "dashboard", "calculs-climat", "ratings")
    for name in some if size == PHONE else (*KINDS, *ANNEXES):
        with opened(site[name], size) as page:
            faults[name] = axe(page)
    refuse(faults)


def test_axe_finds_no_violation_on_a_dark_ground(opened, site, axe):
    """Nothing but colours changes with the ground."""
    faults = {}
    for name in KINDS:
        with opened(site[name], scheme="dark") as page:
            faults[name] = axe(page, runOnly=["color-contrast", "link-in-text-block"])
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert max(map(int, re.findall(r"\d+", ground)[:3])) < 60, f"{name}: {ground}"
    refuse(faults)


#: A reviewers' copy of each kind, and the guide, which are pages of their own.
APART = ["climat", "pilotage", "dashboard", "front", "summary", "changes"]


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
)
def test_axe_finds_no_violation_in_the_copies_nor_in_the_guide(
    opened, published_report, axe, size, scheme
):
    """Folded and unfolded; every chart has a name; the dark ground is dark."""
    folder = published_report.folder
    paths = [folder / "carnets" / f"{name}.html" for name in APART]
    faults = {}
    for path in [*paths, folder / "guide" / "index.html"]:
        with opened(path.as_uri(), size, scheme) as page:
            faults[path.stem] = axe(page) + page.evaluate(NAMELESS)
            if path in paths:
                page.get_by_role("button", name="Tout déplier").click()
                page.evaluate(SETTLED)
                faults[path.stem] += axe(page)
            ground = page.evaluate(GROUND)
            lightest = max(map(int, re.findall(r"\d+", ground)[:3]))
            assert (lightest < 60) == (scheme == "dark"), f"{path}: {ground}"
    refuse(faults)


#: The colour behind the text.
GROUND = """() => [document.body, document.documentElement]
  .map(e => getComputedStyle(e).backgroundColor).find(c => c !== "rgba(0, 0, 0, 0)")"""
#: Drawings that no words name.
NAMELESS = """() => [...document.querySelectorAll("main svg")]
  .filter(drawing => !drawing.closest("[role=img][aria-label]"))
  .map(drawing => drawing.outerHTML.slice(0, 120))"""
#: What stands beyond the screen, or beyond its column.
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  const right = e => e.getBoundingClientRect().right;
  const column = right(document.querySelector(".texte"));
  const wide = [...document.querySelectorAll(".texte img, .texte table")]
    .filter(e => e.checkVisibility() && !e.closest('[role=region]') && right(e) > column + 1);
  if (document.documentElement.scrollWidth > room)
    wide.push(...[...document.querySelectorAll("body *")]
      .filter(e => e.checkVisibility() && right(e) > room + 1), document.body);
  return wide.map(e => e.outerHTML.slice(0, 120)).slice(0, 5);
}"""
#: Once the page has heard of its new size and has been drawn.
SETTLED = """() => new Promise(
  done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"""
#: What scrolls in its own box: its role, whether Tab reaches it, its name.
BOXES = """() => [...document.querySelectorAll("main .defile")]
  .filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => [box.role, box.tabIndex, box.ariaLabel])"""


def find_nameless(boxes):
    """Boxes that scroll without being a region that Tab reaches, or under another's name."""
    names = [name for _, _, name in boxes]
    return [
        box for box in boxes if box[:2] != ["region", 0] or not box[2] or names.count(box[2]) > 1
    ]


def test_every_page_fits_every_screen(opened, site):
    """From a desk's screen to 320 pixels, nothing scrolls sideways but in a box of its own."""
    faults = {}
    for name, address in site.items():
        with opened(address) as page:
            for width in (1440, 820, 360, 320):
                page.set_viewport_size({"width": width, "height": 800})
                page.evaluate(SETTLED)
                found = page.evaluate(WIDER) + find_nameless(page.evaluate(BOXES))
                faults[name, width] = found
    refuse(faults)


def test_what_is_too_wide_scrolls_in_a_region_with_a_name(opened, site):
    with opened(site["credits"], PHONE) as page:
        assert page.evaluate(BOXES) == []
        page.add_style_tag(content=".defile > table { min-width: 60rem; }")
        page.set_viewport_size({"width": 350, "height": 780})
        wait_until(page, "document.querySelector('.defile').role === 'region'")
        boxes = page.evaluate(BOXES)
        assert len(boxes) == 1
        assert find_nameless(boxes) == []
        assert page.evaluate(WIDER) == []


# Reviewers' copies --------------------------------------------------------------------------------


@pytest.fixture
def copy(published_report):
    """Address of a chapter's copy."""
    return (published_report.folder / "carnets" / "climat.html").as_uri()


def test_copies_fit_every_screen(opened, published_report):
    """Unfolded; what is too wide scrolls in a box of its own that the keyboard reaches."""
    faults = {}
    for name in APART:
        address = (published_report.folder / "carnets" / f"{name}.html").as_uri()
        with opened(address) as page:
            page.get_by_role("button", name="Tout déplier").click()
            for width in (1440, 820, 360, 320):
                page.set_viewport_size({"width": width, "height": 800})
                page.evaluate(SETTLED)
                over = page.evaluate(OVER)
                faults[name, width] = [over] * (over > 0) + find_nameless(page.evaluate(BOXES))
    refuse(faults)


#: By how much a page is wider than its screen.
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_a_copy_is_folded_and_unfolded_by_keyboard_and_by_links(opened, copy):
    count = "[...document.querySelectorAll('main details')].filter(box => box.open).length"
    with opened(copy) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "contenu"
        assert page.evaluate(count) == 0
        page.get_by_role("button", name="Tout déplier").press("Enter")
        assert page.evaluate(count) == page.locator("main details").count()
        page.get_by_role("button", name="Tout replier").press("Enter")
        assert page.evaluate(count) == 0
        page.evaluate("document.querySelector('details pre').id = 'un-code'")
        page.evaluate("location.hash = 'un-code'")
        wait_until(page, "document.querySelector('#un-code').checkVisibility()")


def test_contents_of_a_copy_lead_to_its_sections(opened, copy):
    with opened(copy) as page:
        dead = page.evaluate("""[...document.querySelectorAll(".sommaire a")]
          .map(link => link.hash.slice(1))
          .filter(name => !document.getElementById(decodeURIComponent(name)))""")
        assert dead == []
        assert page.locator(".sommaire a").count() > 5
        assert page.locator(".sommaire").is_visible()
    with opened(copy, PHONE) as page:
        assert not page.locator(".sommaire a").first.is_visible()
        page.locator(".sommaire summary").press("Enter")
        assert page.locator(".sommaire a").first.is_visible()


def test_a_copy_is_printed_unfolded_on_white(opened, copy):
    with opened(copy, SHEET, scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator("details:not([open]) > pre").evaluate_all(
            "bodies => bodies.every(body => body.getBoundingClientRect().height > 0)"
        )
        assert not page.locator(".sommaire").is_visible()
        assert not page.locator(".replis").is_visible()
        ink = page.evaluate("getComputedStyle(document.querySelector('main')).color")
        assert max(map(int, re.findall(r"\d+", ink)[:3])) < 90


# By keyboard --------------------------------------------------------------------------------------

#: Notes every element that takes the focus, and those that do not show it.
WATCH = """interactive => {
  const shown = e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  window.wanted = new Set([...document.querySelectorAll(interactive)].filter(shown));
  window.unseen = new Set();
  document.addEventListener("focusin", event => {
    const element = event.target, style = getComputedStyle(element);
    window.wanted.delete(element);
    if (style.outlineStyle === "none" && style.boxShadow === "none") window.unseen.add(element);
    if (!element.getClientRects().length) window.unseen.add(element);
  });
  return window.wanted.size;
}"""
LEFT = "() => [...window.%s].map(element => element.outerHTML.slice(0, 120))"


def test_tab_reaches_everything_and_shows_where_it_is(opened, site):
    faults = {}
    places = [(name, DESKTOP) for name in KINDS] + [("climat", PHONE)]
    for name, size in places:
        with opened(site[name], size) as page:
            wanted = page.evaluate(WATCH, INTERACTIVE)
            assert wanted > 5
            for _ in range(2 * wanted):
                page.keyboard.press("Tab")
                if page.evaluate("window.wanted.size === 0"):
                    break
            faults[name, size] = page.evaluate(LEFT % "wanted") + page.evaluate(LEFT % "unseen")
    refuse(faults)


def test_the_first_links_skip_to_the_text(opened, site):
    with opened(site["climat"]) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "contenu"


def test_menu_of_a_phone_by_keyboard(opened, site):
    with opened(site["climat"], PHONE) as page:
        button = page.get_by_role("button", name="Menu")
        links = page.locator(".chapitres a")
        assert not links.first.is_visible()
        button.focus()
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-expanded") == "true"
        assert links.first.is_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "recherche-champ"
        page.keyboard.press("Escape")
        assert button.get_attribute("aria-expanded") == "false"
        assert not links.first.is_visible()
        assert page.evaluate("document.activeElement.className") == "menu-bouton"


def test_contents_of_a_page_unfold_on_a_phone_and_follow_on_a_screen(opened, site):
    with opened(site["climat"], PHONE) as page:
        button = page.get_by_role("button", name="Sur cette page")
        assert not page.locator("#plan").is_visible()
        button.press("Enter")
        assert page.locator("#plan").is_visible()
    with opened(site["climat"]) as page:
        target = page.locator(".texte h2").nth(2)
        target.evaluate("heading => heading.scrollIntoView()")
        anchor = target.get_attribute("id")
        current = page.locator('#plan a[aria-current="location"]')
        current.wait_for()
        assert current.get_attribute("href") == f"#{anchor}"
        chapter = page.locator('.chapitres a[aria-current="page"]')
        assert chapter.get_attribute("href") == "climat.html"
        section = page.locator('.chapitres a[aria-current="location"]')
        assert section.get_attribute("href") == f"#{anchor}"


# Search -------------------------------------------------------------------------------------------


def look_for(page, words):
    """The sentence that says how many passages were found, and the words that are marked."""
    page.locator("#recherche-champ").fill(words)
    status = page.locator(".recherche-bilan")
    status.filter(has_text="passage").wait_for()
    page.locator(".recherche-panneau:not([aria-busy])").wait_for()
    assert page.locator("#recherche-champ").input_value() == words
    return status.inner_text(), set(page.locator("#recherche-liste mark").all_inner_texts())


@pytest.mark.parametrize(
    ("typed", "as_well", "found"),
    [
        ("renovation", "rénovation", "rénovation"),
        ("RÉNOVATIONS", "renovation", "Rénovation"),
        ("oeuvre", "œuvre", "œuvre"),
        ("communaux", "communal", "communaux"),
        ("travail", "travaux", "travaux"),
    ],
)
def test_search_ignores_accents_ligatures_and_plurals(opened, site, typed, as_well, found):
    with opened(site["credits"]) as page:
        told, marked = look_for(page, typed)
        assert re.match(r"\d+ passages trouvés", told)
        assert found in marked
        told_too, marked_too = look_for(page, as_well)
        assert found in marked_too
        # An unfinished word finds more: « travail » also begins « travailleurs ».
        assert typed == "travail" or (told_too, marked_too) == (told, marked)


def test_search_by_keyboard_alone(opened, site, axe):
    with opened(site["credits"]) as page:
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "recherche-champ"
        told, _ = look_for(page, "arbres")
        assert told.startswith(str(page.locator("#recherche-liste li").count()))
        assert page.locator(".recherche-bilan").get_attribute("role") == "status"
        assert axe(page) == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        first = page.locator("#recherche-liste a").first
        assert first.evaluate("link => link === document.activeElement")
        page.keyboard.press("Escape")
        assert not page.locator(".recherche-panneau").is_visible()
        assert page.evaluate("document.activeElement.id") == "recherche-champ"
        look_for(page, "arbres")
        page.locator("#recherche-champ").press("Enter")
        assert first.evaluate("link => link === document.activeElement"), "the list, no leap"
        section = page.locator('#recherche-liste a[href*="#"]').first
        wanted = section.get_attribute("href")
        section.press("Enter")
        page.wait_for_url(f"**/{wanted}")
        place = page.locator(f"[id='{wanted.partition('#')[2]}']")
        assert place.evaluate("title => title.getBoundingClientRect().top < innerHeight")


def test_search_says_when_nothing_is_found(opened, site):
    with opened(site["climat"]) as page:
        assert look_for(page, "zzyzx") == ("Aucun passage trouvé.", set())


# Where a number comes from ------------------------------------------------------------------------


def test_window_of_a_number_by_keyboard(opened, site, axe):
    with opened(site["biodiversite"]) as page:
        number = page.locator("main a.trace").first
        number.focus()
        page.keyboard.press("Enter")
        window = page.get_by_role("dialog")
        window.wait_for()
        assert [url for url in page.asked if "/trails/" in url]
        assert page.evaluate("document.activeElement.id") == "trace-titre"
        assert axe(page) == []
        page.keyboard.press("Escape")
        assert not window.is_visible()
        assert number.evaluate("link => link === document.activeElement")


def test_the_way_back_from_a_source_leads_to_the_number(opened, site):
    with opened(site["biodiversite"]) as page:
        number = page.locator("main a.trace").nth(3)
        words = number.text_content()
        number.focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for()
        locked = "getComputedStyle(document.documentElement).overflowY"
        assert page.evaluate(locked) == "hidden", "the page behind does not scroll"
        page.locator(".trace-suite a").click()
        page.wait_for_url("**/calculs-*")
        back = page.locator(".retour-nombre")
        assert words in back.text_content()
        back.click()
        page.wait_for_url("**/biodiversite.html")
        wait_until(page, "words => document.activeElement.textContent === words", words)


def test_a_number_counted_in_a_table_is_said_with_its_list(opened, site):
    with opened(site["summary"]) as page:
        number = page.locator("a[data-trace='table:actions']").first
        words = number.text_content()
        number.click()
        window = page.get_by_role("dialog")
        window.wait_for()
        assert window.locator(".trace-valeur").text_content() == words
        assert window.locator("li").count() > 5


def test_empty_cells_of_a_stacked_table_stay_cells(opened, site):
    """An empty cell that is taken out moves the columns of who listens."""
    empty = """() => [...document.querySelectorAll("table.empile td:empty")].map(cell =>
      [getComputedStyle(cell).display, cell.getAttribute("role")])"""
    seen = 0
    for name in (*KINDS, *ANNEXES):
        with opened(site[name], PHONE) as page:
            for display, role in page.evaluate(empty):
                seen += 1
                assert (display != "none", role) == (True, "cell"), name
    assert seen


# On paper -----------------------------------------------------------------------------------------

#: Text that is not laid out, or that stands beyond the sheet.
LOST = """() => {
  const sheet = document.documentElement.clientWidth, lost = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const apart = "nav, script, .evitement, p:has(> a[href$='.csv']), .telechargements"
    + ", .filtres, [role=status], .dit, .noms";  // names, where numbers say the same
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest(apart)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()];
    if (!boxes.length || boxes.some(box => box.right > sheet + 1 || box.left < -1))
      lost.push(node.data.trim().slice(0, 80) + " < " + parent.outerHTML.slice(0, 60));
  }
  return lost.slice(0, 5);
}"""


def test_print_shows_all_the_text_and_no_navigation(opened, site):
    faults = {}
    for name in (*KINDS, *ANNEXES):
        with opened(site[name], SHEET, scheme="dark") as page:
            page.emulate_media(media="print", color_scheme="dark")
            faults[name] = page.evaluate(LOST)
            for part in (".cote", ".sur-cette-page", ".suite", ".evitement"):
                assert not page.locator(part).first.is_visible(), f"{name}: {part}"
            assert page.locator("details:not([open]) .encadre-corps").evaluate_all(
                "bodies => bodies.every(body => body.getBoundingClientRect().height > 0)"
            ), f"{name}: folded boxes"
            paper = page.evaluate("getComputedStyle(document.querySelector('main')).color")
            assert max(map(int, re.findall(r"\d+", paper)[:3])) < 90, f"{name}: pale ink"
    refuse(faults)
