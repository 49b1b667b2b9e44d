// The frames of the room's protocol, as types. Nothing here runs; other modules import the types.

/**
 * @typedef {{ id: number, name: string, team: string | null, host: boolean, formerly?: string }} Person
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
 * @property {number} [reply_to] The seq of the post that it answers.
 * @property {number[]} [mentions] Ids of the persons that it names.
 * @property {boolean} [prepared] Written beforehand by the curator.
 * @property {string} [edited_at]
 * @property {boolean} [pinned]
 * @property {Record<string, number>} reactions
 * @property {string} [body] Only in one's own posts.
 * @property {string[]} [was] Only in one's own edited posts: earlier bodies, oldest first.
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
 * @typedef {"waiting" | "held" | "posted" | "dropped"} PromptState
 * @typedef {object} Prompt What a host prepared to be asked at its time.
 * @property {number} id
 * @property {number} topic
 * @property {string} at When it is due.
 * @property {string} body
 * @property {boolean} if_quiet Only if nobody posted for a while.
 * @property {PromptState} state
 *
 * @typedef {object} Me What the room says to a person about themselves.
 * @property {number} id
 * @property {string} name
 * @property {boolean} host
 * @property {"talking" | "reading"} mode
 * @property {boolean} named
 * @property {boolean} may_host A curator or an admin, who may take the host's chair and hide posts after the end.
 * @property {boolean} silenced
 * @property {number[]} [hushed] Ids of silenced persons. Only for hosts.
 * @property {Prompt[]} [prompts] Only for hosts.
 *
 * @typedef {object} Welcome
 * @property {"welcome"} type
 * @property {string} now
 * @property {{ id: number, title: string, starts_at: string, ends_at: string, curator: Person | null }} session
 * @property {Topic[]} topics
 * @property {Omit<Clock, "type">} clock
 * @property {Me} you
 * @property {number} after
 * @property {number} rev
 * @property {Omit<Presence, "type">} presence
 * @property {Post[]} posts
 * @property {boolean} [cut_off] The room can't use its database.
 * @property {string} [news] Over HTTP only: a token that the next request hands back.
 *
 * @typedef {{ type: "posts", since: number, rev: number, posts: Post[] }} Posts
 * @typedef {{ seq: number, rev: number, body?: string, was?: string[], mine?: string[] }} Own
 * @typedef {{ type: "yours", posts: Own[] }} Yours
 * @typedef {Me & { type: "you" }} You Whenever something about us changed.
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
 * @property {number[]} [typing] Ids of everyone who is typing.
 *
 * @typedef {{ type: "agenda", topics: Topic[] }} Agenda
 * @typedef {{ type: "pulse", rev: number, now: string, cut_off?: boolean }} Pulse
 * @typedef {{ type: "pong", t: number, now: string }} Pong
 *
 * @typedef {Welcome | You | Posts | Yours | Ack | Refused | Clock | Presence | Agenda | Pulse | Pong} Frame
 */

export {};
