#!/usr/bin/env python3
"""Writes files that no office sends, into the directory it is told: small on the disk, and huge to whoever reads them.

What is compressed is compressed once and written again and again (between full flushes nothing refers back), so that a
part of two gigabytes is there at once. Such a part has no checksum: it would be looked at behind the end.
"""

import pathlib
import random
import struct
import sys
import zlib

GIGABYTES_2 = 2 << 30
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADINGS = ["Đơn vị", "Ngày", "Mức", "Số phiếu"]


def text_cell(text):
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = "<row>" + "".join(text_cell(heading) for heading in HEADINGS) + "</row>"


def packed(head, block=b"", times=0, tail=b""):
    """Deflated head, block again and again, tail; how long they are, and the checksum of those without a block."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH) if block else b""
    last = deflate.compress(tail) + deflate.flush(zlib.Z_FINISH)
    size = len(head) + len(block) * times + len(tail)
    return first, again, times, last, size, 0 if times else zlib.crc32(head + tail)


def write_zip(path, parts):
    """As APPNOTE.TXT 4.3 has it; parts by name, as `packed` makes them."""
    directory = b""
    with open(path, "wb") as out:
        for name, (first, again, times, last, size, checksum) in parts.items():
            place = out.tell()
            stored = len(first) + len(again) * times + len(last)
            common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, checksum, stored, size, len(name), 0)
            out.write(b"PK\3\4" + common + name.encode())
            out.write(first)
            for _ in range(times):
                out.write(again)
            out.write(last)
            directory += (b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, place)
                          + name.encode())
        place = out.tell()
        out.write(directory)
        out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), place, 0))


def workbook(path, sheet, **more):
    parts = {
        "xl/workbook.xml": packed(
            f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets><sheet name="T" sheetId="1" r:id="a"/></sheets></workbook>'
            .encode()),
        "xl/_rels/workbook.xml.rels": packed(
            b'<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>'),
        "xl/worksheets/sheet1.xml": sheet,
    }
    write_zip(path, {**parts, **{f"xl/{name}.xml": part for name, part in more.items()}})


def sheet(rows, *block):
    return packed(f'<worksheet xmlns="{MAIN}"><sheetData>{HEADING}{rows}'.encode(), *block)


def noise(count):
    draw = random.Random(7)
    return bytes(draw.choice(b"abcdefghijklmnop") for _ in range(count))


def main(place):
    place = pathlib.Path(place)
    megabyte = 1 << 20
    # Packs by a thousand: told by its sizes alone.
    workbook(place / "bomb.xlsx", sheet("", b" " * megabyte, 2_000))
    # Packs by less than two hundred, as a sheet may: two gigabytes of one attribute, of one row, of texts.
    slow = noise(16 << 10)
    workbook(place / "tag.xlsx", sheet('<row a="', slow + b" " * (megabyte - len(slow)), 2_000))
    cell = b"<c><v>1</v></c>"
    workbook(place / "row.xlsx", sheet("<row>", slow_block(cell, megabyte), 2_000))
    text = b"<si><t>" + "Quầy 01 ".encode() * 800 + b"</t></si>"
    workbook(place / "texts.xlsx", sheet(""), sharedStrings=packed(b"<sst>", slow_block(text, megabyte), 2_000))
    entity = '<!DOCTYPE worksheet [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    workbook(place / "entity.xlsx", packed(
        f"{entity}<worksheet><sheetData><row>{text_cell('&e;')}</row></sheetData></worksheet>".encode()))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    workbook(place / "laughs.xlsx", packed(
        f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{laughs}]><worksheet><sheetData>&l11;</sheetData></worksheet>'.encode()))
    counts = ['<c><f>WEBSERVICE("http://127.0.0.1/")</f></c>', '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>',
              "<c><f>2+3</f><v>5</v></c>"]
    rows = "".join(f"<row>{text_cell('Quầy 01')}{text_cell(f'{day}/7/2025')}{text_cell('HL')}{count}</row>"
                   for day, count in enumerate(counts, start=14))
    workbook(place / "formulas.xlsx", sheet(f"{rows}</sheetData></worksheet>"))
    columns = ",".join(HEADINGS + [f"Cột {n}" for n in range(996)])
    (place / "columns.csv").write_text(f"{columns}\n{',' * 999}\n")
    with open(place / "nuls.csv", "wb") as out:
        out.truncate(GIGABYTES_2)
    (place / "nul.csv").write_bytes(f"{','.join(HEADINGS)}\nQuầy 01,14/7/2025,HL,\0005\n".encode())


def slow_block(unit, size):
    """The same over and over, and now and then something that does not pack: lest it packs too well."""
    comment = b"<!--" + noise(12 << 10) + b"-->"
    return comment + unit * ((size - len(comment)) // len(unit))


if __name__ == "__main__":
    main(sys.argv[1])
