"""Benches with sections: each a function from a count and a purpose to lines, each with seeds of its own."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

Section = Callable[[int, str], Iterator[str]]
PURPOSES = ("development", "measurement")


def run_sections(doc: str | None, sections: Mapping[str, Section], words: Sequence[str] | None) -> None:
    """Print one line a figure of the sections asked for, of all where none is, with the processor time of each."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", choices=(*sections, []), default=[], metavar="SECTION")
    parser.add_argument("--purpose", choices=PURPOSES, default=PURPOSES[0])
    parser.add_argument("--count", type=int, default=20)
    told = parser.parse_args(words)
    for name, section in sections.items():
        if told.sections and name not in told.sections:
            continue
        began = time.process_time()
        for line in section(told.count, told.purpose):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        sys.stdout.write(f"{name}: {time.process_time() - began:.0f} s of processor time\n")
