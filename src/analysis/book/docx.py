"""The Word side: the reference document (styles, page, header, footer) and the finishing touches.

``write_reference`` starts from pandoc's own reference document. ``finish_docx`` works on what
either engine wrote: French, alternative text, table of contents filled, fixed dates.
May import identity; of this package pandoc and errors.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from analysis.book.pandoc import run_pandoc
from analysis.identity import read_identity

_IDENTITY = read_identity()
FONT = _IDENTITY.fonts["sans"].family
INK, MUTED, MAIN, RULE, VEIL = (
    _IDENTITY.light[name].lstrip("#") for name in ("ink", "quiet", "main", "rule", "veil")
)
LANGUAGE = '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/>'
#: A4, margins in twentieths of a point; the text column is 9 071 wide (16 cm).
PAGE = (
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1531" w:right="1417" w:bottom="1417" w:left="1417" '
    'w:header="709" w:footer="624" w:gutter="0"/>'
)


def _paragraph(
    name: str,
    style: str,
    *,
    based: str = "Normal",
    following: str = "BodyText",
    size: float | None = None,
    bold: bool = False,
    italic: bool = False,
    colour: str = "",
    before: int = 0,
    after: int = 120,
    line: int = 0,
    extra: str = "",
    level: int | None = None,
    custom: bool = False,
) -> str:
    spacing = f'<w:spacing w:before="{before}" w:after="{after}"'
    spacing += f' w:line="{line}" w:lineRule="auto"/>' if line else "/>"
    outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    run = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
    run += f'<w:color w:val="{colour}"/>' if colour else ""
    if size:
        run += f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
    keep = "<w:keepNext/><w:keepLines/>" if level is not None else ""
    before_spacing, after_spacing = "", extra
    # Word wants the properties of a paragraph in the schema's order.
    for tag in ("<w:keepNext/>", "<w:pageBreakBefore/>", "<w:pBdr>", "<w:shd", "<w:tabs>"):
        if tag == "<w:tabs>" and tag in after_spacing:
            piece = re.search(r"<w:tabs>.*?</w:tabs>", after_spacing)[0]
        elif tag == "<w:pBdr>" and tag in after_spacing:
            piece = re.search(r"<w:pBdr>.*?</w:pBdr>", after_spacing)[0]
        elif tag == "<w:shd" and tag in after_spacing:
            piece = re.search(r"<w:shd [^>]*/>", after_spacing)[0]
        elif tag in after_spacing:
            piece = tag
        else:
            continue
        before_spacing += piece
        after_spacing = after_spacing.replace(piece, "", 1)
    kind = ' w:customStyle="1"' if custom else ""
    return (
        f'<w:style w:type="paragraph"{kind} w:styleId="{style}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/><w:next w:val="{following}"/><w:qFormat/>'
        f"<w:pPr>{keep}{before_spacing}{spacing}{after_spacing}{outline}</w:pPr>"
        f"<w:rPr>{run}</w:rPr></w:style>"
    )


def _left_rule(colour: str, width: int = 18) -> str:
    return (
        f'<w:pBdr><w:left w:val="single" w:sz="{width}" w:space="8" w:color="{colour}"/></w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{VEIL}"/>'
        '<w:ind w:left="227"/>'
    )


def compose_styles() -> dict[str, str]:
    """Style id → style element, for those that differ from pandoc's own."""
    bottom = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="6" w:color="{MAIN}"/></w:pBdr>'
    styles = {
        "Normal": (
            '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
            '<w:name w:val="Normal"/><w:qFormat/></w:style>'
        ),
        "BodyText": _paragraph("Body Text", "BodyText", before=60, after=120, line=276),
        "FirstParagraph": _paragraph(
            "First Paragraph",
            "FirstParagraph",
            based="BodyText",
            before=60,
            after=120,
            line=276,
            custom=True,
        ),
        "Compact": _paragraph(
            "Compact", "Compact", based="BodyText", before=20, after=20, line=252, custom=True
        ),
        "Title": _paragraph(
            "Title", "Title", size=28, bold=True, colour=MAIN, before=4200, after=360
        ),
        "Subtitle": _paragraph("Subtitle", "Subtitle", size=15, colour=MUTED, after=600),
        "Heading1": _paragraph(
            "heading 1",
            "Heading1",
            size=20,
            bold=True,
            colour=INK,
            after=320,
            level=0,
            extra="<w:pageBreakBefore/>" + bottom,
        ),
        "Heading2": _paragraph(
            "heading 2", "Heading2", size=15, bold=True, colour=MAIN, before=420, after=140, level=1
        ),
        "Heading3": _paragraph(
            "heading 3", "Heading3", size=12, bold=True, colour=INK, before=320, after=100, level=2
        ),
        "Heading4": _paragraph(
            "heading 4", "Heading4", size=11, bold=True, colour=INK, before=260, after=80, level=3
        ),
        "TOCHeading": _paragraph(
            "TOC Heading",
            "TOCHeading",
            size=18,
            bold=True,
            colour=INK,
            after=240,
            extra="<w:pageBreakBefore/>",
        ),
        "Caption": _paragraph("caption", "Caption", size=9.5, before=60, after=180),
        "TableCaption": _paragraph(
            "Table Caption",
            "TableCaption",
            based="Caption",
            size=9.5,
            before=240,
            after=80,
            extra="<w:keepNext/>",
            custom=True,
        ),
        "ImageCaption": _paragraph(
            "Image Caption",
            "ImageCaption",
            based="Caption",
            size=9.5,
            before=60,
            after=160,
            extra="<w:keepNext/>",
            custom=True,
        ),
        "CaptionedFigure": _paragraph(
            "Captioned Figure",
            "CaptionedFigure",
            before=200,
            after=40,
            extra="<w:keepNext/>",
            custom=True,
        ),
        "Source": _paragraph("Source", "Source", size=8.5, colour=MUTED, after=160, custom=True),
        "Partie": _paragraph(
            "Partie",
            "Partie",
            size=26,
            bold=True,
            colour=MAIN,
            before=4800,
            custom=True,
            extra="<w:pageBreakBefore/>",
        ),
        "Titredencadr": _paragraph(
            "Titre d’encadré",
            "Titredencadr",
            following="Encadr",
            size=10.5,
            bold=True,
            before=160,
            after=40,
            extra="<w:keepNext/>" + _left_rule(MAIN),
            custom=True,
        ),
        "Encadr": _paragraph(
            "Encadré",
            "Encadr",
            following="Encadr",
            size=10,
            after=0,
            line=264,
            extra=_left_rule(MAIN),
            custom=True,
        ),
        "Header": _paragraph("header", "Header", size=8.5, colour=MUTED, after=0),
        "Footer": _paragraph(
            "footer",
            "Footer",
            size=8.5,
            colour=MUTED,
            after=0,
            extra='<w:tabs><w:tab w:val="right" w:pos="9071"/></w:tabs>',
        ),
        "Hyperlink": (
            '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
            '<w:basedOn w:val="DefaultParagraphFont"/>'
            f'<w:rPr><w:color w:val="{MAIN}"/></w:rPr></w:style>'
        ),
        # A number that links to its line of the annex: to the eye, a number like another.
        "Nombre": (
            '<w:style w:type="character" w:customStyle="1" w:styleId="Nombre">'
            '<w:name w:val="Nombre"/><w:basedOn w:val="DefaultParagraphFont"/></w:style>'
        ),
        "Table": (
            '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/>'
            '<w:qFormat/><w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr>'
            '<w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr>'
            '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>'
            f'<w:top w:val="single" w:sz="8" w:space="0" w:color="{INK}"/>'
            f'<w:bottom w:val="single" w:sz="6" w:space="0" w:color="{INK}"/>'
            f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{RULE}"/>'
            '</w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/>'
            '<w:left w:w="85" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/>'
            '<w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr><w:tcBorders>'
            f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{INK}"/></w:tcBorders>'
            f'<w:shd w:val="clear" w:color="auto" w:fill="{VEIL}"/>'
            '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
        ),
    }
    for level in (1, 2, 3):
        indent = 240 * (level - 1)
        styles[f"TOC{level}"] = _paragraph(
            f"toc {level}",
            f"TOC{level}",
            bold=level == 1,
            before=120 if level == 1 else 0,
            after=40,
            size=10.5 if level < 3 else 9.5,
            extra=(
                '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9071"/></w:tabs>'
                f'<w:ind w:left="{indent}"/>'
            ),
        )
    return styles


