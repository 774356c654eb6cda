// Brings the progress of a round up to date on the start page of the console, politely: only text changes, focus stays where it is,
// what is announced is that a site or the round ended, nothing is asked while the tab is hidden, and the reader can pause it.
// Without this script the page is the same, and is brought up to date by its link.
"use strict";
(() => {
  const shown = document.getElementById("progress");
  const news = document.getElementById("progress-news");
  const button = document.getElementById("progress-pause");
  const every = Number(button.dataset.every) * 1000;
  const LATER = 6;  // after a question without an answer the next one waits so many times longer
  let paused = false, timer = 0, asking = null, missed = false;

  const part = (within, name) => within.querySelector(`[data-part="${name}"]`);
  const live = () => shown.dataset.live === "yes" && !paused && !document.hidden;

  function later(pause = every) {
    clearTimeout(timer);
    if (live()) timer = setTimeout(ask, pause);
  }

  function rest() {
    clearTimeout(timer);
    if (asking) asking.abort();
    asking = null;
  }

  async function ask() {
    rest();
    const mine = asking = new AbortController();
    const query = new URLSearchParams({round: shown.dataset.round, known: shown.dataset.known});
    try {
      const answer = await fetch(`/progress?${query}`, {redirect: "manual", cache: "no-store", signal: mine.signal});
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return end(button.dataset.out);
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
      if (mine.signal.aborted) return;
      take(fresh);
      missed = false;
      later();
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!missed) news.textContent = button.dataset.missed;
      missed = true;
      later(LATER * every);
    }
  }

  function write(old, fresh) {
    if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
  }

  function take(fresh) {
    for (const name of ["live", "round", "known"]) shown.dataset[name] = fresh.dataset[name];
    write(part(shown, "told"), part(fresh, "told"));
    sites(part(shown, "sites"), part(fresh, "sites"));
    if (part(fresh, "news").textContent.trim()) write(news, part(fresh, "news"));
    else if (missed) news.replaceChildren();
    if (shown.dataset.live !== "yes") gone(button);
  }

  function sites(old, fresh) {
    const known = new Map([...old.children].map((item) => [item.dataset.site, item]));
    for (const item of [...fresh.children]) {
      const there = known.get(item.dataset.site);
      if (there) write(part(there, "pages"), part(item, "pages"));
      else old.append(item);
      known.delete(item.dataset.site);
    }
    known.forEach(gone);
    old.hidden = !old.children.length;
  }

  // What somebody stands on goes only once they have left it.
  function gone(element) {
    if (element.contains(document.activeElement)) element.addEventListener("focusout", () => gone(element), {once: true});
    else if (element === button) button.hidden = true;
    else element.remove();
  }

  function end(words) {
    shown.dataset.live = "no";
    news.textContent = words;
    gone(button);
  }

  button.addEventListener("click", () => {
    if (shown.dataset.live !== "yes") return;
    paused = !paused;
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
    if (paused) rest();
    else ask();
  });
  document.addEventListener("visibilitychange", () => document.hidden ? rest() : live() && ask());
  button.hidden = false;
  later();
})();
