// Single keys on the queue: a accepts, r rejects, m opens the move of the row that has the focus, or of the first one.
// Everything here can be done without it.
"use strict";
document.addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.target.closest("input, select, textarea")) return;
  const row = event.target.closest(".queue > .row") ||
    document.querySelector(".queue > .row:target") || document.querySelector(".queue > .row");
  if (!row) return;
  if (event.key === "a" || event.key === "r") {
    event.preventDefault();
    row.querySelector(`button[value="${event.key === "a" ? "accept" : "reject"}"]`).click();
  } else if (event.key === "m") {
    event.preventDefault();
    row.querySelector("details").open = true;
    row.querySelector("input[name=measure]").focus();
  }
});
