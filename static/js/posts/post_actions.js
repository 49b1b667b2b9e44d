// What one does with posts, wired together: where one stands, what is offered there, and who does it.

import { actionsOn } from "tt/posts/actions";
import { InlineForm } from "tt/posts/inline_form";
import { Keyboard } from "tt/posts/keyboard";
import { Pin } from "tt/posts/pin";
import { Reactions } from "tt/posts/reactions";
import { articleOf, buttonOf, Toolbar } from "tt/posts/toolbar";
import { copyText } from "tt/ui/copy";
import { lazily, part } from "tt/ui/dom";

/** @typedef {import("tt/posts/actions").Action} Action */
/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {import("tt/connection/frames").Refused} Refused */

/**
 * What posts need of the composer and of the host's part.
 * @typedef {object} Composer
 * @property {HTMLTextAreaElement} field
 * @property {(post: Post | null) => void} replyTo
 * @property {{ seen(find: (seq: number) => Post | undefined): void }} reply
 * @property {(isOn: boolean) => void} silence
 *
 * @typedef {object} Hosting
 * @property {boolean} isRunning
 * @property {boolean} isHost
 * @property {boolean} mayHost
 * @property {boolean} isSilenced
 * @property {Set<number>} silenced
 * @property {(person: number, name: string, isOn: boolean) => Promise<void>} silence
 */

export class PostActions {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {number} options.me
   * @param {string} options.emoji the address of all emoji
   * @param {string} options.links the address of this session's posts
   * @param {string} options.posts the same for what a program asks of them
   * @param {import("tt/state/storage").PersonalStorage} options.keep
   * @param {import("tt/state/store").Store} options.store
   * @param {import("tt/posts/stream").Stream} options.stream
   * @param {Composer} options.composer
   * @param {Hosting} options.hosting
   * @param {(frame: object) => Promise<Refused | null>} options.ask
   * @param {(frame: object) => Promise<Refused | null>} options.wish like ask, and says why not
   * @param {(text: string) => void} options.announce
   * @param {(text: string) => void} options.brief to be read for a moment
   */
  constructor(root, { me, emoji, links, posts, keep, store, stream, composer, hosting, ...does }) {
    const { ask, wish, announce, brief } = does;
    this.me = me;
    this.links = links;
    this.brief = brief;
    this.store = store;
    this.stream = stream;
    this.composer = composer;
    this.hosting = hosting;
    this.wish = wish;
    this.announce = announce;
    const postOf = (/** @type {HTMLElement} */ article) => this.postOf(article);
    const offered = (/** @type {Post} */ post) => this.offered(post);
    /** @param {Action} action @param {HTMLElement} article @param {HTMLElement} anchor */
    const act = (action, article, anchor) => this.act(action, article, anchor);
    this.reactors = lazily(async () => {
      const { ReactorsTip } = await import("tt/posts/reactors");
      return new ReactorsTip(root, { url: posts, postOf, announce });
    });
    this.bar = new Toolbar(root, { postOf, offered, act });
    this.walk = new Keyboard(root, { postOf, offered, act, leave: () => composer.field.focus() });
    const back = (/** @type {HTMLElement} */ article) => this.walk.focus(article);
    const resized = (/** @type {boolean} */ isOpen) => stream.hold(isOpen);
    this.inPlace = new InlineForm({ keep, ask, back, announce, resized });
    this.pin = new Pin(root, (seq) => this.goTo(seq));
    this.reactions = new Reactions(root, {
      url: emoji,
      wish,
      announce,
      find: (seq) => store.posts.get(seq),
      articleOf: (seq) => stream.drawn.get(seq),
      redraw: (post) => this.redraw(post),
    });
    const conversation = part(root, "stream");
    conversation.addEventListener("click", (event) => this.clicked(event));
    this.watchReactions(conversation);
  }

  /** @param {HTMLElement} article */
  postOf(article) {
    return this.store.posts.get(Number(article.id.slice(1)));
  }

  /** @param {Post} post */
  offered(post) {
    const { isRunning, isHost, mayHost, isSilenced, silenced } = this.hosting;
    return actionsOn(post, { me: this.me, isRunning, isHost, mayHost, isSilenced, silenced });
  }

