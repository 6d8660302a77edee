"""Lines cut into numbered terms by code that Numba compiles at its first use and keeps beside the module or in a user cache.

All of it is in this one file, for the kept code is made again only where the file of a function changes, not those it calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    Column = np.ndarray[Any, np.dtype[Any]]

__all__ = ["SHORTEST", "cut", "joined", "table_of"]

_EACH = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hashing: 2**64 over the golden ratio
_HALF = np.uint64(32)
_BYTE = np.uint64(8)
SHORTEST = 15  # a canonical line: _:a <a:b> _:a .
_LONGEST = 1 << 12  # a longer term is for the parser, so that a file without any ">" is not read to its end for every line
_LF, _CR, _SPACE, _QUOTE, _STOP, _LESS, _MORE, _AT, _CARET, _UNDERSCORE = b'\n\r ".<>@^_'


_intrinsic: Any = intrinsic  # whose type counts the context that Numba passes


def _compiled(function: Callable[..., Any]) -> Any:
    """`njit`, kept on disk where a place for it can be written."""
    try:
        return njit(cache=True)(function)
    except RuntimeError:  # no folder to keep it in
        return njit(function)


@_intrinsic
def _word(_context: Any, data: Any, _place: Any) -> Any:
    """Eight bytes of an array as a number, from any place on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        return builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)

    return types.uint64(data, types.int64), generate


@_intrinsic
def _put(_context: Any, data: Any, _place: Any, _number: Any) -> Any:
    """Put down eight bytes at any place of an array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        builder.store(arguments[2], builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.uint64), generate


@_intrinsic
def _zeros(_context: Any, _value: Any) -> Any:
    """How many bits are zero below the lowest that is one."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@_intrinsic
