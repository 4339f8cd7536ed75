"""Signing in and out, as browsers and programs do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import httpx2
import pytest
from argon2 import PasswordHasher
from starlette.requests import HTTPConnection

from inspector.config import Settings
from inspector.roles import Deed, Person, Role
from inspector.storage import Store
from inspector.storage.accounts import ApiToken
from inspector.web.accounts import passwords
from inspector.web.accounts.sessions import StoredSessions, digest_of
from inspector.web.console import Lang
from inspector.web.words import say
from tests.conftest import ROOT
from tests.web.signed_in import ADMIN, COOKIE, HTML, OWN, Clock, client_of, csrf_of, real_site, sign_in, with_password
from tests.web.site import Site


@pytest.fixture
def moved() -> Clock:
    return Clock()


@pytest.fixture
def real(settings: Settings, store: Store, moved: Clock) -> Iterator[Site]:
    """With passwords for an administrator and a QA lead."""
    for name in ("admin0", "qa_lead0"):
        with_password(settings, store, name)
    with real_site(settings, store, moved) as site:
        yield site


def status(client: httpx2.Client, path: str = "/account") -> int:
    return client.get(path).status_code


def set_cookie(answer: httpx2.Response) -> str:
    return answer.headers["set-cookie"]


def test_the_right_password_opens_what_was_asked_for(real: Site) -> None:
    with client_of(real) as client:
        sent = client.get("/people")
        assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/people")
        assert 'name="next" value="/people"' in client.get(sent.headers["location"]).text
        answer = sign_in(client, "admin0", following="/people")
        assert (answer.status_code, answer.headers["location"]) == (303, "/people")
        assert status(client, "/people") == 200
        assert client.get("/login?next=/people").headers["location"] == "/people", "he is signed in already"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("qa_lead0", "wrong wrong wrong"),
        ("nobody", OWN),
        ("auditor0", OWN),
        ("", ""),
        ("qa_lead0\x00", OWN),
        ("x" * 10_000, "y" * 10_000),
        ("<script>alert(1)</script>", "\u202e"),
    ],
)
def test_whatever_is_wrong_is_refused_in_the_same_words(real: Site, name: str, password: str) -> None:
    with client_of(real) as client:
        expected = sign_in(client, "qa_lead0", "not this one")
        answer = sign_in(client, name, password)
        assert answer.status_code == expected.status_code == 400
        without_nonce = [one.text.partition("<main")[2].partition("</main")[0] for one in (answer, expected)]
        assert without_nonce[0] == without_nonce[1]
        assert "set-cookie" not in answer.headers


def test_a_locked_account_reads_like_a_wrong_password(real: Site) -> None:
    with client_of(real) as client:
        told = {sign_in(client, "qa_lead0", "wrong").text.partition("<main")[2] for _ in range(5)}
        told.add(sign_in(client, "qa_lead0", OWN).text.partition("<main")[2])
        assert len(told) == 1
        assert status(client) == 303


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one(monkeypatch: pytest.MonkeyPatch, real: Site) -> None:
    hasher, asked = passwords._HASHER, []

    def verify(kept: str, password: str) -> bool:
        asked.append(kept.split("$")[1:4])  # kind, version, parameters
        return hasher.verify(kept, password)

    counting = SimpleNamespace(verify=verify, hash=hasher.hash, check_needs_rehash=hasher.check_needs_rehash)
    monkeypatch.setattr(passwords, "_HASHER", counting)
    with client_of(real) as client:
        for name in ("qa_lead0", "nobody", "auditor0"):
            sign_in(client, name, "wrong")
    assert len(asked) == 3
    assert asked[0] == asked[1] == asked[2]


def test_a_hash_with_older_parameters_is_made_anew_at_the_login(real: Site, store: Store) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(OWN)
    store.accounts.reset(ADMIN, "qa_lead0", weaker, real.console.clock())
    with client_of(real, "qa_lead0"):
        kept = store.accounts.hash_of("qa_lead0")
    assert kept is not None
    assert kept != weaker
    assert passwords.matches(kept, OWN)


def test_thirty_wrong_passwords_from_one_address_are_enough(real: Site, store: Store) -> None:
    sessions = real.console.sessions
    assert isinstance(sessions, StoredSessions)
    for _ in range(30):
        assert sessions.throttle.admits("127.0.0.1", real.console.clock())
    with client_of(real) as client:
        answer = sign_in(client, "qa_lead0")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "following",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "",
        "people",
    ],
)
def test_the_login_leads_nowhere_else(real: Site, following: str) -> None:
    with client_of(real) as client:
        assert sign_in(client, "qa_lead0", following=following).headers["location"] == "/"
        assert client.get("/login", params={"next": following}).headers["location"] == "/"


def test_the_cookie_is_for_this_host_and_no_script(real: Site) -> None:
    with client_of(real) as client:
        cookie = set_cookie(sign_in(client, "qa_lead0"))
    name, *attributes = cookie.split("; ")
    assert name.partition("=")[0] == COOKIE
    assert len(name.partition("=")[2]) == 43, "32 bytes by chance"
    assert {one.lower() for one in attributes} == {"httponly", "path=/", "samesite=lax"}


def test_over_https_the_cookie_is_bound_to_it(settings: Settings, store: Store, moved: Clock) -> None:
    with_password(settings, store, "qa_lead0")
    secure = settings.model_copy(update={"web": settings.web.model_copy(update={"https": True})})
    with real_site(secure, store, moved) as site, httpx2.Client(base_url=site.url, headers=HTML) as client:
        cookie = set_cookie(sign_in(client, "qa_lead0"))
        assert cookie.startswith("__Host-inspector=")
        assert "; secure" in cookie.lower()
        assert "domain" not in cookie.lower()
        held = cookie.partition(";")[0]
        assert client.get("/account", headers={"cookie": held}).status_code == 200
        renamed = held.replace("__Host-inspector", COOKIE)
        assert client.get("/account", headers={"cookie": renamed}).status_code == 303


def test_a_login_begins_a_session_of_its_own_and_ends_the_one_before(real: Site) -> None:
    with client_of(real) as client, client_of(real) as thief:
        for one in (client, thief):
            one.cookies.set(COOKIE, "chosen-by-somebody-else", domain="127.0.0.1")
        fixed = set_cookie(sign_in(client, "qa_lead0"))
        assert "chosen-by-somebody-else" not in fixed
        assert status(thief) == 303
    with client_of(real, "qa_lead0") as client:
        old = client.cookies[COOKIE]
        sign_in(client, "qa_lead0")
        assert client.cookies[COOKIE] != old
        with client_of(real) as replaying:
            replaying.cookies.set(COOKIE, old, domain="127.0.0.1")
            assert status(replaying) == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(real: Site) -> None:
    with client_of(real, "qa_lead0") as client, client_of(real, "qa_lead0") as elsewhere:
        kept, csrf = client.cookies[COOKIE], csrf_of(client)
        assert client.post("/logout", data={"csrf": csrf}).headers["location"] == "/login"
        assert COOKIE not in client.cookies
        client.cookies.set(COOKIE, kept, domain="127.0.0.1")
        assert status(client) == 303
        assert client.post("/logout", data={"csrf": csrf}).status_code == 401, "a second tab"
        assert status(elsewhere) == 200


@pytest.mark.parametrize("path", ["/logout", "/account/password", "/account/tokens", "/people/add", "/people/reset"])
@pytest.mark.parametrize("csrf", [None, "", "x", "of another session"])
def test_a_change_without_the_token_of_the_session_is_refused(real: Site, path: str, csrf: str | None) -> None:
    with client_of(real, "admin0") as client, client_of(real, "admin0") as other:
        given = csrf_of(other) if csrf == "of another session" else csrf
        data = {"name": "qa_lead0", **({} if given is None else {"csrf": given})}
        assert client.post(path, data=data).status_code == 403
        assert status(client) == 200


def test_what_is_kept_of_a_session_does_not_sign_anybody_in(real: Site) -> None:
    with client_of(real, "qa_lead0") as client, client_of(real) as thief:
        thief.cookies.set(COOKIE, digest_of(client.cookies[COOKIE]), domain="127.0.0.1")
        assert status(thief) == 303


def test_a_session_that_was_not_used_is_over(real: Site, moved: Clock) -> None:
    with client_of(real, "qa_lead0") as client:
        for _ in range(3):
            moved.forward(minutes=29)
            assert status(client) == 200
        moved.forward(minutes=30)
        assert status(client) == 303


def test_a_session_is_over_after_its_hours_however_much_it_is_used(real: Site, moved: Clock) -> None:
    with client_of(real, "qa_lead0") as client:
        for _ in range(24):
            assert status(client) == 200
            moved.forward(minutes=29.9)
        moved.forward(minutes=3)
        assert status(client) == 303


def test_who_is_deactivated_is_out_with_his_next_request_and_roles_count_at_once(real: Site, store: Store) -> None:
    with client_of(real, "qa_lead0") as client:
        assert status(client, "/people") == 403
        store.people.change(ADMIN, Person("qa_lead0", frozenset({Role.ADMIN})), real.console.clock())
        assert status(client, "/people") == 200
        store.people.change(ADMIN, Person("qa_lead0", frozenset({Role.ADMIN}), active=False), real.console.clock())
        assert status(client, "/people") == 303
        assert sign_in(client, "qa_lead0").status_code == 400


class TestPassword:
    """One's own."""

    def change(self, client: httpx2.Client, now_is: str, new: str, again: str | None = None) -> httpx2.Response:
        data = {"now_is": now_is, "password": new, "again": new if again is None else again}
        return client.post("/account/password", data={**data, "csrf": csrf_of(client, "/account/password")})

    def test_a_temporary_one_is_good_for_choosing_another(self, real: Site, store: Store) -> None:
        now = real.console.clock()
        store.accounts.reset(ADMIN, "qa_lead0", passwords.hash_of("given by somebody"), now)
        with client_of(real, "qa_lead0", "given by somebody") as client:
            first = client.get("/account")
            assert first.headers["location"] == "/login?next=/account"
            assert client.get(first.headers["location"]).headers["location"] == "/account/password"
            assert client.post("/account/tokens", data={"label": "x"}).status_code == 401
            before = client.cookies[COOKIE]
            assert self.change(client, "given by somebody", "我自己选的一句话不告诉别人").status_code == 303
            assert client.cookies[COOKIE] != before
            assert status(client) == 200
        with client_of(real) as client:
            assert sign_in(client, "qa_lead0", "given by somebody").status_code == 400

    def test_changing_it_signs_out_everywhere_else(self, real: Site) -> None:
        with client_of(real, "qa_lead0") as client, client_of(real, "qa_lead0") as other:
            assert self.change(client, OWN, "我自己选的一句话不告诉别人").status_code == 303
            assert (status(client), status(other)) == (200, 303)

    @pytest.mark.parametrize(
        ("now_is", "new", "again", "told"),
        [
            ("not this one", "我自己选的一句话不告诉别人", None, "当前密码不正确"),
            (OWN, "short", None, "至少 12 个字符"),
            (OWN, "x" * 300, None, "最多 256 个字符"),
            (OWN, "inspector-2026", None, "容易被猜到"),
            (OWN, OWN, None, "不能与当前密码相同"),
            (OWN, "我自己选的一句话不告诉别人", "另一句话", "不一致"),
        ],
    )
    def test_what_will_not_do(self, real: Site, now_is: str, new: str, again: str | None, told: str) -> None:
        with client_of(real, "qa_lead0") as client:
            answer = self.change(client, now_is, new, again)
            assert answer.status_code == 400
            assert told in answer.text.partition('role="alert"')[2].partition("</p>")[0]
            assert status(client) == 200

    def test_a_session_that_was_left_open_is_no_way_to_guess_it(self, real: Site) -> None:
        with client_of(real, "qa_lead0") as client:
            sessions = real.console.sessions
            assert isinstance(sessions, StoredSessions)
            for _ in range(30):
                sessions.throttle.admits(digest_of(client.cookies[COOKIE]), real.console.clock())
            assert "尝试次数过多" in self.change(client, OWN, "我自己选的一句话不告诉别人").text


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "short"),
        ("inspector123456", "guessed"),
        ("zhang.san2026!", "guessed"),
        ("智能质检智能质检智能质检", "guessed"),
        ("aaaaaaaaaaaaaaaa", "guessed"),
        ("123456789012", "guessed"),
        ("qwertyuiop[]", "guessed"),
        ("Password123!", "guessed"),
        ("correct horse battery", None),
        (OWN, None),
        ("k7#mQ2vX9!pL", None),
        ("k3bd-9mwz-qh27-xtrf", None),
    ],
)
def test_passwords_that_everybody_tries_are_refused(password: str, why: str | None) -> None:
    assert passwords.weakness(password, "zhang.san") == why


