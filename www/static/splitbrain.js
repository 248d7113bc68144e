// <splitbrain-lab>: the one element that shows a lab, on our pages and on everybody else's.
// Attributes: src (a link), panels, controls, theme, load="click", still, with which it plays only when it is told to; for our own pages
// address and fragment, which tie it to the page's address; alone, where it is what the page is for, so that its keys work from all of it;
// keep, which lets it remember in this browser; and lean, where what is fetched at once was made for its run. It fetches nothing but
// the files beside this one and writes nothing outside its shadow root, but for the address and the memory of pages that asked for it.

import { Address, isBound, startLink } from './address.js';
import { copy, measure, save, take } from './hands.js';
import { keep, kept } from './kept.js';
import { project, rove } from './keys.js';
import { labOf, load, loadRest, mayCompile, place, styles, trapped, widgets as all } from './modules.js';
import { breath, choose, reduced, yieldTo } from './motion.js';
import { attend } from './page.js';
import { Player } from './player.js';
import { provide } from './provisions.js';
import { coming, offered, refused, sorry, stopped } from './sorry.js';
import { steady, tall } from './steady.js';
import { warm } from './warm.js';

const SITE = new URL('.', import.meta.url).href;
const STRETCH_MS = 10; // how long a large run may hold up the page at a time: with what else there is to do, less than a frame
const RESTS_MS = 10_000; // so long after a widget was taken out of the page it is freed
let count = 0;

class SplitbrainLab extends HTMLElement {
  static observedAttributes = ['src'];
  before = []; // what had the keyboard when something came in front of it, the last at the end
  player = new Player(this);
  address = new Address(this);

  // Also when it was taken out of the page and is put back: then it goes on where it was.
  connectedCallback() {
    all.add(this);
    clearTimeout(this.resting);
    this.number ??= ++count;
    this.seen ??= new IntersectionObserver((entries) => this.sees(entries.at(-1)), { rootMargin: '300px', threshold: [0, 0.5, 1] });
    if (!this.woken && this.getAttribute('load') === 'click') this.offer();
    else this.seen.observe(this);
    this.sized?.observe(this);
    this.address.attend();
    for (const event of ['pointerenter', 'focusin']) this.addEventListener(event, this.near);
    if (this.rests) this.draw(this.last);
    else if (this.widget) this.compute();
    if (this.drawn) this.player.played();
  }

  disconnectedCallback() {
    all.delete(this);
    this.player.stop();
    this.address.leave();
    this.seen?.disconnect();
    this.sized?.disconnect();
    if (this.Widget) this.resting = setTimeout(() => this.rest(), RESTS_MS);
  }

  // Out of the page for long, it is as if it had never been; should it come back, it is made anew from its link.
  rest(link = this.link) {
    this.player.stop();
    this.last = link;
    this.widget?.free();
    this.widget = this.fetching = undefined;
    this.drawn = false;
    this.rests = true;
    this.before = [];
    this.shadowRoot.replaceChildren();
  }

  attributeChangedCallback(_, before, after) {
    if (this.Widget && before !== after) this.open(after ?? '');
  }

  /** Whether time runs in it. */
  get playing() {
    return this.player.playing;
  }

  /** The id of the lab that `src` names. */
  get home() {
    return (this.getAttribute('src') ?? '').split('?')[0];
  }

  /** The link of everything as it is now; setting it opens another. */
  get link() {
    return this.drawn ? this.widget.link() : (this.last ?? this.getAttribute('src') ?? '');
  }
  set link(link) {
    if (this.Widget) this.open(link);
    else this.setAttribute('src', link);
  }

  // What is under way, a module that is being fetched, or an apology makes room for another link at once.
  open(link) {
    this.fetching = undefined;
    if (this.drawn) this.send(`open ${link}`);
    else this.draw(link);
  }

  /** The value of a control, as links write it; undefined before the lab has drawn and where it has no such control. */
  value(control) {
    return this.drawn ? this.widget.value(control) : undefined;
  }

  /** What the run came to, as plain data: the shape of `cargo dev run --json`. */
  async outcome() {
    await this.wake();
    while (this.fetching ?? this.computing) await (this.fetching ?? this.computing);
    if (this.rests || this.widget?.is_waiting()) throw new Error('This lab was taken out of the page before its run had ended.');
    if (!this.drawn) throw new Error(this.shadowRoot?.querySelector('.sb-sorry p')?.textContent ?? 'This lab could not be loaded.');
    return this.widget.outcome();
  }

  /** Tells the widget something, in the words of its own buttons. */
  send(message, value = '') {
    this.safely(() => this.widget?.message(String(message), String(value)));
  }

