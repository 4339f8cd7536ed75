"""The pages of accounts in a real browser: the first set-up, signing in, people, tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from inspector.config import Settings
from inspector.roles import Deed, Person, Role
from inspector.storage import Store
from inspector.storage.configured import open_store
from inspector.web.accounts.passwords import temporary_password
from inspector.web.accounts.sessions import digest_of
from tests.web.pages import Seen, opened
from tests.web.signed_in import ADMIN, HTML, OWN, Clock, client_of, csrf_of, real_site, with_password
from tests.web.site import Site

NEW = "我自己选的一句话不告诉别人"
HOSTILE = "<script>alert(1)</script>"


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


def sign_in(page: Page, name: str, password: str = OWN) -> None:
    page.goto("/login")
    fill(page, name=name, password=password)
    page.locator("main button").click()


def check(seen: Seen) -> None:
    """Nothing that the browser complains of, but for what the server refused on purpose; nothing that shuts people
    out."""
    assert [one for one in seen.faults if "status of 4" not in one] == []
    assert seen.serious() == []


class TestSetUp:
    """Of an installation without accounts."""

    @pytest.fixture
    def bare(self, settings: Settings) -> Iterator[Store]:
        with closing(open_store(settings)) as store:
            yield store

    @pytest.fixture
    def bare_site(self, settings: Settings, bare: Store) -> Iterator[Site]:
        with real_site(settings, bare, Clock()) as site:
            yield site

    @staticmethod
    def offered(site: Site) -> str:
        token = secrets.token_urlsafe(32)
        assert site.console.store.accounts.offer_setup(digest_of(token), site.console.clock())
        return f"/setup?token={token}"

    def test_from_the_address_to_the_list_of_people_once(self, browser: Browser, bare_site: Site) -> None:
        address = self.offered(bare_site)
        with opened(browser, bare_site, None) as seen:
            page = seen.page
            page.goto("/")
            expect(page.get_by_text("尚未建立任何账号")).to_be_visible()
            page.goto(address)
            check(seen)
            easy = "inspector2026"
            fill(page, name="wang.wu", password=easy, again=easy)
            page.locator("main button").click()
            expect(page.get_by_role("alert")).to_contain_text("容易被猜到")
            fill(page, password=OWN, again=OWN)
            page.locator("main button").click()
            expect(page.get_by_role("heading", name="人员与权限")).to_be_visible()
            expect(page.get_by_role("row", name="wang.wu")).to_contain_text("管理员")
            check(seen)
            page.goto(address)
            expect(page.get_by_text("首次设置已经完成")).to_be_visible()
        assert bare_site.console.store.people.all() == (Person("wang.wu", frozenset({Role.ADMIN})),)

    def test_where_people_are_named_an_administrator_of_the_list_is_chosen(
        self, browser: Browser, bare_site: Site
    ) -> None:
        people = bare_site.console.store.people
        for name, role in (("zhao.liu", Role.ADMIN), ("wang.wu", Role.ADMIN), ("li.si", Role.REVIEWER)):
            people.add(ADMIN, Person(name, frozenset({role})), bare_site.console.clock())
        with opened(browser, bare_site, None) as seen:
            seen.page.goto(self.offered(bare_site))
            choice = seen.page.get_by_label("您是名单上的哪一位管理员？")
            assert choice.locator("option").all_inner_texts() == ["wang.wu", "zhao.liu"]
            choice.select_option("zhao.liu")
            fill(seen.page, password=OWN, again=OWN)
            check(seen)
            seen.page.locator("main button").click()
            expect(seen.page.get_by_role("link", name="zhao.liu", exact=True)).to_be_visible()
        assert bare_site.console.store.accounts.all(bare_site.console.clock()).keys() == {"zhao.liu"}

    @pytest.mark.parametrize("address", ["/setup", "/setup?token=", "/setup?token=wrong"])
    def test_without_the_token_there_is_no_set_up(self, bare_site: Site, address: str) -> None:
        self.offered(bare_site)
        data = {"token": "wrong", "name": "wang.wu", "password": OWN, "again": OWN}
        with httpx2.Client(base_url=bare_site.url, headers=HTML) as client:
            assert client.get(address).status_code == 403
            assert client.post("/setup", data=data).status_code == 403
        assert bare_site.console.store.people.all() == ()

    @pytest.mark.parametrize(
        "wrong", [{"name": " "}, {"name": "x" * 65}, {"name": "a\u202eb"}, {"password": "short"}, {"again": "other"}]
    )
    def test_what_is_typed_wrong_does_not_use_the_token_up(self, bare_site: Site, wrong: dict[str, str]) -> None:
        token = self.offered(bare_site).partition("=")[2]
        data = {"token": token, "name": "wang.wu", "password": OWN, "again": OWN}
        with httpx2.Client(base_url=bare_site.url, headers=HTML) as client:
            assert client.post("/setup", data={**data, **wrong}).status_code == 400
            assert client.post("/setup", data=data).headers["location"] == "/people"
            assert client.get("/account").status_code == 200


@pytest.fixture
def real(settings: Settings, store: Store) -> Iterator[Site]:
    """With passwords for an administrator and a QA lead."""
    for name in ("admin0", "qa_lead0"):
        with_password(settings, store, name)
    with real_site(settings, store, Clock()) as site:
        yield site


def test_a_person_from_the_first_click_to_his_own_password(browser: Browser, real: Site) -> None:
    with opened(browser, real, None) as seen:
        page = seen.page
        sign_in(page, "admin0")
        page.goto("/people")
        page.get_by_text("添加人员").click()
        fill(page, name="zhang.san", teams="一组、二组")
        page.get_by_label("班长").check()
        check(seen)
        page.get_by_role("button", name="添加并生成临时密码").click()
        given = page.locator("code.once").inner_text()
        assert len(given) == len(temporary_password())
        check(seen)
        page.get_by_role("link", name="返回人员名单").click()
        expect(page.get_by_role("row", name="zhang.san")).to_contain_text("△ 临时密码")
        assert given not in page.content()
    with opened(browser, real, None) as seen:
        page = seen.page
        page.goto("/account")
        check(seen)
        fill(page, name="zhang.san", password=given)
        page.locator("main button").click()
        expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
        check(seen)
        fill(page, now_is=given, password=NEW, again=NEW)
        page.locator("main button").click()
        expect(page.get_by_text("密码已修改")).to_be_visible()
        expect(page.locator("dl")).to_contain_text("一组、二组")
        check(seen)
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_a_person_is_changed_reset_signed_out_and_deactivated(browser: Browser, real: Site, store: Store) -> None:
    with opened(browser, real, None) as seen, client_of(real, "qa_lead0") as lead:
        page = seen.page
        sign_in(page, "admin0")
        page.goto("/people")
        page.get_by_role("link", name="修改 qa_lead0").click()
        expect(page.get_by_role("heading", name="qa_lead0")).to_be_visible()
        check(seen)
        page.get_by_label("合规").check()
        page.get_by_label("坐席工号").fill("3062")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("alert")).to_contain_text("已属于另一名在用人员")
        page.get_by_label("合规").check()
        page.get_by_label("坐席工号").fill("4711")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_label("坐席工号")).to_have_value("4711")
        person = next(one for one in store.people.all() if one.name == "qa_lead0")
        assert (person.roles, person.agent) == (frozenset({Role.QA_LEAD, Role.COMPLIANCE}), "4711")
        assert lead.get("/account").status_code == 200
        page.get_by_role("button", name="强制下线").click()
        expect(page.get_by_text("0 个登录")).to_be_visible()
        assert lead.get("/account").status_code == 303
        page.get_by_role("button", name="停用").click()
        expect(page.get_by_role("button", name="保存并恢复")).to_be_visible()
        check(seen)
        page.goto("/people")
        expect(page.get_by_role("row", name="qa_lead0")).to_contain_text("✕ 已停用")
        check(seen)


def test_the_last_administrator_stays_and_changes_his_own_password_himself(browser: Browser, real: Site) -> None:
    with opened(browser, real, None) as seen:
        sign_in(seen.page, "admin0")
        seen.page.goto("/people/person?name=admin0")
        expect(seen.page.get_by_role("button", name="停用")).to_be_visible()
        assert seen.page.get_by_role("button", name="重置密码").count() == 0
        seen.page.get_by_role("button", name="停用").click()
        expect(seen.page.get_by_role("alert")).to_contain_text("至少要保留一名在用的管理员")
    with client_of(real, "admin0") as client:
        reset = {"name": "admin0", "csrf": csrf_of(client)}
        assert client.post("/people/reset", data=reset).status_code == 400
        assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "admin0", "roles": "admin"}, "名单上已有这个用户名"),
        ({"name": "new", "roles": "agent", "agent": "3062"}, "已属于另一名在用人员"),
        ({"name": "new"}, "至少选择一个角色"),
        ({"name": "x" * 10_000, "roles": "agent"}, "请检查"),
        ({"name": "a\u202eb", "roles": "agent"}, "请检查"),
        ({"name": "new", "roles": "agent", "teams": "组" * 65}, "请检查"),
    ],
)
def test_whom_the_list_does_not_take(real: Site, store: Store, typed: dict[str, str], told: str) -> None:
    before = store.people.all()
    with client_of(real, "admin0") as client:
        answer = client.post("/people/add", data={**typed, "csrf": csrf_of(client)})
        assert answer.status_code == 400
        assert told in answer.text.partition('role="alert"')[2].partition("</p>")[0]
    assert store.people.all() == before


def test_names_are_shown_as_they_are_and_do_nothing(browser: Browser, real: Site, store: Store) -> None:
    names = [HOSTILE, "a/b?c=d&e#f", "../../login", '"><img src=x onerror=alert(1)>']
    with opened(browser, real, None) as seen:
        page = seen.page
        sign_in(page, "admin0")
        for name in names:
            store.people.add(ADMIN, Person(name, frozenset({Role.AGENT}), frozenset({HOSTILE})), real.console.clock())
            page.goto("/people")
            page.get_by_role("link", name=f"修改 {name}", exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        check(seen)


def test_nobody_of_the_list_is_not_found(real: Site) -> None:
    with client_of(real, "admin0") as client:
        csrf = csrf_of(client)
        assert client.get("/people/person?name=nobody").status_code == 404
        for deed in ("change", "deactivate", "reset", "shut-out"):
            assert client.post(f"/people/{deed}", data={"name": "nobody", "csrf": csrf}).status_code == 400


def test_a_form_that_is_sent_twice_makes_one_person(browser: Browser, real: Site, store: Store) -> None:
    with opened(browser, real, None) as seen:
        page = seen.page
        sign_in(page, "admin0")
        page.goto("/people")
        page.get_by_text("添加人员").click()
        fill(page, name="zhang.san")
        page.get_by_label("质检员").check()
        page.get_by_role("button", name="添加并生成临时密码").dblclick()
        expect(page.locator("code.once")).to_be_visible()
        check(seen)
    assert [one.name for one in store.people.all()].count("zhang.san") == 1


def test_a_token_is_made_shown_once_and_revoked(browser: Browser, real: Site, store: Store) -> None:
    with opened(browser, real, None) as seen:
        page = seen.page
        sign_in(page, "qa_lead0")
        page.goto("/account")
        page.get_by_text("生成令牌").first.click()
        fill(page, label=HOSTILE)
        page.get_by_label("查看规则与班组统计").check()
        check(seen)
        page.get_by_role("button", name="生成令牌").click()
        expect(page.locator("code.once")).to_contain_text("insp_")
        check(seen)
        (token,) = store.accounts.tokens.of("qa_lead0")
        assert token.scopes == {Deed.SEE_FIGURES}
        page.get_by_role("button", name=f"撤销 {HOSTILE}").click()
        expect(page.get_by_text("✕ 已撤销")).to_be_visible()
        assert page.locator("code.once").count() == 0
        check(seen)


def test_signing_out_in_one_tab_is_signing_out_in_the_other(browser: Browser, real: Site) -> None:
    with opened(browser, real, None) as seen:
        sign_in(seen.page, "qa_lead0")
        other = seen.page.context.new_page()
        other.goto("/account")
        seen.page.goto("/account")
        seen.page.get_by_role("button", name="退出").click()
        expect(seen.page.get_by_role("heading", name="登录")).to_be_visible()
        other.get_by_role("link", name="修改密码").click()
        expect(other.get_by_role("heading", name="登录")).to_be_visible()


def test_the_watermark_lies_over_every_page_and_in_nobodys_way(browser: Browser, real: Site) -> None:
    with opened(browser, real, None) as seen:
        page = seen.page
        page.goto("/login")
        assert page.locator(".watermark").count() == 0
        sign_in(page, "qa_lead0")
        with page.expect_response("**/watermark.svg") as asked:
            page.goto("/account")
        assert asked.value.status == 200
        layer = page.locator(".watermark")
        assert layer.bounding_box() == {"x": 0, "y": 0, "width": 1440, "height": 900}
        page.get_by_role("link", name="修改密码").click()
        expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
        check(seen)


def test_every_word_is_there_in_both_languages(browser: Browser, real: Site) -> None:
    with opened(browser, real, None) as seen:
        page = seen.page
        page.goto("/login")
        page.get_by_role("button", name="English").click()
        sign_in(page, "admin0")
        for address, heading in (
            ("/account", "My account"),
            ("/account/password", "Change password"),
            ("/people", "People and what they may do"),
            ("/people/person?name=qa_lead0", "qa_lead0"),
        ):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
            check(seen)