def test_a_password_is_the_same_in_full_width_letters() -> None:
    kept = passwords.hash_of("ｃorrect horse battery")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.matches(kept, "correct horse battery")
    assert not passwords.matches(kept, "correct horse batterz")
    assert not passwords.matches("no hash at all", "correct horse battery")


class TestTokens:
    """For programs."""

    def make(self, client: httpx2.Client, **data: object) -> httpx2.Response:
        values = {"label": "报表", "days": "90", "scopes": [Deed.SEE_FIGURES.value], "csrf": csrf_of(client), **data}
        return client.post("/account/tokens", data=values)

    def test_a_token_is_shown_once_and_is_good_below_the_api_only(self, real: Site) -> None:
        sessions = real.console.sessions
        with client_of(real, "qa_lead0") as client:
            made = re.search(r"insp_[\w-]{43}", self.make(client).text)
            assert made is not None
            assert made[0] not in client.get("/account").text
        bearer = {"authorization": f"Bearer {made[0]}"}
        caller = sessions.caller(asked("/api/v1/figures", bearer))
        assert caller is not None
        assert (caller.actor.name, caller.csrf, caller.actor.scopes) == ("qa_lead0", "", frozenset({Deed.SEE_FIGURES}))
        assert caller.may(Deed.SEE_FIGURES)
        assert not caller.may(Deed.REVIEW), "he may, the token may not"
        for path in ("/account", "/", "/api/v10/x", "/api/v1"):
            assert sessions.caller(asked(path, bearer)) is None, path
        with client_of(real) as client:
            assert client.get("/account", headers=bearer).status_code == 303

    def test_a_token_takes_the_place_of_a_cookie(self, real: Site) -> None:
        with client_of(real, "qa_lead0") as client:
            held = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
        for wrong in ("Bearer insp_wrong", "Basic eDp5", "Bearer", ""):
            assert real.console.sessions.caller(asked("/api/v1/x", {**held, "authorization": wrong})) is None
        assert real.console.sessions.caller(asked("/api/v1/x", held)) is not None

    def test_a_token_loses_what_its_person_loses(self, real: Site, store: Store, moved: Clock) -> None:
        person = next(one for one in store.people.all() if one.name == "qa_lead0")
        ends = moved() + timedelta(days=1)
        scopes = frozenset({Deed.SEE_FIGURES})
        store.accounts.tokens.make(
            person.actor, ApiToken("t", "qa_lead0", "x", scopes, moved(), ends), digest_of("insp_t")
        )
        request = asked("/api/v1/x", {"authorization": "bearer insp_t"})
        store.people.change(ADMIN, Person("qa_lead0", frozenset({Role.AGENT})), moved())
        caller = real.console.sessions.caller(request)
        assert caller is not None
        assert not caller.may(Deed.SEE_FIGURES)
        moved.forward(days=1)
        assert real.console.sessions.caller(request) is None

    @pytest.mark.parametrize(
        "wrong",
        [{"label": ""}, {"label": "x" * 65}, {"scopes": []}, {"scopes": [Deed.MANAGE_PEOPLE.value]}],
    )
    def test_what_will_not_do_is_told(self, real: Site, wrong: dict[str, object]) -> None:
        with client_of(real, "qa_lead0") as client:
            answer = self.make(client, **wrong)
            assert answer.status_code == 400
            assert "令牌没有生成" in answer.text
            assert self.make(client, days="367").status_code == 422
            assert self.make(client, scopes=["everything"]).status_code == 422

    def test_somebody_elses_token_cannot_be_revoked(self, real: Site, store: Store) -> None:
        with client_of(real, "admin0") as admin, client_of(real, "qa_lead0") as lead:
            self.make(admin, scopes=[Deed.MANAGE_PEOPLE.value])
            (token,) = store.accounts.tokens.of("admin0")
            revoke = {"token": token.id, "csrf": csrf_of(lead)}
            assert lead.post("/account/tokens/revoke", data=revoke).status_code == 400
            assert lead.post("/account/tokens/revoke", data={**revoke, "token": "\x00"}).status_code == 422
            assert store.accounts.tokens.of("admin0")[0].revoked_at is None
            assert admin.post("/account/tokens/revoke", data={**revoke, "csrf": csrf_of(admin)}).status_code == 303
            assert store.accounts.tokens.of("admin0")[0].revoked_at is not None


