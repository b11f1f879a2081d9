/**
 * What the browser says, in the language of the page. The English sentence is the key, as in `vannilli_app.words`;
 * a page in another language brings its catalogue along (`Words` in words.jsx).
 *
 * @typedef {Record<string, string | string[]>} Sentences by the English one; [singular, plural] where there is a number
 */
const SOURCE = "en";

let spoken = { language: SOURCE, sentences: /** @type {Sentences} */ ({}) };

/** From here on say everything in this language. @param {string} language @param {Sentences} sentences */
export function speak(language, sentences) {
  spoken = { language, sentences };
}

/** The page's language, such as "de". */
export const language = () => spoken.language;

/** The sentence in the page's language, with `values` in its {places}. */
export const _ = (sentence, values = {}) => filled(spoken.sentences[sentence] ?? sentence, values);

/** The sentence about `n` things, which stands in it as {n}. */
export function ngettext(one, many, n, values = {}) {
  const said = spoken.sentences[one] ?? [one, many];
  return filled(said[n === 1 ? 0 : 1], { n: number(n), ...values });
}

/** Marks a sentence that is translated later, where it is said. */
export const N_ = (sentence) => sentence;

const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** A decimal as people write it here: "8.5" is "8,5" in German. For reading; addresses and data keep the point. */
export const number = (text) => String(text).replace(".", point());

/** "$3.50", and "3,50 $" in German; whole dollars are "$20" when `short`. */
export const money = (cents, short = false) => formats(spoken.language).dollars[short && cents % 100 === 0 ? 0 : 2].format(cents / 100);

const point = () => formats(spoken.language).point;

const known = {};

/** How a language writes numbers. Made once: making a format takes a hundred times as long as using it. */
function formats(language) {
  known[language] ??= {
    point: new Intl.NumberFormat(language).formatToParts(0.5)[1].value,
    dollars: { 0: dollarsWith(language, 0), 2: dollarsWith(language, 2) },
  };
  return known[language];
}

const dollarsWith = (language, places) =>
  new Intl.NumberFormat(language, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", minimumFractionDigits: places, maximumFractionDigits: places });

/** The address of a page of ours, given in English, in the page's language. */
export const at = (path) => inLanguage(spoken.language, path);

/** The address of a page in another language than it is. */
export function inLanguage(language, path) {
  const english = spoken.language === SOURCE ? path : path.replace(new RegExp(`^/${spoken.language}(?=/|$)`), "");
  const there = language === SOURCE ? english : `/${language}${english}`;
  return there.length > 1 ? there.replace(/\/$/, "") : "/";
}
