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

async function* linesOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line) yield JSON.parse(line);
  }
}

// An answer of several lines, as they come.
export async function* postLines(path, body) {
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) await answerOf(response);
  yield* linesOf(response);
}

// Everything that changes, a line each; it comes again by itself after the agent was away for a moment.
export async function watch(onEvent, onGone) {
  for (;;) {
    try {
      const response = await fetch('/v1/ui/watch');
      if (response.ok) {
        onGone(false);
        for await (const line of linesOf(response)) onEvent(line);
      }
    } catch { /* It is gone: said below, and tried again. */ }
    onGone(true);
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
}
