// Brings the page up to date without moving what somebody reads or has in focus.
"use strict";
const main = document.querySelector("main");
const lost = document.getElementById("lost");

async function refresh() {
  const focused = document.activeElement;
  if (document.hidden || focused.classList.contains("term")) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store", credentials: "omit" });
    if (!answer.ok) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.replaceChildren(...page.querySelector("main").childNodes);
    document.getElementById(focused.id)?.focus({ preventScroll: true });
    document.title = page.title;
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
}

setInterval(refresh, 1000 * Number(document.documentElement.dataset.refresh));
document.addEventListener("visibilitychange", refresh);
