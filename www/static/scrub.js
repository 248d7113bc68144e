// Numbers in a lesson's sentences: dragged or stepped, each sets a control of the next widget, and follows what the widget says.

const CLICK = 4; // pixels below which a press is no drag

for (const number of document.querySelectorAll('.scrub')) {
  const labs = [...document.querySelectorAll('splitbrain-lab')];
  const lab = labs.find((lab) => number.compareDocumentPosition(lab) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (lab) bind(number, lab);
}

function bind(number, lab) {
  const { control, label } = number.dataset;
  const steps = number.dataset.steps.split(' ');
  let text = number.textContent.replace(/\s/g, ''); // as links write it
  // A value between two steps, which a link may bring, stands at the nearest.
  const size = (text) => parseFloat(text) * ({ us: 1e-6, µs: 1e-6, ms: 1e-3, m: 60, h: 3600 }[text.replace(/^[\d.]+/, '')] ?? 1);
  const sizes = steps.map(size);
  const place = () => {
    const there = steps.indexOf(text);
    if (there >= 0 || sizes.some(Number.isNaN)) return Math.max(0, there);
    const far = sizes.map((step) => Math.abs(step - size(text)));
    return far.indexOf(Math.min(...far));
  };

  number.tabIndex = 0;
  number.setAttribute('role', 'slider');
  number.setAttribute('aria-label', label);
  number.setAttribute('aria-valuemin', 0);
  number.setAttribute('aria-valuemax', steps.length - 1);
  number.title = `${label}: drag sideways, or use the arrow keys`;

  const show = (now) => {
    text = now ?? text;
    const words = text.replace(/^([\d.]+)([a-zµ]+)$/, '$1 $2');
    if (number.textContent !== words) number.textContent = words;
    number.setAttribute('aria-valuenow', place());
    number.setAttribute('aria-valuetext', words);
  };
  const follow = () => lab.drawn && show(lab.value(control));
  // The widget refuses what cannot run: the number then says what still stands.
  const set = async (wanted, word) => {
    await lab.wake();
    if (!lab.drawn) return;
    lab.touch();
    lab.send(`${word} ${control} ${steps[Math.min(steps.length - 1, Math.max(0, wanted))]}`);
    follow();
  };
  show();
  lab.addEventListener('splitbrain-run', follow);
  lab.addEventListener('splitbrain-change', follow);

  number.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = Math.max(2, Math.round(steps.length / 10));
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: far, PageDown: -far, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(place() + (event.shiftKey ? by * far : by), 'set');
  });

  // A finger that moves sideways drags, up and down it scrolls the page (touch-action).
  let grip;
  number.addEventListener('pointerdown', (event) => {
    grip = { x: event.clientX, from: place(), moved: false };
    number.setPointerCapture(event.pointerId);
    lab.wake();
  });
  number.addEventListener('pointermove', (event) => {
    if (!grip) return;
    const pixels = Math.min(28, Math.max(6, 240 / steps.length));
    const by = event.clientX - grip.x;
    grip.moved ||= Math.abs(by) > CLICK;
    const wanted = grip.from + Math.round(by / pixels);
    if (!grip.moved || wanted === grip.last) return;
    grip.last = wanted;
    set(wanted, 'try');
  });
  const drop = () => {
    if (grip?.moved) set(grip.last ?? grip.from, 'set'); // it may still be waking
    grip = undefined;
  };
  number.addEventListener('pointerup', drop);
  number.addEventListener('pointercancel', drop);
}
