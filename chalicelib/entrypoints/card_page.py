"""The page behind a shared link: words that a chat reads for its preview, and people without a
script; everybody else is taken to the profile at once (`frontend-static/public/share.js`).
"""

from collections.abc import Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from chalicelib.entrypoints.card_picture import HEIGHT, WIDTH

_LEAGUE: Final = "CoinMarketLeague"
_CLAIM: Final = (
    "Crypto traders ranked by what their exchange accounts really did. Returns are public, "
    "balances stay private."
)
_WINDOWS: Final = (("24h", "24 h"), ("7d", "7 d"), ("30d", "30 d"))


def trader_page(card: Mapping[str, Any], site: str) -> str:
    """The page of a trader. `card` is what the table lets everyone see of him; `site` is the
    address of the site, which readers of previews want in front of every path."""
    name = quote(str(card["name"]), safe="")
    results = [_result(card["pnl"][window], said) for window, said in _WINDOWS]
    since = f" As of {card['as_of'][:10]} {card['as_of'][11:16]} UTC." if card["as_of"] else ""
    return _page(
        title=f"{card['name']} – {_LEAGUE}",
        description=f"{', '.join(results)}.{since} Measured from the exchange account every full "
        "hour, deposits taken out. Past results say nothing about the future.",
        site=site,
        own=f"/s/{name}",
        picture=f"/s/{name}/card.png",
        leads_to=f"/t/{name}",
    )


def league_page(site: str) -> str:
    """The page for a name that has no profile for everyone: it tells nothing of who may bear it."""
    return _page(
        title=_LEAGUE,
        description=_CLAIM,
        site=site,
        own="/",
        picture="/card.png",
        leads_to="/",
    )


def _result(result: Mapping[str, Any], said: str) -> str:
    if result["pct"] is None:
        return f"{said} –"
    percent = str(result["pct"])
    sign = "−" if percent.startswith("-") else "+"
    rank = "" if result["rank"] is None else f" (rank {result['rank']:,})"
    limited = ", limited: large deposit" if result["capped"] else ""
    return f"{said} {sign}{percent.removeprefix('-')} %{rank}{limited}"


def _page(*, title: str, description: str, site: str, own: str, picture: str, leads_to: str) -> str:
    told = {
        "og:type": "website",
        "og:site_name": _LEAGUE,
        "og:title": title,
        "og:description": description,
        "og:url": f"{site}{own}",
        "og:image": f"{site}{picture}",
        "og:image:type": "image/png",
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": f"{title}. {description}",
    }
    named = {
        "description": description,
        "robots": "noindex",
        "twitter:card": "summary_large_image",
        "twitter:title": title,
        "twitter:description": description,
        "twitter:image": f"{site}{picture}",
    }
    lines = [f'<meta property="{each}" content="{escape(told[each])}">' for each in told]
    lines += [f'<meta name="{each}" content="{escape(named[each])}">' for each in named]
    link = escape(leads_to)
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            *lines,
            '<link rel="icon" href="/icon.svg" type="image/svg+xml">',
            '<link rel="stylesheet" href="/share.css">',
            '<script src="/share.js" defer></script>\n</head>\n<body>\n<main>',
            f"<h1>{escape(title)}</h1>\n<p>{escape(description)}</p>",
            f'<p><a id="profile" href="{link}">Go on</a></p>\n</main>\n</body>\n</html>\n',
        )
    )
