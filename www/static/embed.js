// The page for iframes: takes `theme` and `panels` from the fragment, and tells its height to whoever embeds it, as
// postMessage({ type: 'splitbrain-height', height }) with the height in CSS pixels. It never writes its address.
const lab = document.querySelector('splitbrain-lab');

function dress() {
  const theme = /[?&#]theme=(light|dark)\b/.exec(location.hash)?.[1];
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  if (theme) lab.setAttribute('theme', theme);
  else lab.removeAttribute('theme');
}

// Only of what is there to stay: a frame does not shrink to the words that stand there while a lab is fetched, nor to nothing.
let told;
function tell() {
  const height = Math.ceil(lab.getBoundingClientRect().height);
  const stands = lab.drawn || lab.hasAttribute('data-failed') || lab.shadowRoot?.querySelector('.sb-sorry');
  if (height === told || !height || !stands || parent === window) return;
  told = height;
  parent.postMessage({ type: 'splitbrain-height', height }, '*');
}

dress();
addEventListener('hashchange', dress);
new ResizeObserver(tell).observe(lab);
