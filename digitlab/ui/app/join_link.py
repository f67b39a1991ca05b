"""How a class reaches this server: its address on the local network, the link and its QR code."""

import socket
import sys
from urllib.parse import urlsplit

import segno

from digitlab.errors import DigitlabError
from digitlab.ui.app.installation import passes, settings

_NOWHERE = ("192.0.2.1", 9)
"""An address of no machine: asking for the way there tells this machine's own address, and sends nothing."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
_SCALE, _BORDER = 12, 3
"""Pixels of a module; modules of white around them. Scanners need dark on white, also on a dark page."""


def local_address() -> str | None:
    """This machine's address on the local network; None where it is on none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def is_open_to_others() -> bool:
    """Whether the server listens on more than this computer."""
    from streamlit import config

    return config.get_option("server.address") not in _LOOPBACK


def join_link(seen: str = "") -> str:
    """The link that others open. seen: the address in the visitor's own browser, which is right unless it is local."""
    from streamlit import config

    try:
        parts = urlsplit(seen)
        here = parts.hostname
    except ValueError:
        parts, here = urlsplit(""), None
    if here and here not in _LOOPBACK:
        return f"{parts.scheme}://{parts.netloc}/join"
    port = config.get_option("server.port")
    name = local_address() if is_open_to_others() else None
    return f"http://{name or 'localhost'}:{port}/join"


def qr_address(link: str) -> str:
    """The link as a QR code, dark on white with the white border that scanners need: a PNG as an address."""
    code = segno.make(link, error="m", micro=False)
    return str(code.png_data_uri(scale=_SCALE, border=_BORDER))


def allow_local_names() -> None:
    """Let a class reach the server under this machine's address, beside the names that the configuration has."""
    from streamlit import config

    allowed = list(config.get_option("server.allowedHosts") or [])
    address = local_address()
    if allowed and address and address not in allowed:
        config.set_option("server.allowedHosts", [*allowed, address])


def announce() -> None:
    """Say in the terminal, once, how a class joins, with the codes; or what is wrong with the settings."""
    try:
        classroom = settings().classroom
        passes()
    except DigitlabError as error:
        print(f"digitlab is closed: {error}", file=sys.stderr, flush=True)
        return
    if classroom is None:
        return
    if is_open_to_others():
        allow_local_names()
    else:
        print("Only this computer reaches the server: add --server.address 0.0.0.0 for a class.", flush=True)
    print(
        f"digitlab for a class: {join_link()}\n  code: {classroom.code}\n  teacher's code: {classroom.teacher_code}",
        flush=True,
    )
