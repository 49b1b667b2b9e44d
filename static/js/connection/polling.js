// The transport over plain HTTP, for networks that let no socket through. Long requests bring what
// is new; our frames are posted one after the other.

/** @typedef {import("tt/connection/frames").Frame} Frame */
/** @typedef {import("tt/connection/socket").State} State */
/** @typedef {import("tt/connection/socket").Why} Why */
/** @typedef {{ ref?: string, id?: string | number, type: string, t?: number }} Said */

const WAIT = 20;
const PATIENCE = (WAIT + 10) * 1000;
const BREATH = 250;
const NOTHING_NEW = 1000;
const SHORTEST = 1000;
const LONGEST = 15_000;
const PUSHED_BACK = 5;
/** Milliseconds from one ping to the next: the best of several tells the time. */
const PINGS = [2000, 5000, 60_000];

/** @type {Record<number, Why>} */
const FINAL = { 401: "signed-out", 403: "forbidden", 404: "missing" };
const TOO_LARGE = 413;
const TOO_MANY = 429;
const STALE = "This page is out of date. Copy your text and reload the page.";

export class Polling {
  #url;
  #csrf;
  #heldRevision;
  #onFrame;
  #onState;
  #onTooLarge;
  #fetch;
  #tick;
  #random;
  #later;
  #cancel;
  #failures = 0;
  /** The server's token for what this tab has seen apart from posts. */
  #news = "";
  /** @type {Said[]} */
  #queue = [];
  /** One for each attempt to connect: answers to an earlier attempt are ignored. */
  #attempt = new AbortController();
  /** The long request that waits for something new. @type {AbortController | null} */
  #heldRequest = null;
  /** @type {unknown} */
  #nextPoll = null;
  /** @type {unknown} */
  #postTimer = null;
  /** @type {unknown} */
  #pingTimer = null;
  #isPosting = false;
  #isCatchingUp = false;

