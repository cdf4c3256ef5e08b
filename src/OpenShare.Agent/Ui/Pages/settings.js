import { button, el, keep } from './dom.js';
import { short } from './words.js';

// What this device is, and what it does with what others send.
export function settings(page, tools) {
  const facts = el('dl');
  const rules = el('ul', { className: 'cards', ariaLabel: 'Decided once for all' });
  const none = el('p', { className: 'quiet' }, 'Nothing: each device is treated as the agent was told (openshare agent --accept).');
  page.append(el('h2', {}, 'This device'), facts, el('h2', {}, 'Decided once for all'), none, rules);
  return () => {
    const { status } = tools.state;
    if (!status) return;
    facts.replaceChildren(...Object.entries({
      Name: status.name,
      Id: status.device_id,
      Account: status.account_id ?? 'none',
      'Listens on': status.listening.join(', ') || 'nothing',
      'Receives into': status.save_to,
      Accepts: { own: 'from the devices of the account', ask: 'after asking', none: 'nothing' }[status.accept],
      Home: status.home,
    }).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
    none.hidden = status.rules.length > 0;
    keep(rules, status.rules, rule => rule.device_id, rule => el('li', { className: 'row' },
      el('div', { className: 'grow' }, `${rule.name ?? short(rule.device_id)}: ${rule.answer} accepted`),
      button('Forget', () => tools.act(() => tools.post(`/v1/peers/${rule.device_id}/accept`, { answer: 'ask' })), { ariaLabel: `Forget the rule for ${rule.name ?? rule.device_id}` })));
  };
}
