"""« settings.xml » and the file's properties: Word's own format, French, hyphens, embedded fonts.

Of this package wordml.
"""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from analysis.publish.docx.wordml import element

NAME = "word/settings.xml"
#: Word 2013 and later: without it the file opens « en mode de compatibilité ».
_COMPATIBLE = {
    "compatibilityMode": 15,
    "overrideTableStyleFontSizeAndJustification": 1,
    "enableOpenTypeFeatures": 1,
    "doNotFlipMirrorIndents": 1,
    "differentiateMultirowTableHeaders": 1,
}
_SCHEME = ("accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC, _TERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"


def compose_settings(language: str) -> etree._Element:
    """« settings.xml »."""
    return element(
        "w:settings",
        element("w:zoom", percent=100),
        element("w:embedTrueTypeFonts"),
        element("w:saveSubsetFonts"),
        element("w:defaultTabStop", val=709),
        element("w:autoHyphenation"),
        element("w:consecutiveHyphenLimit", val=2),
        element("w:hyphenationZone", val=357),
        element("w:doNotHyphenateCaps"),
        element("w:characterSpacingControl", val="doNotCompress"),
        element(
            "w:footnotePr",
            element("w:footnote", id=-1),
            element("w:footnote", id=0),
        ),
        element(
            "w:compat",
            *(
                element(
                    "w:compatSetting",
                    name=key,
                    uri="http://schemas.microsoft.com/office/word",
                    val=value,
                )
                for key, value in _COMPATIBLE.items()
            ),
        ),
        element("w:themeFontLang", val=language),
        element(
            "w:clrSchemeMapping",
            bg1="light1",
            t1="dark1",
            bg2="light2",
            t2="dark2",
            **{accent: accent for accent in _SCHEME},
            hyperlink="hyperlink",
            followedHyperlink="followedHyperlink",
        ),
        element("w:decimalSymbol", val=","),
        element("w:listSeparator", val=";"),
    )


def compose_core(
    title: str, subject: str, author: str, language: str, epoch: int
) -> etree._Element:
    """« core.xml »: what Word shows as the document's properties."""
    moment = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    spaces = {"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _TYPE[1:].partition("}")[0]}
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap=spaces)
    words = {"title": title, "subject": subject, "creator": author, "language": language}
    for key, value in words.items():
        etree.SubElement(root, f"{{{_DC}}}{key}").text = value
    for key in ("created", "modified"):
        made = etree.SubElement(root, f"{{{_TERMS}}}{key}")
        made.set(_TYPE, "dcterms:W3CDTF")
        made.text = moment
    return root


def compose_application() -> etree._Element:
    """« app.xml », without the counts of another document."""
    root = etree.Element(f"{{{_EXTENDED}}}Properties", nsmap={None: _EXTENDED})
    etree.SubElement(root, f"{{{_EXTENDED}}}Application").text = "Microsoft Office Word"
    etree.SubElement(root, f"{{{_EXTENDED}}}AppVersion").text = "16.0000"
    return root
