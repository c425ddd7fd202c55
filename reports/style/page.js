/* La page : le menu et le plan qui se déplient, la section que l'on lit, les
   encadrés dépliés et les images chargées à l'impression. Sans ce script, tout est déplié. */
(function () {
  "use strict";

  /* Un bouton qui déplie `panel` ; Échap le replie et rend le clavier au bouton. */
  function unfold(button, panel) {
    function set(open) {
      button.setAttribute("aria-expanded", String(open));
      panel.classList.toggle("ouvert", open);
    }
    button.addEventListener("click", function () {
      set(button.getAttribute("aria-expanded") !== "true");
    });
    panel.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !event.defaultPrevented && panel.classList.contains("ouvert")) {
        set(false);
        button.focus();
      }
    });
    panel.addEventListener("click", function (event) {
      var link = event.target.closest && event.target.closest("a[href*='#']");
      if (link) { set(false); }
    });
  }

  /* La section lue : la première dont le titre se voit dans le premier tiers de l'écran (celle où
     un lien vient de mener, même si un sous-titre la suit de près), sinon la dernière passée. */
  function follow() {
    var plan = document.getElementById("plan");
    var links = Array.from(document.querySelectorAll(".sur-cette-page li a, .chapitres li li a"));
    var targets = links.map(function (link) {
      return document.getElementById(decodeURIComponent(link.hash.slice(1)));
    });
    var waiting = false;
    function isRead(target, last) {
      return target && target.getBoundingClientRect().top < window.innerHeight / 3
        && !(last && last.getBoundingClientRect().bottom > 0);
    }
    function mark() {
      waiting = false;
      var read = [plan, document.querySelector(".chapitres")].map(function (list) {
        var last = null, title = null;
        links.forEach(function (link, place) {
          if (list && list.contains(link) && isRead(targets[place], title)) {
            last = link;
            title = targets[place];
          }
        });
        return last;
      });
      var section = read[0] && read[0].closest("#plan > li");
      if (plan) {
        Array.from(plan.children).forEach(function (item) {
          item.classList.toggle("lue", item === section);
        });
      }
      links.forEach(function (link) {
        if (read.indexOf(link) === -1) { link.removeAttribute("aria-current"); }
        else if (!link.hasAttribute("aria-current")) {
          link.setAttribute("aria-current", "location");
          reveal(link);
        }
      });
    }
    /* Le plan défile avec le texte, jamais la page avec le plan. */
    function reveal(link) {
      var box = link.closest(".sur-cette-page, .chapitres");
      if (!box || box.scrollHeight <= box.clientHeight) { return; }
      var place = link.getBoundingClientRect(), frame = box.getBoundingClientRect();
      if (place.top < frame.top + 40 || place.bottom > frame.bottom - 40) {
        box.scrollTop += place.top - frame.top - frame.height / 3;
      }
    }
    window.addEventListener("scroll", function () {
      if (!waiting) { waiting = true; requestAnimationFrame(mark); }
    }, { passive: true });
    mark();
  }

  /* Une ligne d'un document source qui n'a pas son ancre mène au titre qui la contient. */
  function findLine() {
    var wanted = location.hash.match(/^#(doc-.+-l)(\d+)$/);
    if (!wanted || document.getElementById(location.hash.slice(1))) { return; }
    var best = null, nearest = 0;
    document.querySelectorAll("tr[id^='" + wanted[1] + "']").forEach(function (row) {
      var line = Number(row.id.slice(wanted[1].length));
      if (line <= Number(wanted[2]) && line > nearest) { best = row; nearest = line; }
    });
    if (best) { location.replace("#" + best.id); }
  }
  window.addEventListener("hashchange", findLine);

  /* Sur un téléphone, un arbre est replié ; un lien vers ce qu'il contient le déplie. */
  function foldTrees() {
    if (!window.matchMedia("(max-width: 44rem)").matches) { return; }
    document.querySelectorAll("main .arbre").forEach(function (tree) {
      var fold = document.createElement("details"), head = document.createElement("summary");
      var count = tree.querySelectorAll(".niveau").length;
      fold.className = "encadre";
      head.className = "encadre-titre";
      head.textContent = count + (count > 1 ? " objectifs" : " objectif");
      tree.replaceWith(fold);
      fold.append(head, tree);
    });
    openTarget();
  }
  function openTarget() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && target.closest("details:not([open])");
    if (fold) { fold.open = true; target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", openTarget);

  document.addEventListener("DOMContentLoaded", function () {
    findLine();
    foldTrees();
    var menu = document.querySelector(".menu-bouton");
    if (menu) { unfold(menu, document.querySelector(".cote")); }
    var plan = document.querySelector(".sur-cette-page");
    if (plan) { unfold(plan.querySelector("button"), plan); }
    if (document.body.classList.contains("livre")) { follow(); }
  });

  /* Les images loin de l'écran viennent après la page : rien ne manque à qui l'imprime ou la copie. */
  function load() {
    document.querySelectorAll("img[loading]").forEach(function (image) { image.loading = "eager"; });
  }
  window.addEventListener("load", load);
  window.addEventListener("beforeprint", function () {
    load();
    document.querySelectorAll("details:not([open])").forEach(function (details) {
      details.open = true;
      details.dataset.imprime = "1";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-imprime]").forEach(function (details) {
      details.open = false;
      delete details.dataset.imprime;
    });
  });
})();
