import { post, watch } from './agent.js';
import { el } from './dom.js';
import { devices } from './devices.js';
import { transfers } from './transfers.js';
import { pairing } from './pairing.js';
import { health } from './health.js';
import { send } from './send.js';
import { settings } from './settings.js';
import { prompts } from './prompts.js';

// What the agent has said last, whole.
const state = { status: null, peers: [], transfers: new Map(), comparisons: [] };

const pages = { devices, transfers, pairing, health, settings, send };
const page = document.getElementById('page');
const message = document.getElementById('message');
let shown = null;

export function say(text, isBad = false) {
  message.replaceChildren(el('span', { className: isBad ? 'bad' : '' }, text));
}

// Does what a person asked for, and says in the agent's own words why it came to nothing.
async function act(work) {
  message.replaceChildren();
  try {
    return await work();
  } catch (problem) {
    say(problem.message, true);
    return null;
  }
}

const tools = { state, act, say, post };

function open() {
  // A selection's page has its id after a hyphen.
  const [asked, id] = location.hash.slice(1).split('-');
  const name = Object.hasOwn(pages, asked) ? asked : 'devices';
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  message.replaceChildren();
  page.replaceChildren();
  shown = pages[name](page, tools, id);
  shown();
}

// All that came at once is drawn once.
let isDue = false;
function draw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    const { status } = state;
    if (!status) return;
    document.getElementById('own-name').textContent = status.name;
    const trust = document.getElementById('own-trust');
    trust.textContent = status.trust;
    trust.className = status.trust === 'certified' ? 'badge' : 'badge warn';
    document.title = `${status.name} · OpenShare`;
    prompts(document.getElementById('prompts'), tools);
    shown?.();
  });
}

function take(event) {
  // Who has no account yet begins where one is had.
  if (event.status && !state.status && event.status.account_id === null && !location.hash) location.hash = '#pairing';
  if (event.status) state.status = event.status;
  if (event.peers) state.peers = event.peers;
  if (event.comparisons) state.comparisons = event.comparisons;
  if (event.transfer) state.transfers.set(event.transfer.transfer_id, event.transfer);
  draw();
}

addEventListener('hashchange', () => { open(); page.focus(); });
open();
watch(take, isGone => { document.getElementById('gone').hidden = !isGone; });
