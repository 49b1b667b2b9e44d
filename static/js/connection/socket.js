// The connection to the room: it heals by itself, and says in which state it is. Knows no DOM.

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
  /**
   * @param {object} options
   * @param {() => string} options.url asked for at each attempt
   * @param {() => number} options.after the last revision held
   * @param {(frame: Frame) => void} options.hear
   * @param {(state: State, why?: Why, code?: number) => void} options.tell
   * @param {() => void} [options.tooLarge] a frame of ours was over the limit
   * @param {typeof WebSocket} [options.Socket]
   * @param {() => number} [options.tick]
   * @param {() => number} [options.random]
   * @param {(action: () => void, ms: number) => any} [options.later]
   * @param {(timer: any) => void} [options.cancel]
   */
  constructor({
    url,
    after,
    hear,
    tell,
    tooLarge = () => {},
    Socket = WebSocket,
    tick = () => performance.now(),
    random = Math.random,
    later = (action, ms) => setTimeout(action, ms),
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.url = url;
    this.after = after;
    this.hear = hear;
    this.tell = tell;
    this.tooLarge = tooLarge;
    this.Socket = Socket;
    this.tick = tick;
    this.random = random;
    this.later = later;
    this.cancel = cancel;
    /** @type {State} */
    this.state = "connecting";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.failures = 0;
    this.isAsking = false;
    this.isPushedBack = false;
    /** @type {unknown[]} */
    this.timers = [];
    /** @type {unknown} */
    this.silence = null;
    /** @type {unknown} */
    this.retry = null;
  }

  start() {
    this.cancel(this.retry);
    this.retry = null;
    const socket = new this.Socket(this.url());
    this.socket = socket;
    this.watch(HANDSHAKE);
    socket.onopen = () => {
      this.watch();
      this.hello();
      for (const ms of FIRST_PINGS) this.timers.push(this.later(() => this.ping(), ms));
      this.timers.push(this.later(() => this.keepPinging(), PING_EVERY));
    };
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = (event) => this.closed(event.code);
  }

  /** Say and hear nothing more. */
  stop() {
    this.drop();
    this.cancel(this.retry);
    this.retry = null;
    this.state = "connecting";
  }

  /** Say from where on we want to know; again when something was missed. */
  hello() {
    this.isAsking = true;
    this.send({ type: "hello", after: this.after() });
  }

  /** There is a hole in what we hold: ask once until we are answered. */
  catchUp() {
    if (!this.isAsking) this.hello();
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it was handed over; it may still be lost
   */
  send(frame) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /**
   * The network is back, or somebody looks: no reason to wait any longer. A socket that seems open
   * may have died while the device slept, so it has to answer soon.
   */
  nudge() {
    if (this.retry !== null && !this.isPushedBack) this.start();
    if (this.state !== "open") return;
    this.ping();
    this.watch(HANDSHAKE);
  }

  /** @param {string} text */
  receive(text) {
    this.watch();
    const frame = /** @type {Frame} */ (JSON.parse(text));
    if (frame.type !== "welcome") {
      this.hear(frame);
      return;
    }
    this.isAsking = false;
    this.failures = 0;
    this.hear(frame);
    if (this.state !== "open") this.become("open");
  }

  /** @param {number} code */
  closed(code) {
    this.drop();
    const why = FINAL[code];
    if (why) {
      this.become("stopped", why);
      return;
    }
    if (code === TOO_LARGE) this.tooLarge();
    this.isPushedBack = code === TOO_MANY;
    this.retry = this.later(() => this.start(), this.pause(code));
    this.failures += 1;
    this.become("lost", undefined, code);
  }

  /**
   * How long to wait before the next attempt: a little and at random at first, so that a thousand
   * tabs don't come at once; longer while it fails.
   * @param {number} code
   */
  pause(code) {
    const longest = Math.min(LONGEST, SHORTEST * 2 ** this.failures);
    const isAtOnce = code === GOING_AWAY || code === TOO_SLOW || code === TOO_LARGE;
    if (isAtOnce && this.failures === 0) return this.random() * SHORTEST;
    if (code === TOO_MANY) return PUSHED_BACK * (1 + this.random() / 2);
    return Math.max(SHORTEST, longest * (0.5 + this.random() / 2));
  }

  /** The server says something every five seconds: long silence means a dead link. */
  watch(patience = SILENCE) {
    this.cancel(this.silence);
    this.silence = this.later(() => this.closed(0), patience);
  }

  keepPinging() {
    this.ping();
    this.timers.push(this.later(() => this.keepPinging(), PING_EVERY));
  }

  ping() {
    this.send({ type: "ping", t: this.tick() });
  }

  /** Let go of the socket, whatever it may still have to say. */
  drop() {
    for (const timer of [...this.timers, this.silence]) this.cancel(timer);
    this.timers = [];
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /**
   * @param {State} state
   * @param {Why} [why]
   * @param {number} [code] of a close
   */
  become(state, why, code) {
    this.state = state;
    this.tell(state, why, code);
  }
}