  /**
   * @param {Action} action
   * @param {HTMLElement} article
   * @param {HTMLElement} anchor where it was chosen
   */
  act(action, article, anchor) {
    const post = this.postOf(article);
    if (!post) return;
    switch (action) {
      case "react":
        this.reactions.offer(post, anchor);
        break;
      case "reply":
        this.composer.replyTo(post);
        break;
      case "edit":
      case "remove":
      case "hide":
        this.inPlace.begin(action, post, article);
        break;
      case "link":
        this.copyLink(post);
        break;
      case "who":
        this.reactors().then((reactors) => reactors?.showAll(post, anchor));
        break;
      case "pin":
      case "unpin":
        this.setPin(post, action === "pin");
        break;
      case "silence":
      case "unsilence":
        this.hosting.silence(post.author.id, post.author.name, action === "silence");
    }
  }

  /** @param {Post} post */
  async copyLink({ seq }) {
    const link = new URL(`${this.links}${seq}/`, window.location.href).href;
    const words = (await copyText(link)) ? "Link copied." : `Copy this link: ${link}`;
    this.brief(words);
    this.announce(words);
  }

  /** The last thing that we posted goes into a form, and the focus back to the composer after it. */
  editLast() {
    const own = [...this.store.posts.values()]
      .filter((post) => this.offered(post).includes("edit"))
      .reduce(
        (/** @type {Post | null} */ last, post) => (last && last.seq > post.seq ? last : post),
        null,
      );
    const article = own && this.stream.drawn.get(own.seq);
    if (!own || !article) return;
    this.inPlace.begin("edit", own, article, () => {
      this.composer.field.focus();
      this.stream.toEnd();
    });
  }

  /**
   * @param {Post} post
   * @param {boolean} isOn
   */
  async setPin({ seq }, isOn) {
    const refused = await this.wish({ type: "pin", seq, on: isOn });
    if (!refused) this.announce(isOn ? "Pinned below the question." : "Unpinned.");
  }

  /**
   * Who reacted is shown by a module that is loaded with the first wish to know it.
   * @param {HTMLElement} conversation
   */
  watchReactions(conversation) {
    const first = async (/** @type {Event} */ event) => {
      // A finger that taps a reaction means the reaction.
      if (event instanceof PointerEvent && event.pointerType !== "mouse") return;
      const chip = buttonOf(event.target);
      if (chip?.classList.contains("chip")) (await this.reactors())?.reached(chip);
    };
    conversation.addEventListener("pointerover", first);
    conversation.addEventListener("focusin", first);
  }

  /** A chip, or the line of a post that is answered. @param {MouseEvent} event */
  clicked(event) {
    const { target } = event;
    const article = articleOf(target);
    const post = article && this.postOf(article);
    if (!post || !(target instanceof Element)) return;
    const chip = buttonOf(target);
    if (chip?.classList.contains("chip")) this.reactions.toggle(post, chip.value);
    if (!target.closest(".quote") || post.reply_to === undefined) return;
    event.preventDefault();
    this.goTo(post.reply_to);
  }

  /** @param {number} seq */
  goTo(seq) {
    const article = this.stream.show(seq);
    article?.focus({ preventScroll: true });
  }

  /** @param {Post} post */
  redraw(post) {
    this.stream.react(post);
    const article = this.stream.drawn.get(post.seq);
    if (article) this.walk.drew([article]);
  }

  /** Posts were drawn. @param {Post[]} posts */
  drew(posts) {
    const articles = posts.flatMap(({ seq }) => this.stream.drawn.get(seq) ?? []);
    this.walk.drew(articles);
    this.inPlace.move((seq) => this.stream.drawn.get(seq));
    this.inPlace.seen(posts);
    this.composer.reply.seen((seq) => this.store.posts.get(seq));
    this.bar.refresh();
  }

  /** Where we stand may have changed. @param {number | null} topic */
  stand(topic) {
    this.stream.let(this.hosting.isRunning && !this.hosting.isSilenced);
    this.composer.silence(this.hosting.isSilenced);
    this.pin.draw(this.store.posts.values(), topic);
    this.bar.refresh();
  }
}
