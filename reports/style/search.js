/* Recherche plein texte, sans serveur ni requête : l'index est un script chargé avec la page.
   Les accents, les ligatures et la casse ne comptent pas. Clavier : « / » ouvre le champ,
   flèches haut et bas, Entrée, Échap. */
(function () {
  "use strict";
  var MAXIMUM = 40;

  function fold(text) {
    var folded = "", places = [];
    for (var i = 0; i < text.length; i++) {
      var plain = text[i]
        .toLowerCase()
        .replace("œ", "oe").replace("æ", "ae").replace("’", "'").replace(/[\u00a0\u202f]/, " ").replace("\u2011", "-")
        .normalize("NFD").replace(/[\u0300-\u036f]/g, "");
      for (var j = 0; j < plain.length; j++) { folded += plain[j]; places.push(i); }
    }
    places.push(text.length);
    return { text: folded, places: places };
  }

  function words(query) {
    return fold(query).text.split(/[^a-z0-9%€²]+/)
      .filter(function (word) { return word.length > 1; })
      .map(function (word) { return word.length > 3 ? word.replace(/[sx]$/, "") : word; });
  }

  function starts(text, word) {
    var at = text.indexOf(word);
    while (at !== -1) {
      if (at === 0 || !/[a-z0-9]/.test(text[at - 1])) return at;
      at = text.indexOf(word, at + 1);
    }
    return -1;
  }

  function prepare(entries) {
    entries.forEach(function (entry) {
      if (entry.foldedText) return;
      entry.foldedHead = fold(entry.h || entry.t);
      entry.foldedText = fold(entry.x);
    });
    return entries;
  }

  function search(entries, query) {
    var wanted = words(query);
    if (!wanted.length) return [];
    var found = [], most = 0;
    prepare(entries).forEach(function (entry, rank) {
      var score = 0, matched = 0;
      wanted.forEach(function (word) {
        var head = starts(entry.foldedHead.text, word) !== -1;
        var body = starts(entry.foldedText.text, word) !== -1;
        if (head || body) matched++;
        score += (head ? 20 : 0) + (body ? 2 : 0);
      });
      if (!matched) return;
      var phrase = fold(query.trim()).text;
      if (wanted.length > 1 && entry.foldedHead.text.indexOf(phrase) !== -1) score += 30;
      if (wanted.length > 1 && entry.foldedText.text.indexOf(phrase) !== -1) score += 10;
      most = Math.max(most, matched);
      found.push({ entry: entry, score: score, rank: rank, words: wanted, matched: matched });
    });
    // Les passages qui ont tous les mots ; à défaut, ceux qui en ont le plus.
    found = found.filter(function (hit) { return hit.matched === most; });
    found.sort(function (a, b) { return b.score - a.score || a.rank - b.rank; });
    return found;
  }

  function mark(parent, text, folded, wanted, from, to) {
    var cut = from;
    while (cut < to) {
      var next = -1, length = 0;
      for (var i = 0; i < wanted.length; i++) {
        var at = folded.text.indexOf(wanted[i]);
        while (at !== -1 && (folded.places[at] < cut ||
               (at > 0 && /[a-z0-9]/.test(folded.text[at - 1])))) {
          at = folded.text.indexOf(wanted[i], at + 1);
        }
        if (at !== -1 && (next === -1 || folded.places[at] < next)) {
          next = folded.places[at];
          length = folded.places[at + wanted[i].length] - next;
        }
      }
      if (next === -1 || next >= to || length <= 0) break;
      parent.appendChild(document.createTextNode(text.slice(cut, next)));
      var tag = document.createElement("mark");
      tag.textContent = text.slice(next, next + length);
      parent.appendChild(tag);
      cut = next + length;
    }
    if (cut < to) parent.appendChild(document.createTextNode(text.slice(cut, to)));
  }

  function excerpt(parent, hit) {
    var text = hit.entry.x, folded = hit.entry.foldedText, at = -1;
    hit.words.some(function (word) { at = starts(folded.text, word); return at !== -1; });
    var middle = at === -1 ? 0 : folded.places[at];
    var from = Math.max(0, middle - 60), to = Math.min(text.length, middle + 110);
    if (from > 0) { var gap = text.indexOf(" ", from); if (gap !== -1 && gap < middle) from = gap + 1; }
    if (from > 0) parent.appendChild(document.createTextNode("… "));
    mark(parent, text, folded, hit.words, from, to);
    if (to < text.length) parent.appendChild(document.createTextNode(" …"));
  }

  function build(place, entries) {
    var box = document.createElement("div");
    box.className = "recherche-boite";
    box.innerHTML =
      '<label class="recherche-etiquette" for="recherche-champ">Rechercher dans le rapport</label>' +
      '<input id="recherche-champ" type="search" autocomplete="off" spellcheck="false" ' +
      'placeholder="Rechercher…" role="combobox" aria-expanded="false" ' +
      'aria-controls="recherche-liste" aria-autocomplete="list">' +
      '<div class="recherche-panneau" hidden><p class="recherche-bilan" role="status"></p>' +
      '<ul id="recherche-liste" role="listbox" aria-label="Résultats"></ul></div>';
    place.appendChild(box);
    var field = box.querySelector("input"), panel = box.querySelector(".recherche-panneau");
    var list = box.querySelector("ul"), status = box.querySelector(".recherche-bilan");
    var active = -1;

    function close() {
      panel.hidden = true; active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }
    function choose(index) {
      var items = list.children;
      if (!items.length) return;
      if (active >= 0) items[active].setAttribute("aria-selected", "false");
      active = (index + items.length) % items.length;
      items[active].setAttribute("aria-selected", "true");
      items[active].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", items[active].id);
    }
    function update() {
      var query = field.value;
      list.textContent = ""; active = -1;
      if (!words(query).length) { close(); return; }
      var hits = search(entries, query);
      status.textContent = !hits.length ? "Aucun résultat."
        : hits.length === 1 ? "1 passage trouvé."
        : hits.length + " passages trouvés" +
          (hits.length > MAXIMUM ? ", les " + MAXIMUM + " premiers sont montrés." : ".");
      hits.slice(0, MAXIMUM).forEach(function (hit, index) {
        var item = document.createElement("li");
        item.id = "recherche-" + index;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        var link = document.createElement("a");
        link.tabIndex = -1;
        link.href = hit.entry.p + (hit.entry.a ? "#" + hit.entry.a : "");
        var head = document.createElement("strong");
        var title = hit.entry.h || hit.entry.t;
        mark(head, title, hit.entry.foldedHead, hit.words, 0, title.length);
        link.appendChild(head);
        if (hit.entry.h && hit.entry.h !== hit.entry.t) {
          var chapter = document.createElement("small");
          chapter.textContent = hit.entry.t;
          link.appendChild(chapter);
        }
        var text = document.createElement("span");
        excerpt(text, hit);
        link.appendChild(text);
        link.addEventListener("click", function () { setTimeout(close, 0); });
        item.appendChild(link);
        list.appendChild(item);
      });
      panel.hidden = false;
      field.setAttribute("aria-expanded", "true");
    }

    field.addEventListener("input", update);
    field.addEventListener("focus", function () { if (field.value) update(); });
    field.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown") { event.preventDefault(); choose(active + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(active - 1); }
      else if (event.key === "Escape") { field.value = ""; close(); }
      else if (event.key === "Enter" && list.children.length) {
        event.preventDefault();
        list.children[Math.max(active, 0)].querySelector("a").click();
      }
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault(); field.focus();
      }
    });
    document.addEventListener("click", function (event) {
      if (!box.contains(event.target)) close();
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    var entries = window.INDEX_RECHERCHE;
    if (!entries) return;
    // Le moteur embarqué a prévu la place ; avec Quarto, le champ va en tête de la navigation.
    var place = document.querySelector(".recherche");
    if (!place) {
      var side = document.querySelector("#quarto-sidebar .sidebar-menu-container");
      if (!side) return;
      place = document.createElement("div");
      place.className = "recherche";
      place.setAttribute("role", "search");
      side.parentNode.insertBefore(place, side);
    }
    build(place, entries);
  });
})();
