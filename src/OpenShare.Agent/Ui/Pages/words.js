// What a person reads.

export function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  while (bytes >= 1024 && at < units.length - 1) { bytes /= 1024; at++; }
  return `${at === 0 ? bytes : bytes.toFixed(1)} ${units[at]}`;
}

export function span(seconds) {
  if (!isFinite(seconds)) return '';
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
}

export const time = text => text ? new Date(text).toLocaleString() : '';

export const short = id => id.slice(0, 8);

const states = {
  connecting: 'connecting', offered: 'offered', awaiting_answer: 'waits for an answer', transferring: 'under way', paused: 'paused', waiting: 'waits for the other device',
  finishing: 'finishing', completed: 'done', incomplete: 'done, but not all of it', declined: 'declined', cancelled: 'cancelled', failed: 'failed',
};

export const state = word => states[word] ?? word;

const ended = new Set(['completed', 'incomplete', 'declined', 'cancelled', 'failed']);

export const isEnded = transfer => ended.has(transfer.state);

// Something can be sent to it just now.
export const isReachable = peer => Boolean(peer.address) && ['certified', 'provisional'].includes(peer.trust);
