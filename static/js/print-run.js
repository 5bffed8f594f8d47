// The page of a print run while it waits: looks every second how far it is. Without this script there is a link.

const EVERY = 1_000;
const PATIENCE = 8_000;
const run = () => document.getElementById("run");
let said = 0;

function speak() {
  const words = document.getElementById("how-far").textContent;
  if (run().dataset.state === "waiting" && Date.now() - said < 10_000) return;
  said = Date.now();
  document.getElementById("status").textContent = words;
}

async function look() {
  const answer = await fetch(location.href, { headers: { "X-Fragment": "1" }, signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("run");
  const hadFocus = run().contains(document.activeElement);
  run().replaceWith(fresh);
  if (hadFocus) fresh.querySelector("a")?.focus();
  speak();
}

async function watch() {
  while (run().dataset.state === "waiting") {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    if (document.visibilityState === "visible") await look().catch(() => {});
  }
}

watch();
