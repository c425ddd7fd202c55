/* Tableaux et graphiques sur un petit écran, avec l'un ou l'autre moteur. Un tableau de quatre
   colonnes ou plus, ou trop large, s'empile : une fiche par ligne, le nom de la colonne devant chaque
   valeur. Ce qui dépasse encore défile dans une région qui a un nom et que le clavier atteint. */
(function () {
  "use strict";
  var NARROW = "(max-width: 44rem)";
  var COLUMNS = 4;
  var ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

  function heads(table) {
    return Array.from(table.querySelectorAll("thead th"));
  }

  /* Le nom de sa colonne sur chaque cellule, celle d'une ligne groupée comprise. */
  function label(table, names) {
    Array.from(table.tBodies).forEach(function (body) {
      Array.from(body.rows).forEach(function (row) {
        var shift = names.length - row.cells.length;
        Array.from(row.cells).forEach(function (cell, place) {
          if (cell.tagName === "TD") { cell.dataset.colonne = names[place + shift] || ""; }
        });
      });
    });
  }

  /* Un tableau qui n'est plus affiché en tableau le reste pour un lecteur d'écran. */
  function say(table, role) {
    [table].concat(Array.from(table.querySelectorAll("thead, tbody, tr, th, td")))
      .forEach(function (element) {
        if (!role) { element.removeAttribute("role"); return; }
        element.setAttribute("role", ROLES[element.tagName] ||
          (element.closest("thead") ? "columnheader" : "rowheader"));
      });
  }

  /* Tout est mesuré d'abord : un tableau changé ferait refaire la page pour mesurer le suivant. */
  function stack(narrow) {
    Array.from(document.querySelectorAll("main table")).map(function (table) {
      var names = heads(table).map(function (head) { return head.textContent.trim(); });
      var box = table.parentNode;
      var wide = names.length >= COLUMNS || (narrow && box.scrollWidth > box.clientWidth + 1);
      return { table: table, names: names, wide: wide };
    }).forEach(function (found) {
      var table = found.table, names = found.names;
      if (!names.length || (narrow && !found.wide)) { return; }
      if (narrow && !table.classList.contains("empile")) { label(table, names); }
      if (narrow !== table.classList.contains("empile")) {
        table.classList.toggle("empile", narrow);
        say(table, narrow);
      }
    });
  }

  /* Sa légende ; pour les données d'un graphique, celle du graphique au-dessus. */
  function name(box) {
    var words = box.querySelector("caption") ||
      box.parentNode.querySelector(":scope > figcaption");
    var before = box.closest("details");
    var title = before && (before.querySelector("summary h2") || before.querySelector("summary"));
    var lead = before ? title.textContent.trim() + ", " : "";
    while (before && !words) {
      before = before.previousElementSibling;
      words = before && before.querySelector("figcaption");
    }
    return (lead + (words ? words.textContent : "tableau")).trim().replace(/\s+/g, " ");
  }

  /* Le bord s'estompe tant qu'il reste à voir de ce côté. */
  function fade(box) {
    box.toggleAttribute("data-reste", box.scrollWidth - box.clientWidth - box.scrollLeft > 4);
  }

  /* Une région n'est annoncée, et atteinte par Tab, que si elle défile vraiment. */
  function measure() {
    var named = {};
    document.querySelectorAll("main .defile").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        var words = name(box);
        named[words] = (named[words] || 0) + 1;
        box.setAttribute("aria-label", words + (named[words] > 1 ? " " + named[words] : "") +
          " (défile horizontalement)");
      } else {
        box.removeAttribute("tabindex");
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
      fade(box);
    });
  }

  function wrap(element) {
    var box = document.createElement("div");
    box.className = "defile";
    element.parentNode.insertBefore(box, element);
    box.appendChild(element);
    box.addEventListener("scroll", function () { fade(box); }, { passive: true });
  }

  document.addEventListener("DOMContentLoaded", function () {
    var narrow = window.matchMedia(NARROW);
    /* Un <picture> a son dessin pour un petit écran : il ne défile pas. */
    document.querySelectorAll("main table, main figure img:not(picture *)").forEach(wrap);
    stack(narrow.matches);
    measure();
    narrow.addEventListener("change", function () { stack(narrow.matches); measure(); });
    window.addEventListener("resize", measure);
    document.addEventListener("toggle", measure, true);
    window.addEventListener("beforeprint", function () { stack(false); measure(); });
    window.addEventListener("afterprint", function () { stack(narrow.matches); measure(); });
  });
})();
