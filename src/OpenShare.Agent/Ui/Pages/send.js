import { get } from './agent.js';
import { button, el, fill, keep } from './dom.js';
import { sendPaths } from './sending.js';
import { isReachable } from './words.js';

const mostNamed = 20;

// What a file manager has handed over, and to whom it may go.
export function send(page, tools, id) {
  const names = el('ul', { ariaLabel: 'What is sent' });
  const list = el('ul', { className: 'cards', ariaLabel: 'Devices' });
  const empty = el('p', { className: 'quiet' });
  page.append(el('h2', {}, 'Send'), names, el('h3', {}, 'To'), empty, list);
  let paths = null;
  tools.act(async () => {
    ({ paths } = await get(`/v1/ui/selections/${encodeURIComponent(id)}`));
    const more = paths.length > mostNamed ? [el('li', {}, `and ${paths.length - mostNamed} more`)] : [];
    names.replaceChildren(...paths.slice(0, mostNamed).map(path => el('li', {}, path)), ...more);
    draw();
  });
  function draw() {
    const { status, peers } = tools.state;
    if (!status || !paths) return;
    const there = peers.filter(isReachable);
    fill(empty, there.length ? [] : ['No device is seen yet. It appears here as soon as it is. ', { href: '#health', text: 'Look for what is wrong' }, '.']);
    keep(list, there, peer => peer.device_id, peer => el('li', {}, el('div', { className: 'row' },
      el('strong', { className: 'grow' }, peer.name),
      button('Send', () => tools.act(async () => {
        await sendPaths(paths, peer, tools);
        location.hash = '#transfers';
      }), { className: 'first', ariaLabel: `Send to ${peer.name}` }))));
  }
  return draw;
}
