/** One text in two models, compared. */
import { bodyRow, byId, element, headRow } from "../core/dom.js";
import { number, signed } from "../core/format.js";
import { differenceOf, verdictOf } from "../explanation/readings.js";
import { showSides } from "./side_by_side.js";

/** @typedef {import("../core/types.js").Explanation} Explanation */

/** @param {Explanation["model"]} model */
const nameOf = ({ id, name, version }) => (id === name ? `${name} ${version}` : `${id} (${name} ${version})`);

/**
 * @param {Explanation} one
 * @param {Explanation} other
 */
export function showComparedModels(one, other) {
  const { lead, rest } = differenceOf(one, other);
  byId("compare-tokens").hidden = true;
  byId("compare-summary").replaceChildren(element("b", null, lead), ` ${rest}`);
  showSides([one, other].map((reading) => ({ name: reading.model.id, reading })));
  const rows = [one, other].map((reading) =>
    bodyRow(nameOf(reading.model), [
      signed(reading.decomposition.logit),
      number(reading.probabilities.positive),
      verdictOf(reading).words,
    ]),
  );
  byId("compare-table").replaceChildren(headRow(["model", "logit", "P(positive)", "prediction"]), element("tbody", null, ...rows));
}
