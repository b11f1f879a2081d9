/** A question in front of the page: a native dialog, which keeps the keyboard inside and closes on Escape. */
import { _ } from "./words.js";

/**
 * @param {{title: string, sentence: string, yes: string, no?: string, field?: {label: string, type: string,
 *   autocomplete: string, inputmode?: string}, attempt?: (value: string) => Promise<void>}} question
 * `attempt` does what was asked for; the message of what it throws is shown, and the question stays.
 * @returns {Promise<boolean>} whether it was answered with yes
 */
export function ask({ title, sentence, yes, no = _("Cancel"), field, attempt = async () => {} }) {
  const dialog = element("dialog", { className: "dialog", ariaLabel: title });
  const form = element("form", { className: "stack", method: "dialog", noValidate: true });
  const input = field && element("input", { className: "input", type: field.type, autocomplete: field.autocomplete, inputMode: field.inputmode ?? "text", id: "asked", required: true, maxLength: 128 });
  const refused = element("div", { role: "alert" });
  const go = element("button", { className: "button button-main", type: "submit", textContent: yes });
  const back = element("button", { className: "button button-plain", type: "button", textContent: no });
  form.append(element("h2", { textContent: title }), element("p", { className: "quiet", textContent: sentence }));
  if (field) {
    const box = element("div", { className: "field" });
    box.append(element("label", { htmlFor: "asked", textContent: field.label }), input);
    form.append(box);
  }
  const buttons = element("div", { className: "row" });
  buttons.append(go, back);
  form.append(refused, buttons);
  dialog.append(form);
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answered = false;
    back.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answered);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (go.disabled) return;
      if (input && !input.value) return input.focus();
      go.disabled = true;
      try {
        await attempt(input?.value ?? "");
        answered = true;
        dialog.close();
      } catch (problem) {
        refused.replaceChildren(element("p", { className: "message message-error", textContent: problem.message }));
        go.disabled = false;
        input?.select();
      }
    });
    dialog.showModal();
  });
}

const element = (name, properties) => Object.assign(document.createElement(name), properties);
