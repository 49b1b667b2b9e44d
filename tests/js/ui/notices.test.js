import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Notices } from "tt/ui/notices";
import { ownTimers } from "../support/fakes.js";
import { element, page } from "../support/page.js";
import "../support/law.js";

const LOST = "Lost.";
const CUT_OFF = "Cut off.";

/** @type {any} */
let timers;
/** @type {any} */
let connection;
/** @type {any} */
let notices;
/** @type {string[]} */
let said;

beforeEach(() => {
  timers = ownTimers();
  const body = page();
  connection = element("connection");
  connection.hidden = true;
  body.append(element("announcer"), element("warning"), connection);
  notices = new Notices(body, LOST, CUT_OFF);
  said = [];
  notices.announce = (/** @type {string} */ text) => said.push(text);
});

const wait = () => timers.pass(801);

test("a restored connection to a room without its database shows that instead", async () => {
  notices.reportLost();
  await wait();
  assert.equal(connection.textContent, LOST);
  notices.reportDatabase(true);
  notices.reportRestored();
  await wait();
  assert.equal(connection.textContent, CUT_OFF);
  notices.reportDatabase(false);
  assert.match(connection.textContent, /saved again/);
  assert.ok(!connection.classList.contains("warn"));
  assert.equal(said.length, 3);
});

test("a lost connection is shown before a room without its database", async () => {
  notices.reportDatabase(true);
  await wait();
  assert.equal(connection.textContent, CUT_OFF);
  notices.reportLost();
  await wait();
  assert.equal(connection.textContent, LOST);
  notices.reportRestored();
  await wait();
  assert.equal(connection.textContent, CUT_OFF);
});

test("a moment without a connection changes and announces nothing", async () => {
  notices.reportLost();
  notices.reportRestored();
  await wait();
  assert.deepEqual([connection.hidden, said], [true, []]);
  notices.reportDatabase(true);
  await wait();
  notices.reportLost();
  notices.reportRestored();
  await wait();
  assert.deepEqual([connection.textContent, said], [CUT_OFF, [CUT_OFF]]);
});
