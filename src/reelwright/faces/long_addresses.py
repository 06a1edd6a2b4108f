"""HTTP as uvicorn speaks it, but for addresses of any length.

The vendor's clients put a whole text into the query of a POST: ten thousand Chinese characters are 90 KB
of it, and the parser's own splitting of addresses ends at 64 KiB. The query is cut off before it gets there,
and put back.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_SPLIT = 0xFFFF  # bytes: what the parser can split


class LongAddresses(HttpToolsProtocol):
    def on_headers_complete(self) -> None:
        if len(self.url) <= LONGEST_SPLIT:
            super().on_headers_complete()
            return
        self.url, _, query = self.url.partition(b"?")
        super().on_headers_complete()
        # The application is started by the event loop, and so after this.
        self.scope["query_string"] = query
