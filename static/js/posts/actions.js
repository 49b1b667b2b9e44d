// Which actions to offer on a post. The server decides what is allowed; this only avoids offers that
// it would refuse. Knows no DOM.

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {"react" | "reply" | "edit" | "remove" | "pin" | "unpin" | "link" | "who" | "hide" | "silence" | "unsilence"} Action */

/**
 * @typedef {object} Standing
 * @property {number} me
 * @property {boolean} isRunning whether a topic is on
 * @property {boolean} isHost
 * @property {boolean} mayHost a curator or an admin
 * @property {boolean} isSilenced
 * @property {ReadonlySet<number>} silenced ids; empty for people who are not hosts
 */

/** @type {Record<string, Action>} */
const KEYS = {
  r: "reply",
  e: "edit",
  "+": "react",
  ":": "react",
  Delete: "remove",
  Backspace: "remove",
  h: "hide",
  p: "pin",
  l: "link",
};

/**
 * The actions to offer, in order.
 * @param {Post} post
 * @param {Standing} standing
 * @returns {Action[]}
 */
export function actionsOn(post, { me, isRunning, isHost, mayHost, isSilenced, silenced }) {
  const isMine = post.author.id === me;
  const isShown = post.state === "shown";
  const mayTalk = isRunning && !isSilenced;
  /** @type {[Action, boolean][]} */
  const offered = [
    ["react", isShown && mayTalk],
    ["reply", isShown && mayTalk],
    ["edit", isShown && mayTalk && isMine],
    // Somebody who is silenced may still remove their own posts.
    ["remove", isShown && isRunning && isMine],
    [post.pinned ? "unpin" : "pin", isShown && isRunning && isHost],
    ["link", isShown],
    ["who", isShown && Object.keys(post.reactions).length > 0],
    // Hosting ends with the session; moderation does not.
    ["hide", isShown && (isRunning ? isHost : mayHost)],
    [
      silenced.has(post.author.id) ? "unsilence" : "silence",
      isRunning && isHost && !isMine && !post.author.host,
    ],
  ];
  return offered.filter(([, isOffered]) => isOffered).map(([action]) => action);
}

/**
 * The action of a key on a post; `p` also unpins.
 * @param {string} key
 * @param {Action[]} offered
 */
export function actionOf(key, offered) {
  const action = KEYS[key];
  if (action === "pin" && offered.includes("unpin")) return "unpin";
  return action && offered.includes(action) ? action : null;
}

/**
 * @param {Action} action
 * @param {Post} post
 */
export function labelOf(action, { author }) {
  return {
    react: "React",
    reply: "Reply",
    edit: "Edit",
    remove: "Remove",
    pin: "Pin below the question",
    unpin: "Unpin",
    link: "Copy link",
    who: "Who reacted",
    hide: "Hide from everyone",
    silence: `Mute ${author.name}`,
    unsilence: `Unmute ${author.name}`,
  }[action];
}

/** @param {Action} action as `aria-keyshortcuts` wants it */
export function keyOf(action) {
  const name = action === "unpin" ? "pin" : action;
  return Object.keys(KEYS).find((key) => KEYS[key] === name) ?? "";
}
