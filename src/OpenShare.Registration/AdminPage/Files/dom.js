// Text is set as text and never as markup: a device's name is whatever somebody called it.

export const by = id => document.getElementById(id);

/** A row of cells: texts, or elements. */
export function row(...cells) {
  const tr = document.createElement("tr");
  for (const cell of cells) {
    const td = document.createElement("td");
    td.append(cell);
    tr.append(td);
  }
  return tr;
}

export function button(text, label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

export const time = text => text ? new Date(text).toLocaleString() : "";

export function say(text) {
  by("problem").textContent = "";
  by("news").textContent = text;
}

/** Runs what may fail, and says why it did. */
export async function attempt(action) {
  by("problem").textContent = "";
  try {
    return await action();
  } catch (error) {
    by("news").textContent = "";
    by("problem").textContent = error.message;
    return undefined;
  }
}