DEFAULTS = (
    "<w:docDefaults><w:rPrDefault><w:rPr>"
    f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    f'<w:color w:val="{INK}"/><w:sz w:val="21"/><w:szCs w:val="21"/>{LANGUAGE}'
    "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
)
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def _field(code: str, shown: str = "") -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r>'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


HEADER = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:hdr {NAMESPACES}><w:p><w:pPr>'
    '<w:pStyle w:val="Header"/></w:pPr>'
    + _field("STYLEREF 1")  # par le niveau : le nom du style change avec la langue de Word
    + "</w:p></w:hdr>"
)
FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:ftr {NAMESPACES}><w:p><w:pPr>'
    '<w:pStyle w:val="Footer"/></w:pPr><w:r><w:tab/></w:r>' + _field("PAGE", "1") + "</w:p></w:ftr>"
)
SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdEntete"/>'
    '<w:footerReference w:type="default" r:id="rIdPied"/>'
    f"{PAGE}<w:titlePg/></w:sectPr>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    f'<Relationship Id="rIdEntete" Type="{_OFFICE}/header" Target="header1.xml"/>'
    f'<Relationship Id="rIdPied" Type="{_OFFICE}/footer" Target="footer1.xml"/></Relationships>'
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TYPES = (
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_WORD}.footer+xml"/></Types>'
)


