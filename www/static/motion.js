// What moves: marks between two records, and the one widget of a page that plays by itself.

export const reduced = matchMedia('(prefers-reduced-motion: reduce)');
let mover; // the one widget that moves by itself

/** The marks below `root` that move, each with when it begins and ends, and the corners of its way. */
export function movers(root) {
  return Array.from(root.querySelectorAll('[data-m]'), (mark) => {
    const [start, end, ...numbers] = mark.dataset.m.split(',').map(Number);
    const way = [];
    for (let i = 0; i < numbers.length; i += 2) way.push([numbers[i], numbers[i + 1]]);
    const lengths = way.slice(1).map(([x, y], i) => Math.hypot(x - way[i][0], y - way[i][1]));
    return { mark, start, end, way, lengths, length: lengths.reduce((sum, length) => sum + length, 0) };
  });
}

/** Puts marks where they are at a time. */
export function move(marks, now) {
  for (const { mark, start, end, way, lengths, length } of marks) {
    const share = end > start ? Math.min(1, Math.max(0, (now - start) / (end - start))) : 1;
    let [left, piece] = [share * length, 0];
    while (piece < lengths.length - 1 && left >= lengths[piece]) left -= lengths[piece++];
    const within = lengths[piece] > 0 ? Math.min(1, left / lengths[piece]) : 0;
    const [x, y] = [0, 1].map((axis) => way[piece][axis] + (way[piece + 1][axis] - way[piece][axis]) * within);
    mark.setAttribute('transform', `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
  }
}

// Where the picture of a widget that has drawn is, and its timeline.
function places(lab) {
  const place = (name) => lab.shadowRoot?.querySelector(name)?.getBoundingClientRect();
  return lab.drawn ? { picture: place('.sb-stage-frame .sb-scene'), timeline: place('.sb-timeline') } : {};
}

// Whether the reader has seen the picture whole, with the timeline below it, or half of one that is higher than the screen.
function isSeen(lab) {
  const { picture, timeline } = places(lab);
  if (!picture?.height || !timeline) return false;
  return picture.height + timeline.height > innerHeight ? distance(lab) < Infinity : timeline.bottom <= innerHeight;
}

// How far the picture of a widget is from the middle of the screen; infinitely, unless half of it is in sight. Where it is higher than the
// screen, the timeline lies over its lower end.
function distance(lab) {
  const { picture, timeline } = places(lab);
  if (!picture?.height) return Infinity;
  const end = Math.min(innerHeight, timeline?.top ?? Infinity);
  const seen = Math.min(picture.bottom, end) - Math.max(picture.top, 0);
  if (seen < Math.min(picture.height, end) / 2) return Infinity;
  return Math.abs((picture.top + picture.bottom) / 2 - innerHeight / 2);
}

/** Has one of the widgets play by itself: the one whose picture is nearest the middle of the screen and half in sight, until the reader
 * touches it; none with reduced motion. What had to make room for another goes on when it is its turn again. */
export function choose(all) {
  // From then on its timeline may lie over the picture's end (widget.css).
  for (const lab of all) if (!lab.hasAttribute('data-seen') && isSeen(lab)) lab.setAttribute('data-seen', '');
  const far = new Map([...all].map((lab) => [lab, distance(lab)]));
  if (reduced.matches || [...all].some((lab) => lab.playing && lab !== mover)) return;
  const nearest = [...all].reduce((a, b) => (a && far.get(a) <= far.get(b) ? a : b), undefined);
  if (!nearest || far.get(nearest) === Infinity || nearest === mover) return;
  if (mover) rest(mover);
  const waits = nearest.shadowRoot.querySelector('.sb')?.hasAttribute('data-waits') || nearest.hasAttribute('still');
  if (nearest.used || nearest.moved || waits) return;
  mover = nearest;
  nearest.moved = true;
  nearest.send('play');
}

/** The reader uses a widget: no other plays by itself. */
export function yieldTo(lab) {
  if (mover && mover !== lab) rest(mover);
  if (mover === lab) mover = undefined;
}

function rest(lab) {
  lab.moved = !lab.playing;
  if (lab.playing) lab.send('pause');
  mover = undefined;
}

/** Lets the page handle what has happened meanwhile; a timer would come 4 ms later. */
export function breath() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(0);
  });
}
