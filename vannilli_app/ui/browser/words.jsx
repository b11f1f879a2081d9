/** The page's language for every component in it, sentences that have elements in their places, and the way over. */
import { Fragment, createElement } from "react";
import { useLocation } from "react-router";
import { inLanguage, speak } from "./words.js";

/**
 * Round everything on a page. It speaks before its children are rendered, on the server too.
 * @param {{language: string, sentences: import("./words.js").Sentences, children: any}} props
 */
export function Words({ language, sentences, children }) {
  speak(language, sentences);
  return children;
}

/** A translated sentence whose {places} are elements: <Said of="Nearest: {bpm}." bpm={<b>140</b>} />. */
export function Said({ of: sentence, ...values }) {
  const parts = sentence.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? values[part] : part));
  return createElement(Fragment, null, ...parts);
}

/** A link to this very page, its query too, in another language. @param {{language: string, name: string}} props */
export function InLanguage({ language, name }) {
  const { pathname } = useLocation();
  const follow = (event) => { event.currentTarget.href = inLanguage(language, location.pathname) + location.search + location.hash; };
  return <a hrefLang={language} href={inLanguage(language, pathname)} lang={language} onClick={follow}>{name}</a>;
}
