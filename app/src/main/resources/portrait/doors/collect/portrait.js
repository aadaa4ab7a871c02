// Portrait's web snippet. Nothing is stored or sent before portrait.consent(true), and consent(false) deletes all.
(() => {
  const script = document.currentScript, options = script.dataset, NAME = "portrait-web";
  const url = new URL("v1/batch", script.src).href;
  const WAITING_MAX = 20, QUEUE_MAX = 100, PART_CHARS = 2e4, PAUSE = 250, PAUSE_MAX = 6e4;

  // Storage may be switched off; then everything lasts as long as the page. What is false is deleted.
  const local = () => localStorage, session = () => sessionStorage;
  const read = store => { try { return JSON.parse(store().getItem(NAME)); } catch { return null; } };
  const write = (store, value) => {
    try { value ? store().setItem(NAME, JSON.stringify(value)) : store().removeItem(NAME); } catch {}
  };
  // randomUUID is missing on pages without https.
  const uuid = () => crypto.randomUUID ? crypto.randomUUID()
    : [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

  // Who it is, for all tabs; null without consent.
  let person = read(local);
  // Messages, as text, that the server has not confirmed; each tab has its own.
  let queue = read(session) || [];
  // What was called before consent; only in memory.
  let waiting = [];
  let timer, isSending, failures = 0, from = document.referrer;

  const part = messages => {
    let size = 0;
    return messages.filter((message, i) => (size += message.length) < PART_CHARS || !i);
  };
  const body = messages =>
    `{"writeKey":${JSON.stringify(options.key)},"sentAt":"${new Date().toISOString()}","batch":[${messages}]}`;
  const later = pause => { clearTimeout(timer); timer = setTimeout(send, pause); };

  async function send() {
    if (isSending || !queue.length) return;
    isSending = true;
    const sent = part(queue);
    let status = 0;
    try {
      const answer = await fetch(url, { method: "POST", body: body(sent), credentials: "omit" });
      status = answer.status;
      // An answer that is not read keeps its connection.
      await answer.text();
    } catch {}
    isSending = false;
    if (!status || status >= 500 || status == 429 || status == 408) failures++;
    else {
      if (status >= 400) console.warn("portrait: refused with", status);
      failures = 0;
      queue = queue.filter(message => !sent.includes(message));
    }
    write(session, queue.length && queue);
    if (queue.length) later(failures && Math.min(PAUSE_MAX, PAUSE * 2 ** failures) * (1 + Math.random()));
  }

  // What is sent while leaving stays in the queue: nobody hears whether it arrived, and repeats are recognised.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState != "hidden") return;
    for (let rest = queue, some; rest.length && navigator.sendBeacon(url, body(some = part(rest)));)
      rest = rest.slice(some.length);
  });

  function message(type, fields) {
    const page = { url: location.href, path: location.pathname, search: location.search, title: document.title,
      referrer: from };
    if (type == "page") {
      fields.properties = { ...page, ...fields.properties };
      // The next page may come without loading.
      from = page.url;
    }
    queue = [...queue, JSON.stringify({ type, messageId: uuid(), timestamp: new Date(), ...person, ...fields,
      context: { page, locale: navigator.language } })].slice(-QUEUE_MAX);
    write(session, queue);
    if (!failures) later(PAUSE);
  }

  function know(changed) {
    person = changed;
    write(local, person);
  }

  function forget() {
    clearTimeout(timer);
    queue = waiting = [];
    failures = 0;
    write(session);
    know(null);
  }

  function begin() {
    const calls = waiting;
    waiting = [];
    calls.forEach(call);
  }

  const api = {
    consent(given) {
      if (!given) forget();
      else if (!person) { know({ anonymousId: uuid() }); begin(); }
    },
    track: (event, properties) => message("track", { event, properties }),
    page: (name, properties) => message("page", { name, properties }),
    identify(userId, traits) {
      if (typeof userId == "object") [userId, traits] = [undefined, userId];
      userId = userId && String(userId);
      // Another person at the same device gets an anonymous id of their own.
      if (userId && person.userId && userId != person.userId) api.reset();
      if (userId) know({ ...person, userId });
      message("identify", { traits });
    },
    reset: () => know({ anonymousId: uuid() })
  };

  // A page must never break because of us.
  function call([name, ...given]) {
    try {
      if (person || name == "consent") api[name](...given);
      else if (name == "reset") waiting = waiting.filter(([kept]) => kept == "page");
      else if (name != "track")
        waiting = [...waiting.filter(([kept]) => name != "page" || kept != name), [name, ...given]].slice(-WAITING_MAX);
    } catch (failure) { console.warn("portrait:", failure); }
  }

  // Consent given or withdrawn, somebody signed in or out, in another tab.
  addEventListener("storage", ({ key, newValue, storageArea }) => {
    if (storageArea != local() || key && key != NAME) return;
    const before = person;
    person = newValue && JSON.parse(newValue);
    if (!person) forget(); else if (!before) begin();
  });
  document.addEventListener("click", ({ target }) => {
    const data = target.closest?.("[data-portrait]")?.dataset, properties = {};
    for (const name in data)
      if (/^portrait./.test(name)) properties[name[8].toLowerCase() + name.slice(9)] = data[name];
    if (data) call(["track", data.portrait, properties]);
  }, true);

  const early = window.portrait || [];
  window.portrait = { push: call, visitor: () => person?.anonymousId };
  for (const name in api) window.portrait[name] = (...given) => call([name, ...given]);
  if (!person?.anonymousId) forget();
  if (options.page != "off") call(["page"]);
  early.forEach(call);
  if (queue.length) later(0);
})();
