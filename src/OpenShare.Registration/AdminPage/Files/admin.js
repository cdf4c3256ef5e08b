import * as api from "./api.js";
import * as audit from "./audit.js";
import * as devices from "./devices.js";
import { attempt, by, say } from "./dom.js";
import * as tokens from "./tokens.js";

const sections = {
  devices: { roles: ["admin", "registrar", "auditor"], open: devices.open },
  tokens: { roles: ["admin", "registrar"], open: tokens.close },
  audit: { roles: ["admin", "auditor"], open: audit.open },
};
let role = null;

by("sign-in").addEventListener("submit", event => {
  event.preventDefault();
  attempt(async () => {
    api.use(by("credential").value.trim());
    await signIn(await api.call("GET", "/me"));
  });
});

// Whoever has shown a certificate needs no token.
api.call("GET", "/me").then(signIn, () => {});

// What is shown and what is held goes with the page.
by("sign-out").addEventListener("click", () => location.reload());

by("sections").addEventListener("click", ({ target }) => target.dataset.section && show(target.dataset.section));

async function signIn(me) {
  role = me.role;
  by("credential").value = "";
  by("sign-in").hidden = true;
  by("caller").textContent = `${me.name} (${role})`;
  by("who").hidden = by("sections").hidden = false;
  for (const choice of by("sections").children)
    choice.hidden = !sections[choice.dataset.section].roles.includes(role);
  await show("devices");
}

async function show(name) {
  say("");
  for (const choice of by("sections").children) {
    const isChosen = choice.dataset.section === name;
    by(choice.dataset.section).hidden = !isChosen;
    if (isChosen)
      choice.setAttribute("aria-current", "page");
    else
      choice.removeAttribute("aria-current");
  }
  await attempt(() => sections[name].open(role));
  by("main").focus();
}
