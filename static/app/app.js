// Dialogs, the selection bar and the keyboard. Every page works without this file.
(() => {
  const one = (name, from = document) => from.querySelector(name);
  const all = (name) => [...document.querySelectorAll(name)];
  const on = (name, act) => document.addEventListener(name, act);
  const dialog = one("#dialog");
  const DOC = "input[name=doc]";
  const chord = (event) => event.ctrlKey || event.metaKey || event.altKey;

  // The selection bar counts; whether it shows is the stylesheet's.
  const count = () => {
    const every = one("[data-every]:checked")?.dataset.every;
    const chosen = all(`${DOC}:checked`).length;
    const words = one("[data-count]");
    if (words && (every || chosen)) words.textContent = `${every || chosen} seleccionado${chosen === 1 && !every ? "" : "s"}`;
  };
  const tick = (value) => {
    all(`[data-all], ${DOC}`).forEach((box) => (box.checked = value));
    all("[data-every]").forEach((box) => (box.checked &&= value));
    count();
  };
  on("change", ({ target }) => {
    if (target.matches("[data-all], [data-every]")) tick(target.checked);
    if (target.matches(DOC)) {
      all("[data-every]").forEach((box) => (box.checked &&= target.checked));
      count();
    }
    if (target === toggle) localStorage.shortcuts = toggle.checked;
  });
  on("htmx:afterSettle", count);
  addEventListener("pageshow", count);

  // A link with data-dialog opens its page's sheet over this one; whatever else comes back is gone to.
  on("click", async (event) => {
    if (event.target.closest("[data-clear]")) tick(false);
    const link = event.target.closest("a[data-dialog]");
    if (!link || !window.htmx || chord(event) || event.shiftKey) return;
    event.preventDefault();
    const menu = link.closest("[popover]");
    const opener = menu ? one(`[popovertarget="${menu.id}"]`) : link;
    menu?.hidePopover();
    dialog.replaceChildren();
    await htmx.ajax("GET", link.href, { target: "#dialog" }).catch(() => {});
    if (!one(".sheet", dialog)) return location.assign(link.href);
    dialog.showModal();
    dialog.addEventListener("close", () => opener.focus(), { once: true });
  });

  // A second click on a button that sends does not send twice.
  on("submit", (event) => {
    const form = event.target;
    const busy = event.submitter?.dataset.busy;
    if (form.sent) event.preventDefault();
    else if (busy) event.submitter.lastElementChild.textContent = busy;
    form.sent = form.method === "post";
    setTimeout(() => (form.sent = false), 4000);
  });

  // A short address is easier to share: filters that say nothing stay out of it.
  on("htmx:configRequest", ({ detail: { formData } }) => {
    for (const [name, value] of [...formData]) value || formData.delete(name);
  });

  // Keys; never inside a field, and they can be switched off.
  const toggle = one("[data-shortcuts]");
  if (!toggle) return;
  toggle.checked = localStorage.shortcuts !== "false";
  const rows = () => all("tr[data-row]");
  const row = () => document.activeElement.closest("tr[data-row]");
  const move = (step) => {
    const next = rows()[row() ? rows().indexOf(row()) + step : 0];
    if (next) one("a", next).focus();
  };
  const act = (name) => one(`[data-action=${name}]`, row() || document.body)?.click();
  const keys = {
    "/": () => one("#q")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => row() && one(DOC, row())?.click(),
    r: () => act("resend"),
    h: () => act("document"),
    "?": () => one("[popovertarget=atajos]").click(),
  };
  on("keydown", (event) => {
    if (chord(event) || dialog.open || !toggle.checked) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [popover]") || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
