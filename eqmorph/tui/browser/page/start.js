// Have keys reach the app as soon as it is there, without a click first.
new MutationObserver(() => {
  if (document.body.classList.contains("-first-byte")) {
    document.querySelector(".xterm-helper-textarea")?.focus();
  }
}).observe(document.documentElement, { attributes: true, subtree: true, attributeFilter: ["class"] });
