"""The command line: which commands there are, and what becomes of errors and output streams."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys

import click

from itss_kg.commands.lazy import LazyCommands
from itss_kg.errors import ItssError
from itss_kg.output import leave_pipe

__all__ = ["cli", "main"]

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
_COMMANDS = {
    "assessment": ("assess",),
    "people": ("explain", "prepare", "sample"),
    "validation": ("validate",),
    "bulk": ("pack",),
    "standard": ("check-text", "cite", "compare", "levels", "show"),
    "links": ("links",),
    "questions": ("load", "query"),
    "exchange": ("credential", "export"),
    "server": ("serve",),
    "project": ("build", "demo"),
}


def main() -> None:
    """Run the command line; every foreseen error is one message on standard error and exit status 2."""
    _prepare_streams()
    stdout = sys.stdout
    signal.signal(signal.SIGTERM, _end)
    try:
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(status if isinstance(status, int) else 0)
    except ItssError as error:
        _fail(str(error))
    except click.exceptions.Abort:
        click.echo("itss-kg: interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        leave_pipe()
        sys.exit(0)
    except SystemExit:
        if sys.stdout is not stdout:  # click puts something in its place where nobody reads it any more
            leave_pipe()
            sys.exit(0)
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        said = error.strerror or error
        _fail(
            f"{error.filename}: {said}"
            if error.filename
            else f"the output, or a temporary file (TMPDIR), cannot be written ({said})"
        )
    finally:
        gc.freeze()  # Python looks through all that is there before it ends; after much work that takes as long as to start it


def _prepare_streams() -> None:
    """Files and pipes get UTF-8, whatever the machine's habit; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _end(number: int, _: object) -> None:
    """Told to end, a command removes what it would leave behind."""
    sys.exit(128 + number)


def _fail(message: str) -> None:
    click.echo(f"itss-kg: {message}", err=True)
    sys.exit(2)


@click.group(commands=LazyCommands(_COMMANDS), context_settings=_CONTEXT)
@click.version_option(package_name="itss-kg", message="itss-kg %(version)s")
def cli() -> None:
    """The Sales indicators of Japan's ITSS V3 as a knowledge graph: assess, explain, validate and compare.

    Records are read from RDF files (Turtle, N-Triples, N-Quads, TriG, RDF/XML, JSON-LD), plain JSON and JSON Lines, also as .gz
    and .zst, or from folders of these; - is standard input.
    Exit status: 0 done and conforming, 1 done and the data does not conform, 2 the input or the call was wrong.
    """
