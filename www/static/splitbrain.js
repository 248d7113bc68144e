// <splitbrain-lab>: the one element that shows a lab, on our pages and on everybody else's.
// Attributes: src (a link), panels, controls, theme, load="click", still, with which it plays only when it is told to; for our own pages
// address and fragment, which tie it to the page's address; keep, which lets it remember in this browser; and lean, where the first part
// of its module was made for its run. It fetches nothing but the files beside this one and writes nothing outside its shadow root, but for
// the address and the memory of pages that asked for it.

import { keep, kept, whenKept } from './kept.js';
import { ALL, begin, load, loadRest, mayCompile, onPanic, styles, trapped, widgets as all } from './modules.js';
import { breath, choose, move, movers, reduced, yieldTo } from './motion.js';
import { coming, refused, sorry, stopped } from './sorry.js';
import { steady } from './steady.js';
import { warm } from './warm.js';

const SITE = new URL('.', import.meta.url).href;
const MOST_BYTES = 1 << 20; // of a file that is read
const STRETCH_MS = 10; // how long a large run may hold up the page at a time: with what else there is to do, less than a frame
const RESTS_MS = 10_000; // so long after a widget was taken out of the page it is freed
let count = 0;

// The model has panicked, and the next call gets a fresh instance: every widget is made again; the one that it worked for says so. Without
// a link it is no panic: a part of the module could not be fetched.
function mend(message, link, number) {
  console.error(message);
  const culprit = [...all].find((lab) => lab.number === number);
  const hurt = [...all].filter((lab) => lab.widget || lab === culprit);
  for (const lab of hurt) lab.fall();
  setTimeout(() => {
    for (const lab of hurt) {
      if (lab === culprit) lab.apologise(link === undefined ? 'fetch' : 'model', link || undefined);
      else lab.draw(lab.last);
    }
  });
}

class SplitbrainLab extends HTMLElement {
  static observedAttributes = ['src'];
  before = []; // what had the keyboard when something came in front of it, the last at the end

  // Also when it was taken out of the page and is put back: then it goes on where it was.
  connectedCallback() {
    all.add(this);
    clearTimeout(this.resting);
    this.number ??= ++count;
    this.seen ??= new IntersectionObserver((entries) => this.sees(entries.at(-1)), { rootMargin: '300px', threshold: [0, 0.5, 1] });
    if (!this.woken && this.getAttribute('load') === 'click') this.offer();
    else this.seen.observe(this);
    this.sized?.observe(this);
    if (this.bound) addEventListener('hashchange', this.follow);
    for (const event of ['pointerenter', 'focusin']) this.addEventListener(event, this.near);
    if (this.rests) this.draw(this.last);
    else if (this.widget) this.compute();
    if (this.drawn) this.played();
  }

  disconnectedCallback() {
    all.delete(this);
    this.stop();
    clearTimeout(this.writing);
    this.offered?.remove();
    this.seen?.disconnect();
    this.sized?.disconnect();
    removeEventListener('hashchange', this.follow);
    if (this.Widget) this.resting = setTimeout(() => this.rest(), RESTS_MS);
  }

  // Out of the page for long, it is as if it had never been; should it come back, it is made anew from its link.
  rest(link = this.link) {
    this.stop();
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

  get bound() {
    return this.hasAttribute('address') || this.hasAttribute('fragment');
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
      if (!this.fell) trapped(this.module, error, this.number);
    }
  }

  offer() {
    this.offered = Object.assign(document.createElement('button'), { textContent: 'Start this lab' });
    this.offered.addEventListener('click', () => {
      this.offered.remove();
      this.seen.observe(this);
      this.wake();
    });
    this.append(this.offered);
  }

  sees(entry) {
    if (entry.isIntersecting) this.wake();
    this.visible = entry.isIntersecting;
    if (this.visible) this.go();
    choose(all);
  }

  // Where a page is bound to this widget, its address may hold a link: whole, or without the lab's name.
  startLink() {
    const src = this.getAttribute('src') ?? '';
    if (!this.bound) return src;
    const fragment = location.hash.slice(1);
    if (!/[=?]/.test(fragment)) return this.hasAttribute('fragment') && fragment ? fragment : src;
    const whole = this.hasAttribute('fragment') || /^[a-z]+\?/.test(fragment);
    return whole ? fragment : `${this.home}?${fragment}`;
  }

  // A fragment without a sign of ours names a place in the text. An address without one stands for the run that the page opens with.
  follow = () => {
    if (!this.Widget || !/^$|[=?]/.test(location.hash)) return;
    const link = this.startLink();
    if (link !== this.followed) this.open((this.followed = link));
  };

