"""The small pages that a web server in front of the exchange puts in place of an answer."""

from __future__ import annotations


def page(title: str) -> str:
    """A page that says only its title, e.g. `410 Gone`."""
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
