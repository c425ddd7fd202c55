"""Nothing runs in a page but what is ours: the final check of made-up pages, one of each kind; the
policy that every page bears, in a browser, from the disk and over HTTP."""

import functools
import http.server
import json
import re
import shutil
import threading

import pytest

from analysis.base.errors import UserError
from analysis.base.paths import REPORTS
from analysis.publish import BookError
from analysis.publish.build import name_rows
from analysis.show.page_safety import (
    compose_policy,
    find_unsafe,
    find_unsafe_files,
    guard,
    locate_typed,
)

READY = 'document.documentElement.classList.add("js");'
PAGE = (
    '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<title>Air</title>\n'
    '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="style/text.css">\n'
    f"<script>{READY}</script>\n</head>\n<body>\n<main>{{}}</main>\n"
    '<script src="style/trace.js" defer></script>\n</body>\n</html>\n'
)

#: What must not stand in a page → what is said of it.
HARMFUL = {
    "<script>alert(1)</script>": "script qui n’est pas",
    f"<script>{READY} </script>": "script qui n’est pas",
    "<SCRIPT>alert(1)</SCRIPT >": "script qui n’est pas",
    "<script >alert(1)</script>": "script qui n’est pas",
    '<script type="module">alert(1)</script>': "script qui n’est pas",
    '<script src="style/trace.js"></script>': "script qui n’est pas",
    '<script src="figures/x.js" defer></script>': "script qui n’est pas",
    '<script src="https://k.invalid/x.js" defer></script>': "script qui n’est pas",
    '<script src="style/trace.js" defer>alert(1)</script>': "script qui n’est pas",
    '<script type="application/json" src="x.js"></script>': "script qui n’est pas",
    '<script type="application/json">{"a":"<!--<script>"}</script>': "script qui n’est pas",
    "<script>": "script qui n’est pas",
    "</script>": "élément « script »",
    '<img src="x" onerror="alert(1)">': "attribut « onerror »",
    '<img src="x" ONERROR="alert(1)">': "attribut « onerror »",
    '<p onclick="x()">a</p>': "attribut « onclick »",
    "<img src=x onerror=alert(1)>": "balise que",
    "<img src='x' onerror='alert(1)'>": "balise que",
    '<img alt="a"onerror="alert(1)">': "balise que",
    '<svg/onload="alert(1)">': "balise que",
    '<details open ontoggle="x()">': "attribut « ontoggle »",
    '<a href="javascript:alert(1)">a</a>': "lien « javascript: »",
    '<a href="&#106;ava&#10;script&#58;alert(1)">a</a>': "lien « javascript: »",
    '<a href=" JaVaScRiPt:alert(1)">a</a>': "lien « JaVaScRiPt: »",
    '<a href="vbscript:x">a</a>': "lien « vbscript: »",
    '<a href="data:text/html,x">a</a>': "lien « data: »",
    '<a href="file:///etc/passwd">a</a>': "lien « file: »",
    '<svg><a xlink:href="javascript:alert(1)">a</a></svg>': "lien « javascript: »",
    '<base href="https://k.invalid/">': "élément « base »",
    '<iframe src="x.html"></iframe>': "élément « iframe »",
    '<object data="x.svg"></object>': "élément « object »",
    '<embed src="x.svg">': "élément « embed »",
    '<meta http-equiv="refresh" content="0;url=https://k.invalid">': "attribut « http-equiv »",
    '<form action="https://k.invalid">': "attribut « action »",
    '<button formaction="https://k.invalid">': "attribut « formaction »",
    '<a href="x" ping="https://k.invalid">a</a>': "attribut « ping »",
    "<svg><script>alert(1)</script></svg>": "script qui n’est pas",
    '<svg><set attributeName="href" to="javascript:alert(1)"/></svg>': "élément « set »",
    "<svg><foreignObject></foreignObject></svg>": "élément « foreignobject »",
    '<img src="https://k.invalid/x.png">': "un fichier à l’extérieur",
    '<img src="//k.invalid/x.png">': "un fichier à l’extérieur",
    r'<img src="\\k\x.png">': "un fichier à l’extérieur",
    '<img src="data:image/svg+xml;base64,AAAA">': "un fichier à l’extérieur",
    '<link rel="stylesheet" href="https://k.invalid/x.css">': "un fichier à l’extérieur",
    '<p style="background: url(https://k.invalid/x)">': "style qui demande",
    '<p style="background: url(&quot;//k.invalid/x&quot;)">': "style qui demande",
    "<style>@import 'x';</style>": "style qui demande",
    "<style></style ><script>alert(1)</script></style>": "style qui demande",
    "<noscript><p></noscript>": "élément « noscript »",
    "<!-- </title><img onerror=x> -->": "balise que",
    "<!--> <script>alert(1)</script> -->": "balise que",
    "<![CDATA[x]]>": "balise que",
    "<?php x ?>": "balise que",
    "a < b": "balise que",
}  # fmt: skip

