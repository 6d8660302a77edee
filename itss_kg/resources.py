"""Where the files that ship with the package are: beside the code in a wheel, at the top of the tree in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ROOT", "bundled"]

_PACKAGE = Path(__file__).resolve().parent
ROOT = _PACKAGE / "bundled" if (_PACKAGE / "bundled").is_dir() else _PACKAGE.parent


def bundled(*parts: str) -> Path:
    """The path of a file or folder that ships with the package, e.g. `bundled("ontology", "itss-sales.ttl")`."""
    return ROOT.joinpath(*parts)
