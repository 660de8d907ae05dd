/**
 * What `benchmarks.page` adds to the page to time it. Times are in milliseconds; a moment counts
 * when the frame that shows it was painted.
 */
(() => {
  const byId = (id) => document.getElementById(id);

  /** Wait until the frame that is being made was painted; return the time of that. */
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(null);
      });
    });

  const isDrawn = () =>
    byId("progress").hidden &&
    ["heat", "story-hold", "token-highlight"].every((id) => byId(id).ariaBusy !== "true") &&
    document.querySelector("#charts .plot") !== null &&
    !byId("hold-value").disabled;

  const changed = (element) =>
    new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        resolve();
      });
      observer.observe(element, { childList: true, characterData: true, subtree: true });
    });

  const drawn = async () => {
    let now;
    do now = await painted();
    while (!isDrawn());
    return now;
  };

  /** Time the next click, which reads a review: until its answer, its verdict, and all of it. */
  const timeClick = async () => {
    const clicked = new Promise((resolve) => {
      addEventListener("click", ({ timeStamp }) => resolve(timeStamp), { capture: true, once: true });
    });
    const told = changed(byId("prediction-meta"));
    const start = await clicked;
    await told;
    const verdict = await painted();
    const all = await drawn();
    // Of a long review, the attribution is requested once its verdict is shown.
    const answer = performance
      .getEntriesByType("resource")
      .findLast(({ name, responseEnd }) => name.endsWith("/explain") && responseEnd < verdict);
    return {
      click_to_answer: answer.responseEnd - start,
      click_to_verdict: verdict - start,
      answer_to_verdict: verdict - answer.responseEnd,
      click_to_all: all - start,
    };
  };

  /** Time the slider's moves from now on: from the event to the painted frame. */
  const frames = [];
  const timeSlider = () => {
    byId("hold-value").addEventListener(
      "input",
      async ({ timeStamp }) => frames.push((await painted()) - timeStamp),
      { capture: true },
    );
  };

  window.probe = { painted, drawn, timeClick, timeSlider, frames };
})();
