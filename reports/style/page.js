/* Menu sur petit écran, encadrés dépliés à l'impression (moteur embarqué). */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector(".menu-bouton");
    var side = document.getElementById("navigation");
    if (button && side) {
      button.addEventListener("click", function () {
        var open = button.getAttribute("aria-expanded") !== "true";
        button.setAttribute("aria-expanded", String(open));
        side.classList.toggle("ouvert", open);
      });
    }
  });
  window.addEventListener("beforeprint", function () {
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
