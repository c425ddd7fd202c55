/* Le tableau de bord : choisir des indicateurs (mot, chapitre, nature, évolution) et les trier, avec
   l'un ou l'autre moteur. Sans ce script, le tableau est entier. Ce qui est choisi s'écrit dans
   l'adresse de la page (#nature=impact&tri=valeur), pour y revenir ou l'envoyer. */
(function () {
  "use strict";

  var COLUMNS = ["indicateur", "chapitre", "nature", "valeur", "periode", "evolution"];
  var WORDS = ["Indicateur", "Chapitre", "Nature", "Valeur", "Période", "Évolution"];
  var FILTERS = ["chapitre", "nature", "evolution"];
  var EVOLUTIONS = {
    favorable: "Favorable",
    defavorable: "Défavorable",
    neutre: "Stable, ou sans sens souhaité",
    "non-comparable": "Non comparable",
    sans: "Rien de connu avant"
  };
  /* Sur un petit écran, les premiers indicateurs seuls, jusqu'à ce que les autres soient demandés. */
  var NARROW = "(max-width: 44rem)";
  var FIRST = 30;
  var collator = new Intl.Collator("fr", { numeric: true, sensitivity: "base" });

  function fold(text) {
    return text.toLowerCase().replace(/œ/g, "oe").replace(/’/g, "'").replace(/\s+/g, " ")
      .normalize("NFD").replace(/[\u0300-\u036f]/g, "").trim();
  }

  function create(tag, attributes, text) {
    var element = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      element.setAttribute(name, attributes[name]);
    });
    if (text) { element.textContent = text; }
    return element;
  }

  /* Une ligne : de quoi la choisir et la trier. */
  function read(row, place) {
    var cells = row.cells;
    var chapter = cells[1].querySelector("[data-chapitre]");
    var evolution = cells[5].querySelector(".evolution");
    var amount = cells[3].querySelector("[data-unite]");
    function number(cell) {
      var marked = cell.querySelector("[data-valeur]");
      return marked ? Number(marked.dataset.valeur) : null;
    }
    return {
      row: row,
      place: place,
      unit: amount ? amount.dataset.unite : "",
      text: fold(cells[0].textContent),
      labels: { chapitre: cells[1].textContent.trim(), nature: cells[2].textContent.trim() },
      choices: {
        chapitre: chapter ? chapter.dataset.chapitre : fold(cells[1].textContent),
        nature: fold(cells[2].textContent),
        evolution: evolution ? Object.keys(EVOLUTIONS).filter(function (kind) {
          return evolution.classList.contains(kind);
        })[0] || "sans" : "sans"
      },
      keys: {
        indicateur: cells[0].textContent.trim(),
        chapitre: null, // son rang dans le livre, donné plus bas
        nature: cells[2].textContent.trim(),
        valeur: number(cells[3]),
        periode: number(cells[4]),
        evolution: number(cells[5])
      }
    };
  }

  /* Les choix d'un filtre, dans l'ordre où ils paraissent, avec leur nombre. */
  function count(lines, filter) {
    var found = new Map();
    lines.forEach(function (line) {
      var choice = line.choices[filter];
      found.set(choice, (found.get(choice) || 0) + 1);
    });
    return found;
  }

  function compare(column, descending) {
    return function (one, other) {
      var a = one.keys[column], b = other.keys[column];
      if (a === null || b === null) {
        // Ce qui n'a pas de nombre reste au bout, dans les deux sens.
        return (a === null) - (b === null) || one.place - other.place;
      }
      // Des valeurs de plusieurs unités ne se comparent pas : chaque unité à part.
      var apart = column === "valeur" ? collator.compare(one.unit, other.unit) : 0;
      if (apart) { return apart; }
      var order = typeof a === "number" ? a - b : collator.compare(a, b);
      return (descending ? -order : order) || one.place - other.place;
    };
  }

  function build(box, table) {
    var lines = Array.from(table.tBodies[0].rows).map(read);
    var heads = Array.from(table.tHead.rows[0].cells);
    var state = { mot: "", tri: "", sens: "" };
    var narrow = window.matchMedia(NARROW), whole = false, sorted = false;
    var chapters = Array.from(count(lines, "chapitre").keys());
    lines.forEach(function (line) { line.keys.chapitre = chapters.indexOf(line.choices.chapitre); });

    var form = create("form", { "class": "filtres", role: "search", "aria-label": "Choisir des indicateurs" });
    var status = create("p", { "class": "bilan", role: "status" });
    var fields = {};

    function add(name, words, control) {
      var field = create("div", { "class": "filtre" });
      control.id = "filtre-" + name;
      control.name = name;
      control.setAttribute("aria-controls", table.id);
      field.appendChild(create("label", { "for": control.id }, words));
      field.appendChild(control);
      form.appendChild(field);
      fields[name] = control;
    }

    function describe(filter, choice) {
      if (filter === "evolution") { return EVOLUTIONS[choice]; }
      return lines.filter(function (line) { return line.choices[filter] === choice; })[0].labels[filter];
    }

    function addList(filter, words, all) {
      var list = create("select"), counts = count(lines, filter);
      list.appendChild(create("option", { value: "" }, all));
      var choices = filter === "evolution" ? Object.keys(EVOLUTIONS) : Array.from(counts.keys());
      choices.forEach(function (choice) {
        if (!counts.get(choice)) { return; }
        var label = describe(filter, choice);
        label = label.charAt(0).toUpperCase() + label.slice(1);
        list.appendChild(create("option", { value: choice }, label + " (" + counts.get(choice) + ")"));
      });
      add(filter, words, list);
    }

    table.id = table.id || "tous-les-indicateurs";
    add("mot", "Mot de l’intitulé", create("input", { type: "search", autocomplete: "off", spellcheck: "false" }));
    addList("chapitre", "Chapitre", "Tous");
    addList("nature", "Nature", "Toutes");
    addList("evolution", "Évolution", "Toutes");
    var reset = create("button", { type: "button", "class": "tout" }, "Tout afficher");
    form.appendChild(reset);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    box.insertBefore(form, box.firstChild);
    box.insertBefore(status, form.nextSibling);
    var rest = create("button", { type: "button", "class": "tout reste" });
    rest.addEventListener("click", function () {
      var next = lines.filter(function (line) { return line.row.classList.contains("suite"); })[0];
      whole = true;
      show();
      var head = next && next.row.cells[0];
      if (head) { head.tabIndex = -1; head.focus(); }
    });
    box.appendChild(rest);

    heads.forEach(function (head, place) {
      var button = create("button", { type: "button", "class": "tri" }, head.textContent.trim());
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var column = COLUMNS[place];
        if (state.tri !== column) { state.tri = column; state.sens = ""; }
        else if (!state.sens) { state.sens = "desc"; }
        else { state.tri = ""; state.sens = ""; }
        show();
        write();
      });
    });

    function say(shown, left) {
      var total = lines.length, words = total > 1 ? " indicateurs" : " indicateur";
      var text = shown === total ? total + words
        : shown === 0 ? "Aucun indicateur ne répond à ces choix"
        : shown + (shown > 1 ? " indicateurs" : " indicateur") + " sur " + total;
      if (state.tri && shown) {
        var order = state.sens ? "décroissant" : "croissant";
        text += ", par ordre " + order + " de la colonne «\u00a0COLONNE\u00a0»"
          .replace("COLONNE", WORDS[COLUMNS.indexOf(state.tri)]);
      }
      if (left > 0) { text += "\u202f; les " + FIRST + " premiers sont affichés"; }
      status.textContent = text + ".";
    }

    function show() {
      var words = fold(state.mot).split(" ").filter(Boolean), shown = 0;
      lines.forEach(function (line) {
        var kept = FILTERS.every(function (filter) {
          return !fields[filter].value || line.choices[filter] === fields[filter].value;
        }) && words.every(function (word) { return line.text.indexOf(word) !== -1; });
        line.row.hidden = !kept;
        shown += kept;
      });
      var ordered = state.tri ? lines.slice().sort(compare(state.tri, state.sens)) : lines;
      if (state.tri || sorted) {
        var rows = document.createDocumentFragment();
        ordered.forEach(function (line) { rows.appendChild(line.row); });
        table.tBodies[0].appendChild(rows);
        sorted = Boolean(state.tri);
      }
      var left = narrow.matches && !whole ? shown - FIRST : 0, count = 0;
      ordered.forEach(function (line) {
        line.row.classList.toggle("suite", left > 0 && !line.row.hidden && ++count > FIRST);
      });
      rest.hidden = left <= 0;
      rest.textContent = left > 1 ? "Afficher les " + left + " autres"
        : left === 1 ? "Afficher le dernier" : "";
      heads.forEach(function (head, place) {
        if (COLUMNS[place] !== state.tri) { head.removeAttribute("aria-sort"); return; }
        head.setAttribute("aria-sort", state.sens ? "descending" : "ascending");
      });
      say(shown, left);
    }

    /* L'adresse de la page dit ce qui est choisi. */
    function write() {
      var chosen = new URLSearchParams();
      if (state.mot.trim()) { chosen.set("mot", state.mot.trim()); }
      FILTERS.forEach(function (filter) {
        if (fields[filter].value) { chosen.set(filter, fields[filter].value); }
      });
      if (state.tri) { chosen.set("tri", state.tri); }
      if (state.sens) { chosen.set("sens", state.sens); }
      var text = chosen.toString();
      try {
        history.replaceState(null, "", text ? "#" + text : location.href.split("#")[0]);
      } catch (error) { /* l'adresse reste ce qu'elle était */ }
    }

    function readAddress() {
      var chosen = new URLSearchParams(location.hash.slice(1));
      var known = ["mot", "tri", "sens"].concat(FILTERS);
      var asked = known.some(function (name) { return chosen.has(name); });
      if (!asked && location.hash) { return; } // un endroit de la page, pas un choix
      state.mot = fields.mot.value = chosen.get("mot") || "";
      FILTERS.forEach(function (filter) {
        fields[filter].value = chosen.get(filter) || "";
        if (fields[filter].selectedIndex === -1) { fields[filter].value = ""; }
      });
      state.tri = COLUMNS.indexOf(chosen.get("tri")) === -1 ? "" : chosen.get("tri");
      state.sens = state.tri && chosen.get("sens") === "desc" ? "desc" : "";
    }

    fields.mot.addEventListener("input", function () { state.mot = fields.mot.value; show(); write(); });
    FILTERS.forEach(function (filter) {
      fields[filter].addEventListener("change", function () { show(); write(); });
    });
    reset.addEventListener("click", function () {
      FILTERS.concat("mot").forEach(function (name) { fields[name].value = ""; });
      state = { mot: "", tri: "", sens: "" };
      show();
      write();
    });
    window.addEventListener("hashchange", function () { readAddress(); show(); });
    narrow.addEventListener("change", show);
    box.classList.add("actif");
    readAddress();
    show();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".tableau-de-bord").forEach(function (box) {
      var table = box.querySelector("table");
      if (table && table.tHead && table.tHead.rows[0].cells.length === COLUMNS.length) { build(box, table); }
    });
  });
})();