def restyle(styles: str) -> str:
    """Pandoc's ``styles.xml`` with our definitions in place of, or after, its own."""
    styles = re.sub(r"<w:docDefaults>.*?</w:docDefaults>", DEFAULTS, styles, flags=re.DOTALL)
    for name, element in compose_styles().items():
        pattern = rf'<w:style\b[^>]*w:styleId="{name}"[^>]*>.*?</w:style>'
        if re.search(pattern, styles, re.DOTALL):
            styles = re.sub(pattern, lambda _, e=element: e, styles, count=1, flags=re.DOTALL)
        else:
            styles = styles.replace("</w:styles>", element + "</w:styles>")
    return styles


def write_reference(path: Path) -> None:
    """The reference document of the format docx, for both engines."""
    source = run_pandoc(["--print-default-data-file", "reference.docx"])
    with zipfile.ZipFile(BytesIO(source)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def edit(name: str, change: Callable[[str], str]) -> None:
        parts[name] = change(parts[name].decode("utf-8")).encode("utf-8")

    edit("word/styles.xml", restyle)
    edit(
        "word/document.xml",
        lambda text: re.sub(r"<w:sectPr>.*?</w:sectPr>", SECTION, text, flags=re.DOTALL),
    )
    edit("word/_rels/document.xml.rels", lambda text: text.replace("</Relationships>", RELATIONS))
    edit("[Content_Types].xml", lambda text: text.replace("</Types>", TYPES))
    edit(
        "word/settings.xml",
        lambda text: (
            text.replace('<w:themeFontLang w:val="en-US" />', '<w:themeFontLang w:val="fr-FR" />')
            .replace('<w:decimalSymbol w:val="." />', '<w:decimalSymbol w:val="," />')
            .replace('<w:listSeparator w:val="," />', '<w:listSeparator w:val=";" />')
        ),
    )
    parts["word/header1.xml"] = HEADER.encode("utf-8")
    parts["word/footer1.xml"] = FOOTER.encode("utf-8")
    write_parts(parts, path, epoch=315_532_800)


def write_parts(parts: Mapping[str, bytes], path: Path, epoch: int) -> None:
    """A zip whose bytes depend on its content and ``epoch`` alone."""
    moment = datetime.fromtimestamp(max(epoch, 315_532_800), UTC).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, parts[name])


# Finishing what an engine wrote -------------------------------------------------------------------

_HEADING = re.compile(
    r'<w:p>(?:(?!</w:p>).)*?<w:pStyle w:val="Heading(?P<level>[1-3])" ?/>(?P<body>.*?)</w:p>',
    re.DOTALL,
)
_BOOKMARK = re.compile(r'<w:bookmarkStart [^>]*w:name="([^"]+)"')
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_TOC = re.compile(
    r'(<w:instrText[^>]*>[^<]*TOC [^<]*</w:instrText>.*?<w:fldChar w:fldCharType="separate" ?/>)'
    r'(.*?)(<w:fldChar w:fldCharType="end" ?/>)',
    re.DOTALL,
)


def read_headings(document: str) -> list[tuple[int, str, str]]:
    """Level, bookmark and text of each heading of levels 1 to 3, in order."""
    headings = []
    previous = 0
    for found in _HEADING.finditer(document):
        text = "".join(_TEXT.findall(found["body"]))
        marks = _BOOKMARK.findall(document[previous : found.end()])
        previous = found.end()
        headings.append((int(found["level"]), marks[-1] if marks else "", text))
    return headings


