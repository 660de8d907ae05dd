/**
 * The network in the browser: ONNX Runtime, compiled to WebAssembly, runs the file that
 * `gatewise export --onnx FILE --traces` writes.
 *
 * @typedef {object} Trace
 * @property {number} logit
 * @property {number} probability P(positive).
 * @property {number} units
 * @property {Float32Array} running P(positive) if the text ended at each token.
 * @property {Float32Array} reset_gate Tokens times units, as all below.
 * @property {Float32Array} update_gate
 * @property {Float32Array} candidate
 * @property {Float32Array} hidden
 */

/** @typedef {typeof import("onnxruntime-web/wasm")} Runtime */

export class Network {
  /**
   * @param {Runtime} runtime
   * @param {import("onnxruntime-web/wasm").InferenceSession} session
   */
  constructor(runtime, session) {
    this.runtime = runtime;
    this.session = session;
  }

  /**
   * Load the runtime and the model.
   * @param {URL} folder Where `model.onnx` and `ort/` are.
   */
  static async load(folder) {
    /** @type {Runtime} */
    const runtime = await import(new URL("ort/ort.wasm.min.mjs", folder).href);
    runtime.env.wasm.numThreads = 1; // more need HTTP headers that a server of static files may not send
    runtime.env.wasm.wasmPaths = new URL("ort/", folder).href;
    const session = await runtime.InferenceSession.create(new URL("model.onnx", folder).href, {
      executionProviders: ["wasm"],
    });
    return new Network(runtime, session);
  }

  /**
   * Run one text.
   * @param {number[]} ids Its word ids.
   * @returns {Promise<Trace>}
   */
  async run(ids) {
    const input = new this.runtime.Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]);
    const outputs = await this.session.run({ ids: input });
    /** @param {string} name */
    const numbers = (name) => /** @type {Float32Array} */ (outputs[name].data);
    const logit = numbers("logit")[0];
    return {
      logit,
      probability: 1 / (1 + Math.exp(-logit)),
      units: outputs.hidden.dims[2],
      running: numbers("running_probability"),
      reset_gate: numbers("reset_gate"),
      update_gate: numbers("update_gate"),
      candidate: numbers("candidate"),
      hidden: numbers("hidden"),
    };
  }
}
