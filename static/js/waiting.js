// A page that waits for a result of seconds: asks again every second until its status is gone, then shows
// the new contents. Without this script the page has a link for that.

const EVERY = 1_000;
const MOST = 30;
let asked = 0;

async function look() {
  asked += 1;
  const answer = await fetch(location.href).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page && !page.getElementById("waiting")) return document.querySelector("main").replaceWith(page.querySelector("main"));
  if (asked < MOST) setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
