"""A walk through the commands on the records that ship with the package; each step shows the command that one would type."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from itss_kg.resources import bundled

__all__ = ["walk"]

_STEPS = (
    (
        {
            "en": "What does each of these people attain, and what is missing for the next level?",
            "ja": "それぞれの到達レベルと、次のレベルに足りないものは何か",
        },
        "assess",
        "data/candidates/team.ttl",
    ),
    (
        {
            "en": "Why does this one not hold Level 6, and what would be enough?",
            "ja": "この人はなぜレベル6ではないのか、何があれば足りるのか",
        },
        "explain",
        "data/candidates/near-misses.ttl --candidate near-succession --level consulting-L6",
    ),
    (
        {"en": "What does Level 6 ask for that Level 5 does not?", "ja": "レベル6はレベル5と比べて何を求めるのか"},
        "compare",
        "consulting 5 6",
    ),
    (
        {
            "en": "Which records are faulty, and which claims are not borne out?",
            "ja": "不備のある記録と、裏付けのない主張はどれか",
        },
        "validate",
        "data/candidates/faulty.ttl",
    ),
)


def walk(cli: click.Command, lang: str, ontology: tuple[Path, ...]) -> int:
    """Run each step and show what it printed; the records are invented ones, so what they lack is no error."""
    common = ["--lang", lang, *(part for path in ontology for part in ("--ontology", str(path)))]
    for question, command, call in _STEPS:
        arguments = shlex.split(call)
        click.secho(f"\n# {question[lang]}", bold=True)
        click.secho(f"$ itss-kg {command} {call}{' --lang ja' if lang == 'ja' else ''}\n", fg="cyan")
        located = [str(bundled(*Path(item).parts)) if item.startswith("data/") else item for item in arguments]
        cli.main([command, *located, *common], standalone_mode=False)
    return 0
