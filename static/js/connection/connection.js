// The one connection to the room: a socket or, where a network lets no socket through, plain HTTP.
// Frames come from one of the two only; what it leaves unanswered is sent again over the other.

/** @typedef {import("tt/connection/frames").Frame} Frame */
/** @typedef {import("tt/connection/socket").State} State */
/** @typedef {import("tt/connection/socket").Why} Why */
/** @typedef {"socket" | "http"} Kind */

/**
 * What a transport can do, and what it calls.
 * @typedef {{ start(): void, stop(): void, send(frame: object): boolean, catchUp(): void, nudge(): void, state: State }} Transport
 * @typedef {object} Listener
 * @property {(frame: Frame) => void} onFrame
 * @property {(state: State, why?: Why, code?: number) => void} onState
 */

const TWICE_WITHIN = 10_000;
const HUNG = 5_000;
const AGAIN_EVERY = 60_000;
/** The room itself closes with these codes, so sockets get through. */
const BY_THE_ROOM = [1009, 1012, 4408, 4429];

export class Connection {
  #onFrame;
  #onState;
  #onKind;
  #tick;
  #later;
  #cancel;
  /** @type {Record<Kind, Transport | null>} */
  #transports;
  #loadHttp;
  /** Which transport is used now. @type {Kind} */
  kind = "socket";
  /** @type {Kind} */
  #reportedKind;
  /** The other transport is being tried. */
  #isTrying = false;
  /** When the socket last failed. */
  #failedAt = Number.NEGATIVE_INFINITY;
  #wasOpen = false;
  #startedAt = 0;
  #triedAt = 0;
  /** @type {unknown} */
  #retryTimer = null;

  /**
   * @param {object} options
   * @param {(listener: Listener) => Transport} options.socket
   * @param {((listener: Listener) => Promise<Transport>) | null} options.loadHttp null where the page names no API
   * @param {(frame: Frame) => void} options.onFrame
   * @param {(state: State, why?: Why) => void} options.onState
   * @param {(kind: Kind) => void} [options.onKind] after it opened over another transport
   * @param {() => number} [options.tick]
   * @param {(action: () => void, ms: number) => any} [options.later]
   * @param {(timer: any) => void} [options.cancel]
   */
  constructor({
    socket,
    loadHttp,
    onFrame,
    onState,
    onKind = () => {},
    tick = () => performance.now(),
    later = (action, ms) => setTimeout(action, ms),
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.#onFrame = onFrame;
    this.#onState = onState;
    this.#onKind = onKind;
    this.#tick = tick;
    this.#later = later;
    this.#cancel = cancel;
    this.#transports = {
      socket: socket(this.#listenerFor("socket")),
      http: null,
    };
    this.#loadHttp = loadHttp;
    this.#reportedKind = this.kind;
  }

  get #transport() {
    return /** @type {Transport} */ (this.#transports[this.kind]);
  }

  /** @returns {Kind} */
  get #otherKind() {
    return this.kind === "socket" ? "http" : "socket";
  }

  get state() {
    return this.#transport.state;
  }

  start() {
    this.#startedAt = this.#tick();
    this.#transport.start();
  }

  /** @param {object} frame */
  send(frame) {
    return this.#transport.send(frame);
  }

  catchUp() {
    this.#transport.catchUp();
  }

  /** The network is back, or somebody looks at the page again. */
  nudge() {
    this.#transport.nudge();
    if (this.kind === "http" && this.#tick() - this.#triedAt > TWICE_WITHIN) void this.#tryOther();
  }

  /**
   * @param {Kind} kind
   * @returns {Listener}
   */
  #listenerFor(kind) {
    return {
      onFrame: (frame) => {
        if (kind === this.kind) this.#onFrame(frame);
        // The other transport works. From its first welcome on it is the only one.
        else if (this.#isTrying && frame.type === "welcome") this.#switchTransport(frame);
      },
      onState: (state, why, code) => {
        if (kind === this.kind) this.#handleState(state, why, code);
        else if (this.#isTrying && state !== "open") this.#handleTrialState(state, why);
      },
    };
  }

  /**
   * The transport that is in use changed its state.
   * @param {State} state
   * @param {Why} [why]
   * @param {number} [code]
   */
  #handleState(state, why, code) {
    if (state === "open") {
      this.#wasOpen = true;
      if (this.#isTrying) this.#stopTrying();
    }
    if (state === "stopped") this.#stopTrying();
    this.#onState(state, why);
    if (state === "open" && this.kind !== this.#reportedKind) {
      this.#reportedKind = this.kind;
      this.#onKind(this.kind);
    }
    if (state === "lost" && this.kind === "socket") this.#countFailure(code);
    if (state === "lost") this.#startedAt = this.#tick();
  }

  /**
   * The socket failed. Two failures within ten seconds are a reason to try HTTP; so is a handshake
   * that waited long for its answer.
   * @param {number | undefined} code
   */
  #countFailure(code) {
    const wasOpen = this.#wasOpen;
    this.#wasOpen = false;
    if (BY_THE_ROOM.includes(code ?? 0)) return;
    const now = this.#tick();
    const hung = !wasOpen && now - this.#startedAt > HUNG;
    const isTwice = now - this.#failedAt <= TWICE_WITHIN;
    this.#failedAt = now;
    if (isTwice || hung) void this.#tryOther();
  }

  /** See whether the other transport gets through, while this one goes on. */
  async #tryOther() {
    if (this.#isTrying || (this.kind === "socket" && !this.#loadHttp)) return;
    this.#isTrying = true;
    this.#triedAt = this.#tick();
    if (!this.#transports.http) this.#transports.http = await this.#loadHttpOrNull();
    if (!this.#isTrying) return; // the socket opened in the meantime
    const other = this.#transports[this.#otherKind];
    if (other) other.start();
    else this.#isTrying = false;
  }

  /** Few networks need it, so it is loaded when it is. It fails without a network at all. */
  async #loadHttpOrNull() {
    try {
      return (await this.#loadHttp?.(this.#listenerFor("http"))) ?? null;
    } catch {
      return null;
    }
  }

  /**
   * The other transport does not get through.
   * @param {State} state
   * @param {Why} [why]
   */
  #handleTrialState(state, why) {
    this.#stopTrying();
    if (state !== "stopped") {
      this.#planRetry();
      return;
    }
    // Both transports tell people who may not enter.
    this.#transport.stop();
    this.#cancel(this.#retryTimer);
    this.#onState(state, why);
  }

  #stopTrying() {
    if (!this.#isTrying) return;
    this.#isTrying = false;
    this.#transports[this.#otherKind]?.stop();
  }

  /** @param {Frame} welcome */
  #switchTransport(welcome) {
    this.#isTrying = false;
    const before = this.#transport;
    this.kind = this.#otherKind;
    before.stop();
    this.#failedAt = Number.NEGATIVE_INFINITY;
    // What was sent over the other transport and not answered is sent again over this one.
    this.#onState("lost");
    this.#onFrame(welcome);
    this.#planRetry();
  }

  /** While HTTP is in use, the socket is tried again every minute. */
  #planRetry() {
    this.#cancel(this.#retryTimer);
    if (this.kind !== "http") return;
    this.#retryTimer = this.#later(() => {
      void this.#tryOther();
      this.#planRetry();
    }, AGAIN_EVERY);
  }
}
