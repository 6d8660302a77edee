"""The commands that the documents show, with what they print: compared by a test, renewed by `python -m tests.documents`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
SHOWN = ("README.md", "docs/records.md", "docs/exports.md", "docs/linking.md")


def run(command: str) -> str:
    """What a shell command prints on standard output at the project's root, with this environment's itss-kg."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise AssertionError(f"{command}: {done.stderr}")
    return done.stdout


def renewed(text: str) -> str:
    """The document with the output of every command as it is now."""

    def renew(match: re.Match[str]) -> str:
        commands = [line for line in match[1].splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{line}\n{run(line[2:]).lstrip(chr(10))}" for line in commands) + "```"

    return BLOCK.sub(renew, text)


def main() -> None:
    for name in SHOWN:
        path = ROOT / name
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
