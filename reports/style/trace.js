/* D'où vient ce nombre : la fenêtre qu'ouvre un nombre du rapport, avec l'un ou l'autre moteur.
   Sans ce script, le lien mène à la ligne de l'annexe. Les textes sont dans le dossier trails, un
   fichier pour chaque annexe, lu à la première demande ; rien n'est demandé à l'extérieur. */
(function () {
  "use strict";

  var dialog = null;
  var body = null;
  var back = null;
  var history = [];
  var loading = {};
  var links = {};
  var entries = {};

  window.addTrails = function (page, newLinks, newEntries) {
    Object.assign(links, newLinks);
    Object.assign(entries, newEntries);
  };

  /* L'annexe où mène `href` (« calculs-climat.html#calc-… ») nomme le fichier de ses textes. */
  function load(href) {
    var page = href.replace(/^.*\/|\.html.*$/g, "");
    if (!loading[page]) {
      loading[page] = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = "trails/" + page + ".js";
        script.onload = resolve;
        script.onerror = reject;
        document.head.appendChild(script);
      });
    }
    return loading[page];
  }

  function create(tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text) { element.textContent = text; }
    return element;
  }

  function build() {
    dialog = create("dialog", "trace-fenetre");
    dialog.setAttribute("aria-labelledby", "trace-titre");
    var bar = create("div", "trace-barre");
    back = create("button", "trace-retour", "← Retour");
    back.type = "button";
    back.addEventListener("click", function () {
      history.pop();
      render();
      announce();
    });
    var close = create("button", "trace-fermer", "Fermer");
    close.type = "button";
    close.addEventListener("click", function () { dialog.close(); });
    bar.appendChild(back);
    bar.appendChild(close);
    body = create("div", "trace-contenu");
    dialog.appendChild(bar);
    dialog.appendChild(body);
    /* Un clic commencé et fini hors de la fenêtre la ferme ; une sélection qui en sort, non. */
    var outside = false;
    dialog.addEventListener("mousedown", function (event) { outside = event.target === dialog; });
    dialog.addEventListener("click", function (event) {
      if (outside && event.target === dialog) { dialog.close(); }
    });
    document.body.appendChild(dialog);
  }

  function link(href, text) {
    var anchor = create("a", "", text);
    anchor.href = href;
    anchor.addEventListener("click", function () { dialog.close(); });
    return anchor;
  }

  function render() {
    var shown = history[history.length - 1];
    body.innerHTML = entries[shown.reference];
    body.querySelectorAll("a[data-trace]").forEach(function (term) {
      term.href = links[term.dataset.trace];
    });
    var folded = body.querySelector("details");
    if (shown.cell && folded) {
      var cell = create("p");
      cell.appendChild(link("../carnets/" + shown.cell, "Cellule du carnet de relecture"));
      folded.appendChild(cell);
    }
    var foot = create("p", "trace-suite");
    foot.appendChild(link(links[shown.reference], "Ligne de l’annexe «\u00a0Sources et calculs\u00a0»"));
    body.appendChild(foot);
    back.hidden = history.length < 2;
    body.scrollTop = 0;
  }

  /* Le titre reçoit le clavier : un lecteur d'écran dit le nombre dont il s'agit. */
  function announce() {
    var title = body.querySelector("h2");
    title.tabIndex = -1;
    title.focus();
  }

  function show(reference, cell) {
    history.push({ reference: reference, cell: cell });
    render();
    if (!dialog.open) { dialog.showModal(); }
    announce();
  }

  document.addEventListener("click", function (event) {
    var anchor = event.target.closest && event.target.closest("a[data-trace]");
    if (!anchor || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
    if (typeof HTMLDialogElement !== "function") { return; }
    event.preventDefault();
    load(anchor.getAttribute("href")).then(function () {
      if (!entries[anchor.dataset.trace]) {
        window.location.href = anchor.href;
        return;
      }
      if (!dialog) { build(); }
      if (!dialog.contains(anchor)) { history = []; }
      show(anchor.dataset.trace, anchor.dataset.cell);
    }, function () { window.location.href = anchor.href; });
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("a.trace").forEach(function (anchor) {
      anchor.setAttribute("aria-haspopup", "dialog");
    });
  });
})();