#: What the pages have, and may have.
HARMLESS = (
    '<p class="nature action" title="onload, javascript:x">a &lt;script&gt; b</p>',
    '<a href="https://exemple.invalid/a?b=1&amp;c=data:">a</a> <a href="mailto:a@b.invalid">b</a>',
    '<a href="calculs-air.html#calc-a">a</a> <a href="#sec-air" data-trace="a:b">b</a>',
    '<img src="figures/a.svg" alt="on peut : data:" loading="lazy"> <img src="../html/a.png">',
    '<img src="data:image/png;base64,iVBORw0KGgo=" alt="a">',
    '<td style="text-align: left; width: 20%">a</td>',
    '<svg><use xlink:href="#a"/><path style="fill: url(#b)"/></svg><!-- Denain - a -->',
    '<script type="application/json" class="reperes">[{"a":"\\u003cb>"}]</script>',
    "<details open><summary>a</summary></details>",
)


@pytest.mark.torture("Pages", "élément qui exécute ou demande quelque chose", "réparé")
@pytest.mark.parametrize("harm", HARMFUL)
def test_what_is_not_ours_is_found_and_told(harm):
    page = guard(PAGE.format(""), "air").replace("<main>", f"<main>{harm}")
    found = list(find_unsafe(page))
    assert any(HARMFUL[harm] in fault for fault in found), found
    with pytest.raises(UserError, match="La page air ne peut pas être publiée"):
        guard(PAGE.format(harm), "air")


@pytest.mark.parametrize("markup", HARMLESS)
def test_what_pages_have_is_no_fault(markup):
    page = guard(PAGE.format(markup), "air")
    assert list(find_unsafe(page)) == []
    assert page.count(compose_policy(page)) == 1


def test_the_policy_lets_what_is_ours_alone():
    policy = compose_policy(PAGE.format("<script>alert(1)</script>"))
    assert re.findall(r"script-src ([^;]*);", policy) == [
        "'self' 'sha256-WZRJfWvsnNCPcxzZwvyhovnZGqhZaC+8gPGPRbx6wTk=' file:"
    ]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert policy.count("'unsafe-inline'") == policy.count("style-src 'self' file: 'unsafe-inline'")
    assert "script-src 'none';" in compose_policy("<p>a</p>")


TRAILS = 'window.addTrails("calculs-air",\n{{"a": "x.html#a"}},\n{{"a": {}}});\n'


@pytest.mark.torture("Pages", "ce que les fenêtres et la recherche lisent", "réparé")
def test_what_scripts_beside_the_pages_hold_is_looked_at(tmp_path):
    folder = tmp_path / "html"
    (folder / "trails").mkdir(parents=True)
    shutil.copytree(REPORTS / "style", folder / "style", ignore=shutil.ignore_patterns("carnet"))
    (folder / "index.html").write_text(guard(PAGE.format(""), "index"), "utf-8")
    (folder / "trails/a.js").write_text(TRAILS.format('"<p>a <br>b</p>"'), "utf-8")
    for path in folder.glob("style/*.html"):
        path.unlink()
    assert find_unsafe_files(folder) == []
    for name, text, said in (
        ("trails/a.js", TRAILS.format(json.dumps('<p onclick="x()">')), "attribut « onclick »"),
        ("trails/a.js", TRAILS.format("alert(1)"), "autre chose que des données"),
        ("search-index.js", "(window.INDEX_RECHERCHE=window.INDEX_RECHERCHE||[])"
         ".push(...[]);alert(1);//);\n", "autre chose que des données"),
        ("figures.svg", "<svg><script>alert(1)</script></svg>", "script qui n’est pas"),
        ("figures.svg", '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg></svg>', "balise que"),
        ("x.js", "alert(1)", "script qui n’est pas"),
        ("x.html", PAGE.format(""), "politique de sécurité"),
    ):  # fmt: skip
        path = folder / name
        before = path.read_text("utf-8") if path.exists() else None
        path.write_text(text, "utf-8")
        faults = find_unsafe_files(folder)
        assert all(fault.startswith(f"html/{name} : ") for fault in faults)
        assert said in faults[0]
        path.unlink() if before is None else path.write_text(before, "utf-8")


