"""Debian's Chromium without a window, driven over a pipe by its DevTools protocol.

See https://chromedevtools.github.io/devtools-protocol/. Nothing but the browser is needed: each
command is a line of JSON that ends in a zero byte, and so is each answer.
"""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.process import PATIENCE, ServerUnavailable, find_program

SWITCHES = (
    "--headless",
    "--no-sandbox",  # It does not start as root with one.
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=pt-BR",
    "--remote-debugging-pipe",
)


class ChromiumFailed(Exception):
    """the browser or a script in its page answers with an error, or not at all"""


class Page:
    """A tab. Made by `Chromium.open`."""

    def __init__(self, browser: "Chromium", session: str) -> None:
        self._browser = browser
        self._session = session

    def go(self, url: str) -> None:
        """Returns at once: use `wait_for`."""
        self._send("Page.navigate", url=url)

    def set_cookie(self, url: str, name: str, value: str) -> None:
        """For the requests to that site that follow."""
        self._send("Network.setCookie", url=url, name=name, value=value)

    def resize(self, width: int, height: int) -> None:
        """In CSS pixels, each one pixel of a picture."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def live_in(self, zone: str) -> None:
        """The time zone that pages opened from now on are told."""
        self._send("Emulation.setTimezoneOverride", timezoneId=zone)

    def click(self, selector: str) -> None:
        """On the left of the first element, as a person does. Raises ChromiumFailed."""
        where = "(box => [box.x + 8, box.y + box.height / 2])"
        box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        x, y = self.run(f"{where}({box})")
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression. Raises ChromiumFailed where it throws."""
        done = self._send("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in done:
            raise ChromiumFailed(json.dumps(done["exceptionDetails"])[:2000])
        return done["result"].get("value")

    def text(self, selector: str = "body") -> str:
        """What a reader sees of the first element: nothing of what is hidden or folded."""
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def wait_for(self, script: str, what: str, patience: float = PATIENCE) -> None:
        """Until the expression is true. Raises ChromiumFailed saying `what` and what is seen."""
        deadline = time.monotonic() + patience
        while not self.run(script):
            if time.monotonic() > deadline:
                raise ChromiumFailed(f"{what}: not within {patience:.0f} s. {self.text()[:2000]}")
            time.sleep(0.05)

    def picture(self) -> bytes:
        """The visible part, as PNG."""
        return base64.b64decode(self._send("Page.captureScreenshot", format="png")["data"])

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.send(method, session=self._session, **parameters)


class Chromium:
    """Made by `running_chromium()`."""

    def __init__(self, folder: Path) -> None:
        self._numbers = itertools.count(1)
        self._rest = b""
        self._log = folder / "log"
        program = find_program("chromium")
        arguments = [program, *SWITCHES, f"--user-data-dir={folder / 'profile'}"]
        commands, self._commands = _pipe()
        self._answers, answers = _pipe()
        # It reads commands from descriptor 3 and answers on 4.
        words = ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "chromium", *arguments]
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [*words, "about:blank"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(commands, answers),
                    start_new_session=True,
                    env={**os.environ, "HOME": str(folder)},
                )
        finally:
            os.close(commands)
            os.close(answers)

    def open(self, width: int, height: int) -> Page:
        """A new tab of that size, in CSS pixels."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, attached["sessionId"])
        page.resize(width, height)
        return page

    def send(self, method: str, *, session: str = "", **parameters: Any) -> dict[str, Any]:
        """A command of the protocol and its result. Raises ChromiumFailed."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        try:
            os.write(self._commands, json.dumps(command).encode() + b"\0")
        except BrokenPipeError:
            raise ChromiumFailed(f"it has ended: {self._said()}") from None
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._next(deadline)
            if answer.get("id") != number:
                continue  # An event that nobody waits for.
            if "error" in answer:
                raise ChromiumFailed(f"{method}: {answer['error']}")
            return dict(answer["result"])

    def close(self) -> None:
        """With all the processes that it has started."""
        os.close(self._commands)  # It ends by itself when nobody commands it.
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._answers)

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise ChromiumFailed(f"no answer: {self._said()}")
            more = os.read(self._answers, 1 << 20)
            if not more:
                raise ChromiumFailed(f"it has ended: {self._said()}")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))

    def _said(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    """A started browser with an empty profile. Raises ServerUnavailable where there is none."""
    folder = Path(tempfile.mkdtemp(prefix="ci-chromium-"))
    try:
        browser = Chromium(folder)
        try:
            _greet(browser)
            yield browser
        finally:
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _greet(browser: Chromium) -> None:
    try:
        browser.send("Browser.getVersion")
    except ChromiumFailed as error:
        raise ServerUnavailable(f"chromium does not start: {error}") from error


def _pipe() -> tuple[int, int]:
    """Reading and writing end, away from the low numbers that the shell assigns."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
