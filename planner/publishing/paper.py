"""Headings, paragraphs and tables into a calm A4 Word document, in the language of its readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

LANGUAGE_TAGS = {"lv": "lv-LV", "en": "en-GB"}
FONT = "Arial"
INK = RGBColor(0x1A, 0x1A, 0x1A)
_HEAD_FILL = "E3ECF5"
_NOTE_FILL = "FFF6DD"
_LINE = "B5BFCA"
_TEXT_PT, _TABLE_PT, _NOTE_PT = 10.5, 8.5, 9
_A4_CM = (21.0, 29.7)
_MARGIN_CM = 2.0
_SHORT_ROWS = 12  # a table as short as this stays on one page
_FIRST_PRINTABLE = 0x20
_TOGETHER = re.compile(r"(?<=<) (?=\d)|(?<=\d) (?=pers\.|min\b|EUR)")
"""Spaces at which no line may break: < 5, 17 pers."""
_NO_CHARACTERS = frozenset((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
_TABLE_PARTS = [
    "tblStyle",
    "tblW",
    "jc",
    "tblInd",
    "tblBorders",
    "shd",
    "tblLayout",
    "tblCellMar",
    "tblLook",
    "tblCaption",
    "tblDescription",
]
"""The order that the format asks of the properties of a table."""


@dataclass(frozen=True)
class Head:
    """A column of a table: its heading, width in centimetres, and whether it holds figures."""

    text: str
    width_cm: float
    figures: bool = False


class Paper:
    """A document that is written from top to bottom; `save` ends it."""

    def __init__(self, *, title: str, language: str, header: str, footer: str) -> None:
        self.document = docx.Document()
        self._tables = 0
        self._language = LANGUAGE_TAGS[language]
        self._set_styles()
        properties = self.document.core_properties
        properties.title, properties.language = _clean(title), self._language
        properties.author = "Tuvāk"
        properties.comments = ""
        section = self.document.sections[0]
        _set_page(section, landscape=False)
        section.header.paragraphs[0].add_run(_clean(header))
        self._write_footer(section.footer.paragraphs[0], footer)

    @property
    def width_cm(self) -> float:
        """Return the width of the text on the present page."""
        section: Any = self.document.sections[-1]
        inside = section.page_width - section.left_margin - section.right_margin
        return float(inside / Cm(1))

    def title(self, text: str, *, below: str = "") -> None:
        """Write the document's title, and a line below it."""
        self.document.add_paragraph(_clean(text), style="Title")
        if below:
            self.document.add_paragraph(_clean(below), style="Subtitle")

    def heading(self, text: str) -> None:
        """Write a heading of a chapter."""
        self.document.add_heading(_clean(text), level=1)

    def text(self, text: str, *, with_next: bool = False) -> None:
        """Write a paragraph, if asked on the same page as what follows."""
        paragraph = self.document.add_paragraph(_clean(text))
        paragraph.paragraph_format.keep_with_next = with_next

    def small(self, text: str) -> None:
        """Write a paragraph in small letters: notes and sources."""
        _small(self.document.add_paragraph(), text)

    def bullets(self, items: Sequence[str]) -> None:
        """Write a list."""
        for item in items:
            self.document.add_paragraph(_clean(item), style="List Bullet")

    def note(self, text: str) -> None:
        """Write a framed paragraph that nobody overlooks."""
        table = self.document.add_table(1, 1)
        _frame(table)
        cell = table.cell(0, 0)
        _fill(cell, _NOTE_FILL)
        _write(cell, text, size_pt=_NOTE_PT + 0.5)
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

    def table(
        self,
        heads: Sequence[Head],
        rows: Sequence[Sequence[str]],
        *,
        caption: str,
        total: Sequence[str] = (),
    ) -> None:
        """Write a numbered table; its head comes again on every page, and no row is torn."""
        self._tables += 1
        self.document.add_paragraph(_clean(f"{self._tables}. {caption}"), style="Caption")
        table = self.document.add_table(1, len(heads))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        _frame(table)
        _describe(table, caption)
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            _fill(cell, _HEAD_FILL)
            _write(cell, head.text, size_pt=_TABLE_PT, bold=True, right=head.figures)
        _mark_row(table.rows[0], "w:tblHeader")
        _mark_row(table.rows[0], "w:cantSplit")
        for row, is_total in [*((r, False) for r in rows), *([(total, True)] if total else [])]:
            added = table.add_row()
            _mark_row(added, "w:cantSplit")
            for cell, text, head in zip(added.cells, row, heads, strict=True):
                _write(cell, text, size_pt=_TABLE_PT, bold=is_total, right=head.figures)
        _keep_together(table.rows if len(rows) < _SHORT_ROWS else table.rows[-2:])
        scale = self.width_cm / sum(head.width_cm for head in heads)
        for k, head in enumerate(heads):
            width = Cm(head.width_cm * scale)
            table.columns[k].width = width
            for row_of in table.rows:
                row_of.cells[k].width = width
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

    def picture(self, file: Path, *, alt: str, caption: str, most_height_cm: float = 17.0) -> None:
        """Put a picture over the width of the page, with a text for those who cannot see it."""
        shape = self.document.add_picture(str(file), width=Cm(self.width_cm))
        if shape.height > Cm(most_height_cm):
            scale = Cm(most_height_cm) / shape.height
            shape.height, shape.width = Cm(most_height_cm), int(shape.width * scale)
        self.document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        shape._inline.docPr.set("descr", _clean(alt))  # noqa: SLF001 - the only way to it
        self.document.add_paragraph(_clean(caption), style="Caption")

    def turn(self, *, landscape: bool) -> None:
        """Begin a new page that lies or stands."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        _set_page(section, landscape=landscape)

    def save(self, path: Path) -> None:
        """Write the document to `path`."""
        self.document.save(str(path))

    def _set_styles(self) -> None:
        styles = self.document.styles
        plain = {"Normal": _TEXT_PT, "Subtitle": 12, "Header": _NOTE_PT, "Footer": _NOTE_PT}
        sizes = {**plain, "Title": 17, "Heading 1": 13, "Caption": 9.5}
        for name, size in sizes.items():
            style = styles[name]
            style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), INK
            style.font.bold = name not in plain
            style.font.italic = False
            properties = style.element.get_or_add_rPr()
            fonts = properties.get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            for script in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{script}"), FONT)
            _set_language(properties, self._language)
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
        _set_language(defaults.find(qn("w:rPr")), self._language)
        styles["Normal"].paragraph_format.space_after = Pt(6)
        styles["Normal"].paragraph_format.line_spacing = 1.12
        styles["Title"].paragraph_format.space_after = Pt(4)
        _drop_border(styles["Title"])
        styles["Heading 1"].paragraph_format.space_before = Pt(14)
        styles["Heading 1"].paragraph_format.space_after = Pt(4)
        styles["Caption"].paragraph_format.keep_with_next = True
        styles["Caption"].paragraph_format.space_after = Pt(3)

    def _write_footer(self, paragraph: Any, text: str) -> None:
        paragraph.add_run(_clean(f"{text}   ·   "))
        for part in ("PAGE", " / ", "NUMPAGES"):
            run = paragraph.add_run("" if part.isupper() else part)
            if part.isupper():
                _add_field(run, part)


def _set_page(section: Any, *, landscape: bool) -> None:
    short, long = (Cm(side) for side in _A4_CM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(_MARGIN_CM))


def _small(paragraph: Any, text: str) -> None:
    run = paragraph.add_run(_clean(text))
    run.font.size = Pt(_NOTE_PT)


def _write(
    cell: Any, text: str, *, size_pt: float, bold: bool = False, right: bool = False
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for k, line in enumerate(_clean(text).split("\n")):
        run = paragraph.add_run(line)
        run.font.size, run.font.bold = Pt(size_pt), bold
        if k < _clean(text).count("\n"):
            run.add_break()


def _keep_together(rows: Any) -> None:
    for row in list(rows)[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _frame(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{edge}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    _put_in_table(table, borders)
    margins = OxmlElement("w:tblCellMar")
    for edge, twips in (("top", "40"), ("left", "80"), ("bottom", "40"), ("right", "80")):
        side = OxmlElement(f"w:{edge}")
        side.set(qn("w:w"), twips)
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    _put_in_table(table, margins)


def _describe(table: Any, text: str) -> None:
    for tag in ("w:tblCaption", "w:tblDescription"):
        element = OxmlElement(tag)
        element.set(qn("w:val"), _clean(text))
        _put_in_table(table, element)


def _put_in_table(table: Any, element: Any) -> None:
    """Add a property that python-docx does not know, where the format wants it."""
    properties = table._tbl.tblPr  # noqa: SLF001
    position = _TABLE_PARTS.index(element.tag.split("}")[1])
    later = {qn(f"w:{name}") for name in _TABLE_PARTS[position + 1 :]}
    following = next((child for child in properties if child.tag in later), None)
    if following is None:
        properties.append(element)
    else:
        following.addprevious(element)


def _fill(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - python-docx has no shading


def _mark_row(row: Any, tag: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(tag))  # noqa: SLF001 - python-docx has no such


def _set_language(run_properties: Any, tag: str) -> None:
    for old in run_properties.findall(qn("w:lang")):
        run_properties.remove(old)
    language = OxmlElement("w:lang")
    for key in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{key}"), tag if key != "bidi" else "ar-SA")
    run_properties.append(language)


def _drop_border(style: Any) -> None:
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)


def _add_field(run: Any, instruction: str) -> None:
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = instruction
        run._r.append(mark)  # noqa: SLF001 - python-docx has no fields


def _clean(text: str) -> str:
    """Return `text` without what XML does not hold, and with spaces that hold lines together."""
    kept = "".join(c for c in text if c == "\n" or _fits_xml(c))
    return _TOGETHER.sub("\u00a0", kept)


def _fits_xml(character: str) -> bool:
    point = ord(character)
    return point >= _FIRST_PRINTABLE and point not in _NO_CHARACTERS
