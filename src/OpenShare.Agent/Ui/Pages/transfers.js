import { get } from './agent.js';
import { button, el, keep } from './dom.js';
import { isEnded, size, span, state, time } from './words.js';

// What is under way, and what was: with progress, rate and time left, and the receiver's receipt.
export function transfers(page, tools) {
  const running = el('ul', { className: 'cards', ariaLabel: 'Under way' });
  const ended = el('ul', { className: 'cards', ariaLabel: 'History' });
  const none = el('p', { className: 'quiet' }, 'Nothing was sent or received yet.');
  page.append(el('h2', {}, 'Under way'), running, el('h2', {}, 'History'), none, ended);
  return () => {
    const all = [...tools.state.transfers.values()].sort((a, b) => b.started_at.localeCompare(a.started_at));
    none.hidden = all.length > 0;
    keep(running, all.filter(transfer => !isEnded(transfer)), transfer => transfer.transfer_id, transfer => draw(transfer, tools));
    keep(ended, all.filter(isEnded).slice(0, 200), transfer => transfer.transfer_id, transfer => draw(transfer, tools));
  };
}

function draw(transfer, tools) {
  const isOver = isEnded(transfer);
  return el('li', {},
    el('div', { className: 'row' },
      el('div', { className: 'grow' },
        el('strong', {}, transfer.summary), ` ${transfer.direction === 'sending' ? 'to' : 'from'} ${transfer.peer_name ?? transfer.peer_address ?? 'another device'}`,
        el('div', { className: ['failed', 'incomplete'].includes(transfer.state) ? 'bad' : 'quiet' }, line(transfer))),
      !isOver && transfer.state !== 'paused' && order(transfer, 'pause', 'Pause', tools),
      transfer.state === 'paused' && order(transfer, 'resume', 'Go on', tools),
      !isOver && order(transfer, 'cancel', 'Cancel', tools),
      transfer.receipt && receipt(transfer, tools)),
    !isOver && el('progress', { max: Math.max(transfer.bytes_total, 1), value: transfer.bytes_sent + transfer.bytes_reused, ariaLabel: `Progress of ${transfer.summary}` }));
}

function order(transfer, verb, text, { act, post }) {
  const drawn = button(text, () => act(() => post(`/v1/transfers/${transfer.transfer_id}/${verb}`)), { ariaLabel: `${text}: ${transfer.summary}` });
  drawn.dataset.name = verb === 'resume' ? 'pause' : verb;
  return drawn;
}

function receipt(transfer, { act, say }) {
  return button('Receipt', () => act(async () => {
    const shown = await get(`/v1/transfers/${transfer.transfer_id}/receipt`);
    const { delivered, withdrawn, refused, skipped } = transfer.receipt;
    say(`Receipt of ${time(transfer.receipt.completed_at)}, signed by ${shown.receiver_name ?? transfer.peer_name}: ${delivered} delivered, ${skipped} skipped, ${withdrawn} withdrawn, ${refused} refused.`);
  }), { ariaLabel: `Receipt of ${transfer.summary}` });
}

function line(transfer) {
  const done = transfer.bytes_sent + transfer.bytes_reused;
  if (isEnded(transfer)) return [state(transfer.state), size(transfer.bytes_total), time(transfer.started_at), transfer.detail?.replaceAll('\n', '; ')].filter(part => part).join(', ');
  const rate = transfer.seconds > 0 ? transfer.bytes_sent / transfer.seconds : 0;
  const left = rate > 0 && transfer.totals_known ? span((transfer.bytes_total - done) / rate) : '';
  return [state(transfer.state), `${size(done)} of ${size(transfer.bytes_total)}${transfer.totals_known ? '' : ' so far'}`, rate > 0 && `${size(rate)}/s`, left && `${left} left`, transfer.detail?.replaceAll('\n', '; ')]
    .filter(part => part).join(', ');
}
