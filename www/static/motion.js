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

/** Has one of the widgets play by itself: the one nearest the middle of the screen, until the reader touches it; none with reduced motion. */
export function choose(all) {
  if (reduced.matches) return;
  const far = (lab) => {
    const box = lab.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight;
    return inside ? Math.abs((box.top + Math.min(box.bottom, box.top + innerHeight)) / 2 - innerHeight / 2) : Infinity;
  };
  if ([...all].some((lab) => lab.playing && lab !== mover)) return;
  const nearest = [...all].reduce((a, b) => (a && far(a) <= far(b) ? a : b), undefined);
  if (!nearest || far(nearest) === Infinity || nearest === mover) return;
  if (mover) rest(mover);
  const paused = nearest.shadowRoot?.querySelector('.sb')?.hasAttribute('data-waits') || nearest.hasAttribute('still');
  if (!nearest.drawn || nearest.used || nearest.moved || paused) return;
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
