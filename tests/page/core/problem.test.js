import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem, problemOf } from "../../../service/page/js/core/problem.js";

/**
 * @param {unknown} body
 * @param {string} type
 */
const response = (body, type) => new Response(JSON.stringify(body), { status: 422, headers: { "content-type": type } });

test("a problem has the title and the detail of the response", async () => {
  const problem = await problemOf(response({ title: "Invalid", detail: "Too long." }, "application/problem+json"));
  assert.deepEqual([problem.title, problem.message], ["Invalid", "Too long."]);
});

test("a problem with refused fields gives the reasons without the names of the fields", async () => {
  const errors = [{ pointer: "#/text", detail: "Too long." }, { pointer: "#/units", detail: "Too many." }];
  const body = { title: "Invalid", detail: "text: Too long. units: Too many.", errors };
  const problem = await problemOf(response(body, "application/problem+json"));
  assert.equal(problem.message, "Too long. Too many.");
});

test("a request may succeed later only if no field of it was refused", () => {
  assert.equal(new ApiProblem("No response", "Nothing.").canRetry, true);
  assert.equal(new ApiProblem("Invalid", "Too long.", [{ pointer: "#/text" }]).canRetry, false);
});

test("a problem with a charset in its media type is read too", async () => {
  const problem = await problemOf(response({ title: "Invalid" }, "application/problem+json; charset=utf-8"));
  assert.equal(problem.title, "Invalid");
});

test("what a problem leaves out is filled in", async () => {
  const problem = await problemOf(response({}, "application/problem+json"));
  assert.deepEqual(
    [problem.title, problem.message],
    ["Error 422", "The server responded with status 422 and gave no reason."],
  );
});

test("a response of another media type is reported by its status", async () => {
  const problem = await problemOf(response({ title: "Invalid" }, "text/html"));
  assert.equal(problem.title, "Error 422");
});

test("a problem is about a field if no other one was refused", () => {
  const problem = new ApiProblem("Invalid", "Too many.", [{ pointer: "#/units" }, { pointer: "#/units" }]);
  assert.equal(problem.isAbout("units"), true);
  assert.equal(problem.isAbout("text"), false);
});

test("a problem with several fields is about none of them", () => {
  const problem = new ApiProblem("Invalid", "Both.", [{ pointer: "#/units" }, { pointer: "#/text" }]);
  assert.equal(problem.isAbout("units"), false);
});

test("a problem without fields is about none", () => {
  assert.equal(new ApiProblem("Invalid", "Something.").isAbout("units"), false);
  assert.equal(new ApiProblem("Invalid", "Something.", [{}]).isAbout("units"), false);
});

test("the refused items of a list have their reasons", () => {
  const errors = [{ pointer: "#/text/2", detail: "Too long." }, { pointer: "#/text/0", detail: "Empty." }];
  assert.deepEqual(new ApiProblem("", "", errors).refusedItems("text"), new Map([[2, "Too long."], [0, "Empty."]]));
});

test("a refusal of something else has no refused items", () => {
  assert.equal(new ApiProblem("", "", [{ pointer: "#/text/2" }, { pointer: "#/model" }]).refusedItems("text"), null);
  assert.equal(new ApiProblem("", "").refusedItems("text"), null);
});

test("of refused items that a response does not list, those that it lists are known", () => {
  const errors = [{ pointer: "#/text/2", detail: "Empty." }, { detail: "10 more like these, left out." }];
  assert.deepEqual(new ApiProblem("", "", errors).refusedItems("text"), new Map([[2, "Empty."]]));
});
