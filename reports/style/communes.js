/* La carte des communes, à explorer : ce qu'elle montre se choisit ; une commune se choisit dans la
   liste, sur la carte, au pointeur, au doigt ou au clavier (un seul arrêt de Tab, les flèches vont à la
   voisine, Début et Fin à la première et à la dernière), et sa fiche paraît à côté. Données : script.communes (analysis.show.maps.commune_sheets) ;
   fiches : celles de la page. Sans ce script, et sur le papier : les petites cartes et les fiches. */
(function () {
  "use strict";
  var SVG = document.createRange().createContextualFragment("<svg></svg>").firstChild.namespaceURI;

  function create(tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text) { element.textContent = text; }
    return element;
  }

  function draw(tag, attributes) {
    var element = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    return element;
  }

  /* Une liste à choix sous son nom ; `options` : valeur, texte, groupe s'il y en a un. */
  function choose(box, id, name, options) {
    var label = create("label", "", name), select = create("select"), groups = {};
    select.id = label.htmlFor = id;
    options.forEach(function (entry) {
      var option = create("option", "", entry.text), group = select;
      option.value = entry.value;
      if (entry.group) {
        group = groups[entry.group] = groups[entry.group] || create("optgroup");
        group.label = entry.group;
        select.appendChild(group);
      }
      group.appendChild(option);
    });
    var field = create("div", "choix");
    field.appendChild(label);
    field.appendChild(select);
    box.appendChild(field);
    return select;
  }

  /* La place d'une classe entre la plus claire et la plus foncée ; une seule classe est foncée. */
  function shade(rank, count) {
    return count > 1 ? 0.1 + 0.9 * rank / (count - 1) : 1;
  }

  function explore(figure, data) {
    var image = figure.querySelector("img");
    if (!image) { return; }
    var still = image.closest("picture") || image;
    still.classList.add("sur-papier");
    var box = create("div", "carte-communes"), choices = create("div", "choix-carte");
    box.appendChild(choices);
    var shown = choose(choices, "carte-montre", "Montrer", data.choices.map(function (one) {
      return { value: one.id, text: one.title, group: one.group };
    }));
    var names = choose(choices, "carte-commune", "Commune", [{ value: "", text: "Choisir une commune" }]
      .concat(data.communes.map(function (one) { return { value: one[0], text: one[1] }; })));

    var map = draw("svg", { viewBox: "-4 -4 " + (data.box[0] + 8) + " " + (data.box[1] + 8),
      role: "group", "aria-label": "Carte des communes, de l’une à sa voisine avec les flèches" });
    var legend = create("ul", "legende"), told = create("p", "bilan-carte"), note = create("div", "bulle");
    told.setAttribute("role", "status");
    note.hidden = true;
    note.setAttribute("aria-hidden", "true");
    var sheet = create("section", "fiche-commune");
    sheet.setAttribute("aria-label", "La commune choisie");
    var chosen = create("p", "dit"); /* à l'oreille, la fiche n'est que nommée */
    chosen.setAttribute("role", "status");

    var shapes = data.communes.filter(function (one) { return one[2]; }).map(function (one) {
      var path = draw("path", { d: one[2], role: "button", tabindex: "-1", "fill-rule": "evenodd" });
      path.dataset.insee = one[0];
      map.appendChild(path);
      return path;
    });
    var rings = ["autour choisie", "choisie"].map(function (name) {
      return map.appendChild(draw("path", { "class": name, d: "" }));
    });

    /* Les ancres des lieux mènent ici, et non plus aux fiches, que le navigateur déplierait. */
    var links = {};
    document.querySelectorAll("[id^='lieux-']").forEach(function (place) {
      links[place.id] = place.querySelector("a");
      place.removeAttribute("id");
      place.closest("details").open = false;
    });

    function current() {
      return data.choices.find(function (one) { return one.id === shown.value; });
    }

    function find(insee) {
      return data.communes.findIndex(function (one) { return one[0] === insee; });
    }

    /* Sa ligne du tableau des données, et les titres des colonnes. */
    function findRow(name) {
      var table = document.querySelector("#" + figure.id + " ~ details table");
      return table && Array.from(table.tBodies[0].rows).find(function (one) {
        return one.cells[0].textContent.trim() === name;
      });
    }
    function listHeads(row) {
      return Array.from(row.closest("table").tHead.rows[0].cells).map(function (head) {
        return head.textContent.trim();
      });
    }

    /* « Denain : 9 actions » ; sa classe où le tableau n'a pas sa valeur (« nommée »). */
    function say(place) {
      var one = current(), rank = one.ranks[place], name = data.communes[place][1], row = findRow(name);
      var column = row ? listHeads(row).indexOf(one.title) : -1;
      var value = rank === "." ? "valeur non disponible"
        : column > 0 ? row.cells[column].textContent.trim() : one.legend[rank];
      return name + "\u00a0: " + value;
    }

    function paint() {
      var one = current(), named = [];
      data.communes.forEach(function (commune, place) {
        var shape = shapes.find(function (path) { return path.dataset.insee === commune[0]; });
        var rank = one.ranks[place];
        if (one.legend.length === 2 && rank === "1") { named.push(commune[1]); }
        if (!shape) { return; }
        shape.classList.toggle("inconnue", rank === ".");
        shape.style.fillOpacity = rank === "." ? 0 : shade(Number(rank), one.legend.length);
        shape.setAttribute("aria-label", say(place));
      });
      legend.textContent = "";
      one.legend.forEach(function (words, rank) {
        var item = create("li", "", words), patch = create("span", "teinte");
        patch.style.opacity = shade(rank, one.legend.length);
        item.insertBefore(patch, item.firstChild);
        legend.appendChild(item);
      });
      var plural = named.length > 1 ? " communes\u00a0: " : " commune\u00a0: ";
      var ends = " de «\u00a0" + one.legend[0] + "\u00a0» à «\u00a0" + one.legend[one.legend.length - 1] + "\u00a0».";
      told.textContent = named.length ? named.length + plural + named.join(", ") + ". "
        : one.title + (one.legend.length > 1 ? ", du plus clair au plus foncé\u00a0:" + ends : ".");
      if (links[one.id]) { told.appendChild(links[one.id].cloneNode(true)); }
    }

    function stop(shape) {
      shapes.forEach(function (other) { other.setAttribute("tabindex", other === shape ? "0" : "-1"); });
    }

    /* Ce que le tableau des données sait d'elle, sauf ce que sa fiche dit déjà. */
    function tell(name) {
      var row = findRow(name);
      if (!row) { return null; }
      var list = create("ul", "connu");
      listHeads(row).forEach(function (title, column) {
        var item = create("li", "", title + "\u00a0: ");
        var told = data.choices.some(function (one) { return one.title === title && one.told; });
        if (!column || told) { return; }
        Array.from(row.cells[column].cloneNode(true).childNodes).forEach(function (part) { item.appendChild(part); });
        list.appendChild(item);
      });
      return list.firstChild && list;
    }

    /* La fiche est celle de la page, sans ses noms d'ancres. */
    function open(insee) {
      names.value = insee;
      var own = document.getElementById("commune-" + insee);
      own = own && own.closest(".commune"); /* l'ancre est à la fiche ou à son titre, selon le moteur */
      sheet.textContent = "";
      if (own) {
        Array.from(own.cloneNode(true).childNodes).forEach(function (child) { sheet.appendChild(child); });
        sheet.querySelectorAll("[id]").forEach(function (element) { element.removeAttribute("id"); });
        var known = tell(data.communes[find(insee)][1]);
        if (known) { sheet.insertBefore(known, sheet.children[1].nextSibling); }
        var count = own.querySelectorAll("li").length;
        chosen.textContent = data.communes[find(insee)][1] + "\u00a0: " + (count ? count : "aucune") +
          (count > 1 ? " actions" : " action");
      } else {
        chosen.textContent = "";
        sheet.appendChild(create("p", "", "Choisir une commune sur la carte ou dans la liste."));
      }
      var shape = shapes.find(function (path) { return path.dataset.insee === insee; });
      rings.forEach(function (ring) { ring.setAttribute("d", shape ? shape.getAttribute("d") : ""); });
      shapes.forEach(function (other) { other.setAttribute("aria-pressed", String(other === shape)); });
      if (shape) { stop(shape); }
    }

    function point(shape) {
      note.textContent = "";
      note.appendChild(create("span", "", say(find(shape.dataset.insee))));
      note.hidden = false;
      var around = box.getBoundingClientRect(), spot = shape.getBoundingClientRect();
      var left = spot.left + spot.width / 2 - around.left - note.offsetWidth / 2;
      note.style.left = Math.max(0, Math.min(left, around.width - note.offsetWidth)) + "px";
      note.style.top = spot.top - around.top - note.offsetHeight - 6 + "px";
    }

    function middle(path) {
      var frame = path.getBBox();
      return [frame.x + frame.width / 2, frame.y + frame.height / 2];
    }

    /* La plus proche dont le milieu est de ce côté. */
    function nearest(shape, key) {
      var from = middle(shape), best = null, least = Infinity;
      var across = key === "ArrowLeft" || key === "ArrowRight" ? 0 : 1;
      var way = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
      shapes.forEach(function (other) {
        var to = middle(other), along = (to[across] - from[across]) * way;
        var aside = Math.abs(to[1 - across] - from[1 - across]);
        if (other !== shape && along > 0 && along >= aside / 2 && along + aside < least) {
          best = other;
          least = along + aside;
        }
      });
      return best;
    }

    /* Où mène chaque flèche. Une commune qu'aucune n'atteint se place entre sa plus proche atteinte et
       celle où la flèche menait : toutes s'atteignent. */
    var ways = null;
    function neighbour(shape, key) {
      ways = ways || link();
      return ways.get(shape)[key];
    }
    function link() {
      var found = new Map(), reached = new Set();
      function spread(shape) {
        if (!shape || reached.has(shape)) { return; }
        reached.add(shape);
        Object.values(found.get(shape)).forEach(spread);
      }
      shapes.forEach(function (shape) {
        found.set(shape, {});
        ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].forEach(function (key) {
          found.get(shape)[key] = nearest(shape, key);
        });
      });
      spread(shapes[0]);
      while (reached.size < shapes.length) {
        var pair = null, least = Infinity;
        shapes.forEach(function (lost) {
          if (reached.has(lost)) { return; }
          reached.forEach(function (known) {
            var from = middle(known), to = middle(lost), x = to[0] - from[0], y = to[1] - from[1];
            if (x * x + y * y < least) {
              least = x * x + y * y;
              pair = [known, lost, Math.abs(x) > Math.abs(y) ? (x < 0 ? "ArrowLeft" : "ArrowRight")
                : y < 0 ? "ArrowUp" : "ArrowDown"];
            }
          });
        });
        var before = found.get(pair[0]), key = pair[2];
        found.get(pair[1])[key] = before[key] || found.get(pair[1])[key];
        before[key] = pair[1];
        spread(pair[1]);
      }
      return found;
    }

    map.addEventListener("pointerover", function (event) {
      if (event.target.dataset.insee && event.pointerType === "mouse") { point(event.target); }
    });
    map.addEventListener("pointerleave", function () { note.hidden = true; });
    map.addEventListener("click", function (event) {
      if (event.target.dataset.insee) { open(event.target.dataset.insee); }
    });
    /* Sur les formes : un dessin qui écoute lui-même ces deux événements prend le clavier. */
    shapes.forEach(function (shape) {
      shape.addEventListener("focus", function () { stop(shape); point(shape); });
      shape.addEventListener("blur", function () { note.hidden = true; });
    });
    map.addEventListener("keydown", function (event) {
      var shape = event.target, key = event.key;
      var next = key === "Home" ? shapes[0] : key === "End" ? shapes[shapes.length - 1]
        : key.indexOf("Arrow") === 0 && neighbour(shape, key);
      if (key === "Enter" || key === " ") { open(shape.dataset.insee); }
      else if (key === "Escape") { note.hidden = true; }
      else if (key !== "Home" && key !== "End" && key.indexOf("Arrow") !== 0) { return; }
      if (next) { next.focus(); }
      event.preventDefault();
    });
    shown.addEventListener("change", paint);
    names.addEventListener("change", function () { open(names.value); });

    box.appendChild(map);
    var beside = create("div", "a-cote");
    [legend, told, chosen, sheet].forEach(function (part) { beside.appendChild(part); });
    box.appendChild(beside);
    box.appendChild(note);
    still.parentNode.insertBefore(box, still.nextSibling);
    paint();
    open("");
    stop(shapes[0]);

    /* « #lieux-… », d'une action : ses communes ; « #commune-… » : sa fiche. */
    function follow() {
      var wanted = decodeURIComponent(location.hash.slice(1));
      var insee = wanted.replace(/^commune-/, "");
      if (data.choices.some(function (one) { return wanted.indexOf("lieux-") === 0 && one.id === wanted; })) {
        shown.value = wanted;
        paint();
      } else if (insee !== wanted && find(insee) > -1) {
        open(insee);
      } else { return; }
      figure.scrollIntoView();
      shown.focus({ preventScroll: true });
    }
    window.addEventListener("hashchange", follow);
    window.addEventListener("load", follow);
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("script.communes").forEach(function (script) {
      var figure = document.getElementById(script.dataset.figure);
      if (figure) { explore(figure, JSON.parse(script.textContent)); }
    });
  });
})();
