"""A server whose messages a test holds back from the page, as a slow one or a slow network does."""

import re

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class SlowServer:
    """Streamlit's server as a page hears it: from `hold` on nothing, until it is let go. Made before the page opens."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._is_holding = False
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(
            lambda message: self._held.append((socket, message)) if self._is_holding else socket.send(message)
        )

    def hold(self) -> None:
        """Hold back what comes from now on."""
        self._page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        self._is_holding = True

    def wait_for(self, query: str = "") -> None:
        """Wait until something is held; query: until an address with it in its query is."""
        while not any(query in address for address in self._addresses()):
            self._page.wait_for_timeout(20)

    def let_go(self) -> None:
        """Send what is held, and hold nothing any more."""
        self._is_holding = False
        for socket, message in self._held:
            socket.send(message)
        self._held.clear()

    def _addresses(self) -> list[str]:
        """The query of each message that is held, empty for one that changes no address."""
        messages = [ForwardMsg.FromString(message) for _, message in self._held if isinstance(message, bytes)]
        return [one.page_info_changed.query_string for one in messages]