def asked(path: str, headers: dict[str, str]) -> HTTPConnection:
    """A request as the server hands it on."""
    raw = [(name.encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()]
    return HTTPConnection({"type": "http", "path": path, "query_string": b"", "headers": raw, "scheme": "http"})


def test_the_watermark_names_who_looks_and_is_his_alone(real: Site, store: Store) -> None:
    store.people.add(ADMIN, Person("<b>&co", frozenset({Role.AUDITOR})), real.console.clock())
    with_password(real.console.settings, store, "<b>&co")
    with client_of(real, "<b>&co") as client:
        answer = client.get("/watermark.svg")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["cache-control"].startswith("private")
        assert "cookie" in answer.headers["vary"].lower()
        day = real.console.clock().astimezone(ZoneInfo("Asia/Shanghai")).date()
        assert f">&lt;b&gt;&amp;co {day}</text>" in answer.text


@pytest.mark.parametrize(("page", "lang"), [("roles.md", "en"), ("roles.zh-CN.md", "zh")])
def test_roles_and_deeds_are_called_as_in_the_page_about_them(page: str, lang: Lang) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    for role in Role:
        assert f"| `{role}` | {say(lang, f'accounts_role_{role}')} |" in text
    for deed in Deed:
        assert f"| `{deed}` {say(lang, f'accounts_deed_{deed}')} |" in text


def test_where_people_sign_in_elsewhere_there_is_no_login(site: Site) -> None:
    with site.client() as client:
        assert client.get("/login").status_code == 404
        assert client.post("/login", data={"name": "qa_lead0", "password": OWN}).status_code == 400
