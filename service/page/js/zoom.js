/** The part of the review that the figures show: all of it, or a close-up that follows the reader. */
import { tokensThatFit } from "./axis.js";
import { byId } from "./dom.js";
import { segments } from "./segments.js";

/**
 * @param {import("./selection.js").Selection} selection
 * @param {import("./axis.js").View} view
 * @param {() => number} plotWidth  of the figures, in pixels
 */
export function zoom(selection, view, plotWidth) {
  const zoomIn = () => {
    if (control.value === "whole") view.showAll();
    else view.showAround(selection.active ?? 0, tokensThatFit(plotWidth()));
  };
  const control = segments(
    byId("zoom"),
    [
      { value: "whole", label: "Whole review" },
      { value: "close", label: "Close-up" },
    ],
    zoomIn,
  );
  /** The close-up follows the reader, unless it is the figure itself that the pointer is on. */
  selection.subscribe(({ origin }) => {
    const { first, last } = view.value;
    const { active } = selection;
    const outside = active !== null && (active < first || active > last);
    if (control.value === "close" && origin !== "figure" && outside) zoomIn();
  });
  view.subscribe(() => control.choose(view.isWhole ? "whole" : "close"));
  return {
    /** @param {number} tokens  of another review, which is shown whole */
    begin(tokens) {
      control.choose("whole");
      byId("zoom").hidden = tokens <= tokensThatFit(plotWidth());
    },
  };
}
