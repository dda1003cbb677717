"""Flips every single bit of the entries of a ledger, and expects scripts/recount to find each flip.

usage: python3 flips.py RECOUNT DIR
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


def main(recount_path, directory):
    recount = load(recount_path)
    ledger = sqlite3.connect(f"file:{directory}/ledger.db?mode=ro", uri=True)
    rows = ledger.execute("SELECT seq, kind, body, crc FROM entry ORDER BY seq").fetchall()
    flips = missed = 0
    for sequence, kind, body, crc in rows:
        flipped = [(sequence ^ 1 << bit, kind, body, crc) for bit in range(8)]
        flipped += [(sequence, kind ^ 1 << bit, body, crc) for bit in range(8)]
        flipped += [(sequence, kind, body, crc ^ 1 << bit) for bit in range(32)]
        for bit in range(8 * len(body)):
            changed = bytearray(body)
            changed[bit // 8] ^= 1 << bit % 8
            flipped.append((sequence, kind, bytes(changed), crc))
        for row in flipped:
            flips += 1
            try:
                recount.Recount(lambda _: None).take(*row)
                missed += 1
            except (recount.Breach, ArithmeticError, ValueError, TypeError):
                pass
    print(f"{flips} flips in {len(rows)} entries, {missed} missed")
    return 0 if flips and not missed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
