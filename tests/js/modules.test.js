import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);

/** @param {string} module @returns {Promise<string[]>} what it imports, by bare names */
async function importsOf(module) {
  const text = await readFile(new URL(`static/js/${module}.js`, root), "utf8");
  const found = text.matchAll(/^import (?:[^;]*? from )?"tt\/([a-z-]+)";$/gm);
  return [...found].map(([, name = ""]) => name);
}

test("every module that another imports has its place in the import map", async () => {
  const map = await readFile(new URL("templates/_modules.html", root), "utf8");
  const placed = [...map.matchAll(/"(tt\/[a-z-]+)": "\{% static '(js\/[a-z-]+\.js)' %\}"/g)];
  const names = new Map(placed.map(([, name = "", file = ""]) => [name, file]));
  for (const [name, file] of names) {
    assert.equal(`${name.replace("tt/", "js/")}.js`, file);
    await readFile(new URL(`static/${file}`, root));
  }
  for (const file of await readdir(new URL("static/js/", root))) {
    const text = await readFile(new URL(`static/js/${file}`, root), "utf8");
    for (const [, name = ""] of text.matchAll(/^import [^;]*?from "(.+?)";$/gm)) {
      assert.ok(names.has(name), `${file} imports ${name}`);
    }
  }
});

test("the room’s page names every module that it leads to, so that all are fetched at once", async () => {
  const led = new Set(await importsOf("room"));
  for (const name of led) for (const next of await importsOf(name)) led.add(next);
  const list = await readFile(new URL("templates/chat/_preload.html", root), "utf8");
  const named = [...list.matchAll(/'js\/([a-z-]+)\.js'/g)].map(([, name = ""]) => name);
  assert.deepEqual(named, [...led].sort());
});
