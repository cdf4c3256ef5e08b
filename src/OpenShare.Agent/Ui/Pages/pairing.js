import { postLines, Problem } from './agent.js';
import { readQr, scan } from './camera.js';
import { button, el, keep } from './dom.js';
import { short, time } from './words.js';

// Becoming a device of the account, or having another become one.
export function pairing(page, tools) {
  let kind = null;
  let draw = () => {};
  // Who joins from this page is told by the answer, which may come before the new state or after it.
  const own = { isJoining: false };
  return () => {
    const { status } = tools.state;
    if (!status) return;
    const now = status.account_id === null ? 'new' : 'registered';
    if (now !== kind) {
      if (kind && !own.isJoining) tools.say(`This device is registered as ${status.name}.`);
      kind = now;
      page.replaceChildren();
      draw = now === 'new' ? fresh(page, tools, own) : sponsor(page, tools);
    }
    draw();
  };
}

const qr = text => el('img', { className: 'qr', src: `/v1/ui/qr?text=${encodeURIComponent(text)}`, alt: 'The same as a QR' });

function field(label, id, attributes = {}) {
  const input = el('input', { id, autocomplete: 'off', ...attributes });
  return [input, [el('label', { htmlFor: id }, label), input]];
}

function fresh(page, { state, act, post, say }, own) {
  const [server, serverField] = field('The organisation’s server', 'server', { placeholder: 'https://share.example:8443' });
  const [token, tokenField] = field('The token that its administrator gave you', 'token');
  const [name, nameField] = field('What this device is to be called', 'name', { value: state.status.name });
  const [print, printField] = field('Where this system does not know the server: its fingerprint, as the administrator has it', 'fingerprint', { placeholder: 'sha256:…' });
  const login = el('p', {});
  const course = el('p', { className: 'quiet' });
  const shown = el('div', {});
  const [invitation, invitationField] = field('Or paste the token that it shows there', 'invitation', { placeholder: 'osp1_…' });
  const picture = el('input', { type: 'file', accept: 'image/*', id: 'picture' });
  const camera = el('div', {});
  page.append(
    el('h2', {}, 'Register this device'),
    ...serverField, ...nameField, ...tokenField,
    button('Register', () => act(async () => {
      await post('/v1/registration', { server: server.value.trim(), token: token.value.trim(), name: name.value.trim() });
      token.value = '';
    }), { className: 'first' }),
    el('details', {}, el('summary', {}, 'There is no token: log in'), ...printField, el('p', {}, button('Log in', () => act(logIn)))), login, course,
    el('h2', {}, 'Or pair it with one that is registered, with no server'),
    button('Show this device', () => act(async () => {
      const code = await post('/v1/pairing/announcement');
      shown.replaceChildren(
        el('p', {}, code.announced_until ? `Until ${time(code.announced_until)} it is seen in this network: on the registered device, choose it under Pairing.` : 'It is not seen on the network just now.'),
        el('p', {}, 'Elsewhere its code is ', el('code', {}, code.code)), qr(code.code));
    })), shown,
    ...invitationField,
    el('label', { htmlFor: 'picture' }, 'Or a picture of its QR'), picture,
    el('div', { className: 'row' },
      button('Join', () => act(async () => join(picture.files[0] ? await readQr(picture.files[0]) : invitation.value))),
      button('Scan its QR with the camera', () => act(async () => join(await scan(camera))))),
    camera);

  // The page of the organisation's own login is another: the person goes there, and comes back to the agent by it.
  async function logIn() {
    const order = { server: server.value.trim(), name: name.value.trim(), server_fingerprint: print.value.trim() || null };
    try {
      for await (const step of postLines('/v1/registration/login', order)) {
        if (step.problem) throw new Problem(step.problem.code, step.problem.message);
        login.replaceChildren(...step.url && /^https?:/.test(step.url) ? [el('a', { href: step.url, target: '_blank', rel: 'noopener' }, 'Log in there'), `, before ${time(step.expires_at)}.`] : []);
      }
    } finally {
      login.replaceChildren();
    }
  }

  async function join(text) {
    say('Reaching the other device. Compare the code that both screens show.');
    own.isJoining = true;
    const joined = await post('/v1/pairing/join', { token: text, attended: true }).catch(problem => {
      own.isJoining = false;
      throw problem;
    });
    say(`Paired by ${joined.sponsor_name} until ${time(joined.expires_at)}.`);
  }

  return () => {
    const { registration } = state.status;
    course.textContent = registration.state === 'underway' ? `Registering at ${registration.server}…${registration.problem ? ` ${registration.problem}` : ''}`
      : registration.state === 'refused' ? registration.problem : '';
    course.className = registration.state === 'refused' || registration.problem ? 'bad' : 'quiet';
  };
}

function sponsor(page, { state, act, post, say }) {
  const list = el('ul', { className: 'cards', ariaLabel: 'Devices to be paired' });
  const none = el('p', { className: 'quiet' }, 'None is seen. On the new device: openshare pair show, or “Show this device” on its page.');
  const [code, codeField] = field('Or type the code that the new device shows', 'code', { placeholder: 'XXXX-XXXX-XXXX-XXXX-XXXX-XXXX' });
  const shown = el('div', {});
  const camera = el('div', {});
  const invite = text => act(async () => {
    const made = await post('/v1/pairing/invitations', { code: text, attended: true });
    if (made.offered_to) { say('It was asked. Both screens will show a code: compare them.'); return; }
    shown.replaceChildren(
      el('p', {}, `On the new device, before ${time(made.expires_at)}:`), el('p', {}, el('code', {}, `openshare pair join ${made.token}`)), qr(made.token));
  });
  page.append(
    el('h2', {}, 'Pair a new device'), none, list, ...codeField,
    el('div', { className: 'row' },
      button('Invite', () => invite(code.value)),
      button('Scan its QR with the camera', () => act(async () => invite(await scan(camera))))),
    camera, shown,
    el('p', { className: 'quiet' }, 'What it gets is provisional: for 7 days at most, until you take it back (openshare pair withdraw), or until it reaches the server.'));
  return () => {
    const seen = state.peers.filter(peer => peer.trust === 'unpaired');
    none.hidden = seen.length > 0;
    keep(list, seen, peer => peer.device_id, peer => el('li', { className: 'row' },
      el('div', { className: 'grow' }, el('strong', {}, peer.name), ` (${short(peer.device_id)}) at ${peer.address}`),
      button('Pair', () => invite(peer.device_id), { ariaLabel: `Pair ${peer.name}` })));
  };
}
