// The transport over a WebSocket. It reconnects automatically and reports its state.

/** @typedef {import("tt/connection/frames").Frame} Frame */
/** @typedef {"connecting" | "open" | "lost" | "stopped"} State */
/** @typedef {"signed-out" | "forbidden" | "missing"} Why */

const SILENCE = 15_000;
/** Some networks swallow a handshake and answer nothing. */
const HANDSHAKE = 6_000;
const SHORTEST = 500;
const LONGEST = 8_000;
const PUSHED_BACK = 10_000;
const FIRST_PINGS = [0, 300, 700, 1500];
const PING_EVERY = 10_000;

/** @type {Record<number, Why>} */
const FINAL = { 4401: "signed-out", 4403: "forbidden", 4404: "missing" };
const GOING_AWAY = 1012;
const TOO_LARGE = 1009;
const TOO_SLOW = 4408;
const TOO_MANY = 4429;

export class RoomSocket {
  #nextUrl;
  #heldRevision;
  #onFrame;
  #onState;
  #onTooLarge;
  #Socket;
  #tick;
  #random;
  #later;
  #cancel;
  /** @type {WebSocket | null} */
  #socket = null;
  #failures = 0;
  #isHelloUnanswered = false;
  #isPushedBack = false;
  /** @type {unknown[]} */
  #timers = [];
  /** @type {unknown} */
  #silenceTimer = null;
  /** @type {unknown} */
  #retryTimer = null;

  /**
   * @param {object} options
   * @param {() => string} options.url called at each attempt
   * @param {() => number} options.after the last revision that we hold
   * @param {(frame: Frame) => void} options.onFrame
   * @param {(state: State, why?: Why, code?: number) => void} options.onState
   * @param {() => void} [options.onTooLarge] a frame of ours was over the limit
   * @param {typeof WebSocket} [options.Socket]
   * @param {() => number} [options.tick]
   * @param {() => number} [options.random]
   * @param {(action: () => void, ms: number) => any} [options.later]
   * @param {(timer: any) => void} [options.cancel]
   */
  constructor({
    url,
    after,
    onFrame,
    onState,
    onTooLarge = () => {},
    Socket = WebSocket,
    tick = () => performance.now(),
    random = Math.random,
    later = (action, ms) => setTimeout(action, ms),
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.#nextUrl = url;
    this.#heldRevision = after;
    this.#onFrame = onFrame;
    this.#onState = onState;
    this.#onTooLarge = onTooLarge;
    this.#Socket = Socket;
    this.#tick = tick;
    this.#random = random;
    this.#later = later;
    this.#cancel = cancel;
    /** @type {State} */
    this.state = "connecting";
  }

  start() {
    this.#cancel(this.#retryTimer);
    this.#retryTimer = null;
    const socket = new this.#Socket(this.#nextUrl());
    this.#socket = socket;
    this.#expectMessage(HANDSHAKE);
    socket.onopen = () => {
      this.#expectMessage();
      this.#sendHello();
      for (const ms of FIRST_PINGS) this.#timers.push(this.#later(() => this.#sendPing(), ms));
      this.#timers.push(this.#later(() => this.#keepPinging(), PING_EVERY));
    };
    socket.onmessage = (event) => this.#handleMessage(String(event.data));
    socket.onclose = (event) => this.#handleClose(event.code);
  }

  /** Send and report nothing more. */
  stop() {
    this.#dropSocket();
    this.#cancel(this.#retryTimer);
    this.#retryTimer = null;
    this.state = "connecting";
  }

  /** Ask for everything after the revision that we hold. */
  #sendHello() {
    this.#isHelloUnanswered = true;
    this.send({ type: "hello", after: this.#heldRevision() });
  }

  /** We missed something: ask for it, unless an earlier question is still open. */
  catchUp() {
    if (!this.#isHelloUnanswered) this.#sendHello();
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it was handed over; it may still be lost
   */
  send(frame) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /**
   * The network is back, or somebody looks at the page again: stop waiting. A socket that seems open
   * may have died while the device slept, so it has to answer soon.
   */
  nudge() {
    if (this.#retryTimer !== null && !this.#isPushedBack) this.start();
    if (this.state !== "open") return;
    this.#sendPing();
    this.#expectMessage(HANDSHAKE);
  }

  /** @param {string} text */
  #handleMessage(text) {
    this.#expectMessage();
    const frame = /** @type {Frame} */ (JSON.parse(text));
    if (frame.type !== "welcome") {
      this.#onFrame(frame);
      return;
    }
    this.#isHelloUnanswered = false;
    this.#failures = 0;
    this.#onFrame(frame);
    if (this.state !== "open") this.#setState("open");
  }

  /** @param {number} code */
  #handleClose(code) {
    this.#dropSocket();
    const why = FINAL[code];
    if (why) {
      this.#setState("stopped", why);
      return;
    }
    if (code === TOO_LARGE) this.#onTooLarge();
    this.#isPushedBack = code === TOO_MANY;
    this.#retryTimer = this.#later(() => this.start(), this.#pauseAfter(code));
    this.#failures += 1;
    this.#setState("lost", undefined, code);
  }

  /**
   * Milliseconds before the next attempt: short and random at first, so that a thousand tabs don't
   * come at once; longer after each failure.
   * @param {number} code
   */
  #pauseAfter(code) {
    const longest = Math.min(LONGEST, SHORTEST * 2 ** this.#failures);
    const isAtOnce = code === GOING_AWAY || code === TOO_SLOW || code === TOO_LARGE;
    if (isAtOnce && this.#failures === 0) return this.#random() * SHORTEST;
    if (code === TOO_MANY) return PUSHED_BACK * (1 + this.#random() / 2);
    return Math.max(SHORTEST, longest * (0.5 + this.#random() / 2));
  }

  /** The server sends something every five seconds, so a long silence means a dead connection. */
  #expectMessage(patience = SILENCE) {
    this.#cancel(this.#silenceTimer);
    this.#silenceTimer = this.#later(() => this.#handleClose(0), patience);
  }

  #keepPinging() {
    this.#sendPing();
    this.#timers.push(this.#later(() => this.#keepPinging(), PING_EVERY));
  }

  #sendPing() {
    this.send({ type: "ping", t: this.#tick() });
  }

  /** Close the socket and ignore what it may still report. */
  #dropSocket() {
    for (const timer of [...this.#timers, this.#silenceTimer]) this.#cancel(timer);
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /**
   * @param {State} state
   * @param {Why} [why]
   * @param {number} [code] of a close
   */
  #setState(state, why, code) {
    this.state = state;
    this.#onState(state, why, code);
  }
}
