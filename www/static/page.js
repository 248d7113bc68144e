// What a page does for all of its widgets: what stops is made again, what is pasted opens, what one keeps the others show.

import { isBound } from './address.js';
import { pressed } from './keys.js';
import { whenKept } from './kept.js';
import { begin, onPanic, trapped, widgets } from './modules.js';
import { choose, reduced } from './motion.js';

const SITE = new URL('.', import.meta.url).href;
const MOST_LETTERS = 1 << 20; // of what is pasted

// The model has panicked, and the next call gets a fresh instance: every widget is made again; the one that it worked for says so. Without
// a link it is no panic: a part of the module could not be fetched.
function mend(message, link, number) {
  console.error(message);
  const culprit = [...widgets].find((lab) => lab.number === number);
  const hurt = [...widgets].filter((lab) => lab.widget || lab === culprit);
  for (const lab of hurt) lab.fall();
  setTimeout(() => {
    for (const lab of hurt) {
      if (lab === culprit) lab.apologise(link === undefined ? 'fetch' : 'model', link || undefined);
      else lab.draw(lab.last);
    }
  });
}

// A click goes from the page to the module by no call of ours: if that stops, it is heard of only as what nobody caught.
function uncaught({ error }) {
  if (!(error instanceof WebAssembly.RuntimeError) || !error.stack?.includes(SITE)) return;
  for (const lab of widgets) if (lab.widget && lab.widget.is_stuck()) return trapped(error, lab.number);
}

// A link that is pasted outside a field opens: in the widget that has the keyboard, or else in the one that the page is about.
function pasted(event) {
  const [first] = event.composedPath();
  if (first.closest?.('input, textarea, [contenteditable]')) return;
  const inside = event.composedPath().find((element) => widgets.has(element));
  const lab = inside ?? [...widgets].find(isBound);
  const text = event.clipboardData?.getData('text/plain');
  if (!lab?.drawn || !text) return;
  event.preventDefault();
  lab.send('paste', text.slice(0, MOST_LETTERS));
}

/** Begins to do so: once for a page. */
export function attend() {
  begin();
  onPanic(mend);
  addEventListener('error', uncaught);
  document.addEventListener('paste', pasted);
  document.addEventListener('keydown', pressed);
  addEventListener('pagehide', () => {
    for (const lab of widgets) if (lab.drawn && lab.used && lab.hasAttribute('keep')) lab.send('leave');
  });
  whenKept((name, text) => {
    for (const lab of widgets) if (lab.drawn && lab.hasAttribute('keep')) lab.send(`kept ${name}`, text);
  });
  reduced.addEventListener('change', () => widgets.forEach((lab) => lab.send(`still ${reduced.matches ? 'on' : 'off'}`)));
  // What could not be fetched is tried again once there is a connection.
  addEventListener('online', () => widgets.forEach((lab) => lab.hasAttribute('data-failed') && lab.wake()));
  addEventListener('scroll', () => requestAnimationFrame(() => choose(widgets)), { passive: true });
  addEventListener('resize', () => choose(widgets));
  document.addEventListener('visibilitychange', () => widgets.forEach((lab) => lab.player.go()));
}
