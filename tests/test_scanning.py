"""Lines cut apart by compiled code: what is canonical, what is left for the parser, and where arrays grow."""

import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itss_kg.bulk.lines import parsed
from itss_kg.bulk.scanning import scan
from itss_kg.errors import InputError

TERMS = ("<a:a>", "<a:bb>", "<a:looong/name>", "<a:looong/game>", "_:a")
VALUES = (*TERMS, '"a"', '"aa"', '"a"@en', '"a"@ja', '"1"^^<a:bb>', '"a b"')
LINE = b"<http://e/s> <http://e/p> <http://e/o> .\n"


def left(lines: bytes, *, quads: bool = False) -> list[bytes]:
    found = scan(np.frombuffer(lines, np.uint8), quads=quads)
    return [lines[start:end] for start, end in found.left.tolist()]


@pytest.mark.parametrize(
    "line",
    [
        b"_:a <a:b> _:a .",
        b'<http://e/s> <http://e/p> "text > with signs" .',
        b'<http://e/s> <http://e/p> ""@en .',
        b'<http://e/s> <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        '<http://e/s> <http://e/p> "文字"@ja .'.encode(),
        b"<http://e/s> <http://e/p> <http://e/o> .\r",
        b'<http://e/s> <http://e/p> "x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral> .',
        b'<http://e/s> <http://e/p> "x"^^<a:langString> .',
    ],
)
def test_canonical_lines_are_cut_apart(line: bytes) -> None:
    assert left(line + b"\n") == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"# a comment",
        b"<http://e/s>  <http://e/p> <http://e/o> .",
        b"<http://e/s> <http://e/p> <http://e/o>.",
        b"<http://e/s> <http://e/p> <http://e/o> . # said",
        b'<http://e/s> <http://e/p> "a\\"b" .',
        b'<http://e/s> <http://e/p> "text"^^<http://www.w3.org/2001/XMLSchema#string> .',
        b'<http://e/s> <http://e/p> "text"@EN .',
        b'<http://e/s> <http://e/p> "text"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString> .',
        b'<http://e/s> <http://e/p> "text"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString> .',
        b'<http://e/s> <http://e/p> "a\ttab" .',
        b'<http://e/s> <http://e/p> "deleted\x7f" .',
        b'"text" <http://e/p> <http://e/o> .',
        b"<http://e/s> _:p <http://e/o> .",
        b"<http://e/s> <http://e/p> <http://e/o> <http://e/g> .",
        b"<relative> <http://e/p> <http://e/o> .",
        b'<http://e/s> <http://e/p> "not closed .',
        b"<http://e/s <http://e/p> <http://e/o> .",
    ],
)
def test_other_lines_are_left_for_the_parser(line: bytes) -> None:
    assert left(LINE + line + b"\n" + LINE) == [line]


def test_a_line_left_for_the_parser_does_not_change_whom_the_next_is_about() -> None:
    lines = b"<a:s> <a:p> <a:o> .\n<a:t> <a:p>  <a:o> .\n<a:s> <a:q> <a:o> .\n"
    assert sorted(parsed(lines, "ntriples", "x").frame().rows()) == [
        ("<a:s>", "<a:p>", "<a:o>"),
        ("<a:s>", "<a:q>", "<a:o>"),
        ("<a:t>", "<a:p>", "<a:o>"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TERMS),
            st.sampled_from(TERMS[:-1]),
            st.sampled_from(VALUES),
            st.sampled_from([" ", " ", " ", "  ", "\t"]),
        ),
        max_size=30,
    )
)
def test_lines_in_any_order_say_what_they_say_to_the_parser(rows: list[tuple[str, str, str, str]]) -> None:
    text = "".join(f"{subject} {predicate}{gap}{value} .\n" for subject, predicate, value, gap in rows).encode()
    expected = [
        tuple(map(str, (one.subject, one.predicate, one.object))) for one in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
    ]
    assert sorted(parsed(text, "ntriples", "x").frame().rows()) == sorted(expected)


@pytest.mark.parametrize("sign", [b"\x0b", b"\x0c", b"\x1c"])
def test_what_is_no_white_space_is_malformed_on_a_line_of_its_own(sign: bytes) -> None:
    with pytest.raises(InputError, match=r"^x:2:1: "):
        parsed(LINE + sign + b"\n" + LINE, "ntriples", "x")


def test_a_graph_name_is_left_out_of_quads_only() -> None:
    quads = LINE.replace(b" .", b" <http://e/g> .") + LINE.replace(b" .", b" _:g .") + LINE
    assert left(quads, quads=True) == []
    assert len(left(quads)) == 2
    assert left(LINE.replace(b" .", b' "g" .'), quads=True) == [LINE.replace(b" .", b' "g" .').strip()]


@pytest.mark.parametrize(("length", "lines"), [(4095, 0), (4096, 1)])
def test_a_very_long_term_is_read_all_the_same(length: int, lines: int) -> None:
    text = b'<http://e/s> <http://e/p> "' + b"x" * length + b'" .\n'
    assert len(left(text)) == lines
    assert parsed(text, "ntriples", "x").frame()["object"].to_list() == ['"' + "x" * length + '"']


def test_more_terms_properties_and_other_lines_than_there_was_room_for() -> None:
    count = 20_000
    lines = b"".join(b"<http://e/s%d> <http://e/p%d> <http://e/o%d> .\n# %d\n" % (n, n % 300, n, n) for n in range(count))
    found = scan(np.frombuffer(lines, np.uint8), quads=False)
    assert (len(found.subjects), len(found.starts), len(found.properties), len(found.left)) == (
        count,
        2 * count + 300,
        300,
        count,
    )
    frame = parsed(lines, "ntriples", "x").frame()
    assert frame["subject"].to_list() == [f"<http://e/s{n}>" for n in range(count)]
    assert frame["predicate"].to_list() == [f"<http://e/p{n % 300}>" for n in range(count)]
    assert frame["object"].to_list() == [f"<http://e/o{n}>" for n in range(count)]


@pytest.mark.parametrize("sign", ["\t", "\b", "\f", "\x01", "\x1f", "\x7f", "\x80", "\u2028", "あ"])
def test_a_literal_has_one_name_however_it_is_written(sign: str) -> None:
    """Else nodes of one name would be taken for two."""
    lines = [f'<http://e/s> <http://e/p> "a{written}b" .' for written in (sign, f"\\u{ord(sign):04X}")]
    assert len(set(parsed("\n".join(lines).encode(), "ntriples", "a.nt").frame()["object"])) == 1


@pytest.mark.parametrize("name", ["langString", "dirLangString"])
def test_a_literal_that_wants_a_language_is_malformed(name: str) -> None:
    with pytest.raises(InputError, match=r"a\.nt:2:"):
        line = f'<http://e/s> <http://e/p> "x"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}> .\n'
        parsed(LINE + line.encode(), "ntriples", "a.nt")
