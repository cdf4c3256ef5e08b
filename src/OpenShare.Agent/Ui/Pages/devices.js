import { button, el, fill, keep } from './dom.js';
import { send, sendPaths } from './sending.js';
import { isReachable, short } from './words.js';

// The other devices: who they are, how they were found, and what may be sent to them.
export function devices(page, tools) {
  const list = el('ul', { className: 'cards', ariaLabel: 'Devices' });
  const empty = el('p', { className: 'quiet' });
  page.append(el('h2', {}, 'Devices'), empty, list);
  return () => {
    const { status, peers } = tools.state;
    if (!status) return;
    fill(empty, nobody(status, peers));
    keep(list, peers.filter(peer => peer.trust !== 'unpaired'), peer => peer.device_id, peer => device(peer, tools));
  };
}

function nobody(status, peers) {
  if (status.trust === 'unpaired') return ['This device is not registered. ', { href: '#pairing', text: 'Register or pair it' }, '.'];
  if (peers.some(peer => peer.address && peer.trust !== 'unpaired')) return [];
  return ['No other device of the account is seen. Is OpenShare running there, in the same network? ', { href: '#health', text: 'Look for what is wrong' }, '.'];
}

function device(peer, tools) {
  const isThere = isReachable(peer);
  const files = el('input', { type: 'file', multiple: true, hidden: true, onchange: () => send([...files.files].map(file => ({ file, path: file.name })), peer, tools) });
  const form = el('div', { hidden: true }, what(peer, tools));
  const more = button('More', () => { form.hidden = !form.hidden; more.ariaExpanded = String(!form.hidden); }, { ariaExpanded: 'false', ariaLabel: `More for ${peer.name}` });
  more.dataset.name = 'more';
  const card = el('li', {},
    el('div', { className: 'row' },
      el('div', { className: 'grow' },
        el('strong', {}, peer.name), ' ',
        el('span', { className: peer.trust === 'certified' ? 'badge' : 'badge warn' }, peer.trust),
        el('div', { className: 'quiet' }, where(peer))),
      isThere && button('Send files', () => files.click(), { className: 'first', ariaLabel: `Send files to ${peer.name}` }),
      isThere && more),
    files, form);
  if (isThere) onDrop(card, entries => send(entries, peer, tools));
  return card;
}

function where(peer) {
  if (!peer.address) return `${short(peer.device_id)}, not to be seen`;
  const after = peer.latency_ms === null ? '' : ` after ${peer.latency_ms} ms`;
  return `${short(peer.device_id)} at ${peer.address}, found by ${peer.found_by.replace('_', ' ')}${after}. Drop files or folders here.`;
}

// What a browser cannot do: a file by its path, which copies nothing; and a text.
function what(peer, { act, post, say }) {
  const path = el('input', { placeholder: '/home/me/Photos', autocomplete: 'off', id: `path-${peer.device_id}` });
  const text = el('textarea', { rows: 3, id: `text-${peer.device_id}` });
  return [
    el('label', { htmlFor: path.id }, 'A file or folder of this machine, by its whole path'), path,
    button('Send it', () => act(() => sendPaths([path.value], peer, { post, say }))),
    el('label', { htmlFor: text.id }, 'A text'), text,
    button('Send the text', () => act(async () => {
      await post('/v1/sends', { paths: [], to: peer.device_id, text: text.value });
      text.value = '';
      say(`The text is on its way to ${peer.name}.`);
    })),
  ];
}

function onDrop(card, take) {
  card.addEventListener('dragover', event => { event.preventDefault(); card.classList.add('over'); });
  card.addEventListener('dragleave', () => card.classList.remove('over'));
  card.addEventListener('drop', async event => {
    event.preventDefault();
    card.classList.remove('over');
    // Asked for at once: after the first wait the browser has forgotten them.
    const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry);
    take(entries.length ? (await Promise.all(entries.map(walk))).flat() : [...event.dataTransfer.files].map(file => ({ file, path: file.name })));
  });
}

async function walk(entry) {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return [{ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    all.push(...some);
  }
  return (await Promise.all(all.map(walk))).flat();
}
