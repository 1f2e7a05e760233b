"""A Chromium for the tests: found on the machine or installed, with Chinese letters to draw pages with."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pylopdf_fonts_zh_cn
from playwright.sync_api import Browser, Playwright

ON_PATH = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "microsoft-edge",
    "msedge",
    "chrome",
)

QUIET = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""Without these Chromium calls home at every start, and waits where it can't."""

FEATURES_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
"""What Playwright switches off itself (its list is replaced by ours), and the address bar's suggestions: they are a
page for which every new window, though nobody sees it, starts a process, half a second of a processor each time."""

SHOW_WHEN_READY = """(() => {
  const style = () => document.documentElement?.style;
  const hide = () => style()?.setProperty("visibility", "hidden");
  const watch = new MutationObserver(hide);
  watch.observe(document, {childList: true});
  hide();
  document.addEventListener("DOMContentLoaded", () => {
    watch.disconnect();
    style().removeProperty("visibility");
    if (!style().length) document.documentElement.removeAttribute("style");
  });
})()"""
"""Hides a page until its scripts have run: a robot clicks sooner than a person could, before a button knows to ask."""

APT = (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])


class BrowserUnavailable(Exception):
    """No Chromium was found or could be installed; the text says what to do."""


def launch(playwright: Playwright, folder: Path, say: Callable[[str], None]) -> Browser:
    """Start a Chromium without a window. `folder` keeps its font settings, `say` tells what takes long."""
    return playwright.chromium.launch(
        executable_path=find_browser(playwright, say),
        args=[*QUIET, f"--disable-features={','.join(FEATURES_OFF)}"],
        env={**os.environ, "FONTCONFIG_FILE": str(write_font_settings(folder))},
    )


def find_browser(playwright: Playwright, say: Callable[[str], None]) -> str:
    """The path of a Chromium: named by JIEYE_TEST_BROWSER, Playwright's own, one on PATH, or one installed now."""
    if found := named_browser() or own_browser(playwright) or browser_on_path():
        return found
    with one_at_a_time():  # another test process may be installing one right now: look again after it
        return own_browser(playwright) or browser_on_path() or install_browser(playwright, say)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one test process install while the others wait: apt-get refuses to run twice at a time."""
    with (Path(tempfile.gettempdir()) / f"jieye-browser-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def named_browser() -> str | None:
    """What JIEYE_TEST_BROWSER names, if it is set; refuses a name that leads nowhere."""
    name = os.environ.get("JIEYE_TEST_BROWSER")
    if name and not shutil.which(name):
        raise BrowserUnavailable(f"JIEYE_TEST_BROWSER is {name!r}, which can't be run.")
    return name or None


def own_browser(playwright: Playwright) -> str | None:
    """The browser that `playwright install` has put on this machine earlier."""
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def browser_on_path() -> str | None:
    """An installed Chromium, Chrome or Edge."""
    return next((path for path in map(shutil.which, ON_PATH) if path), None)


def install_browser(playwright: Playwright, say: Callable[[str], None]) -> str:
    """Install a Chromium: Playwright's own where it can be downloaded, Debian's for root otherwise."""
    say("No Chromium found: installing Playwright's (needs the network, some minutes) …")
    if _run([sys.executable, "-m", "playwright", "install", "chromium"]) and (own := own_browser(playwright)):
        return own
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Playwright's can't be downloaded here: installing Debian's chromium with apt-get …")
        if all(_run(command) for command in APT) and (found := browser_on_path()):
            return found
    raise BrowserUnavailable(
        "The browser tests need a Chromium. None was found, and none could be installed.\n"
        "Install Chromium, Chrome or Edge (on Debian: sudo apt-get install chromium),\n"
        "or name one in JIEYE_TEST_BROWSER."
    )


def write_font_settings(folder: Path) -> Path:
    """Add the Chinese fonts of a wheel to the machine's own, which may have none: pages would show boxes."""
    settings = folder / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"<dir>{pylopdf_fonts_zh_cn.sans_path().parent}</dir>\n<cachedir>{folder / 'font-cache'}</cachedir>\n"
        "</fontconfig>\n",
        encoding="utf-8",
    )
    return settings


def _run(command: list[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=environment, capture_output=True, timeout=900).returncode == 0
    except subprocess.TimeoutExpired:
        return False
