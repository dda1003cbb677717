"""Flips every single bit of the entries of a ledger, and expects scripts/recount to find each flip.

usage: python3 flips.py RECOUNT DIR [--blind]

--blind: the control. A recount that compares no checksum must miss some.
"""
import importlib.machinery
import importlib.util
import sqlite3
import sys


def load(path):
    loader = importlib.machinery.SourceFileLoader("recount", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("recount", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


class Blind:
    """In place of zlib: every checksum is right."""

    class Any(int):
        def __ne__(self, other):
            return False

    @classmethod
    def crc32(cls, _):
        return cls.Any()


def main(recount_path, directory, *options):
    recount = load(recount_path)
    if options == ("--blind",):
        recount.zlib = Blind
    ledger = sqlite3.connect(f"file:{directory}/ledger.db?mode=ro", uri=True)
    rows = ledger.execute("SELECT seq, kind, body, crc FROM entry ORDER BY seq").fetchall()
    # As it stands before each entry: what comes before is read unflipped.
    before = recount.Recount(lambda cast: rows[cast - 1][1:3])
    flips = 0
    for sequence, kind, body, crc in rows:
        flipped = [(sequence ^ 1 << bit, kind, body, crc) for bit in range(63)]
        flipped += [(sequence, kind ^ 1 << bit, body, crc) for bit in range(8)]
        flipped += [(sequence, kind, body, crc ^ 1 << bit) for bit in range(32)]
        for bit in range(8 * len(body)):
            changed = bytearray(body)
            changed[bit // 8] ^= 1 << bit % 8
            flipped.append((sequence, kind, bytes(changed), crc))
        for row in flipped:
            flips += 1
            try:
                before.take(*row)
            except (recount.Breach, ArithmeticError, ValueError, TypeError):
                continue
            # Taken, it is counted: what comes after says nothing any more.
            print(f"{flips} flips, one of entry {sequence} missed")
            return 1
        before.take(sequence, kind, body, crc)
    print(f"{flips} flips in {len(rows)} entries, every flip found")
    return 0 if flips else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
