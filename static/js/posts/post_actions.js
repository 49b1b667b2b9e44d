// What people do with posts: offers the actions, by pointer and by keyboard, and performs them.

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
 * @property {() => void} focus
 * @property {(post: Post | null) => void} replyTo
 * @property {(findPost: (seq: number) => Post | undefined) => void} updateQuote
 * @property {(isOn: boolean) => void} setSilenced
 *
 * @typedef {object} Hosting
 * @property {Omit<import("tt/posts/actions").Standing, "me">} standing
 * @property {(person: number, name: string, isOn: boolean) => Promise<void>} setSilenced
 */

export class PostActions {
  #me;
  #links;
  #showBriefly;
  #store;
  #stream;
  #composer;
  #hosting;
  #request;
  #announce;
  #loadReactors;
  #toolbar;
  #keyboard;
  #form;
  #pin;
  #reactions;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {number} options.me
   * @param {string} options.emoji the address of all emoji
   * @param {string} options.links the address of this session's posts
   * @param {string} options.posts the same in the API
   * @param {import("tt/state/storage").PersonalStorage} options.storage
   * @param {import("tt/state/store").Store} options.store
   * @param {import("tt/posts/stream").Stream} options.stream
   * @param {Composer} options.composer
   * @param {Hosting} options.hosting
   * @param {(frame: object) => Promise<Refused | null>} options.request
   * @param {(frame: object) => Promise<Refused | null>} options.requestAloud shows the reason too
   * @param {(text: string) => void} options.announce
   * @param {(text: string) => void} options.showBriefly
   */
  constructor(root, { me, store, stream, composer, hosting, announce, ...options }) {
    const { emoji, links, posts, storage, request, requestAloud, showBriefly } = options;
    this.#me = me;
    this.#links = links;
    this.#showBriefly = showBriefly;
    this.#store = store;
    this.#stream = stream;
    this.#composer = composer;
    this.#hosting = hosting;
    this.#request = requestAloud;
    this.#announce = announce;
    const postOf = (/** @type {HTMLElement} */ article) => this.#postOf(article);
    const actionsFor = (/** @type {Post} */ post) => this.#actionsFor(post);
    /** @param {Action} action @param {HTMLElement} article @param {HTMLElement} anchor */
    const perform = (action, article, anchor) => this.#perform(action, article, anchor);
    this.#loadReactors = lazily(async () => {
      const { ReactorsTip } = await import("tt/posts/reactors");
      return new ReactorsTip(root, { url: posts, postOf, announce });
    });
    this.#toolbar = new Toolbar(root, { postOf, actionsFor, perform });
    const leave = () => composer.focus();
    this.#keyboard = new Keyboard(root, { postOf, actionsFor, perform, leave });
    const focusPost = (/** @type {HTMLElement} */ article) => this.#keyboard.focusPost(article);
    const onResize = (/** @type {boolean} */ isOpen) => stream.holdScroll(isOpen);
    this.#form = new InlineForm({ storage, request, focusPost, announce, onResize });
    this.#pin = new Pin(root, (seq) => this.goToPost(seq));
    this.#reactions = new Reactions(root, {
      url: emoji,
      request: requestAloud,
      announce,
      findPost: (seq) => store.posts.get(seq),
      articleOf: (seq) => stream.articleOf(seq),
      renderPost: (post) => this.#renderReactions(post),
    });
    const conversation = part(root, "stream");
    conversation.addEventListener("click", (event) => this.#handleClick(event));
    this.#watchReactions(conversation);
  }

  /** @param {HTMLElement} article */
  #postOf(article) {
    return this.#store.posts.get(Number(article.id.slice(1)));
  }

  /** @param {Post} post */
  #actionsFor(post) {
    return actionsOn(post, { me: this.#me, ...this.#hosting.standing });
  }

  /**
   * @param {Action} action
   * @param {HTMLElement} article
   * @param {HTMLElement} anchor where it was chosen
   */
  #perform(action, article, anchor) {
    const post = this.#postOf(article);
    if (!post) return;
    switch (action) {
      case "react":
        this.#reactions.offerQuick(post, anchor);
        break;
      case "reply":
        this.#composer.replyTo(post);
        break;
      case "edit":
      case "remove":
      case "hide":
        this.#form.openForm(action, post, article);
        break;
      case "link":
        this.#copyLink(post);
        break;
      case "who":
        this.#loadReactors().then((reactors) => reactors?.showAll(post, anchor));
        break;
      case "pin":
      case "unpin":
        this.#setPin(post, action === "pin");
        break;
      case "silence":
      case "unsilence":
        this.#hosting.setSilenced(post.author.id, post.author.name, action === "silence");
    }
  }

  /** @param {Post} post */
  async #copyLink({ seq }) {
    const link = new URL(`${this.#links}${seq}/`, window.location.href).href;
    const words = (await copyText(link)) ? "Link copied." : `Copy this link: ${link}`;
    this.#showBriefly(words);
    this.#announce(words);
  }

  /** Open our last post in a form; afterwards the focus goes back to the composer. */
  editLastPost() {
    const own = [...this.#store.posts.values()]
      .filter((post) => this.#actionsFor(post).includes("edit"))
      .reduce(
        (/** @type {Post | null} */ last, post) => (last && last.seq > post.seq ? last : post),
        null,
      );
    const article = own && this.#stream.articleOf(own.seq);
    if (!own || !article) return;
    this.#form.openForm("edit", own, article, () => {
      this.#composer.focus();
      this.#stream.scrollToEnd();
    });
  }

  /**
   * An edit from before a reload was answered.
   * @param {number} seq
   * @param {string} text what to offer when the post is edited again; empty when it was saved
   */
  rememberEdit(seq, text) {
    this.#form.rememberText(seq, text);
  }

  /**
   * @param {Post} post
   * @param {boolean} isOn
   */
  async #setPin({ seq }, isOn) {
    const refused = await this.#request({ type: "pin", seq, on: isOn });
    if (!refused) this.#announce(isOn ? "Pinned below the question." : "Unpinned.");
  }

  /**
   * The module that shows who reacted is loaded when somebody first points at a reaction.
   * @param {HTMLElement} conversation
   */
  #watchReactions(conversation) {
    const handleReach = async (/** @type {Event} */ event) => {
      // A finger that taps a reaction means the reaction.
      if (event instanceof PointerEvent && event.pointerType !== "mouse") return;
      const chip = buttonOf(event.target);
      if (chip?.classList.contains("chip")) (await this.#loadReactors())?.handleReach(chip);
    };
    conversation.addEventListener("pointerover", handleReach);
    conversation.addEventListener("focusin", handleReach);
  }

  /** A click on a reaction, or on the line that quotes another post. @param {MouseEvent} event */
  #handleClick(event) {
    const { target } = event;
    const article = articleOf(target);
    const post = article && this.#postOf(article);
    if (!post || !(target instanceof Element)) return;
    const chip = buttonOf(target);
    if (chip?.classList.contains("chip")) this.#reactions.toggleReaction(post, chip.value);
    if (!target.closest(".quote") || post.reply_to === undefined) return;
    event.preventDefault();
    this.goToPost(post.reply_to);
  }

  /** @param {number} seq */
  goToPost(seq) {
    this.#stream.showPost(seq)?.focus({ preventScroll: true });
  }

  /** Our own reactions, as we want them. @param {Post} post */
  ownReactions(post) {
    return this.#reactions.ownReactions(post);
  }

  /** Posts came, and are about to be rendered. @param {Post[]} posts */
  confirmReactions(posts) {
    this.#reactions.confirmReactions(posts);
  }

  /** @param {Post} post */
  #renderReactions(post) {
    this.#stream.renderReactions(post);
    const article = this.#stream.articleOf(post.seq);
    if (article) this.#keyboard.updateTabStops([article]);
  }

  /**
   * @param {Post[]} posts that were just rendered
   * @param {number | null} topic the one that is on
   */
  handleRendered(posts, topic) {
    const articles = posts.flatMap(({ seq }) => this.#stream.articleOf(seq) ?? []);
    this.#keyboard.updateTabStops(articles);
    this.#form.moveForm((seq) => this.#stream.articleOf(seq));
    this.#form.closeIfGone(posts);
    this.#composer.updateQuote((seq) => this.#store.posts.get(seq));
    this.#toolbar.refresh();
    this.#pin.renderPin(this.#store.posts.values(), topic);
  }

  /** What we may do may have changed. @param {number | null} topic the one that is on */
  updateStanding(topic) {
    const { isRunning, isSilenced } = this.#hosting.standing;
    this.#stream.allowReactions(isRunning && !isSilenced);
    this.#composer.setSilenced(isSilenced);
    this.#pin.renderPin(this.#store.posts.values(), topic);
    this.#toolbar.refresh();
  }
}
