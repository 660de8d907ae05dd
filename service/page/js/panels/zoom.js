/** A switch between the whole review and a close-up that follows the active token. */
import { tokensThatFit } from "../charts/axis.js";
import { byId } from "../core/dom.js";
import { segments } from "../core/segments.js";

/**
 * @param {import("../core/selection.js").Selection} selection
 * @param {import("../core/view.js").View} view
 * @param {() => number} plotWidth  of the figures, in pixels
 */
export function zoom(selection, view, plotWidth) {
  const apply = () => {
    if (control.value === "whole") view.showAll();
    else view.showAround(selection.active ?? 0, tokensThatFit(plotWidth()));
  };
  const control = segments(
    byId("zoom"),
    [
      { value: "whole", label: "Whole review" },
      { value: "close", label: "Close-up" },
    ],
    apply,
  );
  // The figure under the pointer must not move.
  selection.subscribe(({ origin }) => {
    const { active } = selection;
    const isOutside = active !== null && !view.contains(active);
    if (control.value === "close" && origin !== "figure" && isOutside) apply();
  });
  view.subscribe(() => control.choose(view.isWhole ? "whole" : "close"));
  return {
    /**
     * Show another review, all of it. A short one needs no switch.
     * @param {number} tokens
     */
    begin(tokens) {
      control.choose("whole");
      byId("zoom").hidden = tokens <= tokensThatFit(plotWidth());
    },
  };
}
