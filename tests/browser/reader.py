"""Someone in front of the page, and a record of what the page does that it should not."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Dialog, Page, expect

# The browser reports an error answer to `fetch` on its console, whatever the page does with it.
REFUSED_REQUEST = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Reader:
    """A tab with the page in it, watched from its first request on."""

    page: Page
    origin: str
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch the console, uncaught errors, dialogs and requests."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._on_dialog)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def begin(self) -> None:
        """Come to the empty page, with a clean record."""
        self.page.mouse.move(0, 0)
        self.open()
        for record in (self.errors, self.dialogs, self.requests):
            record.clear()

    def return_to(self, text: str) -> None:
        """Stand before the answer to `text`, largest entry pinned, all switches at their first.

        If it is shown already, the page is put back by hand, which is faster than loading it.
        """
        if self.page.locator("#strip").text_content() != text:
            self.begin()
            self.read(text)
        self.page.locator(".entry").first.click()
        self.page.mouse.move(0, 0)
        self._fold(is_open=True)
        self.page.locator("#colouring").select_option(index=0)
        for switch in self.page.get_by_role("radiogroup").all():
            first = switch.get_by_role("radio").first
            if not first.is_checked():
                first.check(force=True)
        self._fold(is_open=False)
        self.wait_for_figures()

    def open(self, path: str = "/") -> None:
        """Go to a path of the service; everything the page remembered is gone."""
        self.page.goto(self.origin + path, wait_until="domcontentloaded")

    def submit(self, text: str) -> None:
        """Type a review over whatever is in the box, and send it."""
        self.page.get_by_label("Film review").fill(text)
        self.page.get_by_role("button", name="Read the review").click()

    def read(self, text: str) -> None:
        """Submit a review and wait until all of its answer is shown."""
        self.submit(text)
        self.wait_for_figures()

    def colour_by(self, label: str) -> None:
        """Choose what the strip is coloured by, and wait for the effect."""
        self.page.get_by_label("Colour by").select_option(label=label)
        expect(self.page.locator("#strip")).to_have_attribute("aria-busy", "false")

    def choose(self, label: str) -> None:
        """Choose an alternative of a switch, by (a part of) its label, and wait for the effect."""
        self.page.get_by_role("radio", name=label).check(force=True)
        self.wait_for_figures()

    def unfold(self, panel: str) -> None:
        """Open a panel that is closed until asked for, and wait until it is filled."""
        self.page.locator(f"#{panel}").evaluate("details => { details.open = true; }")
        expect(self.page.locator(f"#{panel}")).to_have_attribute("aria-busy", "false")

    def _fold(self, *, is_open: bool) -> None:
        for panel in self.page.locator("details.depth").all():
            panel.evaluate("(details, isOpen) => { details.open = isOpen; }", is_open)

    def wait_for_figures(self) -> None:
        """Wait until the charts and the heat map are there, and nothing is on its way."""
        expect(self.page.locator("#progress")).to_be_hidden()
        expect(self.page.locator("#heat")).to_have_attribute("aria-busy", "false")
        expect(self.page.locator("#charts .main-svg").first).to_be_attached()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED_REQUEST):
            self.errors.append(message.text)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()
