// What a hand holds stays under it: where pictures above a control grow or shrink with it, what scrolls is scrolled by as much.

// So long after a move what comes of it may be drawn; later the page is the reader's again.
const HOLDS_MS = 1000;

/** Watches the controls below a root, and tells what to do when the size of what is in it has changed, before that is painted. */
export function steady(root) {
  let held;
  const note = ({ target }) => (held = { target, top: target.getBoundingClientRect().top, since: performance.now() });
  root.addEventListener('input', note, true);
  for (const event of ['wheel', 'pointerdown']) root.addEventListener(event, () => (held = undefined), { capture: true, passive: true });
  return () => {
    if (!held?.target.isConnected || performance.now() - held.since > HOLDS_MS) return;
    const top = held.target.getBoundingClientRect().top - held.top;
    if (Math.abs(top) >= 1) scroller(root.host).scrollBy({ top, behavior: 'instant' });
  };
}

/** Keeps the pictures of a brief widget as high as they were at this width: what is played may take less room, and the text below stays. */
export function tall(root) {
  let width;
  let height = 0;
  return () => {
    const pictures = root.querySelector('.sb-row');
    if (!pictures) return;
    const isBrief = pictures.closest('.sb-brief') !== null;
    if (!isBrief || root.host.clientWidth !== width) {
      pictures.style.minHeight = '';
      height = 0;
    }
    width = root.host.clientWidth;
    if (!isBrief) return;
    height = Math.max(height, parseFloat(getComputedStyle(pictures).height));
    pictures.style.minHeight = `${height}px`;
  };
}

function scroller(inside) {
  for (let box = inside.parentElement; box; box = box.parentElement) {
    if (box.scrollHeight > box.clientHeight && /auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
  }
  return document.scrollingElement;
}
