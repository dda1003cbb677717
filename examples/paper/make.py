#!/usr/bin/env python3
"""Writes the example files beside it: one table of paper results in six encodings, as a workbook, and as a second clerk
typed it, with two rows of a sheet mixed up.

Run it again after changing ROWS; the files are committed, so that they can be tried without Python.
"""

import datetime
import pathlib
import unicodedata
import zipfile
from xml.sax.saxutils import escape

HEADINGS = ["Tờ", "Đơn vị", "Ngày", "Câu hỏi", "Mức độ hài lòng", "Số phiếu", "Số phiếu thu về", "Ghi chú"]
LEVELS = ["Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng", "phiếu trống"]
SHEETS = [
    # name, unit, day, counts by level and blank, note
    ("T-01", "Quầy 01", (14, 7, 2025), [1927, 612, 84, 11, 3, 9], "đếm hai lần; khớp"),
    ("T-02", "Quầy 02", (15, 7, 2025), [203, 97, 31, 4, 0, 1], ""),
    ("T-03", "Quầy 03", (16, 7, 2025), [88, 141, 26, 7, 2, 3], "nhập lại từ sổ “cũ”"),
    ("T-04", "Bộ phận Một cửa", (17, 7, 2025), [316, 204, 45, 12, 6, 0], "gồm cả phiếu gửi qua bưu điện"),
]
QUESTION = "hai-long"


def grouped(number):
    """As Vietnamese writes it: 1.927."""
    return f"{number:,}".replace(",", ".")


def mixed_up():
    """T-03 with its last two levels the wrong way round: the sheet still adds up."""
    for name, unit, day, counts, note in SHEETS:
        if name == "T-03":
            counts = [*counts[:3], counts[4], counts[3], counts[5]]
        yield name, unit, day, counts, ""


def rows(sheets):
    for name, unit, (day, month, year), counts, note in sheets:
        for level, count in zip(LEVELS, counts):
            yield [name, unit, (day, month, year), QUESTION, level, count, sum(counts), note]


def shown(value):
    if isinstance(value, tuple):
        return "%02d/%02d/%d" % value
    return grouped(value) if isinstance(value, int) else value


def text(delimiter, sheets=SHEETS):
    def cell(value):
        value = shown(value)
        return '"' + value.replace('"', '""') + '"' if delimiter in value or '"' in value else value

    table = [HEADINGS] + list(rows(sheets))
    return "".join(delimiter.join(cell(value) for value in row) + "\r\n" for row in table)


# TCVN 5712:1993, upper half from 0xA1 as the ABC fonts have it; toned capitals are written with the small letters' bytes.
TCVN3 = dict(
    zip(
        "ĂÂÊÔƠƯĐăâêôơưđ" + "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        list(range(0xA1, 0xAF))
        + [0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBB, 0xBC, 0xBD, 0xBE, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB]
        + [0xCC, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6]
        + [0xD7, 0xD8, 0xDC, 0xDD, 0xDE]
        + [0xDF, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEE]
        + [0xEF, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9]
        + [0xFA, 0xFB, 0xFC, 0xFD, 0xFE],
    )
)

# VNI for Windows: rows of xvnkb's table, each letter as its bytes.
VNI_ROWS = {
    "aàảãáạ": ["a", "aø", "aû", "aõ", "aù", "aï"],
    "ăằẳẵắặ": ["aê", "aè", "aú", "aü", "aé", "aë"],
    "âầẩẫấậ": ["aâ", "aà", "aå", "aã", "aá", "aä"],
    "eèẻẽéẹ": ["e", "eø", "eû", "eõ", "eù", "eï"],
    "êềểễếệ": ["eâ", "eà", "eå", "eã", "eá", "eä"],
    "iìỉĩíị": ["i", "ì", "æ", "ó", "í", "ò"],
    "oòỏõóọ": ["o", "oø", "oû", "oõ", "où", "oï"],
    "ôồổỗốộ": ["oâ", "oà", "oå", "oã", "oá", "oä"],
    "ơờởỡớợ": ["ô", "ôø", "ôû", "ôõ", "ôù", "ôï"],
    "uùủũúụ": ["u", "uø", "uû", "uõ", "uù", "uï"],
    "ưừửữứự": ["ö", "öø", "öû", "öõ", "öù", "öï"],
    "yỳỷỹýỵ": ["y", "yø", "yû", "yõ", "yù", "î"],
    "đ": ["ñ"],
}
VNI = {letter: spelling for row, spellings in VNI_ROWS.items() for letter, spelling in zip(row, spellings)}
VNI.update({letter.upper(): spelling.upper() for letter, spelling in VNI.items()})


def tcvn3(source):
    out = bytearray()
    for letter in source:
        if letter in TCVN3:
            out.append(TCVN3[letter])
        elif letter.lower() in TCVN3:
            out.append(TCVN3[letter.lower()])
        else:
            out += letter.encode("cp1252")
    return bytes(out)


def vni(source):
    return b"".join(VNI.get(letter, letter).encode("cp1252") for letter in source)


def windows1258(source):
    """Hats stay in their letters, tones become marks behind them."""
    out = bytearray()
    for letter in source:
        try:
            out += letter.encode("cp1258")
            continue
        except UnicodeEncodeError:
            pass
        marks = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        out += (base + "".join(tones)).encode("cp1258")
    return bytes(out)


def workbook(path):
    texts, cells = [], []

    def shared(value):
        if value not in texts:
            texts.append(value)
        return texts.index(value)

    for number, row in enumerate([HEADINGS] + list(rows(SHEETS)), start=1):
        line = ""
        for column, value in enumerate(row):
            reference = chr(ord("A") + column) + str(number)
            if isinstance(value, tuple):
                day, month, year = value
                serial = (datetime.date(year, month, day) - datetime.date(1899, 12, 30)).days
                line += f'<c r="{reference}" s="1"><v>{serial}</v></c>'
            elif isinstance(value, int):
                line += f'<c r="{reference}"><v>{value}</v></c>'
            elif value:
                line += f'<c r="{reference}" t="s"><v>{shared(value)}</v></c>'
        cells.append(f'<row r="{number}">{line}</row>')
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{spreadsheet}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{spreadsheet}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{spreadsheet}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{spreadsheet}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Kết quả" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">'
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(cells)}</sheetData></worksheet>',
    }
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{main}">' + "".join(f"<si><t>{escape(value)}</t></si>" for value in texts) + "</sst>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            # The same bytes on every run.
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), head + part, zipfile.ZIP_DEFLATED)


def main():
    here = pathlib.Path(__file__).resolve().parent
    comma, semicolon, tab = text(","), text(";"), text("\t")
    files = {
        "utf-8.csv": b"\xef\xbb\xbf" + comma.encode("utf-8"),
        "utf-8-nfd.csv": unicodedata.normalize("NFD", semicolon).encode("utf-8"),
        "utf-16.tsv": b"\xff\xfe" + tab.encode("utf-16-le"),
        "tcvn3.csv": tcvn3(comma),
        "vni.csv": vni(semicolon),
        "windows-1258.csv": windows1258(semicolon),
        "lan-hai.csv": text(";", list(mixed_up())).encode("utf-8"),
    }
    for name, content in files.items():
        (here / name).write_bytes(content)
    workbook(here / "ket-qua.xlsx")


if __name__ == "__main__":
    main()
