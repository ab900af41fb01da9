"""Which addresses of the network are the world's, and not this machine's or its neighbours'."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

_NAT64: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_WORLD: Final = ip_network("2000::/3")  # all that is handed out of IPv6 (RFC 4291 §2.4)
# Answers as if it were in the world, but is a cloud's own service to its machines.
_METADATA: Final = frozenset({IPv4Address("168.63.129.16")})
# is_global differs between patch releases of Python 3.11 for these.
_NEVER: Final = tuple(
    ip_network(block)
    for block in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)


def is_public(address: str) -> bool:
    """Tell whether an IP address, as text, is one that anybody in the world may mean.

    IPv4 inside IPv6 (mapped, NAT64) counts as what it stands for; 6to4, Teredo and every other special block are not
    public, and neither is an address with a zone (`%eth0`).
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return False
        inner = _inside(found)
        if inner is None:
            return found in _WORLD and found.is_global and not found.is_multicast and not _is_never(found)
        found = inner
    return found.is_global and not found.is_multicast and found not in _METADATA and not _is_never(found)


def _inside(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in block for block in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _is_never(address: IPv4Address | IPv6Address) -> bool:
    return any(address.version == block.version and address in block for block in _NEVER)
