# ruff: noqa: E501
# fmt: off
"""Returned workbooks that mean harm, each made from a good form by few lines.

``PARTS``: the parts of the archive that change (see ``form_example.change_parts``). ``FILES``: the
bytes of the whole file.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from form_example import change_parts, make_form, save

Parts = dict[str, bytes | None]
SHEET, STRINGS = "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"
STYLES, BOOK, RELATIONS = "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MILLION = 1_000_000


def make_good(path: Path) -> Path:
    """The form of which one answer is right: 7 000 trees."""
    return save(make_form(values={"arbres-plantes": 7000}), path)


def read_part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def put_into(path: Path, name: str, before: str, text: str) -> Parts:
    """A part with a text before one of its tags."""
    whole = read_part(path, name)
    assert before in whole, (name, before)
    return {name: whole.replace(before, text + before, 1).encode()}


def _rows(text: str) -> Callable[[Path], Parts]:
    return lambda path: put_into(path, SHEET, "</sheetData>", text)


def _after(text: str) -> Callable[[Path], Parts]:
    """What stands behind the cells of a sheet."""

    def change(path: Path) -> Parts:
        whole = read_part(path, SHEET)
        return {SHEET: whole.replace("</sheetData>", "</sheetData>" + text, 1).encode()}

    return change


def _merges(count: int, ref: str = "") -> str:
    refs = (ref or f"N{10 + n}:XFD{10 + n}" for n in range(count))
    cells = "".join(f'<mergeCell ref="{r}"/>' for r in refs)
    return f"<mergeCells>{cells}</mergeCells>"


def _encode(encoding: str, start: str = "") -> Callable[[Path], Parts]:
    """A sheet of a million empty cells in another encoding, or with something before it."""

    def change(path: Path) -> Parts:
        rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(100, 300_000))
        text = read_part(path, SHEET).replace("</sheetData>", rows + "</sheetData>")
        text = re.sub(r"^<\?xml.*?\?>", "", text)
        return {SHEET: (start + text).encode(encoding)}

    return change


def _strings(one: str, refer: int = 0) -> Callable[[Path], Parts]:
    """A shared string, to which many cells refer."""

    def change(path: Path) -> Parts:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
        named = f'<Override PartName="/{STRINGS}" ContentType="{kind}"/>'
        rows = "".join(f'<row r="{n}"><c r="M{n}" t="s"><v>0</v></c></row>'
                       for n in range(20, 20 + refer))
        return {
            STRINGS: f"<sst {NAMESPACE}>{one}</sst>".encode(),
            **put_into(path, TYPES, "</Types>", named),
            **put_into(path, SHEET, "</sheetData>", rows),
        }

    return change


def _styles(tag: str, text: str) -> Callable[[Path], Parts]:
    return lambda path: put_into(path, STYLES, f"</{tag}>", text)


def _names(count: int) -> Callable[[Path], Parts]:
    names = "".join(f'<definedName name="n{n}">Indicateurs!$A$1</definedName>' for n in range(count))
    return lambda path: put_into(path, BOOK, "</definedNames>", names)


def _cells(*cells: str) -> Callable[[Path], Parts]:
    return _rows("".join(f"<row>{cell}</row>" for cell in cells))


def _target(target: str) -> Callable[[Path], Parts]:
    """The sheet reached under another name."""

    def change(path: Path) -> Parts:
        text = read_part(path, RELATIONS)
        changed = re.sub(r'Target="[^"]*sheet2\.xml"', f'Target="{target}"', text)
        assert changed != text
        return {RELATIONS: changed.encode()}

    return change


def _shared_formulas(count: int, length: int) -> str:
    long = "+".join(["A1"] * (length // 3))
    first = f'<row r="20"><c r="A20"><f t="shared" ref="A20:A{20 + count}" si="0">{long}</f></c></row>'
    rest = (f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/></c></row>'
            for n in range(21, 20 + count))  # fmt: skip
    return first + "".join(rest)


#: By name, in the order of the table of the brief.
PARTS: dict[str, Callable[[Path], Parts]] = {
    "fusions-larges": _after(_merges(990, "")),
    "fusions-juste-permises": _after("<mergeCells>" + "".join(
        f'<mergeCell ref="N{n}:NTP{n}"/>' for n in range(10, 1000)) + "</mergeCells>"),
    "fusion-haute": _after('<mergeCells><mergeCell ref="A2:M5000"/></mergeCells>'),
    "liens-larges": _after("<hyperlinks>" + "".join(
        f'<hyperlink ref="N{n}:NTP{n}" location="A1"/>' for n in range(10, 1000)) + "</hyperlinks>"),
    "tabulation": _encode("utf-8", "\t"),
    "utf-16": _encode("utf-16"),
    "utf-16-sans-marque": _encode("utf-16-le"),
    "utf-32": _encode("utf-32"),
    "latin-1": _encode("latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?>'),
    "ebcdic": _encode("cp500", '<?xml version="1.0" encoding="IBM500"?>'),
    "chaine-enorme": _strings(f"<si><t>{'a b ' * MILLION}</t></si>", 1),
    "chaine-enorme-cent-mille-fois": _strings(f"<si><t>{'a ' * MILLION}</t></si>", 100_000),
    "chaine-longue-cent-mille-fois": _strings(f"<si><t>{'mot ' * 8000}</t></si>", 100_000),
    "phonetique": _strings("<si><t>a</t>" + '<rPh sb="0" eb="1"><t>x</t></rPh>' * MILLION + "</si>"),
    "texte-riche": _strings("<si>" + "<r><rPr><b/></rPr><t>x</t></r>" * MILLION + "</si>", 1),
    "chaines-un-million": _strings("<si><t>x</t></si>" * MILLION),
    "styles": _styles("cellXfs", '<xf numFmtId="0" fontId="0"><alignment wrapText="1"/></xf>' * MILLION),
    "polices": _styles("fonts", '<font><b/><sz val="11"/><name val="x"/></font>' * 500_000),
    "formats": _styles("cellXfs", "<xf/>" * MILLION),
    "noms": _names(MILLION),
    "validations": _after("<dataValidations>" + '<dataValidation type="list" sqref="A1"><formula1>"a"'
                          "</formula1></dataValidation>" * 500_000 + "</dataValidations>"),
    "validation-aux-mille-plages": _after('<dataValidations><dataValidation type="list" sqref="'
                          + "A1 " * (3 * MILLION) + '"/></dataValidations>'),
    "mises-en-forme": _after('<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1">'
                             "<formula>A1</formula></cfRule></conditionalFormatting>" * 300_000),
    "liens": _after("<hyperlinks>" + '<hyperlink ref="A1" location="A1"/>' * MILLION + "</hyperlinks>"),
    "colonnes": lambda path: {SHEET: read_part(path, SHEET).replace(
        "<sheetData>", "<cols>" + '<col min="1" max="16384" width="9"/>' * MILLION + "</cols><sheetData>").encode()},
    "feuilles": lambda path: put_into(path, BOOK, "</sheets>", "".join(
        f'<sheet name="s{n}" sheetId="{n}" r:id="rId2" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
        for n in range(100, 20_000))),
    "types": lambda path: put_into(path, TYPES, "</Types>",
                                   '<Override PartName="/x" ContentType="y"/>' * MILLION),
    "relations": lambda path: put_into(path, RELATIONS, "</Relationships>",
                                   '<Relationship Id="x" Type="y" Target="z"/>' * MILLION),
    "dimension-menteuse": lambda path: {SHEET: re.sub(
        r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', read_part(path, SHEET)).encode()},
    "lignes-vides": _rows("<row/>" * (10 * MILLION)),
    "cellules-vides": _rows("<row>" + '<c s="0"/>' * (4 * MILLION) + "</row>"),
    "cellule-seule-au-bout": _rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "cellule-trop-loin": _rows('<row r="1048577"><c r="XFD1048577"><v>1</v></c></row>'),
    "cellule-a0": _rows('<row r="0"><c r="A0"><v>1</v></c></row>'),
    "ligne-negative": _rows('<row r="-5"><c><v>1</v></c></row>'),
    "ligne-enorme": _rows('<row r="99999999999"><c><v>1</v></c></row>'),
    "colonne-zzz": _rows('<row r="50"><c r="ZZZ50"><v>1</v></c></row>'),
    "colonne-zzzz": _rows('<row r="50"><c r="ZZZZ50"><v>1</v></c></row>'),
    "lignes-en-desordre": _rows('<row r="9"><c r="A9"><v>1</v></c></row><row r="8"><c r="A8"><v>1</v></c></row>'),
    "nombres": _cells(*(f'<c r="G{20 + n}"><v>{v}</v></c>' for n, v in enumerate(
        ["1e308", "1e309", "NaN", "inf", "-Infinity", "1" * 5000, "0x10", "1_000", "١٢"]))),
    "reponse-infinie": lambda path: {SHEET: read_part(path, SHEET).replace("<v>7000</v>", "<v>1e999</v>").encode()},
    "reponse-nan": lambda path: {SHEET: read_part(path, SHEET).replace("<v>7000</v>", "<v>nan</v>").encode()},
    "reponse-1e308": lambda path: {SHEET: read_part(path, SHEET).replace("<v>7000</v>", "<v>1e308</v>").encode()},
    "reponse-entier-enorme": lambda path: {SHEET: read_part(path, SHEET).replace("<v>7000</v>", f"<v>{'9' * 4000}</v>").encode()},
    "dates": _cells('<c r="J20" t="d"><v>9999-99-99</v></c>', '<c r="J21" t="d"><v>x</v></c>',
                    '<c r="J22" t="d"><v>2031-01-01T00:00:00Z</v></c>'),
    "types-de-cellules": _cells('<c r="A20" t="b"><v>7</v></c>', '<c r="A21" t="e"><v>#REF!</v></c>',
                    '<c r="A22" t="zzz"><v>1</v></c>', '<c r="A23" t="s"><v>999999</v></c>'),
    "indice-de-chaine": _cells('<c r="A23" t="s"><v>999999</v></c>'),
    "indice-negatif": _cells('<c r="A23" t="s"><v>-1</v></c>'),
    "style-absent": _cells('<c r="A23" s="999999"><v>1</v></c>'),
    "formule-matrice": _rows('<row r="20"><c r="A20"><f t="array" ref="A1:XFD1048576">1</f></c></row>'),
    "formules-partagees": _rows(_shared_formulas(20_000, 8000)),
    "table-de-donnees": _rows('<row r="20"><c r="A20"><f t="dataTable" ref="A1:XFD1048576" dt2D="1"/></c></row>'),
    "profond": _rows("<x>" * 200_000 + "</x>" * 200_000),
    "profond-style": lambda path: put_into(path, STYLES, "</styleSheet>", "<x>" * 5000 + "</x>" * 5000),
    "attributs": _rows("<row " + " ".join(f'a{n}="1"' for n in range(300_000)) + "/>"),
    "cible-relative": _target("worksheets/sheet2.xml"),
    "cible-dehors": _target("../../../../etc/passwd"),
    "cible-majuscules": _target("/XL/Worksheets/SHEET2.xml"),
    "cible-vide": _target(""),
    "cible-externe": _target("http://example.org/x.xml"),
    "cible-boucle": _target("../workbook.xml"),
    "types-menteurs": lambda path: {TYPES: read_part(path, TYPES).replace("worksheet+xml", "styles+xml").encode()},
    "commentaires": lambda path: _comment_parts(path, 300_000),
    "quinze-feuilles": lambda path: _many_sheets(path, 15),
    "mille-cinq-cents-feuilles": lambda path: _many_sheets(path, 1400),
    "dates-1900": lambda path: {SHEET: read_part(path, SHEET).replace("<v>7000</v>", "<v>-1e9</v>").encode(),
        STYLES: read_part(path, STYLES).replace('<xf numFmtId="0"', '<xf numFmtId="14"').encode()},
    "tableau": lambda path: {**_after('<tableParts><tablePart r:id="rId99" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></tableParts>')(path)},
    "plage-imprimee": lambda path: put_into(path, BOOK, "</definedNames>",
        '<definedName name="_xlnm.Print_Area" localSheetId="1">' + ",".join(["Indicateurs!$A$1:$B$2"] * 300_000) + "</definedName>"),
    "titres-imprimes": lambda path: put_into(path, BOOK, "</definedNames>",
        '<definedName name="_xlnm.Print_Titles" localSheetId="1">' + "'" * 100_000 + "</definedName>"),
    "format-de-nombre": lambda path: {STYLES: re.sub(r'<xf numFmtId="0"', '<xf numFmtId="199"', read_part(path, STYLES)).replace(
        "<fonts", '<numFmts><numFmt numFmtId="199" formatCode="' + "[" * 50_000 + '"/></numFmts><fonts', 1).encode()},
    "nom-de-feuille": lambda path: {BOOK: read_part(path, BOOK).replace('name="Indicateurs"', f'name="{"x" * 100_000}&#10;"').encode()},
    "deux-feuilles-du-meme-nom": lambda path: {BOOK: read_part(path, BOOK).replace('name="Actions"', 'name="Indicateurs"').encode()},
}


def _comment_parts(path: Path, count: int) -> Parts:
    parts = _after('<legacyDrawing r:id="rId9" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>')(path)
    parts["xl/worksheets/_rels/sheet2.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" Target="/xl/comments9.xml"/></Relationships>')
    one = '<comment ref="A1" authorId="0"><text><t>x</t></text></comment>'
    parts["xl/comments9.xml"] = f'<comments {NAMESPACE}><authors><author>x</author></authors><commentList>{one * count}</commentList></comments>'.encode()
    parts |= put_into(path, TYPES, "</Types>", '<Override PartName="/xl/comments9.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/>')
    return parts


def _many_sheets(path: Path, count: int) -> Parts:
    sheets, relations, types = [], [], []
    parts: Parts = {}
    body = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 140))
    for n in range(100, 100 + count):
        sheets.append(f'<sheet name="s{n}" sheetId="{n}" r:id="rI{n}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>')
        relations.append(f'<Relationship Id="rI{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="/xl/worksheets/s{n}.xml"/>')
        types.append(f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>')
        parts[f"xl/worksheets/s{n}.xml"] = f"<worksheet {NAMESPACE}><sheetData>{body}</sheetData></worksheet>".encode()
    parts |= put_into(path, BOOK, "</sheets>", "".join(sheets))
    parts |= put_into(path, RELATIONS, "</Relationships>", "".join(relations))
    return parts | put_into(path, TYPES, "</Types>", "".join(types))


ODS_HEAD = ('<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>')
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"
CELL = '<table:table-cell office:value-type="float" office:value="1"'


def ods(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS_HEAD + body + ODS_TAIL)
    return out.getvalue()


def table(rows: str) -> bytes:
    return ods(f'<table:table table:name="Indicateurs">{rows}</table:table>')


def zipped(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "plein.ods": lambda: table(f'<table:table-row table:number-rows-repeated="1048576">{CELL} table:number-columns-repeated="16384"/></table:table-row>'),
    "plein-vide.ods": lambda: table('<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'),
    "repetition-enorme.ods": lambda: table(f'<table:table-row table:number-rows-repeated="{"9" * 4000}">{CELL}/></table:table-row>'),
    "repetition-negative.ods": lambda: table(f'<table:table-row table:number-rows-repeated="-5">{CELL} table:number-columns-repeated="-5"/></table:table-row>'),
    "repetition-mots.ods": lambda: table(f'<table:table-row table:number-rows-repeated="x">{CELL}/></table:table-row>'),
    "fusions.ods": lambda: table("".join(f'<table:table-row>{CELL} table:number-columns-spanned="100" table:number-rows-spanned="1999"/></table:table-row>' for _ in range(3000))),
    "imbriquees.ods": lambda: table('<table:table-row><table:table-cell office:value-type="string">' + '<table:table><table:table-row><table:table-cell office:value-type="string">' * 80 + "</table:table-cell></table:table-row></table:table>" * 80 + "</table:table-cell></table:table-row>"),
    "tables.ods": lambda: ods("".join(f'<table:table table:name="{n}"/>' for n in range(300_000))),
    "tables-du-meme-nom.ods": lambda: ods('<table:table table:name="x"/>' * 3000),
    "texte-repete.ods": lambda: table(f'<table:table-row table:number-rows-repeated="1900"><table:table-cell office:value-type="string" table:number-columns-repeated="100"><text:p>{"a " * 500_000}</text:p></table:table-cell></table:table-row>'),
    "paragraphes.ods": lambda: table('<table:table-row><table:table-cell office:value-type="string">' + "<text:p/>" * 2_000_000 + "</table:table-cell></table:table-row>"),
    "espaces.ods": lambda: table('<table:table-row><table:table-cell office:value-type="string"><text:p>' + '<text:s text:c="100"/>' * 400_000 + "</text:p></table:table-cell></table:table-row>"),
    "espaces-negatifs.ods": lambda: table('<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="x"/></text:p></table:table-cell></table:table-row>'),
    "formule.ods": lambda: table(f'<table:table-row><table:table-cell table:formula="of:={"[" * 200_000}" office:value-type="float"/></table:table-row>'),
    "noms.ods": lambda: ods('<table:table table:name="x"/><table:named-expressions>' + '<table:named-range table:name="a" table:cell-range-address="$x.$A$1"/>' * 1_000_000 + "</table:named-expressions>"),
    "nombre.ods": lambda: table('<table:table-row><table:table-cell office:value-type="float" office:value="1e999"/><table:table-cell office:value-type="float" office:value="x"/></table:table-row>'),
    "profond.ods": lambda: table("<x>" * 200_000 + "</x>" * 200_000),
    "vide.ods": lambda: ods(""),
    "sans-contenu.ods": lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
    "bombe.xlsx": lambda: zipped({"xl/workbook.xml": b" " * (200 * 2**20)}),
    "methode.xlsx": lambda: zipped({"xl/workbook.xml": b" " * 99}, zipfile.ZIP_LZMA),
    "archives.xlsx": lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c": b"x" * 1000})})}),
    "texte.csv": lambda: b"a" * (24 * 2**20),
    "colonnes.csv": lambda: b"Rep\xc3\xa8re;Remarque" + b";x" * 12_000_000,
    "remarques-un-million.csv": lambda: "Repère;Remarque\n".encode() + b"1;x\n" * 6_000_000,
    "nuls.csv": lambda: b"Rep\0" * 1_000_000,
    "melange.csv": lambda: ("Repère;Remarque\n" * 700_000).encode() + "é\x82;à\n".encode("latin-1") * 700_000,
    "guillemet.csv": lambda: 'Repère;Remarque\n1;"'.encode() + b"x\n" * 5_000_000,
}

def write(name: str, path: Path) -> Path:
    """The hostile file of a name."""
    if name in FILES:
        path.write_bytes(FILES[name]())
        return path
    good = make_good(path)
    parts = PARTS[name](good)
    return change_parts(good, {part: content and _pad(content) for part, content in parts.items()})


def _pad(content: bytes) -> bytes:
    """A large part that compresses as an ordinary one does, or its ratio would give it away."""
    if len(content) < 2**20 or content[:1] not in (b"<", b"\t"):
        return content
    noise = random.Random(1).randbytes(len(content) // 400).hex()
    return content + f"<!-- {noise} -->".encode()
