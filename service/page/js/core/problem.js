/** The error that every failed request raises. */

/** A request without a usable response. `title` and `message` are shown to the reader. */
export class ApiProblem extends Error {
  #errors;

  /**
   * @param {string} title
   * @param {string} detail
   * @param {{pointer?: string | null, detail?: string}[]} [errors]  the fields of the request that were refused
   */
  constructor(title, detail, errors = []) {
    super(detail);
    this.title = title;
    this.#errors = errors;
  }

  /** Whether the same request may succeed later: no part of it was refused. */
  get canRetry() {
    return this.#errors.length === 0;
  }

  /**
   * Whether this one field of the request is the only reason for the refusal.
   * @param {string} field
   */
  isAbout(field) {
    return this.#errors.length > 0 && this.#errors.every(({ pointer }) => pointer === `#/${field}`);
  }

  /**
   * The items of a list that are the only reason for the refusal.
   * @param {string} field  that has the list
   * @returns {Map<number, string> | null} the reason by the number of the item, for as many items as
   *   the response lists; null for any other refusal
   */
  refusedItems(field) {
    const items = new Map();
    for (const { pointer, detail } of this.#errors) {
      // An error without a place states how many more there are, which are not listed.
      if (pointer === undefined || pointer === null) continue;
      const place = new RegExp(`^#/${field}/(\\d+)$`).exec(pointer);
      if (!place) return null;
      items.set(Number(place[1]), detail ?? this.message);
    }
    return items.size > 0 ? items : null;
  }
}

/**
 * Read the problem of an error response (RFC 9457), or write one if the body is something else.
 * @param {Response} response
 * @returns {Promise<ApiProblem>}
 */
export async function problemOf(response) {
  const title = `Error ${response.status}`;
  const detail = `The server responded with status ${response.status} and gave no reason.`;
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) {
    return new ApiProblem(title, detail);
  }
  const problem = await response.json();
  /** @type {{detail?: string}[]} */
  const errors = problem.errors ?? [];
  // The detail of the whole puts the name of a field before each reason, which says nothing to a reader.
  const reasons = errors.map((error) => error.detail).filter(Boolean);
  const message = reasons.length > 0 ? reasons.join(" ") : (problem.detail ?? detail);
  return new ApiProblem(problem.title ?? title, message, problem.errors);
}
