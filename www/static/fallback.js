// Says in words why no lab starts here. It is a script of the old kind, which browsers run where they refuse those that labs are made of: from
// a disk, and in a frame without an origin whose host does not share its files.
addEventListener('load', () => {
  if (customElements.get('splitbrain-lab')) return;
  const disk = location.protocol === 'file:';
  const why = disk
    ? 'Nothing moves here: from a disk, browsers do not run the scripts of these pages. Any small web server will do: python3 -m http.server in the folder of the site, and then http://localhost:8000/ in the browser.'
    : self.origin === 'null'
      ? 'This lab cannot start here: the frame around it is a sandbox without an origin, and the host of the lab does not send Access-Control-Allow-Origin.'
      : 'This lab could not start: its script has not come, or this browser is too old for it.';
  for (const [place, lab] of document.querySelectorAll('splitbrain-lab').entries()) {
    lab.dataset.failed = '';
    if (place > 0) continue;
    const words = lab.querySelector('.why') ?? lab.appendChild(document.createElement('p'));
    words.className = 'why told';
    words.setAttribute('role', 'alert');
    words.prepend(`${why} `);
    // The address of a frame knows which lab it is.
    const way = words.querySelector('a');
    const [, id, rest] = /^#([a-z]+)(?:\?(.*))?$/.exec(location.hash) ?? [];
    if (way && id) way.href = `../labs/${id}/full/${rest ? `#${rest}` : ''}`;
  }
  // A folder on a disk does not open its page by itself.
  if (disk) for (const way of document.querySelectorAll('a[href]')) way.href = way.href.replace(/\/(?=#|$)/, '/index.html');
});
