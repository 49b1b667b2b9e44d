#!/usr/bin/env python3
"""Fetch the third-party browser files that we serve, as listed in `static/vendor/vendor.json`.

    bin/vendor.py            fetch everything; refuse a package that is not the recorded one
    bin/vendor.py --record   accept what npm gives, and record its licence and integrity

For a new version, change it in vendor.json, run with --record, check the difference and commit.
This script needs npm; the running product does not.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LIST = VENDOR / "vendor.json"

# Many computers still show later emoji as empty boxes.
NEWEST_EMOJI = 15.0
COMPONENTS = 2
IS_PICTURE = 1
# The names that people know from GitHub and Slack. Where they differ, GitHub's meaning wins.
NAMED_BY = ("github", "iamcal")
SELECTOR = "\N{VARIATION SELECTOR-16}"


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--record", action="store_true", help="record licence and integrity")
    record = options.parse_args().record
    packages = json.loads(LIST.read_text())
    for package in packages:
        fetch(package, record=record)
        print(f"{package['name']} {package['version']} ({package['license']})")
    if record:
        LIST.write_text(json.dumps(packages, indent=2) + "\n")


def fetch(package: dict[str, Any], *, record: bool) -> None:
    """Put the package's listed files in their places. Exits if it is not the recorded package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = Path(folder).glob("*.tgz")
        integrity = integrity_of(archive.read_bytes())
        if record:
            package["integrity"] = integrity
        elif integrity != package["integrity"]:
            sys.exit(f"{package['name']}: {integrity} is not the recorded {package['integrity']}")
        with tarfile.open(archive) as tar:
            described = json.loads(content(tar, "package.json"))
            if record:
                package["license"] = described["license"]
            for source, place in package["files"].items():
                target = VENDOR / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content(tar, source))
            if "emoji" in package:
                (VENDOR / package["emoji"]).write_text(emoji(tar), encoding="utf-8")


def emoji(tar: tarfile.TarFile) -> str:
    """All emoji: groups of [emoji, name, words to find it by, `:names:`], in Unicode's order."""
    names = json.loads(content(tar, "en/messages.json"))["groups"]
    every = sorted(json.loads(content(tar, "en/data.json")), key=lambda one: one.get("order", 0))
    # Characters that are pictures without a selector are written without it: with one, the same
    # emoji would be two different strings.
    pictures = {one["emoji"].rstrip(SELECTOR) for one in every if one["type"] == IS_PICTURE}
    groups: dict[int, list[list[str]]] = {group["order"]: [] for group in names}
    codes = shortcodes(tar)
    for one in every:
        group = one.get("group", COMPONENTS)
        if group == COMPONENTS or one["version"] > NEWEST_EMOJI:
            continue
        char = one["emoji"]
        if char[1:] == SELECTOR and char[0] in pictures:
            char = char[0]
        codes_of = " ".join(codes.get(one["hexcode"], []))
        groups[group].append([char, one["label"], " ".join(one.get("tags", [])), codes_of])
    shown = [
        {"group": group["message"].capitalize(), "emoji": groups[group["order"]]}
        for group in names
        if groups[group["order"]]
    ]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")) + "\n"


def shortcodes(tar: tarfile.TarFile) -> dict[str, list[str]]:
    """The names of each emoji, by its hexcode; no name means two emoji."""
    owner: dict[str, str] = {}
    for source in NAMED_BY:
        for hexcode, codes in json.loads(content(tar, f"en/shortcodes/{source}.json")).items():
            for code in [codes] if isinstance(codes, str) else codes:
                owner.setdefault(code, hexcode)
    names: dict[str, list[str]] = {}
    for code, hexcode in owner.items():
        names.setdefault(hexcode, []).append(code)
    return names


def content(tar: tarfile.TarFile, path: str) -> bytes:
    file = tar.extractfile(f"package/{path}")
    if file is None:
        raise FileNotFoundError(path)
    return file.read()


def integrity_of(data: bytes) -> str:
    """The SHA-512 as npm's lock files write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


if __name__ == "__main__":
    main()
