// Reenviar Notificación: says to how many it goes while boxes are ticked. A module: it runs once however often a dialog brings it, and listens at the document.
// Whoever corrects an address, or says why it may be told again, wants to send to it.
const tickFor = (field) => {
  const touched = field.name?.match(/^(?:correo|reactivar)_(\d+)$/);
  if (touched) field.form.elements[`enviar_${touched[1]}`].checked = true;
};
const addresses = (text) => text.split(/[\s;,]+/).filter((word) => word.includes("@")).length;
const correos = (number) => `${number} correo${number === 1 ? "" : "s"}`;
const tell = (form) => {
  const ticked = [...form.querySelectorAll("[name^=enviar_]:checked")];
  const total = ticked.length + addresses(form.elements.otros.value);
  const again = ticked.filter((box) => "reached" in box.dataset).length;
  const repeated = again ? `; a ${again} ya se le envió` : "";
  form.querySelector("[data-resend-says]").textContent = total ? `Se enviará a ${correos(total)}${repeated}.` : "Elige al menos un correo.";
  form.querySelector(".btn-primary span").textContent = total ? `Reenviar a ${correos(total)}` : "Reenviar";
};
const resendForm = (node) => node.querySelector?.("[data-resend]:has(.btn-primary span)");
for (const event of ["input", "change"]) {
  document.addEventListener(event, (e) => {
    const form = e.target.closest("[data-resend]");
    if (!form) return;
    if (event === "input") tickFor(e.target);
    tell(form);
  });
}
// A suggestion is taken over on the spot; without this file the page comes back with it.
document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-resend] [data-use]");
  if (!button) return;
  e.preventDefault();
  const field = button.form.elements[button.dataset.use];
  field.value = button.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  button.hidden = true;
  field.focus();
});
document.addEventListener("htmx:afterSwap", (e) => resendForm(e.target) && tell(resendForm(e.target)));
// What was typed before this file arrived counts as if it had been typed after.
const early = resendForm(document);
if (early) {
  [...early.elements].filter((field) => field.value !== field.defaultValue).forEach(tickFor);
  tell(early);
}
