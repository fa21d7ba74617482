"""Web addresses: the form that is fetched, the identity of an article, the host, and the domain of its owner.

The fetched address is the WHATWG form (https://url.spec.whatwg.org/) of the address given. The identity is that form
without fragment, tracking parameters, default file and the difference between http and https.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from ada_url import URL
from publicsuffixlist import PSLFILE, PublicSuffixList

from tracker.errors import UsageError

TRACKING_VERSION: Final = 2
"""The version of the tables below. Increase it when they grow, and put the new names into a separate table.

The tables decide which addresses are the same article. Stored articles are found by their former identity.
"""

_TRACKING_PREFIXES: Final = ("utm_", "mc_", "at_", "pk_", "hsa_", "wt_", "ns_")
_TRACKING: Final = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid igsh mkt_tok cmpid cmp icid ito smid smtyp "
    "sref srnd xtor ocid ncid partner_source cid_source src_campaign campaign_id taid guccounter guce_referrer "
    "guce_referrer_sig feature_source ref ref_src ref_url referrer referringsource traffic_source trk trkinfo "
    "_ga _gl _hsenc _hsmi vero_id spm share sharetype shareid share_id mod st_refdomain st_refquery wtrid "
    "wt.mc_id dicbo ftag soc_src soc_trk leadsource rss feedtype feedname output_amp outputtype amp amp_js_v "
    "usqp".split()
)
# Since version 2: parameters that ural 1.6 and courlan 1.4 drop and Firefox strips, except those that select an article
# on some sites; docs/explanation/addresses.md lists the exceptions, with the reasons.
_ADDED_PREFIXES: Final = ("mtm_", "itm_", "mkt_", "oly_", "vero_", "fb_action_")
_ADDED: Final = frozenset(
    "__twitter_impression _guc_consent_skip fref fb_source fb_ref mibextid __tn__ _ft_ xtref xtcr xtloc xtnp xts "
    "ysclid wbraid gclsrc gad_source gad_campaignid srsltid ttclid li_fat_id epik clickid irclickid rb_clickid "
    "campaignid adgroupid s_cid sc_cid rdt_cid ml_subscriber ml_subscriber_hash hsctatracking __hssc __hstc "
    "__hsfp __s _openstat wickedid echobox recruiter _unique_id cn-reloaded ao_noptimize marfeeltn spref sns "
    "fromref refid wpamp jsessionid phpsessid aspsessionid sessionid cftoken cfid".split()
)
_MAY_MATTER: Final = frozenset(
    "amp output_amp outputtype amp_js_v usqp rss feedtype feedname ref mod share sharetype shareid share_id wpamp "
    "marfeeltn refid cn-reloaded ao_noptimize jsessionid phpsessid aspsessionid sessionid cftoken cfid".split()
)
"""Tracking parameters that may also decide what a server sends, so they are kept in an address that is fetched."""
_PATH_SESSION: Final = re.compile(r";jsessionid=[^/?;]*", re.IGNORECASE)
"""The session ID that Java servers add to the path of links, for visitors without cookies; dropped since version 2."""
_DEFAULT_FILE: Final = re.compile(r"/(?:index\.(?:html?|php)|default\.aspx?)$")
_PAIR: Final = re.compile(r"[^&]+")
_ESCAPE: Final = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_DEFAULT_PORT: Final = re.compile(r":(?:80|443)$")
_CARET: Final = "~writethru-caret~"  # replaces ^ in an address while it is parsed
_USERINFO: Final = re.compile(r"//[^/?#@]*@")
_BARE_HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/|$)")
MAX_SHOWN_CHARACTERS: Final = 200


@lru_cache(maxsize=4096)  # asked three times for each link of a listing
def fetchable(url: str, base: str | None = None) -> str:
    """Return the WHATWG form of `url`, without its fragment; a relative `url` is resolved against `base`.

    Raises UsageError where it is not an http or https address, or contains a user name or password, since those would
    end up in the archive and in every alert.
    """
    text = url.strip()
    # Each attribute of a parsed URL costs as much as parsing it, so all is read from the canonical form.
    href = _parse(text, base).href
    if "^" in text or (base and "^" in base):
        # The standard escapes ^ in paths since 2024. Stored IDs were made from addresses with ^, so it is put back.
        href = _parse(text.replace("^", _CARET), base and base.replace("^", _CARET)).href.replace(_CARET, "^")
    href = href.partition("#")[0]
    scheme, _, rest = href.partition("://")
    if scheme not in {"http", "https"}:
        raise UsageError(
            "only http and https addresses can be fetched",
            resource=_shown(text),
            hint="write it in full, as in https://example.org/news",
        )
    if "@" in rest.partition("/")[0]:
        raise UsageError(
            "the address contains a user name or password",
            resource=_shown(text),
            hint="remove everything between // and @",
        )
    return href


def join(base: str, link: str) -> str | None:
    """Return the address of `link`, as found on the page `base`, or None if it is not a web address."""
    try:
        return fetchable(link, base)
    except UsageError:
        return None


def untracked(url: str, version: int = TRACKING_VERSION) -> str:
    """Return the address to fetch and show for `url`: without parameters that only track readers. Raises UsageError.

    `version` is the version of the parameter tables.
    """
    href = fetchable(url)
    path, _, query = href.partition("?")
    pairs = _PAIR.findall(query)
    kept = [pair for pair in pairs if not _is_tracking(pair, _MAY_MATTER, version)]
    return href if len(kept) == len(pairs) else f"{path}?{'&'.join(kept)}".removesuffix("?")


@lru_cache(maxsize=4096)
def identity(url: str, version: int = TRACKING_VERSION) -> str:
    """Return the canonical form of `url`, which is the same for every address of one article. Raises UsageError.

    Scheme, default port, a dot after the host, fragment, tracking parameters, session, default file and the case of
    escapes make no difference. `version` is the version of the parameter tables; an earlier one gives the identity that
    the address had then.
    """
    rest = fetchable(url).partition("://")[2]
    path, _, query = rest.partition("?")
    host, slash, tail = path.partition("/")
    if version > 1:
        tail = _PATH_SESSION.sub("", tail)
    host = _DEFAULT_PORT.sub("", host)
    name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    tail = _DEFAULT_FILE.sub("/", slash + tail)
    query = "&".join(pair for pair in _PAIR.findall(query) if not _is_tracking(pair, frozenset(), version))
    joined = f"{name.rstrip('.')}{colon}{port}{tail}" + (f"?{query}" if query else "")
    return _ESCAPE.sub(lambda escape: escape.group().upper(), joined)


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """Return the host, and the port unless it is the default: the key of politeness. Raises UsageError."""
    return _parse(url).host


def hostname_of(url: str) -> str:
    """Return the host of `url` without port or brackets. Raises UsageError."""
    return _parse(url).hostname.strip("[]")


def origin_of(url: str) -> str:
    """Return scheme, host and port of `url`. Raises UsageError."""
    return _parse(url).origin


def is_loopback(url: str) -> bool:
    """Return whether the host of `url` is this machine; see `is_loopback_host`. Raises UsageError."""
    return is_loopback_host(hostname_of(url))


def _parse(text: str, base: str | None = None) -> URL:
    try:
        return URL(text, base)
    except ValueError:  # among them UnicodeEncodeError, for lone surrogates
        shown = _shown(text)
        hint = (
            f"did you mean https://{shown}?"
            if _BARE_HOST.match(text)
            else "write it in full, as in https://example.org/news"
        )
        raise UsageError("not a valid web address", resource=shown, hint=hint) from None


def without_credentials(text: str) -> str:
    """Return `text` with the user name and password of any web address in it replaced by "…"."""
    return _USERINFO.sub("//…@", text)


def _shown(text: str) -> str:
    return without_credentials(text)[:MAX_SHOWN_CHARACTERS].encode("utf-8", "replace").decode()


def _is_tracking(pair: str, keep: frozenset[str], version: int) -> bool:
    lowered = unquote(pair.partition("=")[0]).lower()
    if lowered in keep:
        return False
    if lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES):
        return True
    return version > 1 and (lowered in _ADDED or lowered.startswith(_ADDED_PREFIXES))


MAX_PORT: Final = 65_535
_HOSTERS: Final = (
    "wordpress.com substack.com tumblr.com medium.com ghost.io livejournal.com typepad.com weebly.com neocities.org "
    "jimdofree.com over-blog.com canalblog.com tistory.com"
).split()
"""Hosting services that give each user a subdomain, and are missing from https://publicsuffix.org/list/."""
_PORT: Final = re.compile(r":\d+$")


