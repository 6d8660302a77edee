"""What came of a run over many records, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from itss_kg.bulk.run import Summary

__all__ = ["said", "told"]

_SHOWN = 20  # findings on standard error; the number of all is said
_COMMONEST = 5
_WORDS = {
    "en": {
        "more": "… and {left:,} more{where}",
        "where": "; all of them: --findings FILE",
        "look": "{found:,} to look at before relying on the verdicts",
        "candidates": "Candidates: {candidates:,} ({triples:,} triples). Levels: {levels}",
        "obstacles": "Commonest obstacles: {obstacles}",
        "none": "none",
    },
    "ja": {
        "more": "…ほか{left:,}件{where}",
        "where": "（すべてを見るには --findings FILE）",
        "look": "判定を用いる前に確認すべき事項：{found:,}件",
        "candidates": "候補者{candidates:,}名（{triples:,}トリプル）。レベル：{levels}",
        "obstacles": "満たされていないことの多い基準：{obstacles}",
        "none": "なし",
    },
}


def told(summary: Summary, language: str, *, hint: bool) -> str:
    """What in the records was not understood; a hint says how to see the rest where there is more."""
    words = _WORDS[language]
    lines = [f"{subject}: {message}" for subject, message in summary.findings[:_SHOWN]]
    if summary.found > _SHOWN:
        lines.append(words["more"].format(left=summary.found - _SHOWN, where=words["where"] if hint else ""))
    if summary.found:
        lines.append(words["look"].format(found=summary.found))
    return "".join(f"itss-kg: quality: {line}\n" for line in lines)


def said(summary: Summary, language: str) -> str:
    """How many hold which level, and what is lacking most often."""
    words = _WORDS[language]
    levels = ", ".join(f"{name}: {count:,}" for name, count in sorted(summary.levels.items())) or words["none"]
    lines = [words["candidates"].format(candidates=summary.candidates, triples=summary.triples, levels=levels)]
    if summary.obstacles:
        first = sorted(summary.obstacles.items(), key=lambda item: (-item[1], item[0]))[:_COMMONEST]
        obstacles = ", ".join(f"{iri.rpartition('/')[2]}: {count:,}" for iri, count in first)
        lines.append(words["obstacles"].format(obstacles=obstacles))
    return "".join(f"{line}\n" for line in lines)
