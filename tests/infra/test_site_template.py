"""The content network does what the sandbox's site server does: that one is what tests look at."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.template import Document, site_addresses, source_addresses
from sandbox import site as sandbox_site
from sandbox.site import SECURITY_HEADERS, Site

NODE = shutil.which("node") or "node"


def config(template: Document, name: str) -> Document:
    """The one member of a resource's properties that holds the others."""
    [found] = template["Resources"][name]["Properties"].values()
    assert isinstance(found, dict)
    return found


def behaviors(template: Document) -> dict[str, Document]:
    made = config(template, "Distribution")
    others = {each["PathPattern"]: each for each in made["CacheBehaviors"]}
    return {"*": made["DefaultCacheBehavior"], **others}


def test_every_answer_has_the_headers_of_the_sandbox(template: Document) -> None:
    policy = config(template, "SiteHeaders")
    security = policy["SecurityHeadersConfig"]
    transport = security["StrictTransportSecurity"]
    given = {each["Header"]: each["Value"] for each in policy["CustomHeadersConfig"]["Items"]} | {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "X-Content-Type-Options": "nosniff",
        "Strict-Transport-Security": f"max-age={transport['AccessControlMaxAgeSec']}"
        + ("; includeSubDomains" if transport["IncludeSubdomains"] else ""),
    }
    assert given == SECURITY_HEADERS
    assert {str(each["ResponseHeadersPolicyId"]) for each in behaviors(template).values()} == {
        str({"Ref": "SiteHeaders"})
    }


def test_the_api_is_told_of_a_request_what_the_sandbox_tells(template: Document) -> None:
    cache, request = config(template, "ApiCache"), config(template, "ApiRequest")
    key = cache["ParametersInCacheKeyAndForwardedToOrigin"]
    told = {*key["HeadersConfig"]["Headers"], *request["HeadersConfig"]["Headers"]}
    assert request["CookiesConfig"] == {"CookieBehavior": "all"}
    assert told | {"Cookie"} == {*sandbox_site._PASSED_ON, "CloudFront-Viewer-Address"}


def test_an_answer_of_the_api_is_kept_as_long_as_it_says_and_apart_by_token(
    template: Document,
) -> None:
    cache = config(template, "ApiCache")
    assert (cache["MinTTL"], cache["DefaultTTL"]) == (0, 0)
    key = cache["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["HeadersConfig"]["Headers"] == ["Authorization"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    errors = config(template, "Distribution")["CustomErrorResponses"]
    assert {each["ErrorCachingMinTTL"] for each in errors} == {0}


def test_files_come_out_of_a_bucket_that_only_the_network_reads(template: Document) -> None:
    origins = {each["Id"]: each for each in config(template, "Distribution")["Origins"]}
    assert origins["site"]["OriginAccessControlId"] == {"Fn::GetAtt": ["SignedForBucket", "Id"]}
    assert config(template, "SignedForBucket")["SigningBehavior"] == "always"
    [header] = origins["api"]["OriginCustomHeaders"]
    assert header["HeaderName"] == "X-Origin-Secret"
    secret = template["Resources"]["APIHandler"]["Properties"]["Environment"]["Variables"]
    assert header["HeaderValue"] == secret["LEAGUE_ORIGIN_SECRET"]


def run_script(code: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a script of the content network makes of each event."""
    program = f"{code}\nconsole.log(JSON.stringify({json.dumps(events)}.map(handler)))"
    made = subprocess.run(
        [NODE, "--eval", program], capture_output=True, text=True, check=True, timeout=30
    )
    found: list[dict[str, Any]] = json.loads(made.stdout)
    return found


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of empty files under the real names."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "assets").mkdir()
    (folder / "assets" / "board-1a2b.js").touch()
    for name in source_addresses().files:
        (folder / name).touch()
    return folder


ADDRESSES = [
    *(
        "/",
        "/index",
        "/index.html",
        "/how",
        "/how.html",
        "/privacy",
        "/terms",
        "/404",
        "/robots.txt",
    ),
    *("/t/Ada", "/t/%41da", "/t/", "/t/a/b", "/t", "/trader", "/nothing", "/nothing.html"),
    *("/assets/board-1a2b.js", "/icon.svg", "/first.js", "/Index", "/how/", "/.built-from"),
]


def test_an_address_has_the_file_that_the_sandbox_gives_it(
    template: Document, site_folder: Path
) -> None:
    code = template["Resources"]["FileOfAddress"]["Properties"]["FunctionCode"]
    events = [{"request": {"uri": each, "headers": {}}} for each in ADDRESSES]
    found = [each["uri"] for each in run_script(code, events)]
    local = Site(site_folder, "http://127.0.0.1:9", lambda: pytest.fail("no clock is needed"))
    expected = []
    for address in ADDRESSES:
        path = local._path(address.removeprefix("/"))
        expected.append("/404.html" if path is None else f"/{path.relative_to(site_folder)}")
    assert dict(zip(ADDRESSES, found, strict=True)) == dict(zip(ADDRESSES, expected, strict=True))


def test_a_shared_link_is_asked_of_the_api_as_the_sandbox_asks(template: Document) -> None:
    behavior = behaviors(template)["/s/*"]
    assert behavior["TargetOriginId"] == "api"
    assert behavior["CachePolicyId"] == {"Ref": "ApiCache"}
    code = template["Resources"]["CardOfTrader"]["Properties"]["FunctionCode"]
    sent = {"accept": {"value": "*/*"}, "authorization": {"value": "Bearer x"}}
    events: list[dict[str, Any]] = [
        {"request": {"uri": uri, "headers": sent, "cookies": {"a": {}}, "querystring": {"q": {}}}}
        for uri in ("/s/Ada", "/s/%41da/card.png", "/s/a/b")
    ]
    page, picture, other = run_script(code, events)
    assert (page["uri"], picture["uri"]) == ("/api/traders/Ada/card", "/api/traders/%41da/card.png")
    assert page["headers"] == {"accept": {"value": "text/html"}}
    assert picture["headers"] == {"accept": {"value": "image/png"}}
    assert (page["cookies"], page["querystring"]) == ({}, {})
    assert other["uri"] == "/api/"


def test_the_page_for_what_is_not_there_says_so_by_its_status(template: Document) -> None:
    code = template["Resources"]["StatusOfPage"]["Properties"]["FunctionCode"]
    stored = {"x-amz-meta-status": {"value": "404"}, "etag": {"value": '"1"'}}
    events = [
        {"response": {"statusCode": 200, "headers": stored}},
        {"response": {"statusCode": 200, "headers": {"etag": {"value": '"2"'}}}},
    ]
    gone, there = run_script(code, events)
    assert (gone["statusCode"], list(gone["headers"])) == (404, ["etag"])
    assert there["statusCode"] == 200


def test_scripts_fit_into_the_network(template: Document) -> None:
    for name in ("CardOfTrader", "FileOfAddress", "StatusOfPage"):
        code = template["Resources"][name]["Properties"]["FunctionCode"]
        assert len(code.encode()) < 10_240
        assert "/*" not in code or "the site's" not in code


def test_addresses_of_sources_are_those_of_the_built_site(site_folder: Path) -> None:
    assert site_addresses(site_folder) == source_addresses()
