import { button, el, keep } from './dom.js';
import { short } from './words.js';

// What this device is, and what it does with what others send.
export function settings(page, tools) {
  const facts = el('dl');
  const form = el('form', {});
  const rules = el('ul', { className: 'cards', ariaLabel: 'Decided once for all' });
  const none = el('p', { className: 'quiet' }, 'Nothing: each device is treated as set above.');
  page.append(el('h2', {}, 'Settings'), form, el('h2', {}, 'Decided once for all'), none, rules, el('h2', {}, 'This device'), facts);
  let drawn = null;
  return () => {
    const { status } = tools.state;
    if (!status) return;
    // What is being typed is left alone until something else was set.
    const now = JSON.stringify([status.accept, status.save_to, status.overwrite, status.limit]);
    if (drawn !== now) draw(form, status, tools);
    drawn = now;
    facts.replaceChildren(...Object.entries({
      Name: status.name,
      Id: status.device_id,
      Account: status.account_id ?? 'none',
      'Listens on': status.listening.join(', ') || 'nothing',
      Home: status.home,
    }).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
    none.hidden = status.rules.length > 0;
    keep(rules, status.rules, rule => rule.device_id, rule => el('li', { className: 'row' },
      el('div', { className: 'grow' }, `${rule.name ?? short(rule.device_id)}: ${rule.answer} accepted`),
      button('Forget', () => tools.act(() => tools.post(`/v1/peers/${rule.device_id}/accept`, { answer: 'ask' })), { ariaLabel: `Forget the rule for ${rule.name ?? rule.device_id}` })));
  };
}

const accepting = { own: 'the devices of the account', ask: 'them, after asking me each time', none: 'nobody' };

const replacing = { yes: 'may be replaced, where the sender wishes it', no: 'stay; what is sent gets another name' };

function draw(form, status, { act, post, say }) {
  const accept = choice('accept', accepting, status.accept);
  const overwrite = choice('overwrite', replacing, status.overwrite);
  const saveTo = el('input', { id: 'save-to', value: status.save_to, autocomplete: 'off' });
  const limit = el('input', { id: 'limit', value: rate(status.limit), placeholder: 'as many as go', autocomplete: 'off' });
  form.replaceChildren(
    el('label', { htmlFor: 'accept' }, 'Accept from'), accept,
    el('label', { htmlFor: 'save-to' }, 'Save what is received to'), saveTo,
    el('label', { htmlFor: 'overwrite' }, 'Files of the same name'), overwrite,
    el('label', { htmlFor: 'limit' }, 'Bytes a second of what is sent, such as 2M'), limit,
    el('p', {}, el('button', { className: 'first' }, 'Keep')));
  form.onsubmit = event => {
    event.preventDefault();
    act(async () => {
      await post('/v1/settings', { accept: accept.value, save_to: saveTo.value, overwrite: overwrite.value, limit: limit.value.trim() || 'none' });
      say('Kept, also for the next start.');
    });
  };
}

const choice = (id, words, chosen) => el('select', { id }, Object.entries(words).map(([value, text]) => el('option', { value, selected: value === chosen }, text)));

function rate(bytes) {
  for (const [unit, size] of [['G', 1024 ** 3], ['M', 1024 ** 2], ['K', 1024]]) if (bytes && bytes % size === 0) return `${bytes / size}${unit}`;
  return bytes ? String(bytes) : '';
}
