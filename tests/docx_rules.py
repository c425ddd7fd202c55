"""What Word, and its accessibility checker, want of a DOCX: faults of a file as a list of lines.

There is no Word among the tests: these are the rules that it repairs, refuses or warns about. The
orders of children are those of ECMA-376, transitional, annex A (the schema « wml.xsd »).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
NS = {"w": W, "r": R, "wp": WP, "adec": DECORATIVE}
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/content-types}"

ORDERS = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
        "tblDescription tblPrChange"
    ),
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText "
        "vAlign hideMark headers cellIns cellDel cellMerge tcPrChange"
    ),
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
        "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter "
        "docGrid printerSettings sectPrChange"
    ),
    "style": (
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
        "qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr "
        "tblStylePr"
    ),
    "settings": (
        "writeProtection view zoom removePersonalInformation removeDateAndTime "
        "doNotDisplayPageBoundaries displayBackgroundShape printPostScriptOverText "
        "printFractionalCharacterWidth printFormsData embedTrueTypeFonts embedSystemFonts "
        "saveSubsetFonts saveFormsData mirrorMargins alignBordersAndEdges "
        "bordersDoNotSurroundHeader bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors "
        "hideGrammaticalErrors activeWritingStyle proofState formsDesign attachedTemplate "
        "linkStyles stylePaneFormatFilter stylePaneSortMethod documentType mailMerge revisionView "
        "trackRevisions doNotTrackMoves doNotTrackFormatting documentProtection autoFormatOverride "
        "styleLockTheme styleLockQFSet defaultTabStop autoHyphenation consecutiveHyphenLimit "
        "hyphenationZone doNotHyphenateCaps showEnvelope summaryLength clickAndTypeStyle "
        "defaultTableStyle evenAndOddHeaders bookFoldRevPrinting bookFoldPrinting "
        "bookFoldPrintingSheets drawingGridHorizontalSpacing drawingGridVerticalSpacing "
        "displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery "
        "doNotUseMarginsForDrawingGridOrigin drawingGridHorizontalOrigin drawingGridVerticalOrigin "
        "doNotShadeFormData noPunctuationKerning characterSpacingControl printTwoOnOne "
        "strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore savePreviewPicture "
        "doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent alwaysShowPlaceholderText "
        "doNotDemarcateInvalidXml saveXmlDataOnly useXSLTWhenSaving saveThroughXslt showXMLTags "
        "alwaysMergeEmptyNamespace updateFields hdrShapeDefaults footnotePr endnotePr compat "
        "docVars rsids mathPr attachedSchema themeFontLang clrSchemeMapping "
        "doNotIncludeSubdocsInStats doNotAutoCompressPictures forceUpgrade captions "
        "readModeInkLockDown smartTagType schemaLibrary shapeDefaults doNotEmbedSmartTags "
        "decimalSymbol listSeparator"
    ),
    "lvl": "start numFmt lvlRestart pStyle isLgl suff lvlText lvlPicBulletId legacy lvlJc pPr rPr",
    "font": (
        "altName panose1 charset family notTrueType pitch sig embedRegular embedBold embedItalic "
        "embedBoldItalic"
    ),
    "pBdr": "top left bottom right between bar",
    "tblBorders": "top start left bottom end right insideH insideV",
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "tblCellMar": "top start left bottom end right",
    "tbl": "tblPr tblGrid tr",
    "tblStylePr": "pPr rPr tblPr trPr tcPr",
}
_PLACES = {tag: {n: i for i, n in enumerate(order.split())} for tag, order in ORDERS.items()}
#: Direct formatting of paragraphs that is no look: what must stay together, and lists' numbers.
PARAGRAPH_PROPERTIES = {"pStyle", "keepNext", "keepLines", "numPr", "sectPr"}
#: Of words: only what stands above or below the line.
WORD_PROPERTIES = {"rStyle", "vertAlign"}


def w(tag: str) -> str:
    return f"{{{W}}}{tag}"


def read_parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names)), "a part stands twice"
        return {name: archive.read(name) for name in names}


def read_trees(parts: dict[str, bytes]) -> dict[str, etree._Element]:
    return {
        name: etree.fromstring(content)
        for name, content in parts.items()
        if name.endswith((".xml", ".rels"))
    }


def get(node: etree._Element | None, key: str = "val") -> str:
    return "" if node is None else node.get(w(key), "")


def text_of(node: etree._Element) -> str:
    return "".join(part.text or "" for part in node.iter(w("t")))


def style_of(paragraph: etree._Element) -> str:
    return get(paragraph.find("w:pPr/w:pStyle", NS))


def find_disorder(trees: dict[str, etree._Element]) -> list[str]:
    """Children that stand where the schema does not want them."""
    faults = []
    for part, root in trees.items():
        for node in root.iter(*(w(tag) for tag in ORDERS)):
            tag = etree.QName(node).localname
            names = [etree.QName(child).localname for child in node.iterchildren(etree.Element)]
            if tag == "tbl":
                names = [name for name in names if not name.startswith("bookmark")]
            places = [_PLACES[tag].get(name, -1) for name in names]
            if -1 in places:
                faults.append(f"{part}: {tag} holds {names[places.index(-1)]}")
            elif places != sorted(places):
                faults.append(f"{part}: {tag} in disorder: {' '.join(names)}")
            elif tag.endswith("Pr") and tag != "sectPr" and len(places) != len(set(places)):
                faults.append(f"{part}: {tag} says something twice: {' '.join(names)}")
    return faults


def find_loose_parts(parts: dict[str, bytes], trees: dict[str, etree._Element]) -> list[str]:
    """Relations that lead nowhere or are missing, parts without a type or that nothing reaches."""
    faults = []
    types = trees["[Content_Types].xml"]
    known = {node.get("PartName") for node in types.iter(f"{PACKAGE}Override")}
    defaults = {node.get("Extension") for node in types.iter(f"{PACKAGE}Default")}
    faults += [f"type of a missing part: {name}" for name in known if name[1:] not in parts]
    reached = {"[Content_Types].xml"}
    for name, root in trees.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        folder = posixpath.dirname(posixpath.dirname(name))
        ids = Counter(node.get("Id") for node in root)
        faults += [f"{name}: id twice: {id}" for id, count in ids.items() if count > 1]
        for node in root:
            if node.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join(folder, node.get("Target")))
            reached.add(target)
            if target not in parts:
                faults.append(f"{name}: {node.get('Target')} is missing")
    for name in parts:
        if f"/{name}" not in known and name.rpartition(".")[2] not in defaults:
            faults.append(f"no type: {name}")
        elif name.endswith(".xml") and f"/{name}" not in known and name[0] != "[":
            faults.append(f"no type of its own: {name}")
        if name not in reached:
            faults.append(f"nothing leads to {name}")
    for name, root in trees.items():
        folder, _, base = name.rpartition("/")
        relations = trees.get(f"{folder}/_rels/{base}.rels")
        ids = set() if relations is None else {node.get("Id") for node in relations}
        for node in root.iter(etree.Element):
            for key in ("id", "embed", "link"):
                value = node.get(f"{{{R}}}{key}")
                if value is not None and value not in ids:
                    faults.append(f"{name}: relation {value} is missing")
    return faults


def find_dangling(trees: dict[str, etree._Element]) -> list[str]:
    """Styles, lists and places that are asked for and do not stand; ids that stand twice."""
    faults = []
    document, styles = trees["word/document.xml"], trees["word/styles.xml"]
    known = {get(style, "styleId") for style in styles.iter(w("style"))}
    for part, root in trees.items():
        for tag in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
            for node in root.iter(w(tag)):
                if get(node) not in known:
                    faults.append(f"{part}: style {get(node)} is missing")
    numbering = trees["word/numbering.xml"]
    abstract = [get(node, "abstractNumId") for node in numbering.iter(w("abstractNum"))]
    lists = [get(node, "numId") for node in numbering.iter(w("num"))]
    for node in numbering.iter(w("num")):
        if get(node.find(w("abstractNumId"))) not in abstract:
            faults.append(f"list {get(node, 'numId')} without its definition")
    for root in (document, styles):
        for node in root.iter(w("numId")):
            if get(node) not in lists:
                faults.append(f"list {get(node)} is missing")
    marks = [get(node, "name") for node in document.iter(w("bookmarkStart"))]
    for mark in marks:
        if not re.fullmatch(r"[^\W\d]\w{,39}", mark):
            faults.append(f"no name of a bookmark: {mark}")
    wanted = {get(node, "anchor") for node in document.iter(w("hyperlink"))} - {""}
    for root in trees.values():
        for code in root.iter(w("instrText")):
            wanted |= set(re.findall(r"\b(?:PAGE)?REF (\S+)", code.text))
    faults += [f"place {name} is missing" for name in sorted(wanted - set(marks))]
    starts = [get(node, "id") for node in document.iter(w("bookmarkStart"))]
    ends = [get(node, "id") for node in document.iter(w("bookmarkEnd"))]
    if sorted(starts) != sorted(ends):
        faults.append("bookmarks begin and do not end")
    pictures = [node.get("id") for node in document.iter(f"{{{WP}}}docPr")]
    for what, ids in {
        "definition": abstract,
        "list": lists,
        "bookmark": marks,
        "bookmark's number": starts,
        "picture": pictures,
        "style": [get(style, "styleId") for style in styles.iter(w("style"))],
        "style's name": [get(style.find(w("name"))).lower() for style in styles.iter(w("style"))],
    }.items():
        faults += [f"{what} twice: {id}" for id, count in Counter(ids).items() if count > 1]
    return faults


def find_unfinished_fields(trees: dict[str, etree._Element]) -> list[str]:
    """Fields that begin and do not end, or end without a beginning."""
    faults = []
    for part, root in trees.items():
        depth = 0
        for mark in root.iter(w("fldChar")):
            kind = get(mark, "fldCharType")
            depth += {"begin": 1, "separate": 0, "end": -1}[kind]
            if depth < 0 or (kind == "separate" and depth == 0):
                faults.append(f"{part}: a field ends before it begins")
        if depth:
            faults.append(f"{part}: a field does not end")
    return faults


def find_structure_faults(trees: dict[str, etree._Element]) -> list[str]:
    """Cells that do not end with a paragraph, rows that do not fill their grid, tables wider than
    the text, a body that does not end with its section: what Word calls unreadable."""
    faults = []
    document = trees["word/document.xml"]
    body = document.find(w("body"))
    if body[-1].tag != w("sectPr") or body[-2].tag != w("p"):
        faults.append("the body does not end with a paragraph and its section")
    page = body[-1]
    margins = page.find(w("pgMar"))
    room = int(get(page.find(w("pgSz")), "w"))
    room -= int(get(margins, "left")) + int(get(margins, "right"))
    for number, table in enumerate(document.iter(w("tbl")), start=1):
        columns = [int(get(node, "w")) for node in table.iterfind("w:tblGrid/w:gridCol", NS)]
        if sum(columns) > room or min(columns) < 350:
            faults.append(f"table {number}: columns {columns}")
        if int(get(table.find("w:tblPr/w:tblW", NS), "w")) != sum(columns):
            faults.append(f"table {number}: its width is not its columns'")
        for row in table.iter(w("tr")):
            spans = [
                int(get(cell.find("w:tcPr/w:gridSpan", NS)) or 1) for cell in row.iter(w("tc"))
            ]
            if sum(spans) != len(columns):
                faults.append(f"table {number}: a row of {sum(spans)} cells")
            widths = [int(get(node, "w")) for node in row.iterfind("w:tc/w:tcPr/w:tcW", NS)]
            if sum(widths) != sum(columns):
                faults.append(f"table {number}: a row of {widths}")
        for cell in table.iter(w("tc")):
            if cell[-1].tag != w("p"):
                faults.append(f"table {number}: a cell ends without a paragraph")
    return faults


def find_hand_formatting(trees: dict[str, etree._Element]) -> list[str]:
    """Looks given by hand, which a change of style would not reach."""
    faults = Counter()
    document = trees["word/document.xml"]
    for properties in document.iter(w("pPr")):
        for child in properties:
            faults[f"paragraph: {etree.QName(child).localname}"] += 1
    for properties in document.iter(w("rPr")):
        for child in properties:
            faults[f"words: {etree.QName(child).localname}"] += 1
    for properties in document.iter(w("tcPr")):
        for child in properties:
            faults[f"cell: {etree.QName(child).localname}"] += 1
    allowed = {f"paragraph: {tag}" for tag in PARAGRAPH_PROPERTIES}
    allowed |= {f"words: {tag}" for tag in WORD_PROPERTIES} | {"cell: tcW"}
    for paragraph in document.iter(w("p")):
        if not style_of(paragraph):
            faults[f"paragraph without a style: {text_of(paragraph)[:40]}"] += 1
    return [f"{fault} ({count})" for fault, count in faults.items() if fault not in allowed]


def find_inaccessible(trees: dict[str, etree._Element]) -> list[str]:
    """What Word's accessibility checker warns of."""
    faults = []
    document, styles = trees["word/document.xml"], trees["word/styles.xml"]
    for shown in document.iter(f"{{{WP}}}docPr"):
        decorative = shown.find(".//adec:decorative", NS)
        if decorative is None and len(shown.get("descr", "")) < 20:
            faults.append(f"{shown.get('name')}: no alternative text")
    if document.find(".//wp:anchor", NS) is not None:
        faults.append("an object that is not in line with the text")
    for number, table in enumerate(document.iter(w("tbl")), start=1):
        rows = table.findall(w("tr"))
        if rows[0].find("w:trPr/w:tblHeader", NS) is None:
            faults.append(f"table {number}: no head")
        if any(row.find("w:trPr/w:cantSplit", NS) is None for row in rows):
            faults.append(f"table {number}: rows are cut")
        if table.find(".//w:gridSpan", NS) is not None or table.find(".//w:vMerge", NS) is not None:
            faults.append(f"table {number}: merged cells")
        if table.find(".//w:tbl", NS) is not None:
            faults.append(f"table {number}: a table in it")
        for tag in ("tblCaption", "tblDescription"):
            if len(get(table.find(f"w:tblPr/w:{tag}", NS))) < 5:
                faults.append(f"table {number}: no {tag}")
        look = table.find("w:tblPr/w:tblLook", NS)
        if get(look, "firstRow") != "1":
            faults.append(f"table {number}: its first row is no head")
    previous = 0
    for paragraph in document.iter(w("p")):
        found = re.fullmatch(r"Heading(\d)", style_of(paragraph))
        if found:
            level = int(found[1])
            if level > previous + 1:
                faults.append(f"a level is missing before « {text_of(paragraph)} »")
            if not text_of(paragraph).strip():
                faults.append("a heading without words")
            previous = level
    for link in document.iter(w("hyperlink")):
        if not text_of(link).strip() or re.match(r"https?:|ici$", text_of(link)):
            faults.append(f"link « {text_of(link)} »")
    empty = 0
    for paragraph in document.find(w("body")).iterchildren(w("p")):
        bare = paragraph.find(".//w:drawing", NS) is None and not text_of(paragraph).strip()
        empty = empty + 1 if bare else 0
        if empty > 1:
            faults.append("empty paragraphs in place of space")
    languages = {get(node) for root in (document, styles) for node in root.iter(w("lang"))}
    if languages != {"fr-FR"}:
        faults.append(f"languages: {languages}")
    return faults


def find_faults(path: Path) -> list[str]:
    """All of these, with the name of the rule."""
    parts = read_parts(path)
    trees = read_trees(parts)
    rules = {
        "order": find_disorder(trees),
        "parts": find_loose_parts(parts, trees),
        "dangling": find_dangling(trees),
        "fields": find_unfinished_fields(trees),
        "structure": find_structure_faults(trees),
        "by hand": find_hand_formatting(trees),
        "accessibility": find_inaccessible(trees),
    }
    return [f"{rule}: {fault}" for rule, faults in rules.items() for fault in faults]
