// Fakes of time, of a server and of the browser's storage.

/** Let everything that waits for promises go on. */
export async function settle() {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

/** Timers that run when `pass` says so. */
export function timers() {
  let time = 0;
  let number = 0;
  /** @type {Map<number, { at: number, action: () => void }>} */
  const waiting = new Map();

  /** @param {number} ms */
  async function pass(ms) {
    const until = time + ms;
    for (;;) {
      await settle();
      const next = [...waiting]
        .filter(([, { at }]) => at <= until)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (!next) break;
      waiting.delete(next[0]);
      time = next[1].at;
      next[1].action();
    }
    time = until;
    await settle();
  }

  return {
    pass,
    tick: () => time,
    /** @param {() => void} action @param {number} ms */
    later: (action, ms) => {
      number += 1;
      waiting.set(number, { at: time + ms, action });
      return number;
    },
    /** @param {any} timer */
    cancel: (timer) => {
      waiting.delete(timer);
    },
  };
}

/** Replace the browser's timers by fake ones. */
export function ownTimers() {
  const clock = timers();
  /** @type {any} */
  const world = globalThis;
  world.window = globalThis;
  world.setTimeout = clock.later;
  world.clearTimeout = clock.cancel;
  return clock;
}

/** A fake server that answers when a test says so. */
export function server() {
  /** @type {{ url: string, init: any, answer: (status: number, body?: any, headers?: Record<string, string>) => Promise<void>, fail: () => Promise<void>, isAborted: () => boolean }[]} */
  const requests = [];

  /** @param {string} url @param {any} init */
  function ask(url, init) {
    return new Promise((resolve, reject) => {
      const abort = () => reject(new DOMException("Aborted", "AbortError"));
      init.signal.addEventListener("abort", abort);
      requests.push({
        url,
        init,
        answer: async (status, body, headers = {}) => {
          const text = body === undefined ? null : JSON.stringify(body);
          resolve(new Response(text, { status, headers }));
          await settle();
        },
        fail: async () => {
          reject(new TypeError("Failed to fetch"));
          await settle();
        },
        isAborted: () => init.signal.aborted,
      });
    });
  }
  const gets = () => requests.filter(({ init }) => init.method !== "POST");
  const posts = () => requests.filter(({ init }) => init.method === "POST");
  return { ask, requests, gets, posts };
}

/** A fake of the browser's storage. */
export function fakeStorage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    kept,
    get length() {
      return kept.size;
    },
    key: (/** @type {number} */ index) => [...kept.keys()][index] ?? null,
    getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) =>
      void kept.set(name, value),
    removeItem: (/** @type {string} */ name) => void kept.delete(name),
  };
}
