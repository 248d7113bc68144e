// Keys that are not the widget's alone: a picture is one stop of Tab, with arrows inside it; and where the widget is the page, its keys work
// from all of the page.

import { widgets } from './modules.js';

/** Moves the keyboard from mark to mark of a picture: nodes first, then links, as web/src/svg.rs numbers them. */
export function rove(event) {
  const mark = event.target.closest?.('svg [data-stop]');
  if (!mark || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const marks = [...mark.closest('svg').querySelectorAll('[data-stop]')].sort((a, b) => a.dataset.stop - b.dataset.stop);
  const here = marks.indexOf(mark);
  const last = marks.length - 1;
  const there = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: last }[event.key];
  if (there === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  marks[Math.min(last, Math.max(0, there))].focus();
}

/** What is pressed while nothing has the keyboard is pressed in the widget that the page is for. */
export function pressed(event) {
  if (event.defaultPrevented || (event.target !== document.body && event.target !== document.documentElement)) return;
  const lab = [...widgets].find((lab) => lab.hasAttribute('alone') && lab.drawn);
  const frame = lab?.shadowRoot.querySelector('.sb');
  if (!frame) return;
  const { key, code, shiftKey, ctrlKey, metaKey, altKey, repeat } = event;
  const same = new KeyboardEvent('keydown', { key, code, shiftKey, ctrlKey, metaKey, altKey, repeat, bubbles: true, cancelable: true });
  if (!frame.dispatchEvent(same)) event.preventDefault();
}

/** Gives a widget the whole screen, where the browser lets it, or takes it back. Without it the window is all that there is. */
export function project(lab, on) {
  if (!on) return void (document.fullscreenElement === lab && document.exitFullscreen());
  lab.requestFullscreen?.().catch(() => {});
  // The browser's own key leaves, too.
  const left = () => {
    if (document.fullscreenElement === lab) return;
    lab.removeEventListener('fullscreenchange', left);
    lab.send('project off');
  };
  lab.addEventListener('fullscreenchange', left);
}
