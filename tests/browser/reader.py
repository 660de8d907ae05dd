"""A browser tab with the page in it: what a reader does, and a record of errors and requests."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, expect

# The browser writes every refused `fetch` to its console, also when the page handles it.
REFUSED_REQUEST = "Failed to load resource: the server responded with a status of 4"
# The page learns of an opened panel by an event, which comes later than the change. Until then the
# panel is not marked as busy, and has what it had when it was closed.
TOGGLE = """(details, isOpen) => details.open === isOpen || new Promise((done) => {
  details.addEventListener("toggle", done, { once: true });
  details.open = isOpen;
})"""


@dataclass
class Reader:
    """A tab with the page in it. Errors, dialogs and requests are recorded from the start."""

    page: Page
    origin: str
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Record the console, uncaught errors, dialogs and requests."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", self._on_dialog)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def begin(self) -> None:
        """Open the page without a review in its address, and clear the records."""
        self.page.mouse.move(0, 0)
        self.open()
        for record in (self.errors, self.dialogs, self.requests):
            record.clear()

    def return_to(self, text: str) -> None:
        """Show the explanation of `text` as after reading it, whatever a test chose before.

        If the text is shown already, the choices are reset, which is faster than loading the page.
        """
        if self.page.locator("#token-highlight").text_content() != text or self._has_a_unit():
            self.begin()
            self.read(text)
        self.page.locator(".entry").first.click()
        self.page.mouse.move(0, 0)
        self._fold(is_open=True)
        self.page.locator("#step-units").evaluate("box => { box.value = box.defaultValue; }")
        self.page.locator("#colouring").select_option(index=0)
        for switch in self.page.get_by_role("radiogroup").all():
            first = switch.get_by_role("radio").first
            if not first.is_checked():
                check(first)
        self._fold(is_open=False)
        self.wait_for_figures()

    def open(self, path: str = "/") -> None:
        """Go to a path of the service. The page is loaded anew."""
        self.page.goto(self.origin + path, wait_until="domcontentloaded")

    def submit(self, text: str) -> None:
        """Replace the text in the box by a review, and send it.

        By key, since the button is only there while the text differs from the one that is shown.
        """
        box = self.page.get_by_label("Film review")
        box.fill(text)
        box.press("Control+Enter")

    def read(self, text: str) -> None:
        """Submit a review and wait until all of its explanation is shown."""
        self.submit(text)
        self.wait_for_figures()

    def colour_by(self, label: str) -> None:
        """Choose what the tokens are coloured by, and wait until they are."""
        self.page.get_by_label("Colour by").select_option(label=label)
        expect(self.page.locator("#token-highlight")).to_have_attribute("aria-busy", "false")

    def choose(self, label: str) -> None:
        """Choose an option of a switch by (a part of) its label, and wait for the result."""
        check(self.page.get_by_role("radio", name=label))
        self.wait_for_figures()

    def unfold(self, panel: str) -> None:
        """Open a panel and wait until it is filled."""
        self.page.locator(f"#{panel}").evaluate(TOGGLE, True)
        expect(self.page.locator(f"#{panel}")).not_to_have_attribute("aria-busy", "true")

    def wait_for_frame(self) -> None:
        """Wait until what the page does in the next animation frame is done, such as marks."""
        self.page.evaluate("new Promise(requestAnimationFrame)")

    def _has_a_unit(self) -> bool:
        """Return whether a unit of the heat map is selected. Nothing on the page unselects it."""
        self.wait_for_frame()
        return self.page.locator("#heat .mark.row").is_visible()

    def _fold(self, *, is_open: bool) -> None:
        for panel in self.page.locator("details.depth").all():
            panel.evaluate(TOGGLE, is_open)

    def wait_for_figures(self) -> None:
        """Wait until the charts and the heat map are drawn, and no request is in progress."""
        expect(self.page.locator("#progress")).to_be_hidden()
        expect(self.page.locator("#heat")).to_have_attribute("aria-busy", "false")
        expect(self.page.locator("#charts .plot").first).to_be_attached()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED_REQUEST):
            self.errors.append(message.text)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def check(radio: Locator) -> None:
    """Choose an option of a switch.

    The inputs themselves are invisible, and a panel that is being filled moves them: a click at
    coordinates could miss.
    """
    radio.dispatch_event("click")
    expect(radio).to_be_checked()
