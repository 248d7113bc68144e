// The published numbers of a lab, measured here and now: each check is cut into slices of its runs for the pool, so that progress moves
// and stopping is prompt. Values are put together in the order of runs: the figures are those of `cargo dev verify`.
import { pool } from './pool.js';

const MOST_RUNS = 10_000; // of one slice
const running = new WeakMap(); // box -> what stops it

/** A button of the box below the table of checks was pressed. */
export function pressed(box, button) {
  if (button.hasAttribute('data-stop')) running.get(box)?.abort();
  else if (!running.has(box)) start(box, button.dataset.seeds === 'few');
}

async function start(box, quick) {
  const stop = new AbortController();
  running.set(box, stop);
  const lab = box.dataset.check;
  const table = document.querySelector(`[data-checks="${lab}"]`);
  const checks = [...table.querySelectorAll('[data-measured]')].map((row) => ({
    id: row.dataset.measured.slice(lab.length + 1),
    name: row.cells[0].textContent,
    cell: measuredCell(table, row),
  }));
  const [progress, said] = [box.querySelector('progress'), box.querySelector('[role=status]')];
  const turn = (on) => {
    for (const button of box.querySelectorAll('button')) button.hidden = button.hasAttribute('data-stop') !== on;
    progress.hidden = !on;
  };
  turn(true);
  box.querySelector('[data-stop]').focus({ preventScroll: true });
  said.textContent = 'Starting.';
  const begun = performance.now();
  const judged = [];
  try {
    const workers = await pool();
    plan(workers, lab, checks, quick);
    said.textContent = `${checks.length} checks are running${quick ? ', with fewer seeds' : ''}.${where(workers)}`;
    const tick = () => (progress.value = checks.reduce((sum, check) => sum + check.done / check.total, 0) / checks.length);
    tick();
    const one = () => runner(workers, lab, checks, tick, judged, stop.signal);
    await Promise.all(Array.from({ length: workers.size }, one));
    said.textContent = sum(checks, judged, quick, (performance.now() - begun) / 1000) + where(workers);
  } catch (error) {
    for (const check of checks) if (!check.judged) check.cell.textContent = '';
    const stopped = stop.signal.aborted ? 'Stopped' : `It stopped: ${error.message ?? error}`;
    said.textContent = `${stopped.replace(/\.$/, '')}. ${judged.length} of ${checks.length} checks were done.`;
  }
  running.delete(box);
  const focused = box.contains(document.activeElement);
  turn(false);
  if (focused) box.querySelector('button').focus({ preventScroll: true });
}

/** A column more for what is measured here: the last, or on a narrow page, where the last is out of sight, beside the claim. */
function measuredCell(table, row) {
  const head = table.tHead.rows[0];
  if (!head.querySelector('.measured')) {
    const title = Object.assign(document.createElement('th'), { className: 'measured', textContent: 'Measured here' });
    head.insertBefore(title, matchMedia('(max-width: 45rem)').matches ? head.cells[1] : null);
  }
  // A row whose source stands above it has a cell less.
  const place = Math.min(row.cells.length, head.querySelector('.measured').cellIndex);
  const cell = row.querySelector('.measured') ?? row.insertCell(place);
  cell.textContent = '';
  cell.className = 'measured';
  return cell;
}

function where(workers) {
  if (!workers.refused) return '';
  return ' No workers are allowed in this page: checks run one slice after another between its frames, which is slower, and the page may stall for moments.';
}

function plan(workers, lab, checks, quick) {
  for (const check of checks) {
    check.units = workers.glue.check_units(lab, check.id, quick);
    // A check that does not consist of runs is one piece.
    check.total = check.units || 1;
    Object.assign(check, { next: 0, done: 0, slice: 1, parts: [] });
  }
}

/** Takes slice after slice until none is left; as many of these run as there are workers. */
async function runner(workers, lab, checks, tick, judged, signal) {
  for (;;) {
    const check = checks.find((check) => check.next < check.total);
    if (!check) return;
    const from = check.next;
    const to = (check.next = Math.min(check.total, from + check.slice));
    try {
      if (check.units) {
        const begun = performance.now();
        const values = await workers.ask('check_values', [lab, check.id, from, to], signal);
        const pace = workers.slice_ms / Math.max(1, performance.now() - begun);
        check.slice = Math.max(1, Math.min(MOST_RUNS, Math.round((to - from) * Math.min(4, pace))));
        check.parts.push({ from, values });
      }
      check.done += to - from;
      if (check.done === check.total) {
        const result = await workers.ask('check_judged', [lab, check.id, check.units, whole(check.parts)], signal);
        show(check, result, judged);
      } else if (!check.judged) check.cell.textContent = `${Math.floor((100 * check.done) / check.total)} %`;
    } catch (error) {
      signal.throwIfAborted();
      fail(check, error, judged);
    }
    tick();
  }
}

/** All values in the order of their runs. */
function whole(parts) {
  parts.sort((a, b) => a.from - b.from);
  const values = new BigInt64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return values;
}

function show(check, { kept, expected, measured }, judged) {
  check.judged = true;
  judged.push({ check, kept });
  const mark = document.createElement('strong');
  mark.className = kept ? 'kept' : 'not-kept';
  mark.textContent = kept ? '✓ kept' : '✗ not kept';
  check.cell.replaceChildren(mark, ` ${measured}`);
  check.cell.title = `expected ${expected}`;
}

function fail(check, error, judged) {
  if (check.judged) return;
  check.judged = true;
  check.next = check.done = check.total;
  judged.push({ check, kept: false });
  const mark = Object.assign(document.createElement('strong'), { className: 'not-kept', textContent: '✗ not measured' });
  check.cell.replaceChildren(mark, ` ${error.message}${error.link ? ` The scenario was ${error.link}` : ''}`);
}

function sum(checks, judged, quick, seconds) {
  const wrong = judged.filter(({ kept }) => !kept).map(({ check }) => check.name);
  const seeds = quick ? ' with fewer seeds than published' : '';
  const took = `in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (wrong.length === 0) return `All ${checks.length} checks are kept${seeds}, measured ${took}.`;
  return `${checks.length - wrong.length} of ${checks.length} checks are kept${seeds}, measured ${took}. Not kept: ${wrong.join('; ')}.`;
}
