(() => {
  // Answers that could not be sent wait on this phone, oldest first, and are tried again.
  const STORE = "vidhuk-answers", TIMEOUT = 8000, GIVE_UP = 48 * 3600e3;
  const main = document.querySelector("main");
  const read = () => { try { return JSON.parse(localStorage.getItem(STORE)) || [] } catch { return [] } };
  const write = (list) => { try { localStorage.setItem(STORE, JSON.stringify(list)) } catch {} };
  const post = (item) => fetch(item.url, {
    method: "POST", body: new URLSearchParams(item.body), redirect: "manual", signal: AbortSignal.timeout(TIMEOUT),
  });
  let busy = false;
  async function replay() {
    if (busy) return;
    busy = true;
    for (let list = read().filter((item) => Date.now() - item.at < GIVE_UP); list.length; list = read()) {
      try {
        const answer = await post(list[0]);
        if (answer.status >= 500 || answer.status === 429) break;
      } catch { break }
      write(read().slice(1));
      if (!read().length) show("sent");
    }
    busy = false;
  }
  function show(id) {
    const part = document.getElementById(id).content.cloneNode(true);
    if (id === "sent") { document.querySelectorAll(".rated").forEach((old) => old.remove()) }
    else main.textContent = "";
    main.prepend(part);
  }
  // A refusal is a page with its own styles: the browser fetches it itself. The key makes the repeat harmless.
  function refuse(form, button) {
    if (button.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  }
  addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter || form.querySelector("button");
    event.preventDefault();
    const body = [...new FormData(form), ["answered_at", String(Date.now())]];
    if (button.name) body.push([button.name, button.value]);
    const item = { url: form.action, body, at: Date.now() };
    button.disabled = true;
    setTimeout(() => { button.disabled = false }, 3000);
    try {
      if (read().length) throw new Error("others wait");
      const answer = await post(item);
      if (answer.status >= 500) throw new Error("not stored");
      if (answer.type === "opaqueredirect") location.assign(form.dataset.next);
      else refuse(form, button);
    } catch {
      write([...read(), item]);
      if (form.className !== "offline") show("second");
      else form.remove();
      replay();
    }
  });
  addEventListener("online", replay);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) replay() });
  setInterval(replay, 30000);
  replay();
})();
