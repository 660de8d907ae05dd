import js from "@eslint/js";
import globals from "globals";

const PAGE = "service/page/js";

/**
 * Forbid a folder of the page to import from the folders above it: main > panels > charts, story >
 * explanation > core.
 * @param {string} folder
 * @param {string[]} above
 */
const layer = (folder, above) => ({
  files: [`${PAGE}/${folder}/**/*.js`],
  rules: {
    "no-restricted-imports": ["error", { patterns: [...above.map((name) => `**/${name}/*`), "**/main.js"] }],
  },
});

export default [
  { ignores: [".venv/", "build/", "dist/", "docs/*", "!docs/try/", "runs/", "site/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-implicit-coercion": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: [`${PAGE}/**/*.js`, "docs/try/**/*.js", "benchmarks/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/page/**/*.js", "tests/docs/**/*.js"], languageOptions: { globals: globals.node } },
  layer("core", ["explanation", "charts", "story", "panels"]),
  layer("explanation", ["charts", "story", "panels"]),
  layer("charts", ["story", "panels"]),
  layer("story", ["charts", "panels"]),
  layer("panels", []),
  layer("many", ["panels"]),
];
