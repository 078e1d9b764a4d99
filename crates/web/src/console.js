// The keys of the console. Nothing here is needed: every page works without it.
"use strict";
(() => {
  const OFF = "kept-keys-off";
  const keys = document.getElementById("keys");
  const single = document.getElementById("single-keys");
  const opener = document.getElementById("keys-open");

  // A browser that keeps nothing has the keys on.
  const kept = (change) => {
    try { return change(window.localStorage); } catch { return null; }
  };
  const off = () => kept((store) => store.getItem(OFF)) !== null;

  const typing = (at) =>
    at instanceof HTMLElement &&
    (at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName));

  const search = () => {
    const box = document.querySelector("[data-search]");
    if (box) {
      box.focus();
      box.select();
      return;
    }
    const people = document.querySelector("a[data-finds]");
    if (people) window.location.assign(people.href + "#search");
  };

  const purpose = () => {
    const work = document.getElementById("work");
    if (!work) return;
    work.focus();
    try { work.showPicker(); } catch { /* it has the focus: the arrows open it */ }
  };

  const show = () => { if (keys && !keys.open) keys.showModal(); };

  if (opener && keys) {
    opener.hidden = false;
    opener.addEventListener("click", show);
  }
  if (single) {
    single.checked = !off();
    single.addEventListener("change", () => {
      kept((store) => (single.checked ? store.removeItem(OFF) : store.setItem(OFF, "1")));
    });
  }
  if (window.location.hash === "#search") search();

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || (keys && keys.open)) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "k" || event.shiftKey) return;
      event.preventDefault();
      search();
      return;
    }
    if (typing(event.target) || off()) return;
    const act = { "/": search, p: purpose, "?": show }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