  // A panic has told of itself. A module that stops otherwise, for want of memory, does not: then it is done here.
  safely(call) {
    this.fell = false;
    try {
      return call();
    } catch (error) {
      console.error(error);
      if (!this.fell) trapped(error, this.number);
    }
  }

  // Nothing is fetched but styles until the picture, or the button on it, is pressed.
  offer() {
    if (!this.shadowRoot) styles().then((sheets) => (this.root().adoptedStyleSheets = sheets), () => {});
    const start = () => {
      this.root().replaceChildren(document.createElement('slot'));
      this.seen.observe(this);
      this.wake();
    };
    this.root().replaceChildren(offered(start));
  }

  sees(entry) {
    if (entry.isIntersecting) this.wake();
    this.visible = entry.isIntersecting;
    if (this.visible) this.player.go();
    choose(all);
  }

  wake() {
    this.woken ??= this.made().then(
      ([glue, sheets]) => {
        const root = this.root();
        root.adoptedStyleSheets = sheets;
        this.glue = glue;
        this.Widget = glue.Widget;
        for (const event of ['pointerdown', 'keydown', 'input']) root.addEventListener(event, this.touch, true);
        root.addEventListener('keydown', rove, true);
        root.addEventListener('change', ({ target }) => target.type === 'file' && take(this, target));
        const [hold, stay] = [steady(root), tall(root)];
        this.sized = new ResizeObserver(() => (hold(), this.fit(), stay()));
        this.sized.observe(this);
        this.removeAttribute('data-failed');
        this.draw((this.address.followed = startLink(this)));
        this.listen();
        provide(this.lab);
        choose(all);
      },
      (error) => {
        // The static picture stays, and the reader is told why there is no more than that.
        console.error('splitbrain:', error);
        this.setAttribute('data-failed', '');
        this.root().replaceChildren(refused(mayCompile() ? 'fetch' : 'policy', () => this.wake()));
        this.woken = undefined; // it is tried again when it is next seen or asked for
      },
    );
    return this.woken;
  }

  root() {
    return this.shadowRoot ?? this.attachShadow({ mode: 'open' });
  }

  // The first widget of a page makes do with what a first minute takes where its run was rehearsed.
  async made() {
    const isFirst = ![...all].some((lab) => lab.woken);
    const isLean = this.hasAttribute('lean') && startLink(this) === this.getAttribute('src');
    const lab = labOf(startLink(this), this.home);
    const [{ glue }, sheets] = await Promise.all([load(lab), styles(), isFirst && isLean ? undefined : loadRest(lab)]);
    return [glue, sheets];
  }

  // A page that is there for a narrated run listens to its one key at once.
  listen() {
    const alone = isBound(this) && document.activeElement === document.body;
    if (alone) this.shadowRoot.querySelector('.sb-go.sb-primary')?.focus({ preventScroll: true });
  }

  draw(link) {
    const before = this.drawn ? this.last : undefined;
    // Nobody would free what is made for an element that is not in a page.
    if (!this.isConnected) return this.rest(link);
    this.rests = false;
    this.player.stop();
    this.widget?.free();
    this.widget = undefined;
    this.drawn = false;
    const width = Math.round(this.clientWidth) || 720;
    // The first call after a panic makes the instance anew, and brings no text with it: that would go to the one before.
    this.bin = this.Widget.layout(width);
    this.lab = this.glue.lab_of(link, this.home);
    // It may have been given another link while what it takes was on its way.
    if (!place(this.lab)) {
      if (!this.shadowRoot.firstChild) this.shadowRoot.append(document.createElement('slot'));
      return this.change(link);
    }
    this.shadowRoot.replaceChildren();
    const options = {
      number: this.number,
      site: SITE,
      width,
      still: reduced.matches,
      whole: this.hasAttribute('address'),
      home: this.home,
    };
    if (this.hasAttribute('keep')) options.kept = kept();
    for (const name of ['panels', 'controls']) if (this.hasAttribute(name)) options[name] = this.getAttribute(name);
    this.safely(() => (this.widget = new this.Widget(this.shadowRoot, link, options, (name, value) => this.hear(name, value))));
    if (!this.widget) return;
    this.last = link;
    this.drawn = !this.widget.is_waiting();
    if (this.drawn) {
      this.removeAttribute('aria-busy'); // of a run that this one is instead of
      return this.announce('splitbrain-run');
    }
    // Until the first run has ended, the picture in the page stays, greyed as that of a run before.
    this.setAttribute('aria-busy', 'true');
    const stop = () => (before === undefined ? this.halt(link) : this.open(before));
    this.shadowRoot.append(coming(stop));
    this.compute();
  }

