// The frames of the room's protocol, as types. Nothing here runs; other modules import the types.

/**
 * @typedef {{ id: number, name: string, team: string | null, host: boolean }} Person
 * @typedef {Person & { mode: "talking" | "reading" }} Participant
 * @typedef {"scheduled" | "lobby" | "topic" | "closed" | "cancelled"} PhaseName
 *
 * @typedef {object} Post
 * @property {number} seq
 * @property {number} rev
 * @property {string} id
 * @property {number} topic
 * @property {Person} author
 * @property {string} at
 * @property {string} html Safe to insert as it is.
 * @property {"shown" | "removed" | "hidden"} state
 * @property {number} [reply_to]
 * @property {string} [edited_at]
 * @property {Record<string, number>} reactions
 * @property {string} [body] One's own only.
 * @property {string[]} [mine] One's own reactions.
 *
 * @typedef {{ title: string, url: string, source: string }} Article
 * @typedef {object} Topic
 * @property {number} position
 * @property {string} question
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {Article[]} articles
 *
 * @typedef {object} Welcome
 * @property {"welcome"} type
 * @property {string} now
 * @property {{ id: number, title: string, starts_at: string, ends_at: string, curator: Person | null }} session
 * @property {Topic[]} topics
 * @property {Omit<Clock, "type">} clock
 * @property {{ id: number, name: string, host: boolean, mode: "talking" | "reading", named: boolean }} you
 * @property {number} after
 * @property {number} rev
 * @property {Omit<Presence, "type">} presence
 * @property {Post[]} posts
 *
 * @typedef {{ type: "posts", since: number, rev: number, posts: Post[] }} Posts
 * @typedef {{ seq: number, rev: number, body?: string, mine?: string[] }} Own
 * @typedef {{ type: "yours", posts: Own[] }} Yours
 * @typedef {{ type: "ack", ref: string, seq?: number, rev: number }} Ack
 * @typedef {{ type: "refused", ref?: string | null, code: string, reason: string, retry_after?: number }} Refused
 * @typedef {{ type: "clock", phase: PhaseName, topic: number | null, phase_ends_at: string | null, now: string }} Clock
 *
 * @typedef {object} Presence
 * @property {"presence"} type
 * @property {number} talking
 * @property {number} reading
 * @property {Participant[]} joined
 * @property {number[]} left
 * @property {Participant[]} changed
 *
 * @typedef {{ type: "agenda", topics: Topic[] }} Agenda
 * @typedef {{ type: "pulse", rev: number, now: string }} Pulse
 * @typedef {{ type: "pong", t: number, now: string }} Pong
 *
 * @typedef {Welcome | Posts | Yours | Ack | Refused | Clock | Presence | Agenda | Pulse | Pong} Frame
 */

export {};
