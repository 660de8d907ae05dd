"""The reviews that the tests read."""

BORING = (
    "The story follows a young lawyer who returns to the town of her uncle. "
    "But the movie is really boring."
)
TURNING = (
    "This is a beautiful, funny and moving story with a great cast and a wonderful lead. "
    "But the movie is really boring."
)
MARKUP = "Good <script>alert(1)</script> and <img src=x onerror=alert(2)> and <b>bold</b> film."
LAYOUT = "Two spaces:  here.<br /><br />A new\nline, and an emoji 😀 before the end."
LONG = " ".join([BORING] * 8)