def _fetch(_context: Any, data: Any, _place: Any) -> Any:
    """Have an element of an array brought near, for it will be read soon."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.bitcast(builder.gep(array.data, [arguments[1]]), byte)
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, *[number] * 3]))
        builder.call(fetch, [place, number(1), number(3), number(1)])  # to be written, kept near, no instruction
        return context.get_dummy_value()

    return types.void(data, types.int64), generate


@_compiled
def _find(data: Column, place: int, end: int, sign: int) -> int:
    """The first place from one on where a byte is; the end, where it is nowhere before."""
    pattern = _EACH * np.uint64(sign)
    while place + 8 <= end:
        word = _word(data, place) ^ pattern
        hit = (word - _EACH) & ~word & _HIGH
        if hit:
            return place + (_zeros(hit) >> 3)
        place += 8
    while place < end and data[place] != sign:
        place += 1
    return place


@_compiled
def _same(data: Column, one: int, other: int, length: int) -> bool:
    """Whether the bytes at two places are the same."""
    if length < 8:
        at = 0
        while at < length and data[one + at] == data[other + at]:
            at += 1
        return at == length
    last = length - 8  # names mostly differ at their end, which may overlap the eight bytes before
    if _word(data, one + last) != _word(data, other + last):
        return False
    at = 0
    while at < last:
        if _word(data, one + at) != _word(data, other + at):
            return False
        at += 8
    return True


@_compiled
def _hash(data: Column, place: int, length: int) -> np.uint64:
    found = np.uint64(length) * _FACTOR
    rest = np.uint64(0)
    at = 0
    if length < 8:
        while at < length:
            rest = (rest << _BYTE) | np.uint64(data[place + at])
            at += 1
    else:
        last = length - 8
        while at < last:
            found = (found ^ _word(data, place + at)) * _FACTOR
            found ^= found >> _HALF
            at += 8
        rest = _word(data, place + last)
    found = (found ^ rest) * _FACTOR
    return found ^ (found >> _HALF)


@_compiled
def _end(data: Column, place: int) -> int:
    """Where the term that starts at a place ends, if it is canonical; it may be no term at all."""
    end = min(len(data), place + _LONGEST)
    if place >= end:
        return end
    first = data[place]
    if first == _LESS:
        return _find(data, place, end, _MORE) + 1
    if first == _UNDERSCORE:
        return _find(data, place, end, _SPACE)
    if first != _QUOTE:
        return place
    place = _find(data, place + 1, end, _QUOTE) + 1
    if place < end and data[place] == _AT:
        return _find(data, place, end, _SPACE)
    if place < end and data[place] == _CARET:
        return _find(data, place, end, _MORE) + 1
    return place


@_compiled
def _roles(data: Column, place: int, end: int, moves: Column, roles: Column, unwanted: Column) -> int:
    """The places where the term can stand; none where it is not canonical."""
    state = np.int64(1)
    at = place
    while at < end:
        # most signs lead nowhere else, which is guessed while their move is still being looked up
        row = state << 8
        while at < end and moves[row + data[at]] == state:
            at += 1
        if at < end:
            state = np.int64(moves[row + data[at]])
            at += 1
    for kind in range(len(unwanted)):
        back = 1
        while unwanted[kind, -back] and end - back >= place and data[end - back] == unwanted[kind, -back]:
            back += 1
        if not unwanted[kind, -back]:
            return 0
    return roles[state]


@_compiled
def cut(
    data: Column, quads: bool, automaton: tuple[Column, ...], made: Column, rows: tuple[Column, ...], terms: tuple[Column, ...]
) -> None:
    """Cut lines apart until there is no room for what comes next; `made` says how far it came.

    No array is made or changed for another in here: Numba would count references to it at every step of the loop.
    """
    moves, allowed, unwanted = automaton
    subjects, predicates, objects, left = rows
    starts, lengths, hashes, roles, as_property, properties, after, table = terms
    size, mask = len(data), len(table) - 1
    place, row, term, known, others = made[0], made[1], made[2], made[3], made[4]
    subject = before = -1
    graph = graph_length = 0
    numbers, begins, ends = np.empty(3, np.int32), np.empty(3, np.int64), np.empty(3, np.int64)
    hashed = np.empty(3, np.uint64)
    while place < size and term + 3 <= len(starts) and others < len(left):
        at = place
        good = True
        for part in range(3):
            # often the subject of the line before, and the property and value that last came after its value
            number = subject if part == 0 or before < 0 else after[before, part - 1]
            begins[part] = at
            if number >= 0:
                end = at + lengths[number]
                if end < size and data[end] == _SPACE and _same(data, at, starts[number], lengths[number]):
                    numbers[part] = number
                    at = end + 1
                    continue
            end = _end(data, at)
            if end >= size or data[end] != _SPACE:
                good = False
                break
            numbers[part], ends[part], hashed[part] = -1, end, _hash(data, at, end - at)
            _fetch(table, np.int64(hashed[part] >> _HALF) & mask)
            at = end + 1
        part = 0
        while good and part < 3:
            number = numbers[part]
            if number < 0:
                begin = begins[part]
                length = ends[part] - begin
                slot = np.int64(hashed[part] >> _HALF) & mask
                number = table[slot]
                while number >= 0 and not (
                    hashes[number] == hashed[part] and lengths[number] == length and _same(data, starts[number], begin, length)
                ):
                    slot = (slot + 1) & mask
                    number = table[slot]
                if number < 0:
                    role = _roles(data, begin, ends[part], moves, allowed, unwanted)
                    if not role:
                        good = False
                        break
                    number = np.int32(term)
                    starts[term], lengths[term], hashes[term], roles[term] = begin, length, hashed[part], role
                    as_property[term], after[term, 0], after[term, 1] = -1, -1, -1
                    table[slot] = number
                    term += 1
                numbers[part] = number
            good = roles[number] & (1 << part) != 0
            part += 1
        if good:
            if quads and at < size and data[at] != _STOP:
                if not (graph_length and at + graph_length < size and _same(data, at, graph, graph_length)):
                    graph, graph_length = at, _end(data, at) - at
                    if graph + graph_length > size or not _roles(data, at, at + graph_length, moves, allowed, unwanted) & 1:
                        graph_length = 0
                at += graph_length
                if graph_length and at < size and data[at] == _SPACE:
                    at += 1
            if at < size and data[at] == _STOP:
                at += 1
                if at + 1 < size and data[at] == _CR:
                    at += 1
                if at == size or data[at] == _LF:
                    subject = numbers[0]
                    if before >= 0:
                        after[before, 0], after[before, 1] = numbers[1], numbers[2]
                    before = numbers[2]
                    if as_property[numbers[1]] < 0:
                        as_property[numbers[1]] = known
                        properties[known] = numbers[1]
                        known += 1
                    subjects[row], predicates[row], objects[row] = subject, as_property[numbers[1]], numbers[2]
                    row += 1
                    place = at + 1
                    continue
        end = _find(data, place, size, _LF)
        left[others, 0], left[others, 1] = place, end
        others += 1
        place = end + 1
    made[0], made[1], made[2], made[3], made[4] = place, row, term, known, others


@_compiled
def table_of(hashes: Column, size: int) -> Column:
    """Where the term with each hash is looked for first: its number, or -1 for none."""
    mask = size - 1
    table = np.full(size, -1, np.int32)
    for number in range(len(hashes)):
        slot = np.int64(hashes[number] >> _HALF) & mask
        while table[slot] >= 0:
            slot = (slot + 1) & mask
        table[slot] = number
    return table


@_compiled
def joined(data: Column, starts: Column, lengths: Column) -> Column:
    """The bytes of the terms, each with an end of line."""
    size = lengths.sum() + len(lengths)
    whole = np.empty(size + 8, np.uint8)  # room for the last eight bytes put down at once
    place = 0
    for number in range(len(starts)):
        start, end = starts[number], starts[number] + lengths[number]
        to = place
        while start < end and start + 8 <= len(data):
            _put(whole, to, _word(data, start))
            start += 8
            to += 8
        while start < end:
            whole[to] = data[start]
            start += 1
            to += 1
        place += lengths[number] + 1
        whole[place - 1] = _LF
    return whole[:size]
