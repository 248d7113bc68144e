// What stands where a widget cannot go on: why, the scenario to be kept or reported, and a way back. And what stands there until its first
// run has been computed.

const WHY = {
  fetch: 'A part of this page could not be fetched: perhaps there is no connection now. This is the scenario, to be opened again.',
  model: 'The model stopped with an error of its own. This is the scenario that did it; please report it.',
};

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

/** What is shown while the first run of a link is computed: the picture that stands in the page, greyed, and a way out, where there is one:
 * `stop` is called with the link `before`. */
export function coming(link, before, stop) {
  const box = Object.assign(document.createElement('div'), { className: 'sb-coming' });
  const sign = Object.assign(document.createElement('p'), { className: 'sb', textContent: 'computing' });
  sign.setAttribute('role', 'status');
  box.append(document.createElement('slot'), sign);
  if (before === link) return box;
  const button = Object.assign(document.createElement('button'), { className: 'sb-button', textContent: 'stop' });
  button.addEventListener('click', () => stop(before));
  sign.append(button);
  return box;
}
