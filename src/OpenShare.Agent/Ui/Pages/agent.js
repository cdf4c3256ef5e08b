// The agent, as the command line speaks with it too: docs/cli.md has its requests.

export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function answerOf(response) {
  const text = await response.text();
  if (!response.ok) {
    let problem;
    try { problem = JSON.parse(text); } catch { problem = { code: 'failed', message: text || `The agent answered ${response.status}.` }; }
    throw new Problem(problem.code, problem.message);
  }
  return text ? JSON.parse(text) : null;
}

export const get = async path => answerOf(await fetch(path));

export const post = async (path, body) => answerOf(await fetch(path, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}),
}));

// Everything that changes, a line each; it comes again by itself after the agent was away for a moment.
export async function watch(onEvent, onGone) {
  for (;;) {
    try {
      const response = await fetch('/v1/ui/watch');
      if (response.ok) {
        onGone(false);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          const lines = (rest + value).split('\n');
          rest = lines.pop();
          lines.filter(line => line).forEach(line => onEvent(JSON.parse(line)));
        }
      }
    } catch { /* It is gone: said below, and tried again. */ }
    onGone(true);
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
}
