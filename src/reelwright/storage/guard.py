"""Which network addresses a fetch may connect to: public ones, and those a setting lets through.

An address is judged by what it is, not by how it was written: the name is resolved
once, every answer is checked, and the connection goes to a checked answer. Forms that carry
an IPv4 address inside an IPv6 one (mapped, compatible, 6to4, NAT64, Teredo) are judged
by both.
"""

import ipaddress
import socket
from collections.abc import Iterator, Sequence

from reelwright.errors import AddressRefused, FetchFailed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))  # RFC 6052, RFC 8215
COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, deprecated
NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # carriers' NAT, RFC 6598; cloud metadata services lie here too
            "192.0.0.0/24",  # protocol assignments, RFC 6890
            "192.88.99.0/24",  # 6to4 relays, RFC 7526
            "198.18.0.0/15",  # benchmarks, RFC 2544
            "fec0::/10",  # site-local, RFC 3879
        ),
    )
)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of `settings.fetch_allow`."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, asked once. Numbers in odd forms (decimal, octal, short) resolve like names."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchFailed(f"the host {host!r} cannot be resolved ({error}); mend its name, or retry later") from None
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def checked(host: str, answers: Sequence[str], allow: Sequence[Network]) -> list[str]:
    """The answers if all of them may be connected to. One bad answer refuses the host: which is used is luck."""
    for answer in answers:
        address = ipaddress.ip_address(answer.partition("%")[0])
        if not is_allowed(address, allow):
            raise AddressRefused(
                f"{host!r} is {address}, which is not a public address; "
                f"upload the file instead, or allow the network by `fetch_allow`"
            )
    if not answers:
        raise FetchFailed(f"the host {host!r} has no address; mend its name, or retry later")
    return list(answers)


def is_allowed(address: Address, allow: Sequence[Network]) -> bool:
    forms = [address, *_inside(address)]
    if any(form in network for form in forms[:1] for network in allow):
        return True
    if len(forms) > 1 and all(any(form in network for network in allow) for form in forms[1:]):
        return True
    return all(_is_public(form) for form in forms)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and _inside(address):
        return True  # judged by the address inside it
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not any(address in network for network in NOT_PUBLIC)
    )


def _inside(address: Address) -> list[ipaddress.IPv4Address]:
    return list(_embedded(address)) if isinstance(address, ipaddress.IPv6Address) else []


def _embedded(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in NAT64[0] or address in NAT64[1]:
        yield last
    if address in COMPATIBLE and int(address) > 1:  # :: and ::1 are addresses of their own
        yield last
