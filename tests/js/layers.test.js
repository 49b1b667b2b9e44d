import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

/** From the highest to the lowest. Folders of one row do not import each other. */
const LAYERS = [
  ["pages", "room", "display"],
  ["posts", "composer"],
  ["ui"],
  ["state"],
  ["connection"],
];

const folder = new URL("../../static/js/", import.meta.url);

/** @type {Map<string, string[]>} each module with those that it names, in imports and in types */
const modules = new Map();
for (const path of /** @type {string[]} */ (await readdir(folder, { recursive: true }))) {
  if (!path.endsWith(".js")) continue;
  const text = await readFile(new URL(path, folder), "utf8");
  const named = text.matchAll(/(?:from |import |import\()"tt\/([^"]+)"/g);
  modules.set(
    path.slice(0, -".js".length),
    [...named].map(([, name = ""]) => name),
  );
}

/** @param {string} module */
const layerOf = (module) =>
  LAYERS.findIndex((row) => row.includes(module.slice(0, module.indexOf("/"))));

test("every module is in a folder of a layer, and no folder has more than fifteen modules", () => {
  const counts = new Map();
  for (const module of modules.keys()) {
    assert.notEqual(layerOf(module), -1, module);
    const [name] = module.split("/");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), LAYERS.flat().sort());
  for (const [name, count] of counts) assert.ok(count <= 15, `${name} has ${count} modules`);
});

test("a module names only modules of its own folder and of lower layers", () => {
  for (const [module, named] of modules) {
    for (const other of named) {
      assert.ok(modules.has(other), `${module} names ${other}, which is no module`);
      const isSameFolder = module.split("/")[0] === other.split("/")[0];
      assert.ok(isSameFolder || layerOf(module) < layerOf(other), `${module} names ${other}`);
    }
  }
});

test("no module leads back to itself", () => {
  /** @type {Set<string>} */
  const finished = new Set();
  /** @param {string} module @param {string[]} way */
  function follow(module, way) {
    assert.ok(!way.includes(module), [...way, module].join(" → "));
    if (finished.has(module)) return;
    for (const other of modules.get(module) ?? []) follow(other, [...way, module]);
    finished.add(module);
  }
  for (const module of modules.keys()) follow(module, []);
});
