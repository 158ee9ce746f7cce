// Dialogs, the selection bar and the keyboard. Every page works without this file.
(() => {
  const dialog = document.getElementById("dialog");
  const reduce = (node, name) => node.closest && node.closest(name);

  // A link with data-dialog opens its page's sheet over this one.
  document.addEventListener("click", async (event) => {
    const link = reduce(event.target, "a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const menu = link.closest("[popover]");
    const opener = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : link;
    if (menu) menu.hidePopover();
    await htmx.ajax("GET", link.href, { target: "#dialog", swap: "innerHTML" });
    dialog.showModal();
    dialog.addEventListener("close", () => opener && opener.focus(), { once: true });
  });

  // A second click on a button that sends does not send twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  // The selection bar counts.
  const boxes = () => [...document.querySelectorAll("input[name=doc]")];
  const count = () => {
    const bar = document.querySelector("[data-bar]");
    if (!bar) return;
    const chosen = boxes().filter((box) => box.checked).length;
    bar.hidden = !chosen;
    bar.querySelector("[data-count]").textContent =
      chosen === 1 ? "1 documento seleccionado" : `${chosen} documentos seleccionados`;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
    if (event.target.matches("[data-shortcuts]")) localStorage.setItem("shortcuts", event.target.checked ? "on" : "off");
    if (event.target.matches("[data-all], input[name=doc]")) count();
  });
  document.addEventListener("click", (event) => {
    if (!reduce(event.target, "[data-clear]")) return;
    document.querySelectorAll("[data-all], input[name=doc]").forEach((box) => (box.checked = false));
    count();
  });
  document.addEventListener("htmx:afterSettle", count);
  document.documentElement.classList.add("js");
  count();

  // Keys; never inside a field, and they can be switched off.
  const toggle = document.querySelector("[data-shortcuts]");
  if (toggle) toggle.checked = localStorage.getItem("shortcuts") !== "off";
  let row = -1;
  const rows = () => [...document.querySelectorAll("tbody tr[data-row]")];
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    row = Math.max(0, Math.min(all.length - 1, row + step));
    all[row].querySelector("th a").focus();
  };
  const act = (name) => {
    const link = rows()[row] && rows()[row].querySelector(`[data-action="${name}"]`);
    if (link) link.click();
  };
  const keys = {
    "/": () => document.getElementById("q")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => rows()[row]?.querySelector("input[name=doc]")?.click(),
    r: () => act("resend"),
    h: () => act("document"),
    "?": () => document.getElementById("atajos")?.togglePopover(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (reduce(event.target, "input, textarea, select, [popover]:popover-open")) return;
    if (!toggle || !toggle.checked || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
