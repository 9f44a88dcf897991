"""Every page of the site, found by its file: one that is added cannot be forgotten by a test."""

from sandbox.site_build import SOURCES

PAGES = sorted(path.stem for path in SOURCES.glob("*.html"))
