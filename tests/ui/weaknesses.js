// What is wrong with a page for a thumb, a narrow screen or a screen reader; empty when nothing is.
() => {
  const shown = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
  const named = (element) =>
    (element.ariaLabel || element.innerText || [...(element.labels ?? [])].map((label) => label.innerText).join("")).trim();
  const withinAnother = (element) =>
    element.closest("label.choice") || element.type === "checkbox" || getComputedStyle(element).display === "inline";
  const small = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return !withinAnother(element) && Math.min(width, height) < 43.5;
  };
  const controls = [...document.querySelectorAll("a, button, input, select, textarea, summary, [role=slider]")].filter(shown);
  return [
    ...controls.filter((element) => !named(element)).map((element) => `no name: ${element.outerHTML.slice(0, 90)}`),
    ...controls.filter(small).map((element) => `small: ${named(element)}`),
    ...(document.querySelectorAll("h1").length === 1 ? [] : ["not one h1"]),
    ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the screen"] : []),
  ];
}
