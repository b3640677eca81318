// What htmx leaves to do: the drawer closes, and focus goes where the answer is. Everything works without it.
(function () {
  "use strict";
  var opener = null;
  function closeDrawer() {
    var drawer = document.getElementById("drawer");
    if (drawer && drawer.firstChild) {
      drawer.textContent = "";
      if (opener && document.contains(opener)) { opener.focus(); }
    }
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-close]") : null;
    if (button) { closeDrawer(); }
    var print = event.target.closest ? event.target.closest("[data-print]") : null;
    if (print) { window.print(); }
  });
  // What is reached by the keyboard must not lie under the drawer.
  document.addEventListener("focusin", function (event) {
    var drawer = document.getElementById("drawer"), reached = event.target;
    if (!drawer || !drawer.firstChild || drawer.contains(reached) || reached.id === "main") { return; }
    var under = reached.getBoundingClientRect(), over = drawer.getBoundingClientRect();
    if (under.right > over.left && under.bottom > over.top) { drawer.textContent = ""; }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { closeDrawer(); }
  });
  // From inside the drawer a source is looked up and left again; the number that opened it stays the opener.
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.target.id === "drawer" && !event.detail.target.contains(event.detail.elt)) {
      opener = event.detail.elt;
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id === "drawer") {
      var heading = event.detail.target.querySelector("h2");
      if (heading) { heading.focus(); }
    }
  });
  // What was waited for is there: a page takes the place of the one that waited, a file is saved.
  document.addEventListener("htmx:afterSettle", function () {
    var there = document.querySelector("[data-go]");
    if (there) {
      there.removeAttribute("data-go");
      window.location.replace(there.href);
    }
  });
  document.addEventListener("DOMContentLoaded", function () {
    document.documentElement.classList.add("live");
    var summary = document.getElementById("summary");
    if (summary) { summary.focus(); }
  });
})();