def test_the_row_that_a_fault_comes_from_is_named(dossier_copy):
    path = dossier_copy.raw / "sources.csv"
    rows = path.read_text("utf-8").splitlines()
    rows[2] = rows[2].replace(",", ',"<img src=""x"" onerror=""a(\'b\')"">",', 1)
    path.write_text("\n".join(rows) + "\n", "utf-8")
    tag = '<img src="x" onerror="a(’b’)">'
    faults = [f"- html/sources.html : {fault}" for fault in find_unsafe(tag)]
    assert locate_typed(dossier_copy.raw, faults[0]) == ["sources.csv, ligne 3"]
    error = name_rows(dossier_copy, 2031, BookError("\n".join(faults)))
    assert "À regarder : sources.csv, ligne 3" in str(error)
    # A link as Markdown has it.
    text = next(dossier_copy.raw.glob("*/texts/*.md"))
    text.write_text("\n\nUn [lien](javascript:a(1)).\n", "utf-8")
    with pytest.raises(UserError, match=rf"{text.name}, ligne 3"):
        guard(PAGE.format('<a href="javascript:a(1)">lien</a>'), "air", dossier_copy.raw)


# In a browser -------------------------------------------------------------------------------------

COUNT = """window.violations = [];
document.addEventListener("securitypolicyviolation",
  event => window.violations.push(event.violatedDirective + " " + event.blockedURI));"""
SEARCH = """() => {
  const field = document.querySelector("#recherche-champ");
  field.value = "eau";
  field.dispatchEvent(new Event("input"));
}"""
KINDS = ("html/index", "html/climat", "html/portrait", "html/dashboard", "carnets/climat")
SOME = [f"{name}.html" for name in (*KINDS, "guide/index")]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def addresses(published_report):
    """Where the report is, on the disk and over HTTP."""
    folder = published_report.folder
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"disk": folder.as_uri(), "http": f"http://127.0.0.1:{server.server_port}"}
        server.shutdown()


def use_page(page):
    """Open all that opens: a number's window, the search, the boxes."""
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
    if page.query_selector("a[data-trace]"):
        page.evaluate("document.querySelector('a[data-trace]').click()")
        page.locator("dialog[open] h2").wait_for()
        page.keyboard.press("Escape")
    if page.query_selector("#recherche-champ"):
        page.evaluate(SEARCH)  # on a telephone the field is in the menu
        page.locator("#recherche-liste li").first.wait_for(state="attached")


def list_violations(browser, addresses, names):
    found = {}
    for way, address in addresses.items():
        for size in ((1440, 900), (360, 780)):
            context = browser.new_context(viewport={"width": size[0], "height": size[1]})
            context.add_init_script(COUNT)
            for name in names:
                page, said = context.new_page(), []
                page.on("console", lambda message, said=said: said.append(message.text))
                page.on("pageerror", lambda error, said=said: said.append(str(error)))
                page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
                page.goto(f"{address}/{name}")
                use_page(page)
                said += page.evaluate("window.violations")
                if said:
                    found[f"{way} {size[0]} {name}"] = said
                page.close()
            context.close()
    return found


def test_the_policy_stops_nothing_of_ours(browser, addresses):
    assert list_violations(browser, addresses, SOME) == {}


@pytest.mark.long
@pytest.mark.torture("Pages", "politique de sécurité, sur toutes les pages", "réparé")
def test_no_page_violates_its_policy(browser, addresses, published_report):
    folder = published_report.folder
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.html"))]
    assert list_violations(browser, addresses, names) == {}


@pytest.mark.torture("Pages", "script qui aurait passé le contrôle", "réparé")
@pytest.mark.parametrize("way", ["disk", "http"])
def test_the_policy_stops_what_is_not_ours(browser, addresses, published_report, tmp_path, way):
    """In pages that the final check would refuse."""
    harm = (
        "<script>window.ran = 1</script>",
        '<img src="x.png" onerror="window.ran = 1">',
        '<script src="https://k.invalid/x.js"></script>',
        '<img src="https://k.invalid/x.png">',
        '<iframe src="x.html"></iframe><object data="x.html"></object><base href="https://k.invalid">',
        '<a id="a" href="javascript:window.ran = 1">a</a>',
        '<form id="f" action="https://k.invalid"></form>',
    )
    whole = (published_report.folder / "html/climat.html").read_text("utf-8")
    assert 'http-equiv="Content-Security-Policy"' in whole
    site = tmp_path / "site.html"
    site.write_text(whole.replace("</main>", f"{''.join(harm)}</main>"), "utf-8")
    context = browser.new_context()
    context.add_init_script(COUNT)
    page = context.new_page()
    address = site.as_uri() if way == "disk" else "http://site.invalid/"
    page.route("http://site.invalid/", lambda route: route.fulfill(path=site))
    page.goto(address)
    page.evaluate("document.getElementById('a').click()")
    page.evaluate("document.getElementById('f').submit()")
    page.wait_for_timeout(200)
    stopped = {violation.split()[0] for violation in page.evaluate("window.violations")}
    assert page.evaluate("window.ran") is None
    assert {
        *("script-src-elem", "script-src-attr", "img-src", "frame-src", "object-src", "base-uri"),
        "form-action",
    } <= stopped
    context.close()
