import { call } from "./api.js";
import { attempt, by, say, time } from "./dom.js";

by("token-form").addEventListener("submit", event => {
  event.preventDefault();
  attempt(create);
});

by("token-copy").addEventListener("click", async () => {
  by("token-text").select();
  await attempt(() => navigator.clipboard.writeText(by("token-text").value));
});

export function close() {
  by("token-made").hidden = true;
  by("token-text").value = "";
}

async function create() {
  close();
  const name = by("token-name").value.trim();
  const made = await call("POST", "/tokens", {
    account_id: by("token-account").value.trim(),
    uses: by("token-uses").valueAsNumber,
    ttl_seconds: by("token-hours").valueAsNumber * 3600,
    ...(name ? { name } : {}),
  });
  by("token-text").value = made.token;
  by("token-command").textContent = `openshare register --server ${location.origin} --token TOKEN`;
  by("token-made").hidden = false;
  say(`A token for ${made.account_id}, good until ${time(made.expires_at)}.`);
  by("token-text").focus();
  by("token-text").select();
}
