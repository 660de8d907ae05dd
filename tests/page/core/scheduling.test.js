import assert from "node:assert/strict";
import { test } from "node:test";
import { debounce } from "../../../service/page/js/core/scheduling.js";

test("a task runs once after many requests in a row", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let runs = 0;
  const request = debounce(() => runs++, 250);
  for (let time = 0; time < 5; time++) {
    request();
    context.mock.timers.tick(200);
  }
  assert.equal(runs, 0);
  context.mock.timers.tick(50);
  assert.equal(runs, 1);
});

test("a task runs again when it is requested later", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let runs = 0;
  const request = debounce(() => runs++, 250);
  request();
  context.mock.timers.tick(250);
  request();
  context.mock.timers.tick(250);
  assert.equal(runs, 2);
});
