import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Notices } from "tt/notices";
import { element, page } from "./page.js";

const LOST = "Lost.";
const CUT_OFF = "Cut off.";

/** @type {any} */
let connection;
/** @type {any} */
let notices;
/** @type {string[]} */
let said;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const body = page();
  connection = element("connection");
  connection.hidden = true;
  body.append(element("announcer"), element("warning"), connection);
  notices = new Notices(body, LOST, CUT_OFF);
  said = [];
  notices.announce = (/** @type {string} */ text) => said.push(text);
});

const wait = () => mock.timers.tick(801);

test("a connection that comes back to a room without its database says that instead", () => {
  notices.lost();
  wait();
  assert.equal(connection.textContent, LOST);
  notices.reach(true);
  notices.healed();
  wait();
  assert.equal(connection.textContent, CUT_OFF);
  notices.reach(false);
  assert.match(connection.textContent, /saved again/);
  assert.ok(!connection.classList.contains("warn"));
  assert.equal(said.length, 3);
});

test("a room without its database that is lost as well says so until it is back", () => {
  notices.reach(true);
  wait();
  assert.equal(connection.textContent, CUT_OFF);
  notices.lost();
  wait();
  assert.equal(connection.textContent, LOST);
  notices.healed();
  wait();
  assert.equal(connection.textContent, CUT_OFF);
});

test("a moment without connection changes and says nothing", () => {
  notices.lost();
  notices.healed();
  wait();
  assert.deepEqual([connection.hidden, said], [true, []]);
  notices.reach(true);
  wait();
  notices.lost();
  notices.healed();
  wait();
  assert.deepEqual([connection.textContent, said], [CUT_OFF, [CUT_OFF]]);
});
