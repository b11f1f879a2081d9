/* Puts Vannilli's tempo calculator where this script stands:
   <script async src="https://…/embed.js" data-tempo="?bpm=140&bars=8&ts=4-4"></script>
   In another language of ours with data-language="de" and, for screen readers, a data-title in it. */
(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const frame = document.createElement("iframe");
  const language = script.dataset.language ? `/${encodeURIComponent(script.dataset.language)}` : "";
  frame.src = `${origin}${language}/embed${script.dataset.tempo || ""}`;
  frame.title = script.dataset.title || "Tempo calculator";
  frame.loading = "lazy";
  frame.style.cssText = "display:block;width:100%;height:520px;border:0";
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin || event.data?.vannilli !== "height") return;
    frame.style.height = `${Math.ceil(event.data.height)}px`;
  });
  script.before(frame);
})();