  /**
   * @param {object} options
   * @param {string} options.url of the room's API
   * @param {string} options.csrf
   * @param {() => number} options.after the last revision that we hold
   * @param {(frame: Frame) => void} options.onFrame
   * @param {(state: State, why?: Why) => void} options.onState
   * @param {() => void} [options.onTooLarge] a frame of ours was over the limit
   * @param {typeof fetch} [options.fetchUrl]
   * @param {() => number} [options.tick]
   * @param {() => number} [options.random]
   * @param {(action: () => void, ms: number) => any} [options.later]
   * @param {(timer: any) => void} [options.cancel]
   */
  constructor({
    url,
    csrf,
    after,
    onFrame,
    onState,
    onTooLarge = () => {},
    fetchUrl = (input, init) => fetch(input, init),
    tick = () => performance.now(),
    random = Math.random,
    later = (action, ms) => setTimeout(action, ms),
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.#url = url;
    this.#csrf = csrf;
    this.#heldRevision = after;
    this.#onFrame = onFrame;
    this.#onState = onState;
    this.#onTooLarge = onTooLarge;
    this.#fetch = fetchUrl;
    this.#tick = tick;
    this.#random = random;
    this.#later = later;
    this.#cancel = cancel;
    /** @type {State} */
    this.state = "connecting";
  }

  /** Ask for everything new at once; from then on the server holds our requests. */
  start() {
    this.#abandonRequests();
    this.#attempt = new AbortController();
    this.#poll(0);
  }

  /** Send and report nothing more. */
  stop() {
    this.#abandonRequests();
    this.state = "connecting";
  }

  /** We missed something: ask now instead of waiting. */
  catchUp() {
    if (this.#isCatchingUp || this.state !== "open") return;
    this.#heldRequest?.abort();
    this.#poll(0);
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it was handed over; it may still be lost
   */
  send(frame) {
    if (this.state !== "open") return false;
    this.#queue.push(/** @type {Said} */ (frame));
    this.#postFrame();
    return true;
  }

  /** The network is back, or somebody looks at the page again: stop waiting. */
  nudge() {
    if (this.state === "lost" && !this.#isCatchingUp) this.start();
    if (this.state !== "open") return;
    // The long request may have died while the device slept.
    this.catchUp();
    this.#sendPing();
  }

  /**
   * Make one request for what is new, and plan the next one after its answer.
   * @param {number} wait how many seconds the server may hold it
   */
  async #poll(wait) {
    const era = this.#attempt;
    const held = new AbortController();
    this.#heldRequest = held;
    this.#isCatchingUp = wait === 0;
    const began = this.#tick();
    const known = this.#heldRevision();
    const news = this.#news && `&news=${encodeURIComponent(this.#news)}`;
    const query = `?after=${known}&wait=${wait}${news}`;
    const { answer, frame } = await this.#request(query, {}, held);
    if (era.signal.aborted || this.#heldRequest !== held) return;
    this.#heldRequest = null;
    this.#isCatchingUp = false;
    if (!answer?.ok || !frame) {
      this.#handleFailure(answer?.status ?? 0);
      return;
    }
    this.#failures = 0;
    this.#news = frame.news ?? "";
    this.#onFrame(frame);
    if (era.signal.aborted) return;
    if (this.state !== "open") this.#markOpen();
    if (era.signal.aborted || this.#heldRequest) return;
    const isNew = this.#heldRevision() !== known || this.#tick() - began > NOTHING_NEW;
    this.#nextPoll = this.#later(() => this.#poll(WAIT), isNew ? BREATH : NOTHING_NEW);
  }

  #markOpen() {
    this.#setState("open");
    this.#keepPinging([...PINGS]);
  }

  /** Post one frame at a time, so that they arrive in order. */
  async #postFrame() {
    if (this.#isPosting || this.#queue.length === 0) return;
    this.#isPosting = true;
    const era = this.#attempt;
    const said = /** @type {Said} */ (this.#queue[0]);
    // The time that a ping waited here must not count as part of the round trip.
    if (said.type === "ping") said.t = this.#tick();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#csrf };
    const options = { method: "POST", headers, body: JSON.stringify(said) };
    const { answer, frame } = await this.#request("", options, new AbortController());
    if (!era.signal.aborted) this.#handleAnswer(said, answer, frame);
  }

  /**
   * @param {Said} said
   * @param {Response | null} answer null if none came
   * @param {any} body
   */
  #handleAnswer(said, answer, body) {
    const status = answer?.status ?? 0;
    if (status === TOO_MANY) {
      const pause = Number(body?.retry_after ?? answer?.headers.get("Retry-After")) || PUSHED_BACK;
      this.#postTimer = this.#later(() => this.#postNextFrame(), pause * 1000);
      return;
    }
    if (status === 0 || status >= 500 || status === 401 || status === 404) {
      this.#handleFailure(status);
      return;
    }
    this.#queue.shift();
    if (status === TOO_LARGE) this.#onTooLarge();
    else if (answer?.ok) body && this.#onFrame(body);
    else this.#onFrame(refusal(said, body));
    this.#postNextFrame();
  }

  #postNextFrame() {
    this.#isPosting = false;
    this.#postFrame();
  }

  /** @param {number} status 0 if no answer came */
  #handleFailure(status) {
    this.#abandonRequests();
    const why = FINAL[status];
    if (why) {
      this.#setState("stopped", why);
      return;
    }
    const least = status === TOO_MANY ? PUSHED_BACK * 1000 : SHORTEST / 2;
    const longest = Math.min(LONGEST, SHORTEST * 2 ** this.#failures);
    this.#failures += 1;
    const pause = Math.max(least, longest * (0.5 + this.#random() / 2));
    this.#nextPoll = this.#later(() => this.start(), pause);
    this.#setState("lost");
  }

  /** Abandon all requests. The senders of unanswered frames send them again after we reconnect. */
  #abandonRequests() {
    this.#attempt.abort();
    this.#heldRequest?.abort();
    this.#heldRequest = null;
    this.#queue = [];
    this.#isPosting = this.#isCatchingUp = false;
    for (const timer of [this.#nextPoll, this.#postTimer, this.#pingTimer]) this.#cancel(timer);
  }

  /** @param {number[]} pauses between pings; the last one repeats */
  #keepPinging(pauses) {
    this.#sendPing();
    const [pause = 0] = pauses.length > 1 ? pauses.splice(0, 1) : pauses;
    this.#pingTimer = this.#later(() => this.#keepPinging(pauses), pause);
  }

  #sendPing() {
    this.send({ type: "ping", t: this.#tick() });
  }

  /**
   * @param {string} query
   * @param {RequestInit} options
   * @param {AbortController} own
   * @returns {Promise<{ answer: Response | null, frame: any }>} answer: null if none came
   */
  async #request(query, options, own) {
    const era = this.#attempt;
    const abort = () => own.abort();
    era.signal.addEventListener("abort", abort);
    const late = this.#later(abort, PATIENCE);
    try {
      const answer = await this.#fetch(this.#url + query, {
        ...options,
        cache: "no-store",
        credentials: "same-origin",
        redirect: "error",
        signal: own.signal,
      });
      const text = answer.status === 204 ? "" : await answer.text();
      return { answer, frame: parsed(text) };
    } catch {
      return { answer: null, frame: null };
    } finally {
      this.#cancel(late);
      era.signal.removeEventListener("abort", abort);
    }
  }

  /**
   * @param {State} state
   * @param {Why} [why]
   */
  #setState(state, why) {
    this.state = state;
    this.#onState(state, why);
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's page
  }
}

/**
 * An answer that does not come from the room, as a refusal by the room.
 * @param {Said} said
 * @param {any} body
 * @returns {import("tt/connection/frames").Refused}
 */
function refusal(said, body) {
  const ref = said.ref ?? (said.type === "post" ? String(said.id) : null);
  const { code = "bad_request", reason = STALE } = body ?? {};
  return { type: "refused", ref, code, reason };
}
