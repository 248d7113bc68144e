// What our pages do beyond HTML: search on the home page, buttons that open another run in a widget, notes on terms.
import { kept, whenKept } from './kept.js';

// Search as you type: cards whose words hold every word of the query stay. Of labs that are to come, the names are looked through.
const search = document.querySelector('#search');
if (search) {
  const box = search.closest('.search');
  const cards = [...document.querySelectorAll('.card')].map((card) => ({
    card,
    words: `${card.querySelector('h3').textContent} ${card.querySelector('p').textContent} ${card.dataset.words}`.toLowerCase(),
  }));
  const parts = [...document.querySelectorAll('.part')];
  const coming = [...document.querySelectorAll('.coming [data-lab]')].map(({ textContent, dataset }) => ({
    name: textContent[0].toUpperCase() + textContent.slice(1),
    words: `${dataset.lab} ${textContent}`.toLowerCase(),
  }));
  const said = box.querySelector('[role=status]');
  box.hidden = false;
  search.addEventListener('input', () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (words) => wanted.every((word) => words.includes(word));
    let count = 0;
    for (const { card, words } of cards) {
      card.hidden = !has(words);
      count += !card.hidden;
    }
    for (const part of parts) {
      const line = part.querySelector('.coming');
      if (line) line.hidden = wanted.length > 0;
      part.hidden = wanted.length > 0 && !part.querySelector('.card:not([hidden])');
    }
    const later = coming.filter(({ words }) => has(words)).map(({ name }) => `${name}: to come`);
    const found = count > 0 || later.length === 0 ? [count > 0 ? `${count} of ${cards.length} labs` : 'No lab has these words.'] : [];
    said.textContent = wanted.length === 0 ? '' : [...found, ...later].join(' · ');
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      search.value = '';
      search.dispatchEvent(new Event('input'));
    }
    if (event.key === 'Enter') document.querySelector('.card:not([hidden]) a')?.click();
  });
}

// A link that opens a run in a widget of this page; without a script it leads to the page of that run.
for (const link of document.querySelectorAll('a[data-open]')) {
  link.addEventListener('click', (event) => {
    const lab = document.querySelector(`#${link.dataset.open} splitbrain-lab`);
    if (!lab || event.ctrlKey || event.metaKey || event.shiftKey || lab.hasAttribute('data-failed')) return;
    event.preventDefault();
    lab.link = link.dataset.link;
    // A run that says nothing of where to look is played from its beginning.
    if (!/[?&]at=/.test(link.dataset.link) && !matchMedia('(prefers-reduced-motion: reduce)').matches) lab.outcome().then(() => lab.send('play'));
  });
}

// A run of another lab belongs on that lab's page, with its heading, lesson and checks. What an address said is no step to go back to.
function moveToItsPage({ target, detail: { link } }) {
  const [lab] = link.split('?');
  if (!target.hasAttribute('address') || lab === target.home) return;
  const kind = location.pathname.endsWith(`/labs/${target.home}/`) ? '' : 'full/';
  const way = new URL(`labs/${lab}/${kind}#${link.includes('?') ? link : `${link}?`}`, import.meta.url);
  if (location.hash.startsWith(`#${lab}?`)) location.replace(way);
  else location.assign(way);
}
document.addEventListener('splitbrain-run', moveToItsPage);
// The checks of published numbers run here and now. What runs them is fetched when a button is first pressed.
for (const box of document.querySelectorAll('[data-check]')) {
  box.hidden = false;
  box.addEventListener('click', async ({ target }) => {
    const button = target.closest('button');
    if (button) (await import('./checks.js')).pressed(box, button);
  });
}

// A term's note opens on hover, focus and tap, stays while the pointer is on it, and goes with Escape or a click elsewhere.
const DELAY_MS = 150;
const notes = []; // each with its term
for (const term of document.querySelectorAll('a.term')) {
  const note = document.getElementById(term.getAttribute('aria-describedby'));
  if (!note?.showPopover) continue;
  let timer;
  const later = (act) => {
    clearTimeout(timer);
    timer = setTimeout(act, DELAY_MS);
  };
  const open = () => {
    clearTimeout(timer);
    if (!term.isConnected) return;
    for (const other of notes) if (other.note !== note) other.note.hidePopover();
    if (!note.matches(':popover-open')) note.showPopover();
    place(note, term);
  };
  const close = () => note.hidePopover();
  notes.push({ note, term });
  term.addEventListener('pointerenter', (event) => event.pointerType === 'mouse' && later(open));
  term.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && later(close));
  note.addEventListener('pointerenter', () => clearTimeout(timer));
  note.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && later(close));
  term.addEventListener('focus', () => term.matches(':focus-visible') && open());
  term.addEventListener('blur', () => later(close));
  term.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.detail === 0) return; // Enter follows the link
    event.preventDefault();
    open();
  });
}

// Below the term, or above where there is no room; never out of sight.
function place(note, term) {
  const [words, box, gap] = [term.getClientRects()[0] ?? term.getBoundingClientRect(), note.getBoundingClientRect(), 8];
  const left = Math.min(Math.max(gap, words.left), document.documentElement.clientWidth - box.width - gap);
  const below = words.bottom + gap + box.height < innerHeight;
  const top = below ? words.bottom + gap : Math.max(gap, words.top - gap - box.height);
  // On a large screen the page is enlarged: what is measured is, what is set is not yet.
  const zoom = box.width / note.offsetWidth;
  [note.style.left, note.style.top] = [`${left / zoom}px`, `${top / zoom}px`];
}

// A note stays with its term while the page scrolls: focus itself scrolls to a term out of sight.
function follow() {
  for (const { note, term } of notes) {
    if (!note.matches(':popover-open')) continue;
    const words = term.getBoundingClientRect();
    if (words.bottom > 0 && words.top < innerHeight) place(note, term);
    else if (document.activeElement !== term) note.hidePopover();
  }
}
addEventListener('scroll', follow, { passive: true });

// A challenge is tried where it stands: its widget takes the place of the way to the full window. What was reached is marked.
const challenges = [...document.querySelectorAll('[data-challenge]')];
for (const item of challenges) {
  const told = item.querySelector('.told');
  const way = told.querySelector('a');
  way.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector('splitbrain-lab[data-failed]')) return;
    event.preventDefault();
    const lab = Object.assign(document.createElement('splitbrain-lab'), { tabIndex: -1 });
    lab.setAttribute('keep', '');
    lab.setAttribute('src', item.dataset.link);
    told.replaceChildren(lab);
    const drawn = lab.wake().then(() => lab.computing);
    drawn.then(() => lab.drawn && lab.shadowRoot.querySelector('.sb-task button')?.focus());
  });
}
function markReached(done) {
  for (const item of challenges) {
    const reached = done.split('\n').includes(item.dataset.challenge);
    const mark = item.querySelector('.reached');
    if (reached && !mark) {
      const words = Object.assign(document.createElement('strong'), { className: 'reached', textContent: '✓ Reached. ' });
      item.querySelector('p').prepend(words);
    }
    if (!reached) mark?.remove();
  }
}
if (challenges.length > 0) {
  markReached(kept()?.done ?? '');
  whenKept((name, text) => name === 'done' && markReached(text));
}
// Numbers in a lesson's sentences that set a control of the widget below.
if (document.querySelector('.scrub')) import('./scrub.js');
