/* What a page does before its own scripts: it keeps what is typed and pressed, starts them once it is painted, installs
   the service worker, and notes whether the browser offers to install the app. It stands in the head of every page: one
   that is fetched comes after the first press on a slow line. `ui/browser/app_bar.jsx` says when the page listens. */
(() => {
  const typed = new Map();
  const pressed = new Set();
  const held = new Set();
  const followed = new Set();
  const FIELDS = "input, textarea, select";
  const LONGEST_WAIT_MS = 4000;
  const early = { input: onInput, change: onInput, click: onClick, submit: onSubmit };

  function onInput({ target }) {
    if (target.matches?.(FIELDS)) note(target);
  }

  /* What it says now: React may set it back to what the page began with before all of it listens. */
  function note(field) {
    typed.delete(field); // the latest is last
    typed.set(field, isTicked(field) ? field.checked : field.value);
  }

  function onClick(event) {
    const button = event.target.closest?.('button[type="button"], [role="button"]');
    if (button) hold(event, pressed, button);
    const link = event.target.closest?.("a[data-waits]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) wait(event, link);
    const otherLanguage = event.target.closest?.("a[hreflang]");
    if (otherLanguage) otherLanguage.search = location.search;
  }

  /* Where such a link leads is whole once its script runs; without one it leads there as it is. */
  function wait(event, link) {
    event.preventDefault();
    followed.add(link);
    setTimeout(() => followed.has(link) && location.assign(link.href), LONGEST_WAIT_MS);
  }

  /* Without its script a form would put what was typed, a password too, into the address. */
  function onSubmit(event) {
    hold(event, held, event.target);
  }

  /* React may hear a press already and lose it, or act on it and have it given back too: it hears of it once, later. */
  function hold(event, kept, element) {
    event.preventDefault();
    event.stopImmediatePropagation();
    kept.add(element);
  }

  const isTicked = ({ type }) => type === "checkbox" || type === "radio";

  function differs(field) {
    if (field.type === "radio") return field.checked && !field.defaultChecked; // the other one says so
    return isTicked(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  }

  /* React takes a change for one only when the value is another than the last it saw. */
  function retype([field, said]) {
    if (isTicked(field)) {
      field.checked = !said;
      return field.click();
    }
    if (field.type === "file") return field.dispatchEvent(new Event("change", { bubbles: true }));
    field.value = "";
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, said);
    return field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
  }

  function replay() {
    for (const [name, listener] of Object.entries(early)) removeEventListener(name, listener, true);
    const there = (set) => [...set].filter((element) => element.isConnected);
    [...typed].filter(([field]) => field.isConnected).forEach(retype);
    there(pressed).forEach((button) => button.click());
    there(held).forEach((form) => form.requestSubmit());
    setTimeout(() => {
      there(followed).forEach((link) => link.click());
      followed.clear();
    });
  }

  for (const [name, listener] of Object.entries(early)) addEventListener(name, listener, true);
  addEventListener("vannilli:listening", replay, { once: true });

  /* The page's own scripts, which the build marked (`build.py`). They are put back as they were: React looks for them. */
  function start() {
    for (const link of document.querySelectorAll('link[rel="later"]')) link.rel = "modulepreload";
    for (const held of document.querySelectorAll('script[type="later"]')) {
      const script = document.createElement("script");
      Object.assign(script, { type: "module", async: true, textContent: held.textContent });
      held.replaceWith(script);
    }
  }

  const read = new Promise((done) => {
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", done, { once: true });
    else done();
  });

  /* A page that nobody sees is not painted, and not every browser says when it was: nothing waits for that for long. */
  const painted = new Promise((done) => {
    if (document.hidden || !globalThis.PerformanceObserver?.supportedEntryTypes?.includes("paint")) done();
    else new PerformanceObserver(done).observe({ type: "paint", buffered: true });
    setTimeout(done, LONGEST_WAIT_MS);
  });

  /* A browser fills in what it remembers of a form without a word. */
  const keepFilled = () => document.querySelectorAll("input, textarea").forEach((field) => differs(field) && note(field));
  read.then(keepFilled);
  Promise.all([read, painted]).then(start);

  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    window.vannilliInstall = event;
    dispatchEvent(new Event("vannilli:installable"));
  });
  /* It fetches every page: not before this one has what it needs. */
  const keep = () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if ("serviceWorker" in navigator) addEventListener("vannilli:listening", keep, { once: true });
})();
