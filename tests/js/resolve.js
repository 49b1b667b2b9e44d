// Lets node find `tt/…` where the pages' import map does, wherever a test lies.
// node --import ./tests/js/resolve.js --test tests/js/*.test.js

import { register } from "node:module";

const modules = new URL("../../static/js/", import.meta.url).href;

register(
  `data:text/javascript,${encodeURIComponent(`
  export const resolve = (name, context, next) =>
    next(name.startsWith("tt/") ? "${modules}" + name.slice(3) + ".js" : name, context);
`)}`,
);
