// The one live link to the room: a socket, or plain HTTP where a network lets none through. Only
// one of the two is ever heard; what it leaves unanswered, the outbox sends anew over the other.

/** @typedef {import("tt/connection/frames").Frame} Frame */
/** @typedef {import("tt/connection/socket").State} State */
/** @typedef {import("tt/connection/socket").Why} Why */
/** @typedef {"socket" | "http"} Kind */

/**
 * What a link can do, and what it tells.
 * @typedef {{ start(): void, stop(): void, send(frame: object): boolean, catchUp(): void, nudge(): void, state: State }} Transport
 * @typedef {object} TransportListener
 * @property {(frame: Frame) => void} hear
 * @property {(state: State, why?: Why, code?: number) => void} tell
 */

const TWICE_WITHIN = 10_000;
const HUNG = 5_000;
const AGAIN_EVERY = 60_000;
/** Closes by the room itself: then sockets do get through. */
const BY_THE_ROOM = [1009, 1012, 4408, 4429];

export class Connection {
  /**
   * @param {object} options
   * @param {(ears: TransportListener) => Transport} options.socket
   * @param {((ears: TransportListener) => Transport) | null} options.http null where the page names no API
   * @param {(frame: Frame) => void} options.hear
   * @param {(state: State, why?: Why) => void} options.tell
   * @param {(kind: Kind) => void} [options.became] after it is open over another way
   * @param {() => number} [options.tick]
   * @param {(action: () => void, ms: number) => any} [options.later]
   * @param {(timer: any) => void} [options.cancel]
   */
  constructor({
    socket,
    http,
    hear,
    tell,
    became = () => {},
    tick = () => performance.now(),
    later = (action, ms) => setTimeout(action, ms),
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.hear = hear;
    this.tell = tell;
    this.became = became;
    this.tick = tick;
    this.later = later;
    this.cancel = cancel;
    /** @type {Record<Kind, Transport | null>} */
    this.ways = { socket: socket(this.ears("socket")), http: http?.(this.ears("http")) ?? null };
    /** The one that is heard. @type {Kind} */
    this.kind = "socket";
    /** @type {Kind} */
    this.toldKind = this.kind;
    /** The other one is tried just now. */
    this.isTrying = false;
    /** When the socket failed before. */
    this.failedAt = Number.NEGATIVE_INFINITY;
    this.wasOpen = false;
    this.startedAt = 0;
    this.triedAt = 0;
    /** @type {unknown} */
    this.again = null;
  }

  get way() {
    return /** @type {Transport} */ (this.ways[this.kind]);
  }

  /** @returns {Kind} */
  get other() {
    return this.kind === "socket" ? "http" : "socket";
  }

  get state() {
    return this.way.state;
  }

  start() {
    this.startedAt = this.tick();
    this.way.start();
  }

  /** @param {object} frame */
  send(frame) {
    return this.way.send(frame);
  }

  catchUp() {
    this.way.catchUp();
  }

  /** The network is back, or somebody looks. */
  nudge() {
    this.way.nudge();
    if (this.kind === "http" && this.tick() - this.triedAt > TWICE_WITHIN) this.try();
  }

  /**
   * @param {Kind} kind
   * @returns {TransportListener}
   */
  ears(kind) {
    return {
      hear: (frame) => {
        if (kind === this.kind) this.hear(frame);
        // The other way works: from its first welcome on it is the only one.
        else if (this.isTrying && frame.type === "welcome") this.change(frame);
      },
      tell: (state, why, code) => {
        if (kind === this.kind) this.told(state, why, code);
        else if (this.isTrying && state !== "open") this.tried(state, why);
      },
    };
  }

  /**
   * What the link that is heard tells.
   * @param {State} state
   * @param {Why} [why]
   * @param {number} [code]
   */
  told(state, why, code) {
    if (state === "open") {
      this.wasOpen = true;
      if (this.isTrying) this.giveUpTrying();
    }
    if (state === "stopped") this.giveUpTrying();
    this.tell(state, why);
    if (state === "open" && this.kind !== this.toldKind) {
      this.toldKind = this.kind;
      this.became(this.kind);
    }
    if (state === "lost" && this.kind === "socket") this.failed(code);
    if (state === "lost") this.startedAt = this.tick();
  }

  /**
   * The socket failed. Twice within ten seconds is a reason to try without; a handshake that was
   * not answered for long counts as twice.
   * @param {number | undefined} code
   */
  failed(code) {
    const { wasOpen } = this;
    this.wasOpen = false;
    if (BY_THE_ROOM.includes(code ?? 0)) return;
    const now = this.tick();
    const hung = !wasOpen && now - this.startedAt > HUNG;
    const isTwice = now - this.failedAt <= TWICE_WITHIN;
    this.failedAt = now;
    if (isTwice || hung) this.try();
  }

  /** See whether the other way gets through, while this one goes on. */
  try() {
    if (this.isTrying || !this.ways[this.other]) return;
    this.isTrying = true;
    this.triedAt = this.tick();
    this.ways[this.other]?.start();
  }

  /**
   * It does not.
   * @param {State} state
   * @param {Why} [why]
   */
  tried(state, why) {
    this.giveUpTrying();
    if (state !== "stopped") {
      this.plan();
      return;
    }
    // Whoever may not enter hears it over either way.
    this.way.stop();
    this.cancel(this.again);
    this.tell(state, why);
  }

  giveUpTrying() {
    if (!this.isTrying) return;
    this.isTrying = false;
    this.ways[this.other]?.stop();
  }

  /** @param {Frame} welcome */
  change(welcome) {
    this.isTrying = false;
    const before = this.way;
    this.kind = this.other;
    before.stop();
    this.failedAt = Number.NEGATIVE_INFINITY;
    // What was on its way over the other link is sent anew over this one.
    this.tell("lost");
    this.hear(welcome);
    this.plan();
  }

  /** Over HTTP the socket is tried again now and then. */
  plan() {
    this.cancel(this.again);
    if (this.kind !== "http") return;
    this.again = this.later(() => {
      this.try();
      this.plan();
    }, AGAIN_EVERY);
  }
}
