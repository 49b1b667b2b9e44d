// Resolves `tt/…` in node as the import map does in pages.
// node --import ./tests/js/support/resolve.js --test "tests/js/**/*.test.js"

import { webcrypto } from "node:crypto";
import { register } from "node:module";

globalThis.crypto ??= webcrypto; // browsers and newer nodes have it

const modules = new URL("../../../static/js/", import.meta.url).href;

register(
  `data:text/javascript,${encodeURIComponent(`
  export const resolve = (name, context, next) =>
    next(name.startsWith("tt/") ? "${modules}" + name.slice(3) + ".js" : name, context);
`)}`,
);
