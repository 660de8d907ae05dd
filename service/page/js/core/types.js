/**
 * The records of the HTTP API that the page reads and sends. `openapi.d.ts` is generated from the
 * service's OpenAPI document; this file gives its records the short names that the page uses.
 */

/** @typedef {import("./openapi.js").paths} Paths */

/**
 * @typedef {Paths["/explain"]["post"]["requestBody"]["content"]["application/json"]} ExplainRequest
 * @typedef {Paths["/explain/diff"]["post"]["requestBody"]["content"]["application/json"]} DiffRequest
 * @typedef {Paths["/explain/step"]["post"]["requestBody"]["content"]["application/json"]} StepRequest
 * @typedef {Paths["/explain/sweep"]["post"]["requestBody"]["content"]["application/json"]} SweepRequest
 *
 * @typedef {Paths["/predict"]["post"]["responses"][200]["content"]["application/json"]} PredictResponse
 * @typedef {Exclude<Extract<PredictResponse, unknown[]>[number], unknown[]>} Prediction
 * @typedef {Paths["/explain"]["post"]["responses"][200]["content"]["application/json"]} Explanation
 * @typedef {Paths["/explain/diff"]["post"]["responses"][200]["content"]["application/json"]} Diff
 * @typedef {Paths["/explain/step"]["post"]["responses"][200]["content"]["application/json"]} Step
 * @typedef {Paths["/explain/sweep"]["post"]["responses"][200]["content"]["application/json"]} Sweep
 * @typedef {Paths["/units"]["get"]["responses"][200]["content"]["application/json"]} ListedUnits
 * @typedef {Paths["/units/{unit}"]["get"]["responses"][200]["content"]["application/json"]} UnitProfile
 * @typedef {Paths["/info"]["get"]["responses"][200]["content"]["application/json"]} Info
 * @typedef {Paths["/examples"]["get"]["responses"][200]["content"]["application/json"][number]} Example
 */

/**
 * @typedef {Explanation["convention"]} Convention  sense of the update gate
 * @typedef {Explanation["label"]} Label
 * @typedef {Explanation["tokens"][number]} Token
 * @typedef {Token["flags"][number]} FlagName
 * @typedef {Token["reset"]} GateSummary  mean, min and max of a gate over all units
 * @typedef {keyof NonNullable<Token["gate_effects"]>} GateEffect
 * @typedef {Explanation["unusual"]} Unusual
 * @typedef {NonNullable<Explanation["units"]>} Units
 * @typedef {NonNullable<Explanation["faithfulness"]>} Faithfulness
 * @typedef {Faithfulness["random"]} FaithfulnessFigures
 * @typedef {NonNullable<ExplainRequest["interventions"]>[number]} Intervention
 * @typedef {Intervention["gate"]} Gate
 *
 * @typedef {Diff["rows"][number]} DiffRow
 * @typedef {Step["units"][number]} StepUnit
 * @typedef {Sweep["stops"][number]} SweepStop
 * @typedef {"unit" | "largest_contribution" | "head_weight" | "mean_reset" | "mean_update" | "half_life"} UnitOrder  what the list of units is sorted by
 * @typedef {ListedUnits["units"][number]} ListedUnit
 * @typedef {NonNullable<UnitProfile["places"]>} UnitPlaces
 * @typedef {UnitPlaces["resets"][number]} Occurrence
 */

export {};
