/** A long text in few characters, for the fragment of an address. */

const FORMAT = "deflate-raw";
const CHUNK = 8192;

/**
 * Compress a text.
 * @param {string} text
 * @returns {Promise<string>} in the alphabet of base64url
 */
export async function pack(text) {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream(FORMAT));
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Read a packed text.
 * @param {string} packed
 * @returns {Promise<string | null>} null for anything that `pack` did not write
 */
export async function unpack(packed) {
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const text = await through(bytes, new DecompressionStream(FORMAT));
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    // A link that was cut or edited: not base64, not deflated, or not UTF-8.
    return null;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {GenericTransformStream} transform
 * @returns {Promise<Uint8Array>}
 */
async function through(bytes, transform) {
  const stream = new Blob([bytes]).stream().pipeThrough(/** @type {ReadableWritablePair} */ (transform));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
