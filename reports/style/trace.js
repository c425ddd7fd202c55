/* D'où vient ce nombre : la fenêtre qu'ouvre un nombre du rapport, avec l'un ou l'autre moteur.
   Sans ce script, le lien mène à la ligne de l'annexe. Les textes sont dans le dossier trails, un
   fichier pour chaque annexe, lu à la première demande ; rien n'est demandé à l'extérieur. */
(function () {
  "use strict";

  var dialog = null;
  var body = null;
  var back = null;
  var opener = null; /* ce qui a ouvert la fenêtre : un nombre, un repère d'un graphique */
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
    body.addEventListener("click", leave);
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

  /* Ce qu'écrit analysis.words.lineage, élément par élément, et rien d'autre : le texte est lu dans un
     document à part, où rien ne s'exécute. */
  var ELEMENTS = /^(h2|h3|p|ul|li|a|strong|span|br|sup|code|details|summary)$/;
  var ADDRESS = /^(https?:|mailto:|#|[\w./-]+(#|$))/i;
  function copy(source, target) {
    Array.from(source.childNodes).forEach(function (node) {
      if (node.nodeType === Node.TEXT_NODE) { target.appendChild(document.createTextNode(node.data)); return; }
      if (node.nodeType !== Node.ELEMENT_NODE || !ELEMENTS.test(node.localName)) { return; }
      var element = create(node.localName, node.className);
      if (node.id) { element.id = node.id; }
      if (node.dataset.trace) { element.dataset.trace = node.dataset.trace; }
      if (ADDRESS.test(node.getAttribute("href") || "")) { element.setAttribute("href", node.getAttribute("href")); }
      target.appendChild(copy(node, element));
    });
    return target;
  }
  function read(text) {
    return copy(new DOMParser().parseFromString(text, "text/html").body, document.createDocumentFragment());
  }

  function link(href, text) {
    var anchor = create("a", "", text);
    anchor.href = href;
    return anchor;
  }

  /* Partir de la fenêtre vers une source : l'histoire de la page retient le nombre d'où l'on part, pour
     y rendre le clavier au retour ; la page où l'on arrive offre d'y revenir. */
  var NUMBERS = "a[data-trace], .repere-valeur";
  function leave(event) {
    var way = event.target.closest("a[href]:not([data-trace])");
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
    dialog.close();
    var number = Array.from(document.querySelectorAll(NUMBERS)).indexOf(opener);
    try {
      window.history.replaceState({ nombre: number }, "");
      var name = opener.textContent.trim() || opener.getAttribute("aria-label");
      sessionStorage.setItem("nombre", JSON.stringify([way.href, name]));
    } catch (error) { /* sans mémoire, le navigateur revient de lui-même */ }
  }
  function comeBack() {
    var state = window.history.state;
    var number = state && "nombre" in state && document.querySelectorAll(NUMBERS)[state.nombre];
    if (!number) { return; }
    window.history.replaceState(null, "");
    number.focus();
  }
  function offerReturn() {
    var left = null;
    try {
      left = JSON.parse(sessionStorage.getItem("nombre"));
      sessionStorage.removeItem("nombre");
    } catch (error) { return; }
    if (!left || left[0] !== location.href) { return; }
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1))) || document.querySelector("h1");
    var button = create("button", "retour-nombre", "← Revenir au nombre «\u00a0{}\u00a0»".split("{}").join(left[1]));
    button.type = "button";
    button.addEventListener("click", function () { window.history.back(); });
    var cell = target.closest("td, th, li") || target.querySelector("th, td");
    if (cell) { cell.appendChild(button); }
    else { target.insertAdjacentElement("afterend", button); }
  }
  window.addEventListener("pageshow", comeBack);
  window.addEventListener("hashchange", function () { setTimeout(function () { comeBack(); offerReturn(); }, 0); });

  function render() {
    var shown = history[history.length - 1];
    body.replaceChildren(read(entries[shown.reference]));
    /* Compté dans une table : son nombre n'est que dans la page. */
    if (shown.reference.indexOf("table:") === 0) {
      var counted = create("p", "trace-valeur");
      counted.appendChild(create("strong", "", shown.words));
      body.insertBefore(counted, body.firstChild.nextSibling);
    }
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

  function show(reference, cell, words) {
    history.push({ reference: reference, cell: cell, words: words });
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
      if (!dialog.contains(anchor)) {
        history = [];
        opener = anchor.checkVisibility && !anchor.checkVisibility() ? document.activeElement : anchor;
      }
      show(anchor.dataset.trace, anchor.dataset.cell, anchor.textContent.trim());
    }, function () { window.location.href = anchor.href; });
  });

  document.addEventListener("DOMContentLoaded", function () {
    offerReturn();
    document.querySelectorAll("a.trace").forEach(function (anchor) {
      anchor.setAttribute("aria-haspopup", "dialog");
    });
  });
})();
