// The Now page while it is open: asks for a fresh board every 15 seconds, keeps the clocks by the server's
// time, and moves nothing that somebody may be touching. Without this script the page is complete.

const EVERY = 15_000;
const CLOCKS_EVERY = 30_000;
const PATIENCE = 8_000;
const MOST_FAILURES = 3;
const SPEAKS_EVERY = 30_000;
const MINUTE = 60_000;
const SOON = 10 * MINUTE;
const BADGES = { calm: "ring", soon: "warn", late: "over", asleep: "mid asleep" };

const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId("live").dataset.words);
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

let offset = Number(byId("board").dataset.now) - Date.now();
let tag = byId("board").dataset.tag;
let waitingBoard = null;
let failures = 0;
let isPaused = false;
let isAsking = false;
let lastSpoken = 0;
let lastFresh = serverNow();

function serverNow() {
  return Date.now() + offset;
}

function clockTime(instant) {
  const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: byId("board").dataset.zone };
  return new Intl.DateTimeFormat(document.documentElement.lang, shape).format(instant);
}

function duration(milliseconds) {
  const minutes = Math.max(1, Math.ceil(Math.abs(milliseconds) / MINUTE));
  const hours = Math.floor(minutes / 60);
  let text = fill(words.minutes, { minutes });
  if (minutes >= 90) text = fill(words.hours, { hours, minutes: minutes % 60 });
  if (minutes >= 2880) text = fill(words.days, { days: Math.floor(hours / 24), hours: hours % 24 });
  return text.replaceAll(" ", "\u00a0");
}

function look(deadline, opensAt, now) {
  if (now >= deadline) return "late";
  if (opensAt && now < opensAt && opensAt < deadline) return "asleep";
  return deadline - now <= SOON ? "soon" : "calm";
}

function speak(text) {
  if (Date.now() - lastSpoken < SPEAKS_EVERY) return;
  lastSpoken = Date.now();
  byId("status").textContent = text;
}

function runClock(time) {
  const { deadline, opensAt, until, opens } = time.dataset;
  const now = serverNow();
  const state = look(Number(deadline), Number(opensAt ?? 0), now);
  const text = fill(words[state], { time: duration(Number(deadline) - now), until, opens });
  if (time.textContent !== text) time.textContent = text;
  const card = time.closest("li");
  if (card.classList.contains(state)) return;
  card.className = `card alert ${state}`;
  time.parentElement.className = `badge ${BADGES[state]}`;
  speak(`${card.dataset.say}: ${text}`);
}

function runClocks() {
  document.querySelectorAll("#cards [data-deadline]").forEach(runClock);
}

// A card that changed is filled anew in its place; whoever had the focus in it keeps it.
function refill(card, fresh) {
  const key = card.contains(document.activeElement) && document.activeElement.dataset.key;
  card.className = fresh.className;
  card.dataset.tag = fresh.dataset.tag;
  card.replaceChildren(...fresh.cloneNode(true).childNodes);
  if (key) (card.querySelector(`[data-key="${key}"]`) ?? card.querySelector("a"))?.focus();
}

function ids(board) {
  return [...board.querySelectorAll("#cards > [id]")].map((card) => card.id);
}

function count(number) {
  document.title = (number ? `(${number}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  document.querySelectorAll('[data-count="now"]').forEach((mark) => {
    mark.textContent = number;
    mark.hidden = !number;
  });
  navigator.setAppBadge?.(number).catch(() => {});
}

function showWaiting() {
  const before = new Set(ids(document));
  const board = waitingBoard;
  waitingBoard = null;
  byId("news").hidden = true;
  byId("cards").replaceWith(board.querySelector("#cards"));
  runClocks();
  const first = ids(document).find((id) => !before.has(id));
  if (first) byId(first).querySelector("a").focus();
}

function receive(board) {
  const now = ids(document);
  const next = ids(board);
  const fresh = next.filter((id) => !now.includes(id));
  for (const part of ["headline", "today", "rest"]) byId(part).replaceWith(board.querySelector(`#${part}`));
  for (const id of now.filter((id) => next.includes(id))) {
    const card = board.querySelector(`#${id}`);
    if (byId(id).dataset.tag !== card.dataset.tag) refill(byId(id), card);
  }
  count(Number(board.dataset.waiting));
  if (fresh.length) speak(fill(words.arrived, { card: board.querySelector(`#${fresh[0]}`).dataset.say }));
  waitingBoard = board;
  if (!now.length) return showWaiting();
  const isSame = now.join() === next.join();
  byId("news").textContent = fresh.length ? fill(words.fresh, { n: fresh.length }) : words.changed;
  byId("news").hidden = isSame;
}

async function fetchBoard() {
  const headers = { "X-Fragment": "1", "If-None-Match": `W/"${tag}"` };
  const answer = await fetch(`/now/cards${location.search}`, { headers, signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 401) return location.reload();
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(answer.status);
  const board = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
  tag = board.dataset.tag;
  offset = Number(board.dataset.now) - Date.now();
  receive(board);
}

async function ask() {
  if (isPaused || isAsking || document.visibilityState !== "visible") return;
  isAsking = true;
  try {
    await fetchBoard();
    failures = 0;
    lastFresh = serverNow();
    byId("trouble").hidden = true;
    byId("updated").textContent = fill(words.updated, { time: clockTime(lastFresh) });
  } catch {
    failures += 1;
    if (failures === MOST_FAILURES) {
      byId("trouble").textContent = fill(words.lost, { time: clockTime(lastFresh) });
      byId("trouble").hidden = false;
    }
  } finally {
    isAsking = false;
  }
  runClocks();
}

function pause() {
  isPaused = !isPaused;
  byId("pause").textContent = isPaused ? words.resume : words.pause;
  if (isPaused) byId("updated").textContent = fill(words.paused, { time: clockTime(serverNow()) });
  else ask();
}

byId("live").querySelector("a").hidden = true;
byId("pause").hidden = false;
byId("pause").addEventListener("click", pause);
byId("news").addEventListener("click", showWaiting);
document.addEventListener("visibilitychange", ask);
setInterval(ask, EVERY);
setInterval(runClocks, CLOCKS_EVERY);
runClocks();
