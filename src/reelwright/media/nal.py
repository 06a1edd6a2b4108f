"""The units a coded H.264 picture is made of, as far as joining streams needs them.

A stream in MP4 keeps its parameter sets (SPS, PPS) aside, in an `avcC` record, and writes a length before each unit;
in transport streams and raw files start codes part the units (Annex B). Here both become lists of units, and
parameter sets of two streams become one record, told apart by their numbers. Nothing is decoded.

Sources: ITU-T H.264, 7.3 and Annex B; ISO/IEC 14496-15, 5.2.4.1 (`avcC`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

IDR, SEI, SPS, PPS, DELIMITER = 5, 6, 7, 8, 9  # nal_unit_type
MOST_SPS, MOST_PPS = 31, 255
START_CODE = re.compile(rb"\x00\x00\x01")
CODE = b"\x00\x00\x00\x01"
Unit = bytes | memoryview


def kind(unit: Unit) -> int:
    """nal_unit_type."""
    return unit[0] & 31


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a decoder must know before the first picture."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    length: int = 0
    """Bytes of a unit's length in the stream's packets; 0 where start codes part the units."""
    tail: bytes = b""
    """What follows the sets in the record of the high profiles: chroma format and bit depths."""

    @classmethod
    def of(cls, extradata: bytes) -> Self:
        """From an `avcC` record or from Annex B. Raises ValueError if it is neither."""
        if extradata[:1] == b"\x01":
            sets = cls._of_record(extradata)
        else:
            units = list(split_at_codes(extradata))
            sets = cls(_only(units, SPS), _only(units, PPS))
        if not sets.sps or not sets.pps:
            raise ValueError("no parameter sets are kept beside the stream")
        return sets

    @classmethod
    def _of_record(cls, record: bytes) -> Self:
        at, found = 5, list[tuple[bytes, ...]]()
        for mask in (31, 255):
            count, at = record[at] & mask, at + 1
            units = []
            for _ in range(count):
                size = int.from_bytes(record[at : at + 2], "big")
                units.append(record[at + 2 : at + 2 + size])
                at += 2 + size
            found.append(tuple(units))
        sps, pps = found
        return cls(sps, pps, (record[4] & 3) + 1, record[at:])

    def extradata(self) -> bytes:
        """An `avcC` record, or the sets with start codes if the packets have them. The first SPS says the profile."""
        if not self.length:
            return b"".join(CODE + one for one in (*self.sps, *self.pps))
        level = max(one[3] for one in self.sps)
        head = bytes([1, *self.sps[0][1:3], level, 0xFC | (self.length - 1), 0xE0 | len(self.sps)])
        sps, pps = (b"".join(len(one).to_bytes(2, "big") + one for one in sets) for sets in (self.sps, self.pps))
        return head + sps + bytes([len(self.pps)]) + pps + self.tail

    def packet(self, units: Iterable[Unit]) -> bytes:
        """Units as a packet of such a stream."""
        if not self.length:
            return b"".join(CODE + bytes(unit) for unit in units)
        return b"".join(part for unit in units for part in (len(unit).to_bytes(self.length, "big"), bytes(unit)))

    def beside(self, other: "ParameterSets") -> "ParameterSets":
        """These, and those of another stream with numbers of its own."""
        return ParameterSets(self.sps + other.sps, self.pps + other.pps, self.length, self.tail)

    def spare_number(self) -> int:
        """A number that neither an SPS nor a PPS here has. Raises ValueError if there is none."""
        taken = {_number(one, 4) for one in self.sps} | {_number(one, 1) for one in self.pps}
        for number in range(MOST_SPS, -1, -1):
            if number not in taken:
                return number
        raise ValueError("all 32 numbers of parameter sets are taken")

    def knows(self, unit: Unit) -> bool:
        """Is the unit no parameter set, or one that is already here?"""
        sets = {SPS: self.sps, PPS: self.pps}.get(kind(unit))
        return sets is None or bytes(unit) in sets


def split(packet: Unit, length: int) -> Iterator[Unit]:
    """The units of a packet; `length` as in `ParameterSets`."""
    return split_by_lengths(packet, length) if length else split_at_codes(packet)


def split_by_lengths(packet: Unit, length: int) -> Iterator[Unit]:
    at = 0
    while at + length < len(packet):
        size = int.from_bytes(packet[at : at + length], "big")
        if size:
            yield packet[at + length : at + length + size]
        at += length + size


def split_at_codes(packet: Unit) -> Iterator[Unit]:
    data = bytes(packet)
    starts = [match.end() for match in START_CODE.finditer(data)]
    for start, end in zip(starts, [*(start - 3 for start in starts[1:]), len(data)], strict=True):
        unit = data[start:end].rstrip(b"\x00")  # zeros after a unit belong to the next start code
        if unit:
            yield unit


def _only(units: list[Unit], wanted: int) -> tuple[bytes, ...]:
    return tuple(bytes(one) for one in units if kind(one) == wanted)


def _number(unit: bytes, at: int) -> int:
    """The Exp-Golomb number that begins at byte `at`: an SPS has its own there (4), and a PPS (1)."""
    bits = int.from_bytes(unit[at : at + 4].ljust(4, b"\x00"), "big")
    zeros = 32 - bits.bit_length()
    return (bits >> (31 - 2 * zeros)) - 1 if zeros < 16 else MOST_PPS
