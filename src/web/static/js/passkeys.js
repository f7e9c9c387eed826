// Passkeys: hands the page's question to the browser, and sends what the passkey answers with the form.

const bytes = (words) => Uint8Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const written = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function question(form) {
  const asked = JSON.parse(form.dataset.options);
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const known of [...(asked.excludeCredentials ?? []), ...(asked.allowCredentials ?? [])]) known.id = bytes(known.id);
  return asked;
}

function answer(made) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = written(made.response[part]);
  }
  return JSON.stringify({ id: made.id, rawId: written(made.rawId), type: made.type, response });
}

async function ask(form, more = {}) {
  const made = await navigator.credentials[form.dataset.passkey]({ publicKey: question(form), ...more });
  form.elements.answer.value = answer(made);
  form.requestSubmit();
}

// Nobody chose, or the other way of asking took over: nothing to say.
const quietly = (asking) => asking.catch((fault) => { if (!(fault instanceof DOMException)) throw fault; });

// Where people came by another address than the one that passkeys are for, none would ever fit.
function isHere(form) {
  const asked = JSON.parse(form.dataset.options);
  const host = asked.rpId ?? asked.rp.id;
  return location.hostname === host || location.hostname.endsWith(`.${host}`);
}

async function offer(form) {
  const waiting = new AbortController();
  let offered = Promise.resolve();
  form.hidden = false;
  form.querySelector("button").addEventListener("click", async () => {
    // The browser asks one question at a time: what it offers by itself has to be over first.
    waiting.abort();
    await offered;
    quietly(ask(form));
  });
  const isOffered = form.dataset.passkey === "get" && !("unasked" in form.dataset) && (await PublicKeyCredential.isConditionalMediationAvailable?.());
  if (isOffered && !waiting.signal.aborted) offered = quietly(ask(form, { mediation: "conditional", signal: waiting.signal }));
}

if (window.PublicKeyCredential) [...document.querySelectorAll("form[data-passkey]")].filter(isHere).forEach(offer);
