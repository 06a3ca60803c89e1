// Comforts only: every page works without this file.
"use strict";
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q");
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  if (event.key === "/" && box && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  }
});
for (const list of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  for (const text of list.querySelectorAll(".copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = list.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = list.dataset.copied;
    });
    text.after(button, " ");
  }
}