  wake() {
    this.woken ??= this.made().then(
      ([{ name, glue }, sheets]) => {
        const root = this.root();
        root.adoptedStyleSheets = sheets;
        this.Widget = glue.Widget;
        this.module = name;
        for (const event of ['pointerdown', 'keydown', 'input']) root.addEventListener(event, this.touch, true);
        root.addEventListener('change', ({ target }) => target.type === 'file' && this.take(target));
        const hold = steady(root);
        this.sized = new ResizeObserver(() => (hold(), this.fit()));
        this.sized.observe(this);
        this.removeAttribute('data-failed');
        this.draw((this.followed = this.startLink()));
        this.listen();
        choose(all);
      },
      (error) => {
        // The static picture stays, and the reader is told why there is no more than that.
        console.error('splitbrain:', error);
        this.setAttribute('data-failed', '');
        this.root().replaceChildren(refused(mayCompile() ? 'fetch' : 'policy'));
        this.woken = undefined; // it is tried again when it is next seen or asked for
      },
    );
    return this.woken;
  }

  root() {
    return this.shadowRoot ?? this.attachShadow({ mode: 'open' });
  }

  // The first widget of a page makes do with the first part of its module where that was made for its run.
  made() {
    const isFirst = ![...all].some((lab) => lab.woken);
    const isLean = this.hasAttribute('lean') && this.startLink() === this.getAttribute('src');
    if (isFirst && !isLean) loadRest().catch(() => {});
    return Promise.all([load(), styles(), isFirst ? undefined : loadRest()]);
  }

  // A page that is there for a narrated run listens to its one key at once.
  listen() {
    const alone = this.bound && document.activeElement === document.body;
    if (alone) this.shadowRoot.querySelector('.sb-go.sb-primary')?.focus({ preventScroll: true });
  }

  async save(file) {
    const saved = import('./files.js').then(({ save }) => save(...file, this.shadowRoot.adoptedStyleSheets[0]));
    await saved.catch((error) => (console.error(error), this.send('copied', 'unsaved')));
  }

  // A text file of saved runs.
  async take(field) {
    const [file] = field.files;
    if (!file) return;
    const text = await file.slice(0, MOST_BYTES + 1).text();
    field.value = '';
    if (this.drawn) this.send('import', text);
  }

  draw(link) {
    const before = this.drawn ? this.last : undefined;
    // Nobody would free what is made for an element that is not in a page.
    if (!this.isConnected) return this.rest(link);
    this.rests = false;
    this.stop();
    this.widget?.free();
    this.widget = undefined;
    this.drawn = false;
    const width = Math.round(this.clientWidth) || 720;
    // The first call after a panic makes the instance anew, and brings no text with it: that would go to the one before.
    this.bin = this.Widget.layout(width);
    // It may have been given another link while its module was on its way.
    if (this.Widget.lacks(link)) {
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
    if (this.drawn) return this.removeAttribute('aria-busy'); // of a run that this one is instead of
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
    this.stop();
    this.drawn = false;
    this.widget = undefined;
    for (const shown of this.shadowRoot?.children ?? []) shown.inert = true;
  }

  apologise(why, link = this.last ?? this.startLink()) {
    this.fall();
    this.removeAttribute('aria-busy');
    const before = this.last === link ? undefined : this.last;
    this.shadowRoot.replaceChildren(sorry(why, link, before, (link) => this.draw(link)));
  }

  // Goes on with a link to a lab that this widget's module does not have. Of several that come while it is fetched, the last is opened.
  change(link) {
    const isLast = () => this.fetching === mine;
    const mine = (this.fetching = this.fetched(link, isLast)
      .catch(() => isLast() && this.apologise('fetch', link))
      .finally(() => isLast() && (this.fetching = undefined)));
  }

  async fetched(link, isLast) {
    const [{ name, glue }] = await Promise.all([load(ALL), loadRest(ALL)]);
    if (!isLast()) return;
    this.stop();
    this.Widget = glue.Widget;
    this.module = name;
    this.draw(link);
    this.announce('splitbrain-change');
    this.announce('splitbrain-run');
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
    loadRest(this.module).catch(() => {});
    yieldTo(this);
  };

  near = () => warm(this).catch(() => {});

  // What the widget asks of the page. It may not be called back before this returns: hosts hear of it a moment later.
  hear(name, value) {
    switch (name) {
      case 'now':
        return this.now;
      case 'played':
        return this.played();
      case 'waits':
        return this.compute();
      case 'elsewhere':
        return this.change(value);
      case 'ran':
        return this.announce('splitbrain-run');
      case 'changed':
        this.followed = undefined;
        if (this.hasAttribute('address')) this.keepAddress();
        return this.announce('splitbrain-change');
      case 'copy':
        return void this.copy(value);
      case 'keep':
        if (this.hasAttribute('keep') && !keep(...value)) queueMicrotask(() => this.send('unkept'));
        return;
      case 'save':
        return void this.save(value);
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

  // An unfocused frame may not write to the clipboard, nor may a page without a secure origin: then the text is selected where it stands.
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.send('copied', 'done');
    } catch {
      const field = [...this.shadowRoot.querySelectorAll('input[readonly], pre')].find((field) => (field.value ?? field.textContent) === text);
      field?.focus();
      if (field?.select) field.select();
      else if (field) getSelection().selectAllChildren(field);
      this.send('copied', field ? 'selected' : 'refused');
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

  keepAddress() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      // A run of another lab moves to its own page (site.js): this page's entry stays what it was.
      if (!this.drawn || this.widget.lab() !== this.home) return;
      const fragment = this.widget.fragment();
      history.replaceState(history.state, '', fragment ? `#${fragment}` : location.pathname + location.search);
    }, 400);
  }

