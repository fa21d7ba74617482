"""Addresses: what is fetched, what identifies an article, whose host it is.

The fetched address is the WHATWG form (https://url.spec.whatwg.org/) of what was named. The identity is that form
without fragment, tracking parameters, default file and the difference between http and https.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Final
from urllib.parse import urljoin

import can_ada

from .errors import UsageError

TRACKING_VERSION: Final = 1
"""Grows when the tables below change, for they decide which addresses are one article."""

_TRACKING_PREFIXES: Final = ("utm_", "mc_", "at_", "pk_", "hsa_", "wt_", "ns_")
_TRACKING: Final = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid igsh mkt_tok cmpid cmp icid ito smid smtyp "
    "sref srnd xtor ocid ncid partner_source cid_source src_campaign campaign_id taid guccounter guce_referrer "
    "guce_referrer_sig feature_source ref ref_src ref_url referrer referringsource traffic_source trk trkinfo "
    "_ga _gl _hsenc _hsmi vero_id spm share sharetype shareid share_id mod st_refdomain st_refquery wtrid "
    "wt.mc_id dicbo ftag soc_src soc_trk leadsource rss feedtype feedname output_amp outputtype amp amp_js_v "
    "usqp".split()
)
_DEFAULT_FILE: Final = re.compile(r"/(?:index\.(?:html?|php)|default\.aspx?)$")
_PAIR: Final = re.compile(r"[^&]+")
_ID_LENGTH: Final = 12


def fetchable(url: str, base: str | None = None) -> str:
    """Return the WHATWG form of *url* without fragment. Raises UsageError where it is no http(s) address."""
    text = url.strip()
    try:
        parsed = can_ada.parse(urljoin(base, text) if base else text)
    except ValueError:
        hint = (
            f"did you mean https://{text}?"
            if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", text)
            else "write it in full, as in https://example.org/news"
        )
        raise UsageError("this is no web address", resource=text[:200], hint=hint) from None
    if parsed.protocol not in {"http:", "https:"}:
        raise UsageError(f"only http and https can be watched, not {parsed.protocol}", resource=text[:200])
    return str(parsed.href).partition("#")[0]


def join(base: str, link: str) -> str | None:
    """Return *link* as found on *base*, or None where it leads to no web page."""
    try:
        return fetchable(link, base)
    except UsageError:
        return None


def identity(url: str, keep: frozenset[str] = frozenset()) -> str:
    """Return the form of *url* that is the same for every address of one article.

    *keep* names parameters that look like tracking and are not, for this source. Raises UsageError.
    """
    href = fetchable(url)
    rest = href.partition("://")[2]
    path, question, query = rest.partition("?")
    host, slash, tail = path.partition("/")
    tail = _DEFAULT_FILE.sub("/", slash + tail)
    if question:
        kept = [pair for pair in _PAIR.findall(query) if not _is_tracking(pair.partition("=")[0], keep)]
        query = "&".join(kept)
    return f"{host}{tail}" + (f"?{query}" if question and query else "")


def article_id(url: str) -> str:
    """Return the short identifier of the article at *url*: 12 hexadecimal digits of its identity's SHA-256."""
    return hashlib.sha256(identity(url).encode()).hexdigest()[:_ID_LENGTH]


def host_of(url: str) -> str:
    """Return host and, where it is not the scheme's own, port: what politeness counts by."""
    return str(can_ada.parse(url).host)


def hostname_of(url: str) -> str:
    """Return the host without port or brackets."""
    return str(can_ada.parse(url).hostname).strip("[]")


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url*."""
    return str(can_ada.parse(url).origin)


def is_loopback(url: str) -> bool:
    """Say whether *url* names this machine by a loopback address or as localhost; nothing is resolved."""
    name = hostname_of(url)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_tracking(name: str, keep: frozenset[str]) -> bool:
    lowered = name.lower()
    return lowered not in keep and (lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES))