def fill_contents(document: str) -> str:
    """Put the headings into the field of contents, so that it shows before Word updates it."""
    found = _TOC.search(document)
    if not found:
        return document
    entries = []
    for level, bookmark, text in read_headings(document):
        link, page = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>', ""
        if bookmark:
            link = f'<w:hyperlink w:anchor="{bookmark}">{link}</w:hyperlink>'
            page = "<w:r><w:tab/></w:r>" + _field(f"PAGEREF {bookmark} \\h", "…").replace(
                '"begin"/>', '"begin" w:dirty="true"/>', 1
            )
        entries.append(f'<w:p><w:pPr><w:pStyle w:val="TOC{level}"/></w:pPr>{link}{page}</w:p>')
    filled = "</w:r></w:p>" + "".join(entries) + "<w:p><w:r>"
    return document[: found.end(1)] + filled + document[found.start(3) :]


def describe_pictures(document: str, alternatives: Mapping[str, str]) -> str:
    """Alternative text of each picture, by the name of its file where the engine lost it."""

    def describe(found: re.Match[str]) -> str:
        drawing = found[0]
        source = re.search(r'<pic:cNvPr\b[^>]*descr="([^"]*)"', drawing)
        stem = Path(html.unescape(source[1])).stem if source else ""
        text = alternatives.get(stem)
        if not text:
            return drawing
        quoted = html.escape(text, quote=True)
        drawing = re.sub(r'(<wp:docPr\b[^>]*?) descr="[^"]*"', r"\1", drawing)
        return re.sub(r"<wp:docPr\b", lambda _: f'<wp:docPr descr="{quoted}"', drawing, count=1)

    return re.sub(r"<w:drawing>.*?</w:drawing>", describe, document, flags=re.DOTALL)


def anchor_headings(document: str) -> str:
    """Put a heading's bookmark inside its paragraph: some readers lose one that follows a table."""
    pattern = re.compile(
        r'<w:bookmarkStart w:id="(\d+)" w:name="([^"]+)" ?/>\s*'
        r'(<w:p><w:pPr><w:pStyle w:val="Heading\d" ?/>.*?</w:pPr>)',
        re.DOTALL,
    )
    moved = {found[1] for found in pattern.finditer(document)}
    document = re.sub(
        r'<w:bookmarkEnd w:id="(\d+)" ?/>\s*',
        lambda found: "" if found[1] in moved else found[0],
        document,
    )
    return pattern.sub(
        r'\3<w:bookmarkStart w:id="\1" w:name="\2"/><w:bookmarkEnd w:id="\1"/>', document
    )


def keep_rows_whole(document: str) -> str:
    """Rows of data tables are not cut between two pages."""

    def keep(found: re.Match[str]) -> str:
        properties = found[1] or ""
        if "<w:cantSplit" in properties:
            return found[0]
        return f"<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>"

    return re.sub(r"<w:tr>\s*(?:<w:trPr>(.*?)</w:trPr>)?", keep, document, flags=re.DOTALL)


def keep_heads_with_rows(document: str) -> str:
    """The head of a table never stands alone at the foot of a page."""

    def keep(found: re.Match[str]) -> str:
        row = found[0]
        if "<w:tblHeader" not in row or "<w:keepNext" in row:
            return row
        return re.sub(r"(<w:pStyle [^>]*/>)", r"\1<w:keepNext/>", row)

    return re.sub(r"<w:tr>.*?</w:tr>", keep, document, flags=re.DOTALL)


def finish_docx(path: Path, epoch: int, alternatives: Mapping[str, str]) -> None:
    """French, filled contents, alternative texts, whole rows, fixed dates."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = parts["word/document.xml"].decode("utf-8")
    document = describe_pictures(document, alternatives)
    document = anchor_headings(keep_heads_with_rows(keep_rows_whole(document)))
    parts["word/document.xml"] = fill_contents(document).encode("utf-8")
    styles = parts["word/styles.xml"].decode("utf-8")
    styles = re.sub(r"<w:lang\b[^>]*/>", LANGUAGE, styles)
    parts["word/styles.xml"] = styles.encode("utf-8")
    moment = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    core = parts["docProps/core.xml"].decode("utf-8")
    core = re.sub(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rf"\g<1>{moment}", core)
    if "<dc:language>" not in core:
        end = "</cp:coreProperties>"
        core = core.replace(end, f"<dc:language>fr-FR</dc:language>{end}")
    parts["docProps/core.xml"] = core.encode("utf-8")
    write_parts(parts, path, epoch)
