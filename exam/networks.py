"""Whether two pages came from one network, and nothing else of where they came from.

Triage for copying asks whether two people sat a test on the same network. An address would answer that, and much more:
where somebody lives or was that day, and over years the same person again. So the address itself is never kept, only a
digest of it under a key that SECRET_KEY and the exam make: within one exam equal digests are the same network, between
exams nothing can be compared, and nobody without the key can try addresses until one fits. After a change of SECRET_KEY
a network looks like another one. A daily job clears it after `NETWORK_KEPT`
(`exam/sittings/rules.py`).

Behind NAT everybody in an office or a hostel has one address, so that the same network says little, and many providers
give a whole district one; a phone may have changed its own between two pages. An IPv6 address counts by its /64, which
is what a home or an office gets: the rest of it names the device, and changes every day.
"""

import hmac
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from flask import current_app, request

LABEL = b"jieye network of exam "
"""Tells this key apart from others that are derived from SECRET_KEY. Never change it."""
DIGITS = 16
"""Hexadecimal digits that are kept: enough that no two networks of an exam look like one."""


def network_digest(exam_id: int) -> str | None:
    """The digest of the network that the request came from; None where that can't be told."""
    return digest(request.remote_addr or "", exam_id, str(current_app.secret_key))


def digest(address: str, exam_id: int, secret: str) -> str | None:
    """HMAC-SHA256 of the network of an address, in `DIGITS` hexadecimal digits; None where it is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or ip_network((int(found), 64), strict=False).network_address
    key = hmac.digest(secret.encode(), LABEL + str(exam_id).encode(), sha256)
    return hmac.digest(key, found.packed, sha256).hex()[:DIGITS]
