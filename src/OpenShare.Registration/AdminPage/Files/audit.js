import { call } from "./api.js";
import { attempt, by, row, say, time } from "./dom.js";

const most = 200;

export async function open() {
  const { lines } = await call("GET", `/audit?last=${most}`);
  by("audit-rows").replaceChildren(...lines.reverse().map(line => row(`${line.number}`, time(line.at), told(line.act), line.by ?? "")));
}

function told({ kind, ...what }) {
  const words = Object.entries(what).filter(([, value]) => value !== null && value !== false);
  return `${kind.replaceAll("_", " ")}: ${words.map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`).join(", ")}`;
}

by("audit-verify").addEventListener("click", () => attempt(async () => {
  const verdict = await call("GET", "/audit/verdict");
  if (!verdict.holds)
    throw new Error(`The log does not hold: ${verdict.problems.join(" ")}`);
  say(`All ${verdict.lines} lines hold: none was altered, removed or added.`);
}));
