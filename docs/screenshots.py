"""Takes the pictures of the README from a fresh demo: `.venv/bin/python -m docs.screenshots`.

Needs the environment that `make test` makes, for its Chromium and its Chinese letters. Leaves nothing behind but the
pictures in docs/pictures/.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from exam.demo.cast import PASSWORD
from tests.support.browser import launch

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
WINDOW = {"width": 1280, "height": 800}
READY = "Sign in with one of these"


def room(page: Page) -> None:
    """The exam room with some questions answered, one of them flagged."""
    page.goto("/exam")
    page.locator("main a[href$='/start']").first.click()
    page.get_by_role("checkbox").check()
    page.locator("main form button[type=submit]").first.click()
    for number, choice in ((1, 1), (2, 3), (3, 0), (4, 2), (5, 1)):
        question = page.locator(f"[data-question='{number}']")
        question.locator("label").nth(choice).click()
        if number == 3:
            page.locator("[data-flag]").click()
        page.locator("[data-next]").click()
    page.locator("[data-cell='23']").click()
    for choice in (0, 2):
        page.locator("[data-question='23'] label").nth(choice).click()
    expect(page.locator("[data-save-line]")).to_contain_text(":")
    expect(page.locator("[data-answered-of]")).to_contain_text("6")


def overview(page: Page) -> None:
    """HR's overview: how many in which state, the pass rate, the scores."""
    page.goto("/results/overview")


def desk(page: Page) -> None:
    """A trainer's desk: one short answer in which the machine points some key points out, and no name."""
    page.goto("/marking")
    questions = page.locator("main a[href*='/marking/questions/']")
    for address in questions.evaluate_all("links => links.map(link => link.href)"):
        page.goto(address)
        recognised = page.locator("[data-recognised] input[type=checkbox]")
        if recognised.count() > 1:
            for key_point in recognised.all()[:-1]:
                key_point.check()
            return
    raise SystemExit("No answer at the desk says two key points; the demo has changed.")


PAPER = """一、单选题（每题2分）
1．会员来电投诉时，第一步应当做什么？
A．倾听并复述诉求   B．解释公司规定   C．承诺赔偿   D．转给主管
答案：A     难度：易     知识点：投诉处理
2、核对会员身份时可以询问哪些信息？
A. 会员号
B. 预留手机号
C. 银行卡密码
答案：A、B
二、判断题
3. 工单当天未解决的，应当在下班前告知会员进展。
"""


def importing(page: Page) -> None:
    """A pasted paper, question by question: what stands in it, what was understood, and what mends it."""
    page.goto("/questions/import")
    page.locator("textarea[name=text]").fill(PAPER)
    page.locator("[data-import] button[type=submit]").click()
    page.wait_for_url("**/questions/import/*")
    page.locator("#row-1").evaluate("row => scrollTo(0, row.getBoundingClientRect().top + scrollY - 16)")


SCENES: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("exam-room", "newhire2", room),
    ("overview", "hr", overview),
    ("marking", "trainer", desk),
    ("importing", "trainer", importing),
)
"""Name of the picture, who signs in, what they do before it is taken."""


def main() -> None:
    """Serve a demo of its own, let each scene be played, and keep the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as address, sync_playwright() as playwright:
        browser = launch(playwright, Path(folder), print)
        for name, username, play in SCENES:
            take(browser, address, name, username, play)
        browser.close()


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The site with a demo made now, on a free port, until the pictures are taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"JIEYE_DEMO": "1", "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite'}", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "start", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            for line in server.stdout:
                print(line, end="")
                if READY in line:
                    break
            else:
                raise SystemExit("The demo did not start; why stands above.")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def take(browser: Browser, address: str, name: str, username: str, play: Callable[[Page], None]) -> None:
    """Sign in, play a scene, and keep what a person would see of it."""
    context = browser.new_context(base_url=address, viewport=WINDOW, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    play(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    picture = PICTURES / f"{name}.png"
    page.screenshot(path=picture, animations="disabled")
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} KiB")
    context.close()


if __name__ == "__main__":
    main()