def is_loopback_host(host: str) -> bool:
    """Return whether `host`, a name or an IP address, is localhost or a loopback address. No name is resolved."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def split_host_port(text: str) -> tuple[str, int]:
    """Return the host, without brackets, and the port of an address to listen on. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not (colon and bare and port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise ValueError(f'{text!r} is not a host and port; write it as in "127.0.0.1:8765"')
    return bare, int(port)


def is_allowed_host(host: str, names: Collection[str]) -> bool:
    """Return whether `host`, a Host header, is one of `names`, localhost or an IP address.

    Other names are refused: a stranger could point one at this machine and have a browser read our pages (DNS
    rebinding).
    """
    bare = host_without_port(host)
    if bare in names or bare in {"localhost", ""}:
        return bare != ""
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


def host_without_port(host: str) -> str:
    """Return a Host header in lower case, without port and brackets."""
    text = host.strip().lower().rstrip(".")
    if text.startswith("["):
        inside, _, port = text[1:].partition("]")
        return inside if not port or (port[0] == ":" and port[1:].isdigit()) else text
    return text.partition(":")[0] if text.count(":") <= 1 else text


def is_public_suffix(domain: str) -> bool:
    """Return whether the names below a domain belong to different owners, as below ``co.uk``. A port is ignored."""
    return _public_suffixes().is_public(_PORT.sub("", domain))


@lru_cache(maxsize=1024)
def registrable_domain(host: str) -> str:
    """Return the domain of a host's owner: ``edition.x.co.uk`` and ``www.x.co.uk`` give ``x.co.uk``.

    A port is kept; an IP address and a public suffix are returned unchanged.
    """
    name = _PORT.sub("", host)
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return (_public_suffixes().privatesuffix(name) or name) + host[len(name) :]
    return host


@cache
def _public_suffixes() -> PublicSuffixList:
    with Path(PSLFILE).open(encoding="utf-8") as listed:
        return PublicSuffixList(chain(listed, _HOSTERS))