  // Playing: the widget names a stretch of time and what moves in it; between its ends only transforms are written.
  played() {
    this.leg = undefined;
    this.playing = this.widget.leg() !== undefined;
    if (this.playing) this.go();
    else this.stop();
  }

  go() {
    if (this.playing && this.visible !== false && !this.frame) this.frame = requestAnimationFrame(this.tick);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = this.leg = this.now = undefined;
    this.playing = false;
    const shown = this.shadowRoot?.querySelector('.sb')?.dataset.now;
    if (shown !== undefined) move(movers(this.shadowRoot), Number(shown));
  }

  tick = (time) => {
    this.frame = undefined;
    if (!this.playing || this.visible === false) {
      this.leg = undefined;
      return;
    }
    if (this.leg && time >= this.leg.start + this.leg.ms) {
      const end = this.leg.start + this.leg.ms;
      this.leg = undefined;
      this.send('arrive');
      // What was left of the frame belongs to the next stretch, but a page that slept doesn't catch up.
      if (this.playing) this.begin(time - end < 100 ? end : time);
    }
    if (this.playing && !this.leg) this.begin(time);
    if (this.leg) {
      const { from, to, start, ms, marks } = this.leg;
      this.now = from + (to - from) * Math.min(1, Math.max(0, (time - start) / ms));
      if (!reduced.matches) move(marks, this.now);
    }
    this.go();
  };

  begin(start) {
    const leg = this.widget.leg();
    if (!leg) return;
    const [from, to, ms] = leg;
    this.leg = { from, to, ms, start, marks: movers(this.shadowRoot) };
  }
}

// A click goes from the page to the module by no call of ours: if that stops, it is heard of only as what nobody caught.
function uncaught({ error }) {
  if (!(error instanceof WebAssembly.RuntimeError) || !error.stack?.includes(SITE)) return;
  for (const lab of all) if (lab.widget && lab.widget.is_stuck()) return trapped(lab.module, error, lab.number);
}

// The page's first copy of this script has the element; another leaves before it touches anything.
function start() {
  begin();
  onPanic(mend);
  addEventListener('error', uncaught);
  // A link that is pasted outside a field opens: in the widget that has the keyboard, or else in the one that the page is about.
  document.addEventListener('paste', (event) => {
    const [first] = event.composedPath();
    if (first.closest?.('input, textarea, [contenteditable]')) return;
    const inside = event.composedPath().find((element) => all.has(element));
    const lab = inside ?? [...all].find((lab) => lab.bound);
    const text = event.clipboardData?.getData('text/plain');
    if (!lab?.drawn || !text) return;
    event.preventDefault();
    lab.send('paste', text.slice(0, MOST_BYTES));
  });
  addEventListener('pagehide', () => {
    for (const lab of all) if (lab.drawn && lab.used && lab.hasAttribute('keep')) lab.send('leave');
  });
  // What one widget keeps, the others show.
  whenKept((name, text) => {
    for (const lab of all) if (lab.drawn && lab.hasAttribute('keep')) lab.send(`kept ${name}`, text);
  });
  reduced.addEventListener('change', () => all.forEach((lab) => lab.send(`still ${reduced.matches ? 'on' : 'off'}`)));
  addEventListener('scroll', () => requestAnimationFrame(() => choose(all)), { passive: true });
  document.addEventListener('visibilitychange', () => all.forEach((lab) => lab.go()));
  customElements.define('splitbrain-lab', SplitbrainLab);
}
if (customElements.get('splitbrain-lab')) console.info(`splitbrain: this page has the element already; ${import.meta.url} leaves it alone.`);
else start();
