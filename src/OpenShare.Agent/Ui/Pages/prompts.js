import { button, el, keep } from './dom.js';
import { size } from './words.js';

// What waits for this person, on every page: an offer of files, a code to be compared.
export function prompts(parent, tools) {
  const { state } = tools;
  const offers = [...state.transfers.values()].filter(transfer => transfer.direction === 'receiving' && transfer.state === 'awaiting_answer');
  const compared = state.comparisons.filter(comparison => comparison.state === 'open');
  keep(parent, [...offers, ...compared], item => item.transfer_id ?? `comparison ${item.id}`, item => (item.transfer_id ? offer(item, tools) : comparison(item, tools)));
}

function offer(transfer, { act, post }) {
  const answer = (verb, body) => act(() => post(`/v1/transfers/${transfer.transfer_id}/${verb}`, body));
  return el('div', { className: 'card' },
    el('div', { className: 'row' },
      el('div', { className: 'grow' }, el('strong', {}, `${transfer.peer_name ?? 'A device'} sends ${transfer.summary}`),
        el('div', { className: 'quiet' }, `${size(transfer.bytes_total)}${transfer.totals_known ? '' : ' so far'}`)),
      button('Accept', () => answer('accept', { always: false }), { className: 'first', ariaLabel: `Accept ${transfer.summary}` }),
      button('Always from there', () => answer('accept', { always: true }), { ariaLabel: `Always from there: whatever ${transfer.peer_name} sends` }),
      button('Decline', () => answer('decline', { always: false }), { ariaLabel: `Decline ${transfer.summary}` })));
}

function comparison(item, { act, post }) {
  const answer = same => act(() => post(`/v1/pairing/comparisons/${item.id}`, { same }));
  return el('div', { className: 'card' },
    el('div', {}, item.role === 'new' ? `A device that says it is ${item.peer_name} will pair this one.` : `${item.peer_name} is to be paired.`, ' Both screens must show'),
    el('div', { className: 'digits' }, item.code),
    item.is_asked
      ? el('div', { className: 'row' },
        el('div', { className: 'grow' }, `Does the screen of ${item.peer_name} itself show the same?`),
        button('No', () => answer(false), { className: 'first' }),
        button('Yes, the same', () => answer(true)))
      : el('div', {}, `The person at ${item.peer_name} is to see the same there.`));
}
