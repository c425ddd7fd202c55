"""What the scripts beside the pages of a built site hold: trails of numbers, search index."""

import json


def read_trails(html):
    """Link of each reference to its line of the annexes, and entry of each that has one."""
    links, entries = {}, {}
    for path in sorted((html / "trails").glob("*.js")):
        text = path.read_text("utf-8").removeprefix("window.addTrails(").removesuffix(");\n")
        page, some_links, some_entries = json.loads(f"[{text}]")
        assert page == path.stem
        links |= some_links
        entries |= some_entries
    return links, entries


def read_index(html):
    """The entries of the search, those of the appendices last."""
    texts = [(html / f"search-{name}.js").read_text("utf-8") for name in ("index", "annexes")]
    return [
        entry for text in texts for entry in json.loads(text[text.index("[{") : text.rindex(")")])
    ]
