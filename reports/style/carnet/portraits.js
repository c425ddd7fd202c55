/* La liste des portraits : un nom, un département, une nature. */
(function () {
  "use strict";
  var nom = document.getElementById("nom"), departement = document.getElementById("departement");
  var compte = document.getElementById("compte"), attente;
  var sections = Array.from(document.querySelectorAll("section.departement")).map(function (section) {
    return { element: section, code: section.id.slice(2),
      rows: Array.from(section.querySelectorAll("tbody tr")).map(function (row) {
        return { element: row, text: fold(row.cells[0].textContent) };
      }) };
  });
  function fold(text) {
    return text.toLowerCase().replace(/œ/g, "oe").normalize("NFD").replace(/[\u0300-\u036f]/g, "")
      .replace(/[^a-z0-9]+/g, " ").trim();
  }
  function choose() {
    var words = fold(nom.value).split(" ").filter(Boolean), shown = 0;
    var nature = document.querySelector("[name=nature]:checked");
    sections.forEach(function (section) {
      var here = 0;
      section.rows.forEach(function (row) {
        var fits = (!departement.value || departement.value === section.code) &&
          words.every(function (word) { return row.text.indexOf(word) >= 0; });
        row.element.hidden = !fits;
        if (fits) { here += 1; shown += !nature || !nature.value || row.element.className === nature.value; }
      });
      section.element.hidden = !here;
    });
    compte.textContent = shown.toLocaleString("fr-FR") + (shown > 1 ? " intercommunalités" : " intercommunalité");
  }
  function later() { clearTimeout(attente); attente = setTimeout(choose, 120); }
  nom.addEventListener("input", later);
  var form = document.querySelector(".choix");
  form.addEventListener("change", choose);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  choose();
})();
