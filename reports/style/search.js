/* Recherche plein texte, sans serveur ni requête à l'extérieur : l'index est de deux scripts du
   dossier, lus quand le champ sert pour la première fois, celui des annexes après l'autre. Les accents, les ligatures, la casse et les pluriels ne
   comptent pas. Clavier : « / » ouvre le champ, Entrée, Tab ou les flèches vont aux résultats, Échap revient. */
(function () {
  "use strict";
  var MAXIMUM = 40;
  var PARTS = ["search-index.js", "search-annexes.js"];
  var ENDS = /^(e?s?|x)(?![a-z0-9])/;

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

  /* Un mot, même inachevé, puis ses autres formes, entières : « communaux » trouve « communale »,
     « travail » « travaux », et l'inverse ; « Poix » ne trouve pas « points ». */
  function forms(word) {
    if (word.length < 4) { return [word]; }
    if (/[^e]aux$/.test(word)) {
      return ["aux", "al", "ail"].map(function (end) { return word.replace(/aux$/, end); });
    }
    if (/ai?l$/.test(word)) { return [word, word.replace(/ai?l$/, "aux")]; }
    return /[sx]$/.test(word) ? [word, word.slice(0, -1)] : [word];
  }

  function words(query) {
    return fold(query).text.split(/[^a-z0-9%€²]+/)
      .filter(function (word) { return word.length > 1; })
      .map(forms);
  }

  /* Où commence, dans `text`, à partir de `from`, le premier mot qui a l'une des formes. */
  function find(text, wanted, from) {
    var best = { at: -1, length: 0 };
    wanted.forEach(function (word, form) {
      var at = text.indexOf(word, from);
      while (at !== -1 && (/[a-z0-9]/.test(text[at - 1] || " ") || (form && !ENDS.test(text.slice(at + word.length))))) {
        at = text.indexOf(word, at + 1);
      }
      // D'un pluriel, ce qui est marqué est le mot sans sa marque.
      var length = word.indexOf(wanted[1]) === 0 ? wanted[1].length : word.length;
      var longer = at === best.at && length > best.length;
      if (at !== -1 && (best.at === -1 || at < best.at || longer)) { best = { at: at, length: length }; }
    });
    return best;
  }

  function prepare(entries) {
    entries.forEach(function (entry) {
      if (entry.foldedText) { return; }
      entry.foldedHead = fold(entry.h || entry.t);
      entry.foldedText = fold(entry.x);
    });
    return entries;
  }

  function search(entries, query) {
    var wanted = words(query);
    if (!wanted.length) { return []; }
    var found = [], most = 0, phrase = fold(query.trim()).text;
    prepare(entries).forEach(function (entry, rank) {
      var score = 0, matched = 0;
      wanted.forEach(function (word) {
        var head = find(entry.foldedHead.text, word, 0).at !== -1;
        var body = find(entry.foldedText.text, word, 0).at !== -1;
        if (head || body) { matched++; }
        score += (head ? 20 : 0) + (body ? 2 : 0);
      });
      if (!matched) { return; }
      if (wanted.length > 1 && entry.foldedHead.text.indexOf(phrase) !== -1) { score += 30; }
      if (wanted.length > 1 && entry.foldedText.text.indexOf(phrase) !== -1) { score += 10; }
      most = Math.max(most, matched);
      found.push({ entry: entry, score: score, rank: rank, words: wanted, matched: matched });
    });
    // Les passages qui ont tous les mots ; à défaut, ceux qui en ont le plus.
    found = found.filter(function (hit) { return hit.matched === most; });
    found.sort(function (a, b) { return b.score - a.score || a.rank - b.rank; });
    return found;
  }

  function mark(parent, text, folded, wanted, from, to) {
    var cut = from, seek = 0;
    while (seek < folded.text.length && folded.places[seek] < from) { seek++; }
    for (;;) {
      var next = { at: -1, length: 0 };
      wanted.forEach(function (word) {
        var found = find(folded.text, word, seek);
        if (found.at !== -1 && (next.at === -1 || found.at < next.at)) { next = found; }
      });
      var start = next.at === -1 ? to : folded.places[next.at];
      if (start >= to) { break; }
      var end = folded.places[next.at + next.length];
      parent.appendChild(document.createTextNode(text.slice(cut, start)));
      var tag = document.createElement("mark");
      tag.textContent = text.slice(start, end);
      parent.appendChild(tag);
      cut = end;
      seek = next.at + next.length;
    }
    if (cut < to) { parent.appendChild(document.createTextNode(text.slice(cut, to))); }
  }

  function excerpt(parent, hit) {
    var text = hit.entry.x, folded = hit.entry.foldedText, at = -1;
    hit.words.some(function (word) { at = find(folded.text, word, 0).at; return at !== -1; });
    var middle = at === -1 ? 0 : folded.places[at];
    var from = Math.max(0, middle - 60), to = Math.min(text.length, middle + 110);
    if (from > 0) {
      var gap = text.indexOf(" ", from);
      if (gap !== -1 && gap < middle) { from = gap + 1; }
      parent.appendChild(document.createTextNode("… "));
    }
    mark(parent, text, folded, hit.words, from, to);
    if (to < text.length) { parent.appendChild(document.createTextNode(" …")); }
  }

  function describe(hit) {
    var item = document.createElement("li"), link = document.createElement("a");
    var title = hit.entry.h || hit.entry.t, head = document.createElement("strong");
    link.href = hit.entry.p + (hit.entry.a ? "#" + hit.entry.a : "");
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
    item.appendChild(link);
    return item;
  }

  function count(hits) {
    if (!hits.length) { return "Aucun passage trouvé."; }
    if (hits.length === 1) { return "1 passage trouvé."; }
    return hits.length + " passages trouvés" +
      (hits.length > MAXIMUM ? ", les " + MAXIMUM + " premiers sont montrés." : ".");
  }

  var loading = [];
  function load(place) {
    if (!loading[place]) {
      loading[place] = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = PARTS[place];
        script.onload = function () { resolve(window.INDEX_RECHERCHE); };
        script.onerror = reject;
        document.head.appendChild(script);
      });
    }
    return loading[place];
  }

  function build(place) {
    var box = document.createElement("div");
    box.className = "recherche-boite";
    function add(parent, tag, attributes) {
      var element = document.createElement(tag);
      Object.keys(attributes).forEach(function (name) { element.setAttribute(name, attributes[name]); });
      return parent.appendChild(element);
    }
    add(box, "label", { "class": "recherche-etiquette", "for": "recherche-champ" })
      .textContent = "Rechercher dans le rapport";
    var field = add(box, "input", { id: "recherche-champ", type: "search", autocomplete: "off",
      spellcheck: "false", placeholder: "Rechercher…", "aria-controls": "recherche-liste" });
    var panel = add(box, "div", { "class": "recherche-panneau", hidden: "" });
    var status = add(panel, "p", { "class": "recherche-bilan", role: "status" });
    var list = add(panel, "ul", { id: "recherche-liste" });
    place.appendChild(box);

    function close() { panel.hidden = true; }
    function show(entries) {
      if (!words(field.value).length) { list.textContent = ""; close(); return; }
      var hits = search(entries, field.value);
      list.textContent = "";
      hits.slice(0, MAXIMUM).forEach(function (hit) { list.appendChild(describe(hit)); });
      panel.hidden = false;
      panel.scrollTop = 0;
      status.textContent = count(hits);
    }
    function fail() {
      panel.hidden = false;
      status.textContent = "L’index de la recherche n’a pas pu être lu.";
    }
    // Les annexes suivent le reste : d'ici là, le compte n'est pas à lire.
    function update() {
      panel.setAttribute("aria-busy", "true");
      load(0).then(function (entries) { show(entries); return load(1).then(show); }).catch(fail)
        .then(function () { panel.removeAttribute("aria-busy"); });
    }
    function links() { return Array.from(list.querySelectorAll("a")); }
    function move(step) {
      var all = links(), place = all.indexOf(document.activeElement) + step;
      if (place < 0) { field.focus(); }
      else if (all[place]) { all[place].focus(); }
    }

    field.addEventListener("focus", function () {
      load(0).then(function () { return load(1); }).catch(function () {});
      if (field.value) { update(); }
    });
    field.addEventListener("input", update);
    box.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" && !panel.hidden) { event.preventDefault(); move(1); }
      else if (event.key === "ArrowUp" && !panel.hidden) { event.preventDefault(); move(-1); }
      else if (event.key === "Escape" && (field.value || !panel.hidden)) {
        event.preventDefault();
        field.value = "";
        close();
        field.focus();
      } else if (event.key === "Enter" && event.target === field && links().length) {
        event.preventDefault();
        links()[0].focus();
      }
    });
    list.addEventListener("click", function (event) {
      if (event.target.closest("a")) { setTimeout(close, 0); }
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        if (!field.offsetParent) { return; }
        event.preventDefault();
        field.focus();
      }
    });
    document.addEventListener("click", function (event) {
      if (!box.contains(event.target)) { close(); }
    });
    box.addEventListener("focusout", function (event) {
      if (event.relatedTarget && !box.contains(event.relatedTarget)) { close(); }
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    var place = document.querySelector(".recherche");
    if (place) { build(place); }
  });
})();
