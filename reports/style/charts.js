/* Les valeurs d'un graphique, au pointeur, au doigt et au clavier : au-dessus du dessin, qui reste tel
   quel, un bouton par nombre ; un seul arrêt de Tab par graphique, les flèches vont de l'un à l'autre,
   Échap referme. Ce qui est dit vient des lignes du graphique (script.reperes, écrit par
   analysis.show.charts.hotspot_list). Sans ce script : le dessin, son texte et ses données repliées. */
(function () {
  "use strict";
  var NARROW = "(max-width: 36rem)"; /* comme scripts/narrow_charts.py */

  function create(tag, className, text) {
    var element = document.createElement(tag);
    element.className = className;
    if (text) { element.textContent = text; }
    return element;
  }

  /* Le nombre lui-même, dans les données repliées : son lien ouvre d'où il vient. */
  function findTrail(figure, trace) {
    var page = figure.closest("main");
    return Array.from(page.querySelectorAll("a[data-trace]")).find(function (link) {
      return link.dataset.trace === trace;
    });
  }

  function place(button, spot, narrow) {
    var box = narrow ? spot.narrow : spot.wide;
    button.hidden = !box.length;
    ["left", "top", "width", "height"].forEach(function (side, rank) {
      var middle = rank < 2 ? box[rank] + box[rank + 2] / 2 : box[rank];
      button.style[side] = middle / 10 + "%";
    });
  }

  function enliven(figure, spots) {
    var image = figure.querySelector("img");
    if (!image) { return; }
    var picture = image.closest("picture") || image;
    var frame = create("div", "graphique");
    picture.parentNode.insertBefore(frame, picture);
    frame.appendChild(picture);
    var bar = create("div", "reperes");
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "Valeurs du graphique, une à une avec les flèches");
    var note = create("div", "bulle");
    note.setAttribute("aria-hidden", "true");
    note.hidden = true;
    var shown = null, touched = null;

    function fill(spot, trail) {
      note.textContent = "";
      note.appendChild(create("strong", "", spot.value));
      note.appendChild(create("span", "", spot.label + (spot.period ? ", " + spot.period : "")));
      note.appendChild(create("small", "", spot.source));
      if (trail) {
        var gesture = window.matchMedia("(pointer: coarse)").matches ? "Toucher encore" : "Clic ou Entrée";
        note.appendChild(create("small", "", gesture + "\u00a0: d’où vient ce nombre"));
      }
    }

    /* Au-dessus du repère, ou dessous s'il n'y a pas la place ; jamais hors du dessin. */
    function stand(button) {
      var around = frame.getBoundingClientRect(), spot = button.getBoundingClientRect();
      var left = spot.left + spot.width / 2 - around.left - note.offsetWidth / 2;
      note.style.left = Math.max(0, Math.min(left, around.width - note.offsetWidth)) + "px";
      var above = spot.top - note.offsetHeight - 8;
      note.style.top = (above > 0 ? above : spot.bottom + 8) - around.top + "px";
    }

    function show(button, spot) {
      if (shown) { shown.classList.remove("montre"); }
      shown = button;
      button.classList.add("montre");
      fill(spot, findTrail(figure, spot.trace));
      note.hidden = false;
      stand(button);
    }

    function hide() {
      if (shown) { shown.classList.remove("montre"); }
      shown = null;
      note.hidden = true;
    }

    function stop(button) {
      buttons.forEach(function (other) { other.tabIndex = other === button ? 0 : -1; });
    }

    var buttons = spots.map(function (spot) {
      var button = create("button", "repere-valeur");
      var trail = findTrail(figure, spot.trace);
      button.type = "button";
      /* La source, longue, n'est dite que sur Entrée, dans la fenêtre du nombre ; à défaut, ici. */
      button.setAttribute("aria-label", spot.label + "\u00a0: " + spot.value +
        (spot.period ? ", " + spot.period : "") + (trail ? "" : ". " + spot.source));
      if (trail) { button.setAttribute("aria-haspopup", "dialog"); }
      button.addEventListener("pointerenter", function (event) {
        if (event.pointerType === "mouse") { show(button, spot); }
      });
      button.addEventListener("focus", function () { stop(button); show(button, spot); });
      button.addEventListener("pointerdown", function (event) {
        touched = event.pointerType !== "mouse" && shown !== button ? button : null;
      });
      /* Du doigt, la première touche dit la valeur, la seconde d'où elle vient. */
      button.addEventListener("click", function () {
        var first = touched === button || shown !== button;
        touched = null;
        if (first) { show(button, spot); } else if (trail) { trail.click(); }
      });
      bar.appendChild(button);
      return button;
    });

    var media = window.matchMedia(NARROW);
    function layOut() {
      buttons.forEach(function (button, rank) { place(button, spots[rank], media.matches); });
      stop(buttons.find(function (button) { return !button.hidden; }));
      hide();
    }
    media.addEventListener("change", layOut);
    layOut();

    bar.addEventListener("keydown", function (event) {
      var seen = buttons.filter(function (button) { return !button.hidden; });
      var at = seen.indexOf(document.activeElement);
      var steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1,
        Home: 0, End: seen.length - 1 };
      if (event.key === "Escape" && shown) {
        hide();
        event.preventDefault();
      } else if (event.key in steps && at > -1) {
        seen[(steps[event.key] + seen.length) % seen.length].focus();
        event.preventDefault();
      }
    });
    frame.addEventListener("pointerleave", function () {
      if (!bar.contains(document.activeElement)) { hide(); }
    });
    bar.addEventListener("focusout", function (event) {
      if (!bar.contains(event.relatedTarget)) { hide(); }
    });
    /* La souris dessus, sans que le clavier y soit : Échap referme aussi. */
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && shown && !event.defaultPrevented) { hide(); }
    });
    frame.appendChild(bar);
    frame.appendChild(note);
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("script.reperes").forEach(function (script) {
      var figure = document.getElementById(script.dataset.figure);
      if (figure) { enliven(figure, JSON.parse(script.textContent)); }
    });
  });
})();
