// Signing in: what a browser does by script alone. It hands on what stands behind the `#` of a link,
// which no server is sent, and it makes and shows passkeys (WebAuthn).

const language = document.documentElement.lang;

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0));

const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (it) => String.fromCharCode(it)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Asks our server; its answer is an object, or an error in the reader's language. */
async function ask(address, fields) {
  const answer = await fetch(`${address}?language=${language}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "application/json" },
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error ?? said.detail);
  return said;
}

async function make(asked) {
  asked.challenge = bytes(asked.challenge);
  asked.user.id = bytes(asked.user.id);
  for (const key of asked.excludeCredentials ?? []) key.id = bytes(key.id);
  const key = await navigator.credentials.create({ publicKey: asked });
  const { credProps } = key.getClientExtensionResults();
  return {
    ...named(key),
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
    },
    clientExtensionResults: credProps ? { credProps } : {},
  };
}

async function show(asked) {
  asked.challenge = bytes(asked.challenge);
  const key = await navigator.credentials.get({ publicKey: asked });
  return {
    ...named(key),
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    },
    clientExtensionResults: {},
  };
}

const named = (key) => ({ id: key.id, rawId: text(key.rawId), type: key.type });

/** A form of a passkey: its button begins, the browser asks its holder, the server has the last word. */
function passkey(form) {
  const said = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    button.disabled = true;
    try {
      const { token, asked } = await ask(`${form.action}/begin`, {});
      const answer = JSON.stringify(await (form.dataset.passkey === "make" ? make : show)(asked));
      const fields = Object.fromEntries(new FormData(form));
      const { go } = await ask(`${form.action}/finish`, { ...fields, token, answer });
      location.assign(go);
    } catch (error) {
      // The browser says why in its own words, if at all: ours say what to do.
      said.textContent = error instanceof DOMException ? form.dataset.failed : error.message;
      button.disabled = false;
    }
  });
}

const handed = document.querySelector("form[data-handed]");
if (handed && location.hash.length > 1) {
  handed.elements.namedItem("token").value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  handed.submit();
}
if (globalThis.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) passkey(form);
}
