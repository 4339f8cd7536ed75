"""Signing in by an identity provider: one that lies when it is told to, and a real one in a real browser.

::

    browser ── GET /login/oidc ──► console ── discovery ──► provider
            ◄── 303, cookie ──────   (state, nonce, verifier kept)
            ── authorize ─────────────────────────────────►
            ◄── 302 code, state ──────────────────────────
            ── GET /login/oidc/back ► console ── code, verifier ──► provider
            ◄── 303, session ──────   ◄── signed token (nonce) ──
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from playwright.sync_api import Browser, expect

from inspector.cli.doctor import Check, examine
from inspector.config import OIDC_BACK, OidcSettings, Settings
from inspector.credentials import InFile
from inspector.errors import ConfigError, ProviderError
from inspector.storage import Store
from inspector.storage.accounts import AuthorizationRequest
from inspector.web.accounts.authlib_provider import AuthlibProvider
from tests.web.idp import CLIENT, SECRET, Idp, real_provider, running_idp
from tests.web.pages import opened
from tests.web.signed_in import ADMIN, COOKIE, HTML, OWN, Clock, client_of, csrf_of, real_site, sign_in, with_password
from tests.web.site import Site

NAME = "qa_lead0"
ASKED = AuthorizationRequest("key", "state", "nonce", "v" * 43, "/")


@pytest.fixture
def idp() -> Iterator[Idp]:
    with running_idp() as idp:
        yield idp


@pytest.fixture
def clock() -> Clock:
    return Clock()


def with_provider(settings: Settings, issuer: str, **more: Any) -> Settings:
    # Nobody listens at the port of this address: what comes back there is carried to the console by hand.
    values = {"issuer": issuer, "client_id": CLIENT, "client_secret": SECRET, **more}
    oidc = OidcSettings.model_validate({"redirect_uri": f"http://127.0.0.1:1{OIDC_BACK}", **values})
    return settings.model_copy(update={"web": settings.web.model_copy(update={"oidc": oidc})})


@pytest.fixture
def site(settings: Settings, store: Store, idp: Idp, clock: Clock) -> Iterator[Site]:
    with real_site(with_provider(settings, idp.url), store, clock) as site:
        yield site


def sent(client: httpx2.Client, following: str = "/calls") -> str:
    """The address at the provider that a browser is sent to."""
    answer = client.get("/login/oidc", params={"next": following})
    assert answer.status_code == 303
    return answer.headers["location"]


def and_back(address: str) -> str:
    """What the provider sends the browser back to, without the host."""
    back = urlsplit(httpx2.get(address, trust_env=False).headers["location"])
    return f"{back.path}?{back.query}"


def signed_in(client: httpx2.Client, following: str = "/calls") -> httpx2.Response:
    """The whole way."""
    return client.get(and_back(sent(client, following)))


def is_in(client: httpx2.Client) -> bool:
    return client.get("/account").status_code == 200


def aside(asked: Callable[[], object]) -> None:
    """In a thread of its own, as the console asks: in this one a browser's loop may run."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asked).result()


