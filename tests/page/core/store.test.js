import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../../service/page/js/core/store.js";

/** A store with two fields, and a record of the calls of its subscriber. */
function watched() {
  const store = new Store({ a: 1, b: Number.NaN });
  /** @type {[object, object][]} */
  const calls = [];
  store.subscribe((value, before) => calls.push([value, before]));
  return { store, calls };
}

test("a change is passed to the subscribers with the value before", () => {
  const { store, calls } = watched();
  store.set({ a: 2 });
  assert.deepEqual(calls, [[{ a: 2, b: Number.NaN }, { a: 1, b: Number.NaN }]]);
});

test("the fields that are not named keep their values", () => {
  const { store } = watched();
  store.set({ a: 2 });
  assert.deepEqual(store.value, { a: 2, b: Number.NaN });
});

test("setting equal values calls nobody and keeps the object", () => {
  const { store, calls } = watched();
  const { value } = store;
  store.set({ a: 1, b: Number.NaN });
  store.set({});
  assert.deepEqual(calls, []);
  assert.equal(store.value, value);
});

test("the value cannot be changed from outside", () => {
  const { store } = watched();
  assert.throws(() => Object.assign(store.value, { a: 3 }), TypeError);
});

test("all subscribers are called, in the order in which they subscribed", () => {
  const { store } = watched();
  /** @type {string[]} */
  const called = [];
  store.subscribe(() => called.push("first"));
  store.subscribe(() => called.push("second"));
  store.set({ a: 2 });
  assert.deepEqual(called, ["first", "second"]);
});

test("a subscriber that was added twice is called once", () => {
  const { store } = watched();
  let calls = 0;
  const listener = () => calls++;
  store.subscribe(listener);
  store.subscribe(listener);
  store.set({ a: 2 });
  assert.equal(calls, 1);
});
