// What a page of « make preview » does beside its own: says what is being rebuilt and what is wrong,
// and loads itself again, at the same place, when it has been.
(function () {
  "use strict";
  const { page, version } = document.currentScript.dataset;
  const key = "apercu-" + page;

  // The place: a heading and how far below the top of the window it stands, for what is above it may
  // have changed.
  function keepPlace() {
    let place = { heading: "", top: -window.scrollY };
    for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4, h5)[id]")) {
      const top = heading.getBoundingClientRect().top;
      if (top > 80) break;
      place = { heading: heading.id, top: top };
    }
    const open = [...document.querySelectorAll("main details")].map((found) => found.open);
    sessionStorage.setItem(key, JSON.stringify({ ...place, open: open }));
  }

  function findPlace() {
    const place = JSON.parse(sessionStorage.getItem(key) || "null");
    sessionStorage.removeItem(key);
    if (!place) return;
    const details = [...document.querySelectorAll("main details")];
    if (details.length === place.open.length) {
      details.forEach((found, number) => { found.open = place.open[number]; });
    }
    const heading = place.heading && document.getElementById(place.heading);
    const top = heading ? heading.getBoundingClientRect().top + window.scrollY : 0;
    window.scrollTo({ top: top - place.top, behavior: "instant" });
  }

  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
  addEventListener("load", findPlace);

  const STYLE = `
    aside { position: fixed; z-index: 1000; right: 0.75rem; bottom: 0.75rem; max-width: min(52rem, calc(100vw - 1.5rem));
      font: 0.95rem/1.45 system-ui, sans-serif; color: #fff; background: #1f2a33; border-radius: 0.5rem;
      padding: 0.6rem 0.9rem; box-shadow: 0 2px 12px #0006; }
    aside.erreur { background: #7a1420; }
    aside[hidden] { display: none; }
    p { margin: 0; }
    pre { margin: 0.5rem 0 0; max-height: 60vh; overflow: auto; white-space: pre-wrap; font: inherit; }
    pre:empty { display: none; }
    pre:focus-visible { outline: 2px solid #fff; }
    @media print { aside { display: none; } }`;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  function add(parent, tag, attributes) {
    const element = parent.appendChild(document.createElement(tag));
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  }
  add(root, "style", {}).textContent = STYLE;
  const box = add(root, "aside", { "aria-label": "Aperçu", hidden: "" });
  const line = add(box, "p", { role: "status" });
  const words = add(box, "pre", { tabindex: "0", "aria-label": "Ce qui est à corriger" });
  document.body.append(host);
  let timer = 0;

  function show(text, error) {
    clearTimeout(timer);
    box.hidden = !text;
    box.classList.toggle("erreur", Boolean(error));
    line.textContent = text;
    words.textContent = error || "";
  }

  function hear(state) {
    if (state.version && state.version !== version) {
      keepPlace();
      location.reload();
    } else if (state.building) {
      show(`Reconstruction : ${state.step}…`, "");
    } else if (state.error) {
      show(state.version ? "À corriger (la page est celle d’avant) :" : "À corriger :", state.error);
    } else if (state.said) {
      show(state.said, "");
      timer = setTimeout(() => show("", ""), 4000);
    } else {
      show("", "");
    }
  }

  // Connects again by itself when the preview is started anew.
  const source = new EventSource("/evenements?page=" + encodeURIComponent(page));
  source.onmessage = (message) => hear(JSON.parse(message.data));
  source.onerror = () => show("L’aperçu est arrêté ; la page attend qu’il reprenne.", "");
})();
