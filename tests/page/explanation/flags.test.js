import assert from "node:assert/strict";
import { test } from "node:test";
import { FLAGS, bandOf } from "../../../service/page/js/explanation/flags.js";
import { UNUSUAL, token } from "../records.js";

test("a token is compared with the last band that begins at it or before it", () => {
  const [near, far] = UNUSUAL.bands;
  assert.equal(bandOf(UNUSUAL, 1), near);
  assert.equal(bandOf(UNUSUAL, 9), near);
  assert.equal(bandOf(UNUSUAL, 10), far);
  assert.equal(bandOf(UNUSUAL, 5000), far);
});

test("a token before the first band is compared with the first one", () => {
  assert.equal(bandOf(UNUSUAL, 0), UNUSUAL.bands[0]);
});

test("a flip names the probability that it leads to", () => {
  const evidence = FLAGS.flip.evidence(token({ running_probability: 0.4321 }), 3, { unusual: UNUSUAL });
  assert.equal(evidence, "The running prediction flips here, to 0.432.");
});

test("a reset with a low recalled share names the share and the comparison", () => {
  assert.equal(
    FLAGS.reset.evidence(token({ recalled_share: 0.25 }), 3, { unusual: UNUSUAL }),
    "Only 25.0 % of the candidate came from recalled context: less than at 95 of 100 tokens of " +
      "validation reviews as far from the start.",
  );
});

test("a reset with a usual recalled share is one by the effect of its gate", () => {
  const evidence = "Opening its reset gate would change the label.";
  assert.equal(FLAGS.reset.evidence(token({ recalled_share: 0.3 }), 3, { unusual: UNUSUAL }), evidence);
  assert.equal(FLAGS.reset.evidence(token({ recalled_share: 0.25 }), 10, { unusual: UNUSUAL }), evidence);
});

test("a rewrite names the released share", () => {
  assert.match(
    FLAGS.rewrite.evidence(token({ released_share: 0.75 }), 3, { unusual: UNUSUAL }),
    /^The update gate let go of 75\.0 % of the old state: more than at 95 of 100 tokens/,
  );
});
