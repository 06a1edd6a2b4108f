"""Which addresses may be fetched from."""

import ipaddress

import pytest

from reelwright.errors import AddressRefused, FetchFailed
from reelwright.storage import guard

REFUSED = [
    "0.0.0.0",
    "10.1.2.3",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.9.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.1.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"]


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_that_is_not_public_is_refused(text):
    assert not guard.is_allowed(ipaddress.ip_address(text), ())


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_let_through(text):
    assert guard.is_allowed(ipaddress.ip_address(text), ())


@pytest.mark.parametrize(
    ("text", "allow", "expected"),
    [
        ("127.0.0.1", "127.0.0.0/8", True),
        ("::ffff:127.0.0.1", "127.0.0.0/8", True),
        ("10.0.0.1", "127.0.0.0/8", False),
        ("::1", "::1/128", True),
        ("::1", "127.0.0.0/8", False),
        ("2002:7f00:1::", "127.0.0.0/8", True),
        ("fe80::1", "fe80::/10", True),
    ],
)
def test_a_setting_lets_a_network_through(text, allow, expected):
    assert guard.is_allowed(ipaddress.ip_address(text), guard.networks([allow])) is expected


def test_one_bad_answer_among_good_ones_refuses_the_host():
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        guard.checked("both.example", ["1.1.1.1", "10.0.0.1"], ())


def test_a_host_without_an_address_is_a_failed_fetch():
    with pytest.raises(FetchFailed):
        guard.checked("none.example", [], ())


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1", "localhost"])
def test_odd_spellings_are_what_they_resolve_to(host):
    with pytest.raises(AddressRefused):
        guard.checked(host, guard.resolve(host, 80), ())
