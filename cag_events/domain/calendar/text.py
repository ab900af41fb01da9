"""Text and addresses that may enter a calendar, a database or a mail: one alphabet, one kind of line end."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

from cag_events.domain.texts import composed

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls but LF, the byte order mark, bidi embeddings and overrides (marks and isolates may stay).
_REMOVED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\u202a-\u202e]")
_SUSPECT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile(r" *\n[\n ]*")

_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_KEPT = "/?%:@!$&'()*+,;=-._~[]"


def clean_text(text: str, single_line: bool = False) -> str:
    """Return the text in NFC with LF as its only control character.

    Every line end of Unicode becomes LF, a tab a space; other controls, U+FEFF and bidi overrides are removed. With
    `single_line` line ends become a space and the ends are trimmed. Raises ValueError for a lone surrogate, which has
    no octets in UTF-8.
    """
    if _SUSPECT.search(text):
        if _SURROGATE.search(text):
            raise ValueError("text holds half of a surrogate pair")
        text = _REMOVED.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    text = composed(text)
    return _BREAK.sub(" ", text).strip() if single_line else text


def safe_uri(url: str) -> str:
    """Return an http or https address in ASCII, as RFC 3986 wants it.

    Letters outside ASCII are percent-encoded, in host names by IDNA. Raises ValueError for any other scheme, for
    control and invisible characters, and for an address without a host or with a user name in it.
    """
    url = url.strip(" ")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in url):
        raise ValueError("address holds a control character")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("address is neither http nor https")
    if not parts.hostname or "@" in parts.netloc:
        raise ValueError("address has no host or names a user")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.encode("idna").decode("ascii")
    if re.search(r"[^\w.:\[\]-]", host):
        raise ValueError("address has no valid host")
    netloc = f"{host}:{parts.port}" if parts.port else host
    path, query, fragment = (quote(_LONE_PERCENT.sub("%25", part), _KEPT) for part in parts[2:])
    return f"{parts.scheme}://{netloc}{path}{query and '?' + query}{fragment and '#' + fragment}"
