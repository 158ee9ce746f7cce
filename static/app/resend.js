// Reenviar Notificación: says to how many it goes while boxes are ticked. A module: it runs once however often a dialog brings it, and listens at the document.
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
    const corrected = e.target.name?.match(/^correo_(\d+)$/);
    if (corrected && event === "input") form.elements[`enviar_${corrected[1]}`].checked = true;
    tell(form);
  });
}
document.addEventListener("htmx:afterSwap", (e) => resendForm(e.target) && tell(resendForm(e.target)));
if (resendForm(document)) tell(resendForm(document));
