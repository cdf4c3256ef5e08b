import { Problem } from './agent.js';
import { size } from './words.js';

export async function sendPaths(paths, peer, { post, say }) {
  await post('/v1/sends', { paths, to: peer.device_id });
  say(`On its way to ${peer.name}. See under Transfers.`);
}

// A browser hands out contents and no paths: they go to the agent first, which sends them from there.
export function send(entries, peer, { act, post, say }) {
  if (!entries.length) return;
  act(async () => {
    const total = entries.reduce((sum, entry) => sum + entry.file.size, 0);
    const drop = await post('/v1/ui/drops');
    try {
      let done = 0;
      for (const { file, path } of entries) {
        say(`Handing over to the agent: ${size(done)} of ${size(total)}`);
        await put(drop.id, path, file);
        done += file.size;
      }
      const tops = [...new Set(entries.map(entry => entry.path.split('/')[0]))];
      const transfer = await post('/v1/sends', { paths: tops.map(top => `${drop.directory}/${top}`), to: peer.device_id });
      await post(`/v1/ui/drops/${drop.id}/sent`, { transfer_id: transfer.transfer_id });
    } catch (problem) {
      await post(`/v1/ui/drops/${drop.id}/discard`).catch(() => {});
      throw problem;
    }
    say(`On its way to ${peer.name}. See under Transfers.`);
  });
}

async function put(drop, path, file) {
  const response = await fetch(`/v1/ui/drops/${drop}/files?path=${encodeURIComponent(path)}&modified=${file.lastModified}`, {
    method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file,
  });
  if (!response.ok) {
    const { code, message } = await response.json();
    throw new Problem(code, `${path}: ${message}`);
  }
}
