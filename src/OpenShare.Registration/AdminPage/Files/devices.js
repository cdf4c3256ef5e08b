import { call } from "./api.js";
import { attempt, button, by, row, say, time } from "./dom.js";

// A table of more rows is read by nobody, and slow.
const most = 200;
// Milliseconds after the last key: whoever types a word asks once.
const pause = 200;
let mayRevoke = false;
let asked = 0;
let typed;

export async function open(role) {
  mayRevoke = role !== "auditor";
  await list();
}

async function list() {
  const mine = ++asked;
  const wanted = by("device-search").value.trim();
  const { devices, next } = await call("GET", `/devices?most=${most}&search=${encodeURIComponent(wanted)}`);
  // Something else was typed meanwhile.
  if (mine !== asked)
    return;
  by("device-rows").replaceChildren(...devices.map(rowOf));
  const count = devices.length === 1 ? "1 device" : `${devices.length} devices`;
  by("device-count").textContent = next ? `The first ${count} are shown; search for others` : count;
}

function rowOf(device) {
  const state = device.revoke_reason ? `${device.state}: ${device.revoke_reason}` : device.state;
  const revoke = mayRevoke && device.state !== "revoked" ? button("Revoke", `Revoke ${device.name}`, () => ask(device)) : "";
  const made = row(device.name, device.device_id.slice(0, 8), device.account_id, device.platform, state, time(device.cert_expires_at), revoke);
  made.children[1].className = "id";
  made.children[1].title = device.device_id;
  return made;
}

function ask(device) {
  const dialog = by("revoke-dialog");
  by("revoke-name").textContent = `${device.name} of ${device.account_id}`;
  by("revoke-reason").value = "";
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "revoke" && attempt(() => revoke(device));
  dialog.showModal();
  by("revoke-reason").focus();
}

async function revoke(device) {
  const reason = by("revoke-reason").value.trim();
  const revoked = await call("POST", `/devices/${device.device_id}/revoke`, reason ? { reason } : {});
  await list();
  say(`${revoked.name} is revoked (revocation list ${revoked.crl_version}).`);
  // Its button is gone.
  by("device-search").focus();
}

by("device-search").addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(() => attempt(list), pause);
});
