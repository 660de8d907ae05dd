import assert from "node:assert/strict";
import { test } from "node:test";
import { labelPixels, niceStep, shorten, tokenTicks, tokensThatFit } from "../../../service/page/js/charts/axis.js";

/** @param {number} count */
const words = (count) => Array.from({ length: count }, (_, index) => `w${index}`);

test("a word needs eleven pixels, and five words always fit", () => {
  assert.equal(tokensThatFit(1100), 100);
  assert.equal(tokensThatFit(0), 5);
  assert.equal(tokensThatFit(-44), 5);
});

test("a few tokens have their words as labels, upright", () => {
  assert.deepEqual(tokenTicks({ first: 1, last: 3 }, words(10), 1100), {
    ticks: [1, 2, 3].map((token) => ({ value: token, text: `w${token}` })),
    isUpright: true,
  });
});

test("many tokens have round numbers as labels, counted from 1", () => {
  const { ticks, isUpright } = tokenTicks({ first: 0, last: 199 }, words(200), 700);
  assert.deepEqual(ticks.map(({ text }) => text), ["20", "40", "60", "80", "100", "120", "140", "160", "180", "200"]);
  assert.deepEqual(ticks.map(({ value }) => value), [19, 39, 59, 79, 99, 119, 139, 159, 179, 199]);
  assert.equal(isUpright, false);
});

test("every tick lies in the range and has room for its label", () => {
  for (const count of [50, 101, 999, 20000]) {
    for (const pixels of [150, 300, 900]) {
      for (const first of [0, 7, Math.floor(count / 3)]) {
        const last = count - 1;
        const { ticks, isUpright } = tokenTicks({ first, last }, words(count), pixels);
        assert.ok(ticks.every(({ value }) => value >= first && value <= last));
        assert.equal(isUpright, last - first + 1 <= tokensThatFit(pixels));
        if (!isUpright) assert.ok(ticks.length <= Math.max(2, pixels / 70) + 1);
      }
    }
  }
});

test("a step is 1, 2 or 5 times a power of ten", () => {
  assert.deepEqual([0.3, 1, 1.5, 2, 3, 5, 7, 10, 11, 45, 99, 101, 4999].map(niceStep), [
    1, 1, 2, 2, 5, 5, 10, 10, 20, 50, 100, 200, 5000,
  ]);
});

test("a step is at least as large as requested, and less than two and a half times as large", () => {
  for (let least = 1; least < 3000; least += 0.7) {
    const step = niceStep(least);
    assert.ok(step >= least && step < 2.5 * least + 1e-9, `${least}: ${step}`);
  }
});

test("a long word is shortened to fourteen characters", () => {
  assert.equal(shorten("unputdownable"), "unputdownable");
  assert.equal(shorten("unforgettables"), "unforgettables");
  assert.equal(shorten("incomprehensible"), "incomprehensi…");
});

test("shortening does not divide a character outside the basic plane", () => {
  assert.equal(shorten("😀".repeat(20)), `${"😀".repeat(13)}…`);
});

test("the room of labels is that of the longest word in view, after shortening", () => {
  const spelt = ["a", "abc", "incomprehensibilities"];
  const room = (/** @type {number} */ first, /** @type {number} */ last) => labelPixels({ first, last }, spelt, 1100);
  assert.ok(room(0, 0) < room(0, 1) && room(0, 1) < room(0, 2));
  assert.equal(room(2, 2), labelPixels({ first: 0, last: 0 }, ["a".repeat(14)], 1100));
});

test("numbers need the same room whatever the words are", () => {
  assert.equal(labelPixels({ first: 0, last: 199 }, words(200), 300), labelPixels({ first: 0, last: 99 }, words(200), 300));
});
