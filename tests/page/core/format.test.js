import assert from "node:assert/strict";
import { test } from "node:test";
import { count, number, percent, plural, scientific, signed } from "../../../service/page/js/core/format.js";
import { random } from "../records.js";

const MINUS = "\u2212";

test("a number has three decimals unless others are requested", () => {
  assert.equal(number(0.12345), "0.123");
  assert.equal(number(0.12345, 5), "0.12345");
});

test("a negative number has a true minus sign", () => {
  assert.equal(number(-1.5), `${MINUS}1.500`);
});

test("a negative number that is rounded to zero has no sign", () => {
  assert.equal(number(-0.0001), "0.000");
  assert.equal(number(-0), "0.000");
});

test("a signed number has a plus sign if it is positive", () => {
  assert.equal(signed(0.5), "+0.500");
  assert.equal(signed(-0.5), `${MINUS}0.500`);
});

test("a signed zero has no sign", () => {
  assert.equal(signed(0), "0.000");
});

test("a signed number that would be rounded to zero is written with its power of ten", () => {
  assert.equal(signed(0.00028), `+2.8e${MINUS}4`);
  assert.equal(signed(-0.00028), `${MINUS}2.8e${MINUS}4`);
});

test("a signed number is never written as zero unless it is zero", () => {
  const next = random(1);
  for (let exponent = -12; exponent <= 3; exponent++) {
    const value = (next() - 0.5) * 10 ** exponent;
    assert.match(signed(value), value > 0 ? /^\+.*[1-9]/ : /^\u2212.*[1-9]/);
  }
});

test("a share is written in percent with one decimal", () => {
  assert.equal(percent(0.1234), "12.3 %");
});

test("only exactly none and all are written as 0 % and 100 %", () => {
  assert.equal(percent(0), "0 %");
  assert.equal(percent(1), "100 %");
  assert.equal(percent(0.00001), "< 0.1 %");
  assert.equal(percent(0.99999), "> 99.9 %");
  for (let share = 0.001; share <= 0.999; share += 0.001) {
    assert.doesNotMatch(percent(share), /^(0(\.0)?|100(\.0)?) %/);
  }
});

test("the scientific form has a true minus sign in the number and in the exponent", () => {
  assert.equal(scientific(-2.8e-8), `${MINUS}2.8e${MINUS}8`);
  assert.equal(scientific(1.25e8), "1.3e+8");
  assert.equal(scientific(0), "0");
});

test("a count has thousands separators", () => {
  assert.equal(count(20000), "20,000");
});

test("a noun is in the plural unless the quantity is one", () => {
  assert.equal(plural(0, "token"), "0 tokens");
  assert.equal(plural(1, "token"), "1 token");
  assert.equal(plural(1234, "token"), "1,234 tokens");
});