class TestTheWay:
    def test_who_is_on_the_list_comes_in_and_goes_on(self, site: Site) -> None:
        with client_of(site) as client:
            page = client.get("/login", params={"next": "/calls?agent=1&x"}).text
            assert 'href="/login/oidc?next=/calls%3Fagent%3D1%26x"' in page
            answer = signed_in(client, "/calls?agent=1&x")
            assert (answer.status_code, answer.headers["location"]) == (303, "/calls?agent=1&x")
            assert is_in(client)
            assert NAME in client.get("/account").text
            assert COOKIE in client.cookies
            assert "inspector_oidc" not in client.cookies

    def test_the_cookie_on_the_way_is_short_and_for_no_script(self, site: Site) -> None:
        with client_of(site) as client:
            told = client.get("/login/oidc").headers["set-cookie"].lower()
            assert told.startswith("inspector_oidc=")
            assert all(part in told for part in ("httponly", "samesite=lax", "max-age=600", "path=/"))

    def test_over_https_it_is_bound_to_it(self, settings: Settings, store: Store, idp: Idp, clock: Clock) -> None:
        settings = with_provider(settings, idp.url)
        web = settings.web.model_copy(update={"https": True})
        with real_site(settings.model_copy(update={"web": web}), store, clock) as site, client_of(site) as client:
            told = client.get("/login/oidc").headers["set-cookie"]
            assert told.startswith("__Host-inspector-oidc=")
            assert "Secure" in told

    def test_nothing_secret_is_sent_through_the_browser(self, site: Site, idp: Idp) -> None:
        with client_of(site) as client:
            query = parse_qs(urlsplit(sent(client)).query)
        assert query.keys() == {
            *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
            *("code_challenge", "code_challenge_method"),
        }

    @pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "/\\evil.example"])
    def test_it_leads_nowhere_else(self, site: Site, following: str) -> None:
        with client_of(site) as client:
            assert signed_in(client, following).headers["location"] == "/"

    def test_a_session_begins_and_the_one_before_ends(self, site: Site, store: Store) -> None:
        with_password(site.console.settings, store, "admin0")
        with client_of(site, "admin0") as client:
            before = client.cookies[COOKIE]
            assert signed_in(client).status_code == 303
            assert client.cookies[COOKIE] != before
            with httpx2.Client(base_url=site.url, cookies={COOKIE: before}, headers=HTML) as old:
                assert not is_in(old)

    def test_the_session_ends_like_any_other(self, site: Site, clock: Clock) -> None:
        with client_of(site) as client:
            signed_in(client)
            clock.forward(minutes=31)
            assert not is_in(client)

    def test_signing_out_ends_it(self, site: Site) -> None:
        with client_of(site) as client:
            signed_in(client)
            client.post("/logout", data={"csrf": csrf_of(client)})
            assert not is_in(client)

    def test_a_temporary_password_waits_for_who_uses_it(self, site: Site, store: Store, clock: Clock) -> None:
        store.accounts.reset(ADMIN, NAME, "a hash", clock())
        with client_of(site) as client:
            signed_in(client)
            assert is_in(client)

    def test_passwords_open_the_door_as_before(self, site: Site, store: Store) -> None:
        with_password(site.console.settings, store, NAME)
        with client_of(site, NAME) as client:
            assert is_in(client)

    def test_without_a_provider_there_is_no_way(self, settings: Settings, store: Store, clock: Clock) -> None:
        with real_site(settings, store, clock) as site, client_of(site) as client:
            assert "/login/oidc" not in client.get("/login").text
            for path in ("/login/oidc", OIDC_BACK):
                assert client.get(path).status_code == 404


class TestBack:
    """What somebody may bring back who was not sent so."""

    def test_a_code_is_good_once(self, site: Site) -> None:
        with client_of(site) as client:
            back = and_back(sent(client))
            assert client.get(back).status_code == 303
            client.cookies.delete(COOKIE)
            again = client.get(back)
            assert again.status_code == 400
            assert "已经失效" in again.text
            assert not is_in(client)

    def test_who_goes_back_to_the_page_is_still_in(self, site: Site) -> None:
        with client_of(site) as client:
            back = and_back(sent(client))
            client.get(back)
            answer = client.get(back)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert is_in(client)

    def test_another_browser_cannot_bring_it(self, site: Site) -> None:
        with client_of(site) as mine, client_of(site) as anothers:
            sent(anothers)
            assert anothers.get(and_back(sent(mine))).status_code == 400
            assert not is_in(anothers)

    @pytest.mark.parametrize("state", ["", "another"])
    def test_a_state_that_was_not_sent_is_refused(self, site: Site, state: str) -> None:
        with client_of(site) as client:
            query = parse_qs(urlsplit(and_back(sent(client))).query)
            assert client.get(OIDC_BACK, params={"code": query["code"][0], "state": state}).status_code == 400
            assert not is_in(client)

    def test_after_ten_minutes_it_is_over(self, site: Site, clock: Clock) -> None:
        with client_of(site) as client:
            back = and_back(sent(client))
            clock.forward(minutes=10)
            assert client.get(back).status_code == 400

    def test_an_answer_of_another_issuer_is_refused(self, site: Site, idp: Idp) -> None:
        with client_of(site) as client:
            query = {name: values[0] for name, values in parse_qs(urlsplit(and_back(sent(client))).query).items()}
            idp.asked.clear()
            answer = client.get(OIDC_BACK, params={**query, "iss": "https://evil.example"})
            assert answer.status_code == 502
            assert "/token" not in idp.asked
            assert not is_in(client)

    def test_who_says_no_there_reads_what_he_can_do(self, site: Site, idp: Idp) -> None:
        idp.refuses = "access_denied"
        with client_of(site) as client:
            answer = signed_in(client)
            assert answer.status_code == 502
            assert "统一身份认证没有完成" in answer.text
            assert 'name="password"' in answer.text

    def test_nonsense_is_refused(self, site: Site) -> None:
        with client_of(site) as client:
            for query in ("", "?code=x", "?state=x", "?code=x&state=y", "?error=%00", "?code=" + "x" * 9000):
                assert client.get(f"{OIDC_BACK}{query}").status_code == 400


