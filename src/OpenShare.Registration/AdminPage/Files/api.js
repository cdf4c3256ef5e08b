// The service's /v1/admin, by the token of whoever signed in, or their certificate. The token is held here alone.

let credential = null;

export function use(token) {
  credential = token;
}

/** @returns what the service answers; throws an Error in the service's own words */
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/v1/admin${path}`, {
      method,
      headers: { ...(credential ? { Authorization: `Bearer ${credential}` } : {}), ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
      // There are no cookies; a certificate, where the service asks for one.
      credentials: "same-origin",
    });
  } catch {
    throw new Error("The service cannot be reached.");
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok)
    throw new Error(answer?.detail ?? answer?.title ?? `The service answered ${response.status}.`);
  return answer;
}
