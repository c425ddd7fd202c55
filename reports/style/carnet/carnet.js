/* Les copies de relecture : tout déplier, tout replier ; un lien ouvre ce qui cache son but. */
(function () {
  "use strict";
  document.querySelectorAll(".replis button").forEach(function (button) {
    var opens = button.hasAttribute("data-deplier");
    var chosen = button.dataset.deplier || button.dataset.replier;
    button.addEventListener("click", function () {
      document.querySelectorAll("main " + chosen).forEach(function (box) { box.open = opens; });
    });
  });

  function reveal() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    for (var box = target.closest("details"); box; box = box.parentNode.closest("details")) {
      box.open = true;
    }
    target.scrollIntoView();
  }

  /* Un dessin plus large que l’écran défile : le clavier l’atteint. */
  function reach() {
    document.querySelectorAll("main [role=img]").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth + 1) { box.tabIndex = 0; }
      else { box.removeAttribute("tabindex"); }
    });
  }
  reach();
  window.addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);

  var contents = document.querySelector(".sommaire details");
  if (matchMedia("(max-width: 64rem)").matches) { contents.open = false; }
  window.addEventListener("hashchange", reveal);
  /* Un second clic sur le même lien ne change pas l’adresse. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) { reveal(); }
  });
  reveal();
})();