RSA, OTHER = (RSAKey.generate_key(2048, {"kid": name}) for name in ("first", "second"))
PUBLIC_PEM = RSA.as_pem(private=False)


class TestTheToken:
    """Whatever is not exactly right signs nobody in."""

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"iss": "https://evil.example"},
            {"iss": None},
            {"aud": "another"},
            {"aud": ["another", "third"]},
            {"aud": [CLIENT, "another"]},  # without azp
            {"aud": [CLIENT, "another"], "azp": "another"},
            {"aud": None},
            {"azp": "another"},
            {"exp": 1_000_000_000},
            {"exp": None},
            {"exp": "soon"},
            {"iat": 9_000_000_000},
            {"iat": None},
            {"nbf": 9_000_000_000},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sub": "x" * 256},
            {"preferred_username": None},
            {"preferred_username": " "},
            {"preferred_username": ["qa_lead0"]},
            {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        ],
        ids=str,
    )
    def test_with_a_wrong_claim(self, site: Site, idp: Idp, claims: dict[str, Any]) -> None:
        idp.claims = claims
        with client_of(site) as client:
            assert signed_in(client).status_code == 502
            assert not is_in(client)

    @pytest.mark.parametrize(
        "claims", [{"aud": [CLIENT]}, {"aud": [CLIENT, "another"], "azp": CLIENT}, {"exp": -30}], ids=str
    )
    def test_what_is_right_in_another_way_is_taken(self, site: Site, idp: Idp, claims: dict[str, Any]) -> None:
        if claims.get("exp") == -30:  # clocks differ
            claims = {"exp": int(time.time()) - 30}
        idp.claims = claims
        with client_of(site) as client:
            assert signed_in(client).status_code == 303
            assert is_in(client)

    def test_not_signed(self, site: Site, idp: Idp) -> None:
        idp.alg = "none"
        with client_of(site) as client:
            assert signed_in(client).status_code == 502
            assert not is_in(client)

    @pytest.mark.parametrize("secret", [SECRET.encode(), PUBLIC_PEM], ids=["the client's secret", "the public key"])
    def test_signed_with_what_others_know(self, site: Site, idp: Idp, secret: bytes) -> None:
        """The confusion of algorithms: HMAC with something that is no secret of the provider alone."""
        idp.shared, idp.key = secret, RSA
        with client_of(site) as client:
            assert signed_in(client).status_code == 502
            assert not is_in(client)

    def test_signed_with_a_shared_key_that_is_published(self, site: Site, idp: Idp) -> None:
        idp.shared = b"0123456789abcdef0123456789abcdef"
        shared = OctKey.import_key(idp.shared, {"kid": "first"}).as_dict(private=True)
        idp.answers["/keys"] = lambda: (200, {"keys": [shared]})
        with client_of(site) as client:
            assert signed_in(client).status_code == 502
            assert not is_in(client)

    def test_signed_by_another(self, site: Site, idp: Idp) -> None:
        idp.key, idp.shown = RSAKey.generate_key(2048, {"kid": "first"}), [RSA]
        with client_of(site) as client:
            assert signed_in(client).status_code == 502

    def test_signed_with_a_key_that_is_not_published_until_it_is(self, site: Site, idp: Idp) -> None:
        idp.key, idp.shown = OTHER, [RSA]
        with client_of(site) as client:
            assert signed_in(client).status_code == 502
            idp.shown = [RSA, OTHER]
            assert signed_in(client).status_code == 303

    def test_signed_by_elliptic_curves(self, site: Site, idp: Idp) -> None:
        idp.alg, idp.key = "ES256", ECKey.generate_key("P-256", {"kid": "first"})
        with client_of(site) as client:
            assert signed_in(client).status_code == 303


