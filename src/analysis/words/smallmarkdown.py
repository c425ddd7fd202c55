"""Plain text, and the small Markdown of prose: paragraphs, emphasis, lists, links, footnotes,
simple tables, pictures. Whatever else is typed is letters, or a fault that is named.

markdown-it-py reads it, with its other rules off; what is written for the publishers hides its
markup and its letters (see ``hidden_markup``), so that typography and escaping go on around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from analysis.base.rawfiles import PICTURE_SUFFIXES
from analysis.model.schema import PAGE_ANCHORS
from analysis.words import french
from analysis.words.hidden_markup import hide, write_attribute, write_letters

#: Where a text's pictures stand in the book.
PICTURES = "textes"
_RULES = (
    *("list", "table", "reference", "heading", "newline"),
    *("emphasis", "link", "image", "footnote_def", "footnote_ref", "footnote_tail"),
)
#: A site in the words of a link.
_SITE = re.compile(
    r"(?:https?://(?:www\.)?|\bwww\.)([\w.-]+)|((?:[\w-]+\.)+(?:com|eu|fr|net|org))(?![\w.-])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_DEFINITION = re.compile(r"^ {0,3}\[(?P<label>[^\]]+)\]:")
_NOTE = re.compile(r"\[\^[^\]\[\s]+\]")
#: Pandoc's lists take four columns for a mark and for what stands under it.
_STEP = 4

#: What a cell of a table of the report does not take.
_BLOCKS = ("table", "image", "footnote_ref", "bullet_list", "ordered_list")

Fault = tuple[int, str, str, str]


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").use(footnote_plugin, inline=False)
    return reader.enable(list(_RULES))


def _parse(text: str) -> SyntaxTreeNode:
    """The tree of a text; each definition stands apart, as those who type it mean it to."""
    lines = [f"\n{line}" if _DEFINITION.match(line) else line for line in text.splitlines()]
    return SyntaxTreeNode(_reader().parse("\n".join(lines)))


def write_plain(text: object) -> str:
    """A plain text as Markdown shows it letter by letter: typeset, on one line."""
    return _write_plain(str(text))


@lru_cache(maxsize=4096)  # a column of a table says the same thing many times
def _write_plain(text: str) -> str:
    return write_letters(french.typeset(" ".join(text.splitlines())))


# --- sections ---------------------------------------------------------------------------------


def split_sections(text: str) -> dict[str, str]:
    """Heading of second level → what stands below it; what stands before the first under ''.

    Notes and addresses may be defined anywhere in a text: each section gets those it calls.
    """
    sections: dict[str, list[str]] = {"": []}
    definitions: dict[str, list[str]] = {}
    current, defining = sections[""], None
    for line in text.splitlines():
        if heading := re.fullmatch(r"##[ \t]+(.+?)[ \t]*", line):
            current, defining = sections.setdefault(heading[1], []), None
        elif definition := _DEFINITION.match(line):
            defining = definitions.setdefault(f"[{definition['label']}]", [])
            defining.append(line)
        elif defining is not None and line[:1] in (" ", "\t"):
            defining.append(line)
        else:
            defining = None
            current.append(line)
    joined: dict[str, str] = {}
    for title, lines in sections.items():
        body = "\n".join(lines).strip()
        called = ["\n".join(defined) for label, defined in definitions.items() if label in body]
        joined[title] = "\n\n".join([body, *called]).strip()
    return {title: body for title, body in joined.items() if title or body}


# --- faults -----------------------------------------------------------------------------------


def find_faults(
    text: str, pictures: Collection[str], *, line_only: bool = False
) -> Iterator[Fault]:
    """(line within the text from 0, what was read, problem, what is expected) for each.

    ``pictures``: names of the files beside the text; ``line_only``: a cell of a table of the
    report, which takes emphasis and links alone.
    """
    lines = [0]  # the line typed of each line read: a definition is read with one before it
    for number, typed in enumerate(text.splitlines()):
        lines += [number] * (2 if _DEFINITION.match(typed) else 1)
    for node in _parse(text).walk():
        line = lines[_line_of(node) + 1] if text else 0
        if node.type == "heading":
            yield (
                line, f"{node.markup} {_words(node)}".strip(), "titre dans un texte",
                "Seuls les titres attendus du texte s’écrivent avec des dièses ; ici, du gras"
                " (**…**) suffit.",
            )  # fmt: skip
        elif node.type == "link":
            yield from _check_link(node, line)
        elif node.type == "image":
            yield from _check_picture(node, line, pictures)
        elif node.type == "text" and (found := _NOTE.search(node.content)):
            label = found[0]
            yield (
                line,
                label,
                "note sans texte",
                f"Attendu : une ligne « {label}: … » dans ce texte.",
            )
        if line_only and node.type in _BLOCKS:
            yield (
                line, _words(node)[:60], "mise en forme impossible dans un tableau du rapport",
                "Ici, seuls le gras, l’italique et les liens sont possibles.",
            )  # fmt: skip
    yield from _check_definitions(text)


def _line_of(node: SyntaxTreeNode) -> int:
    while not node.is_root:
        if node.map is not None:
            return node.map[0]
        node = node.parent or node
    return 0


def _words(node: SyntaxTreeNode) -> str:
    return "".join(leaf.content for leaf in node.walk() if leaf.type == "text")


def _check_link(node: SyntaxTreeNode, line: int) -> Iterator[Fault]:
    target = str(node.attrs["href"])
    pages = [f"#{label}" for label, page in PAGE_ANCHORS.items() if page != "digital"]
    if not _ADDRESS.fullmatch(target) and target not in pages:
        yield (
            line, target, "lien vers une adresse inconnue",
            "Attendu : une adresse qui commence par https:// ou mailto:, ou une page du rapport : "
            f"{', '.join(pages)}.",
        )  # fmt: skip
    place = re.split("[/?#]", target.partition("://")[2] or target)[0]
    site = place.rpartition("@")[2].partition(":")[0].lower()  # where a browser goes
    for found in _SITE.finditer(_words(node)):
        shown = (found[1] or found[2]).lower().strip(".")
        if not f".{site}".endswith(f".{shown}"):
            yield (
                line, found[0], "lien dont les mots montrent un autre site que le sien",
                f"Attendu : des mots, ou l’adresse où il mène ({target}).",
            )  # fmt: skip
    if "title" in node.attrs:
        yield line, target, "lien avec une bulle", "Attendu : [mots](adresse), sans guillemets."


def _check_picture(node: SyntaxTreeNode, line: int, pictures: Collection[str]) -> Iterator[Fault]:
    name = unquote(str(node.attrs["src"]))
    if not name.lower().endswith(PICTURE_SUFFIXES):
        yield line, name, "image d’un format non lu", "Attendu : un fichier .png ou .jpg."
    elif name not in pictures:
        known = ", ".join(sorted(pictures)) or "aucune image pour le moment"
        yield (
            line, name, "image introuvable",
            f"Attendu : un fichier du dossier des textes (texts/), à côté du texte ({known}).",
        )  # fmt: skip
    if not node.content.strip():
        yield (
            line, name, "image sans texte de remplacement",
            "Attendu : ![ce que l’image montre](fichier.jpg).",
        )  # fmt: skip
    if node.parent is not None and len(node.parent.children) > 1:
        yield line, name, "image dans une phrase", "Une image tient seule dans son paragraphe."


def _check_definitions(text: str) -> Iterator[Fault]:
    """Notes and addresses that are defined twice, or that nothing calls: they would vanish."""
    seen = set()
    for number, line in enumerate(text.splitlines()):
        if not (found := _DEFINITION.match(line)):
            continue
        label = f"[{found['label']}]"
        if label in seen:
            yield number, label, "définie deux fois", "Un nom de note ou de lien par définition."
        elif text.count(label) < 2:
            yield number, label, "définie, mais rien n’y renvoie", f"Écrire {label} dans le texte."
        seen.add(label)


# --- writing ----------------------------------------------------------------------------------


class _Writer:
    """Writes the tree of one text; ``name`` makes the names of its notes its own."""

    def __init__(self, name: str, fill: Callable[[str], str]) -> None:
        self.name = name
        self.fill = fill

    def write_blocks(self, node: SyntaxTreeNode, between: str = "\n\n") -> str:
        return between.join(filter(None, map(self.write_block, node.children)))

    def write_block(self, node: SyntaxTreeNode) -> str:
        if node.type in ("bullet_list", "ordered_list"):
            return self.write_list(node)
        if node.type == "table":
            return self.write_table(node)
        if node.type == "footnote_block":
            return self.write_blocks(node)
        if node.type == "footnote":
            body = self.indent(self.write_blocks(node))
            return hide(f"{self.name_note(node)}: ") + body
        if node.type in ("paragraph", "heading", "inline"):
            return self.write_line(node)
        return ""  # a note's way back

    def indent(self, text: str) -> str:
        return text.replace("\n", "\n" + " " * _STEP).replace(" " * _STEP + "\n", "\n")

    def write_list(self, node: SyntaxTreeNode) -> str:
        leaves = [leaf for item in node.children for leaf in item.children]
        tight = all(leaf.hidden for leaf in leaves if leaf.type == "paragraph")
        first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        items = []
        for place, item in enumerate(node.children):
            sign = "-" if first is None else f"{first + place}."
            body = self.write_blocks(item, "\n" if tight else "\n\n")
            items.append(hide(sign.ljust(_STEP)) + self.indent(body))
        return ("\n" if tight else "\n\n").join(items)

    def write_table(self, node: SyntaxTreeNode) -> str:
        lines = [row for part in node.children for row in part.children]
        rows = [[self.write_line(cell) for cell in line.children] for line in lines]
        widths = [min(max(map(len, column)), 40) + 3 for column in zip(*rows, strict=True)]
        styles = [str(cell.attrs.get("style", "")) for cell in lines[0].children]
        rule = "|".join(
            ("-" if style.endswith("right") else ":")
            + "-" * width
            + (":" if style.endswith(("right", "center")) else "")
            for style, width in zip(styles, widths, strict=True)
        )
        written = [hide("| ") + hide(" | ").join(row) + hide(" |") for row in rows]
        return "\n".join([written[0], hide(f"|{rule}|"), *written[1:]])

    def name_note(self, node: SyntaxTreeNode) -> str:
        return f"[^{self.name}-{int(node.meta['id']) + 1}]"

    def write_line(self, node: SyntaxTreeNode) -> str:
        """What stands in a paragraph, a cell: typeset, its letters hidden."""
        holder = node.children[0] if node.children and node.type != "inline" else node
        return write_plain(self.fill("".join(self.write_leaves(holder.children))))

    def write_leaves(self, nodes: list[SyntaxTreeNode]) -> Iterator[str]:
        for place, node in enumerate(nodes):
            if node.type in ("em", "strong"):
                inner = "".join(self.write_leaves(node.children))
                # « 2*3*4 »: inside of a word, a star is a star.
                before = [leaf.content[-1:] for leaf in nodes[:place][-1:] if leaf.type == "text"]
                after = [leaf.content[:1] for leaf in nodes[place + 1 :][:1] if leaf.type == "text"]
                glued = any(map(str.isalnum, before + after))
                sign = node.markup if glued else hide(node.markup)
                yield sign + inner + sign
            elif node.type == "link":
                inner = "".join(self.write_leaves(node.children))
                yield hide("[") + inner + hide(f"](<{node.attrs['href']}>)")
            elif node.type == "image":
                alternative = write_attribute(french.typeset(self.fill(node.content)))
                yield hide(f'![]({PICTURES}/{node.attrs["src"]}){{fig-alt="{alternative}"}}')
            elif node.type == "footnote_ref":
                yield hide(self.name_note(node))
            elif node.type == "softbreak":
                yield " "
            elif node.type == "hardbreak":
                yield hide("\\\n")
            else:
                yield node.content


def write_prose(text: str, name: str, fill: Callable[[str], str] = str) -> str:
    """Blocks of Markdown, markup and letters hidden (``hidden_markup.write_spans`` shows them).

    Parameters
    ----------
    name : what the text's notes are called after; two texts of one page have two names.
    fill : put values in the place of what stands for them, in words without markup.
    """
    return _Writer(name, fill).write_blocks(_parse(text))


def write_line(text: str, fill: Callable[[str], str] = str) -> str:
    """The same on one line, for a cell: emphasis and links; what stands apart is joined."""
    tree = _parse(text)
    writer = _Writer("", fill)
    leaves = (node for node in tree.walk() if node.type == "inline")
    return " ".join(writer.write_line(node) for node in leaves)
