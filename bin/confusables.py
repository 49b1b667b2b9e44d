#!/usr/bin/env python3
"""Import a new version of Unicode's table of characters that look alike.

    bin/confusables.py FILE    FILE is Unicode's security/confusables.txt, as in ICU's source

Writes `people/lookalikes/confusables.txt`, which `people.lookalikes.skeletons` reads: the same
table without comments. The notice at its top stays; correct the version in it. Then run the tests
and check the difference.
"""

import sys
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "people" / "lookalikes" / "confusables.txt"


def main(source: Path) -> None:
    notice = [line for line in TABLE.read_text().splitlines() if line.startswith("#")]
    rows = {}
    for line in source.read_text(encoding="utf-8-sig").splitlines():
        fields = line.partition("#")[0].split(";")
        if len(fields) >= 2:
            rows[int(fields[0], 16)] = " ".join(fields[1].split())
    lines = [f"{code:04X};{prototype}" for code, prototype in sorted(rows.items())]
    TABLE.write_text("\n".join([*notice, *lines]) + "\n")
    print(f"{len(lines)} characters")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
