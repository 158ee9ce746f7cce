// Copy a field. Without it the field selects itself when it is clicked, and Ctrl+C does the rest.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  const words = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(field.value);
    words.textContent = "Copiada";
  } catch {
    words.textContent = "Pulsa Ctrl+C";
  }
});
