"""The site's files on their way to the bucket.

New assets first: a page never names a script that is not there yet. Assets carry their content in
their name and are kept for good, so pages that are still open go on. Then everything else, the
pages last. Only pages are invalidated.
"""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.outside import Outside

FOR_EVER: Final = "public, max-age=31536000, immutable"
ALWAYS_ASK: Final = "no-cache"
NOT_FOUND: Final = "404.html"


def in_order(site: Path) -> list[Path]:
    """All files of a built site, as they are to go."""
    files = [p for p in site.rglob("*") if p.is_file() and not p.name.startswith(".")]
    return sorted(files, key=lambda path: (_place(site, path), str(path)))


def _place(site: Path, path: Path) -> int:
    if path.relative_to(site).parts[0] == "assets":
        return 0
    return 2 if path.suffix == ".html" else 1


def publish(outside: Outside, site: Path, bucket: str, distribution: str) -> int:
    """Put every file there, then have the copies of pages fetched anew; how many went."""
    s3, files = outside.aws("s3"), in_order(site)
    for path in files:
        s3.put_object(
            Bucket=bucket,
            Key=str(path.relative_to(site)),
            Body=path.read_bytes(),
            CacheControl=FOR_EVER if _place(site, path) == 0 else ALWAYS_ASK,
            ContentType=content_type(path),
            Metadata={"status": "404"} if path.name == NOT_FOUND else {},
        )
    paths = sorted(_invalidated(site, files))
    outside.aws("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(paths), "Items": paths},
            "CallerReference": f"{outside.now():%Y%m%d%H%M%S%f}",
        },
    )
    return len(files)


def _invalidated(site: Path, files: list[Path]) -> Iterator[str]:
    """Pages by the names that the bucket knows, and by those that people do."""
    yield from ("/", "/t/*")
    for path in files:
        if path.suffix == ".html":
            yield f"/{path.relative_to(site)}"
            yield f"/{path.relative_to(site).with_suffix('')}"


def content_type(path: Path) -> str:
    """As the sandbox's site server says it."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
