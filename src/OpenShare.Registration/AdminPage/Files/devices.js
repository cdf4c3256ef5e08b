import { call } from "./api.js";
import { attempt, button, by, row, say, time } from "./dom.js";

// A table of more rows is read by nobody, and slow.
const most = 200;
let devices = [];
let mayRevoke = false;

export async function open(role) {
  mayRevoke = role !== "auditor";
  devices = (await call("GET", "/devices")).devices;
  draw();
}

function draw() {
  const wanted = by("device-search").value.trim().toLowerCase();
  const found = devices.filter(d => [d.name, d.device_id, d.account_id].some(text => text.toLowerCase().includes(wanted)));
  by("device-rows").replaceChildren(...found.slice(0, most).map(rowOf));
  const count = found.length === 1 ? "1 device" : `${found.length} devices`;
  by("device-count").textContent = found.length > most ? `${count}; the first ${most} are shown` : count;
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
  devices = (await call("GET", "/devices")).devices;
  draw();
  say(`${revoked.name} is revoked (revocation list ${revoked.crl_version}).`);
  // Its button is gone.
  by("device-search").focus();
}

by("device-search").addEventListener("input", draw);
