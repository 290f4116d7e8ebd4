"""Which network a reader comes from, for counting how often it asks. Pure."""

import ipaddress


def network_of(address: str) -> str:
    """One IPv4 address, or the 64 bits of IPv6 that one customer is given; whatever is neither counts as one.

    An IPv4 address inside an IPv6 one (RFC 4291, 2.5.5.2) is the IPv4 address.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 32 if found.version == 4 else 64), strict=False))
