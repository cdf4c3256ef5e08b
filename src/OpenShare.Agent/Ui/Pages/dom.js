// Elements, made of text alone: nothing that another device says is ever read as HTML.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key in element && key !== 'list') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const button = (text, onclick, attributes = {}) => el('button', { type: 'button', onclick, ...attributes }, text);

// Draws anew only what has changed, so that focus, and what is being typed, stays where it is.
export function keep(parent, items, keyOf, draw) {
  const before = new Map([...parent.children].map(child => [child.dataset.key, child]));
  const children = items.map(item => {
    const key = String(keyOf(item));
    const text = JSON.stringify(item);
    const old = before.get(key);
    if (old && old.dataset.text === text) return old;
    const drawn = draw(item);
    drawn.dataset.key = key;
    drawn.dataset.text = text;
    const focused = old?.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    if (focused) queueMicrotask(() => drawn.querySelector(`[data-name="${focused}"]`)?.focus());
    return drawn;
  });
  if (children.length !== parent.children.length || children.some((child, at) => parent.children[at] !== child)) parent.replaceChildren(...children);
}

// A text with links in it; left as it is where it says the same, since a link that is replaced while it is clicked leads nowhere.
export function fill(parent, parts) {
  const text = JSON.stringify(parts);
  if (parent.dataset.text === text) return;
  parent.dataset.text = text;
  parent.replaceChildren(...parts.map(part => (part.href ? el('a', { href: part.href }, part.text) : part)));
}