class TestTheProvider:
    """It may be down, slow, broken or another one: passwords open the door, and nobody is let in by mistake."""

    @pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
    @pytest.mark.parametrize(
        "answer",
        [(500, {}), (404, {}), (302, {}), (200, b"<html>"), (200, []), (200, {}), (200, b"\xff\xff"), (200, None)],
        ids=str,
    )
    def test_that_answers_nonsense(self, site: Site, idp: Idp, path: str, answer: tuple[int, Any]) -> None:
        with client_of(site) as client:
            back = and_back(sent(client))
            idp.answers[path] = lambda: answer
            told = client.get(back)
            assert told.status_code == 502
            assert 'name="password"' in told.text
            assert not is_in(client)

    @pytest.mark.parametrize(
        "what",
        [{"keys": 5}, {"keys": ["x"]}, {"keys": [{"kty": "RSA"}]}, {"keys": [{"kty": "new"}]}, {"keys": []}],
        ids=str,
    )
    def test_whose_keys_are_none(self, site: Site, idp: Idp, what: object) -> None:
        idp.answers["/keys"] = lambda: (200, what)
        with client_of(site) as client:
            assert signed_in(client).status_code == 502

    @pytest.mark.parametrize("token", [5, "", "a.b", "a.b.c", "a.b.c.d.e", None, {"a": 1}], ids=str)
    def test_whose_token_is_none(self, site: Site, idp: Idp, token: object) -> None:
        idp.answers["/token"] = lambda: (200, {"access_token": "a", "token_type": "Bearer", "id_token": token})
        with client_of(site) as client:
            assert signed_in(client).status_code == 502

    @pytest.mark.parametrize(
        "published",
        [
            {"issuer": "https://evil.example"},
            {"issuer": None},
            {"authorization_endpoint": "ftp://x/"},
            {"token_endpoint": "/token"},
            {"jwks_uri": 7},
            {"token_endpoint": None},
        ],
        ids=str,
    )
    def test_that_is_another_one(self, site: Site, idp: Idp, published: dict[str, Any]) -> None:
        idp.published = published
        with client_of(site) as client:
            assert client.get("/login/oidc").status_code == 502
            assert idp.asked == ["/.well-known/openid-configuration"]

    def test_that_is_gone(self, settings: Settings, store: Store, clock: Clock) -> None:
        with socket.socket() as taken:  # bound, but nobody listens
            taken.bind(("127.0.0.1", 0))
            gone = with_provider(settings, f"http://127.0.0.1:{taken.getsockname()[1]}")
            with_password(settings, store, NAME)
            with real_site(gone, store, clock) as site, client_of(site) as client:
                told = client.get("/login/oidc", params={"next": "/calls"})
                assert told.status_code == 502
                assert 'name="next" value="/calls"' in told.text
                assert sign_in(client, NAME).status_code == 303

    def test_that_does_not_know_the_secret(self, settings: Settings, store: Store, idp: Idp, clock: Clock) -> None:
        wrong = with_provider(settings, idp.url, client_secret="another")  # noqa: S106 - wrong on purpose
        with real_site(wrong, store, clock) as site, client_of(site) as client:
            assert signed_in(client).status_code == 502

    def test_that_takes_the_secret_in_the_form_only(self, site: Site, idp: Idp) -> None:
        seen = []
        own = idp.token
        idp.published = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

        def by_form(form: dict[str, str], authorization: str) -> tuple[int, Any]:
            seen.append((form["client_id"], form["client_secret"], authorization))
            idp_proof = httpx2.BasicAuth(CLIENT, SECRET)._auth_header
            return own(form, idp_proof)

        idp.token = by_form  # type: ignore[method-assign]
        with client_of(site) as client:
            assert signed_in(client).status_code == 303
        assert seen == [(CLIENT, SECRET, "")]

    def test_what_is_told_of_it_quotes_nothing_it_said(self, idp: Idp, settings: Settings) -> None:
        oidc = with_provider(settings, idp.url).web.oidc
        assert oidc is not None
        provider = AuthlibProvider(oidc)
        for answer in ((400, {"error": "zhang san is locked"}), (200, {"error": "x"}), (200, b"zhang san")):
            idp.answers["/token"] = lambda told=answer: told
            with pytest.raises(ProviderError) as caught:
                aside(lambda: provider.identity("code", ASKED, Clock()()))
            assert "zhang" not in str(caught.value)
            assert caught.value.remedy

    def test_that_hangs_is_left_after_its_time(
        self, idp: Idp, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("inspector.web.accounts.authlib_provider._TIMEOUT_S", 0.2)
        oidc = with_provider(settings, idp.url).web.oidc
        assert oidc is not None

        def late() -> tuple[int, Any]:
            time.sleep(1)
            return 200, {}

        idp.answers["/.well-known/openid-configuration"] = late
        with pytest.raises(ProviderError, match="does not answer"):
            aside(lambda: AuthlibProvider(oidc).address(ASKED))


class TestTheDoctor:
    """What ``inspector doctor`` says of it."""

    @staticmethod
    def said(settings: Settings) -> list[tuple[bool, str]]:
        found: list[Check] = []
        aside(lambda: found.extend(examine(settings, None, ())))
        return [(one.ok, one.detail) for one in found if one.name == "identity provider"]

    def test_one_that_answers_one_that_does_not_and_none(self, settings: Settings, idp: Idp) -> None:
        assert self.said(with_provider(settings, idp.url)) == [(True, f"{idp.url} answers")]
        idp.answers["/keys"] = lambda: (503, {})
        assert self.said(with_provider(settings, idp.url)) == [
            (False, "the identity provider does not answer: status 503")
        ]
        assert self.said(settings) == []


class TestWho:
    @pytest.mark.parametrize("name", ["nobody", "QA_LEAD0", "<script>alert(1)</script>", "\u202eqa", "x" * 5000])
    def test_who_is_not_on_the_list_stays_out_and_is_told(self, site: Site, idp: Idp, name: str) -> None:
        idp.user = {"sub": "s-9", "preferred_username": name}
        with client_of(site) as client:
            answer = signed_in(client)
            assert answer.status_code == 403
            assert "没有对应的在用人员" in answer.text
            assert name not in answer.text
            assert not is_in(client)

    def test_a_name_that_another_was_given_there_opens_nothing_until_it_is_untied(
        self, site: Site, idp: Idp, store: Store
    ) -> None:
        with_password(site.console.settings, store, "admin0")
        with client_of(site) as first, client_of(site) as second, client_of(site, "admin0") as admin:
            signed_in(first)
            idp.user = {"sub": "s-2", "preferred_username": NAME}
            answer = signed_in(second)
            assert answer.status_code == 403
            assert "已绑定另一个身份" in answer.text
            assert "解除身份绑定" in admin.get("/people/person", params={"name": NAME}).text
            admin.post("/people/loosen", data={"name": NAME, "csrf": csrf_of(admin)})
            assert not is_in(first)
            assert signed_in(second).status_code == 303
            assert is_in(second)

    def test_who_is_deactivated_is_out(self, site: Site, store: Store, clock: Clock) -> None:
        person = next(one for one in store.people.all() if one.name == NAME)
        with client_of(site) as client:
            signed_in(client)
            store.people.change(ADMIN, replace(person, active=False), clock())
            assert not is_in(client)
            assert signed_in(client).status_code == 403

    def test_the_name_may_stand_in_another_claim(
        self, settings: Settings, store: Store, idp: Idp, clock: Clock
    ) -> None:
        idp.user = {"sub": "s-1", "upn": NAME}
        with real_site(with_provider(settings, idp.url, claim="upn"), store, clock) as site, client_of(site) as client:
            assert signed_in(client).status_code == 303


class TestSettings:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("issuer", "http://id.bank.example"),
            ("issuer", "id.bank.example"),
            ("issuer", "https://user@id.bank.example"),
            ("issuer", "https://id.bank.example/?x=1"),
            ("redirect_uri", f"http://inspector.bank.example{OIDC_BACK}"),
            ("redirect_uri", "https://inspector.bank.example/"),
            ("client_id", ""),
        ],
    )
    def test_what_cannot_work_is_refused(self, settings: Settings, field: str, value: str) -> None:
        with pytest.raises(ValueError, match=field):
            with_provider(settings, **{"issuer": "https://id.bank.example", field: value})

    def test_the_secret_may_lie_in_a_file_and_is_never_shown(self, settings: Settings, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("hush-hush\n", "utf-8")
        lying = with_provider(settings, "https://id.bank.example", client_secret=InFile(file=file)).web.oidc
        written = with_provider(settings, "https://id.bank.example", client_secret="hush-hush").web.oidc  # noqa: S106
        for oidc in (lying, written):
            assert oidc is not None
            assert AuthlibProvider(oidc)._secret == "hush-hush"  # noqa: S105
            assert "hush" not in repr(oidc)

    def test_a_file_that_is_not_there_is_told_at_the_start(
        self, settings: Settings, store: Store, tmp_path: Path
    ) -> None:
        missing = with_provider(settings, "https://id.bank.example", client_secret=InFile(file=tmp_path / "none"))
        with pytest.raises(ConfigError, match="secret file"), real_site(missing, store, Clock()):
            pass


    def test_without_the_extra_the_console_says_what_to_install_and_does_not_start(self, tmp_path: Path) -> None:
        """Set by the environment, as a service is."""
        values = {"ISSUER": "https://id.bank.example", "CLIENT_ID": CLIENT, "CLIENT_SECRET__FILE": str(tmp_path / "s")}
        values["REDIRECT_URI"] = f"https://inspector.bank.example{OIDC_BACK}"
        env = {**os.environ, "INSPECTOR_HOME": str(tmp_path), "INSPECTOR_WEB__PORT": str(free_port())}
        env |= {f"INSPECTOR_WEB__OIDC__{name}": value for name, value in values.items()}
        program = "import sys; sys.modules['authlib'] = None; from inspector.cli.app import main; sys.exit(main())"
        ended = subprocess.run([sys.executable, "-c", program, "serve"], env=env, capture_output=True, timeout=120)
        assert ended.returncode == 3
        assert "locks/oidc.txt" in ended.stderr.decode()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_in_a_real_browser_by_a_real_provider(browser: Browser, settings: Settings, store: Store) -> None:
    """A click here, a yes there, and he is in; he has no password to change, and an administrator sees how he comes."""
    port = free_port()
    back = f"http://127.0.0.1:{port}{OIDC_BACK}"
    with_password(settings, store, "admin0")
    with (
        real_provider(free_port(), sub="s-77", preferred_username=NAME) as issuer,
        real_site(with_provider(settings, issuer, redirect_uri=back), store, Clock(), port) as site,
    ):
        with opened(browser, site, None) as seen:
            page = seen.page
            # The provider's own page asks for a style sheet on the internet.
            elsewhere = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")
            page.context.route(elsewhere, lambda route: route.fulfill(content_type="text/css"))
            page.goto("/calls")
            assert seen.serious() == []
            page.get_by_role("link", name="统一身份认证登录").click()
            page.get_by_role("button", name="s-77").click()
            page.wait_for_url("**/calls")
            expect(page.get_by_role("link", name=NAME, exact=True)).to_be_visible()
            page.goto("/account")
            expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
            expect(page.get_by_role("link", name="修改密码")).to_have_count(0)
            page.get_by_role("button", name="退出").click()
            page.get_by_role("link", name="统一身份认证登录").click()
            page.get_by_role("button", name="Deny").click()
            expect(page.get_by_role("alert")).to_contain_text("统一身份认证")
            assert [one for one in seen.faults if "status of 4" not in one and "status of 502" not in one] == []
            assert seen.serious() == []
        with opened(browser, site, None) as seen:
            page = seen.page
            page.goto("/login")
            page.locator("main [name=name]").fill("admin0")
            page.locator("main [name=password]").fill(OWN)
            page.get_by_role("button", name="登录", exact=True).click()
            page.goto(f"/people/person?name={NAME}")
            expect(page.get_by_role("button", name="解除身份绑定")).to_be_visible()
            expect(page.get_by_role("button", name="开通账号")).to_be_visible()
            assert seen.serious() == []
            page.get_by_role("button", name="解除身份绑定").click()
            expect(page.get_by_role("button", name="解除身份绑定")).to_have_count(0)
            assert seen.faults == []