  // The reader stops the first run of a link: nothing else was shown before that could be shown again.
  halt(link) {
    this.rest(link);
    this.rests = false;
    this.removeAttribute('aria-busy');
    this.shadowRoot.append(stopped(() => this.draw(link)));
  }

  // A run that takes longer than a frame goes on in stretches between the page's own events. A change of the scenario begins it anew.
  compute() {
    this.computing ??= this.stretches()
      .finally(() => (this.computing = undefined));
  }

  async stretches() {
    const waits = () => all.has(this) && this.safely(() => this.widget?.is_waiting());
    while (waits()) {
      await breath();
      const end = performance.now() + STRETCH_MS;
      while (this.safely(() => this.widget?.advance()) && performance.now() < end);
    }
    if (this.drawn || !this.widget || this.widget.is_waiting()) return;
    this.drawn = true;
    this.removeAttribute('aria-busy');
    this.fit();
    choose(all);
  }

  // Nothing of what it shows can be used until it is drawn again: its instance of the model is lost.
  fall() {
    this.fell = true;
    this.player.stop();
    this.drawn = false;
    this.widget = undefined;
    for (const shown of this.shadowRoot?.children ?? []) shown.inert = true;
  }

  apologise(why, link = this.last ?? startLink(this)) {
    this.fall();
    this.removeAttribute('aria-busy');
    const before = this.last === link ? undefined : this.last;
    this.shadowRoot.replaceChildren(sorry(why, link, before, (link) => this.draw(link)));
  }

  // Goes on with a link to a lab that is not at hand. Of several that come while it is fetched, the last is opened.
  change(link) {
    const isLast = () => this.fetching === mine;
    const mine = (this.fetching = this.fetched(link, isLast)
      .catch(() => isLast() && this.apologise('fetch', link))
      .finally(() => isLast() && (this.fetching = undefined)));
  }

  async fetched(link, isLast) {
    await loadRest(this.glue.lab_of(link, this.home));
    if (!isLast()) return;
    this.player.stop();
    this.draw(link);
    this.announce('splitbrain-change');
  }

  fit() {
    if (!this.drawn || !this.clientWidth) return;
    const bin = this.Widget.layout(this.clientWidth);
    if (bin === this.bin) return;
    this.bin = bin;
    this.send(`width ${Math.round(this.clientWidth)}`);
  }

  touch = () => {
    this.used = true;
    this.toggleAttribute('data-used', true);
    loadRest(this.lab).catch(() => {});
    yieldTo(this);
  };

  near = () => warm(this).catch(() => {});

  // What the widget asks of the page. It may not be called back before this returns: hosts hear of it a moment later.
  hear(name, value) {
    switch (name) {
      case 'now':
        return this.player.now;
      case 'played':
        return this.player.played();
      case 'waits':
        return this.compute();
      case 'elsewhere':
        return this.change(value);
      case 'ran':
        return this.announce('splitbrain-run');
      case 'changed':
        this.address.keep();
        return this.announce('splitbrain-change');
      case 'copy':
        return void copy(this, value);
      case 'project':
        return project(this, value);
      case 'measure':
        return void measure(this, value).catch(() => {}); // the code then says what frames usually need
      case 'keep':
        if (this.hasAttribute('keep') && !keep(...value)) queueMicrotask(() => this.send('unkept'));
        return;
      case 'save':
        return void save(this, value);
      case 'focus': {
        this.before.push(this.shadowRoot.activeElement);
        const target = this.shadowRoot.getElementById(value);
        (target?.querySelector('button') ?? target)?.focus({ preventScroll: true });
        return target?.scrollIntoView({ block: 'nearest' });
      }
      case 'focus-back':
        while (this.before.length > 0) {
          const before = this.before.pop();
          if (before?.isConnected) return before.focus({ preventScroll: true });
        }
    }
  }

  announce(event) {
    queueMicrotask(() => {
      if (!this.drawn) return;
      const link = this.widget.link();
      // A run that has not ended may yet fail: then there is a way back.
      if (!this.widget.is_waiting()) this.last = link;
      this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true, detail: { link } }));
    });
  }
}

// The page's first copy of this script has the element; another leaves before it touches anything.
if (customElements.get('splitbrain-lab')) console.info(`splitbrain: this page has the element already; ${import.meta.url} leaves it alone.`);
else {
  attend();
  customElements.define('splitbrain-lab', SplitbrainLab);
}
