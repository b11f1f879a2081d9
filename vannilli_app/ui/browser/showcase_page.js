/** What the server's showcase pages cannot do alone: play in view, bring more, filter at once, share, report. */
import { api } from "./api.js";
import { takeUp } from "./clips.js";
import { _, ngettext, speak } from "./words.js";

const { language, sentences } = JSON.parse(document.getElementById("words").textContent);
speak(language, sentences);

const main = document.querySelector("main");
const find = (mark, root = main) => root.querySelector(`[data-${mark}]`);
const say = (text) => { find("said").textContent = text; };

takeUp(main);

/** The next page's cards, put behind those that are here. */
main.addEventListener("click", async (event) => {
  const more = event.target.closest("[data-more]");
  if (!more) return;
  event.preventDefault();
  if (more.ariaDisabled === "true") return;
  more.ariaDisabled = "true";
  try {
    const answer = await fetch(more.href);
    if (!answer.ok) throw new Error(answer.statusText);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const cards = [...(find("grid", next)?.children ?? [])];
    find("grid").append(...cards);
    cards.forEach(takeUp);
    say(ngettext("{n} more", "{n} more", cards.length));
    cards[0]?.querySelector(".show-title a").focus({ preventScroll: true });
    const further = find("more", next);
    if (further) more.href = further.href;
    else more.parentElement.remove();
  } catch {
    location.assign(more.href);
  }
  more.ariaDisabled = "false";
});

/** The order and the part are shown as soon as they are chosen; tempos are typed first. */
const filter = find("filter");
filter?.addEventListener("change", (event) => event.target.type !== "number" && filter.requestSubmit());
filter?.addEventListener("formdata", ({ formData }) => {
  const usual = { order: "newest", bpm_from: "60", bpm_to: "200", part: "" }; // short addresses
  for (const [name, value] of [...formData]) if (usual[name] === value) formData.delete(name);
});

const share = find("share");
if (share) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    const { title } = find("item").dataset;
    const url = location.origin + location.pathname;
    try {
      if (navigator.share) return await navigator.share({ title, url });
      await navigator.clipboard.writeText(url);
      say(_("Link copied."));
    } catch (error) {
      if (error.name !== "AbortError") say(_("Copy this: {address}", { address: url }));
    }
    return undefined;
  });
}

const report = find("report");
report?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = report.querySelector("button");
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  const refused = find("refused", report);
  refused.replaceChildren();
  try {
    await api("POST", report.getAttribute("action"), Object.fromEntries([...new FormData(report)].filter(([, value]) => value)));
    const thanks = message(_("Thank you. A person looks at it, and takes the video down if you are right."));
    thanks.tabIndex = -1;
    report.replaceWith(thanks);
    thanks.focus();
  } catch (problem) {
    refused.append(message(problem.message, "message message-error"));
    button.ariaDisabled = "false";
  }
});

const openReport = () => location.hash === "#report" && document.getElementById("report")?.setAttribute("open", "");
openReport();
addEventListener("hashchange", openReport);

const message = (textContent, className = "message") => Object.assign(document.createElement("p"), { textContent, className });
