// What stands where a widget cannot go on: why, the scenario to be kept or reported, and a way back. And what stands there until its first
// run has been computed.

const WHY = {
  fetch: 'A part of this page could not be fetched: perhaps there is no connection now. This is the scenario, to be opened again.',
  model: 'The model stopped with an error of its own. This is the scenario that did it; please report it.',
};

const REFUSED = {
  fetch: 'A part of this page could not be fetched: perhaps there is no connection now.',
  policy:
    'This lab cannot run in this page: its security policy does not let WebAssembly be compiled. A page that shows labs allows it with ‘wasm-unsafe-eval’ in its script-src.',
};

/** What is said below the picture that stands in the page where there is no widget; what could not be fetched may be tried again. */
export function refused(why, again) {
  const box = document.createElement('div');
  const words = Object.assign(document.createElement('p'), { className: 'sb', textContent: REFUSED[why] });
  words.setAttribute('role', 'alert');
  box.append(document.createElement('slot'), words);
  if (why === 'fetch') {
    const button = Object.assign(document.createElement('button'), { className: 'sb-button', textContent: 'Try again' });
    button.addEventListener('click', again);
    words.append(' ', button);
  }
  return box;
}

/** What stands over the picture of a lab that waits to be started; all of it is pressed. */
export function offered(start) {
  const box = Object.assign(document.createElement('div'), { className: 'sb-offered' });
  const button = Object.assign(document.createElement('button'), { className: 'sb-button sb-primary', textContent: 'Start this lab' });
  const sign = Object.assign(document.createElement('p'), { className: 'sb' });
  sign.append(button);
  box.append(document.createElement('slot'), sign);
  box.addEventListener('click', start, { once: true });
  return box;
}

/** The apology for a link; `back` is called with the link that was shown before it, or else with the lab as it comes. */
export function sorry(why, link, before, back) {
  const box = document.createElement('div');
  box.className = 'sb sb-sorry';
  box.setAttribute('role', 'alert');
  const words = Object.assign(document.createElement('p'), { textContent: WHY[why] });
  const field = Object.assign(document.createElement('input'), { value: link, readOnly: true, type: 'text' });
  field.setAttribute('aria-label', 'Link of the scenario');
  const way = before ? 'Back to what was before' : 'Open the lab as it comes';
  const button = Object.assign(document.createElement('button'), { className: 'sb-button', textContent: way });
  button.addEventListener('click', () => back(before ?? link.split('?')[0]));
  box.append(words, field, button);
  return box;
}

/** What stands where the reader has stopped the first run of a link: the picture that stands in the page, and a way to go on. */
export function stopped(again) {
  const box = document.createElement('div');
  const sign = Object.assign(document.createElement('p'), { className: 'sb', textContent: 'Stopped before the run had ended. ' });
  sign.setAttribute('role', 'status');
  const button = Object.assign(document.createElement('button'), { className: 'sb-button', textContent: 'Run it' });
  button.addEventListener('click', again);
  sign.append(button);
  box.append(document.createElement('slot'), sign);
  return box;
}

/** What is shown while the first run of a link is computed: the picture that stands in the page, greyed, and a way out. */
export function coming(stop) {
  const box = Object.assign(document.createElement('div'), { className: 'sb-coming' });
  const sign = Object.assign(document.createElement('p'), { className: 'sb', textContent: 'computing' });
  sign.setAttribute('role', 'status');
  box.append(document.createElement('slot'), sign);
  const button = Object.assign(document.createElement('button'), { className: 'sb-button', textContent: 'stop' });
  button.addEventListener('click', stop);
  sign.append(button);
  return box;
}
